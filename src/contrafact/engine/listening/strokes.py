"""Strokes of a drum stem: every moment that could be one, and what it looks like.

The stem is read in blocks of 24 s with context on both sides, so an hour needs no more memory than a minute. A stroke
is looked at through a log-frequency spectrogram whose window is 46 ms below 500 Hz, where a kick and a tom must be told
apart, and 23 ms above, where time matters more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.fft
import soxr
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Audio

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Counts = NDArray[np.int64]

HOP: Final = 256
BANDS: Final = 32
_LOW_WINDOW: Final = 2048
_HIGH_WINDOW: Final = 1024
_LOW_BANDS: Final = 11
_CENTRES_HZ: Final = np.concatenate(
    [[40.0, 60.0, 82.0, 105.0, 130.0, 160.0, 196.0, 240.0, 295.0, 362.0, 445.0], 545.0 * 1.19 ** np.arange(21)]
)
_TILT_HZ: Final = 200.0
"""Magnitudes are weighed by the root of frequency over this: 3 dB an octave, as music falls."""
_FLOOR: Final = 1e-3
"""60 dB below the stem's loud passages."""
_BLOCK_FRAMES: Final = 4096
_MARGIN: Final = 64
"""Frames of context on both sides of a block."""

CELLS: Final = ((-32, -20), (-20, -12), (-12, -7), *((at, at + 1) for at in range(-7, 9)), (9, 12), (12, 17), (17, 24),
                (24, 35))  # fmt: skip
"""Frames around a stroke that one picture of it averages over, as (first, last exclusive)."""
PICTURE: Final = len(CELLS) * BANDS

