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
_LATIN_ENDINGS = ("", "s", "z")
_LONG_ENDINGS = ("n", "en")
_LONG = 6
_CYRILLIC_ENDINGS = ("", "а", "у", "ы", "и", "ом", "ов", "ами")


@lru_cache(maxsize=65536)
def mark_of(word: str) -> str:
    """The mark of a word that was folded and has no spaces: 12 hexadecimal digits."""
    return hashlib.blake2b(word.encode(), digest_size=6, key=_KEY).hexdigest()


def slurs_in(reading: Reading, marks: Collection[str]) -> Iterator[tuple[int, int]]:
    """The letters of every slur: words, words that are joined by signs, and words spelled letter by letter."""
    if not marks:
        return
    for first, last in _candidates(reading):
        if any(mark_of(stem) in marks for stem in _stems(reading.text[first:last])):
            yield first, last


def _stems(word: str) -> Iterator[str]:
    """A word with and without the endings of number and case that its alphabet has; short words keep theirs."""
    if not 3 <= len(word) <= _LONGEST:
        return
    endings: tuple[str, ...] = _CYRILLIC_ENDINGS if word[0] >= "\u0400" else _LATIN_ENDINGS
    if len(word) > _LONG and word[0] < "\u0400":
        endings += _LONG_ENDINGS
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            yield word[: len(word) - len(ending)]


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
