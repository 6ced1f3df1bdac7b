import numpy as np
import pytest

from contrafact.engine.audio.value import Samples
from contrafact.engine.progress import silent
from contrafact.engine.separation.accompaniment import split_accompaniment
from contrafact.engine.separation.percussion import remedian

RATE = 44_100


def band(seconds: float = 12.0) -> tuple[Samples, Samples, Samples]:
    """Drums, bass and chords with exactly known truth, each at its own place between the loudspeakers."""
    rng = np.random.default_rng(4)
    t = np.arange(round(seconds * RATE)) / RATE
    drums = np.zeros_like(t)
    for number in range(int(seconds / 0.25)):
        start = round(number * 0.25 * RATE)
        u = np.arange(min(round(0.12 * RATE), t.size - start)) / RATE
        hit = np.diff(rng.normal(size=u.size + 1)) * np.exp(-u / 0.012) * 0.1
        if number % 4 == 2:
            hit += rng.normal(size=u.size) * np.exp(-u / 0.04) * 0.25
        drums[start : start + u.size] += hit
    bass, chords = np.zeros_like(t), np.zeros_like(t)
    roots = (55.0, 43.65, 65.4, 49.0)
    for number in range(int(seconds / 2)):
        inside = (t >= 2 * number) & (t < 2 * number + 2)
        u, root = t[inside] - 2 * number, roots[number % 4]
        swell = np.minimum(1, u / 0.02) * np.minimum(1, (2 - u) / 0.02)
        bass[inside] = swell * sum(0.25 / k**2 * np.sin(2 * np.pi * root * k * u) for k in (1, 2, 3))
        chords[inside] = swell * sum(
            0.05 * np.sin(2 * np.pi * 4 * root * k * f * u) for f in (1, 1.26, 1.5) for k in (1, 2, 3)
        )

    def placed(wave: np.ndarray, left: float, right: float) -> Samples:
        return np.stack([wave * left, wave * right]).astype(np.float32)

    return placed(drums, 1, 0.8), placed(bass, 1, 1), placed(chords, 0.6, 1)


def sdr_db(truth: Samples, estimate: Samples) -> float:
    return float(10 * np.log10((truth**2).sum() / ((estimate - truth) ** 2).sum()))


def test_drums_bass_and_chords_are_told_apart() -> None:
    drums, bass, chords = band()
    mix = drums + bass + chords
    found_drums, found_bass = split_accompaniment(mix, silent)
    rest = mix - found_drums - found_bass
    for truth, found, least_db in ((drums, found_drums, 6.0), (bass, found_bass, 8.0), (chords, rest, 5.0)):
        assert sdr_db(truth, found) > least_db
        assert sdr_db(truth, found) > sdr_db(truth, mix) + 5


@pytest.mark.parametrize("frames", [1, 100, 3_000, 100_001])
def test_any_length_and_silence(frames: int) -> None:
    for sound in (np.zeros((2, frames), dtype=np.float32), np.ones((2, frames), dtype=np.float32)):
        for stem in split_accompaniment(sound, silent):
            assert stem.shape == sound.shape
            assert np.isfinite(stem).all()


def test_the_running_median_keeps_steps_and_drops_peaks_and_holes() -> None:
    line = np.ones(200, dtype=np.float32)
    line[100:] = 5.0
    line[50], line[150] = 100.0, 0.0
    smooth = remedian(line[np.newaxis], axis=1)[0]
    np.testing.assert_array_equal(smooth[:95], 1.0)
    np.testing.assert_array_equal(smooth[105:], 5.0)
    np.testing.assert_array_equal(remedian(line[:, np.newaxis], axis=0)[:, 0], smooth)
    short = np.array([[3.0]], dtype=np.float32)
    assert remedian(short, axis=1).tolist() == [[3.0]]
