"""What each bar sounds like: its harmony, its colour, its strokes, its level, and how much of it is sung."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Bar, Region
from contrafact.engine.listening.cqt import FRAMES_PER_SECOND, chroma
from contrafact.engine.listening.sound import Sound, as_sound

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

COLOURS = 14
PARTS = 4
"""Harmony is described in quarters of a bar, so that the order of chords within it counts."""
STEPS = 16
"""Strokes are described in sixteenths of a bar."""

_RATE = 22_050
_WINDOW, _HOP = 1024, 512
_MEL_BANDS = 40
_STROKE_BANDS = ((0, 6), (6, 20), (20, _MEL_BANDS))
"""Mel bands of the kick, of the snare's and voices' body, and of the cymbals."""
_BLOCK = 1024
_QUIETEST_DB = -80.0


@dataclass(frozen=True, slots=True, eq=False)
class BarFeatures:
    """A row per bar.

    ``harmony`` (bars, 48): twelve pitch classes in each quarter of the bar, rows of unit length (or 0 where nothing
    sounds); ``colour`` (bars, 14): cepstrum of the mean spectrum, in dB; ``strokes`` (bars, 48): how much begins in
    each sixteenth of the bar in three bands, in dB of rise; ``level_db`` and ``voice`` (0..1, the share that is sung)
    (bars,).
    """

    harmony: Doubles
    colour: Doubles
    strokes: Doubles
    level_db: Doubles
    voice: Doubles

    @property
    def bars(self) -> int:
        return int(self.level_db.size)

    def rows(self, which: NDArray[np.int64]) -> "BarFeatures":
        """The same for some bars, in that order."""
        return BarFeatures(
            self.harmony[which], self.colour[which], self.strokes[which], self.level_db[which], self.voice[which]
        )


def stacked(parts: Sequence[BarFeatures]) -> BarFeatures:
    """Bars of several passages, one passage after another."""
    return BarFeatures(
        np.concatenate([part.harmony for part in parts]),
        np.concatenate([part.colour for part in parts]),
        np.concatenate([part.strokes for part in parts]),
        np.concatenate([part.level_db for part in parts]),
        np.concatenate([part.voice for part in parts]),
    )


def describe_bars(
    bars: Sequence[Bar],
    magnitudes: Floats,
    mono: Sound | Floats,
    regions: Sequence[Region],
    pitches: Floats | None = None,
) -> BarFeatures:
    """Features of each bar.

    Parameters
    ----------
    magnitudes : float32, shape (frames, 252)
        Constant-Q spectrogram.
    mono : Sound, or float32 of shape (n,)
        The sound at 22.05 kHz; read in blocks.
    regions : sequence of Region
        Where somebody sings.
    pitches : float32, shape (frames, 12), optional
        Likelihood of each pitch class, as the chord network hears it, past the instruments that play it. Without it
        the spectrogram alone tells the harmony.
    """
    count = len(bars)
    if count == 0:
        wide = [np.zeros((0, width)) for width in (12 * PARTS, COLOURS, len(_STROKE_BANDS) * STEPS)]
        return BarFeatures(wide[0], wide[1], wide[2], np.zeros(0), np.zeros(0))
    harmony = _harmony(bars, chroma(magnitudes))
    if pitches is not None:
        harmony = _unit(harmony + _harmony(bars, pitches))
    colour, strokes, level = _sound_of_bars(bars, as_sound(mono))
    voice = np.zeros(count)
    for index, bar in enumerate(bars):
        sung = sum(max(0.0, min(bar.end_s, span.end_s) - max(bar.start_s, span.start_s)) for span in regions)
        voice[index] = sung / max(1e-6, bar.end_s - bar.start_s)
    return BarFeatures(harmony, colour, strokes, level, np.clip(voice, 0.0, 1.0))


def _harmony(bars: Sequence[Bar], pitches: Floats) -> Doubles:
    """Mean of the pitch classes in each quarter of each bar, less what all twelve share, of unit length."""
    sums = np.concatenate((np.zeros((1, 12)), np.cumsum(pitches, axis=0, dtype=np.float64)))
    last = pitches.shape[0]
    parts = np.linspace(0.0, 1.0, PARTS + 1)
    starts = np.array([bar.start_s for bar in bars])
    ends = np.array([bar.end_s for bar in bars])
    edges = starts[:, None] + (ends - starts)[:, None] * parts[None, :]
    frames = np.clip(np.round(edges * FRAMES_PER_SECOND).astype(np.int64), 0, last)
    first, stop = frames[:, :-1], np.minimum(np.maximum(frames[:, 1:], frames[:, :-1] + 1), last)
    means = (sums[stop] - sums[np.minimum(first, stop)]) / np.maximum(1, stop - first)[..., None]
    means = means - means.mean(axis=2, keepdims=True)
    return _unit(means.reshape(len(bars), 12 * PARTS))


def _sound_of_bars(bars: Sequence[Bar], sound: Sound) -> tuple[Doubles, Doubles, Doubles]:
    """Colour, strokes and level of each bar; one pass over the sound in blocks of some twenty seconds."""
    count = len(bars)
    edges = np.concatenate(
        [np.linspace(bar.start_s, bar.end_s, STEPS, endpoint=False) for bar in bars] + [np.array([bars[-1].end_s])]
    )
    logs, powers = np.zeros((count, _MEL_BANDS)), np.zeros(count)
    frames_in_bar, frames_in_step = np.zeros(count), np.zeros(count * STEPS)
    rises = np.zeros((count * STEPS, len(_STROKE_BANDS)))
    filters, window = _mel_filters(), np.hanning(_WINDOW).astype(np.float32)
    scale = 1.0 / float(np.sum(window.astype(np.float64) ** 2) * _WINDOW / 2.0)
    before: Floats | None = None
    first = max(0, int(bars[0].start_s * _RATE / _HOP))
    last = min(-(-sound.frames // _HOP), int(np.ceil(bars[-1].end_s * _RATE / _HOP)) + 1)
    for start in range(first, last, _BLOCK):
        size = min(_BLOCK, last - start)
        span = sound.read(start * _HOP - _WINDOW // 2, (start + size - 1) * _HOP + _WINDOW // 2)
        views = np.lib.stride_tricks.sliding_window_view(span, _WINDOW)[::_HOP]
        power = np.abs(scipy.fft.rfft(views * window, axis=1)) ** 2
        decibels = np.float32(10.0) * np.log10(power @ filters + np.float32(1e-6))
        joined = np.concatenate([decibels[:1] if before is None else before, decibels])
        before = decibels[-1:]
        rise = np.maximum(np.diff(joined, axis=0), 0.0)
        bands = np.stack([rise[:, low:high].mean(axis=1) for low, high in _STROKE_BANDS], axis=1)
        times = (start + np.arange(size)) * (_HOP / _RATE)
        step = np.searchsorted(edges, times, side="right") - 1
        inside = (step >= 0) & (step < count * STEPS)
        step = step[inside]
        bar = step // STEPS
        np.add.at(logs, bar, decibels[inside])
        np.add.at(powers, bar, power[inside].sum(axis=1, dtype=np.float64) * scale)
        np.add.at(rises, step, bands[inside])
        frames_in_bar += np.bincount(bar, minlength=count)
        frames_in_step += np.bincount(step, minlength=count * STEPS)
    logs /= np.maximum(1.0, frames_in_bar)[:, None]
    logs[frames_in_bar == 0] = -60.0
    colour: Doubles = scipy.fft.dct(logs, norm="ortho", axis=1)[:, 1 : COLOURS + 1]
    level = np.maximum(_QUIETEST_DB, 10.0 * np.log10(powers / np.maximum(1.0, frames_in_bar) + 1e-12))
    # Rises are per frame: a sum per step, so that a stroke counts the same at every tempo.
    return colour, rises.reshape(count, STEPS * len(_STROKE_BANDS)), level


def _mel_filters() -> Floats:
    """Triangular filters from 40 Hz to 10 kHz on the mel scale, shape (513, 40)."""
    bins = np.fft.rfftfreq(_WINDOW, 1.0 / _RATE)
    mels = np.linspace(2595 * np.log10(1 + 40 / 700), 2595 * np.log10(1 + 10_000 / 700), _MEL_BANDS + 2)
    centres = 700 * (10 ** (mels / 2595) - 1)
    rising = (bins[:, None] - centres[None, :-2]) / np.diff(centres)[None, :-1]
    falling = (centres[None, 2:] - bins[:, None]) / np.diff(centres)[None, 1:]
    filters: Floats = np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
    normalised: Floats = filters / np.maximum(filters.sum(axis=0, keepdims=True), np.float32(1e-6))
    return normalised


def _unit(rows: Doubles) -> Doubles:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Doubles = np.where(length > 1e-9, rows / np.maximum(length, 1e-9), 0.0)
    return unit
