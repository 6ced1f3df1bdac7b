"""Many phrases looked for at once in a reading: automata over letters that walk on from every beginning of a word.

There is one automaton for each two letters that phrases begin with, built when a text first has these two letters: few
phrases can begin in a few words. Once built it does not change, so that threads may share it.

Patterns are written as people write phrases: ``(this|that)`` for alternatives, ``[x]`` for what may be missing, and a
star where a word may go on (``racis*``). Nothing in it can be repeated without end, so a walk is as long as its phrase
at most and the whole search is linear in the text.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from contrafact.rights.safeguards.folding import COMMA, Reading, fold

_SHORTEST_SPLIT = 4
"""Fewer letters than these are not recognised when they are split by spaces or signs."""
_SHORTEST_JOINED = 6
"""Fewer letters than these are not recognised when the spaces between their words are missing."""
INFLECTED = frozenset({"name", "name_stem"})
"""Kinds that may have an ending of case or possession."""
_SIGNS = frozenset("()[]|* ")
_OPENING: Final = 2
"""How many first letters tell which automaton a phrase is in."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    text: str
    kind: str
    value: Any
    number: int
    """In the order in which they were added."""


class _Node:
    __slots__ = ("edges", "ends", "only", "reached", "skips")

    def __init__(self, only: str = "") -> None:
        self.only = only
        """The letters that may follow, one after the other: what goes on with others is in another automaton."""
        self.edges: dict[str, _Node] = {}
        self.ends: tuple[_Pattern, ...] = ()
        self.skips: tuple[_Node, ...] = ()
        self.reached: tuple[_Node, ...] | None = None

    def reach(self) -> tuple["_Node", ...]:
        """This node and all that can be reached without reading anything; worked out when it is first asked for."""
        if self.reached is None:
            found, todo = [self], [self]
            while todo:
                for other in todo.pop().skips:
                    if other not in found:
                        found.append(other)
                        todo.append(other)
            self.reached = tuple(found)
        return self.reached


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found: of what kind, what it stands for, and its letters in the reading."""

    kind: str
    value: Any
    first: int
    last: int


_State = tuple[_Node, bool, bool]
"""A node, whether a space is due before the next letter, and whether anything was read before."""


class Phrases:
    """Phrases by kind; add them all, then search."""

    def __init__(self) -> None:
        self._added = 0
        self._patterns: dict[str, list[_Pattern]] = {}
        self._automata: dict[str, _Automaton] = {}
        self._lock = threading.Lock()

    def add(self, pattern: str, kind: str, value: Any) -> None:
        """Look for a pattern; what is wrong with its brackets is told by :meth:`complete`, or a search that meets it.

        Raises
        ------
        ValueError
            When it can be empty, or its first bracket is not closed.
        """
        added = _Pattern(pattern, kind, value, self._added)
        self._added += 1
        for opening in _openings(pattern):
            self._patterns.setdefault(opening, []).append(added)

    def add_text(self, text: str, kind: str, value: Any) -> None:
        """Look for a text as it stands, without any sign having a meaning."""
        folded = fold(text)
        if folded:
            self.add(folded, kind, value)

    def complete(self) -> None:
        """Build all that searches would build as they go.

        Raises
        ------
        ValueError
            When the brackets of a pattern do not match, or it can be empty.
        """
        for opening in self._patterns:
            self._automaton(opening)

    def search(self, reading: Reading) -> Iterator[Hit]:
        """Everything that is found, by its beginning, then its end; phrases that overlap are all given."""
        text = reading.text
        for at, letter in enumerate(text):
            if reading.gaps[at] or reading.may_start(at):
                yield from self._from(reading, at)
            if reading.gaps[at] and "\u0621" <= letter <= "\u064a":
                for start in _arabic_starts(text, at):
                    yield from self._from(reading, start)

    def _from(self, reading: Reading, at: int) -> Iterator[Hit]:
        """What begins at a letter."""
        found: dict[tuple[int, str, Any], int] = {}
        for opening in dict.fromkeys(reading.text[at : at + length] for length in range(1, _OPENING + 1)):
            if opening in self._patterns:
                for pattern, last in self._automaton(opening).walk(reading, at):
                    key = (last, pattern.kind, pattern.value)
                    found[key] = min(pattern.number, found.get(key, pattern.number))
        for last, kind, value in sorted(found, key=lambda key: (key[0], found[key])):
            yield Hit(kind, value, at, last)

    def _automaton(self, opening: str) -> "_Automaton":
        built = self._automata.get(opening)
        if built is None:
            with self._lock:
                built = self._automata.get(opening)
                if built is None:
                    built = self._automata[opening] = _Automaton(opening, self._patterns[opening])
        return built


def _openings(pattern: str) -> set[str]:
    """The first letters, at most :data:`_OPENING` of them, of all that a pattern stands for, without spaces.

    Raises
    ------
    ValueError
        When it may begin without a letter, or a bracket does not match.
    """
    if _SIGNS.isdisjoint(pattern.replace(" ", "")):
        found = {fold(pattern).replace(" ", "")[:_OPENING]}
    else:
        found, _ = _opened(pattern, 0, {""}, outermost=True)
    found = {opening.removesuffix("*") for opening in found}
    if "" in found:
        raise ValueError(f"the pattern {pattern!r} can be empty")
    return found


def _opened(pattern: str, place: int, openings: set[str], outermost: bool = False) -> tuple[set[str], int]:
    """What openings become by the alternatives up to a closing bracket or the end; a star ends one that is short."""
    found: set[str] = set()
    now = openings
    while place < len(pattern) and pattern[place] not in ")]":
        sign = pattern[place]
        if sign == "|":
            found, now, place = found | now, openings, place + 1
        elif sign in "([":
            ends, place = _opened(pattern, place + 1, now)
            if pattern[place : place + 1] != (")" if sign == "(" else "]"):
                raise ValueError(f"unbalanced brackets in the pattern {pattern!r}")
            now, place = (ends if sign == "(" else now | ends), place + 1
        else:
            stop = place + 1
            while sign not in _SIGNS and stop < len(pattern) and pattern[stop] not in _SIGNS:
                stop += 1
            letters = "*" if sign == "*" else fold(pattern[place:stop]).replace(" ", "")
            now = {one if one.endswith("*") else (one + letters)[:_OPENING] for one in now}
            place = stop
        if outermost and all(len(one) == _OPENING for one in now):
            # What follows changes nothing, up to the next alternative to all of it.
            place = _next_alternative(pattern, place)
    return found | now, place


def _next_alternative(pattern: str, place: int) -> int:
    """Where the next stroke stands that is in no bracket; the end where there is none."""
    depth = 0
    for at in range(place, len(pattern)):
        sign = pattern[at]
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and sign == "|":
            return at
    return len(pattern)


class _Automaton:
    """Phrases that begin alike; never changed once it is made.

    Raises
    ------
    ValueError
        When the brackets of a pattern do not match, or it can be empty.
    """

    def __init__(self, opening: str, patterns: list[_Pattern]) -> None:
        self._root = _Node(opening)
        for pattern in patterns:
            self._add(pattern)

    def _add(self, added: _Pattern) -> None:
        pattern = added.text
        states, place = self._choices(pattern, 0, [(self._root, False, False)], pattern)
        if place != len(pattern):
            raise ValueError(f"unbalanced brackets in the pattern {pattern!r}")
        for node, _, started in states:
            if not started:
                raise ValueError(f"the pattern {pattern!r} can be empty")
            if all((end.kind, end.value) != (added.kind, added.value) for end in node.ends):
                node.ends += (added,)

    def _choices(self, pattern: str, place: int, states: list[_State], whole: str) -> tuple[list[_State], int]:
        """Alternatives up to a closing bracket or the end."""
        found: list[_State] = []
        while True:
            ends, place = self._sequence(pattern, place, states, whole)
            found += ends
            if place >= len(pattern) or pattern[place] != "|":
                return found, place
            place += 1

    def _sequence(self, pattern: str, place: int, states: list[_State], whole: str) -> tuple[list[_State], int]:
        while place < len(pattern) and pattern[place] not in "|)]":
            sign = pattern[place]
            if sign == " ":
                states, place = [(node, started, started) for node, _, started in states], place + 1
            elif sign == "*":
                states, place = [(_child(node, "*"), due, True) for node, due, _ in states], place + 1
            elif sign in "([":
                ends, place = self._choices(pattern, place + 1, states, whole)
                if place >= len(pattern) or pattern[place] != (")" if sign == "(" else "]"):
                    raise ValueError(f"unbalanced brackets in the pattern {whole!r}")
                states, place = _joined(ends if sign == "(" else [*states, *ends]), place + 1
            else:
                stop = place
                while stop < len(pattern) and pattern[stop] not in _SIGNS:
                    stop += 1
                for at, part in enumerate(fold(pattern[place:stop]).split()):
                    states = [
                        state
                        for node, due, started in states
                        if (state := _read(part, node, due or (at > 0 and started), started)) is not None
                    ]
                place = stop
        return states, place

    def walk(self, reading: Reading, start: int) -> Iterator[tuple[_Pattern, int]]:
        """The patterns of what begins at a letter, each with the place behind its last letter; some of them twice."""
        text, gaps, length = reading.text, reading.gaps, len(reading.text)
        child = self._root.edges.get(text[start])
        if child is None:
            return
        stack = [(child, start + 1, False, False, False)]
        while stack:
            first, at, open_, split, joined = stack.pop()
            for node in first.reach() if first.skips else (first,):
                if node.ends and _fair(at - start, split, joined):
                    whole = open_ or reading.may_end(at)
                    for pattern in node.ends:
                        if whole or (pattern.kind in INFLECTED and _ending(reading, at)):
                            yield pattern, at
                star = node.edges.get("*")
                if star is not None:
                    stack.append((star, reading.token_end(at), True, split, joined))
                if at == length:
                    continue
                gap, letter = gaps[at], text[at]
                onward, word = node.edges.get(letter), node.edges.get(" ")
                if word is not None:
                    word = word.edges.get(letter)
                if gap == 0:
                    if onward is not None:
                        stack.append((onward, at + 1, False, split, joined))
                    if word is not None:
                        # Between scripts without spaces nothing is missing.
                        stack.append((word, at + 1, False, split, joined or not reading.may_start(at)))
                    continue
                single = reading.single(at) and reading.single(at - 1)
                if word is not None and (gap <= COMMA or single):
                    stack.append((word, at + 1, False, split, joined))
                if onward is not None and (gap == 1 or single or _is_wide(letter)):
                    stack.append((onward, at + 1, False, True, joined))


def _fair(letters: int, split: bool, joined: bool) -> bool:
    return not (split and letters < _SHORTEST_SPLIT) and not (joined and letters < _SHORTEST_JOINED)


def _is_wide(letter: str) -> bool:
    return letter >= "\u3000"


_INFLECTED, _POSSESSED = 5, 4
_LONGEST_ENDING = 5
_ENDINGS = frozenset(
    fold(ending)
    for ending in (
        "s es a y i u e em om am owi ego ie ą ę ami ina esque que ish ы а у ом ой ою е ю и ей ем ами ская ский"
    ).split()
)


def _ending(reading: Reading, at: int) -> bool:
    """Whether only an ending of case or possession follows, as in Polish ``Rihanny`` or German ``Rammsteins``."""
    first, last = reading.tokens[reading.token_of[at - 1]]
    return (
        last - at <= _LONGEST_ENDING
        and at - first >= (_INFLECTED if reading.text[at:last] != "s" else _POSSESSED)
        and reading.text[at:last] in _ENDINGS
    )


def _arabic_starts(text: str, at: int) -> Iterator[int]:
    """Beginnings behind the particles that Arabic writes onto a word."""
    if text[at] in "وبلفك" and at + 3 < len(text):
        yield at + 1
    for particle in ("ال", "وال", "بال", "لل"):
        if text.startswith(particle, at) and at + len(particle) + 2 < len(text):
            yield at + len(particle)


def _child(node: _Node, sign: str) -> _Node:
    child = node.edges.get(sign)
    if child is None:
        # A space, or a star, is no letter.
        child = node.edges[sign] = _Node(node.only if sign == " " else node.only[1:])
    return child


def _read(part: str, node: _Node, due: bool, started: bool) -> _State | None:
    """Where a word leads to; None where that is in another automaton."""
    if not node.only.startswith(part[: len(node.only)]):
        return None
    if due and started:
        node = _child(node, " ")
    for sign in part:
        node = _child(node, sign)
    return node, False, True


def _joined(states: list[_State]) -> list[_State]:
    """Few states for many: alternatives go on together."""
    found = [state for state in states if not state[2]][:1]
    for due in (False, True):
        nodes = list({id(node): node for node, wants, started in states if started and wants == due}.values())
        if len(nodes) == 1:
            found.append((nodes[0], due, True))
        elif nodes:
            expected = {node.only for node in nodes}
            shared = _Node(expected.pop() if len(expected) == 1 else "")
            for node in nodes:
                node.skips += (shared,)
                node.reached = None
            found.append((shared, due, True))
    return found
