"""Reading sound files: every container and codec that FFmpeg knows, none of its reach beyond the file.

Input is hostile. Only regular local files are opened, only through demuxers that hold their sound themselves (no
playlists, no devices, no generators), and every size is bounded before memory is spent on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
import soxr
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from contrafact.engine.audio.downmix import stereo_matrix
from contrafact.engine.audio.growing import GrowingSamples
from contrafact.engine.audio.ogg import ogg_is_cut
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import Progress, silent

_DEMUXERS = (
    "aac,ac3,aiff,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,gsm,iff,ircam,latm,loas,matroska,mlp,mov,mp3,mpc,mpc8,"
    "mpeg,mpegts,nistsphere,nut,ogg,oma,paf,rm,rso,shn,sox,tak,truehd,tta,voc,w64,wav,wv,xwma"
)
"""Containers that carry their own sound. Left out on purpose: concat, hls, dash, sdp, image sequences, lavfi."""

_SCALES = {"u8": 1 / 128, "s16": 1 / 2**15, "s32": 1 / 2**31, "s64": 1 / 2**63, "flt": 1.0, "dbl": 1.0}
_ABSURD_PEAK = 64.0
"""36 dB over full scale: no mix is that hot; integers were written into a float file."""
_LONGEST_AAC_PACKET = 2048
_TOLERATED_BAD_PACKETS = 3
_SLACK_S = 1.0
"""How much longer than its claim a file may be before room must be found again."""
"""Old MP3 files start with a frame or two that lean on data cut away; more than that is damage."""


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What :func:`decode` accepts; everything else is :class:`BadInput`."""

    max_bytes: int = 1 << 30
    min_duration_s: float = 0.1
    max_duration_s: float = 20 * 60.0
    max_channels: int = 8
    min_sample_rate: int = 8_000
    max_sample_rate: int = 192_000


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file says about itself, before anything is decoded."""

    container: str
    """FFmpeg's demuxer name, such as ``flac`` or ``mov,mp4,m4a,3gp,3g2,mj2``."""
    codec: str
    sample_rate: int
    """Hz."""
    channels: int
    duration_s: float | None
    """As claimed by the container; None where it makes no claim."""
    size_bytes: int


def probe(path: Path | str, limits: DecodeLimits | None = None) -> AudioInfo:
    """Read a file's headers and check them against the limits.

    Raises
    ------
    BadInput
        Missing, a directory, empty, not audio, or beyond a limit.
    """
    limits = limits or DecodeLimits()
    path = Path(path)
    with _opened(path, limits) as (container, stream):
        return _checked(path, container, stream, limits)


def decode(path: Path | str, limits: DecodeLimits | None = None, progress: Progress = silent) -> Audio:
    """Decode a whole file to stereo at 44.1 kHz.

    Mono goes to both channels, up to eight channels are folded by ITU-R BS.775 weights, other rates are resampled with
    soxr. Memory is bounded by ``limits.max_duration_s`` whatever the headers say.

    Returns
    -------
    Audio
        float32, shape (2, frames), 44.1 kHz. Peaks above 1 are kept.

    Raises
    ------
    BadInput
        As :func:`probe`; also truncated or damaged files, NaN or infinite samples, and files longer than they claim.
    """
    limits = limits or DecodeLimits()
    path = Path(path)
    with _opened(path, limits) as (container, stream):
        info = _checked(path, container, stream, limits)
        progress(0.0, "decoding")
        samples, source_s = _collect(path, container, stream, info, limits, progress)
    _refuse_short(path, info, source_s, limits)
    progress(1.0, "decoding")
    return Audio(samples, SAMPLE_RATE)


