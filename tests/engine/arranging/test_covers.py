"""Covers: played by a band from the chart alone."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from contrafact.engine.arranging import StylePack, arrange
from contrafact.engine.arranging.covers import pack_for, performed
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import build_grid
from contrafact.engine.arranging.playing import pocket_of
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.operations import operations
from contrafact.engine.recipe.recipe import Recipe
from tests.support.charts import song_chart
from tests.support.melodies import with_notes, with_tune
from tests.support.recipes import SHA, recipe_for


def cover(**fields: Any) -> Recipe:
    return Recipe.model_validate({"sources": (SHA,), "kind": "cover", **fields})


def test_every_recipe_has_its_pack(styles: Mapping[str, StylePack]) -> None:
    assert pack_for(recipe_for(None), styles) is None
    assert pack_for(recipe_for(styles["house"]), styles) is styles["house"]
    plain = pack_for(cover(), styles)
    assert plain is styles["acoustic-ballad"]
    assert pack_for(cover(style="house"), styles) is styles["house"]
    few = {slug: styles[slug] for slug in ("house", "synthwave")}
    assert pack_for(cover(), few) is styles["house"]
    with pytest.raises(BadInput, match="style: there is no style 'polka'"):
        pack_for(cover(style="polka"), styles)


@pytest.mark.parametrize("style", [None, "house", "bossa-nova"])
def test_a_cover_is_tune_chords_bass_and_drums_and_nothing_of_the_master(
    styles: Mapping[str, StylePack], style: str | None
) -> None:
    chart = with_tune(song_chart())
    recipe = cover(style=style)
    pack = pack_for(recipe, styles)
    timeline = arrange(chart, recipe, pack)
    assert (timeline.clips, timeline.buses, timeline.voices, timeline.usage()) == ((), (), (), ())
    roles = {part.role for part in timeline.parts}
    assert {"melody", "drums", "bass"} <= roles
    assert roles & {"chords", "pad", "arpeggio"}
    assert timeline.notes_for_people == ()
    assert timeline.duration_s >= chart.duration_s - 1e-6
    assert [use.operation for use in operations(recipe, timeline, chart.duration_s)] == ["cover"]


def test_the_tune_is_the_sung_one_on_the_bands_grid(styles: Mapping[str, StylePack]) -> None:
    plain = with_tune(song_chart(bpm=100.0), tuning_cents=17.0)
    assert plain.melody is not None
    late = tuple(
        note.model_copy(update={"start_s": note.start_s + 0.03 * (-1) ** place})
        for place, note in enumerate(plain.melody.notes)
    )
    chart = plain.model_copy(update={"melody": plain.melody.model_copy(update={"notes": late})})
    recipe = cover(melody={"instrument": "violin"}, strengths={"melody": 1.0})
    timeline = arrange(chart, recipe, styles["acoustic-ballad"])
    notes = next(part for part in timeline.parts if part.role == "melody").notes
    assert len(notes) == len(late)
    beats = [beat for bar in timeline.bars for beat in bar.beats_s]
    for note, sung in zip(notes, late, strict=True):
        assert note.pitch % 12 == round(sung.pitch_midi - 0.17) % 12
        assert min(abs(note.start_s - beat) for beat in beats) < 0.002


def test_a_cover_of_an_instrumental_does_not_pretend(styles: Mapping[str, StylePack]) -> None:
    timeline = arrange(song_chart(sing=False), cover(), styles["acoustic-ballad"])
    assert not any(part.role == "melody" for part in timeline.parts)
    assert any("No melody was heard" in sentence for sentence in timeline.notes_for_people)
    assert any(part.role == "chords" for part in timeline.parts)


def test_the_heard_bass_is_the_bands_bass(styles: Mapping[str, StylePack]) -> None:
    plain = with_tune(song_chart(chords=("C:maj", "F:maj")))
    slashed = tuple(
        chord.model_copy(update={"bass": "E"}) if chord.label == "C:maj" else chord for chord in plain.chords
    )
    chart = plain.model_copy(update={"chords": slashed})
    bass = next(part for part in arrange(chart, cover(), styles["acoustic-ballad"]).parts if part.role == "bass")
    starts = [chord.start_s for chord in slashed if chord.bass == "E"]
    begun = [note.pitch % 12 for note in bass.notes if any(abs(note.start_s - start) < 0.03 for start in starts)]
    assert len(begun) > 8
    assert set(begun) == {4}


def test_a_cover_needs_a_band(styles: Mapping[str, StylePack]) -> None:
    with pytest.raises(BadInput, match="a cover is played by a band"):
        arrange(with_tune(song_chart()), cover(), None)
    with pytest.raises(BadInput, match="the pack is house"):
        arrange(with_tune(song_chart()), cover(style="bossa-nova"), styles["house"])


@pytest.mark.parametrize("style", ["jazz-swing", "boom-bap", "house"])
def test_off_beats_swing_as_the_band_does(styles: Mapping[str, StylePack], style: str) -> None:
    """A straight quaver of the singer is a swung one of the band, on the band's own place for it."""
    plain = song_chart(bpm=120.0)
    beat_s = 0.5
    quavers = [
        (bar.start_s + step * beat_s / 2, bar.start_s + (step + 0.9) * beat_s / 2, 64.0 + step % 3)
        for bar in plain.bars[4:8]
        for step in range(8)
    ]
    chart = with_notes(plain, quavers)
    pack = styles[style]
    recipe = performed(cover(style=style, melody={"instrument": "piano"}), pack)
    timeline = arrange(chart, cover(style=style, melody={"instrument": "piano"}), pack)
    form = choose_form(chart, recipe)
    grid = build_grid(chart, form, pack.tempo)
    pocket = pocket_of(chart, recipe, pack, form, grid)
    division = round(4 / grid.feel)
    places = [pocket.time(step / division, division) for step in range(division * (len(grid.beat_s) - 1))]
    notes = next(part for part in timeline.parts if part.role == "melody").notes
    assert len(notes) == len(quavers)
    for note in notes:
        assert min(abs(note.start_s - place) for place in places) < 1e-4
    gaps = {round(b.start_s - a.start_s, 3) for a, b in pairwise(notes)}
    assert len(gaps) <= 3
    assert (max(gaps) > 0.27) == (pocket.share > 0.55)
