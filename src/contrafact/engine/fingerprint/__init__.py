"""Recognising a sound again: pure analysis, without a database.

``landmarks(audio)`` says what is characteristic of a sound, ``reference_keys`` under which numbers it is kept, and
``find`` which of the sounds of an ``Index`` another one holds, whatever was done to it.
"""

from contrafact.engine.fingerprint.finding import Found, find
from contrafact.engine.fingerprint.index import Index, Rows
from contrafact.engine.fingerprint.keys import Keys, reference_keys
from contrafact.engine.fingerprint.landmarks import Landmarks, landmarks
from contrafact.engine.fingerprint.matching import Match

__all__ = ["Found", "Index", "Keys", "Landmarks", "Match", "Rows", "find", "landmarks", "reference_keys"]
