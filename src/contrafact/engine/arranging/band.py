"""Who plays in a take: the pack's parts, less what the recipe excludes, plus what it asks for, each as much as it
should.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from contrafact.engine.arranging.library import InstrumentWord
from contrafact.engine.arranging.pack import Channel, Pattern, PitchedPart, StylePack
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.recipe import Recipe

_AUDIBLE_DB = -24.0
_EXTRAS = {"pad": 0.35, "arpeggio": 0.55, "lead": 0.65, "counter": 0.6}
"""Strength of timbre from which a role joins in; bass and the first chord part join at once."""
_SECOND_CHORDS = 0.45
_BESIDE_OTHERS_DB = -3.0
_ASKED = 0.8
"""Least amount of what is asked for by name."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is newly played, 0 nothing to 1 everything, per family of instruments."""

    drums: float
    bass: float
    harmony: float
    crowded: bool = False
    """Whether the recording's own instruments go on playing: then a pad and one more part join them, and no tune."""


@dataclass(frozen=True, slots=True)
class Player:
    part: PitchedPart
    gain_db: float
    always: bool
    """Asked for by name: plays in every section."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A percussion instrument that the recipe adds."""

    slug: str
    line: str
    steps: str
    gain_db: float


@dataclass(frozen=True, slots=True)
class Band:
    players: tuple[Player, ...]
    guests: tuple[Guest, ...]
    drums: float
    """Amount of newly played drums; 0 for none."""
    percussion: bool
    transitions: float = 0.0
    """Amount of what leads from section to section."""


def sounds_on(recipe: Recipe, stem: str) -> bool:
    """Whether a stem of the recording goes on sounding in the take, loud enough to be followed."""
    use = getattr(recipe.stems, stem)
    return bool(recipe.kind != "cover" and use.keep and use.gain_db > _AUDIBLE_DB)


def amounts_of(recipe: Recipe) -> Amounts:
    """Strengths to amounts. Where the recording's own part is dropped its replacement must carry the song, so even
    strength 0 then gives a plain part (0.6); where it is kept, the strength alone says how much is played on top.
    """

    def amount(strength: float, kept: bool) -> float:
        return strength if kept else 0.6 + 0.4 * strength

    if recipe.kind == "cover":
        # Nothing of the recording sounds: the band carries all of it.
        return Amounts(drums=1.0, bass=1.0, harmony=1.0)
    strengths = recipe.strengths
    return Amounts(
        drums=amount(strengths.rhythm, sounds_on(recipe, "drums")),
        # Two basses are mud: the recording's bass, where it is kept, plays alone.
        bass=0.0 if sounds_on(recipe, "bass") else amount(strengths.timbre, False),
        harmony=amount(strengths.timbre, sounds_on(recipe, "other")),
        crowded=sounds_on(recipe, "other"),
    )


def gain_of(amount: float) -> float:
    """Level of newly played parts for an amount: 0 dB when full, 9 dB less when barely there."""
    return round(-9.0 * (1.0 - amount), 3)


def known(slugs: tuple[str, ...], words: Mapping[str, InstrumentWord], field: str) -> tuple[str, ...]:
    """The catalogue's own slugs for what a recipe names (which may be a synonym).

    Raises
    ------
    BadInput
        For an instrument that is not in the catalogue.
    """
    found = []
    for slug in slugs:
        spoken = slug.replace("-", " ")
        match = slug if slug in words else next((key for key, word in words.items() if spoken in word.words), None)
        if match is None:
            raise BadInput(f"recipe: {field}: there is no instrument {slug!r}; known are {', '.join(sorted(words))}")
        found.append(match)
    return tuple(found)


def named_part(part: PitchedPart, slug: str, word: InstrumentWord) -> bool:
    """Whether a word such as ``strings`` or ``bass`` means this part."""
    return slug in (part.name, part.role, *part.families) or (
        word.program is not None and word.role not in ("family", "bass") and word.program == part.program
    )


def _guest_part(slug: str, word: InstrumentWord, pack: StylePack) -> PitchedPart:
    """A part for an instrument that the style does not have: the rhythm of the pack's own part of that role."""
    role = word.role
    if role == "percussion" or role == "family" or word.program is None:
        raise BadInput(f"recipe: instruments_with: {slug!r} names a group; name an instrument of it")
    model = next((part for part in pack.parts if part.role == role), None)
    patterns = (
        model.patterns if model else (Pattern(steps="x-------x-------" if role == "chords" else "1-3-2-4-3-2-4-3-"),)
    )
    channel = Channel(gain_db=word.gain_db, pan=word.pan, reverb_send_db=-15.0, delay_send_db=-26.0)
    return PitchedPart(
        name=slug,
        role=role,
        program=word.program,
        families=(slug,),
        low=word.low,
        high=word.high,
        voice="rests" if role == "lead" else "any",
        velocity=88,
        release=model.release if model else 0.95,
        strum_ms=model.strum_ms if model else 0.0,
        channel=channel,
        patterns=patterns if role in ("chords", "arpeggio", "bass") else model.patterns if model else (),
    )


