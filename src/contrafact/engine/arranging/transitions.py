"""Risers, impacts and falls between sections, as the pack writes them."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from contrafact.engine.arranging.pack import SWEEPS, Transition
from contrafact.engine.arranging.players import Stand
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note

_LONGEST_S = 15.0
_SHORTEST_S = 0.25


def play_transition(stand: Stand, transition: Transition, amount: float) -> list[Note]:
    """The notes of one transition: ``pitch`` names the sound, the duration its length.

    Each place has its own threshold, so that a larger ``amount`` (0..1) is heard wherever a smaller one is. Transitions
    lie on the grid exactly: nobody plays them.
    """
    chance = stand.chance.fork("transition", transition.name)
    notes: list[Note] = []
    for before, after in _changes(stand.scenes):
        # How full a section is its first bar tells: later ones may lead on already.
        wanted = not transition.sections or after.bar.label in transition.sections
        if wanted and _meant(transition, before, after):
            threshold = chance.fork(after.bar.section).unit()
            if threshold < transition.chance * amount:
                notes += _sound(stand, transition, before, after)
    return notes


def _changes(scenes: Sequence[Scene]) -> Iterator[tuple[Scene, Scene]]:
    """The first bar of each section with the first of the next."""
    sections = [list(bars) for _, bars in groupby(scenes, key=lambda scene: scene.bar.section)]
    return ((one[0], two[0]) for one, two in pairwise(sections))


def _meant(transition: Transition, before: Scene, after: Scene) -> bool:
    change = after.energy - before.energy
    if after.final:
        return False
    return change <= -transition.rise if transition.when == "fall" else change >= transition.rise


def _sound(stand: Stand, transition: Transition, before: Scene, after: Scene) -> Iterator[Note]:
    turn = after.bar.first_beat
    if transition.when == "lift":
        start_s, end_s = stand.grid.time(max(0.0, float(turn - transition.beats))), after.bar.start_s
        start_s = max(start_s, end_s - _LONGEST_S)
    else:
        start_s, end_s = after.bar.start_s, stand.grid.time(float(turn + transition.beats))
        end_s = min(end_s, start_s + _LONGEST_S)
    if end_s - start_s >= _SHORTEST_S:
        energy = after.energy if transition.when != "fall" else before.energy
        velocity = round(min(127.0, max(1.0, transition.velocity * (0.82 + 0.26 * energy) * stand.loudness)))
        yield Note(start_s, end_s - start_s, SWEEPS[transition.sound], velocity)
