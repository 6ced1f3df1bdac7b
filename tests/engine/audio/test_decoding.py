import contextlib
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrafact.engine.audio.decoding import DecodeLimits, decode, probe
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.value import Audio
from contrafact.engine.errors import BadInput, Cancelled

SONG = Path(__file__).parents[4] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"


def tone(seconds: float = 1.0, rate: int = 44_100, channels: int = 2, hertz: float = 440.0) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    gains = 0.5 * 0.9 ** np.arange(channels)
    return (gains[:, None] * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def write(path: Path, samples: np.ndarray, rate: int = 44_100, subtype: str = "PCM_24") -> Path:
    soundfile.write(path, samples.T, rate, subtype=subtype)
    return path


def test_lossless_files_come_back_sample_for_sample(tmp_path: Path) -> None:
    samples = tone()
    for suffix in (".wav", ".flac", ".aiff"):
        decoded = decode(write(tmp_path / f"a{suffix}", samples))
        assert decoded.sample_rate == 44_100
        np.testing.assert_allclose(decoded.samples, samples, atol=2**-23)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_kind_of_sample_is_scaled_to_one(tmp_path: Path, subtype: str) -> None:
    samples = tone()
    step = {"PCM_U8": 2**-6, "PCM_16": 2**-14}.get(subtype, 1e-6)
    np.testing.assert_allclose(decode(write(tmp_path / "a.wav", samples, subtype=subtype)).samples, samples, atol=step)


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tone()).rename(tmp_path / "song.mp3")
    assert decode(path).frames == 44_100
    assert probe(path).codec == "flac"


def test_names_that_look_like_addresses_are_files(tmp_path: Path) -> None:
    for name in ("concat:a|b.wav", "http:x.wav", "%d.wav", "-i.wav", "ünï“.wav"):
        assert decode(write(tmp_path / name, tone(0.2))).frames == 8820


def test_mono_goes_to_both_channels_unchanged(tmp_path: Path) -> None:
    samples = tone(channels=1)
    decoded = decode(write(tmp_path / "a.wav", samples))
    np.testing.assert_allclose(decoded.samples, np.repeat(samples, 2, axis=0), atol=2**-23)


@pytest.mark.parametrize("channels", [3, 4, 5, 6, 7, 8])
def test_more_channels_are_folded_to_two(tmp_path: Path, channels: int) -> None:
    decoded = decode(write(tmp_path / "a.wav", tone(channels=channels)))
    assert decoded.samples.shape == (2, 44_100)
    assert 0.05 < np.abs(decoded.samples).max() <= 1


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000, 192_000])
def test_other_rates_are_resampled_to_the_exact_length_and_pitch(tmp_path: Path, rate: int) -> None:
    decoded = decode(write(tmp_path / "a.wav", tone(1.5, rate), rate))
    assert decoded.frames == 66_150
    middle = slice(8_820, -8_820)
    np.testing.assert_allclose(decoded.samples[:, middle], tone(1.5)[:, middle], atol=2e-3)


def test_peaks_above_full_scale_are_kept(tmp_path: Path) -> None:
    decoded = decode(write(tmp_path / "a.wav", tone() * 4, subtype="FLOAT"))
    assert np.abs(decoded.samples).max() == pytest.approx(2.0, abs=1e-3)


def test_probe_reads_what_the_container_claims(tmp_path: Path) -> None:
    info = probe(write(tmp_path / "a.wav", tone(2.0, 48_000, 1), 48_000))
    assert (info.container, info.sample_rate, info.channels, info.duration_s) == ("wav", 48_000, 1, 2.0)
    assert info.size_bytes == (tmp_path / "a.wav").stat().st_size


def one_sentence(error: BaseException) -> bool:
    text = str(error)
    return 20 < len(text) < 200 and "\n" not in text and ";" in text


def refuse(path: Path, words: str, limits: DecodeLimits | None = None) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        decode(path, limits)
    assert one_sentence(caught.value), str(caught.value)


def test_what_is_not_a_sound_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.mp3").write_text("This is not music.\n" * 100)
    (tmp_path / "noise.ogg").write_bytes(np.random.default_rng(1).bytes(50_000))
    os.mkfifo(tmp_path / "pipe.wav")
    refuse(tmp_path, "is a folder")
    refuse(tmp_path / "missing.wav", "there is no file")
    refuse(tmp_path / "empty.wav", "empty")
    refuse(tmp_path / "text.mp3", "not an audio file")
    refuse(tmp_path / "noise.ogg", "not an audio file")
    refuse(tmp_path / "pipe.wav", "not an ordinary file")


