"""Finding a sound among many: keys vote for entries, places and pitches; the best are verified by their landmarks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.fingerprint.keys import SPEED_STEP, SPEEDS, Keys, query_keys
from contrafact.engine.fingerprint.landmarks import Landmarks
from contrafact.engine.fingerprint.matching import Match, verify

_CELL_S: Final = 0.6
_CELL_PITCH: Final = 0.6
_LEAST_VOTES: Final = 3
_MOST_SUSPECTS: Final = 8
"""At each speed."""


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Where keys that were asked for are kept: equal lengths, one row for each place."""

    keys: NDArray[np.int64]
    entries: NDArray[np.int64]
    times_s: NDArray[np.float32]
    pitches: NDArray[np.float32]


Lookup = Callable[[NDArray[np.int64]], Postings]
"""From different keys, in rising order, to all places at which they are kept."""
Fetch = Callable[[int], Landmarks]
"""The landmarks of an entry."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that the sound holds."""

    entry: int
    match: Match


@dataclass(frozen=True, slots=True)
class Suspect:
    """Where something may be: an entry, the moment in it, and how much higher it sounds."""

    votes: int
    entry: int
    offset_s: float
    semitones: float


def find(query: Landmarks, lookup: Lookup, fetch: Fetch, speeds: tuple[float, ...] = SPEEDS) -> tuple[Found, ...]:
    """Every entry that the query strongly matches, the strongest first.

    All speeds are tried until one gives a strong match: the usual case, a copy at its own speed, ends at the first.
    """
    kept: dict[int, Landmarks] = {}
    for speed in speeds:
        found = _found_at(query, speed, lookup, fetch, kept)
        if found:
            # A long sound matches in part at the next speed of the grid already: the neighbours may fit all of it.
            for beside in (speed / SPEED_STEP, speed * SPEED_STEP):
                for entry, other in _found_at(query, beside, lookup, fetch, kept).items():
                    if entry not in found or other.match.strength > found[entry].match.strength:
                        found[entry] = other
            return tuple(sorted(found.values(), key=lambda item: (-item.match.strength, item.entry)))
    return ()


def _found_at(
    query: Landmarks, speed: float, lookup: Lookup, fetch: Fetch, kept: dict[int, Landmarks]
) -> dict[int, Found]:
    """The strong matches at about one speed, by entry; ``kept`` holds what was fetched."""
    found: dict[int, Found] = {}
    for suspect in suspects(query_keys(query, speed), lookup):
        if suspect.entry not in kept:
            kept[suspect.entry] = fetch(suspect.entry)
        match = verify(query, kept[suspect.entry], speed, suspect.semitones, suspect.offset_s)
        known = found.get(suspect.entry)
        if match is not None and match.strong and (known is None or match.strength > known.match.strength):
            found[suspect.entry] = Found(suspect.entry, match)
    return found


def suspects(asked: Keys, lookup: Lookup) -> list[Suspect]:
    """The places that most keys vote for, at most one for each entry."""
    if not len(asked):
        return []
    order = np.argsort(asked.keys, kind="stable")
    keys = asked.keys[order]
    there = lookup(np.unique(keys))
    if not len(there.keys):
        return []
    first = np.searchsorted(keys, there.keys, "left")
    lengths = np.searchsorted(keys, there.keys, "right") - first
    row = np.repeat(np.arange(len(there.keys)), lengths)
    turn = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(first, lengths)
    mine = order[turn]
    offsets = there.times_s[row] - asked.times_s[mine]
    shifts = asked.pitches[mine] - there.pitches[row]
    entries = there.entries[row]
    best: dict[int, Suspect] = {}
    # cells overlap by half, so that no place falls between two
    for time_half in (0.0, 0.5):
        for pitch_half in (0.0, 0.5):
            time = np.floor(offsets / _CELL_S + time_half).astype(np.int64)
            pitch = np.floor(shifts / _CELL_PITCH + pitch_half).astype(np.int64)
            cell = (entries * 2**20 + (time + 2**19)) * 2**8 + (pitch + 2**7)
            names, back, votes = np.unique(cell, return_inverse=True, return_counts=True)
            many = np.flatnonzero(votes >= _LEAST_VOTES)
            many = many[np.argsort(-votes[many], kind="stable")][: 2 * _MOST_SUSPECTS]
            for place in many.tolist():
                inside = back == place
                entry = int(names[place] >> 28)
                suspect = Suspect(
                    int(votes[place]), entry, float(np.median(offsets[inside])), float(np.median(shifts[inside]))
                )
                if entry not in best or suspect.votes > best[entry].votes:
                    best[entry] = suspect
    return sorted(best.values(), key=lambda item: (-item.votes, item.entry))[:_MOST_SUSPECTS]
