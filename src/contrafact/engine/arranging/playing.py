"""The band plays: from the take's grid to the notes of every generated part."""

from collections.abc import Iterator
from dataclasses import replace

from contrafact.engine.arranging.band import Band, gain_of, on_stage, sounds_on
from contrafact.engine.arranging.bassist import play_bass
from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.counterline import play_counter
from contrafact.engine.arranging.drummer import Drummer, percussion_line
from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.harmonist import Harmonist
from contrafact.engine.arranging.mixing import Mood, part_of
from contrafact.engine.arranging.moving import automation_of
from contrafact.engine.arranging.pack import SWEEPS_KIT, StylePack
from contrafact.engine.arranging.players import Stand, tidy
from contrafact.engine.arranging.pocket import Pocket, choose_swing, struck_places
from contrafact.engine.arranging.reharmonising import played_scale
from contrafact.engine.arranging.scenes import Scene, direct
from contrafact.engine.arranging.singer import NOBODY, listen_to_singer
from contrafact.engine.arranging.soloist import play_lead
from contrafact.engine.arranging.timeline import Instrument, Part, Role, StemBus
from contrafact.engine.arranging.transitions import play_transition
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe


def play(
    chart: Chart, recipe: Recipe, pack: StylePack, mood: Mood, form: Form, grid: Grid, band: Band
) -> tuple[Part, ...]:
    """All generated parts that have at least one note, drums first."""
    chance = Chance(recipe.seed, recipe.style)
    # In a mash-up another voice sings, of which only the rests are known.
    voiced = recipe.kind != "mashup" and (
        recipe.kind == "cover" or recipe.melody.instrument is not None or sounds_on(recipe, "vocals")
    )
    stand = Stand(
        grid=grid,
        scenes=stage(recipe, pack, mood, grid),
        pack=pack,
        # Where chords are replaced the strength says how many; those that are left stay plain.
        harmony=recipe.strengths.harmony if recipe.harmony.change == "as_heard" else 0.0,
        scale=played_scale(chart, recipe),
        semitones=recipe.transpose_semitones,
        chance=chance,
        loudness=mood.velocity,
        end_s=form.end_s,
        pocket=pocket_of(chart, recipe, pack, form, grid),
        singer=listen_to_singer(chart, form, recipe.transpose_semitones) if voiced else NOBODY,
    )
    parts = [*_struck(stand, band, mood), *_pitched(stand, band, mood), *_swept(stand, band, mood)]
    return tuple(part for part in parts if part.notes)


def stage(recipe: Recipe, pack: StylePack, mood: Mood, grid: Grid) -> tuple[Scene, ...]:
    """The scenes that the band of a take plays."""
    return direct(grid, Chance(recipe.seed, recipe.style).fork("scenes"), mood.energy, pack.drums.opens)


def moved_buses(buses: tuple[StemBus, ...], pack: StylePack, scenes: tuple[Scene, ...]) -> tuple[StemBus, ...]:
    """The kept stems' buses with the moves that the pack writes for them."""
    return tuple(
        replace(bus, automation=(*bus.automation, *automation_of(getattr(pack.stems, bus.stem), scenes)))
        for bus in buses
    )


def pocket_of(chart: Chart, recipe: Recipe, pack: StylePack, form: Form, grid: Grid) -> Pocket:
    """Where the positions of the groove lie in a take: with the parts of the recording that go on playing."""
    kept = {stem for stem in ("vocals", "drums", "bass", "other") if sounds_on(recipe, stem)}
    chance = Chance(recipe.seed, recipe.style).fork("swing")
    share, unit = choose_swing(
        pack.feel, chart.swing, grid.feel, chance, band=bool(kept - {"vocals"}), voice="vocals" in kept
    )
    return Pocket(grid, share, unit, struck_places(chart, form, grid) if "drums" in kept else ())


def _struck(stand: Stand, band: Band, mood: Mood) -> Iterator[Part]:
    """The drum set, its percussion, and percussion instruments that the recipe adds."""
    kit = stand.pack.drums
    instrument = Instrument("kit", kit=kit.kit)
    drums, percussion = Drummer(stand, band.drums).play() if band.drums > 0 else ([], [])
    gain_db = gain_of(band.drums)
    moves = automation_of(kit.channel, stand.scenes)
    yield part_of("drums", "drums", instrument, tidy(drums, stand.end_s), kit.channel, mood, gain_db, moves)
    if band.percussion:
        notes = tidy(percussion, stand.end_s)
        moves = automation_of(kit.percussion, stand.scenes)
        yield part_of("percussion", "percussion", instrument, notes, kit.percussion, mood, gain_db, moves)
    for guest in band.guests:
        played = percussion_line(stand, guest.line, guest.steps, stand.chance.fork("guest", guest.slug))
        channel = kit.percussion.model_copy(update={"gain_db": guest.gain_db})
        yield part_of(guest.slug, "percussion", instrument, tidy(played, stand.end_s), channel, mood, 0.0)


def _pitched(stand: Stand, band: Band, mood: Mood) -> Iterator[Part]:
    """Everyone who follows the chords."""
    for player, active in on_stage(band.players, stand.scenes, drums=band.drums > 0.0):
        part = player.part
        role: Role = "lead" if part.role == "counter" else part.role
        if part.role == "bass":
            notes = play_bass(stand, part, active)
        elif part.role == "lead":
            notes = play_lead(stand, part, active, always=player.always)
            if player.always and not notes:
                # Who was asked for is heard, and where the voice leaves no gap, under it.
                notes = play_counter(stand, part, active)
        elif part.role == "counter":
            notes = play_counter(stand, part, active)
        elif part.role == "pad":
            notes = Harmonist(stand, part).hold(active)
        else:
            notes = Harmonist(stand, part).comp(active)
        instrument = Instrument("soundfont", program=part.program)
        moves = automation_of(part.channel, stand.scenes)
        played = tidy(notes, stand.end_s)
        yield part_of(part.name, role, instrument, played, part.channel, mood, player.gain_db, moves)


def _swept(stand: Stand, band: Band, mood: Mood) -> Iterator[Part]:
    """Transitions between sections, as much of them as there is of new drums."""
    for transition in stand.pack.transitions:
        notes = tidy(play_transition(stand, transition, band.transitions), stand.end_s)
        instrument = Instrument("kit", kit=SWEEPS_KIT)
        moves = automation_of(transition.channel, stand.scenes)
        gain_db = gain_of(band.transitions)
        yield part_of(transition.name, "effects", instrument, notes, transition.channel, mood, gain_db, moves)
