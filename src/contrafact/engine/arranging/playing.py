"""The band plays: from the take's grid to the notes of every generated part."""

from collections.abc import Iterator

from contrafact.engine.arranging.band import Band, gain_of, on_stage
from contrafact.engine.arranging.bassist import play_bass
from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.chords import Colour, scale_of, tonic_class
from contrafact.engine.arranging.drummer import Drummer, percussion_line
from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.harmonist import Harmonist
from contrafact.engine.arranging.mixing import Mood, part_of
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.players import Stand, tidy
from contrafact.engine.arranging.scenes import direct
from contrafact.engine.arranging.soloist import play_lead
from contrafact.engine.arranging.timeline import Instrument, Part
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe


def play(
    chart: Chart, recipe: Recipe, pack: StylePack, mood: Mood, form: Form, grid: Grid, band: Band
) -> tuple[Part, ...]:
    """All generated parts that have at least one note, drums first."""
    chance = Chance(recipe.seed, recipe.style)
    harmony = recipe.strengths.harmony
    richest: Colour = "seventh" if harmony < 0.6 and pack.colour == "ninth" else pack.colour
    stand = Stand(
        grid=grid,
        scenes=direct(grid, chance.fork("scenes"), mood.energy, pack.drums.opens),
        pack=pack,
        colour=richest if harmony >= 0.2 else "triad",
        scale=scale_of(tonic_class(chart.key.tonic), chart.key.mode),
        semitones=recipe.transpose_semitones,
        chance=chance,
        loudness=mood.velocity,
        end_s=form.end_s,
    )
    parts = [*_struck(stand, band, mood), *_pitched(stand, band, mood)]
    return tuple(part for part in parts if part.notes)


def _struck(stand: Stand, band: Band, mood: Mood) -> Iterator[Part]:
    """The drum set, its percussion, and percussion instruments that the recipe adds."""
    kit = stand.pack.drums
    instrument = Instrument("kit", kit=kit.kit)
    drums, percussion = Drummer(stand, band.drums).play() if band.drums > 0 else ([], [])
    gain_db = gain_of(band.drums)
    yield part_of("drums", "drums", instrument, tidy(drums, stand.end_s), kit.channel, mood, gain_db)
    if band.percussion:
        notes = tidy(percussion, stand.end_s)
        yield part_of("percussion", "percussion", instrument, notes, kit.percussion, mood, gain_db)
    for guest in band.guests:
        played = percussion_line(stand, guest.line, guest.steps, stand.chance.fork("guest", guest.slug))
        channel = kit.percussion.model_copy(update={"gain_db": guest.gain_db})
        yield part_of(guest.slug, "percussion", instrument, tidy(played, stand.end_s), channel, mood, 0.0)


def _pitched(stand: Stand, band: Band, mood: Mood) -> Iterator[Part]:
    """Everyone who follows the chords."""
    for player, active in on_stage(band.players, stand.scenes):
        part = player.part
        if part.role == "bass":
            notes = play_bass(stand, part, active)
        elif part.role == "lead":
            notes = play_lead(stand, part, active)
        elif part.role == "pad":
            notes = Harmonist(stand, part).hold(active)
        else:
            notes = Harmonist(stand, part).comp(active)
        instrument = Instrument("soundfont", program=part.program)
        yield part_of(part.name, part.role, instrument, tidy(notes, stand.end_s), part.channel, mood, player.gain_db)
