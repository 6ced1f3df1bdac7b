"""Words on a remix: what they ask is laid over the recipe that is there; what they do not name stays as it is.

The planner reads words for a song. So that "a bit slower" and "at 124 BPM", "two semitones up" and "in A minor" all
mean what they say on a remix, it is shown the song's chart at the remix's tempo and in its key; both then add up.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import ValidationError

from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import PITCH_CLASSES, Chart
from contrafact.engine.recipe.planner import Plan
from contrafact.engine.recipe.recipe import COMPONENTS, Component, Recipe, version_of
from contrafact.engine.recipe.wishes import FormUse, HarmonyUse, VoiceUse

_STEM_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "vocals": ("voice", "vocal", "sing"),
    "drums": ("drum",),
    "bass": ("bass",),
}
_ADDED: Final = ("instruments_with", "instruments_without", "moods")
_FADES: Final = ("fade_in_s", "fade_out_s")
_HELD: Final[Mapping[Component, str]] = {"vocals": "vocals", "rhythm": "drums"}
"""The stem that a lock holds as recorded."""
_MOST: Final = 8
_MOST_RULES: Final = 32
_LEAST_RATIO, _MOST_RATIO = 0.5, 2.0


def as_heard_now(chart: Chart, recipe: Recipe) -> Chart:
    """The chart of a recording at the tempo and in the key that a remix of it has."""
    tonic = PITCH_CLASSES[(PITCH_CLASSES.index(chart.key.tonic) + recipe.transpose_semitones) % 12]
    return chart.model_copy(
        update={
            "tempo": chart.tempo.model_copy(update={"bpm": chart.tempo.bpm * recipe.tempo.ratio}),
            "key": chart.key.model_copy(update={"tonic": tonic}),
        }
    )


def laid_over(parent: Recipe, planned: Plan, seed: int) -> Recipe:
    """The recipe of a remix with what words ask for on top.

    Parameters
    ----------
    parent : Recipe
        Of the remix that is there.
    planned : Plan
        The planner's reading of the words on :func:`as_heard_now`.
    seed : int
        For every choice that the arranger makes by chance.

    Raises
    ------
    BadInput
        When the words change nothing, or ask for what cannot be together; with the path in the recipe.
    """
    asked = planned.recipe
    bare = Recipe(sources=asked.sources).model_dump()
    said, base = asked.model_dump(), parent.model_dump()
    kinds: set[str] = {item.kind for item in planned.understood}
    if asked.kind == "cover" and parent.kind == "mashup":
        raise BadInput("kind: a mash-up of two recordings cannot become a cover; ask for a cover of one of the songs")
    found = _merged(base, said, bare)
    for name in _ADDED:
        found[name] = tuple(dict.fromkeys((*base[name], *said[name])))[:_MOST]
    found["instruments_with"] = _without(found["instruments_with"], said["instruments_without"])
    found["instruments_without"] = _without(found["instruments_without"], said["instruments_with"])
    found["levels"] = tuple({item["part"]: item for item in (*base["levels"], *said["levels"])}.values())
    held = {_HELD[component] for component in asked.locks if component in _HELD}
    kept = [rule for rule in base["parts_in"] if not any(_rests(stem, rule) for stem in held)]
    found["parts_in"] = (*kept, *said["parts_in"])[-_MOST_RULES:]
    if said["form"] != bare["form"]:
        found["form"] = _form(base["form"], said["form"], bare["form"])
    if any(item.meaning == "no fade" for item in planned.understood):
        found["form"] = {**found["form"], "fade_out_s": 0.0}
    for stem in _kept_again(planned):
        found["stems"][stem] = said["stems"][stem]
    found |= {
        "sources": parent.sources,
        "guest": base["guest"],
        "kind": "cover" if asked.kind == "cover" else parent.kind,
        "tempo": {"ratio": _tempo(parent, asked)},
        "transpose_semitones": _within_octave(parent.transpose_semitones + asked.transpose_semitones),
        "seed": parent.seed,
    }
    _agree(found, said, asked.locks, kinds)
    found["recipe"] = version_of(found)
    try:
        child = Recipe.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(str(first["msg"]).removeprefix("Value error, ")) from error
    if child == parent:
        raise BadInput("these words change nothing of this remix; say what shall be different")
    return child.model_copy(update={"seed": seed})


def _form(base: Mapping[str, Any], said: Mapping[str, Any], bare: Mapping[str, Any]) -> dict[str, Any]:
    """A form that was said takes the place of the one that is there; a fade alone is laid on it."""
    fades = {name: said[name] for name in _FADES if said[name] != bare[name]}
    others = any(said[name] != bare[name] for name in said if name not in _FADES)
    return {**said, **{name: base[name] for name in _FADES if name not in fades}} if others else {**base, **fades}


def _merged(base: Mapping[str, Any], said: Mapping[str, Any], bare: Mapping[str, Any]) -> dict[str, Any]:
    """Field by field: what was said where it differs from an empty recipe, else what is there."""
    found: dict[str, Any] = {}
    for name, value in said.items():
        if isinstance(value, Mapping) and isinstance(bare.get(name), Mapping) and isinstance(base.get(name), Mapping):
            found[name] = _merged(base[name], value, bare[name])
        else:
            found[name] = base[name] if value == bare.get(name) else value
    return found


def _kept_again(planned: Plan) -> tuple[str, ...]:
    """Stems that the words want to hear as recorded, whatever the remix made of them."""
    if planned.recipe.kind == "cover":
        return ()
    said = " ".join(f"{item.text} {item.meaning}".lower() for item in planned.understood if item.kind == "keep")
    return tuple(stem for stem, words in _STEM_WORDS.items() if any(word in said for word in words))


def _tempo(parent: Recipe, asked: Recipe) -> float:
    ratio = round(parent.tempo.ratio * asked.tempo.ratio, 6)
    if not _LEAST_RATIO <= ratio <= _MOST_RATIO:
        raise BadInput(
            f"tempo.ratio: the song would play at {ratio:g} of its speed; between {_LEAST_RATIO:g} and "
            f"{_MOST_RATIO:g} is possible"
        )
    return ratio


def _within_octave(semitones: int) -> int:
    return semitones - 12 if semitones > 12 else semitones + 12 if semitones < -12 else semitones


def _agree(found: dict[str, Any], said: Mapping[str, Any], locks: Collection[Component], kinds: set[str]) -> None:
    """Of a lock and a change that contradict each other, what was said last holds."""
    for component in locks:
        found["strengths"][component] = 0.0
        if component == "harmony":
            found["harmony"] = HarmonyUse().model_dump()
        if component == "vocals":
            found["voice"] = VoiceUse().model_dump()
        if component == "form":
            found["form"], found["length_s"] = FormUse().model_dump(), None
    loosened = {component for component in COMPONENTS if said["strengths"][component] > 0.0}
    loosened |= {"harmony"} if said["harmony"] != HarmonyUse().model_dump() else set()
    loosened |= {"vocals"} if said["voice"] != VoiceUse().model_dump() else set()
    loosened |= {"form"} if said["form"] != FormUse().model_dump() or said["length_s"] is not None else set()
    loosened |= {"vocals", "timbre"} if "cover" in kinds else set()
    loosened |= {lock for lock, stem in _HELD.items() if any(_rests(stem, rule) for rule in said["parts_in"])}
    found["locks"] = tuple(item for item in found["locks"] if item in locks or item not in loosened)


def _rests(stem: str, rule: Mapping[str, Any]) -> bool:
    """Whether a rule about some sections lets a stem rest."""
    return bool((stem in rule["parts"]) != (rule["action"] == "only"))


def _without(names: Collection[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)
