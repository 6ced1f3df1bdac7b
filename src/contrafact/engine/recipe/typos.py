"""Slips of the hand: an unknown word that is one step from exactly one known word.

A step is a letter too many, too few, wrong or swapped with its neighbour (Damerau, 1964). Long words may be two steps
off. English words that look like ours are left alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cache
from importlib import resources

from contrafact.engine.recipe.text import Word

SHORTEST = 4
_TWO_STEPS = 8


def load_lookalikes() -> frozenset[str]:
    """English words that are one step from a word of music and mean something else."""
    return read_words("lookalikes.txt") | read_words("chatter.txt")


@cache
def read_words(name: str) -> frozenset[str]:
    """The words of a list in ``words/``; lines that begin with # are about it."""
    text = resources.files("contrafact.engine.recipe.words").joinpath(name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


class Mender:
    """Mends words by a vocabulary."""

    def __init__(self, known: Collection[str], lookalikes: Collection[str]) -> None:
        self._known = frozenset(known)
        self._lookalikes = frozenset(lookalikes)
        by_length: dict[int, list[tuple[str, int]]] = {}
        for word in self._known:
            if len(word) >= SHORTEST and word.isalpha():
                by_length.setdefault(len(word), []).append((word, _letters(word)))
        self._by_length = by_length

    def mended(self, words: Iterable[Word]) -> tuple[Word, ...]:
        """The words with slips put right; their spans stay."""
        return tuple(replace(word, text=self.closest(word.text)) if not word.name else word for word in words)

    def closest(self, text: str) -> str:
        """The known word that is meant, or the text itself."""
        if text in self._known or text in self._lookalikes or len(text) < SHORTEST or not text.isalpha():
            return text
        steps = 2 if len(text) >= _TWO_STEPS else 1
        letters = _letters(text)
        # A step changes the length by one letter at most, and which letters there are by two: few words are left.
        candidates = [
            word
            for length in range(len(text) - steps, len(text) + steps + 1)
            for word, others in self._by_length.get(length, ())
            if (letters ^ others).bit_count() <= 2 * steps and (word[0] == text[0] or len(text) > 5)
        ]
        ranked = sorted((distance(text, word), word) for word in candidates)
        ranked = [one for one in ranked if one[0] <= steps]
        if not ranked or (
            len(ranked) > 1 and ranked[0][0] == ranked[1][0] and not _plurals(ranked[0][1], ranked[1][1])
        ):
            return _longer_of(text, ranked)
        return ranked[0][1]


def _longer_of(text: str, ranked: list[tuple[int, str]]) -> str:
    """Of two words equally near, one the beginning of the other, the longer: letters are left out more than added."""
    if not ranked or ranked[0][0] > 1:
        return text
    nearest = [word for steps, word in ranked if steps == ranked[0][0]]
    longest = max(nearest, key=len)
    return longest if len(text) < len(longest) and all(longest.startswith(word) for word in nearest) else text


def _plurals(one: str, other: str) -> bool:
    return one.rstrip("s") == other.rstrip("s")


def _letters(word: str) -> int:
    """Which letters a word has, one bit for each."""
    return sum(1 << place for place in {ord(letter) & 63 for letter in word})


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
