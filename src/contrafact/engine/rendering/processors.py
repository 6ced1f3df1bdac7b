"""The effects of a bus, each remembering its state from one piece of sound to the next.

Names and knobs are those of ``engine.arranging.effects``. Filters are second-order sections in double precision
(formulas: Robert Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients"); compressor and
gate are Pedalboard's (JUCE).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np
import pedalboard
from numpy.typing import NDArray

from contrafact.engine.arranging.effects import EFFECTS
from contrafact.engine.arranging.timeline import Effect, EffectName
from contrafact.engine.audio import filtering
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.errors import EngineError
from contrafact.engine.rendering.grid import amplitude
from contrafact.engine.rendering.tape import Chorus, Vinyl, Wobble, wobble_delay

_BUTTERWORTH_Q: Final = 1.0 / math.sqrt(2.0)


class Processor(Protocol):
    def process(self, sound: Samples) -> Samples:
        """The next piece of sound, float32 (2, n), of the same length; never changes its argument."""
        ...


def _normal(b: tuple[float, float, float], a: tuple[float, float, float]) -> NDArray[np.float64]:
    return np.array([[value / a[0] for value in (*b, *a)]])


def highpass(cutoff_hz: float) -> NDArray[np.float64]:
    cosine, alpha = _angle(cutoff_hz, _BUTTERWORTH_Q)
    return _normal(((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2), (1 + alpha, -2 * cosine, 1 - alpha))


def lowpass(cutoff_hz: float) -> NDArray[np.float64]:
    cosine, alpha = _angle(cutoff_hz, _BUTTERWORTH_Q)
    return _normal(((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2), (1 + alpha, -2 * cosine, 1 - alpha))


def bandpass(centre_hz: float, q: float) -> NDArray[np.float64]:
    """0 dB at the centre."""
    cosine, alpha = _angle(centre_hz, q)
    return _normal((alpha, 0.0, -alpha), (1 + alpha, -2 * cosine, 1 - alpha))


def peak(centre_hz: float, gain_db: float, q: float) -> NDArray[np.float64]:
    cosine, alpha = _angle(centre_hz, q)
    a = 10.0 ** (gain_db / 40.0)
    return _normal((1 + alpha * a, -2 * cosine, 1 - alpha * a), (1 + alpha / a, -2 * cosine, 1 - alpha / a))


def shelf(cutoff_hz: float, gain_db: float, *, high: bool) -> NDArray[np.float64]:
    cosine, alpha = _angle(cutoff_hz, _BUTTERWORTH_Q)
    a = 10.0 ** (gain_db / 40.0)
    s = -1.0 if high else 1.0
    root = 2 * math.sqrt(a) * alpha
    return _normal(
        (
            a * ((a + 1) - s * (a - 1) * cosine + root),
            s * 2 * a * ((a - 1) - s * (a + 1) * cosine),
            a * ((a + 1) - s * (a - 1) * cosine - root),
        ),
        (
            (a + 1) + s * (a - 1) * cosine + root,
            s * -2 * ((a - 1) + s * (a + 1) * cosine),
            (a + 1) + s * (a - 1) * cosine - root,
        ),
    )


def _angle(hertz: float, q: float) -> tuple[float, float]:
    omega = 2.0 * math.pi * min(0.47 * SAMPLE_RATE, max(10.0, hertz)) / SAMPLE_RATE
    return math.cos(omega), math.sin(omega) / (2.0 * q)


class Biquad:
    """Second-order sections with memory."""

    def __init__(self, sections: NDArray[np.float64]) -> None:
        self._sections = sections
        self._state = filtering.rest(sections)

    def then(self, other: "Biquad") -> "Biquad":
        """Both, one after the other, at rest."""
        return Biquad(np.concatenate([self._sections, other._sections]))

    def process(self, sound: Samples) -> Samples:
        return filtering.filtered(self._sections, sound, self._state).astype(np.float32)


class _Plugin:
    """A Pedalboard plugin with memory, and a gain after it."""

    def __init__(self, plugin: Any, gain_db: float = 0.0) -> None:
        self._plugin = plugin
        self._gain = np.float32(amplitude(gain_db))

    def process(self, sound: Samples) -> Samples:
        out: Samples = self._plugin.process(np.ascontiguousarray(sound), SAMPLE_RATE, reset=False)
        if out.shape != sound.shape:
            raise EngineError(f"the effect {type(self._plugin).__name__} changed the length of the sound")
        return np.asarray(out * self._gain)


class _Saturation:
    """Soft curve that leaves a quiet sound's level as it was and lets a loud one lose its peaks."""

    def __init__(self, drive_db: float) -> None:
        self._drive = np.float32(10.0 ** (drive_db / 20.0))

    def process(self, sound: Samples) -> Samples:
        out: Samples = np.tanh(sound * self._drive) / self._drive ** np.float32(0.7)
        return out