_GROUPS: Final = ((0, 4), (4, 11), (11, 17), (17, 24), (24, 32))
_RISES: Final = (0.055, 0.05, 0.05, 0.05, 0.05)
"""Least mean rise of a group of bands, in units of 60 dB, that is looked at. Chosen so that hardly a true stroke is
missed: the network rejects the rest."""
_APART: Final = 5
"""Frames (29 ms) within which rises belong to one stroke."""
_SILENCE: Final = 10.0 ** (-80.0 / 20.0)


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Candidates of one block, in order; n of them.

    ``times_s`` float64 (n,); ``pictures`` float32 (n, PICTURE) in 0..1 (log magnitude over 60 dB); ``levels`` float32
    (n, BANDS): magnitude gained by each band at the stroke, relative to the stem's loud passages.
    """

    times_s: Doubles
    pictures: Floats
    levels: Floats


def find_strokes(audio: Audio) -> Iterator[tuple[float, Strokes]]:
    """Candidates block by block, each with the fraction of the sound that has been read.

    A stem whose loudest passage lies below -80 dB of full scale has none.
    """
    loud = loud_passages(audio)
    if loud < _SILENCE:
        return
    channel = _channel(audio)
    filters = _filters()
    total = int(np.ceil(_frames(audio) / HOP))
    for first in range(0, total, _BLOCK_FRAMES):
        last = min(total, first + _BLOCK_FRAMES)
        start = first - _MARGIN
        sound = _read(audio, channel, start * HOP - _LOW_WINDOW // 2, (last + _MARGIN) * HOP + _LOW_WINDOW // 2)
        magnitudes = _spectrogram(sound, last + _MARGIN - start, filters) / np.float32(loud)
        picture = _logarithm(magnitudes)
        at = _rises(picture)
        at = at[(at >= _MARGIN) & (at < _MARGIN + last - first)]
        strokes = Strokes(
            _onset_times(sound, at) + start * HOP / SAMPLE_RATE, _pictures(picture, at), _levels(magnitudes, at)
        )
        yield last / total, strokes


def loud_passages(audio: Audio) -> float:
    """Root mean square of the loudest 50 ms of a typical loud second; 0 for silence."""
    span = max(1, round(0.05 * audio.sample_rate))
    peaks = []
    channel = _channel(audio)
    for start in range(0, audio.frames, 20 * span):
        sound = _raw(audio, channel, start, start + 20 * span)
        whole = sound[: sound.size // span * span]
        if whole.size:
            peaks.append(float(np.sqrt(np.square(whole).reshape(-1, span).mean(axis=1).max())))
    if not peaks:
        return 0.0
    heard = np.array(peaks)
    return float(np.percentile(heard[heard >= 0.05 * heard.max()], 75))


def _channel(audio: Audio) -> int | None:
    """The channel to listen to, or None for the mean of all: that would cancel what one channel has inverted."""
    if audio.channels == 1 or audio.frames == 0:
        return 0
    step = max(1, audio.frames // 2_000_000)
    some = audio.samples[:, ::step]
    powers = np.einsum("ij,ij->i", some, some, dtype=np.float64)
    mean = some.mean(axis=0)
    together = float(np.einsum("i,i->", mean, mean, dtype=np.float64))
    return int(powers.argmax()) if together < 0.05 * float(powers.max()) else None


def _raw(audio: Audio, channel: int | None, start: int, stop: int) -> Floats:
    inside = audio.samples[:, max(0, start) : max(0, min(audio.frames, stop))]
    chosen: Floats = inside.mean(axis=0) if channel is None else inside[channel]
    return chosen


def _frames(audio: Audio) -> int:
    return int(np.ceil(audio.frames * SAMPLE_RATE / audio.sample_rate))


def _read(audio: Audio, channel: int | None, start: int, stop: int) -> Floats:
    """Samples ``start`` to ``stop`` at 44.1 kHz, zeros outside the sound."""
    if audio.sample_rate == SAMPLE_RATE:
        low, high = max(0, start), min(audio.frames, stop)
        return np.pad(_raw(audio, channel, low, high), (low - start, stop - max(low, high)))
    ratio = audio.sample_rate / SAMPLE_RATE
    reach = 64
    low = int(np.floor((start - reach) * ratio))
    high = int(np.ceil((stop + reach) * ratio))
    inside = _raw(audio, channel, low, high)
    padded = np.pad(inside, (max(0, -low), max(0, high - low - max(0, -low) - inside.size)))
    resampled: Floats = soxr.resample(padded, audio.sample_rate, SAMPLE_RATE).astype(np.float32, copy=False)
    skip = round(start - low / ratio)
    kept = resampled[skip : skip + stop - start]
    return np.pad(kept, (0, stop - start - kept.size))


def _filters() -> tuple[Floats, Floats]:
    """Triangles around the band centres for both windows: (1025, 11) and (513, 21), each of unit sum."""
    edges = np.concatenate([[20.0], _CENTRES_HZ, [_CENTRES_HZ[-1] * 1.19]])
    both = []
    for size, bands in ((_LOW_WINDOW, range(_LOW_BANDS)), (_HIGH_WINDOW, range(_LOW_BANDS, BANDS))):
        hertz = np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE)[:, None]
        below, centre, above = (edges[np.array(bands) + shift][None, :] for shift in (0, 1, 2))
        shape = np.maximum(0.0, np.minimum((hertz - below) / (centre - below), (above - hertz) / (above - centre)))
        shape /= np.maximum(shape.sum(axis=0, keepdims=True), 1e-9)
        shape *= np.sqrt(np.maximum(hertz, 1.0) / _TILT_HZ) * 4.0 / size
        both.append(shape.astype(np.float32))
    return both[0], both[1]


def _spectrogram(sound: Floats, frames: int, filters: tuple[Floats, Floats]) -> Floats:
    """Band magnitudes, float32 (frames, BANDS); frame i is centred at sample ``i * HOP + _LOW_WINDOW // 2``."""
    found = np.empty((frames, BANDS), np.float32)
    for size, filter_, columns in (
        (_LOW_WINDOW, filters[0], slice(0, _LOW_BANDS)),
        (_HIGH_WINDOW, filters[1], slice(_LOW_BANDS, BANDS)),
    ):
        window = np.hanning(size).astype(np.float32)
        offset = (_LOW_WINDOW - size) // 2
        views = np.lib.stride_tricks.sliding_window_view(sound[offset:], size)[::HOP][:frames]
        for start in range(0, frames, 512):
            spectrum = scipy.fft.rfft(views[start : start + 512] * window, axis=1)
            if size == _LOW_WINDOW:
                spectrum, weights = spectrum[:, :32], filter_[:32]
            else:
                weights = filter_
            found[start : start + 512, columns] = np.abs(spectrum) @ weights
    return found


