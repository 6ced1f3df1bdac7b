"""A timeline and a recording's stems become sound, block by block."""

from contrafact.engine.rendering.balance import Balance, sound_check
from contrafact.engine.rendering.kits import KIT_NAMES
from contrafact.engine.rendering.rendering import preview_gain_db, render, render_blocks, stream
from contrafact.engine.rendering.sounds import Sounds

__all__ = ["KIT_NAMES", "Balance", "Sounds", "preview_gain_db", "render", "render_blocks", "sound_check", "stream"]
