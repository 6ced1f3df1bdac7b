"""Chart + recipe + style pack -> timeline. Pure: the same values give the same timeline in every process."""

from collections.abc import Iterator
from dataclasses import dataclass

from contrafact.engine.arranging.band import Band, assemble, gain_of, known, on_stage
from contrafact.engine.arranging.bassist import play_bass
from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.chords import Colour, scale_of, tonic_class
from contrafact.engine.arranging.drummer import Drummer, percussion_line
from contrafact.engine.arranging.form import CROSSFADE_S, Form, choose_form
from contrafact.engine.arranging.grid import Grid, build_grid
from contrafact.engine.arranging.harmonist import Harmonist
from contrafact.engine.arranging.library import load_instruments, load_moods, load_plain
from contrafact.engine.arranging.mixing import (
    Mood,
    alignment_db,
    buses_of,
    master_of,
    mood_of,
    part_of,
    room_of,
)
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.players import Stand, tidy
from contrafact.engine.arranging.scenes import direct
from contrafact.engine.arranging.soloist import play_lead
from contrafact.engine.arranging.timeline import Clip, Instrument, Part, Room, Timeline
from contrafact.engine.audio.stems import StemName
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import PITCH_CLASSES, Chart
from contrafact.engine.recipe.recipe import Recipe

TAIL_S = 0.6
"""Room that the last generated notes are given to ring out in."""


@dataclass(frozen=True, slots=True)
class TakeShape:
    """What a take will be, before a note is arranged."""

    duration_s: float
    tempo_bpm: float
    key: str
    feel: float = 1.0
    """At which multiple of the tempo the style is felt: 0.5, 1 or 2."""


def shape(chart: Chart, recipe: Recipe, pack: StylePack | None) -> TakeShape:
    """Length, tempo and key of the take; the length is exactly the ``duration_s`` of :func:`arrange`."""
    timeline = arrange(chart, recipe, pack)
    tonic = PITCH_CLASSES[(tonic_class(chart.key.tonic) + recipe.transpose_semitones) % 12]
    bpm = chart.tempo.bpm * recipe.tempo.ratio
    feel = build_grid(chart, choose_form(chart, recipe.length_s, recipe.tempo.ratio), pack.tempo).feel if pack else 1.0
    return TakeShape(timeline.duration_s, round(bpm, 3), f"{tonic} {chart.key.mode}", feel)


def arrange(chart: Chart, recipe: Recipe, pack: StylePack | None) -> Timeline:
    """Resolve a recipe against the chart of its recording.

    Parameters
    ----------
    chart
        What was heard in the recording.
    recipe
        What to make of it; ``recipe.style`` must be the slug of ``pack``, or None with no pack.
    pack
        The style. None changes stems, tempo, key and length only (and adds instruments that the recipe asks for by
        name).

    Raises
    ------
    BadInput
        When pack and recipe do not belong together, or the recipe names an instrument or mood that does not exist.
    """
    if (pack.slug if pack else None) != recipe.style:
        given = pack.slug if pack else "none"
        raise BadInput(f"recipe: style is {recipe.style or 'none'} but the pack is {given}; give the recipe's own")
    words = load_instruments()
    mood = mood_of(recipe, load_moods())
    unwanted = known(recipe.instruments_without, words, "instruments_without")
    silenced = frozenset(stem for slug in unwanted if (stem := words[slug].stem))
    playing = pack or (load_plain() if recipe.instruments_with else None)

    form = choose_form(chart, recipe.length_s, recipe.tempo.ratio)
    grid = build_grid(chart, form, playing.tempo if playing else None)
    parts = _parts(chart, recipe, playing, mood, form, grid, assemble(playing, recipe, words)) if playing else ()
    lift_db = alignment_db(chart) if parts else 0.0
    buses = buses_of(recipe, pack, mood, silenced)
    beat_s = 60.0 / (chart.tempo.bpm * form.ratio * grid.feel)
    return Timeline(
        source_sha256=recipe.sources[0],
        duration_s=_duration(form, parts),
        bars=grid.bars,
        clips=tuple(_clips(form, tuple(bus.stem for bus in buses), chart.duration_s, lift_db)),
        buses=buses,
        parts=parts,
        semitones=recipe.transpose_semitones,
        room=room_of(playing, beat_s, mood) if playing else Room(),
        master=master_of(pack, mood),
        seed=recipe.seed,
        tuning_cents=chart.tuning_cents,
    )


def _duration(form: Form, parts: tuple[Part, ...]) -> float:
    """The recording's length at the take's speed, longer only where generated notes need room to ring out."""
    last_s = max((note.start_s + note.duration_s for part in parts for note in part.notes), default=0.0)
    return round(max(form.end_s, last_s + TAIL_S if parts else 0.0), 6)


def _clips(form: Form, stems: tuple[StemName, ...], source_s: float, lift_db: float) -> Iterator[Clip]:
    """Each kept stem through all segments; where the recording is cut, both sides reach over and cross-fade.

    The lift to the reference loudness is the clips', not the buses': the effects of a bus come after it, so that a
    compressor does the same for a quiet recording as for a loud one.
    """
    half_s = CROSSFADE_S / 2
    found: list[Clip] = []
    for stem in stems:
        for place, segment in enumerate(form.segments):
            joined_before = place > 0
            joined_after = place + 1 < len(form.segments)
            # Reaching over is possible only as far as the recording goes.
            before_s = min(half_s, segment.source_start_s / form.ratio) if joined_before else 0.0
            after_s = min(half_s, (source_s - segment.source_end_s) / form.ratio) if joined_after else 0.0
            cut_in = segment.source_start_s > 0 or joined_before
            cut_out = segment.source_end_s < source_s or joined_after
            found.append(
                Clip(
                    stem=stem,
                    source_start_s=segment.source_start_s - before_s * form.ratio,
                    source_end_s=segment.source_end_s + after_s * form.ratio,
                    target_start_s=segment.target_start_s - before_s,
                    target_end_s=segment.target_end_s + after_s,
                    gain_db=lift_db,
                    fade_in_s=half_s + before_s if cut_in else 0.0,
                    fade_out_s=half_s + after_s if cut_out else 0.0,
                )
            )
    return iter(sorted(found, key=lambda clip: (clip.target_start_s, clip.stem)))


def _parts(
    chart: Chart, recipe: Recipe, pack: StylePack, mood: Mood, form: Form, grid: Grid, band: Band
) -> tuple[Part, ...]:
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
