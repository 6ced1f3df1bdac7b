"""What a recipe does, as the operations that permission is asked for, each with its measured extent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from contrafact.engine.arranging.entrances import silences
from contrafact.engine.arranging.timeline import SourceUse, Timeline
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.engine.recipe.wishes import FormUse


@dataclass(frozen=True, slots=True)
class OperationUse:
    """One operation that a recipe performs.

    ``extent`` by operation: ``tempo_pitch`` has ``tempo_ratio`` (1 as recorded) and ``semitones``; ``style`` has
    ``strength``; ``arrangement`` has ``length_ratio``; ``stems_use`` has ``seconds`` of stems that sound apart
    from their recording, and the same by stem (``vocals_seconds`` …); ``vocal_interpretation`` has ``layers``;
    ``mashup`` has the seconds of each source; ``cover`` has ``length_ratio`` and ``tempo_ratio``.
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

    length_ratio = round(timeline.duration_s * recipe.tempo.ratio / source_duration_s, 4)
    if recipe.kind == "cover":
        # Only the composition is used: nothing of the master sounds, so nothing is asked of its owner.
        use("cover", length_ratio=length_ratio, tempo_ratio=recipe.tempo.ratio)
        return tuple(uses)
    strengths = recipe.strengths
    if recipe.style is not None:
        use("style", strength=max(strengths.rhythm, strengths.timbre, strengths.harmony))
    asked = recipe.instruments_with or recipe.instruments_without or recipe.parts_in
    if timeline.parts or _changes_form(recipe) or asked:
        use("arrangement", length_ratio=length_ratio)
    if recipe.tempo.ratio != 1 or recipe.transpose_semitones != 0:
        use("tempo_pitch", tempo_ratio=recipe.tempo.ratio, semitones=float(recipe.transpose_semitones))
    usage = timeline.usage()
    if recipe.kind == "mashup":
        use("mashup", **{f"source_{n}_seconds": _seconds_of(usage, sha) for n, sha in enumerate(timeline.sources)})
    if timeline.voices:
        use("vocal_interpretation", layers=float(len(timeline.voices)))
    if recipe.kind == "mashup" or timeline.voices or _stems_apart(recipe):
        seconds: dict[str, float] = {}
        for item in usage:
            seconds[f"{item.stem}_seconds"] = round(seconds.get(f"{item.stem}_seconds", 0.0) + item.seconds, 6)
        use("stems_use", seconds=round(sum(seconds.values()), 6), **seconds)
    return tuple(uses)


def _changes_form(recipe: Recipe) -> bool:
    return recipe.length_s is not None or recipe.strengths.form > 0 or recipe.form != FormUse()


def _seconds_of(usage: Sequence[SourceUse], sha256: str) -> float:
    return round(sum(item.seconds for item in usage if item.sha256 == sha256), 6)


def _stems_apart(recipe: Recipe) -> bool:
    """Whether the stems are heard otherwise than together as recorded: a mood moves their levels and their room, a rule
    about some sections lets one of them rest.
    """
    kept = [getattr(recipe.stems, name) for name in STEM_NAMES]
    if recipe.moods or silences(recipe, [name for name in STEM_NAMES if getattr(recipe.stems, name).keep]):
        return True
    return recipe.style is not None or len({(stem.keep, stem.gain_db) for stem in kept}) > 1 or not kept[0].keep
