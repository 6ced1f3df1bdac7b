"""Laws of every form: whole bars, exact lengths, the asked order, loops that close, drops, strengths that add up."""

from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from contrafact.engine.arranging import arrange
from contrafact.engine.arranging.form import Form, choose_form, moved, placed
from contrafact.engine.arranging.grid import build_grid
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import StemsUse, StemUse
from tests.support.charts import LONG, POP, song_chart
from tests.support.recipes import recipe_for

ONE = (("verse", "A", 3, 0.5),)
FLAT = (("verse", "A", 11, 0.5),)
CHARTS = st.builds(
    song_chart,
    bpm=st.floats(60, 190),
    beats_per_bar=st.sampled_from([2, 3, 4, 5, 7]),
    form=st.sampled_from([ONE, FLAT, POP, LONG]),
    pickup_s=st.sampled_from([0.0, 0.7]),
    tail_s=st.sampled_from([0.0, 2.5]),
    drift=st.floats(-0.1, 0.1),
    sing=st.booleans(),
)
WISHES = st.one_of(
    st.fixed_dictionaries({"form": st.fixed_dictionaries({"shape": st.sampled_from(["extended", "build_and_drop"])})}),
    st.fixed_dictionaries({"form": st.just({"shape": "radio_edit"})}),
    st.fixed_dictionaries({"length_s": st.floats(10, 400)}),
    st.fixed_dictionaries({"length_s": st.floats(10, 400), "form": st.just({"exact": True})}),
    st.fixed_dictionaries({"form": st.just({"intro_bars": 8, "outro_bars": 3})}),
    st.fixed_dictionaries({"strengths": st.fixed_dictionaries({"form": st.floats(0, 1)})}),
)
RATIOS = st.sampled_from([1.0, 0.85, 1.2])


def form_of(chart: Chart, **wishes: Any) -> Form:
    return choose_form(chart, recipe_for(None, **wishes))


def bars_of(form: Form) -> list[int | None]:
    return [slot.bar if slot.sounds else None for slot in form.slots]


@settings(max_examples=35)
@given(chart=CHARTS, wishes=WISHES, ratio=RATIOS)
def test_bars_follow_one_another_and_every_join_lies_on_bar_lines_of_both_sides(
    chart: Chart, wishes: dict[str, Any], ratio: float
) -> None:
    form = form_of(chart, tempo={"ratio": ratio}, **wishes)
    assert form.ratio == pytest.approx(ratio, rel=0.0101)
    for one, two in pairwise(form.slots):
        assert one.end_s == pytest.approx(two.start_s, abs=1e-6)
        assert one.beats_s[0] == one.start_s
        assert list(one.beats_s) == sorted(one.beats_s)
        assert one.beats_s[-1] < one.end_s
    starts = np.array([slot.start_s for slot in form.slots])
    lines = {bar.start_s for bar in form.bars}
    for segment in form.segments[1:]:
        slot = form.slot_at(segment.target_start_s)
        if slot is not None and slot.role == "build":
            continue
        assert np.abs(starts - segment.target_start_s).min() < 1e-6 or segment.source_start_s == 0.0
        assert segment.source_start_s in lines or segment.source_start_s == 0.0
    for segment in form.segments:
        assert segment.source_end_s <= chart.duration_s + 1e-6
        assert segment.target_end_s <= form.end_s + 1e-6
        length = segment.target_end_s - segment.target_start_s
        assert (segment.source_end_s - segment.source_start_s) / length == pytest.approx(form.ratio)
        assert min(bar for bar in (segment.first, segment.last)) >= 0
    for slot in form.slots:
        if slot.sounds:
            inside = (slot.start_s + slot.end_s) / 2
            heard = [s for s in form.segments if s.target_start_s <= inside <= s.target_end_s and s.first <= slot.bar]
            assert heard or slot.role == "build"


