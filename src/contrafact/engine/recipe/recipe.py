"""The recipe: a remix as a small, strict, canonical JSON document.

Permission, sound, payment and credit are all pure functions of it. Unknown fields are refused.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self, get_args

import rfc8785
from pydantic import Field, model_validator

from contrafact.engine.recipe.wishes import (
    Document,
    FormUse,
    GainDb,
    GuestUse,
    HarmonyUse,
    MelodyUse,
    PartLevel,
    PartsIn,
    Slug,
    Strength,
    VoiceUse,
)

Operation = Literal[
    "style",
    "arrangement",
    "tempo_pitch",
    "mashup",
    "stems_use",
    "lyrics_change",
    "translate",
    "vocal_interpretation",
    "voice_clone",
    "cover",
    "derive_again",
    "train",
    "download",
    "share_in_app",
    "export",
]
Component = Literal["vocals", "melody", "harmony", "rhythm", "timbre", "form"]
COMPONENTS: tuple[Component, ...] = get_args(Component)
Kind = Literal["remix", "cover", "mashup"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Version = Literal[1, 2]
_SINCE_2: Final[tuple[tuple[tuple[str, ...], Any], ...]] = (
    (("parts_in",), []),
    (("form", "fade_in_s"), 0.0),
    (("form", "fade_out_s"), 0.0),
)
"""Fields that version 1 does not know, and what each says by default."""


class Strengths(Document):
    """How new each component is: 0 as recorded, 1 fully new."""

    vocals: Strength = 0.0
    melody: Strength = 0.0
    harmony: Strength = 0.0
    rhythm: Strength = 0.0
    timbre: Strength = 0.0
    form: Strength = 0.0


class StemUse(Document):
    """Whether and how loud one stem of the recording sounds in the take."""

    keep: bool = True
    gain_db: GainDb = 0.0


class StemsUse(Document):
    vocals: StemUse = StemUse()
    drums: StemUse = StemUse()
    bass: StemUse = StemUse()
    other: StemUse = StemUse()


class Tempo(Document):
    """Playing speed relative to the recording; 1 follows the performance's own tempo curve and stretches nothing."""

    ratio: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0


