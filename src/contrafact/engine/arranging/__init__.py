"""Chart + recipe + style pack -> timeline."""

from contrafact.engine.arranging.arrange import arrange
from contrafact.engine.arranging.effects import EFFECTS
from contrafact.engine.arranging.library import (
    InstrumentWord,
    MoodWord,
    load_instruments,
    load_moods,
    load_styles,
)
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.timeline import SourceUse, Timeline

__all__ = [
    "EFFECTS",
    "InstrumentWord",
    "MoodWord",
    "SourceUse",
    "StylePack",
    "Timeline",
    "arrange",
    "load_instruments",
    "load_moods",
    "load_styles",
]