@contextmanager
def _opened(path: Path, limits: DecodeLimits) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The file's container and its best audio stream."""
    name = path.name
    try:
        if path.is_dir():
            raise BadInput(f"“{name}” is a folder; name one audio file")
        if not path.exists():
            raise BadInput(f"there is no file “{path}”; check the path")
        if not path.is_file():
            raise BadInput(f"“{name}” is not an ordinary file; copy the sound into one")
        size = path.stat().st_size
    except OSError as error:  # a name too long, a folder on the way that may not be entered
        raise BadInput(f"“{name[:80]}” cannot be reached ({error.strerror}); check the path") from None
    if size == 0:
        raise BadInput(f"“{name}” is empty (0 bytes); copy or export it again")
    if size > limits.max_bytes:
        raise BadInput(
            f"“{name}” has {size / 1e6:.0f} MB, the limit is {limits.max_bytes / 1e6:.0f} MB; shorten it or use FLAC"
        )
    options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "file"}
    try:
        container = av.open(f"file:{path.absolute()}", options=options, metadata_errors="replace")
    except PermissionError:
        raise BadInput(f"“{name}” may not be read; check its permissions") from None
    except (av.error.FFmpegError, OSError, ValueError):
        raise BadInput(
            f"“{name}” is not an audio file that can be read, or it is damaged; use FLAC, WAV, MP3, M4A or Ogg"
        ) from None
    with container:
        stream = container.streams.best("audio")
        if not isinstance(stream, AudioStream):
            raise BadInput(f"“{name}” holds no sound; choose a file with an audio track")
        if getattr(stream, "codec_context", None) is None:  # PyAV's types promise one; an unknown codec has none
            raise BadInput(f"“{name}” holds sound in an unknown coding, or it is damaged; export it as FLAC or WAV")
        yield container, stream


def _checked(path: Path, container: InputContainer, stream: AudioStream, limits: DecodeLimits) -> AudioInfo:
    name = path.name
    duration_s: float | None = None
    if stream.duration is not None and stream.time_base is not None:
        duration_s = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        duration_s = container.duration / av.time_base
    info = AudioInfo(
        container=container.format.name,
        codec=stream.codec_context.name,
        sample_rate=int(stream.codec_context.sample_rate or 0),
        channels=int(stream.codec_context.channels),
        duration_s=duration_s,
        size_bytes=path.stat().st_size,
    )
    _check_format(name, info.sample_rate, info.channels, limits)
    if duration_s is not None and duration_s > limits.max_duration_s:
        raise BadInput(_too_long(name, duration_s, limits))
    if "ogg" in info.container and ogg_is_cut(path):
        raise BadInput(f"“{name}” is cut off in the middle of a page; copy or download it again")
    return info


def _check_format(name: str, rate: int, channels: int, limits: DecodeLimits) -> None:
    if not limits.min_sample_rate <= rate <= limits.max_sample_rate:
        raise BadInput(
            f"“{name}” has a sample rate of {rate} Hz, outside {limits.min_sample_rate}–{limits.max_sample_rate} Hz; "
            "export it at 44100 Hz"
        )
    if not 1 <= channels <= limits.max_channels:
        raise BadInput(
            f"“{name}” has {channels} channels, at most {limits.max_channels} are accepted; export it in stereo"
        )


def _too_long(name: str, duration_s: float, limits: DecodeLimits) -> str:
    return (
        f"“{name}” lasts {duration_s / 60:.0f} minutes, the limit is {limits.max_duration_s / 60:.0f} minutes; "
        "cut out the song"
    )


def _collect(
    path: Path,
    container: InputContainer,
    stream: AudioStream,
    info: AudioInfo,
    limits: DecodeLimits,
    progress: Progress,
) -> tuple[Samples, float]:
    """All frames as 44.1 kHz stereo, and the seconds of source that were decoded."""
    name = path.name
    rate = 0
    frames_in = 0
    resampler: soxr.ResampleStream | None = None
    expected_s = min(limits.max_duration_s, (info.duration_s or 0.0) + _SLACK_S)
    kept = GrowingSamples(round(expected_s * SAMPLE_RATE))
    pending: list[Samples] = []
    next_report = 0
    for frame in _frames(name, container, stream):
        if rate == 0:
            rate = frame.sample_rate
            _check_format(name, rate, frame.layout.nb_channels, limits)
            if rate != SAMPLE_RATE:
                resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 2, dtype="float32", quality="HQ")
        elif frame.sample_rate != rate:
            raise BadInput(f"“{name}” changes its sample rate on the way; export it again at one rate")
        block = _stereo(name, frame)
        frames_in += block.shape[1]
        if frames_in > limits.max_duration_s * rate:
            raise BadInput(_too_long(name, max(frames_in / rate, info.duration_s or 0.0), limits))
        pending.append(block)
        if frames_in >= next_report:
            next_report = frames_in + rate
            _flush(pending, kept, resampler, last=False)
            if info.duration_s:
                progress(min(0.99, frames_in / rate / info.duration_s), "decoding")
    if rate == 0:
        raise BadInput(f"“{name}” holds no sound that can be decoded; export it again")
    _flush(pending, kept, resampler, last=True)
    if info.container.startswith("mov") and info.duration_s:
        # the last AAC packet is padded; the movie's edit list, not the packets, says where the sound ends
        claimed = round(info.duration_s * rate)
        if claimed < frames_in <= claimed + _LONGEST_AAC_PACKET:
            frames_in = claimed
    # soxr may differ by a frame from the length that the ratio of the rates demands
    return kept.take(round(frames_in * SAMPLE_RATE / rate)), frames_in / rate


