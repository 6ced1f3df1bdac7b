"""Tempo, metre, beats and bars of a recording."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bars import MetredBeats, cover, end_with, fill_gaps, lay_bars, metre_spans, tempo_curve
from contrafact.engine.listening.beatnet import FRAMES_PER_SECOND
from contrafact.engine.listening.certainty import metre_certainty, tempo_certainty
from contrafact.engine.listening.chart import Bar, Beat, Metre, MetreSpan, Swing, Tempo, TempoPoint
from contrafact.engine.listening.decoding import decode
from contrafact.engine.listening.grid import BeatGrid, fit_grid
from contrafact.engine.listening.metre import count_positions
from contrafact.engine.listening.octave import Evidence, Reading, readings, weigh
from contrafact.engine.listening.onsets import ONSET_RATE, Onsets
from contrafact.engine.listening.stretches import main_period
from contrafact.engine.listening.swing import find_swing

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

DEFAULT_BPM = 120.0
_SLOWEST_BPM, _FASTEST_BPM = 40.0, 230.0
_LEAST_SHARE = 0.001
_ONE_PULSE, _SLACK = 1.3, 1.15
"""Beat lengths further apart than this are two pulses; how far one pulse may stray."""
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
    metres: tuple[MetreSpan, ...] = ()
    swing: Swing | None = None


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
    mean = activations.mean(axis=0).astype(np.float64) if activations.size else np.zeros((0, 2))
    evidence = Evidence(mean, FRAMES_PER_SECOND, onsets, chord_changes, chord_length_s)
    grid = _pulse_grid(evidence)
    if grid is None:
        return plain_rhythm(duration_s)
    first_s, last_s = _heard(onsets)
    last_s = min(duration_s, last_s)
    weighed = weigh(readings(fill_gaps(grid), evidence))
    if not weighed:
        return plain_rhythm(duration_s)
    (reading, _), ratio = weighed[0], float(weighed[0][0].ratio)
    times, period_s = reading.times_s, ratio * grid.period_s
    beat, downbeat = (_at(mean[:, column], times) for column in (0, 1))
    division = reading.division
    counted = count_positions(beat, downbeat, chord_changes(times), np.sqrt(onsets.at(onsets.low, times)), division)
    numbered = MetredBeats(times, counted.positions, counted.metres)
    covered = cover(numbered, period_s if grid.steady else None, first_s, last_s)
    covered = end_with(covered, onsets.last_clear_s)
    if not grid.steady and covered.times_s.size > 2:
        period_s = ratio * main_period(grid.stretches, np.diff(covered.times_s) / ratio)
    beats, bars = lay_bars(covered, duration_s)
    bpm = 60.0 / period_s
    clarity = float(np.clip(np.mean(beat + downbeat), 0.0, 1.0))
    share, others = _by_tempo(weighed, ratio, bpm)
    sure = tempo_certainty(share, clarity, times.size, grid.residual_s / grid.period_s)
    metre_confidence = metre_certainty(counted.confidence, sure, times.size)
    spans = metre_spans(covered, bars, division, metre_confidence)
    swing = find_swing(times, onsets) if division == 2 else None
    # Other readings claim no more than what certainty leaves, and none of them more than the one that was taken.
    heaviest = max((weight for _, weight in others), default=share)
    left = min(1.0, sure / max(1e-9, heaviest), (1.0 - sure) / max(1e-9, 1.0 - share))
    return Rhythm(
        tempo=Tempo(
            bpm=bpm,
            confidence=sure,
            steady=grid.steady,
            alternatives=tuple((other, weight * left) for other, weight in others if weight >= _LEAST_SHARE),
        ),
        tempo_curve=tempo_curve(bars, bpm if grid.steady else None),
        metre=Metre(beats_per_bar=_usual(spans), division=division, confidence=metre_confidence),
        beats=beats,
        bars=bars,
        metres=spans,
        swing=None if swing is None else swing.model_copy(update={"confidence": sure * swing.confidence}),
    )


def plain_rhythm(duration_s: float) -> Rhythm:
    """The grid that stands in when nothing was heard: 120 BPM in four over the whole length, confidence 0."""
    period = 60.0 / DEFAULT_BPM
    times: Doubles = period * np.arange(int(np.ceil(duration_s / period - 1e-9)), dtype=np.float64)
    counted = MetredBeats(times, np.arange(times.size) % 4 + 1, np.full(times.size, 4))
    beats, bars = lay_bars(counted, duration_s)
    return Rhythm(
        tempo=Tempo(bpm=DEFAULT_BPM, confidence=0.0, steady=True),
        tempo_curve=tempo_curve(bars, DEFAULT_BPM),
        metre=Metre(beats_per_bar=4, confidence=0.0),
        beats=beats,
        bars=bars,
        metres=metre_spans(counted, bars, 2, 0.0),
    )


def find_pulse(evidence: Evidence) -> Doubles | None:
    """Times (s) of the pulse that a song is read on, every one from the first to the last; None where there is none."""
    grid = _pulse_grid(evidence)
    return None if grid is None else fill_gaps(grid)


def _pulse_grid(evidence: Evidence) -> BeatGrid | None:
    network = evidence.network.sum(axis=1)
    first_s, last_s = _heard(evidence.onsets)
    if last_s <= first_s or network.size == 0 or float(network.max()) < 0.1:
        return None
    decoded = _pulse(network)
    decoded = decoded[(decoded >= first_s - 0.1) & (decoded <= last_s)]
    return None if decoded.size < 4 else fit_grid(decoded, evidence.onsets, network, FRAMES_PER_SECOND)


def _heard(onsets: Onsets) -> tuple[float, float]:
    """When (s) something is heard first and last; two zeros where nothing is."""
    audible = np.nonzero(onsets.loudness > _QUIET)[0]
    return (float(audible[0]) / ONSET_RATE, float(audible[-1] + 1) / ONSET_RATE) if audible.size else (0.0, 0.0)


def _pulse(network: Doubles) -> Doubles:
    """Times (s) of one pulse through the whole song, whichever it is."""
    # The model knows a beat's first frames by the activation there; the halves are for its two kinds of beat.
    either = np.repeat(0.5 * np.clip(network, 0.0, 0.98)[:, None], 2, axis=1)
    shortest, longest = (round(60.0 * FRAMES_PER_SECOND / bpm) for bpm in (_FASTEST_BPM, _SLOWEST_BPM))
    pulse = decode(either, (1,), shortest, longest)[0]
    if pulse.frames.size >= 8:
        gaps = np.diff(pulse.frames)
        usual = [float(np.quantile(gaps, place)) for place in (0.1, 0.9)]
        if usual[1] > _ONE_PULSE * usual[0]:
            # It went over to another pulse on the way. One must serve the whole song: the likelier of the two.
            around = [(max(shortest, round(gap / _SLACK)), min(longest, round(gap * _SLACK))) for gap in usual]
            pulse = max(
                (decode(either, (1,), low, high)[0] for low, high in around), key=lambda reading: reading.log_likelihood
            )
    times: Doubles = pulse.frames / FRAMES_PER_SECOND
    return times


def _by_tempo(
    weighed: list[tuple[Reading, float]], ratio: float, bpm: float
) -> tuple[float, list[tuple[float, float]]]:
    """The share of the tempo chosen, and the other tempi with theirs (readings that differ in phase only are one)."""
    shares: dict[float, float] = {}
    for reading, share in weighed:
        shares[float(reading.ratio)] = shares.get(float(reading.ratio), 0.0) + share
    own = shares.pop(ratio)
    return own, sorted(((bpm * ratio / other, share) for other, share in shares.items()), key=lambda item: -item[1])


def _usual(spans: tuple[MetreSpan, ...]) -> int:
    """The metre of the most bars."""
    bars: dict[int, int] = {}
    for span in spans:
        bars[span.beats_per_bar] = bars.get(span.beats_per_bar, 0) + span.last_bar - span.first_bar + 1
    return max(bars, key=lambda metre: bars[metre], default=4)


def _at(activation: Doubles, times_s: Doubles) -> Doubles:
    """The largest activation within a frame of each time."""
    index = np.rint(times_s * FRAMES_PER_SECOND).astype(np.int64)
    near = [activation[np.clip(index + step, 0, activation.size - 1)] for step in (-1, 0, 1)]
    largest: Doubles = np.stack(near).max(axis=0)
    return largest
