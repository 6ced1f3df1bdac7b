"""What people ask for in words: whose voice, whose name, and for what purpose (rules R7, R11 and R14).

:func:`examine` is a pure function; it needs no database and no network.
"""

from contrafact.rights.safeguards.examining import examine
from contrafact.rights.safeguards.values import REFUSED_CODES, Code, Finding, Findings, PromptContext

__all__ = ["REFUSED_CODES", "Code", "Finding", "Findings", "PromptContext", "examine"]