def _flush(pending: list[Samples], kept: GrowingSamples, resampler: "soxr.ResampleStream | None", last: bool) -> None:
    """Move what was decoded to what is kept, through the resampler if there is one."""
    block = np.concatenate(pending, axis=1) if pending else np.zeros((2, 0), dtype=np.float32)
    pending.clear()
    if resampler is not None:
        block = np.ascontiguousarray(resampler.resample_chunk(np.ascontiguousarray(block.T), last=last).T)
    kept.append(block)


def _frames(name: str, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Decoded frames; a few bad packets at the start are stepped over, anything else is damage."""
    bad = 0
    good = False
    at_s = 0.0
    try:
        for packet in container.demux(stream):
            if packet.is_corrupt:
                raise BadInput(_damaged(name, at_s))
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                bad += 1
                if good or bad > _TOLERATED_BAD_PACKETS:
                    raise BadInput(_damaged(name, at_s)) from None
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame) and frame.samples > 0:
                    good = True
                    at_s += frame.samples / frame.sample_rate
                    yield frame
    except (av.error.FFmpegError, OSError):
        raise BadInput(_damaged(name, at_s)) from None


def _damaged(name: str, at_s: float) -> str:
    return f"“{name}” is damaged or cut off {at_s:.1f} s into the sound; copy or export it again"


def _stereo(name: str, frame: AudioFrame) -> Samples:
    """One frame as float32 (2, frames), checked."""
    layout = frame.layout
    data = frame.to_ndarray()
    if frame.format.is_packed:
        data = data.reshape(-1, layout.nb_channels).T
    kind = frame.format.name.removesuffix("p")
    if kind not in _SCALES:
        raise BadInput(f"“{name}” holds samples of an unknown kind ({frame.format.name}); export it as FLAC or WAV")
    with np.errstate(over="ignore"):
        floats = data.astype(np.float32)
    if kind == "u8":
        floats -= 128.0
    if kind in ("flt", "dbl"):
        # min and max meet every NaN and infinity in one pass each, without a mask as long as the frame
        low, high = float(floats.min()), float(floats.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            raise BadInput(f"“{name}” holds samples that are not numbers (NaN or infinite); export it again")
        if max(-low, high) > _ABSURD_PEAK:
            raise BadInput(
                f"“{name}” peaks at {max(-low, high):.3g} times full scale; export it with samples within -1 to 1"
            )
    else:
        floats *= np.float32(_SCALES[kind])
    if layout.nb_channels == 2:
        return np.ascontiguousarray(floats)
    return stereo_matrix([channel.name for channel in layout.channels]) @ floats


def _refuse_short(path: Path, info: AudioInfo, source_s: float, limits: DecodeLimits) -> None:
    name = path.name
    claimed_s = info.duration_s
    if claimed_s is not None and source_s < claimed_s - max(0.5, 0.02 * claimed_s):
        raise BadInput(
            f"“{name}” is cut off: it promises {claimed_s:.1f} s and holds {source_s:.1f} s; copy or download it again"
        )
    if source_s < limits.min_duration_s:
        raise BadInput(
            f"“{name}” lasts only {source_s:.3f} s, at least {limits.min_duration_s:g} s are needed; use a longer file"
        )
