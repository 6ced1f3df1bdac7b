import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.sound import Held, Mono, Resampled, as_sound

RATE = 44_100


def recording(seconds: float = 3.0, offset: float = 0.0, gain: float = 0.1, seed: int = 1) -> Audio:
    noise = np.random.default_rng(seed).normal(size=(2, round(seconds * RATE)))
    return Audio((gain * noise + offset).astype(np.float32))


def test_held_samples_are_zero_outside() -> None:
    sound = as_sound(np.arange(4, dtype=np.float32))
    assert sound.read(-2, 6).tolist() == [0, 0, 0, 1, 2, 3, 0, 0]
    assert sound.read(9, 11).tolist() == [0, 0]
    assert sound.read(3, 1).size == 0


def test_a_quiet_recording_is_raised_to_the_usual_level() -> None:
    loud, quiet = Mono.of(recording(gain=0.1)), Mono.of(recording(gain=0.001))
    np.testing.assert_allclose(quiet.read(0, 1000), loud.read(0, 1000), atol=1e-4)
    assert np.sqrt(np.mean(loud.read(0, loud.frames) ** 2)) == pytest.approx(0.2, rel=0.1)


def test_a_constant_part_is_taken_away() -> None:
    clean, shifted = Mono.of(recording()), Mono.of(recording(offset=0.3))
    np.testing.assert_allclose(shifted.read(0, 5000), clean.read(0, 5000), atol=0.01)


def test_channels_that_cancel_leave_the_louder_one() -> None:
    one = recording().samples[0]
    mono = Mono.of(Audio(np.stack([one, -0.9 * one])))
    assert mono.weights.tolist() == [1.0, 0.0]
    assert np.abs(mono.read(0, 1000)).max() > 0


@pytest.mark.parametrize("samples", [np.zeros((2, 0)), np.zeros((2, 5000)), np.full((2, 5000), 0.3)])
def test_silence_stays_silent(samples: NDArray[np.float64]) -> None:
    mono = Mono.of(Audio(samples.astype(np.float32)))
    assert mono.silent
    assert not mono.read(-10, 6000).any()


@pytest.mark.parametrize("rate", [22_050, 16_000, 11_025, RATE, 48_000])
def test_reading_in_spans_is_resampling_the_whole(rate: int) -> None:
    samples = recording(2.0).samples[0]
    sound = Resampled(Held(samples), RATE, rate)
    whole = soxr.resample(samples, RATE, rate)
    assert abs(sound.frames - whole.size) <= 1
    pieces = np.concatenate([sound.read(at, min(sound.frames, at + 7919)) for at in range(0, sound.frames, 7919)])
    inside = slice(200, whole.size - 200)
    np.testing.assert_allclose(pieces[: whole.size][inside], whole[inside], atol=1e-5)


@given(start=st.integers(-3000, 30_000), length=st.integers(0, 9000))
def test_a_sample_is_the_same_whatever_span_it_is_read_in(start: int, length: int) -> None:
    sound = Resampled(Held(recording(1.0).samples[0]), RATE, 16_000)
    around = sound.read(start - 321, start + length + 123)
    np.testing.assert_allclose(sound.read(start, start + length), around[321 : 321 + length], atol=1e-6)
