"""Wishes of the recipe: instruments in and out, stems, strengths, moods."""

from collections.abc import Mapping

import pytest

from contrafact.engine.arranging import StylePack, arrange, load_instruments, load_moods
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Region
from contrafact.engine.recipe.recipe import StemsUse, StemUse, Strengths
from tests.support.charts import LONG, song_chart
from tests.support.recipes import recipe_for

DRUMLESS = StemsUse(drums=StemUse(keep=False), bass=StemUse(keep=False), other=StemUse(keep=False))


def notes_of(timeline: Timeline) -> int:
    return sum(len(part.notes) for part in timeline.parts)


def test_every_instrument_of_the_catalogue_can_be_asked_for(styles: Mapping[str, StylePack]) -> None:
    chart = song_chart(form=(("verse", "B", 4, 0.4), ("chorus", "C", 4, 0.9), ("outro", "F", 4, 0.3)))
    for slug, word in load_instruments().items():
        if word.role == "family":
            continue
        timeline = arrange(chart, recipe_for(styles["house"], instruments_with=(slug,)), styles["house"])
        programs = {part.instrument.program for part in timeline.parts if part.instrument.kind == "soundfont"}
        named = {part.name for part in timeline.parts}
        assert slug in named or word.program in programs or any(slug in part.families for part in styles["house"].parts)


def test_who_is_asked_for_is_heard_though_the_voice_never_rests(styles: Mapping[str, StylePack]) -> None:
    chart = song_chart()
    sung = chart.model_copy(update={"vocal_regions": (Region(start_s=0.0, end_s=chart.duration_s, confidence=1.0),)})
    assert "flute" not in [part.name for part in arrange(sung, recipe_for(styles["house"]), styles["house"]).parts]
    asked = arrange(sung, recipe_for(styles["house"], instruments_with=("flute",)), styles["house"])
    assert "flute" in [part.name for part in asked.parts]


@pytest.mark.parametrize("slug", ["drums", "bass", "strings", "piano", "electric-piano", "percussion", "synth-bass"])
def test_what_is_excluded_does_not_play(slug: str, some_styles: Mapping[str, StylePack]) -> None:
    word = load_instruments()[slug]
    for pack in some_styles.values():
        timeline = arrange(song_chart(form=LONG), recipe_for(pack, instruments_without=(slug,)), pack)
        for part in timeline.parts:
            families = next((found.families for found in pack.parts if found.name == part.name), ())
            assert slug not in (part.name, part.role, *families)
            assert (
                word.program is None
                or word.role == "bass"
                or part.instrument.program != word.program
                or (part.instrument.kind == "kit")
            )


def test_without_drums_silences_the_recordings_drums_too(styles: Mapping[str, StylePack]) -> None:
    recipe = recipe_for(styles["house"], stems=StemsUse(), instruments_without=("drums",))
    timeline = arrange(song_chart(), recipe, styles["house"])
    assert "drums" not in {bus.stem for bus in timeline.buses}
    assert not {part.role for part in timeline.parts} & {"drums", "percussion"}


def test_synonyms_are_understood_and_inventions_refused(styles: Mapping[str, StylePack]) -> None:
    pack = styles["house"]
    with_sax = arrange(song_chart(form=LONG), recipe_for(pack, instruments_with=("tenor-sax",)), pack)
    assert "saxophone" in {part.name for part in with_sax.parts}
    with pytest.raises(BadInput, match="no instrument 'theremin'"):
        arrange(song_chart(), recipe_for(pack, instruments_with=("theremin",)), pack)
    with pytest.raises(BadInput, match="no mood 'purple'"):
        arrange(song_chart(), recipe_for(pack, moods=("purple",)), pack)


def test_instruments_can_join_a_recording_without_a_style() -> None:
    timeline = arrange(song_chart(), recipe_for(None, instruments_with=("strings",)), None)
    assert [part.name for part in timeline.parts] == ["strings"]
    assert len(timeline.buses) == 4


def test_without_a_style_a_dropped_stem_is_not_replaced_unasked() -> None:
    timeline = arrange(song_chart(), recipe_for(None, stems=DRUMLESS, instruments_with=("piano",)), None)
    assert [part.name for part in timeline.parts] == ["piano"]
    played = arrange(song_chart(), recipe_for(None, stems=DRUMLESS, instruments_with=("drums", "bass")), None)
    assert {part.role for part in played.parts} == {"drums", "bass"}


