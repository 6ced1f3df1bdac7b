"""Topics that words ask for: phrases of many languages, hostility against groups, and slurs."""

from bisect import bisect_left
from collections.abc import Iterator

from contrafact.rights.safeguards.folding import COMMA, SPACE
from contrafact.rights.safeguards.scene import Scene
from contrafact.rights.safeguards.slurs import slurs_in
from contrafact.rights.topics import TOPICS, Topic

_NEAR_LETTERS, _NEXT_LETTERS = 40, 8
_RELATIVE = frozenset(
    "who that which qui que che die der dat som którzy które которые quienes quando when wenn".split()
)
Found = tuple[Topic, int, int, str]
"""A topic, the letters that ask for it, and what a member of staff is told."""


def topics_in(scene: Scene) -> Iterator[Found]:
    """All topics of a reading; what is denied ("no drugs") or an idiom ("acid house") is none."""
    for topic in TOPICS:
        for hit in scene.of(topic):
            if scene.covered(hit.first, hit.last, "innocent") or scene.covered(hit.first, hit.last, "name"):
                continue
            if _denied(scene, hit.first):
                continue
            yield topic, hit.first, hit.last, f"a phrase of the list {topic}.{hit.value}"
    yield from _hostile(scene)
    for first, last in slurs_in(scene.reading, scene.known.slurs):
        yield "hate", first, last, "a word of the list of slurs"


def _denied(scene: Scene, first: int) -> bool:
    """Whether "no", "without" and the like stand right before, without a pause."""
    if first == 0 or scene.reading.gaps[first] > SPACE:
        return False
    start = scene.reading.tokens[scene.reading.token_of[first - 1]][0]
    if scene.reading.text[start:first] in ("any", "the", "de"):
        first = start
    return first in scene.ends("negations")


def _hostile(scene: Scene) -> Iterator[Found]:
    """Hostile words before or behind a group of people, in one breath."""
    groups = sorted(scene.of("groups"), key=lambda hit: hit.first)
    firsts = [group.first for group in groups]
    for hit in scene.of("hostile"):
        place = bisect_left(firsts, hit.last)
        innocent = scene.covered(hit.first, hit.last, "innocent")
        if place < len(groups) and not innocent and _near(scene, hit.last, groups[place].first):
            yield "hate", hit.first, groups[place].last, "hostility against a group of people"
    for kind in ("hostile_after", "leaving_after"):
        after = (hit for hit in scene.of(kind) if not scene.covered(hit.last - 1, hit.last, "innocent"))
        behind = sorted(after, key=lambda hit: hit.first)
        firsts = [hit.first for hit in behind]
        for group in groups:
            place = bisect_left(firsts, group.last)
            if place >= len(behind) or not _near(scene, group.last, behind[place].first, _NEXT_LETTERS):
                continue
            if kind == "leaving_after" and scene.reading.text[group.last : behind[place].first] in _RELATIVE:
                # It tells of people who had to leave; it does not tell them to.
                continue
            yield "hate", group.first, behind[place].last, "hostility against a group of people"


def _near(scene: Scene, end: int, begin: int, most: int = _NEAR_LETTERS) -> bool:
    """Whether few letters and no pause stand between two places."""
    return begin - end <= most and all(gap < COMMA for gap in scene.reading.gaps[end : begin + 1])
