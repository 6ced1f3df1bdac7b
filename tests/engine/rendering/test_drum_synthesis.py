"""Strokes made by arithmetic: their pitch, their noise, their end."""

import numpy as np
import pytest

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.errors import EngineError
from contrafact.engine.rendering.drum_synthesis import Stroke, read_stroke, register_noise, strike


def by_hand(count: int, tap: int) -> list[bool]:
    """The shift register, one step at a time."""
    register = [True] + [False] * 14
    out = []
    for _ in range(count):
        out.append(register[0])
        register = [*register[1:], register[0] ^ register[tap]]
    return out


@pytest.mark.parametrize(("buzz", "tap", "cycle"), [(False, 1, 32_767), (True, 6, 93)])
def test_the_register_runs_its_whole_cycle_and_then_again(buzz: bool, tap: int, cycle: int) -> None:
    noise = register_noise(cycle * 2, buzz=buzz)
    assert (noise[:180] > 0).tolist() == by_hand(180, tap)
    assert np.array_equal(noise[:cycle], noise[cycle:])
    shorter = next(n for n in range(1, cycle + 1) if cycle % n == 0 and np.array_equal(noise[:n], noise[n : 2 * n]))
    assert shorter == cycle


def heard_hz(sound: Samples, from_s: float, length_s: float = 0.05) -> float:
    frames = sound[0, round(from_s * SAMPLE_RATE) : round((from_s + length_s) * SAMPLE_RATE)]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(frames.size), 1 << 16))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / (1 << 16)


@pytest.mark.parametrize("wave", ["sine", "triangle", "pulse"])
def test_a_tone_falls_from_one_pitch_to_another(wave: str) -> None:
    sound = strike(Stroke(wave=wave, from_hz=400.0, to_hz=100.0, sweep_s=0.05, length_s=0.8))
    assert heard_hz(sound, 0.0, 0.02) > 280.0
    assert heard_hz(sound, 0.4, 0.1) == pytest.approx(100.0, abs=3.0)


def test_a_stroke_dies_away_in_its_length() -> None:
    sound = strike(Stroke(from_hz=200.0, to_hz=200.0, length_s=0.5))
    level = np.abs(sound[0])
    assert level[0] == 0.0
    assert level[: SAMPLE_RATE // 20].max() > 0.7
    assert level[SAMPLE_RATE // 2 :].max() < 10 ** (-59 / 20)


def test_a_faster_clock_is_brighter_noise() -> None:
    def centroid(noise_hz: float) -> float:
        power = np.abs(np.fft.rfft(strike(Stroke(noise=1.0, noise_hz=noise_hz, length_s=0.3))[0])) ** 2
        return float((power * np.fft.rfftfreq(2 * power.size - 1)[: power.size]).sum() / power.sum())

    assert centroid(6_000.0) < 0.6 * centroid(24_000.0)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ({"pitch": 3.0}, "has no pitch"),
        ({"wave": "square", "from_hz": 100.0}, "wave of piece 36"),
        ({"from_hz": "low"}, "from_hz of piece 36 must be a number"),
        ({"noise": 2.0}, "noise"),
        ({"length_s": 0.2}, "needs a tone or noise"),
    ],
)
def test_a_stroke_that_cannot_be_is_named(raw: dict[str, object], fault: str) -> None:
    with pytest.raises(EngineError, match=fault):
        read_stroke(raw, "piece 36")
