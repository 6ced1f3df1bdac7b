import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.audio.value import Audio
from contrafact.engine.picturing.sound import outline


@given(st.integers(0, 3000), st.integers(1, 500), st.integers(1, 2), st.integers(0, 2**32 - 1))
def test_every_span_holds_its_largest_sample_and_its_power(frames: int, count: int, channels: int, seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype(np.float32)
    found = outline(Audio(samples), count)
    edges = np.arange(count + 1) * frames // count
    for at in range(count):
        inside = samples[:, edges[at] : edges[at + 1]]
        assert found.peaks[at] == (np.abs(inside).max() if inside.size else 0.0)
        power = np.square(inside, dtype=np.float64).mean() if inside.size else 0.0
        assert np.isclose(found.levels[at] ** 2, power, atol=1e-9)


def test_a_sound_longer_than_one_stretch_is_read_whole() -> None:
    samples = np.zeros((1, (1 << 21) + 12_345), np.float32)
    samples[0, -1] = 1.0
    samples[0, 1 << 20] = 0.5
    found = outline(Audio(samples), 1000)
    assert found.peaks[-1] == 1.0
    assert np.count_nonzero(found.peaks) == 2
    assert np.isclose((found.levels**2).sum() * samples.size / 1000, 1.25, rtol=1e-2)
