"""What describes a reading of the pulse."""

from fractions import Fraction

import numpy as np
import pytest

from contrafact.engine.listening.octave import Evidence, readings
from contrafact.engine.listening.onsets import ONSET_RATE, Onsets

QUAVER_S, DURATION_S = 0.2, 48.0


def _struck(strengths: tuple[float, ...]) -> Evidence:
    """Quavers of these strengths over and over, heard by the ear and by the network alike."""
    frames = int(DURATION_S * ONSET_RATE)
    line, network = np.full(frames, 0.1), np.full((int(DURATION_S * 50), 2), 0.02)
    for number in range(int(DURATION_S / QUAVER_S) - 1):
        strength = strengths[number % len(strengths)]
        line[round(number * QUAVER_S * ONSET_RATE)] = 8.0 * strength
        network[round(number * QUAVER_S * 50), 0] = 0.9 * strength
    line /= line.mean()
    onsets = Onsets(line, line, line, np.full(frames, 0.1))
    return Evidence(network, 50.0, onsets, lambda times_s: np.zeros(times_s.size), None)


def _traits(evidence: Evidence, beat_quavers: int) -> dict[str, float]:
    pulse = np.arange(0.0, DURATION_S - 1.0, beat_quavers * QUAVER_S)
    found = readings(pulse, evidence)
    return next(item.traits for item in found if item.ratio == 1 and item.phase == 0)


def test_crotchets_stand_out_where_a_waltz_is_taken_for_compound_time() -> None:
    waltz, compound = (1.0, 0.4, 0.9, 0.4, 0.9, 0.4), (1.0, 0.4, 0.4, 0.9, 0.4, 0.4)
    for name in ("threes_heard", "threes_net"):
        assert _traits(_struck(waltz), 3)[name] > 0.1
        assert abs(_traits(_struck(compound), 3)[name]) < 0.02
    for name in ("twos_heard", "twos_net"):
        assert _traits(_struck(compound), 2)[name] > 0.1
        assert abs(_traits(_struck(waltz), 2)[name]) < 0.02


def test_four_against_three_is_among_the_readings() -> None:
    pulse = np.arange(0.0, 47.0, 0.6)
    ratios = {reading.ratio for reading in readings(pulse, _struck((1.0, 0.5)))}
    assert {Fraction(4, 3), Fraction(3, 4), Fraction(2, 3), Fraction(3, 2), Fraction(2), Fraction(1, 2)} <= ratios
    for reading in readings(pulse, _struck((1.0, 0.5))):
        assert np.diff(reading.times_s) == pytest.approx(0.6 * float(reading.ratio))
        assert reading.times_s[0] == pytest.approx(0.6 * float(reading.phase))


def test_what_comes_back_every_bar_favours_the_beat_of_which_a_bar_has_three_or_four() -> None:
    evidence = _struck((1.0, 0.5))
    changing = Evidence(
        evidence.network,
        evidence.frames_per_second,
        evidence.onsets,
        lambda times_s: np.where(np.abs((times_s + 1.2) % 2.4 - 1.2) < 0.01, 0.8, 0.0),
        2.4,
    )
    found = {item.ratio: item.traits for item in readings(np.arange(0.0, 47.0, 0.6), changing) if item.phase == 0}
    assert found[Fraction(1)]["bars_change"] > 1.2 * found[Fraction(2)]["bars_change"]
    assert found[Fraction(1)]["bars"] > found[Fraction(1, 2)]["bars"]
