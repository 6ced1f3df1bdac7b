from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.loudness import (
    gated_lufs,
    hop_powers,
    integrated_lufs,
    loudness_curve,
    measure_loudness,
    true_peak_dbtp,
    true_peak_envelope,
)
from contrafact.engine.audio.value import Audio

SONG = Path(__file__).parents[4] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"


def sine(hertz: float, dbfs: float, seconds: float, channels: int = 2, phase: float = 0.0, rate: int = 44_100) -> Audio:
    t = np.arange(round(seconds * rate)) / rate
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * t + phase)
    return Audio(np.tile(wave, (channels, 1)).astype(np.float32), rate)


def joined(*parts: Audio) -> Audio:
    return Audio(np.concatenate([part.samples for part in parts], axis=1), parts[0].sample_rate)


def oracle_lufs(audio: Audio) -> float:
    """FFmpeg's ebur128 filter."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=audio.sample_rate,
        format="fltp",
        layout="stereo",
        time_base=__import__("fractions").Fraction(1, 44100),
    )
    meter = graph.add("ebur128", "metadata=1")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(audio.samples), format="fltp", layout="stereo")
    frame.sample_rate = audio.sample_rate
    frame.pts = 0
    graph.push(frame)
    graph.push(None)
    value = -70.0
    while True:
        try:
            pulled = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return value
        value = float(pulled.metadata.get("lavfi.r128.I", value))


# EBU Tech 3341, table 1, tests 1 to 5
@pytest.mark.parametrize(
    ("audio", "lufs"),
    [
        (sine(1000, -23, 20), -23.0),
        (sine(1000, -33, 20), -33.0),
        (joined(sine(1000, -36, 10), sine(1000, -23, 60), sine(1000, -36, 10)), -23.0),
        (
            joined(
                sine(1000, -72, 10), sine(1000, -36, 10), sine(1000, -23, 60), sine(1000, -36, 10), sine(1000, -72, 10)
            ),
            -23.0,
        ),
        (joined(sine(1000, -26, 20), sine(1000, -20, 20.1), sine(1000, -26, 20)), -23.0),
    ],
)
def test_ebu_tech_3341(audio: Audio, lufs: float) -> None:
    assert integrated_lufs(audio) == pytest.approx(lufs, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
def test_any_rate(rate: int) -> None:
    assert integrated_lufs(sine(997, -20, 5, rate=rate)) == pytest.approx(-20.0, abs=0.1)


def test_one_channel_counts_once() -> None:
    assert integrated_lufs(sine(997, -20, 5, channels=1)) == pytest.approx(-23.0, abs=0.1)


def test_agrees_with_ffmpeg_on_changing_noise() -> None:
    rng = np.random.default_rng(5)
    envelope = np.repeat(10 ** (rng.uniform(-40, 0, 60) / 20), 22_050)
    noise = Audio((rng.normal(size=(2, envelope.size)) * envelope * 0.1).astype(np.float32))
    assert integrated_lufs(noise) == pytest.approx(oracle_lufs(noise), abs=0.1)


@pytest.mark.skipif(not SONG.exists(), reason="the shared test song is not here")
def test_agrees_with_ffmpeg_on_a_song() -> None:
    song = decode(SONG)
    assert integrated_lufs(song) == pytest.approx(oracle_lufs(song), abs=0.1)


def test_silence_and_nothing() -> None:
    for frames in (0, 1, 5_000, 100_000):
        measured = measure_loudness(Audio(np.zeros((2, frames), dtype=np.float32)))
        assert (measured.integrated_lufs, measured.true_peak_dbtp) == (-70.0, -120.0)
        assert (loudness_curve(Audio(np.zeros((2, frames), dtype=np.float32))) == -70.0).all()


def test_a_sound_shorter_than_a_block_is_measured() -> None:
    assert integrated_lufs(sine(1000, -20, 0.05)) == pytest.approx(-20, abs=1.5)
    assert integrated_lufs(sine(1000, -20, 0.25)) == pytest.approx(-20, abs=0.7)


@settings(max_examples=20)
@given(gain_db=st.floats(-30, 20), seed=st.integers(0, 100))
def test_gain_moves_loudness_and_peak_by_itself(gain_db: float, seed: int) -> None:
    noise = Audio((np.random.default_rng(seed).normal(size=(2, 30_000)) * 0.1).astype(np.float32))
    louder = Audio(noise.samples * np.float32(10 ** (gain_db / 20)))
    before, after = measure_loudness(noise), measure_loudness(louder)
    assert after.integrated_lufs - before.integrated_lufs == pytest.approx(gain_db, abs=0.01)
    assert after.true_peak_dbtp - before.true_peak_dbtp == pytest.approx(gain_db, abs=0.01)
    assert gated_lufs(hop_powers(noise) * 10 ** (gain_db / 10)) == pytest.approx(after.integrated_lufs, abs=0.01)


def test_the_curve_follows_the_sound() -> None:
    audio = joined(sine(1000, -40, 10), sine(1000, -20, 10))
    curve = loudness_curve(audio)
    assert curve.shape == (200,)
    assert curve[50] == pytest.approx(-40, abs=0.2)
    assert curve[150] == pytest.approx(-20, abs=0.2)
    momentary = loudness_curve(audio, window_s=0.4)
    assert momentary[96] == pytest.approx(-40, abs=0.3)
    assert momentary[104] == pytest.approx(-20, abs=0.3)


# EBU Tech 3341, tests 15 to 19: the peak lies between the samples
@pytest.mark.parametrize(("divisor", "phase_deg"), [(4, 0), (4, 45), (6, 60), (8, 67.5)])
def test_the_peak_between_samples_is_found(divisor: int, phase_deg: float) -> None:
    audio = sine(44_100 / divisor, -6.0, 0.5, phase=np.deg2rad(phase_deg))
    fade = np.minimum(1, np.arange(audio.frames) / 4_000) * np.minimum(1, np.arange(audio.frames)[::-1] / 4_000)
    faded = Audio(audio.samples * fade.astype(np.float32))
    assert true_peak_dbtp(faded) == pytest.approx(-6.0, abs=0.2)


def test_the_envelope_covers_every_sample_at_the_place_where_it_is() -> None:
    rng = np.random.default_rng(2)
    channel = rng.normal(size=200_003).astype(np.float32)
    envelope = true_peak_envelope(channel)
    assert envelope.shape == (25_001,)
    own = np.abs(np.pad(channel, (0, 5))).reshape(-1, 8).max(axis=1)
    assert (envelope >= own).all()
    click = np.zeros(100_000, dtype=np.float32)
    click[65_533] = 1.0
    assert int(np.argmax(true_peak_envelope(click))) == 65_533 // 8
