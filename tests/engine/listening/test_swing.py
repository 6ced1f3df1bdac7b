"""The off-beat is found where it was put."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.listening.onsets import ONSET_RATE, Onsets
from contrafact.engine.listening.swing import find_swing

Doubles = NDArray[np.float64]


def line(gap_s: float, beats: int = 64) -> Doubles:
    return 0.4 + np.arange(beats, dtype=np.float64) * gap_s


def struck(beats_s: Doubles, places: dict[float, float], duration_s: float, jitter_s: float = 0.004) -> Onsets:
    """Something struck at the given places of every beat, with the given strength, a little early or late."""
    rng = np.random.default_rng(11)
    axis = np.arange(int(duration_s * ONSET_RATE)) / ONSET_RATE
    strength = np.full(axis.size, 0.02)
    gaps = np.diff(beats_s, append=2 * beats_s[-1] - beats_s[-2])
    for place, height in places.items():
        for at in beats_s + place * gaps + rng.normal(0.0, jitter_s, beats_s.size):
            strength += height * np.exp(-0.5 * ((axis - at) / 0.006) ** 2)
    strength /= strength.mean()
    return Onsets(strength, strength, strength, np.ones(axis.size))


@pytest.mark.parametrize("bpm", [62.0, 96.0, 140.0, 180.0])
@pytest.mark.parametrize("ratio", [0.5, 0.56, 0.62, 0.667])
def test_eighths(bpm: float, ratio: float) -> None:
    beats = line(60.0 / bpm)
    swing = find_swing(beats, struck(beats, {0.0: 1.0, ratio: 0.5}, beats[-1] + 1.0))
    assert swing is not None
    assert swing.level == "eighth"
    assert swing.ratio == pytest.approx(ratio, abs=0.012)
    assert swing.confidence > 0.6


def test_sixteenths() -> None:
    beats = line(60.0 / 88.0)
    places = {0.0: 1.0, 0.31: 0.4, 0.5: 0.7, 0.81: 0.4}
    swing = find_swing(beats, struck(beats, places, beats[-1] + 1.0))
    assert swing is not None
    assert swing.level == "sixteenth"
    assert swing.ratio == pytest.approx(0.62, abs=0.02)


def test_straight_sixteenths_are_straight() -> None:
    beats = line(60.0 / 100.0)
    swing = find_swing(beats, struck(beats, {0.0: 1.0, 0.25: 0.4, 0.5: 0.6, 0.75: 0.4}, beats[-1] + 1.0))
    assert swing is not None
    assert swing.level == "eighth"
    assert swing.ratio == pytest.approx(0.5, abs=0.01)


def test_nothing_between_the_beats_tells_nothing() -> None:
    beats = line(0.5)
    assert find_swing(beats, struck(beats, {0.0: 1.0}, beats[-1] + 1.0)) is None
    assert find_swing(beats[:4], struck(beats, {0.0: 1.0, 0.5: 1.0}, beats[-1] + 1.0)) is None


def test_scattered_strokes_are_not_believed() -> None:
    rng = np.random.default_rng(2)
    beats = line(0.6, 80)
    scattered = struck(np.sort(rng.uniform(0.4, beats[-1], 200)), {0.0: 1.0}, beats[-1] + 1.0)
    swing = find_swing(beats, scattered)
    assert swing is None or swing.confidence < 0.45


def test_silence() -> None:
    silent = np.zeros(2000)
    assert find_swing(line(0.5, 16), Onsets(silent, silent, silent, silent)) is None