def test_strength_of_rhythm_rises_monotonically(styles: Mapping[str, StylePack]) -> None:
    pack = styles["house"]
    force = []
    for rhythm in (0.0, 0.2, 0.5, 0.8, 1.0):
        recipe = recipe_for(pack, stems=StemsUse(), strengths=Strengths(rhythm=rhythm))
        drums = [part for part in arrange(song_chart(form=LONG), recipe, pack).parts if part.role == "drums"]
        force.append(sum(10 ** (part.gain_db / 20) * note.velocity for part in drums for note in part.notes))
    assert force == sorted(force)
    assert force[0] == 0
    assert len(set(force)) == 5


def test_strength_of_timbre_rises_monotonically(some_styles: Mapping[str, StylePack]) -> None:
    for pack in some_styles.values():
        amounts = []
        for timbre in (0.0, 0.3, 0.6, 1.0):
            recipe = recipe_for(pack, stems=StemsUse(), strengths=Strengths(timbre=timbre))
            parts = arrange(song_chart(form=LONG), recipe, pack).parts
            amounts.append(
                sum(10 ** (part.gain_db / 10) * note.duration_s for part in parts for note in part.notes),
            )
        assert amounts[0] == 0
        assert amounts == sorted(amounts)
        assert len(set(amounts)) == 4


def test_beside_the_recordings_own_instruments_there_is_no_second_band(some_styles: Mapping[str, StylePack]) -> None:
    for pack in some_styles.values():
        beside = arrange(song_chart(), recipe_for(pack, stems=StemsUse(drums=StemUse(keep=False))), pack)
        roles = [part.role for part in beside.parts]
        assert "drums" in roles
        assert roles.count("chords") == 1
        assert not {"lead", "arpeggio", "bass"} & set(roles)
        asked = recipe_for(pack, stems=StemsUse(), instruments_with=("flute",))
        assert "flute" in [part.name for part in arrange(song_chart(), asked, pack).parts]


def test_a_kept_bass_is_not_doubled(styles: Mapping[str, StylePack]) -> None:
    recipe = recipe_for(styles["house"], stems=StemsUse(drums=StemUse(keep=False), other=StemUse(keep=False)))
    assert "bass" not in {part.role for part in arrange(song_chart(), recipe, styles["house"]).parts}


def test_stem_choices_and_gains_are_honoured(styles: Mapping[str, StylePack]) -> None:
    uses = StemsUse(vocals=StemUse(gain_db=-6.0), drums=StemUse(keep=False), bass=StemUse(gain_db=-60.0))
    timeline = arrange(song_chart(), recipe_for(None, stems=uses), None)
    assert {bus.stem: bus.gain_db for bus in timeline.buses} == {"vocals": -6.0, "other": 0.0}
    assert {clip.stem for clip in timeline.clips} == {"vocals", "other"}


def test_moods_bend_the_take(styles: Mapping[str, StylePack]) -> None:
    pack = styles["house"]
    chart = song_chart(form=LONG)
    calm, plain, wild = (
        arrange(chart, recipe_for(pack, moods=moods), pack) for moods in (("calm",), (), ("energetic",))
    )
    assert notes_of(calm) < notes_of(plain) < notes_of(wild)
    dark = arrange(chart, recipe_for(pack, moods=("dark", "dreamy")), pack)
    assert dark.room.reverb_size > plain.room.reverb_size
    assert len(dark.master.effects) > len(plain.master.effects)
    for slug in load_moods():
        assert arrange(chart, recipe_for(pack, moods=(slug,)), pack) != plain, slug


def test_quiet_recordings_are_lifted_to_the_band(styles: Mapping[str, StylePack]) -> None:
    loud, quiet = (
        arrange(song_chart(lufs=lufs), recipe_for(styles["house"]), styles["house"]).clips[0].gain_db
        for lufs in (-10.0, -24.0)
    )
    assert quiet - loud == pytest.approx(14.0)


def test_a_song_without_a_voice_keeps_its_tune(styles: Mapping[str, StylePack]) -> None:
    pack = styles["house"]
    sung, played = pack.stems_for(song_chart()), pack.stems_for(song_chart(sing=False))
    assert (sung.vocals.keep, sung.other.keep) == (True, False)
    assert (played.vocals.keep, played.other.keep, played.drums.keep) == (False, True, False)
    (bus,) = arrange(song_chart(sing=False, lufs=-16.0), recipe_for(pack, stems=played), pack).buses
    assert bus.stem == "other"
    assert bus.gain_db == pack.stems.other.gain_db
