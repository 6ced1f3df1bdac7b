"""Two charts with known truth: the guest's beats meet the bed's, phrases stay whole, and nothing sings twice."""

from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.arranging.compatibility import (
    Match,
    Pulse,
    best_imaginable,
    best_match,
    key_distance,
    matches,
    sentence,
)
from contrafact.engine.arranging.timeline import Clip, Timeline
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.operations import operations
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse
from contrafact.engine.recipe.wishes import GuestUse
from tests.support.charts import LONG, song_chart

BED, GUEST = "ab" * 32, "cd" * 32
KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def mashup(**changes: object) -> Recipe:
    return Recipe.model_validate({"kind": "mashup", "sources": (BED, GUEST), "seed": 3} | changes)


def guests(timeline: Timeline) -> list[Clip]:
    return [clip for clip in timeline.clips if clip.source == 1]


def transposed(semitones: int) -> tuple[str, ...]:
    names = []
    for root, quality in ((0, "maj"), (7, "maj"), (9, "min"), (5, "maj")):
        names.append(f"{KEYS[(root + semitones) % 12]}:{quality}")
    return tuple(names)


@given(st.integers(-5, 6), st.floats(0.8, 1.25))
@settings(max_examples=40, deadline=None)
def test_the_same_song_in_another_key_and_tempo_is_brought_home(semitones: int, speed: float) -> None:
    bed = song_chart(bpm=110.0)
    key = (KEYS[semitones % 12], "major")
    guest = song_chart(bpm=110.0 / speed, key=key, chords=transposed(semitones))
    match = best_match(bed, guest)
    assert key_distance(bed, guest, match.semitones) == 0.0
    assert (match.semitones + semitones) % 12 == 0
    assert match.speed * match.feel == pytest.approx(speed, abs=1e-6)


def test_a_guest_at_twice_the_tempo_is_felt_at_half() -> None:
    match = best_match(song_chart(bpm=80.0), song_chart(bpm=158.0))
    assert match.feel == 0.5
    assert match.speed == pytest.approx(80 / 158 / 0.5)


def test_every_way_is_told_once_and_the_best_first() -> None:
    ways = matches(song_chart(), song_chart(bpm=95.0))
    assert len({(way.semitones, way.feel) for way in ways}) == len(ways)
    assert [way.score for way in ways] == sorted((way.score for way in ways), reverse=True)


@given(
    st.floats(70.0, 180.0),
    st.floats(70.0, 180.0),
    st.floats(-0.03, 0.03),
    st.sampled_from([3, 4]),
    st.sampled_from([0.85, 1.0, 1.2]),
)
@settings(max_examples=40, deadline=None)
def test_beats_meet_beats_and_nothing_sounds_twice(
    bed_bpm: float, guest_bpm: float, drift: float, metre: int, ratio: float
) -> None:
    bed = song_chart(bpm=bed_bpm, form=LONG, drift=drift)
    guest = song_chart(bpm=guest_bpm, beats_per_bar=metre, drift=-drift)
    timeline = arrange(bed, mashup(tempo={"ratio": ratio}), None, guest)
    clips = guests(timeline)
    assert clips
    grid = sorted(beat for bar in timeline.bars for beat in (*bar.beats_s, bar.end_s))
    sung = sorted(beat.time_s for beat in guest.beats)
    feel = best_match(bed, guest, ratio).feel
    for clip in clips:
        assert 0.0 <= clip.source_start_s < clip.source_end_s <= guest.duration_s + 1e-6
        if feel == 1.0 and clip.fade_in_s == 0.0:
            assert _nearest(sung, clip.source_start_s) < 1e-6
            assert _nearest(grid, clip.target_start_s) < 1e-6
    for one, two in pairwise(clips):
        assert two.target_start_s >= one.target_end_s - 1e-6


def _nearest(times: list[float], time_s: float) -> float:
    at = bisect_left(times, time_s)
    return min(abs(times[near] - time_s) for near in (at - 1, at) if 0 <= near < len(times))


def test_the_beds_own_voice_rests_while_the_guest_sings() -> None:
    timeline = arrange(song_chart(form=LONG), mashup(), None, song_chart(bpm=104.0))
    own = [clip for clip in timeline.clips if clip.source == 0 and clip.stem == "vocals"]
    assert own
    for clip in guests(timeline):
        middle = (clip.target_start_s + clip.target_end_s) / 2
        voiced = any(
            region.start_s < clip.source_start_s + (middle - clip.target_start_s) * clip.ratio < region.end_s
            for region in song_chart(bpm=104.0).vocal_regions
        )
        if voiced:
            assert not any(other.target_start_s < middle < other.target_end_s for other in own)