def _logarithm(magnitudes: Floats) -> Floats:
    """0 at 60 dB below the stem's loud passages, 1 at their level."""
    picture: Floats = np.log10(magnitudes + np.float32(_FLOOR)) * np.float32(1.0 / 3.0) + np.float32(1.0)
    return picture


def _rises(picture: Floats) -> Counts:
    """Frames at which some group of bands rises, ``_APART`` frames apart."""
    rise = np.zeros_like(picture)
    rise[2:] = np.maximum(picture[2:] - picture[:-2], 0.0)
    best = np.zeros(len(picture), np.float32)
    for (low, high), least in zip(_GROUPS, _RISES, strict=True):
        group = rise[:, low:high].mean(axis=1) / np.float32(least)
        best = np.maximum(best, np.where(_peaks(group, 3), group, 0.0))
    at = np.flatnonzero(best > 1.0)
    if at.size == 0:
        return at
    # The strongest of those too close together stands for them.
    kept = np.ones(at.size, bool)
    for index in np.argsort(-best[at], kind="stable"):
        if kept[index]:
            near = np.abs(at - at[index]) < _APART
            near[index] = False
            kept &= ~near
    return at[kept]


def _peaks(curve: Floats, reach: int) -> NDArray[np.bool_]:
    """Where a curve is the largest of its neighbours (the first of equals)."""
    peak = np.ones(curve.size, bool)
    for shift in range(1, reach + 1):
        peak[shift:] &= curve[shift:] > curve[:-shift]
        peak[:-shift] &= curve[:-shift] >= curve[shift:]
    return peak


def _pictures(picture: Floats, at: Counts) -> Floats:
    # Sums from the start give the mean of any run of frames.
    sums = np.zeros((len(picture) + 1, BANDS))
    np.cumsum(picture, axis=0, out=sums[1:])
    cells = [
        (sums[np.clip(at + last, 0, len(picture))] - sums[np.clip(at + first, 0, len(picture))]) / (last - first)
        for first, last in CELLS
    ]
    stacked: Floats = np.stack(cells, axis=1).reshape(at.size, PICTURE).astype(np.float32)
    return stacked


def _levels(magnitudes: Floats, at: Counts) -> Floats:
    if at.size == 0:
        return np.zeros((0, BANDS), np.float32)
    after = magnitudes[at[:, None] + np.arange(-1, 7)[None, :]].max(axis=1)
    before = magnitudes[at[:, None] + np.arange(-8, -3)[None, :]].min(axis=1)
    gained: Floats = np.maximum(after - before, 0.0)
    return gained


def _onset_times(sound: Floats, at: Counts) -> Doubles:
    """When each stroke begins, in seconds from frame 0 of the block.

    The envelope of the differentiated sound (which weighs a click more than the boom before it) is followed in steps of
    1 ms around the steepest rise; the stroke begins where it has risen by a fifth of its way up.
    """
    if at.size == 0:
        return np.zeros(0)
    step = 44
    before, after = 36, 24
    edges = np.diff(sound, prepend=sound[:1])
    start = at * HOP + _LOW_WINDOW // 2 - before * step
    index = start[:, None] + np.arange((before + after) * step)[None, :]
    pieces = np.abs(edges[np.clip(index, 0, edges.size - 1)]).reshape(at.size, before + after, step)
    envelope = np.sqrt(np.square(pieces).mean(axis=2))
    # A rise is what stands above the loudest of the 8 ms before it.
    behind = np.stack([np.roll(envelope, shift, axis=1) for shift in range(1, 9)]).max(axis=0)
    rise = np.maximum(envelope - behind, 0.0)
    rise[:, :9] = 0.0
    top = rise.argmax(axis=1)
    rows = np.arange(at.size)
    ahead = np.stack([np.roll(envelope, -shift, axis=1) for shift in range(4)]).max(axis=0)
    floor = behind[rows, top]
    height = ahead[rows, top] - floor
    reached = envelope > (floor + 0.2 * height)[:, None]
    # Walk back from the steepest step to the first of those that belong to the same rise.
    begin = top.copy()
    for _ in range(6):
        earlier = np.maximum(begin - 1, 0)
        begin = np.where(reached[rows, earlier], earlier, begin)
    found: Doubles = (start - _LOW_WINDOW // 2 + begin * step) / SAMPLE_RATE
    return found
