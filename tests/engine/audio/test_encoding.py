import errno
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrafact.engine.audio.decoding import decode, probe
from contrafact.engine.audio.encoding import OUTPUT_SUFFIXES, StreamEncoder, encode
from contrafact.engine.audio.value import Audio
from contrafact.engine.errors import BadInput


def music(seconds: float = 2.0, seed: int = 3) -> Audio:
    t = np.arange(round(seconds * 44_100)) / 44_100
    rng = np.random.default_rng(seed)
    tones = sum(0.1 * np.sin(2 * np.pi * hertz * t + rng.uniform(0, 6)) for hertz in (110, 220, 277.2, 329.6, 880))
    return Audio(np.stack([tones, 0.8 * tones + 0.01 * rng.normal(size=t.size)]).astype(np.float32))


@pytest.mark.parametrize("suffix", OUTPUT_SUFFIXES)
def test_the_same_sound_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    encode(music(), one, {"title": "Fishin’", "artist": "Ada"})
    encode(music(), two, {"artist": "Ada", "title": "Fishin’"})
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("suffix", OUTPUT_SUFFIXES)
def test_length_place_and_sound_survive(tmp_path: Path, suffix: str) -> None:
    audio = music(2.0 + 17 / 44_100)
    path = tmp_path / f"a{suffix}"
    encode(audio, path)
    back = decode(path)
    opus = suffix in (".opus", ".ogg")
    assert abs(back.frames - audio.frames) <= (320 if opus else 0)  # a whole number of 48 kHz codec frames
    frames = min(back.frames, audio.frames)
    error = back.samples[:, :frames] - audio.samples[:, :frames]
    ratio_db = 10 * np.log10((error**2).mean() / (audio.samples**2).mean())
    assert ratio_db < (-100 if suffix in (".flac", ".wav") else -12)
    middle = slice(20_000, 60_000)
    lags = np.correlate(back.samples[0, middle], audio.samples[0, 20_100:59_900])
    assert abs(int(np.argmax(lags)) - 100) <= 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.integers(1, 9_000), channels=st.integers(1, 2), suffix=st.sampled_from([".flac", ".wav"]))
def test_lossless_is_exact_to_24_bits_for_any_length(tmp_path: Path, frames: int, channels: int, suffix: str) -> None:
    samples = np.random.default_rng(frames).uniform(-1, 1, (channels, max(frames, 4_500))).astype(np.float32)
    path = tmp_path / f"a{suffix}"
    encode(Audio(samples), path)
    back = decode(path).samples
    assert back.shape[1] == samples.shape[1]
    np.testing.assert_allclose(back, np.broadcast_to(samples, back.shape), atol=2**-23)


def test_tags_are_written(tmp_path: Path) -> None:
    mutagen = pytest.importorskip("mutagen")
    for suffix in OUTPUT_SUFFIXES:
        if suffix == ".wav":
            continue
        encode(music(0.5), tmp_path / f"a{suffix}", {"title": "Fishin’", "artist": "Ada"})
        tags = mutagen.File(tmp_path / f"a{suffix}", easy=True)
        assert tags["title"] == ["Fishin’"], suffix
        assert tags["artist"] == ["Ada"], suffix


def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    good = music(0.5)
    cases = [
        (good, "a.xyz", "does not say what to write"),
        (good, "a", "does not say what to write"),
        (Audio(good.samples * 4), "a.flac", "above full scale"),
        (Audio(good.samples * 4), "a.mp3", "above full scale"),
        (Audio(np.zeros((2, 0), dtype=np.float32)), "a.wav", "no samples"),
        (Audio(np.zeros((3, 99), dtype=np.float32)), "a.wav", "mono and stereo"),
    ]
    for audio, name, words in cases:
        with pytest.raises(BadInput, match=words):
            encode(audio, tmp_path / name)
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        encode(good, tmp_path / "folder.wav")
    with pytest.raises(FileNotFoundError):
        encode(good, tmp_path / "nowhere" / "a.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.wav"]


def test_full_scale_itself_is_not_clipping(tmp_path: Path) -> None:
    samples = np.tile(np.array([1.0, -1.0], dtype=np.float32), (2, 5_000))
    encode(Audio(samples), tmp_path / "a.flac")
    np.testing.assert_allclose(decode(tmp_path / "a.flac").samples, samples, atol=2**-22)


def test_an_existing_file_is_replaced_whole_and_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    encode(music(0.5), path)
    assert probe(path).duration_s == pytest.approx(0.5, abs=1e-3)
    assert stat.S_IMODE(path.stat().st_mode) & 0o400
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("suffix", [".flac", ".m4a", ".opus"])
def test_a_full_disk_is_an_operating_system_error_and_leaves_the_old_file(tmp_path: Path, suffix: str) -> None:
    """A limit on file size stands in for the full disk: writes fail midway in the same manner."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"old")
    script = f"""
import resource, signal, sys, numpy as np
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.value import Audio
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
noise = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 441_000)).astype(np.float32)
try:
    encode(Audio(noise), {str(path)!r})
except OSError as error:
    sys.exit(0 if error.errno == {errno.EFBIG} else 3)
sys.exit(4)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_stream_decodes_to_what_went_in(tmp_path: Path) -> None:
    audio = music(3.0)
    encoder = StreamEncoder()
    pieces, at = [], 0
    for size in (1, 100, 5_000, 40_000, 44_100, 10**6):
        pieces.append(encoder.encode(Audio(audio.samples[:, at : at + size])))
        at += size
    assert len(pieces[3]) > 0, "bytes come before the end"
    pieces.append(encoder.finish())
    (tmp_path / "a.mp3").write_bytes(b"".join(pieces))
    back = decode(tmp_path / "a.mp3").samples
    assert 0 <= back.shape[1] - audio.frames < 3 * 1152
    lags = np.correlate(back[0, 40_000:90_000], audio.samples[0, 42_000:88_000])
    offset = 2_000 - int(np.argmax(lags))
    start = -offset
    error = back[:, 44_100 + start : 88_200 + start] - audio.samples[:, 44_100:88_200]
    assert 10 * np.log10((error**2).mean() / (audio.samples**2).mean()) < -12


def test_a_stream_is_the_same_however_it_is_cut() -> None:
    audio = music(1.5)
    whole, parts = StreamEncoder(), StreamEncoder()
    one = whole.encode(audio) + whole.finish()
    two = b"".join(parts.encode(Audio(audio.samples[:, at : at + 777])) for at in range(0, audio.frames, 777))
    assert one == two + parts.finish()


def test_a_stream_refuses_what_would_be_wrong() -> None:
    encoder = StreamEncoder()
    with pytest.raises(BadInput, match="full scale"):
        encoder.encode(Audio(np.full((2, 100), 1.5, dtype=np.float32)))
    with pytest.raises(BadInput, match="stereo"):
        encoder.encode(Audio(np.zeros((1, 100), dtype=np.float32)))
    with pytest.raises(BadInput, match="stereo"):
        encoder.encode(Audio(np.zeros((2, 100), dtype=np.float32), 48_000))
