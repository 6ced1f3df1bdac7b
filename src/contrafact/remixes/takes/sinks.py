"""Where a take goes while it is being made: blocks of sound in, bytes to a file or a pipe out.

Writing is done by a thread of its own, beside the mixing: an encoder lets go of the interpreter, and whoever reads a
pipe in the time of the music must not hold the renderer up.
"""

import io
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import BinaryIO, Protocol

from contrafact.engine.audio.encoding import StreamEncoder
from contrafact.engine.audio.flac_stream import FlacStream, pcm16
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import Cancelled

_BYTES_PER_FRAME = 4
_LARGEST = 2**32 - 1


class SoundSink(Protocol):
    """Takes stereo sound at 44.1 kHz, below full scale, block after block."""

    def write(self, samples: Samples) -> None:
        """Take a block of any length; raises :class:`Cancelled` once nobody listens any more."""
        ...

    def finish(self) -> None:
        """There is no more to come."""
        ...


class _Sink(ABC):
    """Turns blocks into bytes on a thread of its own."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._thread = ThreadPoolExecutor(1, "sound")
        self._written: list[Future[None]] = []
        self._ended = False

    def write(self, samples: Samples) -> None:
        self._check()
        if samples.shape[1]:
            self._written.append(self._thread.submit(self._put, lambda: self._bytes_of(samples)))

    def finish(self) -> None:
        self._written.append(self._thread.submit(self._put, self._last))
        self._ended = True

    def wait(self) -> None:
        """Until everything that was written has arrived; raises :class:`Cancelled` when nobody took it."""
        for written in self._written:
            _raise(written)

    def close(self) -> None:
        """Let go of the target: after :meth:`finish` once all has arrived, before it at once."""
        self._thread.shutdown(cancel_futures=not self._ended)
        with suppress(BrokenPipeError):
            self._target.close()

    def _check(self) -> None:
        while self._written and self._written[0].done():
            _raise(self._written.pop(0))

    def _put(self, make: Callable[[], bytes]) -> None:
        self._target.write(make())
        self._target.flush()

    @abstractmethod
    def _bytes_of(self, samples: Samples) -> bytes:
        """A block, shape (2, frames), as the target takes it; called in the order of the blocks, on the thread."""

    def _last(self) -> bytes:
        return b""


def _raise(written: "Future[None]") -> None:
    try:
        written.result()
    except BrokenPipeError as error:
        raise Cancelled("whoever listened has gone; the remix was stopped and is not paid for") from error


class Mp3Sink(_Sink):
    """MP3 frames that lean on no other, so that a listener may join anywhere."""

    def __init__(self, target: BinaryIO) -> None:
        super().__init__(target)
        self._encoder = StreamEncoder()

    def _bytes_of(self, samples: Samples) -> bytes:
        return self._encoder.encode(Audio(samples))

    def _last(self) -> bytes:
        return self._encoder.finish()


class FlacSink(_Sink):
    """16-bit FLAC whose length is known before its sound: ``frames`` of it will come."""

    def __init__(self, target: BinaryIO, frames: int) -> None:
        super().__init__(target)
        self._stream = FlacStream(frames)

    def _bytes_of(self, samples: Samples) -> bytes:
        return self._stream.encode(samples)

    def _last(self) -> bytes:
        return self._stream.finish()


class WavSink(_Sink):
    """16-bit WAV whose length is known before its sound: ``frames`` of it will come."""

    def __init__(self, target: BinaryIO, frames: int) -> None:
        super().__init__(target)
        self._head = wav_header(frames)

    def _bytes_of(self, samples: Samples) -> bytes:
        head, self._head = self._head, b""
        return head + pcm(samples)


def wav_header(frames: int) -> bytes:
    """The head of a stereo 16-bit WAV at 44.1 kHz."""
    size = min(frames * _BYTES_PER_FRAME, _LARGEST - 36)
    head = io.BytesIO()
    head.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt ")
    head.write(struct.pack("<IHHIIHH", 16, 1, 2, SAMPLE_RATE, SAMPLE_RATE * _BYTES_PER_FRAME, _BYTES_PER_FRAME, 16))
    head.write(b"data" + struct.pack("<I", size))
    return head.getvalue()


def pcm(samples: Samples) -> bytes:
    """Sound, shape (2, frames), as interleaved 16-bit little-endian integers."""
    return pcm16(samples).astype("<i2", copy=False).tobytes()
