"""What a cell may say. Each function gives its value or raises :class:`Unreadable` with what to write instead."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Final, TypeVar, get_args

from pydantic import ValidationError

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.territories import COUNTRIES, WORLDWIDE, Territories

OPERATIONS: Final[tuple[Operation, ...]] = get_args(Operation)
Word = TypeVar("Word", bound=str)
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?")
_FRACTION: Final = re.compile(r"([0-9]{1,12}) */ *([0-9]{1,12})")
_PERCENT: Final = re.compile(r"([0-9]{1,3}([.,][0-9]{1,9})?) *%")
_RANGE: Final = re.compile(r"([a-z_]+(?:\.[a-z_]+)?) *= *(\S*?) *\.\. *(\S*)")
MICROS: Final = 1_000_000
NOWHERE: Final = "nowhere"


class Unreadable(ValueError):
    """A cell that says nothing that can be understood; the message says what to write."""


def share(text: str) -> Fraction:
    """An exact share: ``1/3``, ``50%``, ``33.5%``.

    Examples
    --------
    >>> share("33.33%")
    Fraction(3333, 10000)
    """
    if match := _FRACTION.fullmatch(text):
        above, below = int(match[1]), int(match[2])
        if not 0 < above <= below:
            raise Unreadable(f"{text} is no share; a share lies above 0 and up to 1")
        return Fraction(above, below)
    if match := _PERCENT.fullmatch(text):
        found = Fraction(match[1].replace(",", ".")) / 100
        if not 0 < found <= 1:
            raise Unreadable(f"{text} is no share; a share lies above 0 % and up to 100 %")
        return found
    if re.fullmatch(r"[0-9]+([.,][0-9]+)?", text):
        raise Unreadable(f"{text} may be a part or percent; write {text}% or a fraction such as 1/3")
    raise Unreadable(f"{text[:40]!r} is no share; write a fraction such as 1/3 or percent such as 50%")


def territories(text: str) -> Territories:
    """Territories: ``Worldwide -JP -US``, ``DE AT CH``; ``nowhere`` is none at all."""
    if text.strip().lower() == NOWHERE:
        return Territories(include=())
    include: list[str] = []
    exclude: list[str] = []
    for word in re.split(r"[\s,;]+", text.strip()):
        (exclude if word.startswith(("-", "−")) else include).append(word.lstrip("-−"))
    for code in (*include, *exclude):
        known = code.upper() in COUNTRIES or (code in include and code.casefold() == WORLDWIDE.casefold())
        if not known:
            raise Unreadable(
                f"{code[:20]!r} is no territory; write Worldwide, countries of ISO 3166 such as DE AT, or Worldwide -JP"
            )
    if not include:
        raise Unreadable("countries are taken away, but from where? Write Worldwide -JP")
    try:
        found = Territories(include=tuple(include), exclude=tuple(exclude))
    except ValidationError as error:
        raise Unreadable("these are no territories; write DE AT CH or Worldwide -JP") from error
    if not found.countries():
        raise Unreadable("these territories exclude all that they include")
    return found


def moment(text: str) -> datetime:
    """A moment: a date (midnight UTC), or a date and time with its zone."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"{text[:40]!r} is no date; write 2026-12-01 or 2026-12-01T09:00:00+01:00") from error
    if found.tzinfo is None:
        raise Unreadable(f"{text} does not say its zone; write {text}Z for UTC, or only the date")
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise Unreadable(f"{text} lies beyond all calendars") from error


def birthday(text: str) -> date:
    """A day."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else _no_day()
    except ValueError as error:
        # What was written is personal: it is not repeated.
        raise Unreadable("this is no day; write it as 2009-05-31") from error


def _no_day() -> date:
    raise ValueError("not written as a day")


def yes_or_no(text: str) -> bool:
    """``yes`` or ``no``."""
    if text.lower() in ("yes", "no"):
        return text.lower() == "yes"
    raise Unreadable(f"{text[:20]!r} is neither yes nor no")


def one_of(text: str, words: Sequence[Word]) -> Word:
    """One of some words, however it is capitalised."""
    for word in words:
        if word == text.strip().lower():
            return word
    raise Unreadable(f"{text[:40]!r} is not one of {', '.join(words)}")


def some_of(text: str, words: Sequence[Word]) -> tuple[Word, ...]:
    """Some of the words, with spaces, commas or ``|`` between them."""
    return tuple(one_of(item, words) for item in re.split(r"[\s,|]+", text.strip()) if item)


def items(text: str) -> tuple[str, ...]:
    r"""Free texts with ``|`` between them; one inside of a text is written ``\|``."""
    found = (item.replace("\\|", "|").strip() for item in re.split(r"(?<!\\)\|", text))
    return tuple(dict.fromkeys(item for item in found if item))


def joined(texts: Sequence[str]) -> str:
    """Free texts as one cell, which :func:`items` reads."""
    return "|".join(text.replace("|", "\\|") for text in texts)


def count(text: str) -> int:
    """A whole number from 0 on."""
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise Unreadable(f"{text[:20]!r} is no whole number")
    return int(text)


def micros(text: str) -> int:
    """An amount of money in micro-units, exactly: ``0.0015`` is 1500."""
    found = Fraction(text.replace(",", ".")) if _NUMBER.fullmatch(text.replace(",", ".")) else Fraction(-1)
    if found < 0 or found >= 10**9:
        raise Unreadable(f"{text[:20]!r} is no amount; write 0.25")
    amount = found * MICROS
    if amount.denominator != 1:
        raise Unreadable(f"{text} is finer than a millionth")
    return int(amount)


def bounds(text: str, known: Mapping[str, Sequence[str]]) -> dict[str, tuple[float | None, float | None]]:
    """Least and most by name: ``source_share=..0.5; semitones=-2..2``.

    Parameters
    ----------
    known : mapping
        What may stand before a dot (an empty name where there is none) to what may stand behind it.
    """
    found: dict[str, tuple[float | None, float | None]] = {}
    for part in re.split(r"[;|]", text):
        if not part.strip():
            continue
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise Unreadable(f"{part.strip()[:60]!r} is no bound; write tempo_ratio=0.9..1.1, ..0.5 or 30..")
        name = match[1]
        head, _, tail = name.rpartition(".")
        if tail not in known.get(head, ()):
            some = [f"{first}.{second}" if first else second for first, rest in known.items() for second in rest]
            raise Unreadable(f"{name} cannot be bounded here; what can is {', '.join(some[:12])}")
        if name in found:
            raise Unreadable(f"{name} is bounded twice")
        least, most = _number(match[2]), _number(match[3])
        if least is None and most is None:
            raise Unreadable(f"{name} has neither a least nor a most")
        if least is not None and most is not None and least > most:
            raise Unreadable(f"{name} has a least above its most")
        found[name] = (least, most)
    return found


def _number(text: str) -> float | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"{text[:20]!r} is no number; write 0.9")
    return float(text)
