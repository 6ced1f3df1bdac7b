"""The tune on an instrument: which phrases, in which register, how it slides, and that a locked tune stays."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import StylePack, arrange
from contrafact.engine.arranging.articulation import Manner, folded, manner_of, played, slurred
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import Grid, build_grid
from contrafact.engine.arranging.levelling import levelled
from contrafact.engine.arranging.library import load_instruments
from contrafact.engine.arranging.melodies import Handed, choose_soloist, hand_over
from contrafact.engine.arranging.mixing import Mood
from contrafact.engine.arranging.timeline import Instrument, Note, Part
from contrafact.engine.arranging.tonality import Tonality
from contrafact.engine.arranging.tunes import Tone, find_phrases
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe, Strengths
from tests.support.charts import song_chart
from tests.support.melodies import with_notes, with_tune
from tests.support.recipes import recipe_for

INSTRUMENTS = ("violin", "flute", "guitar", "lead", "piano", "saxophone", "cello", "trumpet")


def ask(instrument: str | None, melody: float, place: str = "replace", **more: Any) -> Recipe:
    return recipe_for(
        None,
        strengths=Strengths(melody=melody),
        melody={"instrument": instrument, "place": place},
        **more,
    )


def hand(chart: Chart, recipe: Recipe) -> tuple[Handed, Grid]:
    form = choose_form(chart, recipe)
    grid = build_grid(chart, form, None)
    return hand_over(chart, recipe, None, Mood(), form, grid), grid


def test_nothing_is_handed_over_without_strength() -> None:
    handed = hand(with_tune(song_chart()), ask("violin", 0.0))[0]
    assert (handed.parts, handed.rests) == ((), ())
    assert "strengths.melody" in handed.notes_for_people[0]
    assert hand(with_tune(song_chart()), ask(None, 0.0))[0] == Handed()


@given(seed=st.integers(0, 5), low=st.floats(0.05, 0.95), more=st.floats(0.0, 0.9))
@settings(max_examples=15)
def test_what_a_smaller_share_hands_over_a_larger_one_does_too(seed: int, low: float, more: float) -> None:
    chart = with_tune(song_chart(), seed)
    some, _ = hand(chart, ask("flute", low, seed=seed))
    others, _ = hand(chart, ask("flute", min(1.0, low + more), seed=seed))

    def silent(handed: Handed, time_s: float) -> bool:
        return any(start <= time_s < end for start, end in handed.rests)

    for start_s, end_s in some.rests:
        assert silent(others, (start_s + end_s) / 2)
    assert sum(end - start for start, end in some.rests) <= sum(end - start for start, end in others.rests) + 1e-6


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_share_of_phrases_is_that_of_the_strength(share: float) -> None:
    chart = with_tune(song_chart())
    handed, _ = hand(chart, ask("violin", share))
    phrases = find_phrases(chart)
    whole_s = sum(phrase.end_s - phrase.start_s for phrase in phrases)
    longest_s = max(phrase.end_s - phrase.start_s for phrase in phrases)
    assert abs(sum(end - start for start, end in handed.rests) - share * whole_s) <= longest_s


def test_a_locked_melody_stays_with_the_voice(styles: Mapping[str, StylePack]) -> None:
    chart = with_tune(song_chart())
    pack = styles["acoustic-ballad"]
    strengths = pack.strengths.model_copy(update={"melody": 0.0})
    recipe = recipe_for(pack, strengths=strengths, locks=("melody",), melody={"instrument": "violin"})
    timeline = arrange(chart, recipe, pack)
    assert not [part for part in timeline.parts if part.role == "melody"]
    kept = [clip for clip in timeline.clips if clip.stem == "vocals"]
    plain = arrange(chart, recipe_for(pack, strengths=strengths), pack)
    assert kept == [clip for clip in plain.clips if clip.stem == "vocals"]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("semitones", [-7, 0, 5])
def test_an_instrument_plays_the_sung_notes_in_its_register(instrument: str, semitones: int) -> None:
    chart = with_tune(song_chart(), tuning_cents=-23.0)
    handed, _ = hand(chart, ask(instrument, 1.0, transpose_semitones=semitones))
    word = load_instruments()[instrument]
    notes = handed.parts[0].notes
    assert handed.parts[0].instrument.program == word.program
    assert all(word.low <= note.pitch <= word.high for note in notes)
    assert chart.melody is not None
    sung = [(n.start_s, round(n.pitch_midi + 0.23 + semitones) % 12) for n in chart.melody.notes]
    assert len(notes) == len(sung)
    for note, (start_s, pitch_class) in zip(notes, sung, strict=True):
        assert note.start_s == pytest.approx(start_s, abs=1e-5)
        assert note.pitch % 12 == pitch_class


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_phrases_keep_their_intervals(instrument: str) -> None:
    """Octaves are chosen for a phrase, not for a note: the tune does not jump where the singer did not."""
    chart = with_tune(song_chart())
    notes = hand(chart, ask(instrument, 1.0))[0].parts[0].notes
    assert chart.melody is not None
    sung = [round(note.pitch_midi) for note in chart.melody.notes]
    steps = [(b.pitch - a.pitch) - (d - c) for a, b, c, d in zip(notes, notes[1:], sung, sung[1:], strict=False)]
    assert sum(step != 0 for step in steps) <= 0.1 * len(steps)


def test_the_voice_is_silent_for_the_phrases_and_sings_the_others() -> None:
    chart = with_tune(song_chart())
    recipe = ask("violin", 0.5)
    handed, _ = hand(chart, recipe)
    timeline = arrange(chart, recipe, None)
    voice = [clip for clip in timeline.clips if clip.stem == "vocals"]
    assert chart.melody is not None
    for note in chart.melody.notes:
        middle_s = (note.start_s + note.end_s) / 2
        rests = any(start <= middle_s < end for start, end in handed.rests)
        sings = any(clip.target_start_s <= middle_s < clip.target_end_s for clip in voice)
        plays = any(n.start_s <= middle_s < n.start_s + n.duration_s for n in handed.parts[0].notes)
        assert sings != rests
        assert plays == rests


def test_doubling_leaves_the_voice_and_answers_come_where_it_rests() -> None:
    chart = with_tune(song_chart())
    double, _ = hand(chart, ask("violin", 1.0, "double"))
    assert double.rests == ()
    assert len(double.parts[0].notes) == len(find_phrases(chart)[0].notes) + sum(
        len(phrase.notes) for phrase in find_phrases(chart)[1:]
    )
    answers, grid = hand(chart, ask("violin", 1.0, "rests"))
    assert answers.rests == ()
    notes = answers.parts[0].notes
    assert notes
    assert chart.melody is not None
    for note in notes:
        assert not any(
            sung.start_s < note.start_s + note.duration_s - 0.05 and note.start_s + 0.05 < sung.end_s
            for sung in chart.melody.notes
        )
    tonality = Tonality(chart, grid)
    for note in notes:
        span = grid.chord(note.start_s)
        assert span is not None
        assert span.tones is not None
        assert note.pitch % 12 in tonality.key(note.start_s).scale | set(span.tones.pitch_classes)


@given(seed=st.integers(0, 20), strength=st.floats(0.5, 1.0))
@settings(max_examples=20)
def test_variation_stays_on_the_chord_and_keeps_the_pillars(seed: int, strength: float) -> None:
    chart = with_tune(song_chart(chords=("A:min", "F:maj", "C:maj", "G:maj")), seed, spread_cents=0.0)
    varied, grid = hand(chart, ask(None, strength, seed=seed))
    tonality = Tonality(chart, grid)
    assert chart.melody is not None
    sung = {(round(n.start_s, 4), round(n.pitch_midi) % 12) for n in chart.melody.notes}
    for note in varied.parts[0].notes:
        span = grid.chord(note.start_s)
        allowed = tonality.key(note.start_s).scale
        if span is not None and span.tones is not None:
            allowed |= set(span.tones.pitch_classes)
        assert note.pitch % 12 in allowed or (round(note.start_s, 4), note.pitch % 12) in sung
    # Whoever sings a bar's first note sings the tune: that note is never exchanged.
    starts = {round(bar.start_s, 3) for bar in grid.bars}
    played_at = {round(n.start_s, 3): n.pitch % 12 for n in varied.parts[0].notes}
    for start_s, pitch_class in sung:
        if round(start_s, 3) in starts and round(start_s, 3) in played_at:
            assert played_at[round(start_s, 3)] == pitch_class


def test_more_strength_varies_more_and_half_strength_not_at_all() -> None:
    chart = with_tune(song_chart(), spread_cents=0.0)
    assert chart.melody is not None
    sung = {(round(n.start_s, 3), round(n.pitch_midi) % 12) for n in chart.melody.notes}

    def strange(strength: float) -> int:
        notes = hand(chart, ask(None, strength))[0].parts[0].notes
        return sum((round(note.start_s, 3), note.pitch % 12) not in sung for note in notes)

    counts = [strange(strength) for strength in (0.5, 0.7, 0.85, 1.0)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] > 10
    named = hand(chart, ask("violin", 1.0))[0].parts[0].notes
    assert all((round(note.start_s, 3), note.pitch % 12) in sung for note in named)


def test_joined_notes_slide_from_where_the_last_one_was() -> None:
    chart = with_notes(song_chart(bpm=60.0), [(5.0, 5.6, 64.0), (5.62, 6.9, 66.0), (7.2, 8.0, 62.0)])
    first, second, third = hand(chart, ask("violin", 1.0))[0].parts[0].notes
    assert first.bend[0] == (0.0, 0.0)
    assert second.bend[0] == (0.0, -200.0)
    assert abs(dict(second.bend)[0.07]) < 1.0
    assert first.start_s + first.duration_s > second.start_s
    assert third.bend[0][1] == 0.0
    # A long note is given vibrato, and not from its beginning.
    wave = [cents for at_s, cents in second.bend if at_s > 0.2]
    assert max(wave) > 5.0
    assert min(wave) < -5.0
    assert max((abs(cents) for at_s, cents in second.bend if 0.08 < at_s < 0.25), default=0.0) < 1.0


def test_keys_and_hammers_do_not_bend() -> None:
    for instrument in ("piano", "vibraphone"):
        assert all(note.bend == () for note in hand(with_tune(song_chart()), ask(instrument, 1.0))[0].parts[0].notes)


def test_dynamics_follow_the_singer() -> None:
    chart = with_tune(song_chart())
    notes = hand(chart, ask("violin", 1.0))[0].parts[0].notes
    assert chart.melody is not None
    pairs = sorted((sung.level_db, note.velocity) for sung, note in zip(chart.melody.notes, notes, strict=True))
    quiet, loud = pairs[: len(pairs) // 4], pairs[-len(pairs) // 4 :]
    assert sum(v for _, v in loud) / len(loud) > sum(v for _, v in quiet) / len(quiet) + 8


@given(
    pitches=st.lists(st.floats(36.0, 90.0), min_size=1, max_size=12),
    gaps=st.lists(st.floats(0.0, 0.3), min_size=12, max_size=12),
    lengths=st.lists(st.floats(0.04, 2.0), min_size=12, max_size=12),
    program=st.integers(0, 127),
)
def test_every_line_is_playable(pitches: list[float], gaps: list[float], lengths: list[float], program: int) -> None:
    at_s, tones = 1.0, []
    for pitch, gap_s, length_s in zip(pitches, gaps, lengths, strict=False):
        tones.append(Tone(at_s, at_s + length_s, pitch, -20.0))
        at_s += length_s + gap_s
    manner: Manner = manner_of(program)
    moved, _ = folded(slurred(tones), 55, 79, None)
    for note in played(moved, manner, -20.0):
        assert 55 <= note.pitch <= 79
        assert note.duration_s > 0.0
        assert 1 <= note.velocity <= 127
        for curve, most in ((note.bend, 100.0 * manner.glide_semitones + 60.0), (note.swell, 12.0)):
            times = [at for at, _ in curve]
            assert times == sorted(times)
            assert all(abs(value) <= most for _, value in curve)
            assert all(-1e-6 <= at <= note.duration_s + 0.06 for at in times)


def test_a_song_without_a_tune_gets_none_and_says_so() -> None:
    handed, _ = hand(song_chart(), ask("violin", 1.0))
    assert handed.parts == ()
    assert handed.rests == ()
    assert "No melody was heard" in handed.notes_for_people[0]


@pytest.mark.parametrize(("slug", "words"), [("drums", "cannot play a tune"), ("kazoo", "no instrument 'kazoo'")])
def test_what_cannot_play_a_tune_is_refused(slug: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        hand(with_tune(song_chart()), ask(slug, 1.0))
    assert "melody.instrument" in str(refused.value)


def test_equal_recipes_give_equal_parts_and_seeds_choose_other_phrases() -> None:
    chart = with_tune(song_chart())
    assert hand(chart, ask("violin", 0.5))[0] == hand(chart, ask("violin", 0.5))[0]
    assert len({hand(chart, ask("violin", 0.5, seed=seed))[0].rests for seed in range(5)}) > 1


def test_the_styles_own_soloist_plays_unless_it_is_excluded(styles: Mapping[str, StylePack]) -> None:
    words = load_instruments()
    pack = styles["acoustic-ballad"]
    cello = next(part for part in pack.parts if part.role == "lead")
    recipe = recipe_for(pack)
    assert choose_soloist(recipe, pack, words).program == cello.program
    without = recipe_for(pack, instruments_without=("cello",))
    assert choose_soloist(without, pack, words).program == words["violin"].program
    assert choose_soloist(recipe_for(None), None, words).program == words["violin"].program


def test_a_louder_band_makes_the_tune_louder_within_bounds() -> None:
    violin = Instrument("soundfont", program=40)
    tune = Part("melody", "melody", violin, (Note(0.0, 1.0, 70, 90),), gain_db=0.5)

    def gain_over(gain_db: float) -> float:
        notes = tuple(Note(float(second), 1.0, 60, 96) for second in range(20))
        return levelled((tune,), (Part("piano", "chords", violin, notes, gain_db=gain_db),))[0].gain_db

    gains = [gain_over(gain_db) for gain_db in (-60.0, -12.0, -8.0, -4.0, 0.0, 12.0)]
    assert gains == sorted(gains)
    assert gains[0] == 0.5
    assert gains[-1] == 5.5
    assert gains[2] < gains[3]
    assert levelled((tune,), ()) == (tune,)


def test_where_something_is_kept_the_tune_is_as_loud_as_the_voice_was() -> None:
    chart = with_tune(song_chart())
    assert chart.melody is not None
    softer = chart.model_copy(
        update={
            "melody": chart.melody.model_copy(
                update={
                    "notes": tuple(
                        note.model_copy(update={"level_db": note.level_db - 4.0}) for note in chart.melody.notes
                    )
                }
            )
        }
    )
    gains = [
        next(part for part in arrange(song, ask("violin", 1.0), None).parts if part.role == "melody").gain_db
        for song in (chart, softer)
    ]
    assert gains[0] - gains[1] == pytest.approx(4.0, abs=0.01)
    velocities = [[n.velocity for n in hand(song, ask("violin", 1.0))[0].parts[0].notes] for song in (chart, softer)]
    assert velocities[0] == velocities[1]


def test_doubtful_notes_of_a_phrase_are_played_where_they_belong_to_the_chord() -> None:
    plain = song_chart(chords=("C:maj",), bpm=60.0)
    chart = with_notes(plain, [(5.0, 5.9, 64.0), (6.0, 6.4, 67.0), (6.5, 6.9, 66.0), (7.0, 7.9, 60.0)])
    assert chart.melody is not None
    notes = [
        note.model_copy(update={"confidence": 0.2}) if 6.0 <= note.start_s < 7.0 else note
        for note in chart.melody.notes
    ]
    doubtful = chart.model_copy(update={"melody": chart.melody.model_copy(update={"notes": tuple(notes)})})
    played = hand(doubtful, ask("piano", 1.0))[0].parts[0].notes
    assert [note.pitch % 12 for note in played] == [4, 7, 0]


@pytest.mark.parametrize("place", ["replace", "double", "rests"])
def test_a_phrase_of_which_nothing_can_be_played_is_left_out(place: str) -> None:
    chart = with_notes(
        song_chart(chords=("C:maj",), bpm=60.0), [(5.0, 6.9, 64.0), (12.0, 13.9, 66.0), (20.0, 21.9, 60.0)]
    )
    assert chart.melody is not None
    notes = [
        note.model_copy(update={"confidence": 0.34}) if note.pitch_midi == 66.0 else note for note in chart.melody.notes
    ]
    doubtful = chart.model_copy(update={"melody": chart.melody.model_copy(update={"notes": tuple(notes)})})
    parts = hand(doubtful, ask("piano", 1.0, place))[0].parts
    assert all(note.pitch % 12 != 6 for part in parts for note in part.notes)