class _Bitcrush:
    def __init__(self, bits: float) -> None:
        self._steps = np.float32(2.0 ** (bits - 1.0))

    def process(self, sound: Samples) -> Samples:
        out: Samples = np.rint(sound * self._steps) / self._steps
        return out


class _Tremolo:
    def __init__(self, rate_hz: float, depth: float, at: int) -> None:
        self._step, self._depth, self._at = 2.0 * math.pi * rate_hz / SAMPLE_RATE, depth, at

    def process(self, sound: Samples) -> Samples:
        n = sound.shape[1]
        swing = 0.5 - 0.5 * np.cos((self._at + np.arange(n)) * self._step)
        self._at += n
        return np.asarray(sound * (1.0 - self._depth * swing), dtype=np.float32)


class _Width:
    def __init__(self, amount: float) -> None:
        self._amount = np.float32(amount)

    def process(self, sound: Samples) -> Samples:
        middle = np.float32(0.5) * (sound[0] + sound[1])
        side = np.float32(0.5) * (sound[0] - sound[1]) * self._amount
        return np.stack([middle + side, middle - side])


@dataclass(frozen=True, slots=True)
class Playing:
    """What an effect is told besides its knobs: the seed of its chance, and the absolute frame it begins at."""

    seed: int
    at: int = 0


Knobs = Mapping[str, float]
_MAKERS: Final[Mapping[EffectName, Callable[[Knobs, "Playing"], Processor]]] = MappingProxyType(
    {
        "highpass": lambda k, _: Biquad(highpass(k["cutoff_hz"])),
        "lowpass": lambda k, _: Biquad(lowpass(k["cutoff_hz"])),
        "low_shelf": lambda k, _: Biquad(shelf(k["cutoff_hz"], k["gain_db"], high=False)),
        "high_shelf": lambda k, _: Biquad(shelf(k["cutoff_hz"], k["gain_db"], high=True)),
        "peak": lambda k, _: Biquad(peak(k["cutoff_hz"], k["gain_db"], k["q"])),
        "compressor": lambda k, _: _Plugin(
            pedalboard.Compressor(k["threshold_db"], k["ratio"], k["attack_ms"], k["release_ms"]), k["makeup_db"]
        ),
        "saturation": lambda k, _: _Saturation(k["drive_db"]),
        "bitcrush": lambda k, _: _Bitcrush(k["bits"]),
        "chorus": lambda k, play: Chorus(k["rate_hz"], k["depth"], k["mix"], play.at),
        "tremolo": lambda k, play: _Tremolo(k["rate_hz"], k["depth"], play.at),
        "wobble": lambda k, play: Wobble(k["rate_hz"], k["depth_cents"], play.seed, play.at),
        "vinyl": lambda k, play: Vinyl(k["level_db"], play.seed, play.at),
        "gate": lambda k, _: _Plugin(pedalboard.NoiseGate(k["threshold_db"], 10.0, 1.0, k["release_ms"])),
        "width": lambda k, _: _Width(k["amount"]),
    }
)


