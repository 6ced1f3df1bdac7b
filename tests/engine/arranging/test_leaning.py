"""Songs that were heard uncertainly: nothing is played over guesses, the recording sounds there, and it is said."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import StylePack, arrange
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import build_grid
from contrafact.engine.arranging.leaning import GUESSED, LIKELY, Leaning, lean
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.listening.chart import Chart, Tempo
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse
from tests.support.charts import LONG, song_chart
from tests.support.recipes import recipe_for

HARMONY = ("bass", "chords", "pad", "arpeggio", "lead", "counter")


def unsure(chart: Chart, *labels: str, confidence: float = 0.2) -> Chart:
    """The chart with chords of some sections heard badly."""
    spans = [(section.start_s, section.end_s) for section in chart.sections if section.label in labels]
    chords = [
        chord.model_copy(update={"confidence": confidence})
        if any(start <= chord.start_s + 0.01 < end for start, end in spans)
        else chord
        for chord in chart.chords
    ]
    return chart.model_copy(update={"chords": tuple(chords)})


def leaning_of(chart: Chart, recipe: Recipe, pack: StylePack | None) -> Leaning:
    grid = build_grid(chart, choose_form(chart, recipe), None)
    return lean(chart, recipe, pack, grid)


def harmony_in(timeline: Timeline, start_s: float, end_s: float) -> int:
    return sum(
        note.start_s < end_s - 0.1 and start_s + 0.1 < note.start_s + note.duration_s
        for part in timeline.parts
        if part.role in HARMONY
        for note in part.notes
    )


@pytest.mark.parametrize("slug", ["acoustic-ballad", "house", "bossa-nova"])
def test_an_uncertain_bridge_is_left_to_the_recording(styles: Mapping[str, StylePack], slug: str) -> None:
    chart = unsure(song_chart(form=LONG), "bridge")
    bridge = next(section for section in chart.sections if section.label == "bridge")
    pack = styles[slug]
    timeline = arrange(chart, recipe_for(pack), pack)
    assert harmony_in(timeline, bridge.start_s + 1.0, bridge.end_s - 1.0) == 0
    assert harmony_in(timeline, bridge.start_s - 8.0, bridge.start_s) > 0
    drums = next(part for part in timeline.parts if part.role == "drums")
    assert any(bridge.start_s < note.start_s < bridge.end_s for note in drums.notes)
    if not pack.stems.other.keep:
        clips = [clip for clip in timeline.clips if clip.stem == "other"]
        assert min(clip.target_start_s for clip in clips) == pytest.approx(bridge.start_s, abs=0.05)
        assert max(clip.target_end_s for clip in clips) == pytest.approx(bridge.end_s, abs=0.05)
        assert all(clip.fade_in_s > 0.0 for clip in clips)
        assert any(bus.stem == "other" for bus in timeline.buses)
    assert timeline.notes_for_people[0].startswith("Chords of the bridge are uncertain; ")


def test_a_song_that_was_heard_well_is_played_as_ever(styles: Mapping[str, StylePack]) -> None:
    pack = styles["acoustic-ballad"]
    found = leaning_of(song_chart(confidence=0.8), recipe_for(pack), pack)
    assert (found.spans, found.stems, found.notes_for_people) == ((), (), ())
    assert all(span.sure for span in found.grid.chords if span.tones)


def test_chords_in_between_are_played_bare() -> None:
    found = leaning_of(song_chart(confidence=(GUESSED + LIKELY) / 2), recipe_for(None), None)
    assert all(span.tones is not None and not span.sure for span in found.grid.chords)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tempo": Tempo(bpm=110.0, confidence=0.1, steady=False)}, "The beat of this recording is uncertain"),
        ({}, "Most chords of this recording are uncertain"),
    ],
)
def test_a_song_that_was_heard_badly_keeps_its_own_instruments(
    styles: Mapping[str, StylePack], change: dict[str, Tempo], words: str
) -> None:
    pack = styles["acoustic-ballad"]
    chart = song_chart(confidence=0.8 if change else 0.15).model_copy(update=change)
    timeline = arrange(chart, recipe_for(pack), pack)
    assert not any(part.role in HARMONY for part in timeline.parts)
    assert {bus.stem for bus in timeline.buses} >= {"other", "bass"}
    assert timeline.notes_for_people[0].startswith(words)
    assert "there" not in timeline.notes_for_people[0]


def test_few_bars_are_too_few() -> None:
    chart = song_chart(form=(("verse", "A", 6, 0.5),))
    assert "Too few bars" in leaning_of(chart, recipe_for(None), None).notes_for_people[0]


def test_what_the_recipe_itself_drops_stays_dropped(styles: Mapping[str, StylePack]) -> None:
    pack = styles["acoustic-ballad"].model_copy(
        update={
            "stems": styles["acoustic-ballad"].stems.model_copy(
                update={"other": styles["acoustic-ballad"].stems.vocals}
            )
        }
    )
    chart = unsure(song_chart(form=LONG), "bridge")
    stems = StemsUse(drums=StemUse(keep=False), bass=StemUse(keep=False), other=StemUse(keep=False))
    assert leaning_of(chart, recipe_for(pack, stems=stems), pack).stems == ("bass",)
    excluded = recipe_for(styles["acoustic-ballad"], instruments_without=("bass",))
    timeline = arrange(chart, excluded, styles["acoustic-ballad"])
    assert not any(clip.stem == "bass" for clip in timeline.clips)
    assert any(clip.stem == "other" for clip in timeline.clips)


def test_without_a_style_nothing_is_lent_and_a_plain_take_says_nothing() -> None:
    chart = unsure(song_chart(form=LONG), "bridge")
    assert leaning_of(chart, recipe_for(None), None).stems == ()
    assert arrange(chart, recipe_for(None), None).notes_for_people == ()


@given(confidences=st.lists(st.floats(0.0, 1.0), min_size=32, max_size=32))
@settings(max_examples=40)
def test_nothing_is_played_over_a_guess(styles: Mapping[str, StylePack], confidences: list[float]) -> None:
    plain = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"))
    chords = [
        chord.model_copy(update={"confidence": confidences[place % 32]}) for place, chord in enumerate(plain.chords)
    ]
    chart = plain.model_copy(update={"chords": tuple(chords)})
    pack = styles["acoustic-ballad"]
    found = leaning_of(chart, recipe_for(pack), pack)
    for chord in chords:
        span = found.grid.chord((chord.start_s + chord.end_s) / 2)
        assert span is not None
        lent = any(start <= chord.start_s + 0.01 < end for start, end in found.spans)
        if chord.confidence < GUESSED or lent:
            assert span.tones is None
        else:
            assert span.tones is not None
            assert span.sure == (chord.confidence >= LIKELY)
    for (_, end_s), (start_s, _) in zip(found.spans, found.spans[1:], strict=False):
        assert start_s > end_s
    assert bool(found.spans) == bool(found.notes_for_people)
