"""Writing sound files: the same sound gives the same bytes, and a file appears whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import soxr
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import Flags

from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.placing import placing

_BLOCK_FRAMES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Kind:
    container: str
    codec: str
    sample_format: str
    sample_rate: int | None = None
    """Hz; None keeps the sound's own."""
    bit_rate: int = 0
    codec_options: tuple[tuple[str, str], ...] = ()
    container_options: tuple[tuple[str, str], ...] = ()


_OPUS = ("libopus", "flt", 48_000, 160_000, (("vbr", "on"), ("application", "audio")))
_KINDS = {
    ".flac": _Kind("flac", "flac", "s32", codec_options=(("bits_per_raw_sample", "24"), ("compression_level", "5"))),
    ".wav": _Kind("wav", "pcm_s24le", "s32"),
    ".mp3": _Kind("mp3", "libmp3lame", "fltp", SAMPLE_RATE, 256_000, container_options=(("id3v2_version", "4"),)),
    ".m4a": _Kind(
        "ipod",
        "aac",
        "fltp",
        SAMPLE_RATE,
        224_000,
        container_options=(("movflags", "+faststart"), ("movie_timescale", "44100")),
    ),
    ".opus": _Kind("opus", *_OPUS),
    ".ogg": _Kind("ogg", *_OPUS),
}
OUTPUT_SUFFIXES = tuple(_KINDS)
"""File name endings that :func:`encode` understands."""


def encode(audio: Audio, path: Path | str, tags: Mapping[str, str] | None = None) -> None:
    """Write a sound file, its kind chosen by the name's ending.

    ``.flac`` and ``.wav`` are 24-bit and exact in length; ``.mp3`` (256 kbit/s), ``.m4a`` (AAC, 224 kbit/s), ``.opus``
    and ``.ogg`` (Opus, 160 kbit/s, 48 kHz) declare their encoder's delay, so that players and :func:`decode` give the
    length back. No clocks and no random serials enter the file. It is written beside its place and moved when whole.

    Parameters
    ----------
    tags
        Such as ``title``, ``artist``, ``album``, ``comment``, ``copyright``.

    Raises
    ------
    BadInput
        Unknown ending, no samples, more than two channels, or a peak above full scale (nothing is clipped here).
    OSError
        The disk is full or the folder cannot be written; nothing is left behind.
    """
    path = Path(path)
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise BadInput(f"“{path.name}” does not say what to write; end the name in {', '.join(_KINDS)}")
    if path.is_dir():
        raise BadInput(f"“{path.name}” is a folder; name a file to write")
    _refuse_unwritable(audio)
    try:
        with placing(path) as scratch:
            _write(audio, scratch, kind, tags or {})
    except av.error.FFmpegError as error:
        raise OSError(error.errno, f"“{path}” could not be written: {error.strerror}") from error


