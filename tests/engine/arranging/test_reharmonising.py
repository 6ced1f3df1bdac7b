"""Other chords under the same song: they fit what is sung, keep home, change the share that was asked for."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import StylePack, arrange
from contrafact.engine.arranging.chords import ChordTones, parse_chord, scale_of, tonic_class
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import Grid, Span, build_grid
from contrafact.engine.arranging.reharmonising import played_scale, reharmonised
from contrafact.engine.arranging.tonality import KeyAt
from contrafact.engine.listening.chart import PITCH_CLASSES, Chart, KeySpan
from contrafact.engine.recipe.recipe import Recipe, Strengths
from contrafact.engine.recipe.wishes import HarmonyChange
from tests.support.charts import POP, song_chart
from tests.support.melodies import with_notes, with_tune
from tests.support.recipes import recipe_for

CHANGES: tuple[HarmonyChange, ...] = ("relative", "parallel", "jazz", "pedal", "simple")
MAJOR_DEGREES = {
    "I": (0, "maj"),
    "ii": (2, "min"),
    "iii": (4, "min"),
    "IV": (5, "maj"),
    "V": (7, "maj"),
    "vi": (9, "min"),
}
MINOR_DEGREES = {
    "i": (0, "min"),
    "III": (3, "maj"),
    "iv": (5, "min"),
    "V": (7, "7"),
    "VI": (8, "maj"),
    "VII": (10, "maj"),
}
SHORT = (("verse", "B", 4, 0.5), ("chorus", "C", 4, 0.9), ("verse", "B", 4, 0.5), ("chorus", "C", 4, 1.0))


def ask(change: HarmonyChange, share: float = 1.0, **more: Any) -> Recipe:
    return recipe_for(None, strengths=Strengths(harmony=share), harmony={"change": change}, **more)


def grids(chart: Chart, recipe: Recipe) -> tuple[Grid, Grid]:
    heard = build_grid(chart, choose_form(chart, recipe), None)
    return heard, reharmonised(heard, chart, recipe)


def labels(tonic: str, mode: str, degrees: Sequence[str]) -> tuple[str, ...]:
    table = MAJOR_DEGREES if mode == "major" else MINOR_DEGREES
    root = tonic_class(tonic)
    return tuple(f"{PITCH_CLASSES[(root + table[d][0]) % 12]}:{table[d][1]}" for d in degrees)


@st.composite
def songs(draw: st.DrawFn) -> Chart:
    """Songs in any key with four to six chords that begin and end at home, sung over."""
    mode = draw(st.sampled_from(["major", "minor"]))
    tonic = draw(st.sampled_from(PITCH_CLASSES))
    table = MAJOR_DEGREES if mode == "major" else MINOR_DEGREES
    home = "I" if mode == "major" else "i"
    middle = draw(st.lists(st.sampled_from(sorted(table)), min_size=2, max_size=2))
    chords = labels(tonic, mode, [home, *middle, home])
    bpm = draw(st.sampled_from([84.0, 120.0]))
    chart = song_chart(bpm=bpm, form=SHORT, chords=chords, key=(tonic, mode))
    return with_tune(chart, draw(st.integers(0, 99)), tuning_cents=draw(st.sampled_from([0.0, 31.0])))


def changed_at(heard: Grid, played: Grid, time_s: float) -> bool:
    one, other = heard.chord(time_s), played.chord(time_s)
    return (one.tones if one else None) != (other.tones if other else None)


def changed_share(heard: Grid, played: Grid) -> float:
    times = np.arange(heard.beat_s[0] + 0.05, heard.beat_s[-1], 0.1)
    return float(np.mean([changed_at(heard, played, float(t)) for t in times]))


def tones(span: Span | None) -> ChordTones:
    assert span is not None
    assert span.tones is not None
    return span.tones


@given(chart=songs(), change=st.sampled_from(CHANGES), share=st.floats(0.1, 1.0), seed=st.integers(0, 9))
@settings(max_examples=60)
def test_no_new_chord_grinds_against_a_held_note(chart: Chart, change: HarmonyChange, share: float, seed: int) -> None:
    heard, played = grids(chart, ask(change, share, seed=seed))
    assert chart.melody is not None
    for span in played.chords:
        middle_s = (span.start_s + span.end_s) / 2
        if span.tones is None or not changed_at(heard, played, middle_s):
            continue
        own = tones(heard.chord(middle_s))
        new = {*span.tones.pitch_classes, span.tones.bass} - {*own.pitch_classes, own.bass}
        for note in chart.melody.notes:
            if min(note.end_s, span.end_s) - max(note.start_s, span.start_s) < 0.2:
                continue
            sung = round(note.pitch_midi - chart.tuning_cents / 100) % 12
            assert not any((sung - tone) % 12 in (1, 11) for tone in new), (span, sung)


@given(chart=songs(), change=st.sampled_from(CHANGES), seed=st.integers(0, 9))
@settings(max_examples=40)
def test_spans_stay_whole_and_the_song_begins_and_ends_at_home(chart: Chart, change: HarmonyChange, seed: int) -> None:
    heard, played = grids(chart, ask(change, seed=seed))
    assert played.chords[0].start_s == heard.chords[0].start_s
    assert played.chords[-1].end_s == heard.chords[-1].end_s
    for one, two in zip(played.chords, played.chords[1:], strict=False):
        assert one.end_s == pytest.approx(two.start_s)
        assert one.start_s < one.end_s
    key = KeyAt(tonic_class(chart.key.tonic), chart.key.mode)
    homes = {key.tonic, key.relative.tonic} if change == "relative" else {key.tonic}
    assert tones(played.chords[0]).root in homes
    assert tones(played.chords[-1]).root in homes
    assert (played.bars, played.groove, played.beat_s) == (heard.bars, heard.groove, heard.beat_s)


@given(chart=songs(), change=st.sampled_from(CHANGES), low=st.floats(0.0, 1.0), more=st.floats(0.0, 1.0))
@settings(max_examples=40)
def test_what_a_smaller_share_changes_a_larger_one_does_too(
    chart: Chart, change: HarmonyChange, low: float, more: float
) -> None:
    heard, some = grids(chart, ask(change, low))
    _, others = grids(chart, ask(change, min(1.0, low + more)))
    for time_s in np.arange(heard.beat_s[0] + 0.05, heard.beat_s[-1], 0.2):
        if changed_at(heard, some, float(time_s)):
            assert changed_at(heard, others, float(time_s))


@pytest.mark.parametrize("change", CHANGES)
def test_no_share_a_lock_or_chords_as_heard_leave_the_grid_as_it_is(change: HarmonyChange) -> None:
    chart = with_tune(song_chart())
    heard, played = grids(chart, ask(change, 0.0))
    assert played is heard or played == heard
    heard, played = grids(chart, recipe_for(None, strengths=Strengths(harmony=0.8)))
    assert played == heard
    locked = recipe_for(None, locks=("harmony",))
    heard, played = grids(chart, locked)
    assert played == heard


def test_the_share_of_changed_chords_grows_with_strength() -> None:
    chart = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"), sing=False)
    shares = [changed_share(*grids(chart, ask("jazz", share))) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] > 0.9
    assert abs(shares[2] - 0.5) < 0.2


def test_a_strength_without_a_named_change_colours_first_and_then_makes_new() -> None:
    chart = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"), sing=False)

    def share(strength: float) -> float:
        return changed_share(*grids(chart, recipe_for(None, strengths=Strengths(harmony=strength))))

    shares = [share(strength) for strength in (0.0, 0.5, 0.8, 0.85, 0.9, 0.95, 1.0)]
    assert shares[:3] == [0.0, 0.0, 0.0]
    assert shares == sorted(shares)
    assert shares[-1] > 0.9


def test_relative_mode_has_the_other_home_and_the_same_notes() -> None:
    chart = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"), sing=False)
    _, played = grids(chart, ask("relative", 0.99))
    roots = [tones(played.chord(bar.start_s + 0.1)) for bar in played.bars[:4]]
    assert [(chord.root, chord.intervals) for chord in roots] == [
        (9, (0, 3, 7)),
        (9, (0, 3, 7)),
        (2, (0, 3, 7)),
        (4, (0, 3, 7)),
    ]
    minor = song_chart(chords=("A:min", "D:min", "E:7", "A:min"), key=("A", "minor"), sing=False)
    _, bright = grids(minor, ask("relative"))
    assert [tones(bright.chord(bar.start_s + 0.1)).root for bar in bright.bars[:4]] == [0, 5, 7, 0]


def test_parallel_mode_moves_third_sixth_and_seventh() -> None:
    chart = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"), sing=False)
    _, played = grids(chart, ask("parallel"))
    chords = [tones(played.chord(bar.start_s + 0.1)) for bar in played.bars[:4]]
    assert [set(chord.pitch_classes) for chord in chords] == [{0, 3, 7}, {8, 0, 3}, {5, 8, 0}, {7, 11, 2}]
    assert played_scale(chart, ask("parallel")) == scale_of(0, "minor")
    assert played_scale(chart, ask("jazz")) == scale_of(0, "major")


def test_a_kept_voice_on_the_old_third_is_not_contradicted_but_a_handed_tune_moves() -> None:
    plain = song_chart(chords=("C:maj", "F:maj", "G:maj", "C:maj"))
    thirds = [(bar.start_s, bar.end_s - 0.1, 64.0) for bar in plain.bars if bar.index % 4 == 0]
    chart = with_notes(plain, thirds)
    _, sung = grids(chart, ask("parallel"))
    first = tones(sung.chord(plain.bars[0].start_s + 0.1))
    assert first.root == 0
    assert 3 not in first.intervals
    assert 3 in tones(sung.chord(plain.bars[3].start_s + 0.1)).intervals
    _, played = grids(chart, ask("parallel", stems={"vocals": {"keep": False}}))
    assert 3 in tones(played.chord(plain.bars[0].start_s + 0.1)).intervals


def test_jazz_prepares_a_dominant_by_its_second_and_leads_to_what_follows() -> None:
    chart = song_chart(chords=("C:maj", "C:maj", "G:maj", "C:maj"), form=POP, sing=False)
    found = {"two-five": 0, "led": 0}
    for seed in range(8):
        _, played = grids(chart, ask("jazz", seed=seed))
        spans = [tones(span) for span in played.chords]
        for one, two, three in zip(spans, spans[1:], spans[2:], strict=False):
            found["two-five"] += one.root == 2 and one.minor and two.root == 7 and three.root == 0
            found["led"] += two.intervals[:4] == (0, 4, 7, 10) and (two.root - three.root) % 12 in (7, 1)
    assert found["two-five"] > 0
    assert found["led"] > 0


def test_dominant_sevenths_resolve() -> None:
    """A chord that was put in as a dominant goes where it leads, or first to the second before that."""
    for chords in (("C:maj", "A:min", "F:maj", "G:maj"), ("C:maj", "E:min", "D:min", "G:7")):
        chart = song_chart(chords=chords, sing=False)
        heard, played = grids(chart, ask("jazz"))
        spans = played.chords
        for one, two in pairwise(spans):
            chord = tones(one)
            own = tones(heard.chord(one.start_s + 0.01))
            if chord.root != own.root and 10 in chord.intervals and 4 in chord.intervals:
                assert (chord.root - tones(two).root) % 12 in (0, 1, 7)


def test_equal_verses_are_harmonised_alike() -> None:
    chart = song_chart(sing=False)
    _, played = grids(chart, ask("jazz", 0.6))
    verses = [bar for bar in played.bars if bar.section == "verse"]
    for one, two in zip(verses[1:7], verses[9:15], strict=True):
        assert tones(played.chord(one.start_s + 0.1)) == tones(played.chord(two.start_s + 0.1))


def test_a_pedal_holds_the_tonic_in_the_bass_and_keeps_the_chords() -> None:
    chart = song_chart(chords=("C:maj", "F:maj", "G:maj", "A:min"), sing=False)
    heard, played = grids(chart, ask("pedal"))
    held = 0
    for bar in played.bars:
        own, new = tones(heard.chord(bar.start_s + 0.1)), tones(played.chord(bar.start_s + 0.1))
        assert new.pitch_classes == own.pitch_classes
        assert new.bass in (own.bass, 0, 7)
        held += new.bass == 0 and own.bass != 0
    assert held > len(played.bars) / 3


def test_simple_chords_are_triads_one_a_bar() -> None:
    plain = song_chart(sing=False)
    halves = []
    for number, chord in enumerate(plain.chords):
        middle_s = (chord.start_s + chord.end_s) / 2
        one, two = ("C:maj7", "E:min7") if number % 2 else ("A:min7", "F:maj7/3")
        halves += [
            chord.model_copy(update={"label": one, "end_s": middle_s}),
            chord.model_copy(update={"label": two, "start_s": middle_s}),
        ]
    chart = plain.model_copy(update={"chords": tuple(halves)})
    _, played = grids(chart, ask("simple"))
    assert len(played.chords) <= len(played.bars)
    for span in played.chords:
        assert len(tones(span).intervals) == 3
        assert tones(span).bass == tones(span).root


def test_uncertain_chords_are_left_alone() -> None:
    heard, played = grids(song_chart(confidence=0.2), ask("jazz"))
    assert played == heard


def test_the_key_that_holds_decides() -> None:
    """After a modulation the same chord has another function."""
    plain = song_chart(chords=("C:maj", "F:maj", "G:maj", "C:maj"), sing=False)
    turn_s = plain.bars[16].start_s
    spans = (
        KeySpan(tonic="C", mode="major", confidence=0.9, start_s=0.0, end_s=turn_s),
        KeySpan(tonic="F", mode="major", confidence=0.9, start_s=turn_s, end_s=plain.duration_s),
    )
    chart = plain.model_copy(update={"keys": spans})
    _, played = grids(chart, ask("parallel"))
    before, after = played.chord(plain.bars[1].start_s + 0.1), played.chord(plain.bars[17].start_s + 0.1)
    assert set(tones(before).pitch_classes) == {5, 8, 0}
    assert set(tones(after).pitch_classes) == {5, 8, 0}
    # C is home in the one and the dominant of the other.
    assert set(tones(played.chord(plain.bars[0].start_s + 0.1)).pitch_classes) == {0, 3, 7}
    assert set(tones(played.chord(plain.bars[20].start_s + 0.1)).pitch_classes) == {0, 4, 7}


@given(tonic=st.integers(0, 11), mode=st.sampled_from(["major", "minor"]))
def test_keys_have_relatives_and_parallels(tonic: int, mode: Any) -> None:
    key = KeyAt(tonic, mode)
    assert key.relative.scale == key.scale
    assert key.relative.relative == key
    assert key.parallel.parallel == key
    moved = {(tone + key.moves_to_parallel().get(tone, 0)) % 12 for tone in key.scale}
    assert moved == key.parallel.scale


def test_labels_of_this_test_are_chords() -> None:
    assert all(parse_chord(label) for label in labels("F#", "minor", ["i", "V", "VI"]))


@pytest.mark.parametrize("change", CHANGES)
def test_the_band_plays_the_new_chords(styles: Mapping[str, StylePack], change: HarmonyChange) -> None:
    pack = styles["acoustic-ballad"]
    chart = with_tune(song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj")))
    recipe = recipe_for(
        pack, strengths=Strengths(rhythm=1, timbre=1, harmony=1), harmony={"change": change}, transpose_semitones=2
    )
    played = reharmonised(build_grid(chart, choose_form(chart, recipe), pack.tempo), chart, recipe)
    timeline = arrange(chart, recipe, pack)
    inside = outside = 0
    for part in timeline.parts:
        if part.role not in ("chords", "pad"):
            continue
        for note in part.notes:
            span = played.chord(note.start_s + 0.03)
            if span is not None and span.tones is not None:
                fits = (note.pitch - 2) % 12 in span.tones.pitch_classes
                inside, outside = inside + fits, outside + (not fits)
    # A push before the beat already belongs to the chord that it pushes to.
    assert inside > 20 * outside


def test_what_is_not_done_is_said() -> None:
    chart = with_tune(song_chart())
    for recipe, words in (
        (ask("jazz", 0.0), "The chords stay as heard"),
        (ask("parallel"), "The voice keeps its own mode"),
    ):
        assert any(sentence.startswith(words) for sentence in arrange(chart, recipe, None).notes_for_people)
    assert arrange(chart, ask("jazz"), None).notes_for_people == ()