_LONGEST_MEMORY_S: Final = 3.0


def remembered_s(effects: tuple[Effect, ...]) -> float:
    """For how long what went through a chain is still to be noticed: so long must it be played before it is right.

    At least 80 dB below, counted from pole radii and ballistics; never more than 3 s.
    """
    return min(_LONGEST_MEMORY_S, sum(_memory_s(effect) for effect in effects))


def delay_of(effects: tuple[Effect, ...]) -> int:
    """Frames by which a chain is late; whoever reads its source that much earlier hears it in time."""
    wobbles = [_knobs(effect) for effect in effects if effect.name == "wobble"]
    return sum(wobble_delay(knobs["rate_hz"], knobs["depth_cents"]) for knobs in wobbles)


def _memory_s(effect: Effect) -> float:
    knobs = _knobs(effect)
    match effect.name:
        case "highpass" | "lowpass" | "low_shelf" | "high_shelf":
            return 12.0 / (math.pi * knobs["cutoff_hz"])
        case "peak":
            return 12.0 * max(1.0, knobs["q"]) / (math.pi * knobs["cutoff_hz"])
        case "compressor" | "gate":
            # A time constant is a sixth of the time that the knob says.
            return 0.05 + 2.0 * (knobs["release_ms"] + knobs.get("attack_ms", 10.0)) / 1000.0
        case "chorus" | "wobble" | "vinyl":
            return 0.1
        case _:
            return 0.0


class Chain:
    """Effects one after the other.

    Parameters
    ----------
    effects : tuple of Effect
    seed : int
        For those with chance in them; each effect of the chain gets its own stream.
    at : int
        The absolute frame of the first sample that will be processed, on the grid of quanta: what swings, and what
        comes by chance, depends on it alone. Sound must come quantum by quantum for that.

    Raises
    ------
    EngineError
        For an effect or a knob that does not exist.
    """

    def __init__(self, effects: tuple[Effect, ...], seed: int, at: int = 0) -> None:
        made = (make(effect, (seed << 8) + place, at) for place, effect in enumerate(effects))
        self._processors = tuple(_fused(made))

    @property
    def passes(self) -> bool:
        """Whether it does nothing."""
        return not self._processors

    def process(self, sound: Samples) -> Samples:
        for processor in self._processors:
            sound = processor.process(sound)
        return sound


def _fused(processors: Iterable[Processor]) -> Iterator[Processor]:
    """Filters that follow one another are one filter: the sound is turned over once."""
    waiting: Biquad | None = None
    for processor in processors:
        if isinstance(processor, Biquad):
            waiting = processor if waiting is None else waiting.then(processor)
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        yield processor
    if waiting is not None:
        yield waiting


def adds_sound(effects: tuple[Effect, ...]) -> bool:
    """Whether a chain is heard even when nothing goes in."""
    return any(effect.name == "vinyl" for effect in effects)


def make(effect: Effect, seed: int, at: int = 0) -> Processor:
    """One effect with every knob in its range; what the effect does not say has the table's default."""
    return _MAKERS[effect.name](_knobs(effect), Playing(seed, at)) if effect.name in _MAKERS else _unknown(effect)


def _unknown(effect: Effect) -> Processor:
    raise EngineError(f"there is no effect called {effect.name!r}; choose one of {', '.join(sorted(_MAKERS))}")


def _knobs(effect: Effect) -> Knobs:
    if effect.name not in EFFECTS:
        _unknown(effect)
    table = EFFECTS[effect.name]
    unknown = sorted({name for name, _ in effect.parameters} - table.keys())
    if unknown:
        raise EngineError(f"the effect {effect.name} has no {', '.join(unknown)}; it has {', '.join(table)}")
    return {name: min(knob.high, max(knob.low, effect.get(name, knob.default))) for name, knob in table.items()}