def test_choruses_meet_choruses() -> None:
    bed, guest = song_chart(form=LONG), song_chart(bpm=104.0)
    timeline = arrange(bed, mashup(stems=StemsUse(vocals=StemUse(keep=False))), None, guest)
    met = set()
    for clip in guests(timeline):
        source_s = (clip.source_start_s + clip.source_end_s) / 2
        target_s = (clip.target_start_s + clip.target_end_s) / 2
        at = next(bar.section for bar in timeline.bars if bar.start_s <= target_s < bar.end_s)
        home = next(section.label for section in guest.sections if section.start_s <= source_s < section.end_s)
        if at in ("verse", "chorus"):
            assert home == at
            met.add(at)
    assert met == {"verse", "chorus"}


def test_both_usages_and_the_permission_are_in_the_timeline() -> None:
    packs = load_styles()
    bed, guest = song_chart(form=LONG), song_chart(bpm=104.0)
    recipe = mashup(style="house", strengths={"rhythm": 1.0, "timbre": 1.0}, guest=GuestUse(gain_db=-1.0))
    timeline = arrange(bed, recipe, packs["house"], guest)
    assert {use.sha256 for use in timeline.usage()} == {BED, GUEST}
    assert sum(use.share for use in timeline.usage()) == 1
    asked = {use.operation: use.extent for use in operations(recipe, timeline, bed.duration_s)}
    assert asked["mashup"]["source_0_seconds"] > 0
    assert asked["mashup"]["source_1_seconds"] == pytest.approx(
        sum(clip.source_end_s - clip.source_start_s for clip in guests(timeline)), abs=1e-3
    )
    assert "stems_use" in asked
    assert any("Mash-up" in note for note in timeline.notes_for_people)


def test_a_wish_for_semitones_is_kept_and_the_take_may_be_transposed() -> None:
    recipe = mashup(guest=GuestUse(semitones=4), transpose_semitones=2)
    clips = guests(arrange(song_chart(), recipe, None, song_chart()))
    assert {clip.semitones for clip in clips} == {6.0}


def silent(chart: Chart) -> Chart:
    return chart.model_copy(update={"vocal_regions": ()})


def test_what_cannot_be_mashed_is_refused() -> None:
    with pytest.raises(BadInput, match=r"sources\[1\]: nobody sings"):
        arrange(song_chart(), mashup(), None, silent(song_chart()))
    with pytest.raises(BadInput, match="a mash-up, and nothing else"):
        arrange(song_chart(), mashup(), None)
    with pytest.raises(BadInput, match="a mash-up, and nothing else"):
        arrange(song_chart(), Recipe(sources=(BED,)), None, song_chart())


@given(st.floats(60.0, 190.0), st.floats(60.0, 190.0), st.integers(0, 11), st.booleans())
@settings(max_examples=40, deadline=None)
def test_no_way_is_better_than_the_best_imaginable(bed_bpm: float, bpm: float, shift: int, minor: bool) -> None:
    bed = song_chart(bpm=bed_bpm)
    guest = song_chart(bpm=bpm, key=(KEYS[shift], "minor" if minor else "major"), chords=transposed(shift))
    imaginable = best_imaginable(
        Pulse(bed.tempo.bpm, bed.key.tonic, bed.key.mode == "minor"),
        Pulse(guest.tempo.bpm, guest.key.tonic, guest.key.mode == "minor"),
    )
    assert max((way.score for way in matches(bed, guest)), default=0.0) <= imaginable + 1e-6


def test_tempi_that_no_feeling_brings_together_are_refused() -> None:
    bed, guest = song_chart(bpm=40.0), song_chart(bpm=240.0)
    assert matches(bed, guest) == ()
    with pytest.raises(BadInput, match="too far apart"):
        best_match(bed, guest)


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (Match(0, 1.0, 1.0, 1.0), "the voice sounds as it was recorded"),
        (Match(1, 1.0, 1.0, 1.0), "the voice sounds 1 semitone higher"),
        (Match(-2, 0.5, 0.96, 0.5), "the voice sounds 2 semitones lower and 4 % slower, felt at half its tempo"),
        (Match(0, 2.0, 1.25, 0.5), "the voice sounds 25 % faster, felt at twice its tempo"),
    ],
)
def test_what_happens_to_the_voice_is_said_in_plain_words(match: Match, words: str) -> None:
    assert sentence(match) == words
