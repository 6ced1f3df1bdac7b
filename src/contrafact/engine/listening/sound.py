"""One channel of a recording at the rate that a listener wants, read a span at a time.

A recording of an hour is a gigabyte of samples already; nothing here makes another copy of it. Whoever listens asks for
the span of samples that it works on, and gets the same samples whatever spans were asked for before.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.engine.audio.value import Audio

Floats = NDArray[np.float32]

_LEVEL_SPAN_S = 0.4
_USUAL_LEVEL = 0.2
_SILENT = 1e-4
_CONSTANT = 0.05
_CANCELLING = 0.02
_SECONDS_AT_ONCE = 20
_REACH = 2048
"""Samples on both sides of a span that its resampled values can depend on."""


class Sound(Protocol):
    """Samples of one channel."""

    @property
    def frames(self) -> int:
        """How many samples there are."""

    def read(self, start: int, stop: int) -> Floats:
        """Samples ``start`` to ``stop`` (exclusive), shape (stop - start,); zeros outside the recording."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A sound that lies in memory."""

    samples: Floats

    @property
    def frames(self) -> int:
        return self.samples.size

    def read(self, start: int, stop: int) -> Floats:
        low, high = max(0, start), min(self.samples.size, stop)
        if low >= high:
            return np.zeros(max(0, stop - start), np.float32)
        if (low, high) == (start, stop):
            return self.samples[low:high]
        return np.pad(self.samples[low:high], (low - start, stop - high))


def as_sound(sound: Sound | Floats) -> Sound:
    """Samples in memory or a sound, as a sound."""
    return Held(sound) if isinstance(sound, np.ndarray) else sound


@dataclass(frozen=True, slots=True, eq=False)
class Mono:
    """A recording as one channel without its constant part, at the level of a mastered song.

    Channels are averaged; where they cancel (one is inverted), the loudest stands alone. The networks learnt from
    ordinary levels, so a quiet recording is raised; what is below -80 dB of full scale all the way becomes silence.
    """

    audio: Audio
    weights: Floats
    """What each channel counts, shape (channels,)."""
    constant: np.float32
    gain: np.float32

    @classmethod
    def of(cls, audio: Audio) -> "Mono":
        """Measure what the channels need; two passes over the samples, no copy of them."""
        channels = audio.channels
        weights = np.full(channels, 1.0 / max(1, channels), np.float32)
        if audio.frames == 0:
            return cls(audio, weights, np.float32(0.0), np.float32(0.0))
        powers, of_mean = np.zeros(channels), 0.0
        for block in _blocks(audio):
            powers += np.einsum("ij,ij->i", block, block, dtype=np.float64)
            mean = weights @ block
            of_mean += float(np.einsum("i,i->", mean, mean, dtype=np.float64))
        if channels > 1 and of_mean < _CANCELLING * float(powers.max()):
            weights = np.zeros(channels, np.float32)
            weights[int(powers.argmax())] = 1.0
        span = max(1, round(_LEVEL_SPAN_S * audio.sample_rate))
        middles, highs, lows = [], [], []
        for at in range(0, audio.frames, span):
            piece = weights @ audio.samples[:, at : at + span]
            middles.append(float(np.median(piece)))
            highs.append(float(piece.max()))
            lows.append(float(piece.min()))
        constant = float(np.median(middles))
        if abs(constant) <= _CONSTANT * max(max(highs), -min(lows)):
            constant = 0.0
        peak = max(max(highs) - constant, constant - min(lows))
        if peak < _SILENT:
            return cls(audio, weights, np.float32(constant), np.float32(0.0))
        levels = [
            float(np.sqrt(np.mean(np.square(weights @ audio.samples[:, at : at + span] - constant, dtype=np.float64))))
            for at in range(0, audio.frames, span)
        ]
        loud = max(float(np.percentile(levels, 95)), 0.1 * max(levels))
        return cls(audio, weights, np.float32(constant), np.float32(_USUAL_LEVEL / loud))

    @property
    def frames(self) -> int:
        return self.audio.frames

    @property
    def sample_rate(self) -> int:
        return self.audio.sample_rate

    @property
    def silent(self) -> bool:
        return float(self.gain) == 0.0

    def read(self, start: int, stop: int) -> Floats:
        low, high = max(0, start), min(self.frames, stop)
        out = np.zeros(max(0, stop - start), np.float32)
        if low < high and not self.silent:
            part = out[low - start : high - start]
            np.matmul(self.weights, self.audio.samples[:, low:high], out=part)
            part -= self.constant
            part *= self.gain
        return out


def _blocks(audio: Audio) -> list[Floats]:
    size = _SECONDS_AT_ONCE * audio.sample_rate
    return [audio.samples[:, at : at + size] for at in range(0, audio.frames, size)]


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """A sound at another rate. Reads begin on samples that fall together in both rates, so every read agrees."""

    source: Sound
    source_rate: int
    rate: int

    @property
    def frames(self) -> int:
        return math.ceil(self.source.frames * self.rate / self.source_rate)

    def read(self, start: int, stop: int) -> Floats:
        if self.rate == self.source_rate:
            return self.source.read(start, stop)
        if stop <= start:
            return np.zeros(0, np.float32)
        common = math.gcd(self.rate, self.source_rate)
        step_out, step_in = self.rate // common, self.source_rate // common
        lead = -(-_REACH // step_in)
        first = start // step_out - lead
        last = -(-stop // step_out) + lead
        span = self.source.read(first * step_in, last * step_in)
        if not span.any():
            return np.zeros(stop - start, np.float32)
        made: Floats = soxr.resample(span, self.source_rate, self.rate, quality="HQ").astype(np.float32, copy=False)
        at = start - first * step_out
        return np.ascontiguousarray(made[at : at + stop - start])
