"""Whether confidence means something: how often what was said with so much of it was right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import mir_eval
import numpy as np

from benchmarks.hearing.scoring import DRUMS, Answer, matched_hits, matched_notes, score
from benchmarks.truth import TrueSong

_EDGES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_LEAST: Final = {"tempo": 4, "metre": 4, "key": 4}
_LEAST_OF_MANY: Final = 20
_SHORTEST_S: Final = 0.1

Claim = tuple[float, float]
"""Confidence, and how right it was (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims with a confidence from ``low`` to ``high``."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability(songs: Sequence[TrueSong], answers: Sequence[Answer]) -> dict[str, list[Bin]]:
    """For each kind of claim the bins, thin ones joined with the next higher."""
    claims: dict[str, list[Claim]] = {}
    for song, answer in zip(songs, answers, strict=True):
        for kind, claim in _claims(song, answer):
            claims.setdefault(kind, []).append(claim)
    return {kind: bins(rows, _LEAST.get(kind, _LEAST_OF_MANY)) for kind, rows in claims.items()}


def bins(claims: Sequence[Claim], least: int) -> list[Bin]:
    """Fifths of confidence; one with fewer than ``least`` claims is joined with its neighbour above (or below)."""
    rows = sorted(claims)
    groups: list[tuple[float, float, list[Claim]]] = []
    for low, high in pairwise(_EDGES):
        inside = [row for row in rows if low <= row[0] < high or (high == 1.0 and row[0] == 1.0)]
        if groups and len(groups[-1][2]) < least:
            before = groups.pop()
            low, inside = before[0], before[2] + inside
        groups.append((low, high, inside))
    if len(groups) > 1 and len(groups[-1][2]) < least:
        low, high, inside = groups.pop()
        before = groups.pop()
        groups.append((before[0], high, before[2] + inside))
    return [
        Bin(low, high, len(rows), float(np.mean([row[0] for row in rows])), float(np.mean([row[1] for row in rows])))
        for low, high, rows in groups
        if rows
    ]


def monotone(found: Sequence[Bin]) -> bool:
    """Whether accuracy never falls from one bin to the next."""
    return all(after.accuracy >= before.accuracy for before, after in pairwise(found))


def _claims(song: TrueSong, answer: Answer) -> Iterable[tuple[str, Claim]]:
    told = answer.get("confidence", {})
    scores = score(song, answer)
    for kind in ("tempo", "metre", "key"):
        right = scores[kind]
        if kind in told and right is not None:
            yield kind, (told[kind], float(right == 1.0) if kind == "key" else right)
    yield from (("chord", claim) for claim in _chord_claims(song, answer.get("chords") or []))
    bounds = np.array([section.start_s for section in song.sections[1:]])
    for row in (answer.get("sections") or [])[1:]:
        yield "boundary (0.5 s)", (row[3], float(bool(bounds.size) and float(np.abs(bounds - row[0]).min()) <= 0.5))
    if answer.get("melody") and song.melody:
        found = {pair[1] for pair in matched_notes(song, answer)}
        yield from (("melody note", (row[3], float(at in found))) for at, row in enumerate(answer["melody"]))
    for drum in DRUMS if answer.get("drums") and song.drum_hits else ():
        _, mine, pairs = matched_hits(song, answer, drum)
        found = {pair[1] for pair in pairs}
        yield from ((f"{drum} hit", (row[2], float(at in found))) for at, row in enumerate(mine))


def _chord_claims(song: TrueSong, heard: Sequence[Sequence[Any]]) -> Iterable[Claim]:
    """A segment is right when it is for more than half of its length (major and minor)."""
    starts = np.array([span.start_s for span in song.chords])
    ends = np.array([span.end_s for span in song.chords])
    labels = [span.label for span in song.chords]
    for row in heard:
        shared = np.minimum(ends, row[1]) - np.maximum(starts, row[0])
        marks = mir_eval.chord.majmin(labels, [row[2]] * len(labels))
        judged = (shared > 0) & (marks >= 0)
        if shared[judged].sum() >= _SHORTEST_S:
            yield row[3], float(np.average(marks[judged], weights=shared[judged]) > 0.5)
