import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, lfilter, resample_poly, sosfilt

from contrafact.engine.audio.clipping import shave
from contrafact.engine.audio.limiting import Limiter
from contrafact.engine.audio.loudness import measure_loudness, true_peak_dbtp
from contrafact.engine.audio.mastering import master, mastered
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
    audio, told = mastered(pumping(level), target, -1.0)
    assert told.integrated_lufs == pytest.approx(target, abs=0.3)
    assert told.true_peak_dbtp <= -1.0
    assert told == measure_loudness(audio), "what is told is what a meter says"


@pytest.mark.parametrize("level", [0.0, 1e-5])
def test_what_is_silent_or_needs_no_limiter_is_measured_too(level: float) -> None:
    audio, told = mastered(
        Audio(np.full((2, RATE), level, np.float32) * np.sin(np.arange(RATE) / 9).astype(np.float32))
    )
    assert told == measure_loudness(audio)


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


def lufs_by_the_table(audio: Audio) -> float:
    """BS.1770-4 by its own table of coefficients for 48 kHz and its own words; shares nothing with the engine."""
    sound = soxr.resample(audio.samples.T.astype(np.float64), audio.sample_rate, 48_000, quality="VHQ").T
    shelf = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
    highpass = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
    for b, a in (shelf, highpass):
        sound = lfilter(b, a, sound, axis=1)
    blocks = np.array(
        [np.mean(sound[:, at : at + 19_200] ** 2, axis=1).sum() for at in range(0, sound.shape[1] - 19_200 + 1, 4_800)]
    )
    level = -0.691 + 10 * np.log10(np.maximum(blocks, 1e-12))
    above = blocks[level > -70.0]
    gate = -0.691 + 10 * np.log10(above.mean()) - 10.0
    return float(-0.691 + 10 * np.log10(blocks[(level > -70.0) & (level > gate)].mean()))


def peak_by_polyphase(audio: Audio) -> float:
    return float(20 * np.log10(np.abs(resample_poly(audio.samples.astype(np.float64), 4, 1, axis=1)).max()))


def struck(seconds: float, bpm: float, decay_s: float, seed: int) -> Audio:
    """Drums alone: peaks 15 to 24 dB above their loudness, with nothing between."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(seconds * RATE))
    t = np.arange(round(0.4 * RATE)) / RATE
    dull = butter(4, 16_000, fs=RATE, output="sos")
    for number, at in enumerate(np.arange(0.0, seconds - 0.5, 30.0 / bpm)):
        kick = np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t / 0.02)))) * np.exp(-t / decay_s)
        snare = sosfilt(dull, 0.8 * rng.normal(size=t.size)) * np.exp(-t / (0.4 * decay_s))
        first = round(at * RATE)
        out[first : first + t.size] += kick if number % 2 == 0 else snare
    return Audio(np.tile(0.4 * out, (2, 1)).astype(np.float32))


def late(seconds: float) -> Audio:
    """Three quarters nearly silent, then everything."""
    loud = struck(seconds, 120.0, 0.1, 3).samples.copy()
    loud[:, : loud.shape[1] * 3 // 4] *= 0.03
    return Audio(loud)


def plucked(seconds: float) -> Audio:
    """Three notes in all."""
    t = np.arange(round(seconds * RATE)) / RATE
    out = sum(np.where(t > at, np.sin(2 * np.pi * 440 * t) * np.exp(-(t - at) / 0.06), 0.0) for at in (1.0, 5.0, 9.0))
    return Audio(np.tile(0.3 * np.nan_to_num(out), (2, 1)).astype(np.float32))


@pytest.mark.parametrize(
    "mix",
    [
        struck(10.0, 120.0, 0.12, 0),
        struck(20.0, 60.0, 0.05, 1),
        struck(10.0, 90.0, 0.03, 2),
        late(20.0),
        plucked(10.0),
        Audio(struck(10.0, 120.0, 0.1, 4).samples * np.float32(1e-2)),
        Audio(struck(10.0, 120.0, 0.1, 5).samples * np.float32(40.0)),
        Audio(np.stack([struck(10.0, 120.0, 0.1, 6).samples[0], np.zeros(10 * RATE, np.float32)])),
    ],
)
def test_odd_mixes_are_as_loud_as_all_others_by_another_measure(mix: Audio) -> None:
    mastered = master(mix)
    assert lufs_by_the_table(mastered) == pytest.approx(-14.0, abs=0.3)
    assert peak_by_polyphase(mastered) <= -1.0


def test_what_is_loud_already_is_not_pumped() -> None:
    """A steady tone under strokes: the limiter may take it down for a stroke, but lets go before it is heard to."""
    t = np.arange(12 * RATE) / RATE
    tone = 0.12 * np.sin(2 * np.pi * 3000 * t)
    mastered = master(Audio((struck(12.0, 120.0, 0.1, 7).samples + tone).astype(np.float32))).samples[0]
    band = sosfilt(butter(4, [2800, 3200], "bandpass", fs=RATE, output="sos"), mastered.astype(np.float64))
    level = 10 * np.log10((band[RATE : 11 * RATE].reshape(-1, RATE // 20) ** 2).mean(axis=1))
    assert level.max() - level.min() < 5.0


def test_shaving_bends_what_is_above_and_leaves_what_is_below() -> None:
    t = np.arange(4 * RATE) / RATE
    quiet, loud = 0.3 * np.sin(2 * np.pi * 500 * t), 1.5 * np.sin(2 * np.pi * 5000 * t)
    below, above = (np.stack([wave, 0.5 * wave]).astype(np.float32) for wave in (quiet, loud))
    assert np.array_equal(shave(below, 0.0), below)
    out = shave(above, 0.0)
    assert true_peak_dbtp(Audio(out)) < 0.6
    np.testing.assert_allclose(out[1], 0.5 * out[0], atol=1e-6)
    spectrum = np.abs(np.fft.rfft(out[0, : 2 * RATE] * np.hanning(2 * RATE)))
    hertz = np.fft.rfftfreq(2 * RATE, 1 / RATE)
    folded = (np.abs(hertz % 5000) > 20) & (np.abs(hertz % 5000 - 5000) > 20)
    assert 20 * np.log10(spectrum[folded].max() / spectrum.max()) < -60.0
