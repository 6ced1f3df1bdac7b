"""Sound files, whole and broken, written by other programs' libraries or byte by byte."""

import os
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import numpy as np
import soundfile
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from contrafact.engine.audio.value import SAMPLE_RATE, Samples

Make = Callable[[Path], Path]


def write_wav(path: Path, samples: Samples, rate: int = SAMPLE_RATE, subtype: str = "PCM_16") -> Path:
    """A WAV file of (channels, frames)."""
    soundfile.write(path, samples.T, rate, subtype=subtype, format="WAV")
    return path


def tones(seconds: float = 6.0, rate: int = SAMPLE_RATE, channels: int = 2) -> Samples:
    """A quiet chord, float32 (channels, frames)."""
    t = np.arange(round(seconds * rate)) / rate
    wave = sum(0.1 * np.sin(2 * np.pi * hertz * t) for hertz in (220.0, 277.2, 329.6))
    return np.tile(np.asarray(wave, np.float32), (channels, 1))


def encoded(path: Path, container: str, codec: str, seconds: float = 6.0, rate: int = SAMPLE_RATE) -> Path:
    """A chord in any coding that FFmpeg writes, whatever the file is called."""
    sound = AudioFrame.from_ndarray(tones(seconds, rate), format="fltp", layout="stereo")
    sound.sample_rate = rate
    with av.open(str(path), "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate)
        assert isinstance(stream, AudioStream)
        stream.layout = "stereo"
        stream.codec_context.open()
        resampler = AudioResampler(stream.format, stream.layout, rate, stream.codec_context.frame_size)
        for frame in (*resampler.resample(sound), *resampler.resample(None)):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def cut(path: Path, keep: float = 0.5) -> Path:
    """The file, ended in the middle."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def long_wav(path: Path, hours: float = 3.0) -> Path:
    """Hours of eight-bit silence at 8 kHz that take no room on the disk: the sound is a hole in the file."""
    frames = round(hours * 3600 * 8000)
    head = b"RIFF" + struct.pack("<I", 36 + frames) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", frames)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + frames)
    return path


def long_mp3(path: Path, hours: float = 3.0) -> Path:
    """Hours of MP3 that say nowhere how long they are: one silent frame (32 kbit/s, 8 kHz mono) after the other."""
    # MPEG 2.5, layer III: 576 samples and 8 kbit/s make frames of 72 bytes
    frame = bytes((0xFF, 0xE3, 0x18, 0xC4)) + bytes(68)
    path.write_bytes(frame * round(hours * 3600 * 8000 / 576))
    return path


def with_nan(path: Path) -> Path:
    """A float WAV with one sample in the middle that is no number."""
    sound = tones()
    sound[0, sound.shape[1] // 2] = np.nan
    return write_wav(path, sound, subtype="FLOAT")


def _text(path: Path) -> Path:
    path.write_text("This is a letter, not a song.\n" * 100)
    return path


def _bytes(data: bytes) -> Make:
    def make(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return make


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
_PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


BAD_FILES: Mapping[str, tuple[str, Make]] = {
    "text": ("letter.mp3", _text),
    "png": ("cover.flac", _bytes(_PNG)),
    "pdf": ("sheet.wav", _bytes(_PDF)),
    "json": ("chart.json", _bytes(b'{"tempo": 120, "bars": [1, 2, 3]}')),
    "noise": ("noise.ogg", _bytes(np.random.default_rng(5).bytes(200_000))),
    "empty": ("empty.wav", _bytes(b"")),
    "no samples": ("none.wav", lambda path: write_wav(path, np.zeros((2, 0), np.float32))),
    "too short": ("blip.wav", lambda path: write_wav(path, tones(0.02))),
    "cut wav": ("cut.wav", lambda path: cut(write_wav(path, tones()))),
    "cut flac": ("cut.flac", lambda path: cut(encoded(path, "flac", "flac"))),
    "cut mp3": ("cut.mp3", lambda path: cut(encoded(path, "mp3", "libmp3lame"))),
    "cut ogg": ("cut.ogg", lambda path: cut(encoded(path, "ogg", "libopus", rate=48_000))),
    "cut m4a": ("cut.m4a", lambda path: cut(encoded(path, "ipod", "aac"))),
    "nan": ("nan.wav", with_nan),
    "three hours of wav": ("album.wav", long_wav),
    "three hours of mp3": ("album.mp3", long_mp3),
    "384 kHz": ("hires.wav", lambda path: write_wav(path, tones(1.0, 384_000), 384_000)),
    "4 kHz": ("phone.wav", lambda path: write_wav(path, tones(2.0, 4_000), 4_000)),
    "twelve channels": ("immersive.wav", lambda path: write_wav(path, tones(1.0, channels=12))),
    "folder": ("folder.wav", _folder),
    "pipe": ("pipe.wav", _pipe),
    "device": ("/dev/zero", lambda path: path),
    "missing": ("missing.wav", lambda path: path),
}
"""What no command takes, by what is wrong with it: a name, and how to make the file of that name."""
