"""The plain values of a message: text to value and back, strictly.

Every scalar satisfies ``parse(show(value)) == value``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_DURATION = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")
_DATE_TIME = re.compile(r"([1-8]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?\d*(Z|[+-]\d\d:\d\d)?")
_DATE = re.compile(r"[1-8]\d{3}(-\d\d)?(-\d\d)?")
_DECIMAL = re.compile(r"[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})")
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_CONTROL = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """How one kind of value is read and written; ``parse`` raises ValueError with half a sentence."""

    parse: Callable[[str], Any]
    show: Callable[[Any], str]


def _same(text: str) -> str:
    return text


def _written(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError(f"{text[:60]!r} holds a control character, which XML cannot carry")
    return text


def _token(text: str) -> str:
    found = text.strip(" \t\r\n")
    if not found:
        raise ValueError("is empty")
    return found


def _flag(text: str) -> bool:
    found = text.strip(" \t\r\n")
    if found in ("true", "1"):
        return True
    if found in ("false", "0"):
        return False
    raise ValueError(f"is {found[:40]!r}; write true or false")


def _integer(text: str) -> int:
    found = text.strip(" \t\r\n")
    if not _INTEGER.fullmatch(found):
        raise ValueError(f"is {found[:40]!r}; write a whole number")
    return int(found)


def _decimal(text: str) -> Decimal:
    found = text.strip(" \t\r\n")
    if not _DECIMAL.fullmatch(found):
        raise ValueError(f"is {found[:40]!r}; write a number such as 9.99")
    return Decimal(found)


def duration(text: str) -> Decimal:
    """Seconds of an ISO 8601 duration in days, hours, minutes and seconds.

    Raises
    ------
    ValueError
        When it is not one, or counts in years or months, whose length nobody knows.

    Examples
    --------
    >>> duration("PT2M28.5S")
    Decimal('148.5')
    """
    found = text.strip(" \t\r\n")
    match = _DURATION.fullmatch(found)
    if match is None or not any(match.groups()) or found.endswith("T"):
        raise ValueError(f"is {found[:40]!r}; write a duration such as PT3M10S")
    days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def show_duration(seconds: Decimal) -> str:
    """The duration as hours, minutes and seconds, without parts that are zero.

    Raises
    ------
    ValueError
        When it is negative or finer than a nanosecond.

    Examples
    --------
    >>> show_duration(Decimal("3808.5"))
    'PT1H3M28.5S'
    """
    if not seconds.is_finite() or seconds < 0 or seconds.as_tuple().exponent not in range(-9, 19):
        raise ValueError(f"a duration of {seconds} s cannot be written")
    whole, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(whole), 60)
    tail = f"{rest:f}"
    tail = tail.rstrip("0").rstrip(".") if "." in tail else tail
    text = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{tail}S" if rest else "")
    return f"PT{text or '0S'}"


def _date(text: str) -> str:
    found = text.strip(" \t\r\n")
    if not _DATE.fullmatch(found):
        raise ValueError(f"is {found[:40]!r}; write a date such as 2026-03-01")
    try:
        date.fromisoformat(found + "-01-01"[(len(found) - 4) :])
    except ValueError:
        raise ValueError(f"is {found!r}, a day that is in no calendar") from None
    return found


def _date_time(text: str) -> datetime:
    found = text.strip(" \t\r\n")
    match = _DATE_TIME.fullmatch(found)
    if match is None:
        raise ValueError(f"is {found[:40]!r}; write a moment such as 2026-03-01T00:00:00Z")
    try:
        return datetime.fromisoformat(
            match[1] + (match[2] or "").ljust(7, "0")[: 7 * bool(match[2])] + (match[3] or "")
        )
    except ValueError:
        raise ValueError(f"is {found!r}, a moment that is in no calendar") from None


def _show_date_time(moment: datetime) -> str:
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


TEXT = Scalar(_same, _written)
"""Any text, kept as it is."""
TOKEN = Scalar(_token, _written)
"""A word of a list, a reference, a code: surrounding space does not count, and it is never empty."""
FLAG = Scalar(_flag, lambda value: "true" if value else "false")
INTEGER = Scalar(_integer, str)
DECIMAL = Scalar(_decimal, lambda value: f"{value:f}")
DURATION = Scalar(duration, show_duration)
"""Seconds, exactly."""
DATE = Scalar(_date, _written)
"""A day, a month or a year as ISO 8601 text: a year is not the first of January."""
DATE_TIME = Scalar(_date_time, _show_date_time)
"""A moment; without a zone when the message names none, which then means local time in each territory."""
