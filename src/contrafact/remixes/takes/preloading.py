"""What processes that render have in common: imported by the one that they are copies of.

Nothing here runs a thread or opens a file that stays open: a copy begins with neither.
"""

import gc

from contrafact.engine.arranging import load_instruments, load_moods, load_styles
from contrafact.engine.arranging.library import load_plain
from contrafact.remixes.takes import playing_out

load_styles()
load_plain()
load_instruments()
load_moods()
# Copies share what is here as long as nobody writes to it, as who looks for rubbish does.
gc.freeze()

__all__ = ["playing_out"]
