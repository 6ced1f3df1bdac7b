"""The listener's faders on what is played or sung anew: the last word on a part's level."""

from collections.abc import Sequence
from dataclasses import replace

from contrafact.engine.arranging.timeline import Part
from contrafact.engine.arranging.voices import VoiceLayer
from contrafact.engine.recipe.wishes import PartLevel

_SILENT_DB = -60.0


def faded(parts: Sequence[Part], levels: Sequence[PartLevel]) -> tuple[Part, ...]:
    """The parts with the gain of their own name's fader and their role's on top."""
    moved = [(part, _moved(part.gain_db, levels, part.name, part.role)) for part in parts]
    return tuple(replace(part, gain_db=gain, fader_db=round(gain - part.gain_db, 3)) for part, gain in moved)


def faded_voices(voices: Sequence[VoiceLayer], levels: Sequence[PartLevel]) -> tuple[VoiceLayer, ...]:
    """The same for layers of the voice, whose common name is ``voices``."""
    return tuple(replace(layer, gain_db=_moved(layer.gain_db, levels, layer.name, "voices")) for layer in voices)


def _moved(gain_db: float, levels: Sequence[PartLevel], name: str, role: str) -> float:
    moves = [level.gain_db for level in levels if level.part in {name, role}]
    if any(move <= _SILENT_DB for move in moves):
        return _SILENT_DB
    return round(gain_db + sum(moves), 3)
