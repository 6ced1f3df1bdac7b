"""A timeline and its recordings' stems become sound, block by block."""

from contrafact.engine.rendering.balance import Balance
from contrafact.engine.rendering.desk import Desk, preview_gain_db
from contrafact.engine.rendering.kits import KIT_NAMES
from contrafact.engine.rendering.rendering import render, render_blocks, sound_check, stream
from contrafact.engine.rendering.sharing import Hands, Piece
from contrafact.engine.rendering.shelf import Shelf
from contrafact.engine.rendering.sounds import Sounds

__all__ = [
    "KIT_NAMES",
    "Balance",
    "Desk",
    "Hands",
    "Piece",
    "Shelf",
    "Sounds",
    "preview_gain_db",
    "render",
    "render_blocks",
    "sound_check",
    "stream",
]
