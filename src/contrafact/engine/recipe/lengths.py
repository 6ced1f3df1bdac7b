"""Lengths: "60 seconds", "two and a half minutes", "exactly 3:30", "under two minutes", "between 2 and 3 minutes"."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from contrafact.engine.recipe.intents import Length
from contrafact.engine.recipe.text import number
from contrafact.engine.recipe.units import APPROXIMATE, BARS, MINUTES, SECONDS, Found, digits, past
from contrafact.engine.recipe.words.tree import phrases

_MOST = phrases(
    "under|below|less than|no longer than|no more than|at most|max|maximum|not longer than|shorter than|"
    "within|up to|not more than|not over|never over|just under|maximum of|max of|a maximum of|not above|"
    "dont go over"
)
_LEAST = phrases("over|more than|at least|longer than|no shorter than|minimum|no less than|not under|just over")
_SHORTENS = frozenset("cut trim shorten chop shrink edit reduce make it the song track this whole thing".split())
_MACHINES = frozenset({303.0, 606.0, 707.0, 808.0, 909.0})
"""Drum machines and a bass box that go by numbers: "808s" are no seconds."""
_FIRST_YEAR = 1900.0
_TIMED = frozenset("long clip max maximum cut edit total length tops limit".split())
"""What stands behind "90s" where seconds are meant; otherwise a decade is."""
_EXACT = frozenset({"exactly", "precisely", "exact", "sharp", "bang", "dead"})

Bound = Literal["about", "exact", "most", "least"]


_BEHIND: Mapping[Bound, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "most": (("less",), ("max",), ("maximum",), ("tops",), ("most",), ("under",), ("shorter",)),
        "exact": (("sharp",), ("exactly",), ("flat",), ("on", "the", "dot"), ("precisely",), ("dead",)),
        "least": (("minimum",), ("longer",), ("least",)),
    }
)


def _bound(texts: list[str]) -> tuple[int, Bound, bool]:
    """(words used, how a length is meant, whether anything said that a length follows)."""
    verbs = past(texts, 0, _SHORTENS)
    to = past(texts, verbs, frozenset({"down"}))
    if verbs and texts[to : to + 1] == ["to"]:
        used, bound, _ = _bound(texts[to + 1 :])
        return to + 1 + used, bound, True
    for group, bound in ((_MOST, "most"), (_LEAST, "least")):
        for words in sorted(group, key=len, reverse=True):
            if tuple(texts[: len(words)]) == words:
                return len(words), bound, True
    at = past(
        texts,
        0,
        _EXACT
        | APPROXIMATE
        | {"for", "in", "to", "on", "it", "down", "just", "only", "length", "duration", "last", "lasting", "be"},
    )
    exact = bool(_EXACT & set(texts[:at]))
    sure = bool(set(texts[:at]) & (_EXACT | APPROXIMATE | {"length", "duration", "last", "lasting"}) - {"like", "of"})
    return at, "exact" if exact else "about", sure


def length(texts: list[str]) -> Found:
    """ "60 seconds", "two minutes", "2 and a half minutes", "1:30", "exactly 3:30", "under two minutes"."""
    at, bound, said = _bound(texts)
    at += 1 if texts[at : at + 1] == ["a"] and texts[at + 1 : at + 2] not in (["minute"], ["half"], ["couple"]) else 0
    if at >= len(texts):
        return None
    seconds, used = _span(texts[at:], said)
    if seconds is None:
        return None
    at += used
    if texts[at : at + 2] in (["and", "two"],) or texts[at : at + 1] in (
        ["intro"],
        ["outro"],
        ["bars"],
        ["fade"],
        ["later"],
        ["earlier"],
    ):
        return None
    tail = past(
        texts,
        at,
        frozenset(
            {"in", "long", "length", "total", "or", "of", "duration", "mark", "version", "edit", "clip", "cut", "at"}
        ),
    )
    for meant, words in _BEHIND.items():
        for word in words:
            if tuple(texts[tail : tail + len(word)]) == word:
                return tail + len(word), "length", Length(seconds, meant)
    while at < len(texts) and texts[at] in ("long", "total", "length", "duration"):
        at += 1
    return at, "length", Length(seconds, bound)


def _span(texts: list[str], said: bool) -> tuple[float | None, int]:
    if texts[0] == "between":
        return None, 0
    for sign in (":", "'"):
        if sign in texts[0] and texts[0][0].isdigit():
            minutes, seconds = texts[0].split(sign)
            used = 2 if texts[1:2] and texts[1] in MINUTES else 1
            return int(minutes) * 60.0 + int(seconds), used
    if texts[0].endswith("0s") and texts[0][:-1].isdigit():
        return _seconds_or_decade(texts, said)
    if texts[:3] == ["a", "couple", "of"] and texts[3:4] and texts[3] in MINUTES:
        return 120.0, 4
    value = number(texts[0]) if texts[0] != "half" or texts[1:2] in (["a"], ["minute"]) else None
    if value is None or value < 0 or texts[0].endswith("%"):
        return None, 0
    at = 1
    if texts[0] == "half" and texts[at : at + 1] == ["a"]:
        at += 1
    fractions = {
        ("and", "a", "half"): 0.5,
        ("and", "half"): 0.5,
        ("and", "a", "quarter"): 0.25,
        ("and", "three", "quarters"): 0.75,
    }
    value, at = _fraction(texts, at, value, fractions)
    unit = texts[at] if at < len(texts) else ""
    if unit in SECONDS:
        return (None, 0) if unit == "s" and value in _MACHINES else (value, at + 1)
    if unit not in MINUTES or (unit == "m" and not texts[0][0].isdigit()):
        return None, 0
    at += 1
    value, at = _fraction(texts, at, value, fractions)
    at += 1 if texts[at : at + 1] == ["and"] else 0
    more = digits(texts, at)
    if more is not None and more < 60:
        following = texts[at + 1] if at + 1 < len(texts) else ""
        if following in SECONDS:
            return value * 60 + more, at + 2
        if texts[at - 1] != "and" and following not in {"bpm"} | MINUTES | BARS:
            return value * 60 + more, at + 1
    elif at < len(texts) and texts[at].endswith("0s") and texts[at][:-1].isdigit():
        return value * 60 + float(texts[at][:-1]), at + 1
    elif (
        (spelled := number(texts[at]) if at < len(texts) else None) is not None
        and texts[at + 1 : at + 2]
        and texts[at + 1] in SECONDS
    ):
        return value * 60 + spelled, at + 2
    return value * 60, at - (1 if texts[at - 1 : at] == ["and"] else 0)


def _seconds_or_decade(texts: list[str], said: bool) -> tuple[float | None, int]:
    """ "90s": seconds where something says so, else a decade, which is no length."""
    value, behind = float(texts[0][:-1]), texts[1:2]
    if value >= _FIRST_YEAR:
        return None, 0
    if (behind and behind[0] in _TIMED) or texts[1:3] == ["version", "of"]:
        return value, 2
    short = value in (30.0, 40.0) and (not behind or behind[0] in ("please", "with", "and", "of", "only"))
    return (value, 1) if said or value >= 100.0 or short else (None, 0)


def _fraction(texts: list[str], at: int, value: float, fractions: dict[tuple[str, ...], float]) -> tuple[float, int]:
    for words, part in fractions.items():
        if tuple(texts[at : at + len(words)]) == words:
            return value + part, at + len(words)
    return value, at


def length_range(texts: list[str]) -> Found:
    """ "between 2 and 3 minutes", "2 to 3 minutes", "2-3 minutes"."""
    at = 1 if texts[0] == "between" else 0
    low = digits(texts, at)
    high = digits(texts, at + 2) if texts[at + 1 : at + 2] in (["and"], ["to"], ["or"]) else None
    used = at + 3
    if high is None and at + 1 < len(texts) and texts[at + 1][:1] == "-" and texts[at + 1][1:].isdigit():
        high, used = float(texts[at + 1][1:]), at + 2
    unit = texts[used] if used < len(texts) else ""
    if low is None or high is None or unit not in SECONDS | MINUTES:
        return None
    return used + 1, "length", Length((low + high) / 2 * (60 if unit in MINUTES else 1))
