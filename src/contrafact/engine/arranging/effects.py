"""The vocabulary of effects that style packs write and the renderer plays: every parameter with its range and default.

One table for both sides, so that a pack cannot ask for a knob that the renderer does not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contrafact.engine.arranging.timeline import EffectName


@dataclass(frozen=True, slots=True)
class Knob:
    """One parameter: its inclusive range and the value it has when a pack does not say."""

    low: float
    high: float
    default: float


def _knobs(**knobs: tuple[float, float, float]) -> Mapping[str, Knob]:
    return MappingProxyType({name: Knob(*values) for name, values in knobs.items()})


EFFECTS: Mapping[EffectName, Mapping[str, Knob]] = MappingProxyType(
    {
        "highpass": _knobs(cutoff_hz=(20.0, 2000.0, 90.0)),
        "lowpass": _knobs(cutoff_hz=(200.0, 20000.0, 8000.0)),
        "low_shelf": _knobs(cutoff_hz=(40.0, 800.0, 150.0), gain_db=(-18.0, 12.0, 0.0)),
        "high_shelf": _knobs(cutoff_hz=(1500.0, 16000.0, 6000.0), gain_db=(-18.0, 12.0, 0.0)),
        "peak": _knobs(cutoff_hz=(40.0, 16000.0, 1000.0), gain_db=(-18.0, 12.0, 0.0), q=(0.2, 8.0, 1.0)),
        "compressor": _knobs(
            threshold_db=(-50.0, 0.0, -18.0),
            ratio=(1.0, 20.0, 3.0),
            attack_ms=(0.1, 200.0, 10.0),
            release_ms=(5.0, 1000.0, 120.0),
            makeup_db=(-6.0, 18.0, 0.0),
        ),
        "saturation": _knobs(drive_db=(0.0, 24.0, 6.0)),
        "bitcrush": _knobs(bits=(4.0, 16.0, 12.0)),
        "chorus": _knobs(rate_hz=(0.05, 8.0, 0.8), depth=(0.0, 1.0, 0.25), mix=(0.0, 1.0, 0.4)),
        "tremolo": _knobs(rate_hz=(0.1, 16.0, 5.0), depth=(0.0, 1.0, 0.4)),
        # Slow and fast pitch drift of a worn tape.
        "wobble": _knobs(rate_hz=(0.1, 8.0, 0.6), depth_cents=(0.0, 50.0, 8.0)),
        # Crackle and hiss laid under the bus.
        "vinyl": _knobs(level_db=(-80.0, -20.0, -48.0)),
        "gate": _knobs(threshold_db=(-80.0, 0.0, -45.0), release_ms=(5.0, 1000.0, 120.0)),
        # 0 is mono, 1 as it is, above 1 wider.
        "width": _knobs(amount=(0.0, 2.0, 1.0)),
    }
)
