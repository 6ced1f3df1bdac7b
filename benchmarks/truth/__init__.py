"""Songs rendered from code with soundfonts and effects, and the exact truth about each of them.

>>> from benchmarks.truth import load, make, open_sounds, settings_of
>>> [settings.name for settings in settings_of("tuning")][:2]
['tuning-00', 'tuning-01']
"""

from benchmarks.truth.catalogue import settings_of
from benchmarks.truth.making import make
from benchmarks.truth.settings import SongSettings
from benchmarks.truth.shelf import load, prepare, read
from benchmarks.truth.song import Split, TrueSong
from benchmarks.truth.sounds import SongSounds, open_sounds

__all__ = [
    "SongSettings",
    "SongSounds",
    "Split",
    "TrueSong",
    "load",
    "make",
    "open_sounds",
    "prepare",
    "read",
    "settings_of",
]
