"""The two sends that all buses share: a synthesised room and a tempo delay."""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.fft import irfft, rfft
from numpy.typing import NDArray

from contrafact.engine.arranging.timeline import Room
from contrafact.engine.audio import filtering
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import QUANTUM

_KEPT_ROOMS: Final = 32
"""All those of the packs that come with Contrafact, a megabyte each, and some more."""
_SEED: Final = 20_250_101
"""The room's own noise: rooms of one size are the same room in every take."""


def impulse_response(size: float, damping: float) -> NDArray[np.float64]:
    """A synthesised room, shape (2, n), unit energy per channel.

    Noise under exponential decays, one per band: the highs die sooner the more the room is damped (after J. A. Moorer,
    "About this reverberation business", 1979: exponentially decaying noise is a concert hall's late response). A few
    early reflections come first.
    """
    size, damping = min(1.0, max(0.0, size)), min(1.0, max(0.0, damping))
    decay_s = 0.35 + 2.6 * size**1.5
    frames = int(decay_s * 1.1 * SAMPLE_RATE)
    predelay = int((0.006 + 0.022 * size) * SAMPLE_RATE)
    chance = np.random.Generator(np.random.Philox(key=[_SEED, 1]))
    t = np.arange(frames) / SAMPLE_RATE
    late = np.zeros((2, frames))
    bands = ((180.0, 700.0, 1.0), (700.0, 2_800.0, 1.0 - 0.25 * damping), (2_800.0, 9_000.0, 1.0 - 0.65 * damping))
    for low, high, share in bands:
        noise = chance.standard_normal((2, frames))
        shaped = filtering.filtered(filtering.butterworth(2, "bandpass", (low, high), SAMPLE_RATE), noise)
        level = (high - low) ** -0.5 * (1.0 if high < 5_000.0 else 1.0 - 0.5 * damping)
        late += level * shaped * 10.0 ** (-60.0 / 20.0 * t / (decay_s * share))
    late *= np.clip(t / 0.012, 0.0, 1.0)
    late /= np.sqrt((late**2).sum(axis=1, keepdims=True))
    early = np.zeros((2, frames))
    for number in range(1, 9):
        for channel in range(2):
            place = int((0.004 + 0.055 * size) * number**1.2 / 8.0 * SAMPLE_RATE * (1.0 + 0.13 * chance.random()))
            early[channel, min(place, frames - 1)] += (-1.0) ** number * 0.8**number
    early = filtering.filtered(filtering.butterworth(1, "bandpass", (250.0, 6_000.0), SAMPLE_RATE), early)
    early /= np.sqrt((early**2).sum(axis=1, keepdims=True))
    whole = np.pad(0.9 * late + 0.45 * early, ((0, 0), (predelay, 0)))
    fade = min(whole.shape[1], SAMPLE_RATE // 20)
    whole[:, -fade:] *= np.cos(np.linspace(0.0, math.pi / 2.0, fade)) ** 2
    scaled: NDArray[np.float64] = whole / np.sqrt((whole**2).sum(axis=1, keepdims=True))
    return scaled


@lru_cache(maxsize=_KEPT_ROOMS)
def _spectra(size: float, damping: float) -> NDArray[np.complex64]:
    """A room in partitions of one quantum, shape (2, partitions, QUANTUM + 1). Read only."""
    response = impulse_response(size, damping)
    parts = math.ceil(response.shape[1] / QUANTUM)
    padded = np.pad(response, ((0, 0), (0, parts * QUANTUM - response.shape[1])))
    pieces = padded.reshape(2, parts, QUANTUM).astype(np.float32)
    spectra = np.asarray(rfft(pieces, 2 * QUANTUM, axis=2), dtype=np.complex64)
    spectra.flags.writeable = False
    return spectra


def prepare(size: float, damping: float) -> None:
    """Build a room before somebody waits for it."""
    _spectra(size, damping)


class Reverb:
    """Uniformly partitioned convolution (T. G. Stockham 1966; W. G. Gardner 1995) with quanta as partitions: no
    latency."""

    def __init__(self, room: Room) -> None:
        self._spectra = _spectra(room.reverb_size, room.reverb_damping)
        parts = self._spectra.shape[1]
        self._past = np.zeros_like(self._spectra)
        """The spectra of the last quanta, in a ring: the newest lies at ``_newest``."""
        self._newest = 0
        self._before: Samples = np.zeros((2, QUANTUM), np.float32)
        self._quiet = parts + 1

    @property
    def silent(self) -> bool:
        """Whether nothing rings any more."""
        return bool(self._quiet > self._past.shape[1])

    def process(self, sound: Samples) -> Samples:
        """The wet sound of one quantum, float32 (2, QUANTUM)."""
        self._quiet = 0 if sound.any() else self._quiet + 1
        if self._quiet > self._past.shape[1]:
            return np.zeros((2, QUANTUM), np.float32)
        # Each side hears a little of the other, as in a room.
        crossed = np.float32(0.8) * sound + np.float32(0.6) * sound[::-1]
        spectrum = rfft(np.concatenate([self._before, crossed], axis=1), axis=1)
        self._before = crossed
        parts = self._past.shape[1]
        self._newest = (self._newest - 1) % parts
        self._past[:, self._newest] = spectrum
        # One partition after another: what is added up stays in the processor's cache.
        total = np.zeros_like(spectrum)
        for part in range(parts):
            total += self._past[:, (self._newest + part) % parts] * self._spectra[:, part]
        wet = irfft(total, 2 * QUANTUM, axis=1)[:, QUANTUM:]
        return np.asarray(wet, dtype=np.float32)


class Delay:
    """Echoes in time that go from side to side and grow duller."""

    def __init__(self, room: Room) -> None:
        self._frames = max(64, round(min(2.0, max(0.01, room.delay_s)) * SAMPLE_RATE))
        self._feedback = np.float32(min(0.85, max(0.0, room.delay_feedback)))
        self._line: Samples = np.zeros((2, self._frames), np.float32)
        self._dull = filtering.butterworth(1, "bandpass", (180.0, 4_500.0), SAMPLE_RATE)
        self._state = filtering.rest(self._dull)

    @property
    def silent(self) -> bool:
        """Whether no echo is left."""
        return not bool(self._line.any())

    def process(self, sound: Samples) -> Samples:
        """The wet sound; the dry sound is not in it."""
        out = np.empty_like(sound)
        n = sound.shape[1]
        for start in range(0, n, self._frames):
            stop = min(n, start + self._frames)
            taken = stop - start
            echo = self._line[:, :taken]
            out[:, start:stop] = echo
            middle = np.float32(0.5) * (sound[0, start:stop] + sound[1, start:stop])
            fed = np.stack([middle + self._feedback * echo[1], self._feedback * echo[0]])
            dull = filtering.filtered(self._dull, fed, self._state).astype(np.float32)
            self._line = np.concatenate([self._line[:, taken:], dull], axis=1)
        return out
