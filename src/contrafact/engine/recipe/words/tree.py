"""Phrases of one or more words with what they mean, found however articles stand in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Generic, TypeVar

from contrafact.engine.recipe.text import Word, words_of

Value = TypeVar("Value")

SKIPPED = frozenset(
    "the a an my her his their our your its this that these those it song track please just thing whole really".split()
)
"""Words that may stand or be missing anywhere inside a phrase: "slow the song down" is "slow down"."""
_BRACKETS = frozenset("()[]|")
_TOKEN = re.compile(r"[()|\[\]]|[^()|\[\]]+")


def expand(pattern: str) -> tuple[str, ...]:
    """All phrases of a pattern: ``(a|b)`` for alternatives, ``[x]`` for what may be missing.

    Examples
    --------
    >>> expand("[much ](faster|quicker)")
    ('faster', 'quicker', 'much faster', 'much quicker')
    """
    if _BRACKETS.isdisjoint(pattern):
        return (" ".join(pattern.split()),)
    tokens = _TOKEN.findall(pattern)
    found, place = _alternatives(tokens, 0)
    if place != len(tokens):
        raise ValueError(f"unbalanced brackets in the pattern {pattern!r}")
    return tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in found))


def _alternatives(tokens: Sequence[str], place: int) -> tuple[list[str], int]:
    choices: list[str] = []
    parts: list[list[str]] = []
    while place < len(tokens) and tokens[place] not in (")", "]"):
        sign = tokens[place]
        if sign == "|":
            choices += ["".join(pieces) for pieces in product(*parts)]
            parts = []
            place += 1
        elif sign in ("(", "["):
            inner, place = _alternatives(tokens, place + 1)
            parts.append(inner if sign == "(" else ["", *inner])
            place += 1
        else:
            parts.append([sign])
            place += 1
    choices += ["".join(pieces) for pieces in product(*parts)]
    return choices, place


def phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """Phrases written one after another with a stroke between them, each as its words."""
    return tuple(tuple(phrase.split()) for phrase in text.split("|"))


def _read(phrase: str, read: dict[str, list[str]]) -> list[str]:
    """The words of a phrase as a prompt has them; ``read`` is what was read before."""
    if "+" in phrase or "-" in phrase:
        # Only a sign of plus or minus belongs to what stands behind a space.
        return [word.text for word in words_of(phrase)]
    found: list[str] = []
    for piece in phrase.split():
        if piece not in read:
            read[piece] = [word.text for word in words_of(piece)]
        found += read[piece]
    return found


class Table(Generic[Value]):
    """Patterns with their meanings; of two with the same words the first stands, and the longest match wins.

    A phrase is kept as its words with spaces between: tens of thousands of them are laid out in the time in which a
    tree of them would be grown for a few hundred.
    """

    def __init__(self, entries: Iterable[tuple[str, Value]], skipped: frozenset[str] = SKIPPED) -> None:
        self._skipped = skipped
        self._longest = 0
        self._meanings: dict[str, Value] = {}
        read: dict[str, list[str]] = {}
        for pattern, value in entries:
            for phrase in expand(pattern):
                # Most are plain words already; the others take the way that a prompt takes.
                plain = phrase.isascii() and phrase.islower() and phrase.replace(" ", "").isalpha()
                words = phrase.split() if plain else _read(phrase, read)
                if not skipped.isdisjoint(words):
                    words = [word for word in words if word not in skipped] or words
                if len(words) > self._longest:
                    self._longest = len(words)
                if words:
                    self._meanings.setdefault(" ".join(words), value)

    def match(self, words: Sequence[Word], at: int) -> tuple[int, Value] | None:
        """(number of words, meaning) of the longest phrase that begins at ``at``; a pause ends a phrase."""
        found, met, place = None, "", at
        # A phrase is all of words that may stand anywhere, or has none of them in it.
        filler = at < len(words) and words[at].text in self._skipped
        left = self._longest
        while place < len(words) and left:
            text = words[place].text
            if place > at and words[place].pause:
                break
            place += 1
            if not filler and text in self._skipped:
                continue
            met = f"{met} {text}" if met else text
            left -= 1
            if met in self._meanings:
                found = (place - at, self._meanings[met])
        return found

    def words(self) -> frozenset[str]:
        """Every single word of the phrases."""
        return frozenset(" ".join(self._meanings).split())


def table(groups: Mapping[Value, Iterable[str]]) -> Table[Value]:
    """A table from meanings with their patterns."""
    return Table((pattern, value) for value, patterns in groups.items() for pattern in patterns)
