"""Chart + recipe + style pack -> timeline. Pure: the same values give the same timeline in every process."""

from dataclasses import replace

from contrafact.engine.arranging.band import assemble, known
from contrafact.engine.arranging.clashing import without_clashes
from contrafact.engine.arranging.clips import in_order, lay_clips
from contrafact.engine.arranging.covers import performed
from contrafact.engine.arranging.directing import directed_buses, directed_parts
from contrafact.engine.arranging.entrances import Entrances, hired
from contrafact.engine.arranging.faders import faded, faded_voices
from contrafact.engine.arranging.form import Form, choose_form
from contrafact.engine.arranging.grid import build_grid
from contrafact.engine.arranging.leaning import Leaning, lean, traced, with_stems
from contrafact.engine.arranging.levelling import levelled, voice_lufs
from contrafact.engine.arranging.library import load_instruments, load_moods, load_plain
from contrafact.engine.arranging.mashing import GUEST, mash
from contrafact.engine.arranging.melodies import Handed, hand_over
from contrafact.engine.arranging.mixing import alignment_db, buses_of, guest_bus, master_of, mood_of, room_of
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.playing import moved_buses, play, stage
from contrafact.engine.arranging.reharmonising import reharmonised, said
from contrafact.engine.arranging.resting import heard_in, rested
from contrafact.engine.arranging.singing import remarks, sing
from contrafact.engine.arranging.timeline import Part, Timeline
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

TAIL_S = 0.6
"""Room that the last generated notes are given to ring out in."""


def arrange(chart: Chart, recipe: Recipe, pack: StylePack | None, guest: Chart | None = None) -> Timeline:
    """Resolve a recipe against the chart of its recording.

    Parameters
    ----------
    chart
        What was heard in the recording.
    recipe
        What to make of it; ``recipe.style`` must be the slug of ``pack``, or None with no pack.
    pack
        The style. None changes stems, tempo, key and length only (and adds instruments that the recipe asks for by
        name). A cover without a style is played in any pack (``covers.pack_for`` knows one).
    guest
        The chart of a mash-up's second recording; of nothing else.

    Raises
    ------
    BadInput
        When pack and recipe do not belong together, or the recipe names an instrument or mood that does not exist.
    """
    if recipe.kind == "cover":
        if pack is None:
            raise BadInput("recipe: style: a cover is played by a band; arrange it with a style's pack")
        recipe = performed(recipe, pack) if recipe.style in (None, pack.slug) else recipe
    if (pack.slug if pack else None) != recipe.style:
        given = pack.slug if pack else "none"
        raise BadInput(f"recipe: style is {recipe.style or 'none'} but the pack is {given}; give the recipe's own")
    if (guest is not None) != (recipe.kind == "mashup"):
        raise BadInput("recipe: kind: a mash-up, and nothing else, is arranged with the chart of a second recording")
    words = load_instruments()
    mood = mood_of(recipe, load_moods())
    unwanted = known(recipe.instruments_without, words, "instruments_without")
    silenced = frozenset(stem for slug in unwanted if (stem := words[slug].stem))
    joined = hired(recipe, words)
    playing = pack or (load_plain() if joined.instruments_with else None)

    form = choose_form(chart, traced(chart, recipe, pack))
    heard = build_grid(chart, form, playing.tempo if playing else None)
    mashed = mash(chart, guest, recipe, heard, alignment_db(guest)) if guest else None
    if mashed:
        # The band makes room for the voice that is heard, which is the guest's.
        heard = replace(heard, voice=mashed.sung)
    leaning = lean(chart, recipe, pack, heard, silenced) if playing else Leaning(heard)
    heard = leaning.grid
    grid = reharmonised(heard, chart, recipe)
    handed = Handed() if mashed else hand_over(chart, recipe, playing, mood, form, grid)
    assembled = assemble(playing, joined, words) if playing else None
    band = play(chart, recipe, playing, mood, form, grid, assembled) if playing and assembled else ()
    lift_db = alignment_db(chart) if band or handed.parts or mashed else 0.0
    # A cover is performed anew: no bus, no clip, no sound of the recording.
    buses = () if recipe.kind == "cover" else buses_of(with_stems(recipe, leaning.stems), pack, mood, silenced)
    buses = moved_buses(buses, pack, stage(recipe, pack, mood, grid)) if pack else buses
    tune = levelled(handed.parts, band, voice_lufs(chart, lift_db, buses))
    entrances = Entrances(recipe, chart, form, grid, words)
    own = tuple(bus.stem for bus in buses if bus.stem not in leaning.stems)
    laid = lay_clips(form, own, chart.duration_s, lift_db)
    lent = lay_clips(form, leaning.stems, chart.duration_s, lift_db)
    kept = in_order((*without_clashes(laid, heard, grid), *heard_in(lent, leaning.spans)))
    clips = rested(kept, mashed.sung if mashed else handed.rests)
    lent_by_guest = mashed.clips if mashed else ()
    if entrances:
        entrances.settle((*clips, *lent_by_guest), (*band, *tune), assembled)
        clips, lent_by_guest = entrances.clips(clips), entrances.clips(lent_by_guest)
    parts = directed_parts(faded(entrances.parts((*band, *tune), assembled), recipe.levels), form)
    if mashed and guest:
        sung = sing(guest, recipe, pack, form, grid, lent_by_guest, GUEST, chart)
    else:
        sung = sing(chart, recipe, pack, form, grid, clips)
    beat_s = 60.0 / (chart.tempo.bpm * form.ratio * grid.feel)
    return Timeline(
        source_sha256=recipe.sources[0],
        duration_s=_duration(form, parts),
        bars=grid.bars,
        clips=in_order((*clips, *lent_by_guest)) if mashed else clips,
        buses=directed_buses((*buses, guest_bus(recipe, pack, mood)) if mashed else buses, form),
        parts=parts,
        semitones=recipe.transpose_semitones,
        room=room_of(playing, beat_s, mood),
        master=master_of(pack, mood),
        seed=recipe.seed,
        tuning_cents=chart.tuning_cents,
        voices=faded_voices(sung, recipe.levels),
        guest_sha256=recipe.sources[1] if mashed else None,
        notes_for_people=(
            *form.notes,
            *(mashed.notes if mashed else ()),
            *leaning.notes_for_people,
            *said(recipe),
            *handed.notes_for_people,
            *entrances.notes_for_people,
            *remarks(recipe, sung),
        ),
    )


def _duration(form: Form, parts: tuple[Part, ...]) -> float:
    """The recording's length at the take's speed, longer only where generated notes need room to ring out: never where
    the form says when the take ends.
    """
    if form.fixed:
        return round(form.end_s, 6)
    last_s = max((note.start_s + note.duration_s for part in parts for note in part.notes), default=0.0)
    return round(max(form.end_s, last_s + TAIL_S if parts else 0.0), 6)