def _companion(pack: StylePack) -> PitchedPart | None:
    """Who joins the recording's own instruments: the first to play chords."""
    for roles in (("chords",), ("arpeggio", "pad")):
        for part in pack.parts:
            if part.role in roles:
                return part
    return None


def assemble(pack: StylePack, recipe: Recipe, words: Mapping[str, InstrumentWord]) -> Band:
    """The band for a recipe: every exclusion and every wish honoured."""
    wished = known(recipe.instruments_with, words, "instruments_with")
    unwanted = known(recipe.instruments_without, words, "instruments_without")
    # Without a style only what is asked for plays, whatever the recording's own parts do.
    amounts = amounts_of(recipe) if recipe.style else Amounts(0.0, 0.0, 0.0)
    players: list[Player] = []
    chords_seen = 0
    companion = _companion(pack) if amounts.crowded else None
    for part in pack.parts:
        if any(named_part(part, slug, words[slug]) for slug in unwanted):
            continue
        asked = any(named_part(part, slug, words[slug]) for slug in wished)
        amount = amounts.bass if part.role == "bass" else amounts.harmony
        needed = _EXTRAS.get(part.role, 0.0)
        if part.role == "chords":
            needed = _SECOND_CHORDS if chords_seen else 0.0
            chords_seen += 1
        beside = amounts.crowded and part.role != "bass"
        if asked:
            players.append(Player(part, gain_of(max(amount, _ASKED)) + 1.5, True))
        elif amount > needed and not (beside and part is not companion and part.role != "pad"):
            players.append(Player(part, gain_of(amount) + (_BESIDE_OTHERS_DB if beside else 0.0), False))
    guests: list[Guest] = []
    for slug in wished:
        word = words[slug]
        if slug in unwanted or any(named_part(player.part, slug, word) for player in players):
            continue
        if word.role == "percussion" and word.line:
            guests.append(Guest(slug, word.line, word.steps or "x.o.", word.gain_db))
        elif word.role == "bass":
            players = [player for player in players if player.part.role != "bass"]
            players.append(Player(_guest_part(slug, word, pack), 0.0, True))
        elif word.role != "family":
            players.append(Player(_guest_part(slug, word, pack), 0.0, True))
    drums = max(amounts.drums, _ASKED) if "drums" in wished else amounts.drums
    drums = 0.0 if "drums" in unwanted else drums
    percussion = drums > 0.0 and "percussion" not in unwanted
    # Whoever plays most leads into the next section; with nothing new there is nothing to lead.
    transitions = 0.0 if "drums" in unwanted else max(amounts.drums, amounts.harmony if not amounts.crowded else 0.0)
    return Band(tuple(players), tuple(guests), drums, percussion, transitions)


def _plays_beside_the_song(part: PitchedPart, scene: Scene) -> bool:
    """Bars that the form adds: for mixing, drums alone on the far side and bass and chords next to the song; in a
    build everything holds on but bass and tunes, and the bass only until its middle.
    """
    bar = scene.bar
    if bar.role == "build":
        return part.role in ("pad", "chords") or (part.role in ("bass", "arpeggio") and 2 * bar.place < bar.places)
    near = 2 * bar.place >= bar.places - 1 if bar.role == "intro" else 2 * bar.place < bar.places
    return near and part.role in ("bass", "chords", "pad") and part.voice == "any"


def _plays(player: Player, scene: Scene) -> bool:
    """Whether a part plays in a scene, left to itself."""
    part = player.part
    if part.role == "bass" and scene.drums == "out":
        return False
    if scene.bar.role != "song" and not scene.final:
        return _plays_beside_the_song(part, scene)
    if part.role == "arpeggio" and (scene.final or (part.voice == "rests" and scene.voice > 0.35)):
        return False
    if part.voice == "rests" and part.role in ("chords", "pad") and scene.voice > 0.35:
        return False
    if player.always or (scene.final and part.role in ("bass", "chords")):
        return True
    if part.sections and scene.bar.label not in part.sections:
        return False
    return scene.bar.label not in part.silent_in and part.energy[0] <= scene.energy <= part.energy[1]


def on_stage(
    players: tuple[Player, ...], scenes: tuple[Scene, ...], drums: bool = True
) -> list[tuple[Player, frozenset[int]]]:
    """Every player with the numbers of the groove bars in which it plays; in no bar of the song is the harmony left to
    nobody, nor, without ``drums``, in any other.
    """
    playing = [(player, {n for n, scene in enumerate(scenes) if _plays(player, scene)}) for player in players]
    harmony = [(player, bars) for player, bars in playing if player.part.role in ("chords", "pad")]
    if harmony:
        covered = set().union(*(bars for _, bars in harmony))
        keeper = next((bars for player, bars in harmony if player.part.role == "chords"), harmony[0][1])
        keeper |= {n for n, scene in enumerate(scenes) if scene.bar.role == "song" or not drums} - covered
    return [(player, frozenset(bars)) for player, bars in playing]
