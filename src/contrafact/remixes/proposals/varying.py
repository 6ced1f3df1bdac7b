"""Several takes of one recipe, derived purely (asked again, they are the same), and what differs in words."""

import hashlib
from collections.abc import Mapping
from typing import Final

import numpy as np

from contrafact.engine.arranging import Timeline
from contrafact.engine.arranging.timeline import Part
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.recipe import COMPONENTS, Recipe

MOST_TAKES: Final = 4
_LEAN: Final = 0.2
_LEANS: Final = (0.0, 0.0, _LEAN, -_LEAN)
"""How far the strengths of each take lie from what was asked: the second differs by chance alone."""
_MOODS: Final = ("calm", "energetic")
_LEAST: Final = 0.05
_SEEDS: Final = 2**53
_BUSIER: Final = 1.2
_SAME_LINE: Final = 0.7
"""Two lines that share less than this part of their strokes or notes are told apart by ear."""
_TOUCH: Final = 5.0
"""Difference of mean velocity that is heard as another touch."""
_MOST_NAMED, _MOST_SAID = 3, 3
_NAMES: Final = {
    "drums": "drums",
    "percussion": "percussion",
    "bass": "bass line",
    "chords": "chords",
    "pad": "pad",
    "arpeggio": "arpeggio",
    "lead": "counter-line",
    "melody": "melody",
}


def variations(recipe: Recipe, count: int) -> tuple[Recipe, ...]:
    """Takes of one prompt to choose from, the first of them as it was asked.

    The second has other chances (grooves, fills, voicings, who comes in when). The third is livelier, the fourth calmer
    besides: they lean to more and to less of what the recipe makes new, and where the words named neither and nothing
    is locked, to the mood. Locked components and what is kept as recorded stay as they are, so that no take asks for
    more than the first.

    Parameters
    ----------
    recipe : Recipe
    count : int
        2 to 4.

    Raises
    ------
    BadInput
        For another number of takes.
    """
    _check(count)
    return (recipe, *(_leaning(_reseeded(recipe, "variation", n), _LEANS[n]) for n in range(1, count)))


def more_like(recipe: Recipe, count: int) -> tuple[Recipe, ...]:
    """As many takes that share style, form, instruments and strengths with one that was liked; only chance differs.

    Raises
    ------
    BadInput
        For fewer than 2 or more than 4 takes.
    """
    _check(count)
    return tuple(_reseeded(recipe, "more like this", place) for place in range(1, count + 1))


def _check(count: int) -> None:
    if not 2 <= count <= MOST_TAKES:
        raise BadInput(f"count: {count} takes cannot be offered; ask for 2 to {MOST_TAKES}")


def _reseeded(recipe: Recipe, purpose: str, place: int) -> Recipe:
    """The recipe with a seed drawn from all of it, so that takes of takes differ too."""
    found = hashlib.sha256(f"{purpose}/{place}/".encode() + recipe.canonical()).digest()
    seed = int.from_bytes(found[:8], "big") % _SEEDS
    return recipe.model_copy(update={"seed": seed})


def _leaning(recipe: Recipe, lean: float) -> Recipe:
    strengths: dict[str, float] = {
        name: round(min(1.0, max(_LEAST, value + lean)), 3)
        for name in COMPONENTS
        if (value := getattr(recipe.strengths, name)) > 0.0 and name not in recipe.locks
    }
    leaning: dict[str, object] = {"strengths": recipe.strengths.model_copy(update=strengths)}
    # A mood colours all that sounds, the recording too: none where something must stay as recorded.
    if lean and recipe.style and not recipe.locks and not set(recipe.moods) & set(_MOODS) and len(recipe.moods) < 8:
        leaning["moods"] = (*recipe.moods, _MOODS[lean > 0])
    return recipe.model_copy(update=leaning)


def differences(first: Timeline, other: Timeline) -> tuple[str, ...]:
    """What a listener will notice between two takes, in words, most striking first; empty when nothing would be."""
    ours, theirs = _by_role(first), _by_role(other)
    gone = [_NAMES[role] for role in _NAMES if role in ours and role not in theirs]
    come = [_NAMES[role] for role in _NAMES if role in theirs and role not in ours]
    touch = _touch(theirs) - _touch(ours) if ours and theirs else 0.0
    said = [] if abs(touch) < _TOUCH else ["a harder touch" if touch > 0 else "a softer touch"]
    said += [f"with {_listed(come)}"] if come else []
    said += [f"without {_listed(gone)}"] if gone else []
    if abs(other.duration_s - first.duration_s) >= 1.0:
        said.append("longer" if other.duration_s > first.duration_s else "shorter")
    both = [role for role in _NAMES if role in ours and role in theirs]
    for word, test in (("busier", _is_busier), ("sparser", lambda a, b: _is_busier(b, a)), ("different", _is_another)):
        roles = [role for role in both if test(ours[role], theirs[role])]
        both = [role for role in both if role not in roles]
        if roles:
            said.append(f"{word} {_listed([_NAMES[role] for role in roles])}")
    return tuple(said[:_MOST_SAID])


def _listed(words: list[str]) -> str:
    words = words if len(words) <= _MOST_NAMED else [*words[: _MOST_NAMED - 1], "more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _by_role(timeline: Timeline) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in timeline.parts:
        found.setdefault(part.role, []).append(part)
    return found


def _count(parts: list[Part]) -> int:
    return sum(len(part.notes) for part in parts)


def _is_busier(ours: list[Part], theirs: list[Part]) -> bool:
    return _count(theirs) > _BUSIER * _count(ours)


def _is_another(ours: list[Part], theirs: list[Part]) -> bool:
    """Whether less than :data:`_SAME_LINE` of all notes are struck by both, within 50 ms."""
    left, right = _notes(ours), _notes(theirs)
    return len(left & right) < _SAME_LINE * max(1, len(left | right))


def _notes(parts: list[Part]) -> set[tuple[int, int]]:
    return {(round(note.start_s * 20.0), note.pitch) for part in parts for note in part.notes}


def _touch(roles: Mapping[str, list[Part]]) -> float:
    velocities = [note.velocity for parts in roles.values() for part in parts for note in part.notes]
    return float(np.mean(velocities)) if velocities else 0.0