@settings(max_examples=25)
@given(chart=CHARTS, length_s=st.floats(10, 600), ratio=RATIOS, shape=st.sampled_from(["as_heard", "build_and_drop"]))
def test_an_exact_length_is_exact_and_never_stops_dead(chart: Chart, length_s: float, ratio: float, shape: str) -> None:
    recipe = recipe_for(None, length_s=length_s, tempo={"ratio": ratio}, form={"exact": True, "shape": shape})
    timeline = arrange(chart, recipe, None)
    assert timeline.duration_s == pytest.approx(length_s, abs=5e-7)
    last_s = max(clip.target_end_s for clip in timeline.clips)
    assert last_s <= timeline.duration_s + 1e-6
    faders = [dict(item.points) for item in timeline.buses[0].automation if item.knob == "gain_db"]
    faded = any(max(points) == pytest.approx(length_s) and points[max(points)] == -60.0 for points in faders)
    for clip in timeline.clips:
        if clip.target_end_s > last_s - 1e-3 and clip.source_end_s < chart.duration_s - 1e-3:
            assert clip.fade_out_s >= 0.35 or faded


@pytest.mark.parametrize("length_s", [10.0, 30.0, 60.0, 90.0, 210.0, 1200.0])
@pytest.mark.parametrize("form", [POP, LONG, FLAT])
def test_lengths_are_met_within_a_bar(length_s: float, form: Any) -> None:
    chart = song_chart(form=form, drift=0.02)
    bar_s = max(bar.end_s - bar.start_s for bar in chart.bars)
    assert form_of(chart, length_s=length_s).end_s == pytest.approx(length_s, abs=1.3 * bar_s)


def test_exactly_three_and_a_half_minutes_of_silence_at_most_a_moment() -> None:
    form = form_of(song_chart(form=LONG), length_s=210.0, form={"exact": True})
    assert form.end_s == 210.0
    assert form.segments[-1].target_end_s > 208.0


@settings(max_examples=20)
@given(
    uses=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12),
    ratio=RATIOS,
)
def test_the_asked_order_is_obeyed_to_the_bar(uses: list[tuple[int, int, int]], ratio: float) -> None:
    chart = song_chart(form=LONG)
    order, wanted = [], []
    for section, one, two in uses:
        first, last = min(one, two), max(one, two)
        order.append({"section": section, "first_bar": first, "last_bar": last})
        start = chart.sections[section].first_bar
        wanted += list(range(start + first, start + last + 1))
    form = form_of(chart, form={"order": order}, tempo={"ratio": ratio})
    assert bars_of(form) == wanted


