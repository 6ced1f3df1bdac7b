"""The mix as data: buses for the kept stems, channels for the players, the room, the master, bent by the recipe's
moods.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from contrafact.engine.arranging.library import MoodWord
from contrafact.engine.arranging.pack import Channel, StemTreatment, StylePack
from contrafact.engine.arranging.timeline import (
    Automation,
    Effect,
    Instrument,
    MasterTarget,
    Note,
    Part,
    Role,
    Room,
    StemBus,
)
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

REFERENCE_LUFS = -16.0
"""Loudness to which a recording is brought before generated parts join it; the packs' gains are balanced against this.
"""
_MOST_LIFT_DB = 18.0
_DIPPED_BY_STRENGTH_DB = 6.0
_ROOM_SENDS_DB: Mapping[StemName, float] = MappingProxyType({"vocals": -22.0, "drums": -30.0, "other": -24.0})
"""Sends of the recording's stems where a mood asks for a room and no style has sends of its own; the bass stays dry."""


@dataclass(frozen=True, slots=True)
class Mood:
    """All moods of a recipe added up."""

    energy: float = 0.0
    velocity: float = 1.0
    reverb_db: float = 0.0
    drums_db: float = 0.0
    reverb_size: float = 0.0
    parts_effects: tuple[Effect, ...] = ()
    master_effects: tuple[Effect, ...] = ()


def mood_of(recipe: Recipe, words: Mapping[str, MoodWord]) -> Mood:
    """The recipe's moods together.

    Raises
    ------
    BadInput
        For a mood that is not in the catalogue.
    """
    total = Mood()
    for slug in recipe.moods:
        spoken = slug.replace("-", " ")
        key = slug if slug in words else next((name for name, word in words.items() if spoken in word.words), None)
        if key is None:
            raise BadInput(f"recipe: moods: there is no mood {slug!r}; known are {', '.join(sorted(words))}")
        word = words[key]
        total = Mood(
            total.energy + word.energy,
            total.velocity * word.velocity,
            total.reverb_db + word.reverb_db,
            total.drums_db + word.drums_db,
            total.reverb_size + word.reverb_size,
            total.parts_effects + tuple(item.effect() for item in word.parts_effects),
            total.master_effects + tuple(item.effect() for item in word.master_effects),
        )
    return total


def alignment_db(chart: Chart) -> float:
    """Gain that brings the recording to the reference loudness."""
    measured = chart.loudness.integrated_lufs
    return round(min(_MOST_LIFT_DB, max(-_MOST_LIFT_DB, REFERENCE_LUFS - measured)), 2) if measured > -69 else 0.0


def buses_of(recipe: Recipe, pack: StylePack | None, mood: Mood, silenced: frozenset[StemName]) -> tuple[StemBus, ...]:
    """One bus per stem that sounds.

    Without a style the stems stay as they are but for the recipe's own gains and what its moods ask of the drums and of
    the room.
    """
    strengths = recipe.strengths
    newness: dict[StemName, float] = {
        "vocals": 0.0,
        "drums": strengths.rhythm,
        "bass": strengths.timbre,
        "other": strengths.timbre,
    }
    if not recipe.stems.vocals.keep:
        # Without a voice the rest of the recording leads, and what leads is not dipped under the band.
        newness["other"] = 0.0
    buses: list[StemBus] = []
    for stem in STEM_NAMES:
        use = getattr(recipe.stems, stem)
        if not use.keep or use.gain_db <= -60.0 or stem in silenced:
            continue
        treatment: StemTreatment = getattr(pack.stems, stem) if pack else StemTreatment(keep=True)
        dip = _DIPPED_BY_STRENGTH_DB * newness[stem] if pack else -mood.drums_db if stem == "drums" else 0.0
        if pack is None and mood.reverb_db > 0.0 and stem in _ROOM_SENDS_DB:
            treatment = treatment.model_copy(update={"reverb_send_db": _ROOM_SENDS_DB[stem]})
        buses.append(_bus(stem, use.gain_db, treatment, mood, dip))
    return tuple(buses)


def guest_bus(recipe: Recipe, pack: StylePack | None, mood: Mood) -> StemBus:
    """The bus of a mash-up's second voice: treated as the style treats a voice, at the recipe's own level."""
    treatment = pack.stems.vocals if pack else StemTreatment(keep=True)
    asked_db = recipe.guest.gain_db if recipe.guest else 0.0
    return replace(_bus("vocals", asked_db, treatment, mood), source=1)


def _bus(stem: StemName, asked_db: float, treatment: StemTreatment, mood: Mood, dip_db: float = 0.0) -> StemBus:
    """A stem as it is treated, at the level that the recipe asks for, ``dip_db`` below it."""
    return StemBus(
        stem=stem,
        gain_db=round(max(-59.0, asked_db + treatment.gain_db - dip_db), 3),
        reverb_send_db=_send(treatment.reverb_send_db, mood.reverb_db),
        delay_send_db=treatment.delay_send_db,
        duck_db=treatment.duck_db,
        effects=tuple(item.effect() for item in treatment.effects),
        fader_db=asked_db,
    )


def _send(send_db: float, shift_db: float) -> float:
    return send_db if send_db <= -60.0 else round(min(0.0, max(-60.0, send_db + shift_db)), 3)


def part_of(
    name: str,
    role: Role,
    instrument: Instrument,
    notes: tuple[Note, ...],
    channel: Channel,
    mood: Mood,
    gain_db: float,
    automation: tuple[Automation, ...] = (),
) -> Part:
    """A part in its place in the mix."""
    struck = role in ("drums", "percussion")
    effects = tuple(item.effect() for item in channel.effects)
    return Part(
        name=name,
        role=role,
        instrument=instrument,
        notes=notes,
        gain_db=round(channel.gain_db + gain_db + (mood.drums_db if struck else 0.0), 3),
        pan=channel.pan,
        reverb_send_db=_send(channel.reverb_send_db, mood.reverb_db),
        delay_send_db=channel.delay_send_db,
        duck_db=channel.duck_db,
        effects=effects if struck or role == "bass" else effects + mood.parts_effects,
        automation=automation,
    )


def room_of(pack: StylePack | None, beat_s: float, mood: Mood) -> Room:
    """The style's room, or an ordinary one, as large as the moods would have it."""
    room = pack.room.room(beat_s) if pack else Room()
    return replace(room, reverb_size=round(min(1.0, max(0.0, room.reverb_size + mood.reverb_size)), 3))


def master_of(pack: StylePack | None, mood: Mood) -> MasterTarget:
    target = pack.master.target() if pack else MasterTarget()
    return replace(target, effects=target.effects + mood.master_effects)
