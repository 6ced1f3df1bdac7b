"""Finding a sound among many: keys vote for entries, places and pitches; the best are verified by their landmarks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from contrafact.engine.fingerprint.index import Index
from contrafact.engine.fingerprint.keys import SPEED_STEP, SPEEDS, query_keys
from contrafact.engine.fingerprint.landmarks import Landmarks
from contrafact.engine.fingerprint.matching import Match, verify
from contrafact.engine.fingerprint.voting import Suspect, suspects

OWN_PLACES: Final = 400_000
"""Places that are looked at for a copy at its own speed: most are, and among them are the worst spoilt."""
PLACES: Final = 40_000
"""At each other speed."""
_MOST_VERIFIED: Final = 16
"""Suspects of all other speeds together; what a copy is gets more votes than what chance gives."""

Fetch = Callable[[int], Landmarks]
"""The landmarks of an entry."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that the sound holds."""

    entry: int
    match: Match


def find(query: Landmarks, index: Index, fetch: Fetch, speeds: tuple[float, ...] = SPEEDS) -> tuple[Found, ...]:
    """Every entry that the query strongly matches, the strongest first.

    The usual case, a copy at the first of the speeds, ends there. Else all speeds are asked about, and the suspects
    with the most votes are verified until one is a strong match.
    """
    look = _Look(query, index, fetch)
    if look.strong(speeds[0], look.suspects(speeds[0], OWN_PLACES)):
        return look.around(speeds[0])
    others = [
        (-suspect.votes, turn, suspect)
        for turn, speed in enumerate(speeds[1:], 1)
        for suspect in look.suspects(speed, PLACES)
    ]
    for _, turn, suspect in sorted(others, key=lambda item: (*item[:2], item[2].entry))[:_MOST_VERIFIED]:
        if look.strong(speeds[turn], [suspect]):
            return look.around(speeds[turn])
    return ()


class _Look:
    """One look: what was asked and fetched already is not asked again."""

    def __init__(self, query: Landmarks, index: Index, fetch: Fetch) -> None:
        self._query, self._index, self._fetch = query, index, fetch
        self._kept: dict[int, Landmarks] = {}
        self._suspects: dict[float, list[Suspect]] = {}

    def suspects(self, speed: float, most_places: int) -> list[Suspect]:
        if speed not in self._suspects:
            self._suspects[speed] = suspects(query_keys(self._query, speed), self._index, most_places)
        return self._suspects[speed]

    def strong(self, speed: float, found: Iterable[Suspect]) -> dict[int, Found]:
        """The strong matches among suspects, by entry."""
        matches: dict[int, Found] = {}
        for suspect in found:
            if suspect.entry not in self._kept:
                self._kept[suspect.entry] = self._fetch(suspect.entry)
            match = verify(self._query, self._kept[suspect.entry], speed, suspect.semitones, suspect.offset_s)
            known = matches.get(suspect.entry)
            if match is not None and match.strong and (known is None or match.strength > known.match.strength):
                matches[suspect.entry] = Found(suspect.entry, match)
        return matches

    def around(self, speed: float) -> tuple[Found, ...]:
        """The strong matches at about one speed.

        A long sound matches in part at the next speed of the grid already: the neighbours may fit all of it.
        """
        found = self.strong(speed, self.suspects(speed, PLACES))
        for beside in (speed / SPEED_STEP, speed * SPEED_STEP):
            for entry, other in self.strong(beside, self.suspects(beside, PLACES)).items():
                if entry not in found or other.match.strength > found[entry].match.strength:
                    found[entry] = other
        return tuple(sorted(found.values(), key=lambda item: (-item.match.strength, item.entry)))
