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
_TOKEN = re.compile(r"[()|\[\]]|[^()|\[\]]+")


def expand(pattern: str) -> tuple[str, ...]:
    """All phrases of a pattern: ``(a|b)`` for alternatives, ``[x]`` for what may be missing.

    Examples
    --------
    >>> expand("[much ](faster|quicker)")
    ('faster', 'quicker', 'much faster', 'much quicker')
    """
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


class _Node(Generic[Value]):
    __slots__ = ("next", "value")

    def __init__(self) -> None:
        self.next: dict[str, _Node[Value]] = {}
        self.value: Value | None = None


class Table(Generic[Value]):
    """Patterns with their meanings; of two with the same words the first stands, and the longest match wins."""

    def __init__(self, entries: Iterable[tuple[str, Value]], skipped: frozenset[str] = SKIPPED) -> None:
        self._root: _Node[Value] = _Node()
        self._skipped = skipped
        for pattern, value in entries:
            for phrase in expand(pattern):
                # Most are plain words already; the others take the way that a prompt takes.
                plain = phrase.isascii() and phrase.islower() and phrase.replace(" ", "").isalpha()
                self._add(phrase.split() if plain else [word.text for word in words_of(phrase)], value)

    def _add(self, words: Sequence[str], value: Value) -> None:
        content = [word for word in words if word not in self._skipped] or list(words)
        node = self._root
        for word in content:
            node = node.next.setdefault(word, _Node())
        if node.value is None:
            node.value = value

    def match(self, words: Sequence[Word], at: int) -> tuple[int, Value] | None:
        """(number of words, meaning) of the longest phrase that begins at ``at``; a pause ends a phrase."""
        node, place, found = self._root, at, None
        while place < len(words):
            if place > at and words[place].pause:
                break
            step = node.next.get(words[place].text)
            if step is not None:
                node = step
                if node.value is not None:
                    found = (place + 1 - at, node.value)
            elif place == at or words[place].text not in self._skipped:
                break
            place += 1
        return found

    def words(self) -> frozenset[str]:
        """Every single word of the phrases."""
        found: set[str] = set()
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            found.update(node.next)
            nodes.extend(node.next.values())
        return frozenset(found)


def table(groups: Mapping[Value, Iterable[str]]) -> Table[Value]:
    """A table from meanings with their patterns."""
    return Table((pattern, value) for value, patterns in groups.items() for pattern in patterns)
