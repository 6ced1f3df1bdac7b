"""Small slips in long names: one letter too many, too few, wrong, or two that changed places."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from contrafact.rights.safeguards.folding import SPACE
from contrafact.rights.safeguards.lists import SHORTEST_MISSPELT, lists, words_near_names
from contrafact.rights.safeguards.matching import Hit
from contrafact.rights.safeguards.scene import Scene

_MOST_WORDS = 3
_LONGEST = 26


def misspelt(scene: Scene, exact: Sequence[Hit]) -> Iterator[Hit]:
    """Windows of one to three words that are one slip away from a long name, where no name stands as it is."""
    reading = scene.reading
    taken = {index for hit in exact for index in range(reading.token_of[hit.first], reading.token_of[hit.last - 1] + 1)}
    tokens = reading.tokens
    for low in range(len(tokens)):
        for high in range(low, min(low + _MOST_WORDS, len(tokens))):
            if high in taken or (high > low and reading.gaps[tokens[high][0]] > SPACE):
                break
            first, last = tokens[low][0], tokens[high][1]
            if last - first > _LONGEST:
                break
            if last - first < SHORTEST_MISSPELT - 1:
                continue
            word = reading.text[first:last]
            if word.isascii() and word.isalpha():
                yield from _near(scene, word, first, last, high - low + 1)


def _near(scene: Scene, word: str, first: int, last: int, words: int) -> Iterator[Hit]:
    found = _candidates(word)
    if not found:
        return
    if not scene.marks(first, last):
        # Ordinary words, and one or many of the same: a rolling stone is none of the Stones.
        if word in words_near_names():
            return
        found = tuple(one for one in found if word not in (one[1] + "s", one[1].removesuffix("s")))
    for person, _, count in found:
        if count == words:
            yield Hit("name", person, first, last)
            return


@lru_cache(maxsize=16384)
def _candidates(word: str) -> tuple[tuple[object, str, int], ...]:
    """People one of whose long names is one slip away from a word, with the name and the number of its words."""
    names = lists().long_names
    found: dict[tuple[str, int], tuple[object, str, int]] = {}
    # A first letter that is another makes another word of it.
    for length in (len(word) - 1, len(word), len(word) + 1):
        for person, name, count in names.get((word[0], length), ()):
            if (name, count) not in found and _one_slip(word, name):
                found[name, count] = (person, name, count)
    return tuple(found.values())


def _one_slip(word: str, name: str) -> bool:
    """Whether two words differ by one letter left out, put in or changed, or by two neighbours that changed places."""
    at, most = 0, min(len(word), len(name))
    while at < most and word[at] == name[at]:
        at += 1
    if len(word) != len(name):
        long, short = (word, name) if len(word) > len(name) else (name, word)
        return len(long) == len(short) + 1 and long[at + 1 :] == short[at:]
    if at == most:
        return False
    swapped = word[at : at + 2] == name[at : at + 2][::-1] and word[at + 2 :] == name[at + 2 :]
    return swapped or word[at + 1 :] == name[at + 1 :]
