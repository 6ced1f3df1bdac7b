"""Topics that words ask for: phrases of many languages, hostility against groups, and slurs."""

from collections.abc import Iterator

from contrafact.rights.safeguards.folding import COMMA, SPACE
from contrafact.rights.safeguards.scene import Scene
from contrafact.rights.safeguards.slurs import slurs_in
from contrafact.rights.topics import TOPICS, Topic

_NEAR_LETTERS = 40
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
    groups = scene.of("groups")
    place = 0
    for hit in scene.of("hostile"):
        while place < len(groups) and groups[place].first < hit.last:
            place += 1
        if place == len(groups):
            return
        group = groups[place]
        between = scene.reading.gaps[hit.last : group.first + 1]
        if group.first - hit.last > _NEAR_LETTERS or any(gap >= COMMA for gap in between):
            continue
        if not scene.covered(hit.first, hit.last, "innocent"):
            yield "hate", hit.first, group.last, "hostility against a group of people"
