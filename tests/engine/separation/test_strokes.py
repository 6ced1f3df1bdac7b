import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.audio.value import Samples
from contrafact.engine.separation.bassline import track_bass
from contrafact.engine.separation.lowband import LOW_RATE
from contrafact.engine.separation.strokes import lift_strokes

SECONDS = 20.0


def sdr_db(truth: Samples, estimate: Samples) -> float:
    return float(10 * np.log10((truth**2).sum() / ((estimate - truth) ** 2).sum()))


def kick() -> NDArray[np.float64]:
    time_s = np.arange(round(0.25 * LOW_RATE)) / LOW_RATE
    wave = np.exp(-time_s / 0.07) * np.sin(2 * np.pi * (50 * time_s + 3 * (1 - np.exp(-time_s / 0.025))))
    return np.asarray(wave)


def kicks(rng: np.random.Generator) -> Samples:
    """Every half second, give or take, harder and softer."""
    out = np.zeros(round(SECONDS * LOW_RATE))
    for number in range(int(2 * SECONDS) - 1):
        at = round((0.1 + 0.5 * number + rng.normal(0, 0.004)) * LOW_RATE)
        wave = kick() * rng.uniform(0.6, 1.1)
        out[at : at + wave.size] += 0.5 * wave
    return np.tile(out, (2, 1)).astype(np.float32)


def bass(rng: np.random.Generator) -> Samples:
    """Quarter notes that begin with the kicks, any pitch, any phase."""
    out = np.zeros(round(SECONDS * LOW_RATE))
    step = round(0.5 * LOW_RATE)
    time_s = np.arange(step) / LOW_RATE
    for number in range(int(2 * SECONDS) - 1):
        hertz = 41.2 * 2 ** (rng.integers(0, 15) / 12)
        at = round(0.1 * LOW_RATE) + number * step
        envelope = np.minimum(1, time_s / 0.01) * np.minimum(1, (time_s[-1] - time_s) / 0.02)
        wave = sum(np.sin(2 * np.pi * hertz * k * time_s + rng.uniform(0, 6)) / k**1.5 for k in (1, 2, 3, 4))
        out[at : at + step] += (0.25 * envelope * wave)[: out.size - at]
    return np.tile(out, (2, 1)).astype(np.float32)


def test_a_kick_that_repeats_is_lifted_off_the_bass_it_shares_its_bins_with() -> None:
    rng = np.random.default_rng(5)
    drums, line = kicks(rng), bass(rng)
    mix = drums + line
    guess = drums + 0.3 * line  # far from clean, as masks leave it
    lifted = lift_strokes(mix, guess, track_bass(mix))
    assert sdr_db(drums, lifted) > 9.0
    assert sdr_db(line, mix - lifted) > 7.0


def test_what_does_not_repeat_is_left_alone() -> None:
    line = bass(np.random.default_rng(6))
    lifted = lift_strokes(line, 0.5 * line, track_bass(line))
    assert float(np.square(lifted).sum()) < 0.05 * float(np.square(line).sum())


@pytest.mark.parametrize("frames", [1, 100, 2_000, 9_000])
def test_any_length_and_silence(frames: int) -> None:
    noise = (np.random.default_rng(frames).normal(size=(2, frames)) * 0.1).astype(np.float32)
    for sound in (noise, np.zeros_like(noise)):
        lifted = lift_strokes(sound, sound, track_bass(sound))
        assert lifted.shape == sound.shape
        assert np.isfinite(lifted).all()
    assert not lifted.any()
