"""How far a recording lies from A = 440 Hz.

The steady partials of the constant-Q spectrum vote, each for its distance from the nearest semitone. Drums do not hold
a pitch and a singer's vibrato moves through it, so neither has much of a vote. The loudest place of that circular
histogram is the tuning, rather than its mean, so that one voice or instrument beside the pitch does not pull at it.
After E. Gómez, "Tonal description of music audio signals", 2006, section 3.3.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.cqt import BINS_PER_OCTAVE, CQT_RATE, constant_q
from contrafact.engine.listening.sound import Sound, as_sound

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_LOW, _HIGH = BINS_PER_OCTAVE, 6 * BINS_PER_OCTAVE
"""C2 to B6: above it partials of struck strings are sharp, below it bins are wide for their notes."""
_PART_S, _PARTS = 48.0, 5
_CENTS_PER_BIN = 1200.0 / BINS_PER_OCTAVE
_STEADY_BINS = 0.2
"""A partial may move this much (7 cents) from frame to frame."""
_QUIETEST = -9.0
_RANGE = 4.5
"""Natural logarithms: peaks below the first, or this far below the frame's loudest, do not vote."""
_LEAST_CONTRAST = 0.7
_WIDTH_CENTS = 5.0
_NEAR_CENTS = 14
_LEAST_PROMINENCE = 1.5
"""How far the loudest place of the histogram must stand above the mean; noise has 1."""
_RETUNE_CENTS = 0.5
_PASSES = 3
"""At most; two are usual."""


def find_tuning(mono: Sound | Floats) -> float:
    """How many cents a recording lies above A = 440 Hz, to about two cents.

    Parameters
    ----------
    mono : Sound, or float32 of shape (n,)
        At :data:`~contrafact.engine.listening.cqt.CQT_RATE`. Of a long one, five parts of it are heard.

    Returns
    -------
    float
        From -50 (included) to 50; 0 when there is nothing to go by.
    """
    sound = as_sound(mono)
    span = round(_PART_S * CQT_RATE)
    count = min(_PARTS, -(-sound.frames // span))
    places = [round(place) for place in np.linspace(0, max(0, sound.frames - span), count)]
    parts = [sound.read(place, min(sound.frames, place + span)) for place in places]
    cents = 0.0
    for _ in range(_PASSES):
        left_over = _left_over([constant_q(part, cents) for part in parts])
        # The wrap: +50 and -50 are the same.
        cents = _wrapped(cents + left_over)
        # Partials are placed without bias only where they fall onto the middle of a bin, so look again from there.
        if abs(left_over) < _RETUNE_CENTS:
            break
    return cents


def tuning_cents(magnitudes: Floats) -> float:
    """Distance of the steady partials of a constant-Q spectrum from its bins, from -50 (included) to 50 cents.

    Parameters
    ----------
    magnitudes : float32, shape (frames, 252)
        As :func:`~contrafact.engine.listening.cqt.constant_q` gives them.
    """
    return _left_over([magnitudes])


def _left_over(spectra: Sequence[Floats]) -> float:
    votes = np.zeros(100)
    for magnitudes in spectra:
        votes += _votes(magnitudes)
    if votes.sum() <= 0.0:
        return 0.0
    distance = np.minimum(np.arange(100.0), 100.0 - np.arange(100.0))
    kernel = np.exp(-0.5 * np.square(distance / _WIDTH_CENTS))
    smooth = np.fft.irfft(np.fft.rfft(votes) * np.fft.rfft(kernel), 100)
    best = int(smooth.argmax())
    if smooth[best] < _LEAST_PROMINENCE * smooth.mean():
        return 0.0
    offsets: NDArray[np.int64] = np.arange(-_NEAR_CENTS, _NEAR_CENTS + 1)
    near: Doubles = votes[(best + offsets) % 100]
    return _wrapped(best - 50 + 0.5 + float(np.dot(near, offsets)) / float(near.sum()))


def _votes(magnitudes: Floats) -> Doubles:
    """Weight of the steady peaks by their distance from a semitone: one value per cent, -50 first."""
    region = np.log(magnitudes[:, _LOW - 2 : _HIGH + 2] + np.float32(1e-6))
    left, centre, right = region[:, 1:-3], region[:, 2:-2], region[:, 3:-1]
    floor = np.maximum(_QUIETEST, region.max(axis=1, keepdims=True, initial=-20.0) - _RANGE)
    # A tone stands out from the bins two thirds of a semitone away; a stroke or a breath does not.
    peaks = (centre > left) & (centre >= right) & (centre > floor)
    peaks &= 2.0 * centre > region[:, :-4] + region[:, 4:] + 2.0 * _LEAST_CONTRAST
    bend = np.minimum(left - 2.0 * centre + right, -1e-6)
    within = np.clip(0.5 * (left - right) / bend, -0.5, 0.5)
    place: Floats = np.where(peaks, within + np.arange(centre.shape[1], dtype=np.float32), np.nan)
    steady = np.zeros_like(peaks)
    if place.shape[0] >= 3:
        steady[1:-1] = _follows(place[1:-1], place[:-2]) & _follows(place[1:-1], place[2:])
    rows, columns = np.nonzero(steady)
    if rows.size == 0:
        return np.zeros(100)
    cents = (place[rows, columns] + _LOW) * _CENTS_PER_BIN
    weights = np.exp(centre[rows, columns].astype(np.float64) / 2.0)
    return np.bincount(np.floor(cents + 50.0).astype(np.int64) % 100, weights, minlength=100).astype(np.float64)


def _follows(place: Floats, other: Floats) -> NDArray[np.bool_]:
    """Whether each peak has a counterpart in the same or a neighbouring bin of another frame, hardly moved."""
    wide = np.pad(other, ((0, 0), (1, 1)), constant_values=np.nan)
    gaps = [np.abs(place - wide[:, shift : shift + place.shape[1]]) for shift in range(3)]
    near: NDArray[np.bool_] = np.any([np.nan_to_num(gap, nan=9.0) < _STEADY_BINS for gap in gaps], axis=0)
    return near


def _wrapped(cents: float) -> float:
    return (cents + 50.0) % 100.0 - 50.0
