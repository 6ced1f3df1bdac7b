"""One reading of the words with everything that was found in it, and the questions that the rules ask of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from functools import cached_property

from contrafact.rights.safeguards.folding import COMMA, SPACE, Reading
from contrafact.rights.safeguards.lists import Lists
from contrafact.rights.safeguards.matching import Hit
from contrafact.rights.safeguards.names import Known

_MOST_FILLERS = 4
_LONGEST_TITLE = 9
_NO_CAPITALS = "\u0590"
"""Scripts from here on have one case."""
_CLOSE_HITS, _CLOSE_LETTERS = 4, 24
_MARKING = frozenset({"style_before", "voice_before", "style_after"})
Rank = frozenset[str]
"""Kinds of phrases that bear on a name."""


class Scene:
    """A reading with its hits.

    Parameters
    ----------
    words : str
        As they were given.
    reading : Reading
    known : Lists
    """

    def __init__(self, words: str, reading: Reading, known: Lists) -> None:
        self.words, self.reading, self.known = words, reading, known
        self.hits: dict[str, list[Hit]] = {}
        self._ends: dict[str, frozenset[int]] = {}
        self._places: dict[str, list[int]] = {}
        self._starts: dict[str, dict[int, Hit]] = {}
        self._stops: dict[str, dict[int, list[Hit]]] = {}
        for hit in known.phrases.search(reading):
            self.hits.setdefault(hit.kind, []).append(hit)

    def of(self, kind: str) -> list[Hit]:
        """All hits of a kind, by their beginning."""
        return self.hits.get(kind, [])

    def ends(self, kind: str) -> frozenset[int]:
        """Where the hits of a kind end."""
        if kind not in self._ends:
            self._ends[kind] = frozenset(hit.last for hit in self.of(kind))
        return self._ends[kind]

    @cached_property
    def _before(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for kind in ("voice_before", "style_before", "weak_before"):
            for hit in self.of(kind):
                found.setdefault(hit.last, set()).add(kind)
        return found

    @cached_property
    def _after(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for kind in ("voice_after", "style_after", "weak_after"):
            for hit in self.of(kind):
                found.setdefault(hit.first, set()).add(kind)
        return found

    def leads(self, first: int) -> bool:
        """Whether a phrase that leads to a name ends right before a letter."""
        return first in self._before

    def token(self, letter: int) -> str:
        """The word that a letter is in."""
        first, last = self.reading.tokens[self.reading.token_of[letter]]
        return self.reading.text[first:last]

    def before(self, first: int) -> Rank:
        """Kinds of the phrases that lead to a name which begins at this letter, articles and the like between."""
        found: set[str] = set()
        reading = self.reading
        for _ in range(_MOST_FILLERS):
            found |= self._before.get(first, set())
            if first == 0 or reading.gaps[first] > SPACE:
                break
            start, last = reading.tokens[reading.token_of[first - 1]]
            if last != first or reading.text[start:last] not in self.known.fillers:
                break
            first = start
        return frozenset(found)

    def after(self, last: int) -> Rank:
        """Kinds of the phrases that follow a name which ends before this letter."""
        reading = self.reading
        found = set(self._after.get(last, set()))
        if last < len(reading.text) and not reading.gaps[last] and self.token(last) and not reading.may_end(last):
            # An ending of case stands between.
            last = reading.token_end(last)
            found |= self._after.get(last, set())
        if last < len(reading.text) and reading.gaps[last] > SPACE:
            return frozenset()
        return frozenset(found)

    def marks(self, first: int, last: int) -> bool:
        """Whether a phrase stands before or behind that a name is expected with."""
        return bool((self.before(first) | self.after(last)) & _MARKING)

    def next_word(self, last: int) -> str:
        """The word after a name; empty at the end of the words or before a pause."""
        reading = self.reading
        if last < len(reading.text) and not reading.gaps[last]:
            last = reading.token_end(last + 1) if not reading.may_end(last) else last
        if last >= len(reading.text) or reading.gaps[last] >= COMMA:
            return ""
        return self.token(last)

    def ended(self, last: int) -> bool:
        """Whether a name is not just the beginning of something longer."""
        word = self.next_word(last)
        return not word or word in self.known.stops or word in self.known.links or word.isdigit()

    @cached_property
    def _cased(self) -> bool:
        """Whether capitals say anything: not where most words have one."""
        written = [self.words[self.reading.starts[first]] for first, last in self.reading.tokens if last - first > 2]
        small = sum(sign.islower() for sign in written)
        return small * 5 >= len(written) * 2 or (len(written) <= 3 and small > 0)

    def capital(self, letter: int) -> bool:
        """Whether the word at this letter was written with a capital that means something."""
        first, last = self.reading.tokens[self.reading.token_of[letter]]
        sign = self.words[self.reading.starts[first]]
        return self._cased and sign.isupper() and last - first > 1

    def capitals(self, first: int, last: int) -> bool:
        """Whether all words of a range have a capital that means something; true in scripts that have none."""
        indices = range(self.reading.token_of[first], self.reading.token_of[last - 1] + 1)
        letters = [self.reading.tokens[index][0] for index in indices]
        return all(self.reading.text[at] >= _NO_CAPITALS or self.capital(at) for at in letters)

    def inside(self, first: int, last: int, squeezed: Collection[str]) -> Iterator[tuple[int, int]]:
        """The ranges around some letters that are one of some texts, which are given without spaces."""
        reading = self.reading
        tokens = reading.tokens
        low, high = reading.token_of[first], reading.token_of[last - 1]
        for start in range(max(0, low - _LONGEST_TITLE), low + 1):
            for stop in range(high, min(len(tokens), start + _LONGEST_TITLE + 1)):
                begin, end = tokens[start][0], tokens[stop][1]
                if end - begin < 200 and reading.text[begin:end] in squeezed:
                    yield begin, end

    def starting(self, kind: str, at: int) -> Hit | None:
        """A hit of a kind that begins at a letter."""
        if kind not in self._starts:
            self._starts[kind] = {hit.first: hit for hit in self.of(kind)}
        return self._starts[kind].get(at)

    def ending(self, kind: str, at: int) -> list[Hit]:
        """The hits of a kind that end before a letter."""
        if kind not in self._stops:
            self._stops[kind] = {}
            for hit in self.of(kind):
                self._stops[kind].setdefault(hit.last, []).append(hit)
        return self._stops[kind].get(at, [])

    def is_free(self, first: int, last: int) -> bool:
        """Whether a range is the name of a composer who died long ago."""
        tokens = self.reading.tokens[self.reading.token_of[first] : self.reading.token_of[last - 1] + 1]
        return " ".join(self.reading.text[start:stop] for start, stop in tokens) in self.known.free

    def is_title(self, first: int, last: int, known: Known) -> bool:
        """Whether a range lies in the title of a song that is mentioned; one word alone is one only in capitals."""
        return any(
            self.reading.text[start:stop] not in known.plain_titles or self.capital(start)
            for start, stop in self.inside(first, last, known.titles)
        )

    def near(self, kind: str, first: int, last: int) -> bool:
        """Whether a hit of a kind stands close by with no pause between."""
        if kind not in self._places:
            self._places[kind] = [hit.first for hit in self.of(kind)]
        places, hits = self._places[kind], self.of(kind)
        at = bisect_left(places, first)
        around = range(max(0, at - _CLOSE_HITS), min(len(hits), at + _CLOSE_HITS))
        return any(
            self._in_one_breath(hits[place].last, first) or self._in_one_breath(last, hits[place].first)
            for place in around
        )

    def _in_one_breath(self, end: int, begin: int) -> bool:
        """Whether few letters and no pause stand between an end and the beginning of what follows."""
        return 0 <= begin - end <= _CLOSE_LETTERS and all(gap < COMMA for gap in self.reading.gaps[end : begin + 1])

    def covered(self, first: int, last: int, kind: str) -> bool:
        """Whether a hit of a kind covers a range."""
        hits = self.of(kind)
        stop = bisect_right(hits, first, key=lambda hit: hit.first)
        return any(hit.last >= last for hit in hits[max(0, stop - 64) : stop])
