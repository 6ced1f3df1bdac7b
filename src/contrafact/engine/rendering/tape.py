"""Delays that sway (chorus, a worn tape) and a record's crackle: all by absolute time and seed."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio import filtering
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import QUANTUM, amplitude

_GUARD: Final = 4
_MOST_DELAY_S: Final = 0.05


def _generator(seed: int, count: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed & 0xFFFF_FFFF_FFFF_FFFF, count & 0xFFFF_FFFF_FFFF_FFFF]))


class _Line:
    """What a moving delay reads from: the past and the present, between samples (Hermite, four points)."""

    def __init__(self, longest: int) -> None:
        self._history: Samples = np.zeros((2, longest + 2 * _GUARD), np.float32)

    def read(self, sound: Samples, delays: NDArray[np.float64]) -> Samples:
        """``delays`` in frames, at least :data:`_GUARD`, shape (n,) for both sides or (2, n)."""
        n, kept = sound.shape[1], self._history.shape[1]
        line = np.concatenate([self._history, sound], axis=1)
        self._history = line[:, -kept:]
        out = np.empty_like(sound)
        for side, (late, wet) in enumerate(zip(np.broadcast_to(delays, (2, n)), out, strict=True)):
            if side == 0 or delays.ndim == 2:
                place = kept + np.arange(n) - late
                whole = place.astype(np.intp)
                fraction = (place - whole).astype(np.float32)
                whole -= 1
            before, here, after, beyond = (line[side, shift:].take(whole) for shift in range(4))
            cubic = np.float32(1.5) * (here - after) + np.float32(0.5) * (beyond - before)
            square = before - np.float32(2.5) * here + np.float32(2.0) * after - np.float32(0.5) * beyond
            slope = np.float32(0.5) * (after - before)
            wet[:] = ((cubic * fraction + square) * fraction + slope) * fraction + here
        return out


class Chorus:
    """A copy of the sound whose delay of 7 ms sways, mixed in; the two sides sway a quarter of a turn apart.

    ``depth`` 1 sways by 6 ms either way.
    """

    CENTRE_S: Final = 0.007
    SWING_S: Final = 0.006
    _CENTRE: Final = CENTRE_S * SAMPLE_RATE
    _SWING: Final = SWING_S * SAMPLE_RATE

    def __init__(self, rate_hz: float, depth: float, mix: float, at: int) -> None:
        self._turn = 2.0 * math.pi * rate_hz / SAMPLE_RATE
        self._swing, self._mix, self._at = depth * self._SWING, np.float32(mix), at
        self._line = _Line(math.ceil(self._CENTRE + self._SWING))

    def process(self, sound: Samples) -> Samples:
        angle = (self._at + np.arange(sound.shape[1])) * self._turn
        self._at += sound.shape[1]
        wet = self._line.read(sound, self._CENTRE + self._swing * np.stack([np.sin(angle), np.cos(angle)]))
        return np.asarray(sound + self._mix * (wet - sound))


def wobble_delay(rate_hz: float, depth_cents: float) -> int:
    """Frames by which a :class:`Wobble` is late on average."""
    return round(float(_swings(rate_hz, depth_cents)[1].sum())) + _GUARD


def _swings(rate_hz: float, depth_cents: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates in Hz and swings in frames of a wobble's three sines."""
    rates = rate_hz * np.array([1.0, 0.437, 2.618])
    shares = np.array([0.6, 0.3, 0.1])
    swings_s = depth_cents / 1200.0 * math.log(2.0) * shares / (2.0 * math.pi * rates)
    scale = min(1.0, _MOST_DELAY_S / max(1e-9, float(swings_s.sum())))
    return rates, swings_s * scale * SAMPLE_RATE


class Wobble:
    """A slowly moving delay: the pitch sways by ``depth_cents`` at about ``rate_hz``, never quite regularly.

    The sway is three sines whose rates have no common measure and whose phases come from the seed.
    """

    def __init__(self, rate_hz: float, depth_cents: float, seed: int, at: int) -> None:
        phases = _generator(seed, 0).random(3) * 2.0 * math.pi
        rates, swings = _swings(rate_hz, depth_cents)
        self._waves = tuple(zip(rates, swings, phases, strict=True))
        self._base = float(sum(swing for _, swing, _ in self._waves)) + _GUARD
        self._line = _Line(2 * math.ceil(self._base))
        self._at = at

    def process(self, sound: Samples) -> Samples:
        n = sound.shape[1]
        t = (self._at + np.arange(n)) / SAMPLE_RATE
        delay = np.full(n, self._base)
        for rate, swing, phase in self._waves:
            delay += swing * np.sin(2.0 * math.pi * rate * t + phase)
        self._at += n
        return self._line.read(sound, delay)


class Vinyl:
    """Hiss and crackle added to the sound: clicks of random strength, about eight a second, and a soft even noise."""

    _CLICKS_PER_S: Final = 8.0

    def __init__(self, level_db: float, seed: int, at: int) -> None:
        self._level = amplitude(level_db) if level_db > -60.0 else float(10.0 ** (level_db / 20.0))
        self._seed = seed
        self._count = at // QUANTUM
        # A band of 400 Hz to 7 kHz: what is left of dust after a worn pick-up.
        self._band = filtering.butterworth(1, "bandpass", (400.0, 7_000.0), SAMPLE_RATE)
        self._state = filtering.rest(self._band)

    def process(self, sound: Samples) -> Samples:
        n = sound.shape[1]
        self._count += 1
        chance = _generator(self._seed, self._count)
        noise = chance.standard_normal((2, n)) * 0.25
        clicks = int(chance.poisson(self._CLICKS_PER_S * n / SAMPLE_RATE))
        places = chance.integers(0, n, clicks)
        strengths = 12.0 * chance.pareto(2.5, clicks).clip(0.0, 4.0) * chance.choice([-1.0, 1.0], clicks)
        tilts = chance.uniform(0.4, 1.0, (2, clicks))
        for channel in range(2):
            np.add.at(noise[channel], places, strengths * tilts[channel])
        dusty = filtering.filtered(self._band, noise, self._state)
        return np.asarray(sound + self._level * dusty, dtype=np.float32)
