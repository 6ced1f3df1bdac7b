"""Sound to landmarks: the moments and pitches at which something begins to sound more than around it.

Method: local maxima of a spectrogram (A. Wang, "An industrial-strength audio search algorithm", ISMIR 2003) on a
logarithmic axis of frequency (S. Fenet, G. Richard, Y. Grenier, "A scalable audio fingerprint method with robustness to
pitch-shifting", ISMIR 2011). Of each band its *rise* against what sounded just before counts as much as its level
against the song's mean: neither changes with gain, hardly with an equaliser, a low-pass or a coding, and what a room
adds comes after the rise.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.engine.audio.value import Audio

Floats = NDArray[np.float32]

RATE: Final = 8_000
"""Hz. Nothing above 3.6 kHz is looked at: what a telephone lets through is enough."""
WINDOW: Final = 1024
HOP: Final = 200
"""25 ms."""
HOP_S: Final = HOP / RATE
_LOWEST_HZ: Final = 220.0
_OCTAVES: Final = 4.0
BINS_PER_SEMITONE: Final = 3
_BINS: Final = round(_OCTAVES * 12 * BINS_PER_SEMITONE)
_RANGE_DB: Final = 45.0
"""Below the loudest moment by more than this, nothing is heard: codings change what lies there."""
_BEFORE: Final = 8
"""Hops that a rise is measured over: 200 ms."""
_NEAR_HOPS: Final = 6
_NEAR_BINS: Final = 5
PER_SECOND: Final = 14
"""Landmarks kept, the strongest of each second around."""
_MOST_SECONDS: Final = 3 * 3600
TIME_UNIT_S: Final = 0.005
PITCH_UNIT: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """The landmarks of a sound, in the order of time.

    Parameters
    ----------
    times_s : float32, shape (n,)
        Seconds from its beginning.
    pitches : float32, shape (n,)
        Semitones above 220 Hz, 0 to 48.
    duration_s : float
        Of the whole sound.
    """

    times_s: Floats
    pitches: Floats
    duration_s: float

    def __len__(self) -> int:
        return len(self.times_s)

    def packed(self) -> bytes:
        """Five bytes for each: 24 bits of time in units of 5 ms, 16 bits of pitch in units of a fiftieth semitone."""
        times = np.round(self.times_s / TIME_UNIT_S).astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]
        pitches = np.round(self.pitches / PITCH_UNIT).astype("<u2").view(np.uint8).reshape(-1, 2)
        return np.hstack([times, pitches]).tobytes()

    @classmethod
    def none(cls, duration_s: float = 0.0) -> "Landmarks":
        """Of silence, or of what has no sound yet."""
        return cls(np.zeros(0, np.float32), np.zeros(0, np.float32), duration_s)

    @classmethod
    def unpacked(cls, data: bytes, duration_s: float) -> "Landmarks":
        """The inverse of :meth:`packed`.

        Raises
        ------
        ValueError
            When the bytes are not whole landmarks.
        """
        if len(data) % 5:
            raise ValueError("these bytes are not landmarks: five make one")
        rows = np.frombuffer(data, np.uint8).reshape(-1, 5)
        times = np.zeros((len(rows), 4), np.uint8)
        times[:, :3] = rows[:, :3]
        return cls(
            (times.view("<u4")[:, 0] * TIME_UNIT_S).astype(np.float32),
            (rows[:, 3:].copy().view("<u2")[:, 0] * PITCH_UNIT).astype(np.float32),
            duration_s,
        )


def landmarks(audio: Audio) -> Landmarks:
    """The landmarks of a sound; silence has none. The same sound gives the same landmarks.

    Parameters
    ----------
    audio : Audio
        Any rate and number of channels; at most three hours are looked at.
    """
    mono = audio.samples[:, : _MOST_SECONDS * audio.sample_rate].mean(axis=0, dtype=np.float32)
    low = soxr.resample(mono, audio.sample_rate, RATE, quality="MQ") if audio.sample_rate != RATE else mono
    field = _standing_out(_bands_db(np.asarray(low, np.float32)))
    hops, bins, strength = _maxima(field)
    chosen = _strongest(hops, strength)
    hops, bins = hops[chosen], bins[chosen]
    times = (hops + _vertex(field, hops, bins, 0)) * HOP_S
    pitches = (bins + _vertex(field, hops, bins, 1)) / BINS_PER_SEMITONE
    order = np.lexsort((pitches, times))
    return Landmarks(
        np.maximum(times[order], 0.0).astype(np.float32),
        np.maximum(pitches[order], 0.0).astype(np.float32),
        audio.duration_s,
    )


def _bands_db(mono: Floats) -> Floats:
    """Levels in bands of a third of a semitone, (hops, bins), in dB above the floor of hearing."""
    if len(mono) < WINDOW:
        return np.zeros((0, _BINS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(mono, WINDOW)[::HOP]
    window = np.hanning(WINDOW).astype(np.float32)
    hertz = _LOWEST_HZ * 2.0 ** (np.arange(_BINS) / (12 * BINS_PER_SEMITONE))
    at = hertz * WINDOW / RATE
    below = at.astype(np.int64)
    weight = (at - below).astype(np.float32)
    bands = np.empty((len(frames), _BINS), np.float32)
    for first in range(0, len(frames), 1024):
        power = np.abs(np.fft.rfft(frames[first : first + 1024] * window, axis=1)).astype(np.float32)
        bands[first : first + 1024] = power[:, below] * (1 - weight) + power[:, below + 1] * weight
    loudest = float(bands.max(initial=0.0))
    if loudest <= 0.0:
        return np.zeros_like(bands)
    floor = loudest * 10 ** (-_RANGE_DB / 20)
    return (20 * np.log10(np.maximum(bands, floor) / floor)).astype(np.float32)


def _standing_out(bands: Floats) -> Floats:
    """How far each band lies above the mean of the hops before it, and above its mean in the whole sound."""
    total = np.cumsum(np.vstack([np.zeros((1, bands.shape[1]), np.float32), bands]), axis=0, dtype=np.float64)
    last = np.arange(len(bands))
    first = np.maximum(last - _BEFORE, 0)
    before = (total[last] - total[first]) / np.maximum(last - first, 1)[:, None]
    if not len(bands):
        return bands
    return np.asarray(2 * bands - before - bands.mean(axis=0, dtype=np.float64), np.float32)


def _maxima(field: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    # Only here: a command that lists songs does not wait for it.
    from scipy.ndimage import maximum_filter1d

    around = maximum_filter1d(field, 2 * _NEAR_HOPS + 1, axis=0, mode="constant", cval=0.0)
    around = maximum_filter1d(around, 2 * _NEAR_BINS + 1, axis=1, mode="constant", cval=0.0)
    inner = np.zeros(field.shape, bool)
    inner[1:-1, 1:-1] = (field[1:-1, 1:-1] == around[1:-1, 1:-1]) & (field[1:-1, 1:-1] > 6.0)
    hops, bins = np.nonzero(inner)
    return hops, bins, field[hops, bins]


def _strongest(hops: NDArray[np.int64], strength: Floats) -> NDArray[np.int64]:
    """Indices of those that are among the strongest within half a second on either side."""
    half = round(0.5 / HOP_S)
    first = np.searchsorted(hops, hops - half, "left")
    last = np.searchsorted(hops, hops + half, "right")
    kept = [
        index
        for index, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True))
        if np.count_nonzero(strength[a:b] > strength[index]) < PER_SECOND
    ]
    return np.array(kept, np.int64)


def _vertex(field: Floats, hops: NDArray[np.int64], bins: NDArray[np.int64], axis: int) -> Floats:
    """Where the parabola through a maximum and its two neighbours has its top, -0.5 to 0.5 from it."""
    step = (1, 0) if axis == 0 else (0, 1)
    left = field[hops - step[0], bins - step[1]]
    right = field[hops + step[0], bins + step[1]]
    bend = left + right - 2 * field[hops, bins]
    return np.asarray(np.clip(0.5 * (left - right) / np.where(bend == 0, -1.0, bend), -0.5, 0.5), np.float32)
