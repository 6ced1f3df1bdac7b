"""Layers of the voice: what a recipe asks for, where the voice sings, on the grid, under the lead."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging.arrange import arrange
from contrafact.engine.arranging.clips import lay_clips
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import build_grid
from contrafact.engine.arranging.resting import rested
from contrafact.engine.arranging.second_voices import shift_at
from contrafact.engine.arranging.singing import remarks, sing
from contrafact.engine.arranging.timeline import Clip, Timeline
from contrafact.engine.arranging.voices import VoiceLayer
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse, Strengths, Tempo
from contrafact.engine.recipe.wishes import VoiceUse
from tests.support.sung_songs import SungSong, sung_song

SHA = "a" * 64
FORM = (("verse", "A", 8, 0.4), ("chorus", "B", 8, 0.9), ("verse", "A", 4, 0.5), ("chorus", "B", 4, 1.0))
EVERYTHING = VoiceUse(
    harmonies=(2, -5),
    double=1.0,
    choir=1.0,
    formant_semitones=-2.0,
    vocoder=1.0,
    chops=1.0,
    stutter=1.0,
    responses=0.3,
    throws=1.0,
)


@pytest.fixture(scope="module")
def song() -> SungSong:
    return sung_song(form=FORM)


def recipe(**more: object) -> Recipe:
    return Recipe.model_validate({"sources": (SHA,), **more})


def take(song: SungSong, voice: VoiceUse | None = None, strength: float = 0.0, **more: object) -> Timeline:
    asked = recipe(voice=voice or VoiceUse(), strengths=Strengths(vocals=strength), **more)
    return arrange(song.chart, asked, None)


def layers(
    song: SungSong, voice: VoiceUse | None = None, strength: float = 0.0, **more: object
) -> dict[str, VoiceLayer]:
    return {layer.name: layer for layer in take(song, voice, strength, **more).voices}


def test_nothing_asked_nothing_sung(song: SungSong) -> None:
    assert take(song).voices == ()


def test_a_locked_voice_is_left_alone(song: SungSong) -> None:
    locked = take(song, locks=("vocals",))
    assert locked.voices == ()
    assert locked.clips == take(song).clips


def test_a_treatment_leaves_the_clips_alone(song: SungSong) -> None:
    assert take(song, EVERYTHING, 1.0).clips == take(song).clips


def test_no_voice_no_layers(song: SungSong) -> None:
    silent = StemsUse(vocals=StemUse(keep=False))
    assert layers(song, EVERYTHING, stems=silent) == {}
    nobody = replace(song, chart=song.chart.model_copy(update={"melody": None, "vocal_regions": ()}))
    assert layers(nobody, EVERYTHING, 1.0) == {}


def test_it_is_said_where_there_is_no_voice_to_treat(song: SungSong) -> None:
    asked = recipe(voice=VoiceUse(double=1.0))
    assert remarks(recipe(), ()) == ()
    assert remarks(asked, take(song, VoiceUse(double=1.0)).voices) == ()
    assert "Nobody" in remarks(asked, ())[0]
    left_out = asked.model_copy(update={"stems": StemsUse(vocals=StemUse(keep=False))})
    assert "left out" in remarks(left_out, ())[0]


def test_a_cover_has_nobody_to_treat(song: SungSong) -> None:
    asked = recipe(voice=VoiceUse(double=1.0), kind="cover")
    form = choose_form(song.chart, asked)
    clips = lay_clips(form, ("vocals",), song.chart.duration_s, 0.0)
    assert sing(song.chart, asked, None, form, build_grid(song.chart, form, None), clips) == ()


def test_everything_asked_is_there(song: SungSong) -> None:
    names = set(layers(song, EVERYTHING))
    assert names >= {"lead", "harmony-1", "harmony-2", "double", "choir", "vocoder", "chops", "stutter", "throws"}
    assert "responses" in layers(song, VoiceUse(responses=1.0))


def test_a_strength_grows_in_steps_that_hold(song: SungSong) -> None:
    before: dict[str, VoiceLayer] = {}
    counts = []
    for strength in (0.1, 0.25, 0.4, 0.55, 0.75, 1.0):
        now = layers(song, strength=strength)
        assert set(before) <= set(now)
        for name, layer in before.items():
            assert now[name].gain_db > layer.gain_db
            assert {piece.target_start_s for piece in layer.pieces} <= {p.target_start_s for p in now[name].pieces}
        counts.append(len(now))
        before = now
    assert counts[0] == 1
    assert counts[-1] == 4


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=4, unique=True))
@settings(max_examples=10)
def test_what_is_asked_grows_with_the_strength(song: SungSong, strengths: list[float]) -> None:
    takes = [layers(song, EVERYTHING, strength) for strength in sorted(strengths)]
    for less, more in pairwise(takes):
        assert set(less) <= set(more)
        assert all(more[name].gain_db >= layer.gain_db for name, layer in less.items())


def test_a_locked_melody_is_tuned_to_its_own_semitones(song: SungSong) -> None:
    free = layers(song, VoiceUse(tuning=1.0))["lead"]
    locked = layers(song, VoiceUse(tuning=1.0), locks=("melody",))["lead"]
    assert free.scales
    assert locked.scales == ()
    loud, soft = (layers(song, VoiceUse(harmonies=(2,)), locks=locks)["harmony-1"] for locks in ((), ("melody",)))
    assert soft.gain_db < loud.gain_db - 3.0
    assert soft.shifts == loud.shifts


def test_layers_stay_under_the_lead(song: SungSong) -> None:
    for layer in layers(song, EVERYTHING, 1.0).values():
        assert layer.gain_db <= (0.0 if layer.kind == "lead" else -4.0)


def test_the_lead_steps_back_behind_a_strong_vocoder(song: SungSong) -> None:
    weak = layers(song, VoiceUse(vocoder=0.5), 1.0)
    strong = layers(song, VoiceUse(vocoder=1.0, sections=("chorus",)), 1.0)
    assert "lead" not in weak
    assert {piece.gain_db for piece in strong["lead"].pieces} == {-9.0}
    assert len(strong["lead"].pieces) == len(strong["vocoder"].pieces)
    assert "lead" not in layers(song, VoiceUse(vocoder=1.0), 1.0, locks=("melody",))
    toned = layers(song, VoiceUse(vocoder=1.0, breath=0.5, sections=("chorus",)), 1.0)["lead"]
    assert {piece.gain_db for piece in toned.pieces} == {-9.0, 0.0}


def test_sections_limit_where(song: SungSong) -> None:
    timeline = take(song, EVERYTHING.model_copy(update={"sections": ("chorus",)}))
    spans = [(bar.start_s, bar.end_s) for bar in timeline.bars if bar.section == "chorus"]
    for layer in timeline.voices:
        if layer.kind == "lead":
            continue
        for piece in layer.pieces:
            middle_s = 0.5 * (piece.source_start_s + piece.source_end_s)
            assert any(start - 0.5 <= middle_s <= end for start, end in spans), layer.name


def test_harmonies_are_in_key_on_the_chord_and_apart(song: SungSong) -> None:
    found = layers(song, VoiceUse(harmonies=(2, -2, 4)))
    lines = [found[f"harmony-{number}"] for number in (1, 2, 3)]
    for note in song.notes:
        heights = [note.pitch_midi + shift_at(line.shifts, note.start_s + 0.1) for line in lines]
        assert len({round(height) for height in heights}) == 3
        assert all(round(height) % 12 in {0, 2, 4, 5, 7, 9, 11} for height in heights)


def test_layers_cover_the_notes(song: SungSong) -> None:
    double = layers(song, VoiceUse(double=1.0))["double"]
    for note in song.notes:
        assert any(p.source_start_s <= note.start_s and note.end_s <= p.source_end_s for p in double.pieces)
    assert all(piece.source_start_s == piece.target_start_s for piece in double.pieces)


def test_the_take_transposed_and_faster_is_sung_so(song: SungSong) -> None:
    plain = layers(song, VoiceUse(harmonies=(2,)))["harmony-1"]
    moved = layers(song, VoiceUse(harmonies=(2,)), tempo=Tempo(ratio=1.25), transpose_semitones=3)["harmony-1"]
    assert [shift.semitones for shift in plain.shifts] == [shift.semitones for shift in moved.shifts]
    for one, two in zip(plain.notes, moved.notes, strict=True):
        assert two.start_s == pytest.approx(one.start_s / 1.25, abs=1e-4)
        assert two.pitch == one.pitch + 3


@pytest.mark.parametrize("name", ["chops", "stutter"])
@pytest.mark.parametrize("ratio", [1.0, 0.9])
def test_cuts_lie_on_the_grid_in_rests(song: SungSong, name: str, ratio: float) -> None:
    timeline = take(song, EVERYTHING, tempo=Tempo(ratio=ratio))
    beats = [beat for bar in timeline.bars for beat in bar.beats_s] + [timeline.bars[-1].end_s]
    grid = np.concatenate([np.linspace(a, b, 5)[:-1] for a, b in pairwise(beats)])
    layer = next(layer for layer in timeline.voices if layer.name == name)
    assert layer.pieces
    for piece in layer.pieces:
        assert np.abs(grid - piece.target_start_s).min() < 1e-4
        # In a chop's place nobody sings.
        assert not any(
            note.start_s < piece.target_end_s - 0.02 and note.end_s > piece.target_start_s + 0.02
            for note in layer.notes
        )


def test_chops_are_tones_of_the_chord(song: SungSong) -> None:
    layer = layers(song, EVERYTHING)["chops"]
    chords = {bar.index: label for bar, label in zip(song.chart.bars, song.chart.chords, strict=True)}
    tones = {"C:maj": {0, 4, 7}, "G:maj": {7, 11, 2}, "A:min": {9, 0, 4}, "F:maj": {5, 9, 0}}
    for piece in layer.pieces:
        note = next(note for note in layer.notes if note.start_s < piece.source_start_s < note.end_s)
        bar = next(bar for bar in song.chart.bars if bar.start_s - 1e-6 <= piece.target_start_s < bar.end_s - 1e-6)
        assert (note.pitch + piece.semitones) % 12 in tones[chords[bar.index].label]


def test_echoes_end_before_the_next_word(song: SungSong) -> None:
    found = layers(song, VoiceUse(throws=1.0, responses=1.0))
    starts = sorted(note.start_s for note in song.notes)
    for name in ("throws", "responses"):
        assert found[name].pieces
        for piece in found[name].pieces:
            following = [start for start in starts if start > piece.target_start_s - 0.05]
            assert not following or piece.target_end_s <= following[0]


def test_without_a_melody_the_renderer_gets_the_rule(song: SungSong) -> None:
    older = replace(song, chart=song.chart.model_copy(update={"melody": None}))
    found = layers(older, VoiceUse(harmonies=(2,), double=0.5, throws=1.0))
    assert found["harmony-1"].interval is not None
    assert found["harmony-1"].shifts == ()
    assert found["harmony-1"].scales
    assert found["double"].pieces


def test_a_voice_that_rests_has_no_harmony(song: SungSong) -> None:
    asked = recipe(voice=VoiceUse(harmonies=(2,)))
    form = choose_form(song.chart, asked)
    grid = build_grid(song.chart, form, None)
    clips = lay_clips(form, ("vocals",), song.chart.duration_s, 0.0)
    silenced = rested(clips, ((0.0, 9.0),))
    (layer,) = sing(song.chart, asked, None, form, grid, silenced)
    assert layer.pieces
    assert min(piece.target_start_s for piece in layer.pieces) >= 9.0


def guest_clip(start_s: float, end_s: float, at_s: float, semitones: float) -> Clip:
    return Clip("vocals", start_s, end_s, at_s, at_s + end_s - start_s, source=1, semitones=semitones)


def test_a_guest_is_followed_through_its_clips(song: SungSong) -> None:
    asked = Recipe(sources=(SHA, "b" * 64), kind="mashup", voice=VoiceUse(double=1.0))
    form = choose_form(song.chart, asked)
    grid = build_grid(song.chart, form, None)
    first = song.notes[0]
    clips = (guest_clip(0.0, 4.0, 10.0, 2.0),)
    (layer,) = sing(song.chart, asked, None, form, grid, clips, source=1)
    assert layer.notes[0].start_s == pytest.approx(first.start_s + 10.0)
    assert layer.notes[0].pitch == first.pitch_midi + 2.0
    assert sing(song.chart, asked, None, form, grid, clips) == ()


def test_in_a_mashup_the_guest_is_treated(song: SungSong) -> None:
    guest = sung_song(form=FORM, seed=5)
    asked = Recipe(sources=(SHA, "b" * 64), kind="mashup", voice=VoiceUse(harmonies=(2,), double=1.0))
    voices = arrange(song.chart, asked, None, guest.chart).voices
    assert {layer.source for layer in voices} == {1}
    assert {layer.name for layer in voices} == {"harmony-1", "double"}


def test_long_singing_comes_in_parts(song: SungSong) -> None:
    regions = [song.chart.vocal_regions[0].model_copy(update={"start_s": 1.0, "end_s": 31.0})]
    chart: Chart = song.chart.model_copy(update={"melody": None, "vocal_regions": tuple(regions)})
    double = layers(replace(song, chart=chart), VoiceUse(double=1.0))["double"]
    assert all(piece.source_end_s - piece.source_start_s < 10.0 for piece in double.pieces)
    for one, two in pairwise(double.pieces):
        # They cross where they meet.
        assert one.target_end_s - two.target_start_s == pytest.approx(0.02, abs=1e-3)
        assert one.fade_out_s == two.fade_in_s == 0.02


def test_a_chart_without_bars_and_chords_has_harmonies_of_its_key(song: SungSong) -> None:
    empty: dict[str, object] = {"bars": (), "sections": (), "chords": (), "beats": ()}
    bare = replace(song, chart=song.chart.model_copy(update=empty))
    found = layers(bare, EVERYTHING, 1.0)
    assert {"harmony-1", "double", "choir"} <= set(found)
    assert "vocoder" not in found
    line = found["harmony-1"]
    assert all(
        round(n.pitch_midi + shift_at(line.shifts, n.start_s + 0.1)) % 12 in {0, 2, 4, 5, 7, 9, 11} for n in song.notes
    )


def test_the_key_that_holds_is_followed(song: SungSong) -> None:
    keys = [
        {"tonic": "C", "mode": "major", "confidence": 0.9, "start_s": 0.0, "end_s": 16.5},
        {"tonic": "D", "mode": "major", "confidence": 0.9, "start_s": 16.5, "end_s": song.chart.duration_s},
    ]
    modulating = Chart.model_validate({**song.chart.model_dump(), "keys": keys, "chords": ()})
    line = layers(replace(song, chart=modulating), VoiceUse(harmonies=(2,)))["harmony-1"]
    scales = {span.scale for span in line.scales}
    assert (0, 2, 4, 5, 7, 9, 11) in scales
    assert (1, 2, 4, 6, 7, 9, 11) in scales


def test_equal_recipes_equal_layers(song: SungSong) -> None:
    assert take(song, EVERYTHING, 0.5).voices == take(song, EVERYTHING, 0.5).voices
    other = take(song, EVERYTHING, 0.5, seed=9).voices
    assert other != take(song, EVERYTHING, 0.5).voices
