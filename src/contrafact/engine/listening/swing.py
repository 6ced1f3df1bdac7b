"""Where the off-beats fall: straight, swung, and which notes swing.

Peaks of onset strength between two beats are placed on the way from one beat to the next (0 to 1) and gathered in a
histogram, weighed by how strong they are and smoothed by 10 ms. In straight playing the off-beat peak lies at 1/2, in
triplet swing at 2/3; where sixteenths swing, the same holds within each half of the beat.
"""

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Swing
from contrafact.engine.listening.onsets import ONSET_RATE, Onsets

Doubles = NDArray[np.float64]

_STEPS = 240
"""Places in a beat that are told apart."""
_SPREAD_S = 0.010
_RANGE = (0.46, 0.73)
_FEWEST = 8.0
"""Off-beats that must have been heard, counted in beats with one of usual strength."""
_LEAST_SHARE = 0.06
"""Off-beats that are heard in a smaller share of the beats say nothing about the song."""
_SWUNG = 0.53
_SURE_OF_SIXTEENTHS = 0.35


def find_swing(beats_s: Doubles, onsets: Onsets) -> Swing | None:
    """Measure the swing of a song whose beats are known.

    Parameters
    ----------
    beats_s : float64, shape (beats,), ascending
        In simple time; in compound time there is nothing to ask.
    onsets : Onsets

    Returns
    -------
    Swing or None
        None where too few off-beats are struck. The confidence is low where off-beats are spread out.
    """
    if beats_s.size < 8:
        return None
    places, weights = _between(beats_s, onsets)
    gap_s = float(np.median(np.diff(beats_s)))
    beats = float(beats_s.size - 1)
    whole = _histogram(places, weights, _SPREAD_S / gap_s)
    eighth = _mode(whole, *_RANGE)
    if eighth is None:
        return None
    ratio, share, heard = eighth
    if heard < max(_FEWEST, _LEAST_SHARE * beats):
        return None
    sixteenth = None
    if abs(ratio - 0.5) < _SWUNG - 0.5:
        # Only where eighths are straight can sixteenths swing.
        ratio_of_half, halves = 2.0 * np.mod(places, 0.5), weights * (np.abs(places - 0.5) > 0.04)
        sixteenth = _mode(_histogram(ratio_of_half, halves, 2.0 * _SPREAD_S / gap_s), *_RANGE)
    straight = Swing(ratio=_legal(ratio), level="eighth", confidence=_sure(share, heard))
    if sixteenth is None or sixteenth[0] < _SWUNG or sixteenth[2] < max(_FEWEST, _LEAST_SHARE * beats):
        return straight
    confidence = _sure(sixteenth[1], sixteenth[2])
    if confidence < max(_SURE_OF_SIXTEENTHS, 0.6 * straight.confidence):
        return straight
    return Swing(ratio=_legal(sixteenth[0]), level="sixteenth", confidence=confidence)


def _between(beats_s: Doubles, onsets: Onsets) -> tuple[Doubles, Doubles]:
    """Places (0..1 of the beat they are in) and weights of the peaks between beats; 1 is as strong as a usual beat."""
    strength = np.sqrt(onsets.all)
    if strength.size < 3:
        return np.zeros(0), np.zeros(0)
    inner = strength[1:-1]
    peak = np.flatnonzero((inner > strength[:-2]) & (inner >= strength[2:])) + 1
    left, centre, right = strength[peak - 1], strength[peak], strength[peak + 1]
    times = (peak + 0.5 * (left - right) / np.minimum(left - 2.0 * centre + right, -1e-9)) / ONSET_RATE
    on_beats = onsets.at(strength, beats_s)
    usual = float(np.median(on_beats)) + 1e-9
    floor = float(np.median(strength))
    weight = np.clip((centre - 1.5 * floor) / max(1e-9, usual - floor), 0.0, 1.0)
    inside = (times >= beats_s[0]) & (times < beats_s[-1]) & (weight > 0.05)
    times, weight = times[inside], weight[inside]
    beat = np.searchsorted(beats_s, times, side="right") - 1
    # Onsets are late or early by their rise; what counts is the place between the onsets of the beats themselves.
    places = (times - beats_s[beat]) / (beats_s[beat + 1] - beats_s[beat])
    return places, weight


def _histogram(places: Doubles, weights: Doubles, spread: float) -> Doubles:
    """Weight by place on a circle of ``_STEPS``, smoothed."""
    counts = np.bincount((places * _STEPS).astype(np.int64) % _STEPS, weights, minlength=_STEPS)
    apart = np.minimum(np.arange(_STEPS), _STEPS - np.arange(_STEPS)) / _STEPS
    kernel = np.exp(-0.5 * (apart / max(spread, 1.0 / _STEPS)) ** 2)
    smooth: Doubles = np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(kernel), _STEPS)
    return smooth


def _mode(histogram: Doubles, low: float, high: float) -> tuple[float, float, float] | None:
    """The strongest place between two: where, its share of all weight between the beats, and how many beats have it."""
    inside = np.arange(round(low * _STEPS), round(high * _STEPS) + 1)
    best = int(inside[histogram[inside].argmax()])
    heard = float(histogram[best])
    off = histogram[round(0.12 * _STEPS) : round(0.88 * _STEPS)]
    if heard <= 1e-9 or best in (inside[0], inside[-1]):
        return None
    left, right = float(histogram[best - 1]), float(histogram[best + 1])
    bend = left - 2.0 * heard + right
    shift = 0.5 * (left - right) / bend if bend < -1e-12 else 0.0
    # Bins hold what lies from their edge on: their middle is half a step later.
    return (
        (best + 0.5 + float(np.clip(shift, -0.5, 0.5))) / _STEPS,
        heard / (heard + 2.0 * float(np.median(off))),
        heard,
    )


def _sure(share: float, heard: float) -> float:
    return float(np.clip(share * heard / (heard + _FEWEST), 0.0, 1.0))


def _legal(ratio: float) -> float:
    return float(np.clip(ratio, 0.5, 0.8))
