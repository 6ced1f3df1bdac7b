"""Tempo, metre, beats and bars of a recording."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bars import CountedBeats, count_beats, lay_bars, tempo_curve
from contrafact.engine.listening.beatnet import FRAMES_PER_SECOND
from contrafact.engine.listening.chart import Bar, Beat, Metre, Tempo, TempoPoint
from contrafact.engine.listening.decoding import Decoded, decode
from contrafact.engine.listening.grid import fit_grid
from contrafact.engine.listening.onsets import ONSET_RATE, Onsets

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

DEFAULT_BPM = 120.0
METRES = (2, 3, 4)
_SLOWEST_BPM, _FASTEST_BPM = 50.0, 230.0
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


def hear_rhythm(activations: Floats, onsets: Onsets, duration_s: float) -> Rhythm:
    """Find the beat.

    Parameters
    ----------
    activations : float32, shape (models, frames, 2)
        From :func:`contrafact.engine.listening.beatnet.activations`.
    onsets : Onsets
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
    readings = decode(mean, METRES, _interval(_FASTEST_BPM), _interval(_SLOWEST_BPM))
    reading = _choose_metre(readings)
    inside = (reading.frames / FRAMES_PER_SECOND >= first_s - 0.1) & (reading.frames / FRAMES_PER_SECOND <= last_s)
    times, positions = reading.frames[inside] / FRAMES_PER_SECOND, reading.positions[inside]
    if times.size < 4:
        return plain_rhythm(duration_s)
    grid = fit_grid(times, onsets)
    counted = count_beats(grid, positions, reading.beats_per_bar, first_s, last_s)
    bpm = 60.0 / grid.period_s
    confidence = _clarity(mean, times)
    beats, bars = lay_bars(counted, duration_s)
    return Rhythm(
        tempo=Tempo(bpm=bpm, confidence=confidence, steady=grid.steady),
        tempo_curve=tempo_curve(bars, bpm if grid.steady else None),
        metre=Metre(beats_per_bar=reading.beats_per_bar, confidence=_metre_confidence(readings, reading)),
        beats=beats,
        bars=bars,
    )


def plain_rhythm(duration_s: float) -> Rhythm:
    """The grid that stands in when nothing was heard: 120 BPM in four, confidence 0."""
    period = 60.0 / DEFAULT_BPM
    times: Doubles = period * np.arange(max(1, int(np.ceil(duration_s / period - 1e-9))), dtype=np.float64)
    counted = CountedBeats(times, np.arange(times.size) % 4 + 1)
    beats, bars = lay_bars(counted, max(duration_s, 1e-3))
    return Rhythm(
        tempo=Tempo(bpm=DEFAULT_BPM, confidence=0.0, steady=True),
        tempo_curve=tempo_curve(bars, DEFAULT_BPM),
        metre=Metre(beats_per_bar=4, confidence=0.0),
        beats=beats,
        bars=bars,
    )


def _interval(bpm: float) -> int:
    return round(60.0 * FRAMES_PER_SECOND / bpm)


def _choose_metre(readings: Sequence[Decoded]) -> Decoded:
    """The likeliest; two only when it is clearly likelier than four, of which it is a part."""
    likelihood = {reading.beats_per_bar: reading.log_likelihood for reading in readings}
    bonus = {2: -0.004 * abs(likelihood[2])} if 2 in likelihood and 4 in likelihood else {}
    return max(readings, key=lambda reading: reading.log_likelihood + bonus.get(reading.beats_per_bar, 0.0))


def _metre_confidence(readings: Sequence[Decoded], chosen: Decoded) -> float:
    others = [reading.log_likelihood for reading in readings if reading.beats_per_bar != chosen.beats_per_bar]
    if not others or chosen.frames.size == 0:
        return 0.0
    lead = (chosen.log_likelihood - max(others)) / chosen.frames.size
    return float(1.0 / (1.0 + np.exp(-(lead - 0.05) / 0.08)))


def _clarity(activation: Doubles, times_s: Doubles) -> float:
    """How much of what the network heard as beats lies on the beats, and how sure it was."""
    total = activation.sum(axis=1)
    index = np.clip(np.rint(times_s * FRAMES_PER_SECOND).astype(np.int64), 0, total.size - 1)
    near = np.stack([total[np.clip(index + step, 0, total.size - 1)] for step in (-1, 0, 1)]).max(axis=0)
    return float(np.clip(np.mean(near), 0.0, 1.0))
