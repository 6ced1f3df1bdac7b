"""Tempo, metre, beats and bars of a recording."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bars import CountedBeats, cover, fill_gaps, lay_bars, tempo_curve
from contrafact.engine.listening.beatnet import FRAMES_PER_SECOND
from contrafact.engine.listening.chart import Bar, Beat, Metre, Tempo, TempoPoint
from contrafact.engine.listening.decoding import Decoded, decode
from contrafact.engine.listening.grid import fit_grid
from contrafact.engine.listening.metre import count_positions
from contrafact.engine.listening.octave import Level, weigh
from contrafact.engine.listening.onsets import ONSET_RATE, Onsets

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

DEFAULT_BPM = 120.0
_METRES = (2, 3, 4)
_SLOWEST_BPM, _FASTEST_BPM = 50.0, 230.0
_LEVEL_SLACK = 1.12
_QUIET = 1e-4
"""-80 dB: below this nothing is heard."""


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """The rhythmic part of a chart."""

    tempo: Tempo
    tempo_curve: tuple[TempoPoint, ...]
    metre: Metre
    beats: tuple[Beat, ...]
    bars: tuple[Bar, ...]


def hear_rhythm(
    activations: Floats,
    onsets: Onsets,
    chord_changes: Callable[[Doubles], Doubles],
    chord_length_s: float | None,
    duration_s: float,
) -> Rhythm:
    """Find the beat.

    Parameters
    ----------
    activations : float32, shape (models, frames, 2)
        From :func:`contrafact.engine.listening.beatnet.activations`.
    onsets : Onsets
    chord_changes : function of times (s) to values 0..1
        How much the harmony changes at each of them.
    chord_length_s : float or None
        How long a chord usually lasts, if there are chords.
    duration_s : float

    Returns
    -------
    Rhythm
        Where there is no beat to be found, a plain grid of 120 BPM with confidence 0.
    """
    audible = np.nonzero(onsets.loudness > _QUIET)[0]
    mean = activations.mean(axis=0).astype(np.float64) if activations.size else np.zeros((0, 2))
    if audible.size == 0 or mean.size == 0 or float(mean.sum(axis=1).max()) < 0.1:
        return plain_rhythm(duration_s)
    first_s, last_s = float(audible[0]) / ONSET_RATE, min(duration_s, float(audible[-1] + 1) / ONSET_RATE)
    levels = weigh(_levels(mean), chord_length_s, FRAMES_PER_SECOND, duration_s)
    if not levels:
        return plain_rhythm(duration_s)
    decoded = levels[0].reading.frames / FRAMES_PER_SECOND
    decoded = decoded[(decoded >= first_s - 0.1) & (decoded <= last_s)]
    if decoded.size < 4:
        return plain_rhythm(duration_s)
    grid = fit_grid(decoded, onsets, mean.sum(axis=1), FRAMES_PER_SECOND)
    times = fill_gaps(grid)
    beat, downbeat = (_at(mean[:, column], times) for column in (0, 1))
    counted = count_positions(beat, downbeat, chord_changes(times))
    covered = cover(
        times, counted.positions, counted.beats_per_bar, grid.period_s if grid.steady else None, first_s, last_s
    )
    beats, bars = lay_bars(covered, duration_s)
    bpm = 60.0 / grid.period_s
    weights = _weights(levels)
    clarity = float(np.clip(np.mean(beat + downbeat), 0.0, 1.0))
    return Rhythm(
        tempo=Tempo(
            bpm=bpm,
            confidence=clarity * weights[0],
            steady=grid.steady,
            alternatives=tuple(
                (bpm * round(2.0 * level.bpm / levels[0].bpm) / 2.0, weight)
                for level, weight in zip(levels[1:], weights[1:], strict=True)
            ),
        ),
        tempo_curve=tempo_curve(bars, bpm if grid.steady else None),
        metre=Metre(beats_per_bar=counted.beats_per_bar, confidence=clarity * counted.confidence),
        beats=beats,
        bars=bars,
    )


def plain_rhythm(duration_s: float) -> Rhythm:
    """The grid that stands in when nothing was heard: 120 BPM in four over the whole length, confidence 0."""
    period = 60.0 / DEFAULT_BPM
    times: Doubles = period * np.arange(int(np.ceil(duration_s / period - 1e-9)), dtype=np.float64)
    counted = CountedBeats(times, np.arange(times.size) % 4 + 1)
    beats, bars = lay_bars(counted, duration_s)
    return Rhythm(
        tempo=Tempo(bpm=DEFAULT_BPM, confidence=0.0, steady=True),
        tempo_curve=tempo_curve(bars, DEFAULT_BPM),
        metre=Metre(beats_per_bar=4, confidence=0.0),
        beats=beats,
        bars=bars,
    )


def _levels(mean: Doubles) -> list[Decoded]:
    """The likeliest reading, and the likeliest at half and at double its tempo where those can be decoded."""
    shortest, longest = _interval(_FASTEST_BPM), _interval(_SLOWEST_BPM)
    free = _likeliest(mean, shortest, longest)
    if free.frames.size < 4:
        return [free]
    period = float(np.median(np.diff(free.frames)))
    found = [free]
    for factor in (0.5, 2.0):
        around = period * factor
        low = max(shortest, round(around / _LEVEL_SLACK))
        high = min(longest, round(around * _LEVEL_SLACK))
        if shortest <= around <= longest and low < high:
            found.append(_likeliest(mean, low, high))
    return found


def _likeliest(mean: Doubles, shortest: int, longest: int) -> Decoded:
    return max(decode(mean, _METRES, shortest, longest), key=lambda reading: reading.log_likelihood)


def _interval(bpm: float) -> int:
    return round(60.0 * FRAMES_PER_SECOND / bpm)


def _weights(levels: list[Level]) -> list[float]:
    odds = np.exp(np.array([level.evidence - levels[0].evidence for level in levels]))
    return [float(weight) for weight in odds / odds.sum()]


def _at(activation: Doubles, times_s: Doubles) -> Doubles:
    """The largest activation within a frame of each time."""
    index = np.rint(times_s * FRAMES_PER_SECOND).astype(np.int64)
    near = [activation[np.clip(index + step, 0, activation.size - 1)] for step in (-1, 0, 1)]
    largest: Doubles = np.stack(near).max(axis=0)
    return largest