def test_kinds_of_section_are_left_out() -> None:
    form = form_of(song_chart(form=LONG), form={"without_sections": ("verse", "break")})
    labels = [slot.section.label for slot in form.slots]
    assert "verse" not in labels
    assert "break" not in labels
    assert labels.count("chorus") == 24


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"order": [{"section": 0}, {"section": 1}, {"section": 9}]}, r"form\.order\[2\]\.section.*9 sections"),
        ({"order": [{"section": 1, "first_bar": 8}]}, r"form\.order\[0\]\.first_bar.*8 bars"),
        ({"order": [{"section": 1, "last_bar": 9}]}, r"form\.order\[0\]\.last_bar.*8 bars"),
        ({"without_sections": ("intro", "verse", "chorus", "bridge", "break", "outro")}, r"form\.without_sections"),
    ],
)
def test_what_the_song_does_not_have_is_refused_with_its_path(wish: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        form_of(song_chart(form=LONG), form=wish)


def test_an_order_of_hours_is_refused() -> None:
    chart = song_chart(form=(("verse", "A", 60, 0.5),))
    with pytest.raises(BadInput, match=r"form\.order.*minutes"):
        form_of(chart, form={"order": [{"section": 0}] * 200})


# Loops


@settings(max_examples=25)
@given(chart=CHARTS, length_s=st.one_of(st.none(), st.floats(10, 200)), ratio=RATIOS)
def test_a_loop_is_whole_bars_and_leads_into_itself(chart: Chart, length_s: float | None, ratio: float) -> None:
    recipe = recipe_for(None, length_s=length_s, tempo={"ratio": ratio}, form={"shape": "loop"})
    form = choose_form(chart, recipe)
    assert form.slots[0].start_s == pytest.approx(0.0, abs=1e-9)
    bars_s = sum(form.bars[slot.bar].end_s - form.bars[slot.bar].start_s for slot in form.slots) / ratio
    assert form.end_s == pytest.approx(bars_s)
    timeline = arrange(chart, recipe, None)
    assert timeline.duration_s == round(form.end_s, 6)
    for stem in ("drums", "bass", "other"):
        clips = [clip for clip in timeline.clips if clip.stem == stem]
        # Where the take ends, what plays is what comes before its beginning.
        opens_s = form.bars[form.slots[0].bar].start_s
        assert clips[-1].source_start_s < opens_s or opens_s == 0.0
        assert clips[0].fade_in_s == 0.0
        assert clips[0].target_start_s < 0.0 or clips[0].source_start_s == 0.0
        assert clips[-1].target_end_s > timeline.duration_s or clips[-1].source_end_s == chart.duration_s
        heard = sum(use.seconds for use in timeline.usage() if use.stem == stem)
        assert heard == pytest.approx(timeline.duration_s * ratio, abs=0.06 * len(clips) * ratio)


def test_a_loop_of_a_song_passes_its_gates_at_the_closing_join() -> None:
    form = form_of(song_chart(form=LONG), form={"shape": "loop"})
    assert form.seams[-1].faults == ()
    assert len(form.slots) in (4, 8, 16)
    assert form.slots[0].section.label == "chorus"


def test_an_exact_loop_is_whole_bars_at_a_slightly_other_tempo() -> None:
    form = form_of(song_chart(form=LONG), length_s=30.0, form={"shape": "loop", "exact": True})
    assert form.end_s == 30.0
    assert form.slots[-1].end_s == pytest.approx(30.0)
    assert form.ratio == pytest.approx(1.0, abs=0.04)
    assert any("tempo" in note for note in form.notes)


# Ways in and out, builds


def test_a_band_gets_bars_of_its_own_before_and_after_the_song(styles: Any) -> None:
    pack = styles["house"]
    chart = song_chart(form=(*LONG[:-1], ("outro", "F", 4, 0.7)), bpm=124.0)
    timeline = arrange(chart, recipe_for(pack, form={"shape": "extended"}), pack)
    alone = [bar.source_bar is None for bar in timeline.bars]
    assert alone == [True] * 16 + [False] * 60 + [True] * 16
    first, last = timeline.bars[16], timeline.bars[75]
    for clip in timeline.clips:
        assert clip.target_start_s > first.start_s - 1.0
        assert clip.target_end_s < last.end_s + chart.duration_s - chart.bars[-1].end_s + 0.1
    lengths = [bar.end_s - bar.start_s for bar in timeline.bars]
    assert np.ptp(lengths) < 1e-6
    drums = next(part for part in timeline.parts if part.role == "drums")
    opening = [note for note in drums.notes if note.start_s < timeline.bars[4].start_s]
    assert len(opening) >= 16
    pitched = [n for part in timeline.parts if part.role in ("bass", "chords", "lead", "pad") for n in part.notes]
    assert not [note for note in pitched if note.start_s < timeline.bars[4].start_s - 0.05]


def test_the_way_out_takes_over_before_a_quiet_ending() -> None:
    form = form_of(song_chart(form=LONG), form={"shape": "extended"})
    song = [slot.bar for slot in form.slots if slot.role == "song"]
    assert song == list(range(56))


def test_without_a_band_the_way_in_is_made_of_the_recording_without_its_voice() -> None:
    chart = song_chart(form=(*LONG[:-1], ("outro", "F", 4, 0.7)))
    timeline = arrange(chart, recipe_for(None, form={"intro_bars": 8, "outro_bars": 8}), None)
    assert all(bar.source_bar is not None for bar in timeline.bars)
    begin, end = timeline.bars[8].start_s, timeline.bars[-9].end_s
    voices = [clip for clip in timeline.clips if clip.stem == "vocals"]
    assert min(clip.target_start_s for clip in voices) > begin - 1.0
    assert max(clip.target_end_s for clip in voices) < end + chart.duration_s - chart.bars[-1].end_s + 0.1
    assert timeline.bars[0].section == "intro"
    assert timeline.bars[-1].section == "outro"


def test_a_voice_alone_gets_no_way_in_and_says_so() -> None:
    off = StemUse(keep=False)
    recipe = recipe_for(None, stems=StemsUse(drums=off, bass=off, other=off), form={"shape": "extended"})
    timeline = arrange(song_chart(), recipe, None)
    assert len(timeline.bars) == len(song_chart().bars)
    assert any("intro" in note for note in timeline.notes_for_people)


def test_a_voice_alone_is_cut_where_it_rests() -> None:
    off = StemUse(keep=False)
    plain = song_chart(form=LONG)
    quiet = [section for section in plain.sections if section.label == "chorus"]
    regions = [r for r in plain.vocal_regions if not any(s.start_s < r.end_s and r.start_s < s.end_s for s in quiet)]
    chart = plain.model_copy(update={"vocal_regions": tuple(regions)})

    def sung(**stems: Any) -> float:
        form = form_of(chart, length_s=60.0, **stems)
        spans = [placed(form, region.start_s, region.end_s) for region in chart.vocal_regions]
        return sum(end - start for span in spans for _, start, end in span)

    assert sung(stems=StemsUse(drums=off, bass=off, other=off)) > sung()


def test_a_build_rises_rests_for_a_breath_and_drops_into_the_fullest_section() -> None:
    chart = song_chart(form=LONG, bpm=126.0)
    timeline = arrange(chart, recipe_for(None, form={"shape": "build_and_drop"}), None)
    form = form_of(chart, form={"shape": "build_and_drop"})
    drops = [two for one, two in pairwise(form.slots) if one.role == "build" and two.role == "song"]
    assert drops
    assert all(slot.section.label == "chorus" for slot in drops)
    voices = [clip for clip in timeline.clips if clip.stem == "vocals"]
    others = next(bus for bus in timeline.buses if bus.stem == "other")
    knobs = {item.knob: dict(item.points) for item in others.automation}
    assert set(knobs) == {"gain_db", "lowpass_hz", "highpass_hz"}
    assert next(bus for bus in timeline.buses if bus.stem == "vocals").automation == ()
    for drop in drops:
        build = [slot for slot in form.slots if slot.role == "build" and slot.start_s < drop.start_s][-8:]
        assert not [c for c in voices if c.target_start_s < build[-2].start_s and c.target_end_s > build[1].start_s]
        last = build[-1]
        drums = [
            c for c in timeline.clips if c.stem == "drums" and last.start_s <= c.target_start_s < drop.start_s - 0.03
        ]
        assert max(clip.target_end_s for clip in drums) == pytest.approx(last.beats_s[-1], abs=0.05)
        after = [value for time, value in knobs["lowpass_hz"].items() if drop.start_s - 1e-3 <= time < drop.start_s + 1]
        assert after == [20_000.0]
    for item in others.automation:
        assert list(item.points) == sorted(item.points)


# Voice


def test_a_pickup_goes_with_its_phrase() -> None:
    """The voice begins 0.2 s before every fourth bar: at a join its first word comes before the line, whole."""
    chart = song_chart(form=LONG)
    timeline = arrange(chart, recipe_for(None, length_s=90.0), None)
    form = form_of(chart, length_s=90.0)
    assert form.seams
    regions = [(region.start_s, region.end_s) for region in chart.vocal_regions]
    edges = [
        edge
        for clip in timeline.clips
        if clip.stem == "vocals"
        for edge in (clip.source_start_s + 0.012, clip.source_end_s - 0.012)
        if 0.02 < edge < chart.duration_s - 0.02
    ]
    assert edges
    for edge in edges:
        assert not any(start + 0.03 < edge < end - 0.03 for start, end in regions)
    (seam,) = form_of(chart, form={"order": [{"section": 1}, {"section": 4}]}).seams
    assert seam.voice_shift_s == pytest.approx(-0.25, abs=0.06)


def test_a_take_that_begins_inside_the_song_begins_with_the_pickup() -> None:
    chart = song_chart(form=LONG)
    form = form_of(chart, form={"order": [{"section": 2}]})
    segment = form.segments[0]
    assert segment.voice_lead_s > 0.2
    assert form.slots[0].start_s == pytest.approx(segment.voice_lead_s)
    ((_, start, end),) = placed(form, chart.vocal_regions[2].start_s, chart.vocal_regions[2].end_s)
    assert start >= 0.0
    assert end - start == pytest.approx(chart.vocal_regions[2].end_s - chart.vocal_regions[2].start_s)


@settings(max_examples=20)
@given(chart=CHARTS, wishes=WISHES, ratio=RATIOS)
def test_what_is_placed_lies_where_its_stem_sounds(chart: Chart, wishes: dict[str, Any], ratio: float) -> None:
    recipe = recipe_for(None, tempo={"ratio": ratio}, **wishes)
    form, timeline = choose_form(chart, recipe), arrange(chart, recipe, None)
    for region in chart.vocal_regions[:4]:
        for segment, start, end in placed(form, region.start_s, region.end_s):
            assert "vocals" in segment.stems
            middle = (start + end) / 2
            inside = [c for c in timeline.clips if c.stem == "vocals" and c.target_start_s <= middle <= c.target_end_s]
            sources = [c.source_start_s + (middle - c.target_start_s) * c.ratio for c in inside]
            source = segment.source_start_s + (middle - segment.target_start_s) * form.ratio
            assert moved(form, segment, source) == pytest.approx(middle)
            assert any(abs(found - source) < 1e-6 for found in sources)


# Strength


def changed_share(chart: Chart, strength: float, seed: int) -> float:
    """Share of the song's bars outside the longest common course of take and song, and of bars heard again."""
    row = bars_of(form_of(chart, strengths={"form": strength}, seed=seed))
    matcher = SequenceMatcher(None, range(len(chart.bars)), row, autojunk=False)
    common = sum(block.size for block in matcher.get_matching_blocks())
    return (len(chart.bars) - common + len(row) - common) / len(chart.bars)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("form", [LONG, (*LONG, *LONG)])
def test_more_strength_moves_more_bars(form: Any, seed: int) -> None:
    chart = song_chart(form=form)
    strengths = np.linspace(0, 1, 11)
    shares = [changed_share(chart, float(strength), seed) for strength in strengths]
    assert shares[0] == 0.0
    assert spearmanr(strengths, shares).statistic >= 0.9
    assert shares[-1] >= 0.4
    joins = [len(form_of(chart, strengths={"form": float(s)}, seed=seed).seams) for s in strengths]
    assert spearmanr(strengths, joins).statistic >= 0.9


def test_a_rearranged_song_still_ends_as_it_ends_and_keeps_about_its_length() -> None:
    chart = song_chart(form=LONG)
    for seed in range(6):
        form = form_of(chart, strengths={"form": 1.0}, seed=seed)
        assert bars_of(form)[-4:] == [56, 57, 58, 59]
        assert form.slots[0].section.label == "intro"
        assert 0.7 * chart.duration_s < form.end_s < 1.4 * chart.duration_s


def test_two_seeds_rearrange_differently() -> None:
    chart = song_chart(form=(*LONG, *LONG))
    rows = {tuple(bars_of(form_of(chart, strengths={"form": 0.4}, seed=seed))) for seed in range(5)}
    assert len(rows) > 1


# The grid on any form


@settings(max_examples=20)
@given(chart=CHARTS, wishes=WISHES, ratio=RATIOS)
def test_the_grid_plays_the_chord_of_the_bar_that_holds(chart: Chart, wishes: dict[str, Any], ratio: float) -> None:
    form = form_of(chart, tempo={"ratio": ratio}, **wishes)
    grid = build_grid(chart, form, None)
    heard = build_grid(chart, form_of(chart), None)
    assert len(grid.bars) == len(form.slots)
    for slot in form.slots:
        if slot.end_s - slot.start_s < 0.3:
            continue
        span = grid.chord(slot.start_s + 0.01)
        own = heard.chord(form.bars[slot.bar].start_s + 0.01)
        assert span is not None
        assert own is not None
        assert span.tones == own.tones


def test_a_metre_change_is_kept() -> None:
    plain = song_chart(form=POP)
    bars = list(plain.bars)
    for number in (10, 11):
        bars[number] = bars[number].model_copy(update={"beats_s": bars[number].beats_s[:3]})
    chart = plain.model_copy(update={"bars": tuple(bars)})
    form = form_of(chart, length_s=60.0)
    for slot in form.slots:
        assert len(slot.beats_s) == (3 if slot.bar in (10, 11) else 4)
    assert all(len(form.bars[seam.out].beats_s) == len(form.bars[seam.into].beats_s) for seam in form.seams)


def test_a_radio_edit_is_short_and_lets_the_voice_come_early() -> None:
    long_intro = (("intro", "A", 16, 0.3), *LONG[1:], *LONG[1:])
    chart = song_chart(form=long_intro, bpm=100.0)
    form = form_of(chart, form={"shape": "radio_edit"})
    assert form.end_s <= 210.0
    first_s = min(start for region in chart.vocal_regions for _, start, _ in placed(form, region.start_s, region.end_s))
    assert first_s <= 15.0
    assert bars_of(form)[-1] == len(chart.bars) - 1


@pytest.mark.parametrize("ratio", [1.0, 1.1])
@pytest.mark.parametrize(
    "wishes",
    [
        {"form": {"shape": "extended"}},
        {"form": {"shape": "build_and_drop"}},
        {"form": {"shape": "loop"}},
        {"form": {"shape": "loop", "exact": True}, "length_s": 45.0},
        {"form": {"exact": True}, "length_s": 75.5},
        {"form": {"order": ({"section": 2}, {"section": 1, "first_bar": 4})}},
        {"strengths": {"rhythm": 1.0, "timbre": 1.0, "form": 1.0}},
    ],
    ids=str,
)
@pytest.mark.parametrize("slug", ["house", "bossa-nova"])
def test_a_band_plays_every_form_on_its_beats(wishes: dict[str, Any], slug: str, ratio: float, styles: Any) -> None:
    chart = song_chart(form=LONG, bpm=124.0)
    recipe = recipe_for(styles[slug], tempo={"ratio": ratio}, **wishes)
    timeline, form = arrange(chart, recipe, styles[slug]), choose_form(chart, recipe)
    assert timeline.duration_s == pytest.approx(form.end_s, abs=0.61 if not form.fixed else 1e-6)
    (drums,) = (part for part in timeline.parts if part.role == "drums")
    for part in timeline.parts:
        assert all(
            0.0 <= note.start_s < note.start_s + note.duration_s <= timeline.duration_s + 1e-6 for note in part.notes
        )
    for before, after in pairwise(form.slots):
        if before.role == "song" and after.role == "song" and after.bar != before.bar + 1:
            near = [note.start_s - after.start_s for note in drums.notes if abs(note.start_s - after.start_s) < 0.08]
            assert min((abs(late) for late in near), default=0.0) <= 0.02
    if form.loops:
        # The band does not end: its last bar is as full as the others.
        last = form.slots[-1]
        assert [note for note in drums.notes if note.start_s > last.start_s + 0.3 * (last.end_s - last.start_s)]


def test_songs_too_short_for_a_bar_are_played_as_they_are() -> None:
    bare = song_chart().model_copy(update={"bars": (), "sections": (), "chords": (), "beats": (), "duration_s": 0.8})
    form = form_of(bare, length_s=60.0, form={"shape": "loop"})
    assert form.end_s == 0.8
    assert form.notes


def test_an_instrumental_of_a_radio_edit_waits_for_the_band_not_for_a_voice() -> None:
    song = (("intro", "A", 12, 0.1), ("verse", "B", 8, 0.6), ("verse", "B", 8, 0.6), ("chorus", "C", 8, 0.9))
    chart = song_chart(form=song, bpm=100.0)
    silent = StemsUse(vocals=StemUse(keep=False))
    late = chart.model_copy(update={"vocal_regions": chart.vocal_regions[-1:]})
    form = form_of(late, form={"shape": "radio_edit"}, stems=silent)
    first = next(slot for slot in form.slots if slot.section.label == "verse")
    assert 2.0 < first.start_s <= 15.0


@pytest.mark.parametrize("bars", [1, 2, 3])
@pytest.mark.parametrize("shape", ["as_heard", "radio_edit", "extended", "build_and_drop", "loop"])
@pytest.mark.parametrize("beats_per_bar", [1, 2, 9])
def test_tiny_songs_of_any_metre_take_every_form(bars: int, shape: str, beats_per_bar: int) -> None:
    chart = song_chart(form=(("verse", "A", bars, 0.5),), beats_per_bar=beats_per_bar, pickup_s=0.0)
    for wishes in ({}, {"length_s": 20.0}):
        timeline = arrange(chart, recipe_for(None, form={"shape": shape}, **wishes), None)
        for clip in timeline.clips:
            assert 0.0 <= clip.source_start_s < clip.source_end_s <= chart.duration_s + 1e-6
        for bus in timeline.buses:
            for item in bus.automation:
                times = [time_s for time_s, _ in item.points]
                assert times == sorted(set(times))


def test_a_melody_is_placed_where_its_voice_is_left_out() -> None:
    """An instrument may play what the voice sang: the form knows its places whether the voice is heard or not."""
    chart = song_chart(form=LONG)
    form = form_of(chart, length_s=90.0, stems=StemsUse(vocals=StemUse(keep=False)), melody={"instrument": "violin"})
    places = [found for region in chart.vocal_regions for found in placed(form, region.start_s, region.end_s)]
    kept = form_of(chart, length_s=90.0)
    assert places == [found for region in chart.vocal_regions for found in placed(kept, region.start_s, region.end_s)]
    assert places
