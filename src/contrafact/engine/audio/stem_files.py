"""Stems kept on disk without loss, and read back a little at a time."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO

import numpy as np
import soundfile

from contrafact.engine.audio.stems import STEM_NAMES, StemName, Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.placing import placing

_FULL_SCALE = 2**23
_SCALE_NOTE = "contrafact-scale="
_BLOCK_FRAMES = 1 << 18


def write_stem(path: Path, audio: Audio) -> None:
    """Write 24-bit FLAC, atomically, keeping peaks above 1. The error is below -140 dB of the loudest sample."""
    peak = float(np.abs(audio.samples).max(initial=0.0))
    with StemSink(path, peak, audio.sample_rate, audio.channels) as sink:
        for start in range(0, audio.frames, _BLOCK_FRAMES):
            sink.write(audio.samples[:, start : start + _BLOCK_FRAMES])


class StemSink:
    """A stem's 24-bit FLAC file, written a block at a time; it appears when all of it is there.

    Integers hold ±1, so what may be louder is divided by a power of two that the file's comment records
    (``contrafact-scale=2``); :class:`StemFiles` multiplies it back.

    Parameters
    ----------
    path : Path
        Its folder is made if it is not there.
    loudest : float
        The largest absolute sample that will be written.
    """

    def __init__(self, path: Path, loudest: float, sample_rate: int = SAMPLE_RATE, channels: int = 2) -> None:
        self._path = path
        self._scale = 1
        while loudest > self._scale * (1 - 2 / _FULL_SCALE):
            self._scale *= 2
        self._rate, self._channels = sample_rate, channels

    def __enter__(self) -> "StemSink":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            scratch = stack.enter_context(placing(self._path))
            self._sink = _Sink(stack.enter_context(scratch.open("w+b")))
            try:
                self._file = soundfile.SoundFile(
                    self._sink, "w", self._rate, self._channels, "PCM_24", format="FLAC", compression_level=0.25
                )
                self._file.comment = f"{_SCALE_NOTE}{self._scale}"
            except BaseException:
                raise self._sink.error or BadInput(f"“{self._path.name}” cannot be written as FLAC") from None
            stack.push(self._close)
            self._open = stack.pop_all()
        return self

    def write(self, samples: Samples) -> None:
        """Append float32 (channels, any); raises OSError when the disk is full or fails."""
        whole = np.rint(samples.T.astype(np.float64) * (_FULL_SCALE / self._scale)).astype(np.int32)
        self._through(lambda: self._file.write(whole << 8))  # libsndfile wants 24 bits at the top of 32

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def _close(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._through(self._file.close)
        except BaseException:
            if kind is None:  # else what went wrong first is what is told
                raise

    def _through(self, call: Callable[[], object]) -> None:
        try:
            call()
        except soundfile.LibsndfileError:
            if self._sink.error is None:
                raise
        if self._sink.error is not None:
            raise self._sink.error


class _Sink:
    """The file that libsndfile writes to. It calls from C, through which no exception comes: the first one is kept."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        return self._kept(lambda: self._raw.write(data))

    def read(self, size: int = -1) -> bytes:
        return self._raw.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._kept(lambda: self._raw.seek(offset, whence))

    def tell(self) -> int:
        return self._kept(self._raw.tell)

    def _kept(self, call: Callable[[], int]) -> int:
        try:
            return call()
        except OSError as error:
            self.error = self.error or error
            return 0


def write_stems(folder: Path, stems: Stems) -> dict[StemName, Path]:
    """Write ``vocals.flac``, ``drums.flac``, ``bass.flac`` and ``other.flac`` into a folder."""
    paths: dict[StemName, Path] = {name: folder / f"{name}.flac" for name in STEM_NAMES}
    for name, path in paths.items():
        write_stem(path, stems[name])
    return paths


def read_stem(path: Path) -> Audio:
    """Read a whole file written by :func:`write_stem`."""
    with _open(path) as file:
        return Audio(_read(file, _scale_of(file), file.frames), file.samplerate)


