"""Words that only insult people, kept as marks, so that this repository is no list of them.

A mark is a keyed BLAKE2b of the folded word. That keeps the words from being read in passing; it is no secret: whoever
tries words finds which are among them. An operator can add a word with ``mark_of`` and a line in ``data/slurs.txt``.
"""

import hashlib
from collections.abc import Collection, Iterator
from functools import lru_cache

from contrafact.rights.safeguards.folding import Reading

_KEY = b"contrafact safeguards 1"
_LONGEST = 24
_ENDINGS = ("", "s", "es", "z", "en", "e", "n", "er", "a", "ы", "и", "ов", "ами", "y", "i", "ów")


@lru_cache(maxsize=65536)
def mark_of(word: str) -> str:
    """The mark of a word that was folded and has no spaces: 12 hexadecimal digits."""
    return hashlib.blake2b(word.encode(), digest_size=6, key=_KEY).hexdigest()


def slurs_in(reading: Reading, marks: Collection[str]) -> Iterator[tuple[int, int]]:
    """The letters of every slur: words, words that are joined by signs, and words spelled letter by letter."""
    if not marks:
        return
    for first, last in _candidates(reading):
        word = reading.text[first:last]
        if 3 <= len(word) <= _LONGEST and any(
            word.endswith(ending) and mark_of(word[: len(word) - len(ending)]) in marks for ending in _ENDINGS
        ):
            yield first, last


def _candidates(reading: Reading) -> Iterator[tuple[int, int]]:
    tokens = reading.tokens
    run = None
    joined = None
    for index, (first, last) in enumerate(tokens):
        yield first, last
        if last - first == 1:
            run = first if run is None else run
        elif run is not None:
            yield run, first
            run = None
        if joined is not None and reading.gaps[first] != 1:
            yield joined, tokens[index - 1][1]
            joined = None
        if joined is None and index + 1 < len(tokens) and reading.gaps[tokens[index + 1][0]] == 1:
            joined = first
    if run is not None:
        yield run, len(reading.text)
    if joined is not None:
        yield joined, len(reading.text)
