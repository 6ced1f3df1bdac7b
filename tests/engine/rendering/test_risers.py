"""Sounds between sections: what they are called is what is heard."""

import numpy as np
import pytest

from contrafact.engine.arranging.pack import SWEEPS, Sweep
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering.kits import REFERENCE_POWER
from contrafact.engine.rendering.risers import sweep


def loudness(sound: Samples, parts: int = 8) -> list[float]:
    return [float(np.square(part).mean()) for part in np.array_split(sound.astype(np.float64), parts, axis=1)]


def centroid_hz(sound: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    return float((np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE) * spectrum).sum() / spectrum.sum())


@pytest.mark.parametrize("kind", SWEEPS)
@pytest.mark.parametrize("length_s", [0.25, 0.8, 4.0])
def test_as_long_and_as_loud_as_asked(kind: Sweep, length_s: float) -> None:
    sound = sweep(SWEEPS[kind], 112, length_s)
    assert sound.dtype == np.float32
    assert sound.shape == (2, round(length_s * SAMPLE_RATE))
    assert np.isfinite(sound).all()
    assert np.abs(sound[:, [0, -1]]).max() < 1e-3
    assert float(hop_powers(Audio(sound)).max()) == pytest.approx(REFERENCE_POWER, rel=0.02)
    assert (sound == sweep(SWEEPS[kind], 112, length_s)).all()
    assert np.square(sweep(SWEEPS[kind], 60, length_s)).sum() < 0.3 * np.square(sound).sum()


@pytest.mark.parametrize("kind", ["riser", "noise-riser", "reverse-cymbal"])
def test_risers_rise(kind: Sweep) -> None:
    sound = sweep(SWEEPS[kind], 100, 3.0)
    levels = loudness(sound)
    assert levels == sorted(levels)
    assert centroid_hz(sound[:, -SAMPLE_RATE:]) > 1.2 * centroid_hz(sound[:, :SAMPLE_RATE])


@pytest.mark.parametrize("kind", ["sweep-down", "impact", "sub-drop"])
def test_falls_fall(kind: Sweep) -> None:
    sound = sweep(SWEEPS[kind], 100, 3.0)
    levels = loudness(sound, 4)
    assert levels == sorted(levels, reverse=True)
    assert centroid_hz(sound[:, -SAMPLE_RATE:]) < 0.9 * centroid_hz(sound[:, :SAMPLE_RATE])


def test_what_is_none_of_them_is_silent() -> None:
    assert not sweep(77, 100, 1.0).any()