class StemFiles:
    """A :class:`~contrafact.engine.audio.stems.StemReader` over four FLAC files.

    Reads seek, so nothing but the asked-for span is decoded. One lock a file: threads may share a reader. It can be
    pickled to another process, where it opens the files anew.
    """

    def __init__(self, paths: Mapping[StemName, Path]) -> None:
        missing = [name for name in STEM_NAMES if name not in paths]
        if missing:
            raise BadInput(f"the stem “{missing[0]}” is missing; give vocals, drums, bass and other")
        self._paths = {name: Path(paths[name]) for name in STEM_NAMES}
        self._open_files()

    @classmethod
    def in_folder(cls, folder: Path) -> "StemFiles":
        """The four files that :func:`write_stems` wrote."""
        return cls({name: folder / f"{name}.flac" for name in STEM_NAMES})

    def _open_files(self) -> None:
        self._files: dict[StemName, soundfile.SoundFile] = {}
        try:
            for name, path in self._paths.items():
                self._files[name] = _open(path)
            if len({file.frames for file in self._files.values()}) != 1:
                raise BadInput("the stems differ in length; deliver four files of equal length")
            for name, file in self._files.items():
                if file.samplerate != SAMPLE_RATE or file.channels != 2:
                    raise BadInput(
                        f"the stem “{name}” has {file.channels} channels at {file.samplerate} Hz; "
                        f"stems are kept as stereo at {SAMPLE_RATE} Hz"
                    )
        except BaseException:
            self.close()
            raise
        self._scales = {name: _scale_of(file) for name, file in self._files.items()}
        self._locks = {name: Lock() for name in self._files}

    @property
    def frames(self) -> int:
        return int(self._files["vocals"].frames)

    def read(self, stem: StemName, start_frame: int, stop_frame: int) -> Samples:
        """Samples, float32 (2, stop - start); frames outside the recording are zero."""
        wanted = max(0, stop_frame - start_frame)
        out = np.zeros((2, wanted), dtype=np.float32)
        first, last = max(0, start_frame), min(self.frames, stop_frame)
        if first >= last:
            return out
        file = self._files[stem]
        with self._locks[stem]:
            if file.tell() != first:
                file.seek(first)
            out[:, first - start_frame : last - start_frame] = _read(file, self._scales[stem], last - first)
        return out

    def close(self) -> None:
        """Close the files; reading afterwards is an error."""
        for file in self._files.values():
            file.close()

    def __enter__(self) -> "StemFiles":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[StemName, Path]:
        return self._paths

    def __setstate__(self, state: dict[StemName, Path]) -> None:
        self._paths = state
        self._open_files()


class StemsInMemory:
    """A :class:`~contrafact.engine.audio.stems.StemReader` over stems that are already decoded."""

    def __init__(self, stems: Stems) -> None:
        self._stems = stems

    @property
    def frames(self) -> int:
        return self._stems.vocals.frames

    def read(self, stem: StemName, start_frame: int, stop_frame: int) -> Samples:
        """Samples, float32 (2, stop - start); frames outside the recording are zero."""
        out = np.zeros((2, max(0, stop_frame - start_frame)), dtype=np.float32)
        first, last = max(0, start_frame), min(self.frames, stop_frame)
        if first < last:
            out[:, first - start_frame : last - start_frame] = self._stems[stem].samples[:, first:last]
        return out


def _open(path: Path) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError):
        raise BadInput(f"the stem file “{path.name}” is missing or damaged; ingest the recording again") from None


def _scale_of(file: soundfile.SoundFile) -> float:
    note = file.comment or ""
    if note.startswith(_SCALE_NOTE):
        digits = note.removeprefix(_SCALE_NOTE)
        if digits.isdecimal() and 1 <= int(digits) <= 1 << 20:
            return float(digits)
    return 1.0


def _read(file: soundfile.SoundFile, scale: float, frames: int) -> Samples:
    samples: Samples = np.ascontiguousarray(file.read(frames, dtype="float32", always_2d=True).T)
    if samples.shape[1] != frames:
        raise BadInput(f"the stem file “{Path(file.name).name}” is cut off; ingest the recording again")
    if scale != 1.0:
        samples *= np.float32(scale)
    return samples
