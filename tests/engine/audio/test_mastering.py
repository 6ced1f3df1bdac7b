import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.audio.limiting import Limiter
from contrafact.engine.audio.loudness import measure_loudness, true_peak_dbtp
from contrafact.engine.audio.mastering import master
from contrafact.engine.audio.value import Audio
from contrafact.engine.errors import BadInput

RATE = 44_100


def pumping(level: float, seconds: float = 8.0, seed: int = 0) -> Audio:
    """Tones and drum-like bursts: much more peak than body, so that the limiter has to work."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE)) / RATE
    body = 0.1 * np.sin(2 * np.pi * 110 * t) + 0.05 * np.sin(2 * np.pi * 1_234 * t)
    bursts = rng.normal(size=(2, t.size)) * np.exp(-(t % 0.5) / 0.03)
    return Audio(((body + bursts * 0.8) * level).astype(np.float32))


@pytest.mark.parametrize("level", [1e-2, 1.0, 30.0])
@pytest.mark.parametrize("target", [-23.0, -14.0, -9.0])
def test_loudness_is_reached_and_the_ceiling_holds(level: float, target: float) -> None:
    mastered = measure_loudness(master(pumping(level), target, -1.0))
    assert mastered.integrated_lufs == pytest.approx(target, abs=0.3)
    assert mastered.true_peak_dbtp <= -1.0


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), level_db=st.floats(-50, 30), target=st.floats(-20, -9))
def test_the_ceiling_always_holds(seed: int, level_db: float, target: float) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.standard_t(2.0, size=(2, 30_000)) * 10 ** (level_db / 20) * 0.1
    mastered = master(Audio(samples.astype(np.float32)), target)
    assert mastered.samples.shape == samples.shape
    assert true_peak_dbtp(mastered) <= -1.0


def test_a_click_track_is_not_torn_apart() -> None:
    clicks = np.zeros((2, 10 * RATE), dtype=np.float32)
    clicks[:, ::22_050] = 0.9
    assert true_peak_dbtp(master(Audio(clicks))) <= -1.0


def test_silence_stays_silence() -> None:
    silence = Audio(np.zeros((2, 3 * RATE), dtype=np.float32))
    assert master(silence).samples is silence.samples
    assert master(Audio(np.zeros((2, 0), dtype=np.float32))).frames == 0


def test_below_the_ceiling_only_the_level_changes() -> None:
    audio = pumping(0.01)
    mastered = master(audio, -40.0).samples
    scale = mastered[0, 1_000] / audio.samples[0, 1_000]
    np.testing.assert_allclose(mastered, audio.samples * scale, rtol=1e-5)


def test_both_channels_share_one_gain() -> None:
    audio = pumping(1.0)
    samples = audio.samples.copy()
    samples[1] = samples[0] * 0.25
    mastered = master(Audio(samples), -9.0).samples
    np.testing.assert_allclose(mastered[1], mastered[0] * 0.25, atol=1e-6)


def test_the_same_mix_gives_the_same_master() -> None:
    assert np.array_equal(master(pumping(1.0)).samples, master(pumping(1.0)).samples)


def test_other_rates_are_refused() -> None:
    with pytest.raises(BadInput, match="44100"):
        master(Audio(np.ones((2, 100), dtype=np.float32), 48_000))


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(0, 9_000), max_size=12), gain_db=st.floats(-10, 30))
def test_streaming_equals_limiting_whole(sizes: list[int], gain_db: float) -> None:
    samples = pumping(1.0, 1.0).samples
    whole = Limiter(-1.0, gain_db)
    one = np.concatenate((whole.process(samples), whole.finish()), axis=1)
    parts, pieces, at = Limiter(-1.0, gain_db), [], 0
    for size in sizes:
        pieces.append(parts.process(samples[:, at : at + size]))
        at += size
    pieces += [parts.process(samples[:, at:]), parts.finish()]
    two = np.concatenate(pieces, axis=1)
    assert one.shape == two.shape == samples.shape
    np.testing.assert_allclose(one, two, atol=1e-4)
    assert true_peak_dbtp(Audio(one)) <= -1.0
    assert true_peak_dbtp(Audio(two)) <= -1.0


def test_a_quiet_stream_passes_unchanged_and_soon() -> None:
    limiter = Limiter(-1.0)
    samples = pumping(0.001, 1.0).samples
    first = limiter.process(samples[:, :4_410])
    assert 4_410 - first.shape[1] < 0.02 * RATE
    np.testing.assert_allclose(first, samples[:, : first.shape[1]], rtol=1e-6)
    assert Limiter().finish().shape[1] == 0
