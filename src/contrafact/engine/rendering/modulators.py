"""Modulators of a soundfont: how velocity and key bend a sound's parameters (SoundFont 2.04, sections 8.2 to 9.5)."""

import math
from dataclasses import dataclass
from typing import Final

_VELOCITY: Final = 2
_KEY: Final = 3
_CONTROLLER_DEFAULTS: Final = {7: 100, 8: 64, 10: 64, 11: 127}
_GENERAL_DEFAULTS: Final = {0: 127, 10: 0, 13: 0, 14: 64, 16: 2}

ATTENUATION: Final = 48
FILTER_CUTOFF: Final = 8


@dataclass(frozen=True, slots=True)
class Modulator:
    source: int
    target: int
    amount: int
    amount_source: int

    @property
    def identity(self) -> tuple[int, int, int]:
        """What makes a later modulator replace an earlier one of the same level."""
        return (self.source, self.target, self.amount_source)


DEFAULTS: Final = (
    Modulator(0x0502, ATTENUATION, 960, 0),
    Modulator(0x0102, FILTER_CUTOFF, -2400, 0),
)
"""The only defaults that matter when no controller is ever moved: velocity to loudness and to brightness."""


def _curve(kind: int, x: float) -> float:
    """The four transforms of a value 0..1 (section 8.2.4): linear, concave, convex, switch."""
    if kind == 1:
        return 1.0 if x >= 1.0 else min(1.0, -40.0 / 96.0 * math.log10(1.0 - x))
    if kind == 2:
        return 0.0 if x <= 0.0 else max(0.0, 1.0 + 40.0 / 96.0 * math.log10(x))
    if kind == 3:
        return 1.0 if x >= 0.5 else 0.0
    return x


def _source_value(source: int, key: int, velocity: int) -> float:
    index = source & 0x7F
    if source & 0x80:
        raw = _CONTROLLER_DEFAULTS.get(index, 0)
    elif index == _VELOCITY:
        raw = velocity
    elif index == _KEY:
        raw = key
    else:
        raw = _GENERAL_DEFAULTS.get(index, 0)
    x = raw / 127.0
    if source & 0x100:
        x = 1.0 - x
    kind = source >> 10
    if not source & 0x200:
        return _curve(kind, x)
    centred = 2.0 * x - 1.0
    return math.copysign(_curve(kind, abs(centred)), centred) if kind != 3 else (1.0 if x >= 0.5 else -1.0)


def evaluate(modulator: Modulator, key: int, velocity: int) -> float:
    """What this modulator adds to its target for one note, in the target's own unit."""
    if modulator.amount == 0:
        return 0.0
    factor = 1.0 if modulator.amount_source == 0 else _source_value(modulator.amount_source, key, velocity)
    return modulator.amount * factor * _source_value(modulator.source, key, velocity)


def replace_into(base: dict[tuple[int, int, int], Modulator], new: tuple[Modulator, ...]) -> None:
    """Let ``new`` replace identical modulators in ``base``.

    Older fonts give velocity-to-filter a second source (SoundFont 2.01); both spellings mean the same default.
    """
    for modulator in new:
        if modulator.source == 0x0102 and modulator.target == FILTER_CUTOFF:
            base[(0x0102, FILTER_CUTOFF, 0)] = Modulator(0x0102, FILTER_CUTOFF, modulator.amount, 0)
        else:
            base[modulator.identity] = modulator
