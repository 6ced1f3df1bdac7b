"""Slips of the hand: an unknown word that is one step from exactly one known word.

A step is a letter too many, too few, wrong or swapped with its neighbour (Damerau, 1964). Long words may be two steps
off. English words that look like ours are left alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from importlib import resources

from contrafact.engine.recipe.text import Word

SHORTEST = 4
_TWO_STEPS = 8


def load_lookalikes() -> frozenset[str]:
    """English words that are one step from a word of music and mean something else."""
    text = resources.files("contrafact.engine.recipe.words").joinpath("lookalikes.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


class Mender:
    """Mends words by a vocabulary."""

    def __init__(self, known: Collection[str], lookalikes: Collection[str]) -> None:
        self._known = frozenset(known)
        self._lookalikes = frozenset(lookalikes)
        near: dict[str, set[str]] = defaultdict(set)
        for word in self._known:
            if len(word) >= SHORTEST and word.isalpha():
                for key in _keys(word):
                    near[key].add(word)
        self._near: Mapping[str, set[str]] = dict(near)

    def mended(self, words: Iterable[Word]) -> tuple[Word, ...]:
        """The words with slips put right; their spans stay."""
        return tuple(replace(word, text=self.closest(word.text)) if not word.name else word for word in words)

    def closest(self, text: str) -> str:
        """The known word that is meant, or the text itself."""
        if text in self._known or text in self._lookalikes or len(text) < SHORTEST or not text.isalpha():
            return text
        steps = 2 if len(text) >= _TWO_STEPS else 1
        candidates = {word for key in _keys(text) for word in self._near.get(key, ())}
        ranked = sorted((distance(text, word), word) for word in candidates if word[0] == text[0] or len(text) > 5)
        ranked = [one for one in ranked if one[0] <= steps]
        if not ranked or (
            len(ranked) > 1 and ranked[0][0] == ranked[1][0] and not _plurals(ranked[0][1], ranked[1][1])
        ):
            return text
        return ranked[0][1]


def _plurals(one: str, other: str) -> bool:
    return one.rstrip("s") == other.rstrip("s")


def _keys(word: str) -> set[str]:
    """The word and what is left when one letter, or for long words two, are struck out."""
    once = {word[:place] + word[place + 1 :] for place in range(len(word))}
    if len(word) < _TWO_STEPS - 1:
        return {word} | once
    return {word} | once | {one[:place] + one[place + 1 :] for one in once for place in range(len(one))}


def distance(one: str, other: str) -> int:
    """Steps from one word to the other; neighbours that change places count as one step."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        current = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]
