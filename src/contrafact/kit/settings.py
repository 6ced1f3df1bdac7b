"""What an operator chooses by environment variables."""

import os
import re
from collections.abc import Mapping
from typing import Final

from contrafact.kit.errors import WrongCall

DEFAULT_SEPARATOR = "contrafact"
DEFAULT_APPROVAL_DAYS: Final = 14


def separator_name(environ: Mapping[str, str] | None = None) -> str:
    """Which separator takes recordings apart: ``CONTRAFACT_SEPARATOR``, else the one that anybody may use."""
    env = os.environ if environ is None else environ
    return env.get("CONTRAFACT_SEPARATOR", "").strip() or DEFAULT_SEPARATOR


def approval_days(environ: Mapping[str, str] | None = None) -> int:
    """For how many days an owner may answer: ``CONTRAFACT_APPROVAL_DAYS``, 1 to 365, by default 14.

    Raises
    ------
    WrongCall
        When it is no such number: a deadline is not guessed.
    """
    env = os.environ if environ is None else environ
    text = env.get("CONTRAFACT_APPROVAL_DAYS", "").strip()
    if not text:
        return DEFAULT_APPROVAL_DAYS
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 365):
        raise WrongCall(f"CONTRAFACT_APPROVAL_DAYS is {text[:20]!r}; give a whole number of days from 1 to 365")
    return int(text)


def isrc_prefix(environ: Mapping[str, str] | None = None) -> str | None:
    """The registrant's prefix of our own ISRCs: ``CONTRAFACT_ISRC_PREFIX``; None when the operator has none.

    Two letters of a country or agency, and three letters or digits of the registrant (ISO 3901).

    Raises
    ------
    WrongCall
        When it is not one: a wrong prefix would be somebody else's.
    """
    env = os.environ if environ is None else environ
    text = env.get("CONTRAFACT_ISRC_PREFIX", "").strip().upper().replace("-", "")
    if not text:
        return None
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", text, re.ASCII):
        raise WrongCall(f"CONTRAFACT_ISRC_PREFIX is {text[:20]!r}; give your registrant's prefix, such as DEABC")
    return text


def dpid(environ: Mapping[str, str] | None = None) -> str | None:
    """By which DDEX knows this service: ``CONTRAFACT_DPID``, as the operator wrote it; None when there is none."""
    env = os.environ if environ is None else environ
    return env.get("CONTRAFACT_DPID", "").strip() or None
