"""What a recipe does, as the operations that permission is asked for, each with its measured extent."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.recipe.recipe import Operation, Recipe


@dataclass(frozen=True, slots=True)
class OperationUse:
    """One operation that a recipe performs.

    ``extent`` by operation: ``tempo_pitch`` has ``tempo_ratio`` (1 as recorded) and ``semitones``; ``style`` has
    ``strength``; ``arrangement`` has ``length_ratio``; ``stems_use`` has ``seconds`` of stems that sound apart
    from their recording, and the same by stem (``vocals_seconds`` …).
    """

    operation: Operation
    extent: Mapping[str, float]


def operations(recipe: Recipe, timeline: Timeline, source_duration_s: float) -> tuple[OperationUse, ...]:
    """Every operation that the recipe performs; computed from the recipe and its timeline, never declared by hand.

    Parameters
    ----------
    recipe : Recipe
    timeline : Timeline
        The recipe arranged: stems are measured by the clips that sound.
    source_duration_s : float
        Length of the recording.
    """
    uses: list[OperationUse] = []

    def use(operation: Operation, **extent: float) -> None:
        uses.append(OperationUse(operation, MappingProxyType(extent)))

    if recipe.style is not None:
        use("style", strength=max(recipe.strengths.rhythm, recipe.strengths.timbre, recipe.strengths.harmony))
    changed_form = recipe.length_s is not None or recipe.strengths.form > 0
    if timeline.parts or changed_form or recipe.instruments_with or recipe.instruments_without:
        use("arrangement", length_ratio=round(timeline.duration_s * recipe.tempo.ratio / source_duration_s, 4))
    if recipe.tempo.ratio != 1 or recipe.transpose_semitones != 0:
        use("tempo_pitch", tempo_ratio=recipe.tempo.ratio, semitones=float(recipe.transpose_semitones))
    if _stems_apart(recipe):
        seconds = {f"{item.stem}_seconds": item.seconds for item in timeline.usage()}
        use("stems_use", seconds=round(sum(seconds.values()), 6), **seconds)
    return tuple(uses)


def _stems_apart(recipe: Recipe) -> bool:
    """Whether the stems are heard otherwise than together as recorded."""
    kept = [getattr(recipe.stems, name) for name in STEM_NAMES]
    return recipe.style is not None or len({(stem.keep, stem.gain_db) for stem in kept}) > 1 or not kept[0].keep