class StreamEncoder:
    """MP3 while it is still being rendered: feed blocks, send the bytes on as they come.

    Examples
    --------
    >>> encoder = StreamEncoder()
    >>> silence = Audio(np.zeros((2, 44100), dtype=np.float32))
    >>> len(encoder.encode(silence) + encoder.finish()) > 1000
    True
    """

    media_type = "audio/mpeg"

    def __init__(self, bit_rate: int = 192_000) -> None:
        context = AudioCodecContext.create("libmp3lame", "w")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate = SAMPLE_RATE
        context.layout = "stereo"
        context.format = "fltp"
        context.bit_rate = bit_rate
        context.time_base = Fraction(1, SAMPLE_RATE)
        # Frames that lean on no other can be joined by a player at any point. The quicker search costs a third less:
        # whoever listens while a take is made waits for it.
        context.options = {"reservoir": "0", "compression_level": "7"}
        self._context = context
        self._pending: Samples = np.zeros((2, 0), dtype=np.float32)
        self._pts = 0

    def encode(self, block: Audio) -> bytes:
        """The bytes that are ready after this block (stereo, 44.1 kHz, any length); may be empty.

        Raises
        ------
        BadInput
            Wrong rate, channels, or a peak above full scale.
        """
        if block.sample_rate != SAMPLE_RATE or block.channels != 2:
            raise BadInput(
                f"a stream takes stereo at {SAMPLE_RATE} Hz, not {block.channels} channels at {block.sample_rate} Hz"
            )
        _refuse_clipping(block.samples)
        self._pending = np.concatenate((self._pending, block.samples), axis=1)
        size = self._context.frame_size or 1152
        whole = self._pending.shape[1] // size * size
        ready, self._pending = self._pending[:, :whole], self._pending[:, whole:]
        return b"".join(self._packets(ready[:, at : at + size]) for at in range(0, whole, size))

    def finish(self) -> bytes:
        """The last bytes; nothing can be encoded afterwards."""
        tail = self._packets(self._pending) if self._pending.shape[1] else b""
        self._pending = self._pending[:, :0]
        return tail + b"".join(bytes(packet) for packet in self._context.encode(None))

    def _packets(self, samples: Samples) -> bytes:
        frame = _frame(samples, "fltp", SAMPLE_RATE, self._pts)
        self._pts += samples.shape[1]
        return b"".join(bytes(packet) for packet in self._context.encode(frame))


def _write(audio: Audio, path: Path, kind: _Kind, tags: Mapping[str, str]) -> None:
    samples, rate = audio.samples, kind.sample_rate or audio.sample_rate
    if rate != audio.sample_rate:
        samples = np.ascontiguousarray(soxr.resample(samples.T, audio.sample_rate, rate, quality="VHQ").T)
        # a steep filter rings over full scale by a hair where the sound touched it
        samples = samples / max(1.0, float(np.abs(samples).max(initial=0.0)))
    options = {"fflags": "+bitexact", **dict(kind.container_options)}
    with av.open(f"file:{path.absolute()}", "w", format=kind.container, container_options=options) as container:
        for key, value in sorted(tags.items()):
            container.metadata[key] = value.replace("\0", "")
        stream = container.add_stream(kind.codec, rate=rate, options=dict(kind.codec_options))
        context = stream.codec_context
        assert isinstance(context, AudioCodecContext)
        context.flags |= Flags.bitexact
        context.layout = "stereo" if samples.shape[0] == 2 else "mono"
        context.format = kind.sample_format
        context.time_base = Fraction(1, rate)
        if kind.bit_rate:
            context.bit_rate = kind.bit_rate
        context.open(strict=False)
        size = context.frame_size or _BLOCK_FRAMES
        for at in range(0, samples.shape[1], size):
            frame = _frame(samples[:, at : at + size], kind.sample_format, rate, at)
            container.mux(context.encode(frame))
        container.mux(context.encode(None))


def _frame(samples: Samples, sample_format: str, rate: int, pts: int) -> AudioFrame:
    data: Any  # float32 or int32; PyAV's stubs know neither by numpy's names
    if sample_format == "s32":
        scaled = np.rint(samples.astype(np.float64) * 2**23)
        data = np.minimum(scaled, 2**23 - 1).astype(np.int32) << 8
    else:
        data = samples
    if not sample_format.endswith("p"):
        data = data.T.reshape(1, -1)
    layout = "stereo" if samples.shape[0] == 2 else "mono"
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(data), format=sample_format, layout=layout)
    frame.sample_rate = rate
    frame.pts = pts
    frame.time_base = Fraction(1, rate)
    return frame


def _refuse_unwritable(audio: Audio) -> None:
    if audio.frames == 0:
        raise BadInput("there is no sound to write: it has no samples")
    if audio.channels > 2:
        raise BadInput(f"only mono and stereo are written, not {audio.channels} channels; mix it down first")
    _refuse_clipping(audio.samples)


def _refuse_clipping(samples: Samples) -> None:
    peak = float(np.abs(samples).max(initial=0.0))
    if peak > 1.0:
        raise BadInput(
            f"the sound peaks {20 * np.log10(peak):.1f} dB above full scale and would be clipped; master it first"
        )