class Recipe(Document):
    """A remix of one recording, a cover of the song it holds, or a mash-up of two recordings.

    Notes
    -----
    ``sources`` are the SHA-256 of the recordings' audio content, so that a recipe means the same everywhere. The first
    one's bars are the take's; the second one of a mash-up sings over them. A ``cover`` uses no sound of its source:
    it is performed anew from the chart. ``locks`` name components that must measurably stay, whatever else changes;
    a lock on what the recipe changes is a contradiction and refused. Version 2 knows ``parts_in`` and the fades of the
    form; a recipe without them is version 1 and no other, and its canonical bytes are what they were before those
    existed.
    """

    recipe: Version = 1
    kind: Kind = "remix"
    sources: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=2)]
    style: Slug | None = None
    strengths: Strengths = Strengths()
    locks: Annotated[tuple[Component, ...], Field(max_length=6)] = ()
    stems: StemsUse = StemsUse()
    tempo: Tempo = Tempo()
    transpose_semitones: Annotated[int, Field(ge=-12, le=12)] = 0
    form: FormUse = FormUse()
    harmony: HarmonyUse = HarmonyUse()
    voice: VoiceUse = VoiceUse()
    melody: MelodyUse = MelodyUse()
    guest: GuestUse | None = None
    instruments_with: Annotated[tuple[Slug, ...], Field(max_length=8)] = ()
    instruments_without: Annotated[tuple[Slug, ...], Field(max_length=8)] = ()
    moods: Annotated[tuple[Slug, ...], Field(max_length=8)] = ()
    parts_in: Annotated[tuple[PartsIn, ...], Field(max_length=32)] = ()
    levels: Annotated[tuple[PartLevel, ...], Field(max_length=32)] = ()
    length_s: Annotated[float, Field(ge=10.0, le=1200.0)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for complaint in contradictions(self):
            raise ValueError(complaint)
        return self

    def canonical(self) -> bytes:
        """RFC 8785 canonical JSON: equal recipes give equal bytes."""
        document = self.model_dump(mode="json")
        if self.recipe == 1:
            for (*above, name), _ in _SINCE_2:
                _inner(document, above).pop(name)
        return rfc8785.dumps(document)

    def digest(self) -> str:
        """SHA-256 of :meth:`canonical`, hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


def version_of(document: Mapping[str, Any]) -> Version:
    """The lowest version that a recipe's document, as dumped or as read from JSON, can have."""
    for (*above, name), default in _SINCE_2:
        value = _inner(document, above).get(name, default)
        if (list(value) if isinstance(value, tuple) else value) != default:
            return 2
    return 1


def _inner(document: Mapping[str, Any], above: list[str]) -> Any:
    """The object below some names; empty where there is none."""
    found: Any = document
    for name in above:
        found = found.get(name)
        if not isinstance(found, Mapping):
            return {}
    return found


def contradictions(recipe: Recipe) -> tuple[str, ...]:
    """What cannot be meant, each as ``path: sentence``; empty for a sound recipe."""
    return tuple(_contradictions(recipe))


def _contradictions(recipe: Recipe) -> Iterator[str]:
    if (recipe.kind == "mashup") != (len(recipe.sources) == 2):
        yield "sources: a mash-up has two recordings, a remix or cover one"
    if len(set(recipe.sources)) != len(recipe.sources):
        yield "sources: a recording cannot be mashed up with itself"
    if recipe.guest is not None and recipe.kind != "mashup":
        yield "guest: only a mash-up has a second recording"
    yield from _too_early(recipe)
    if recipe.form.shape == "loop" and recipe.form.fade_in_s + recipe.form.fade_out_s > 0.0:
        which = "fade_out_s" if recipe.form.fade_out_s else "fade_in_s"
        yield f"form.{which}: a loop has neither beginning nor end that could fade"
    if recipe.form.exact and recipe.length_s is None:
        yield "form.exact: an exact length needs length_s"
    if len(set(recipe.locks)) != len(recipe.locks):
        yield "locks: name each component once"
    for place, component in enumerate(recipe.locks):
        changed = _changes_of(recipe, component)
        if changed is not None:
            yield f"locks[{place}]: {component} is locked, but {changed} changes it"


def _too_early(recipe: Recipe) -> Iterator[str]:
    """What a recipe of version 1 cannot say; and a version 2 that says nothing of it: each meaning has one document."""
    asked = {
        "parts_in": bool(recipe.parts_in),
        "form.fade_in_s": recipe.form.fade_in_s > 0.0,
        "form.fade_out_s": recipe.form.fade_out_s > 0.0,
    }
    if recipe.recipe == 2 and not any(asked.values()):
        yield "recipe: version 2 is for recipes with parts_in or a fade, and this one has neither; say 1"
    for path, since in asked.items():
        if since and recipe.recipe == 1:
            yield f'{path}: a recipe of version 1 has no such field; say "recipe": 2'


def _changes_of(recipe: Recipe, component: Component) -> str | None:
    """The field that changes a component against its lock, if there is one."""
    if getattr(recipe.strengths, component) > 0.0:
        return f"strengths.{component}"
    if component == "harmony" and recipe.harmony != HarmonyUse():
        return "harmony.change"
    if component == "vocals" and recipe.voice != VoiceUse():
        return "voice"
    # of a mash-up it is the guest's voice that stays
    if component == "vocals" and recipe.kind == "remix" and not recipe.stems.vocals.keep:
        return "stems.vocals.keep"
    if component == "rhythm" and recipe.kind != "cover" and not recipe.stems.drums.keep:
        return "stems.drums.keep"
    silent = {"vocals": "vocals", "rhythm": "drums"}.get(component)
    for place, rule in enumerate(recipe.parts_in if silent else ()):
        if (silent in rule.parts) != (rule.action == "only"):
            return f"parts_in[{place}]"
    if component == "form" and (recipe.form != FormUse() or recipe.length_s is not None):
        return "form" if recipe.form != FormUse() else "length_s"
    if recipe.kind == "cover" and component in ("vocals", "timbre"):
        return "kind"
    return None