def test_playlists_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", tone())
    (tmp_path / "a.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.wav\n#EXT-X-ENDLIST\n")
    (tmp_path / "a.ffconcat").write_text("ffconcat version 1.0\nfile a.wav\n")
    (tmp_path / "a.sdp").write_text("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n")
    for name in ("a.m3u8", "a.ffconcat", "a.sdp"):
        refuse(tmp_path / name, "not an audio file")


def test_a_picture_holds_no_sound(tmp_path: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    (tmp_path / "a.png").write_bytes(png + bytes(64))
    refuse(tmp_path / "a.png", "not an audio file|holds no sound")


def test_limits(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(2.0))
    refuse(path, "MB", DecodeLimits(max_bytes=1_000))
    refuse(path, "minutes", DecodeLimits(max_duration_s=1.0))
    refuse(path, "lasts only", DecodeLimits(min_duration_s=5.0))
    refuse(path, "channels", DecodeLimits(max_channels=1))
    refuse(write(tmp_path / "low.wav", tone(1.0, 4_000), 4_000), "sample rate of 4000")
    refuse(write(tmp_path / "nine.wav", tone(0.2, channels=9)), "channels")
    refuse(write(tmp_path / "blink.wav", tone(0.05)), "lasts only")


def test_three_hours_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    seconds, rate = 3 * 3600, 44_100
    size = seconds * rate * 2
    header = (
        b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    )
    with path.open("wb") as file:
        file.write(header + b"data" + struct.pack("<I", size))
        file.truncate(44 + size)  # a hole: no disk is used
    seen: list[float] = []
    with pytest.raises(BadInput, match="lasts 180 minutes"):
        decode(path, DecodeLimits(max_bytes=1 << 31), lambda fraction, _: seen.append(fraction))
    assert seen == []


def test_a_container_that_lies_about_its_length_cannot_fill_the_memory(tmp_path: Path) -> None:
    # raw AAC frames make no claim; the count of decoded samples is what stops
    encode(Audio(tone(6.0)), tmp_path / "a.mp3")
    data = (tmp_path / "a.mp3").read_bytes()
    refuse_path = tmp_path / "b.mp3"
    refuse_path.write_bytes(data)
    refuse(refuse_path, "minutes", DecodeLimits(max_duration_s=5.0))


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".opus", ".ogg"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
def test_truncated_files_are_refused(tmp_path: Path, suffix: str, part: float) -> None:
    rng = np.random.default_rng(7)
    encode(Audio((rng.normal(size=(2, 44_100 * 6)) * 0.1).astype(np.float32)), tmp_path / f"a{suffix}")
    data = (tmp_path / f"a{suffix}").read_bytes()
    (tmp_path / f"cut{suffix}").write_bytes(data[: int(len(data) * part)])
    refuse(tmp_path / f"cut{suffix}", "cut off|damaged|no sound")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, 32_000.0])
def test_samples_that_are_no_numbers_or_absurd_are_refused(tmp_path: Path, value: float) -> None:
    samples = tone()
    samples[1, 30_000] = value
    refuse(write(tmp_path / "a.wav", samples, subtype="FLOAT"), "not numbers|full scale")


def test_progress_rises_and_cancelling_goes_through(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(5.0))
    seen: list[float] = []
    decode(path, progress=lambda fraction, _: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[0] == 0.0
    assert seen[-1] == 1.0
    assert len(seen) > 4

    def stop(fraction: float, _: str) -> None:
        if fraction > 0.3:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        decode(path, progress=stop)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_ends_in_one_sentence_or_in_finite_sound(tmp_path: Path, data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from([".wav", ".flac", ".mp3", ".m4a", ".opus"]))
    whole = tmp_path / f"whole{suffix}"
    if not whole.exists():
        encode(Audio(tone(0.6)), whole)
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    broken = tmp_path / f"broken{suffix}"
    broken.write_bytes(bytes(content))
    with contextlib.suppress(BadInput):
        decoded = decode(broken, DecodeLimits(max_duration_s=60))
        assert decoded.samples.shape[0] == 2
        assert decoded.frames <= 60 * 44_100


@pytest.mark.skipif(not SONG.exists(), reason="the shared test song is not here")
def test_a_real_song() -> None:
    song = decode(SONG)
    assert song.duration_s == pytest.approx(132.99, abs=0.02)
    assert 0.9 < np.abs(song.samples).max() < 1.1
