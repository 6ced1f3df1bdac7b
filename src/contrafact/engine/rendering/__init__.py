"""A timeline and a recording's stems become sound, block by block."""

from contrafact.engine.rendering.balance import Balance, sound_check
from contrafact.engine.rendering.kits import KIT_NAMES
from contrafact.engine.rendering.rendering import render, render_blocks
from contrafact.engine.rendering.sounds import Sounds

__all__ = ["KIT_NAMES", "Balance", "Sounds", "render", "render_blocks", "sound_check"]
