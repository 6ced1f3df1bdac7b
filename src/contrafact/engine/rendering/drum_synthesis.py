"""Drum strokes made by arithmetic, for kits that no recording serves: sound chips and deep tuned booms.

A stroke is a tone whose pitch falls, noise from a shift register, or both. The noise is that of the sound chips of the
eighties: a 15-bit linear-feedback shift register, clocked at a rate that sets its colour, in its long cycle (a hiss)
or its short one (a metallic buzz). Source: the public descriptions of the 2A03 sound chip's noise channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.errors import EngineError

WAVES: Final = ("sine", "triangle", "pulse")
_LONG_CYCLE, _SHORT_CYCLE = 32_767, 93
_REGISTER_BITS: Final = 15
_FALL_DB: Final = 60.0
_ATTACK: Final = 24
"""Frames in which a stroke rises: none to the ear, and no click."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a stroke is made.

    Parameters
    ----------
    wave : str
        One of :data:`WAVES`.
    from_hz, to_hz : float
        Pitch at the stroke and where it falls to; 0 for no tone.
    sweep_s : float
        In how long the pitch has gone two thirds of its way.
    length_s : float
        In how long the stroke falls by 60 dB.
    noise : float
        Share of noise, 0 to 1.
    noise_hz : float
        Clock of the noise's register: high is bright.
    buzz : bool
        The register's short cycle instead of its long one.
    """

    wave: str = "sine"
    from_hz: float = 0.0
    to_hz: float = 0.0
    sweep_s: float = 0.04
    length_s: float = 0.2
    noise: float = 0.0
    noise_hz: float = 16_000.0
    buzz: bool = False


def read_stroke(raw: Mapping[str, object], place: str) -> Stroke:
    """A stroke from a kit file's table; raises :class:`EngineError` that names ``place`` for what it cannot be."""
    known = Stroke.__dataclass_fields__.keys()
    if unknown := sorted(raw.keys() - known):
        raise EngineError(f"drum kit: {place} has no {', '.join(unknown)}; a stroke has {', '.join(known)}")
    wave, buzz = raw.get("wave", "sine"), raw.get("buzz", False)
    if wave not in WAVES or not isinstance(buzz, bool):
        raise EngineError(f"drum kit: wave of {place} must be one of {', '.join(WAVES)}, and buzz true or false")
    numbers: dict[str, float] = {}
    for name, value in raw.items():
        if name in ("wave", "buzz"):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 48_000.0:
            raise EngineError(f"drum kit: {name} of {place} must be a number from 0 to 48000, not {value!r}")
        numbers[name] = float(value)
    stroke = Stroke(wave=str(wave), buzz=buzz, **numbers)
    if not 0.01 <= stroke.length_s <= 4.0 or stroke.noise > 1.0 or (stroke.from_hz <= 0.0 and stroke.noise <= 0.0):
        raise EngineError(f"drum kit: {place} needs a tone or noise (up to 1), and a length_s from 0.01 to 4")
    return stroke


def strike(stroke: Stroke) -> Samples:
    """The sound of a stroke, float32 (2, n), both sides alike, peak about 1."""
    frames = round(stroke.length_s * 1.2 * SAMPLE_RATE)
    seconds = np.arange(frames) / SAMPLE_RATE
    sound = np.zeros(frames)
    if stroke.from_hz > 0.0 and stroke.noise < 1.0:
        fall = np.exp(-seconds / max(stroke.sweep_s, 1e-4))
        hertz = stroke.to_hz + (stroke.from_hz - stroke.to_hz) * fall
        sound += (1.0 - stroke.noise) * _wave(stroke.wave, np.cumsum(hertz) / SAMPLE_RATE)
    if stroke.noise > 0.0:
        bits = register_noise(_SHORT_CYCLE if stroke.buzz else _LONG_CYCLE, buzz=stroke.buzz)
        clock = np.floor(seconds * stroke.noise_hz).astype(np.int64)
        sound += stroke.noise * bits[clock % bits.size]
    sound *= 10.0 ** (-_FALL_DB / 20.0 * seconds / stroke.length_s)
    sound[:_ATTACK] *= np.linspace(0.0, 1.0, _ATTACK)
    return np.ascontiguousarray(np.broadcast_to(sound.astype(np.float32), (2, frames)))


def _wave(wave: str, turns: NDArray[np.float64]) -> NDArray[np.float64]:
    if wave == "sine":
        return np.sin(2.0 * np.pi * turns)
    phase = turns % 1.0
    if wave == "triangle":
        return 1.0 - 4.0 * np.abs((phase + 0.25) % 1.0 - 0.5)
    return np.where(phase < 0.5, 1.0, -1.0)


def register_noise(count: int, *, buzz: bool = False) -> NDArray[np.float64]:
    """``count`` steps of the shift register's output as -1 and 1; its cycle is 32,767 long, or 93 with ``buzz``."""
    tap = 6 if buzz else 1
    bits = np.zeros(count + _REGISTER_BITS, dtype=np.bool_)
    bits[0] = True
    # Each new bit is the exclusive or of two old ones, so as many follow at once as lie between the nearer and the end.
    stride = _REGISTER_BITS - tap
    for at in range(_REGISTER_BITS, bits.size, stride):
        stop = min(bits.size, at + stride)
        first = at - _REGISTER_BITS
        bits[at:stop] = bits[first : first + stop - at] ^ bits[first + tap : first + tap + stop - at]
    return np.where(bits[:count], 1.0, -1.0)
