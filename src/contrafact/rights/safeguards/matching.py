"""Many phrases looked for at once in a reading: an automaton over letters that walks on from every beginning of a word.

Patterns are written as people write phrases: ``(this|that)`` for alternatives, ``[x]`` for what may be missing, and a
star where a word may go on (``racis*``). Nothing in it can be repeated without end, so a walk is as long as its phrase
at most and the whole search is linear in the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contrafact.rights.safeguards.folding import COMMA, Reading, fold

_SHORTEST_SPLIT = 4
"""Fewer letters than these are not recognised when they are split by spaces or signs."""
_SHORTEST_JOINED = 6
"""Fewer letters than these are not recognised when the spaces between their words are missing."""
INFLECTED = frozenset({"name", "name_stem"})
"""Kinds that may have an ending of case or possession."""
_SIGNS = frozenset("()[]|* ")


class _Node:
    __slots__ = ("edges", "ends", "reached", "skips")

    def __init__(self) -> None:
        self.edges: dict[str, _Node] = {}
        self.ends: tuple[tuple[str, Any], ...] = ()
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
        self._root = _Node()

    def add(self, pattern: str, kind: str, value: Any) -> None:
        """Look for a pattern.

        Raises
        ------
        ValueError
            When its brackets do not match, or it can be empty.
        """
        states, place = self._choices(pattern, 0, [(self._root, False, False)], pattern)
        if place != len(pattern):
            raise ValueError(f"unbalanced brackets in the pattern {pattern!r}")
        for node, _, started in states:
            if not started:
                raise ValueError(f"the pattern {pattern!r} can be empty")
            if (kind, value) not in node.ends:
                node.ends += ((kind, value),)
            node.reached = None

    def add_text(self, text: str, kind: str, value: Any) -> None:
        """Look for a text as it stands, without any sign having a meaning."""
        folded = fold(text)
        if folded:
            self.add(folded, kind, value)

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
                    states = [_read(part, node, due or (at > 0 and started), started) for node, due, started in states]
                place = stop
        return states, place

    def search(self, reading: Reading) -> Iterator[Hit]:
        """Everything that is found, by its beginning; phrases that overlap are all given."""
        text = reading.text
        edges = self._root.edges
        for at, letter in enumerate(text):
            child = edges.get(letter)
            if child is not None and (reading.gaps[at] or reading.may_start(at)):
                yield from self._walk(reading, at, child)
            if reading.gaps[at] and "\u0621" <= letter <= "\u064a":
                for start in _arabic_starts(text, at):
                    child = edges.get(text[start])
                    if child is not None:
                        yield from self._walk(reading, start, child)

    def _walk(self, reading: Reading, start: int, child: _Node) -> Iterator[Hit]:
        text, gaps, length = reading.text, reading.gaps, len(reading.text)
        stack = [(child, start + 1, False, False, False)]
        given: set[tuple[str, Any, int]] = set()
        while stack:
            first, at, open_, split, joined = stack.pop()
            for node in first.reach() if first.skips else (first,):
                if node.ends and _fair(at - start, split, joined):
                    whole = open_ or reading.may_end(at)
                    for kind, value in node.ends:
                        fits = whole or (kind in INFLECTED and _ending(reading, at))
                        if fits and (kind, value, at) not in given:
                            given.add((kind, value, at))
                            yield Hit(kind, value, start, at)
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
        child = node.edges[sign] = _Node()
    return child


def _read(part: str, node: _Node, due: bool, started: bool) -> _State:
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
            shared = _Node()
            for node in nodes:
                node.skips += (shared,)
                node.reached = None
            found.append((shared, due, True))
    return found
