"""Where a take is cut together, and whether it can be heard: clicks, steps and holes in level, cuts off the beat.

Sound is float32 (2, frames) at 44.1 kHz, times are seconds of the take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from contrafact.engine.arranging.timeline import Clip, Timeline
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples

Doubles = NDArray[np.float64]

CLICK = 4.0
"""A :func:`click_score` above this is heard as a click. Kept music and crossfades stay below 2; the onset of a sampled
instrument that begins at once may reach 3, so judge a join by the kept stems alone where that is possible."""
_ORDER = 24
_AROUND = round(0.030 * SAMPLE_RATE)
_NEAR = round(0.004 * SAMPLE_RATE)
_SPIKE = 3
_BESIDE = round(0.002 * SAMPLE_RATE)
_SAME_S = 1e-3
_GRAIN = round(0.010 * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Join:
    """Where one place of a recording is followed by another.

    ``leaves_s`` and ``enters_s`` are the source times that lie at ``at_s`` on both sides of the cut.
    """

    at_s: float
    source: int
    leaves_s: float
    enters_s: float
    ratio: float


def joins_of(timeline: Timeline) -> tuple[Join, ...]:
    """Every cut of a take's kept stems, once each, in order. Where a stem begins or ends against silence is no cut."""
    found: dict[tuple[int, int], Join] = {}
    for bus in timeline.buses:
        clips = [c for c in timeline.clips if c.stem == bus.stem and c.source == bus.source and c.gain_db > -60.0]
        clips.sort(key=lambda clip: clip.target_start_s)
        for before, after in pairwise(clips):
            if after.target_start_s > before.target_end_s + _SAME_S:
                continue
            at_s = 0.5 * (after.target_start_s + before.target_end_s)
            join = Join(at_s, bus.source, _source_at(before, at_s), _source_at(after, at_s), after.ratio)
            if abs(join.leaves_s - join.enters_s) > _SAME_S:
                found.setdefault((bus.source, round(at_s * 1000)), join)
    return tuple(sorted(found.values(), key=lambda join: join.at_s))


def _source_at(clip: Clip, at_s: float) -> float:
    return clip.source_start_s + (at_s - clip.target_start_s) * clip.ratio


def off_beat_ms(join: Join, beats_s: Sequence[float]) -> float:
    """How far the beat after a cut lies from where the beat before it would have it, in the take's time.

    Parameters
    ----------
    join : Join
    beats_s : sequence of float
        Beats of the recording, ascending, seconds.
    """
    beats = np.asarray(beats_s, dtype=np.float64)
    leaves = float(np.min(np.abs(beats - join.leaves_s)) * _sign(beats, join.leaves_s))
    enters = float(np.min(np.abs(beats - join.enters_s)) * _sign(beats, join.enters_s))
    return abs(enters - leaves) / join.ratio * 1000.0


def _sign(beats: Doubles, at_s: float) -> float:
    return 1.0 if at_s >= beats[int(np.argmin(np.abs(beats - at_s)))] else -1.0


def click_score(sound: Samples, at_s: float) -> float:
    """How much a click stands out within 4 ms of a place; above :data:`CLICK` it is one.

    The sound around is predicted from its own past (linear prediction; the click detector of Godsill and Rayner,
    *Digital Audio Restoration*, 1998, chapter 5). What cannot be predicted is large for a few samples where the wave is
    torn, but for milliseconds where something is struck: the score is the largest surprise of three samples over the
    largest typical surprise beside it.
    """
    at = round(at_s * SAMPLE_RATE)
    score = 0.0
    for channel in sound.astype(np.float64):
        piece = channel[max(0, at - _AROUND) : at + _AROUND]
        if piece.size < 4 * _ORDER or not piece.any():
            continue
        surprise = _surprise(piece)
        centre = at - max(0, at - _AROUND)
        first, last = max(_ORDER, centre - _NEAR), min(surprise.size - _SPIKE, centre + _NEAR)
        for place in range(first, last):
            spike = float(surprise[place : place + _SPIKE].max())
            before = surprise[max(_ORDER, place - _BESIDE) : place - _SPIKE]
            after = surprise[place + 2 * _SPIKE : place + 2 * _SPIKE + _BESIDE]
            beside = max(_typical(before), _typical(after), 1e-7)
            score = max(score, spike / (3.0 * beside))
    return score


def _typical(surprise: Doubles) -> float:
    return float(np.sqrt(np.mean(surprise**2))) if surprise.size else 0.0


def _surprise(piece: Doubles) -> Doubles:
    """Absolute error of predicting each sample from the 24 before it."""
    windowed = piece * np.hanning(piece.size)
    spectrum = np.abs(np.fft.rfft(windowed, 2 * piece.size)) ** 2
    correlation = np.fft.irfft(spectrum)[: _ORDER + 1]
    correlation[0] *= 1.0 + 1e-9
    weights = solve_toeplitz(correlation[:_ORDER], correlation[1 : _ORDER + 1])
    error: Doubles = np.abs(lfilter(np.concatenate(([1.0], -weights)), [1.0], piece))
    return error


def level_step_db(sound: Samples, at_s: float, span_s: float = 2.0) -> float:
    """How much louder (K-weighted) the span after a place is than the one before it."""
    at, span = round(at_s * SAMPLE_RATE), round(span_s * SAMPLE_RATE)
    before, after = _power(sound[:, max(0, at - span) : at]), _power(sound[:, at : at + span])
    return float(10.0 * np.log10((after + 1e-12) / (before + 1e-12)))


def _power(sound: Samples) -> float:
    return float(hop_powers(Audio(np.ascontiguousarray(sound))).mean()) if sound.shape[1] else 0.0


def fade_step_db(joined: Samples, leaving: Samples, entering: Samples) -> float:
    """The deepest hole (below 0) or highest hump (above 0) that a crossfade leaves.

    Parameters
    ----------
    joined, leaving, entering : float32, shape (2, n)
        The same span of the take: as it is, and as it would be had either side gone on alone. Whatever level lies
        between the two, in grains of 10 ms, is as it should be.
    """
    heard, one, other = _grains(joined), _grains(leaving), _grains(entering)
    hole = float(np.min(heard - np.minimum(one, other), initial=0.0))
    hump = float(np.max(heard - np.maximum(one, other), initial=0.0))
    return hole if -hole > hump else hump


def _grains(sound: Samples) -> Doubles:
    count = sound.shape[1] // _GRAIN
    power = (sound[:, : count * _GRAIN].astype(np.float64) ** 2).mean(axis=0).reshape(count, _GRAIN).mean(axis=1)
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-9)))
