"""Tempo, octave, metre and form of time from activations and onsets whose truth is known: no model is needed."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from contrafact.engine.listening.onsets import ONSET_RATE, Onsets
from contrafact.engine.listening.rhythm import Rhythm, hear_rhythm

Doubles = NDArray[np.float64]
_FPS = 50


@dataclass(frozen=True, eq=False)
class Played:
    """A rock band reduced to what the rhythm stage is given."""

    beats_s: Doubles
    positions: NDArray[np.int64]
    division: int = 2
    swing: float = 0.5

    @property
    def duration_s(self) -> float:
        return float(self.beats_s[-1]) + 1.5

    def heard(self, network: Sequence[float] = (0.0,), every: int = 1) -> Rhythm:
        """The network fires at the given places of every beat, 0 the beat itself, or of every second beat."""
        rng = np.random.default_rng(4)
        gaps = np.diff(self.beats_s, append=2 * self.beats_s[-1] - self.beats_s[-2])
        activations = rng.uniform(0.001, 0.02, (3, int(self.duration_s * _FPS), 2)).astype(np.float32)
        for place in network:
            frames = np.rint((self.beats_s + place * gaps)[::every] * _FPS).astype(int)
            first = (self.positions[::every] == 1) & (place == 0.0)
            activations[:, frames[first]] = (0.15, 0.7)
            activations[:, frames[~first]] = (0.7, 0.08)
        low, upper = (self._bumps(hits) for hits in (self._kicks(gaps), self._strokes(gaps)))
        onsets = Onsets(low, upper, upper, np.ones(low.size))
        return hear_rhythm(activations, onsets, self._changes, float(np.median(gaps)) * 4.0, self.duration_s)

    def _kicks(self, gaps: Doubles) -> list[tuple[float, float]]:
        odd = self.positions % 2 == 1
        return [
            (float(at), 1.0 if first else 0.7)
            for at, first in zip(self.beats_s[odd], self.positions[odd] == 1, strict=True)
        ]

    def _strokes(self, gaps: Doubles) -> list[tuple[float, float]]:
        hits = [(float(at), 0.4) for at in self.beats_s]
        hits += [(float(at), 1.0) for at in self.beats_s[self.positions % 2 == 0]]
        between = (1 / 3, 2 / 3) if self.division == 3 else (self.swing,)
        hits += [
            (float(at + place * gap), 0.3) for at, gap in zip(self.beats_s, gaps, strict=True) for place in between
        ]
        return hits

    def _bumps(self, hits: list[tuple[float, float]]) -> Doubles:
        axis = np.arange(int(self.duration_s * ONSET_RATE)) / ONSET_RATE
        line = np.full(axis.size, 0.01)
        for at, height in hits:
            near = slice(max(0, int((at - 0.05) * ONSET_RATE)), int((at + 0.05) * ONSET_RATE))
            line[near] += height * np.exp(-0.5 * ((axis[near] - at) / 0.006) ** 2)
        scaled: Doubles = line / line.mean()
        return scaled

    def _changes(self, times_s: Doubles) -> Doubles:
        downbeats = self.beats_s[self.positions == 1]
        changes: Doubles = np.where(np.abs(times_s[:, None] - downbeats[None, :]).min(axis=1) < 0.06, 0.8, 0.05)
        return changes


def _line(bpm: float, beats: int) -> Doubles:
    return 0.4 + np.arange(beats, dtype=np.float64) * (60.0 / bpm)


def steady(bpm: float, beats: int = 96, metre: int = 4, division: int = 2, swing: float = 0.5) -> Played:
    return Played(_line(bpm, beats), np.arange(beats) % metre + 1, division, swing)


def share_found(truth: Doubles, rhythm: Rhythm, position: int | None = None) -> float:
    heard = np.array([beat.time_s for beat in rhythm.beats if position in (None, beat.position)])
    return float((np.abs(truth[:, None] - heard[None, :]).min(axis=1) < 0.04).mean())


@pytest.mark.parametrize("bpm", [55.0, 70.0, 96.0, 128.0, 160.0, 190.0])
def test_a_steady_song_lies_on_its_line(bpm: float) -> None:
    song = steady(bpm)
    rhythm = song.heard()
    assert rhythm.tempo.steady
    assert rhythm.tempo.bpm == pytest.approx(bpm, abs=0.05)
    assert rhythm.tempo.confidence > 0.8
    assert rhythm.metre.signature == "4/4"
    assert share_found(song.beats_s, rhythm) > 0.98
    assert share_found(song.beats_s[song.positions == 1], rhythm, 1) > 0.98
    assert 1.0 - rhythm.tempo.confidence >= sum(weight for _, weight in rhythm.tempo.alternatives) - 1e-6


@pytest.mark.parametrize(("bpm", "network"), [(57.0, (0.0, 0.5)), (64.0, (0.0, 0.5))])
def test_a_network_that_counts_double_is_not_followed(bpm: float, network: tuple[float, ...]) -> None:
    rhythm = steady(bpm).heard(network)
    assert rhythm.tempo.bpm == pytest.approx(bpm, abs=0.05)
    assert any(other == pytest.approx(2 * bpm, abs=0.2) for other, _ in rhythm.tempo.alternatives)


def test_a_fast_song_of_which_the_network_hears_every_other_beat() -> None:
    rhythm = steady(188.0, beats=192).heard(every=2)
    assert rhythm.tempo.bpm == pytest.approx(188.0, abs=0.1)


def test_an_unsure_ear_takes_no_reading_that_it_believes_less_than_another() -> None:
    rhythm = steady(150.0, beats=64).heard((0.0, 0.5), every=4)
    assert rhythm.tempo.confidence < 0.2
    assert all(weight <= rhythm.tempo.confidence for _, weight in rhythm.tempo.alternatives)


@pytest.mark.parametrize("bpm", [60.0, 84.0, 110.0])
def test_six_eight_has_two_beats_of_three(bpm: float) -> None:
    song = steady(bpm, metre=2, division=3)
    rhythm = song.heard()
    assert rhythm.metre.signature == "6/8"
    assert rhythm.tempo.bpm == pytest.approx(bpm, abs=0.05)
    assert rhythm.swing is None
    assert [span.signature for span in rhythm.metres] == ["6/8"]


def test_swing_is_measured_and_is_no_compound_time() -> None:
    rhythm = steady(104.0, swing=0.66).heard()
    assert rhythm.metre.division == 2
    assert rhythm.swing is not None
    assert rhythm.swing.ratio == pytest.approx(0.66, abs=0.015)


def test_a_metre_that_changes_is_two_spans() -> None:
    positions = np.concatenate((np.arange(64) % 4 + 1, np.arange(48) % 3 + 1, np.arange(32) % 4 + 1))
    song = Played(_line(120.0, positions.size), positions)
    rhythm = song.heard()
    assert [(span.beats_per_bar, span.first_bar, span.last_bar) for span in rhythm.metres] == [
        (4, 0, 15), (3, 16, 31), (4, 32, 39),
    ]  # fmt: skip
    assert rhythm.metre.beats_per_bar == 4
    assert share_found(song.beats_s[song.positions == 1], rhythm, 1) > 0.97


def test_a_tempo_change_is_followed() -> None:
    times = 0.4 + np.concatenate(([0.0], np.cumsum(np.concatenate((np.full(48, 0.6), np.full(80, 0.5))))))
    song = Played(times, np.arange(times.size) % 4 + 1)
    rhythm = song.heard()
    assert not rhythm.tempo.steady
    assert rhythm.tempo.bpm == pytest.approx(120.0, abs=0.1)
    assert share_found(song.beats_s, rhythm) > 0.97
    assert rhythm.tempo_curve[1].bpm == pytest.approx(100.0, abs=0.5)
    assert rhythm.tempo_curve[-2].bpm == pytest.approx(120.0, abs=0.5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_strokes_without_order_are_not_believed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(0.4, 80)) + 0.3
    line = np.full(int((times[-1] + 1) * ONSET_RATE), 0.01)
    line[np.rint(times * ONSET_RATE).astype(int)] = 1.0
    line /= line.mean()
    frames = int((times[-1] + 1) * _FPS)
    activations = rng.uniform(0.0, 0.05, (3, frames, 2)).astype(np.float32)
    activations[:, np.rint(times * _FPS).astype(int), 0] = 0.35
    onsets = Onsets(line, line, line, np.ones(line.size))
    rhythm = hear_rhythm(activations, onsets, lambda at: np.full(at.size, 0.2), None, float(times[-1] + 1))
    assert rhythm.tempo.confidence < 0.5
    assert rhythm.metre.confidence < 0.4


@settings(max_examples=25, deadline=None)
@given(
    seconds=st.floats(0.0, 12.0),
    seed=st.integers(0, 1000),
    level=st.sampled_from([0.0, 0.02, 0.3, 0.9]),
    silent=st.booleans(),
)
def test_whatever_comes_in_a_grid_comes_out(seconds: float, seed: int, level: float, silent: bool) -> None:
    rng = np.random.default_rng(seed)
    frames, slots = int(seconds * _FPS), int(seconds * ONSET_RATE)
    activations = (level * 0.5 * rng.random((3, frames, 2))).astype(np.float32)
    strength = np.zeros(slots) if silent else rng.exponential(1.0, slots)
    onsets = Onsets(strength, strength, strength, np.full(slots, 0.0 if silent else 0.1))
    rhythm = hear_rhythm(activations, onsets, lambda at: np.zeros(at.size), None, seconds)
    times = [beat.time_s for beat in rhythm.beats]
    assert times == sorted(times)
    assert all(0.0 <= time <= seconds for time in times)
    assert [time for bar in rhythm.bars for time in bar.beats_s] == times
    assert all(one.last_bar + 1 == two.first_bar for one, two in itertools.pairwise(rhythm.metres))
    assert sum(span.last_bar - span.first_bar + 1 for span in rhythm.metres) == len(rhythm.bars)
    assert 30.0 < rhythm.tempo.bpm < 300.0
    if silent:
        assert rhythm.tempo.confidence == 0.0
