"""Numbers in words, as digits: "a hundred and twenty beats", "eighty bpm", "twenty percent", "thirty five seconds"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from contrafact.engine.recipe.text import Word

_ONES: Final[Mapping[str, int]] = MappingProxyType(
    {name: value for value, name in enumerate("one two three four five six seven eight nine".split(), 1)}
)
_TEENS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: value
        for value, name in enumerate(
            "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 10
        )
    }
)
_TENS: Final[Mapping[str, int]] = MappingProxyType(
    {name: 10 * value for value, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
    | {"fourty": 40}
)
_BEFORE_UNITS: Final = frozenset("bpm beats percent per".split())
_AFTER: Final = frozenset("to at tempo bpm around about by".split())


def in_digits(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words with numbers of several words, and those that count beats or per cent, as one word in digits."""
    found: list[Word] = []
    at = 0
    while at < len(words):
        used, value = _number(words, at)
        behind = words[at + used].text if at + used < len(words) and not words[at + used].pause else ""
        led = bool(found) and found[-1].text in _AFTER
        spoken = used == 1 and (behind in _BEFORE_UNITS or (led and value >= 40 and not behind))
        if used > 1 or (spoken and value >= 1):
            found.append(replace(words[at], text=str(value), end=words[at + used - 1].end))
            at += used
        else:
            found.append(words[at])
            at += 1
    return tuple(found)


def _number(words: Sequence[Word], at: int) -> tuple[int, int]:
    """(words used, value) of the number that begins here; none used where none does."""
    place, value = at, 0
    first = words[at].text

    def text(index: int) -> str:
        return words[index].text if index < len(words) and not (index > at and words[index].pause) else ""

    if text(at + 1) == "hundred" and (first in _ONES or first in ("a", "an")):
        value, place = 100 * _ONES.get(first, 1), at + 2
        follows = place + 1 if text(place) == "and" else place
        used, rest = _below_hundred(text, follows)
        return (follows + used - at, value + rest) if used else (place - at, value)
    if first == "one" and text(at + 1) in _TENS and _per_minute(text, at + 2):
        # "one twenty bpm" is a tempo; "one twenty" alone may be a length.
        used, rest = _below_hundred(text, at + 1)
        return used + 1, 100 + rest
    return _below_hundred(text, at)


def _per_minute(text: Callable[[int], str], at: int) -> bool:

    return any(text(at + ahead) in ("bpm", "beats") for ahead in (0, 1))


def _below_hundred(text: Callable[[int], str], at: int) -> tuple[int, int]:

    word = text(at)
    if word in _TENS:
        ones = _ONES.get(text(at + 1), 0)
        return (2, _TENS[word] + ones) if ones else (1, _TENS[word])
    if word in _TEENS:
        return 1, _TEENS[word]
    return (1, _ONES[word]) if word in _ONES else (0, 0)
