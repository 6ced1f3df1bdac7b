"""Corrections: what was said holds, what depends on it follows, the laws hold, contradictions are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.listening.chart import Chart, Drums, GrooveBar, Hit, KeySpan, MetreSpan, Swing
from contrafact.engine.listening.correcting import apply
from contrafact.engine.listening.corrections import (
    BadCorrections,
    BeatCorrection,
    Corrections,
    KeyCorrection,
    KeySpanCorrection,
    MetreCorrection,
    SectionCorrection,
    TempoCorrection,
)
from contrafact.engine.listening.groove import find_groove
from contrafact.engine.listening.laws import broken_laws
from tests.support.charts import LONG, song_chart

HALF, DOUBLE = TempoCorrection(octave="half"), TempoCorrection(octave="double")


def said(**parts: object) -> Corrections:
    return Corrections.model_validate(parts)


def beats_of(chart: Chart) -> list[float]:
    return [beat.time_s for beat in chart.beats]


def test_no_corrections_are_the_same_chart() -> None:
    chart = song_chart()
    assert apply(chart, Corrections()) is chart


def test_what_was_heard_stays_as_it_was() -> None:
    chart = song_chart()
    before = chart.model_dump_json()
    apply(chart, said(tempo=HALF, key=KeyCorrection(tonic="A", mode="minor"), metre=MetreCorrection(beats_per_bar=3)))
    assert chart.model_dump_json() == before


def test_half_the_tempo_keeps_every_second_beat_and_the_beats_of_a_bar() -> None:
    chart = song_chart(bpm=140.0)
    corrected = apply(chart, said(tempo=HALF))
    assert corrected.tempo.bpm == pytest.approx(70.0)
    assert (corrected.tempo.confidence, corrected.tempo.steady) == (1.0, True)
    assert beats_of(corrected) == beats_of(chart)[::2]
    assert corrected.metre.beats_per_bar == 4
    assert len(corrected.bars) == len(chart.bars) // 2
    assert [section.start_s for section in corrected.sections] == [section.start_s for section in chart.sections]


def test_half_the_tempo_keeps_the_bars_on_which_sections_begin() -> None:
    one_bar_before = (("intro", "A", 1, 0.3), ("verse", "B", 8, 0.5), ("chorus", "C", 8, 0.9), ("verse", "B", 8, 0.5))
    chart = song_chart(form=one_bar_before)
    corrected = apply(chart, said(tempo=HALF))
    starts = [section.start_s for section in chart.sections[1:]]
    assert set(starts) <= set(corrected.downbeats_s)
    assert [section.start_s for section in corrected.sections[1:]] == starts


def test_double_the_tempo_puts_a_beat_between_every_two() -> None:
    chart = song_chart(bpm=60.0, drift=0.03)
    corrected = apply(chart, said(tempo=DOUBLE))
    assert corrected.tempo.bpm == pytest.approx(120.0)
    assert beats_of(corrected)[::2] == pytest.approx(beats_of(chart))
    assert len(corrected.bars) == 2 * len(chart.bars)
    assert len(corrected.tempo_curve) == len(corrected.bars)
    assert corrected.tempo_curve[0].bpm == pytest.approx(2 * 60 * (1 / (1 - 0.03)), rel=0.01)


def test_a_tempo_lies_on_the_beats_that_were_heard() -> None:
    chart = song_chart(bpm=120.02)
    corrected = apply(chart, said(tempo=TempoCorrection(bpm=120.0)))
    assert np.diff(beats_of(corrected)) == pytest.approx(0.5)
    off = np.array(beats_of(corrected)) - np.array(beats_of(chart))[: len(corrected.beats)]
    assert np.abs(off).max() < 0.012
    assert corrected.downbeats_s[0] == pytest.approx(chart.downbeats_s[0], abs=0.012)


def test_twice_the_tempo_as_a_number_is_the_double() -> None:
    chart = song_chart(bpm=60.0)
    assert beats_of(apply(chart, said(tempo=TempoCorrection(bpm=120.0)))) == pytest.approx(
        beats_of(apply(chart, said(tempo=DOUBLE)))
    )


def test_half_the_tempo_as_a_number_is_told_by_the_first_beats() -> None:
    chart = song_chart(bpm=140.0)
    corrected = apply(chart, said(tempo=TempoCorrection(bpm=70.0)))
    assert beats_of(corrected) == pytest.approx(beats_of(apply(chart, said(tempo=HALF))))


def test_another_tempo_needs_a_downbeat() -> None:
    chart = song_chart(bpm=100.0)
    with pytest.raises(BadCorrections, match="say a downbeat as well"):
        apply(chart, said(tempo=TempoCorrection(bpm=117.0)))
    corrected = apply(chart, said(tempo=TempoCorrection(bpm=117.0), downbeat_s=10.25))
    assert 10.25 in [pytest.approx(time) for time in corrected.downbeats_s]
    assert np.diff(beats_of(corrected)) == pytest.approx(60 / 117)


@pytest.mark.parametrize("beat", [1, 2, 3])
def test_a_downbeat_on_a_heard_beat_moves_the_bars_and_no_beat(beat: int) -> None:
    chart = song_chart()
    corrected = apply(chart, said(downbeat_s=chart.beats[beat].time_s + 0.04))
    assert beats_of(corrected) == beats_of(chart)
    assert corrected.beats[beat].position == 1
    assert corrected.bars[1].start_s == chart.beats[beat].time_s
    assert corrected.beats[0].position == 5 - beat
    assert corrected.tempo == chart.tempo


def test_a_downbeat_between_beats_moves_all_beats() -> None:
    chart = song_chart(bpm=60.0)
    corrected = apply(chart, said(downbeat_s=chart.beats[8].time_s + 0.4))
    assert chart.beats[8].time_s + 0.4 in corrected.downbeats_s
    assert np.diff(beats_of(corrected)) == pytest.approx(1.0)


def test_a_downbeat_before_the_first_beat_brings_beats_there() -> None:
    chart = song_chart(bpm=120.0, pickup_s=4.0)
    corrected = apply(chart, said(downbeat_s=2.0))
    assert corrected.bars[0].start_s == pytest.approx(2.0)
    assert corrected.sections[0].start_s == pytest.approx(2.0)


def test_a_metre_counts_the_same_beats_anew() -> None:
    chart = song_chart()
    corrected = apply(chart, said(metre=MetreCorrection(beats_per_bar=3)))
    assert beats_of(corrected) == beats_of(chart)
    assert {len(bar.beats_s) for bar in corrected.bars[1:-1]} == {3}
    assert (corrected.metre.signature, corrected.metre.confidence) == ("3/4", 1.0)
    assert [(span.first_bar, span.last_bar) for span in corrected.metres] == [(0, len(corrected.bars) - 1)]


def test_compound_time_is_said_by_the_division() -> None:
    corrected = apply(song_chart(beats_per_bar=4), said(metre=MetreCorrection(beats_per_bar=2, division=3)))
    assert corrected.metre.signature == "6/8"


def in_two_metres() -> Chart:
    """Sixteen bars of four beats, then the rest in three."""
    chart = song_chart(bpm=120.0)
    four, rest = chart.beats[:64], chart.beats[64:]
    times = [beat.time_s for beat in (*four, *rest)]
    positions = [index % 4 + 1 for index in range(64)] + [index % 3 + 1 for index in range(len(rest))]
    counted = said(
        beats=[BeatCorrection(time_s=time, position=position) for time, position in zip(times, positions, strict=True)]
    )
    return apply(chart, counted)


def test_beats_with_places_are_bars_and_metres() -> None:
    chart = in_two_metres()
    assert [span.beats_per_bar for span in chart.metres] == [4, 3]
    assert chart.metres[0].last_bar == 15
    assert chart.metre.beats_per_bar == 3
    assert chart.metre.confidence == chart.tempo.confidence == 1.0
    assert chart.tempo.steady
    assert chart.tempo.bpm == pytest.approx(120.0)


def test_a_downbeat_moves_only_the_metre_in_which_it_lies() -> None:
    chart = in_two_metres()
    late = apply(chart, said(downbeat_s=chart.beats[64 + 7].time_s))
    assert [beat.position for beat in late.beats[:64]] == [beat.position for beat in chart.beats[:64]]
    assert late.beats[64 + 7].position == 1
    assert broken_laws(late) == ()


def test_half_the_tempo_of_two_metres_keeps_both() -> None:
    corrected = apply(in_two_metres(), said(tempo=HALF))
    assert [span.beats_per_bar for span in corrected.metres] == [4, 3]
    assert broken_laws(corrected) == ()


def test_beats_without_places_are_counted_in_the_metre() -> None:
    chart = song_chart()
    moved = [BeatCorrection(time_s=time + 0.02) for time in beats_of(chart)[1:]]
    corrected = apply(chart, said(beats=moved))
    assert beats_of(corrected) == [beat.time_s for beat in moved]
    assert corrected.beats[3].position == 1
    with_first = apply(chart, said(beats=moved, downbeat_s=moved[1].time_s + 0.01))
    assert with_first.beats[1].position == 1


def test_uneven_beats_are_not_steady() -> None:
    chart = song_chart()
    uneven = [BeatCorrection(time_s=time + 0.02 * (number % 2)) for number, time in enumerate(beats_of(chart))]
    corrected = apply(chart, said(beats=uneven))
    assert not corrected.tempo.steady
    assert len(corrected.tempo_curve) == len(corrected.bars)


def test_a_key_holds_everywhere() -> None:
    corrected = apply(song_chart(), said(key=KeyCorrection(tonic="F#", mode="minor")))
    assert (corrected.key.label, corrected.key.confidence) == ("F# minor", 1.0)
    assert [(span.start_s, span.end_s) for span in corrected.keys] == [(0.0, corrected.duration_s)]


def test_of_several_keys_the_longest_is_the_songs() -> None:
    keys = [
        KeySpanCorrection(start_s=0.0, tonic="C", mode="major"),
        KeySpanCorrection(start_s=20.0, tonic="D", mode="major"),
        KeySpanCorrection(start_s=30.0, tonic="C", mode="major"),
    ]
    corrected = apply(song_chart(), said(keys=keys))
    assert corrected.key.label == "C major"
    assert [span.end_s for span in corrected.keys] == [20.0, 30.0, corrected.duration_s]


def test_sections_begin_with_the_nearest_bar_and_keep_what_was_heard_in_them() -> None:
    chart = song_chart(form=LONG)
    bar = chart.bars[6].start_s
    sections = [
        SectionCorrection(start_s=0.0, label="intro"),
        SectionCorrection(start_s=bar + 0.3, label="verse"),
        SectionCorrection(start_s=chart.sections[2].start_s, label="chorus"),
        SectionCorrection(start_s=chart.sections[3].start_s, label="verse"),
    ]
    corrected = apply(chart, said(sections=sections))
    assert [(item.label, item.letter) for item in corrected.sections] == [
        ("intro", "A"), ("verse", "B"), ("chorus", "C"), ("verse", "B"),
    ]  # fmt: skip
    assert corrected.sections[1].start_s == bar
    assert corrected.sections[2].energy == pytest.approx(chart.sections[2].energy)
    assert {item.confidence for item in corrected.sections} == {1.0}
    assert corrected.bars == chart.bars


def test_sections_without_labels_have_those_that_were_heard() -> None:
    chart = song_chart()
    starts = [SectionCorrection(start_s=item.start_s + 0.1) for item in chart.sections]
    corrected = apply(chart, said(sections=starts))
    assert [item.label for item in corrected.sections] == [item.label for item in chart.sections]


def test_sections_and_a_downbeat_are_said_together() -> None:
    chart = song_chart()
    first = chart.beats[2].time_s
    sections = [SectionCorrection(start_s=0.0, label="verse"), SectionCorrection(start_s=first + 16 * 60 / 110)]
    corrected = apply(chart, said(downbeat_s=first, sections=sections))
    assert corrected.sections[1].start_s == pytest.approx(first + 16 * 60 / 110)


def test_swing_follows_the_octave_or_is_forgotten() -> None:
    chart = song_chart(bpm=120.0).model_copy(update={"swing": Swing(ratio=0.62, confidence=0.9)})
    half = apply(chart, said(tempo=HALF)).swing
    assert half is not None
    assert (half.level, half.ratio) == ("sixteenth", 0.62)
    assert apply(chart, said(tempo=DOUBLE)).swing is None
    assert apply(chart, said(downbeat_s=chart.beats[1].time_s)).swing == chart.swing


def test_chords_strokes_and_voice_keep_their_times() -> None:
    chart = song_chart()
    hits = tuple(
        Hit(time_s=beat.time_s, drum="kick" if beat.position % 2 else "snare", strength=1.0, confidence=0.9)
        for beat in chart.beats
    )
    chart = chart.model_copy(update={"drums": Drums(hits=hits, groove=find_groove(hits, chart.bars))})
    corrected = apply(chart, said(tempo=HALF))
    assert corrected.chords == chart.chords
    assert corrected.vocal_regions == chart.vocal_regions
    assert corrected.drums is not None
    assert corrected.drums.hits == hits
    bar = corrected.drums.groove[0]
    strokes = [(kick > 0, snare > 0) for kick, snare in zip(bar.kick, bar.snare, strict=True)]
    halves = strokes[:: len(strokes) // 8]
    assert halves == [(True, False), (False, True)] * 4, "two heard bars in one, a stroke on every half of a beat"
    assert len(corrected.drums.groove) == len(corrected.bars)


DURATION = song_chart().duration_s


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"tempo": {}}, "either a number of BPM or half or double"),
        ({"tempo": {"bpm": 120.0, "octave": "half"}}, "either a number of BPM or half or double"),
        ({"downbeat_s": DURATION + 1}, "lies outside the recording"),
        ({"tempo": {"octave": "half"}, "beats": [{"time_s": 0.0}, {"time_s": 0.5}]}, "contradict each other"),
        ({"metre": {"beats_per_bar": 3}, "beats": [{"time_s": 0.5 * i, "position": i % 2 + 1} for i in range(5)]},
         "a metre of 3 beats and beats that count bars of 2"),
        ({"downbeat_s": 0.5, "beats": [{"time_s": 0.0, "position": 1}, {"time_s": 0.5, "position": 2}]},
         "beats that count bars elsewhere contradict"),
        ({"downbeat_s": 1.3, "beats": [{"time_s": 0.5 * index} for index in range(20)]}, "none of the beats"),
        ({"beats": [{"time_s": 0.0, "position": 1}, {"time_s": 0.5}]}, "for all or for none"),
        ({"beats": [{"time_s": 0.0, "position": 1}, {"time_s": 0.5, "position": 3}]}, "places count 1, 2, 3"),
        ({"beats": [{"time_s": 0.0, "position": 2}, {"time_s": 0.5, "position": 3}]}, "begins a bar"),
        ({"beats": [{"time_s": 1.0}, {"time_s": 0.5}]}, "in order of time"),
        ({"beats": [{"time_s": 0.0}, {"time_s": 0.01}]}, "beats between 20 and 400 BPM"),
        ({"beats": [{"time_s": 0.0}, {"time_s": DURATION + 0.5}]}, "lies outside the recording"),
        ({"key": {"tonic": "C", "mode": "major"}, "keys": [{"start_s": 0, "tonic": "C", "mode": "major"}]},
         "contradict each other"),
        ({"keys": [{"start_s": 3.0, "tonic": "C", "mode": "major"}]}, "from the start"),
        ({"sections": [{"start_s": 0.0}, {"start_s": DURATION + 1}]}, "lies outside the recording"),
        ({"sections": [{"start_s": 5.0}, {"start_s": 0.0}]}, "in order of time"),
        ({"sections": [{"start_s": 0.0, "end_s": 12.0}, {"start_s": 10.0}]}, "overlap"),
        ({"sections": [{"start_s": 0.0, "end_s": 8.0}, {"start_s": 10.0}]}, "there is no section"),
        ({"sections": [{"start_s": 0.0, "end_s": DURATION + 1}]}, "after the recording"),
        ({"sections": [{"start_s": 0.0, "end_s": 0.0}]}, "ends before it begins"),
        ({"sections": [{"start_s": 0.0, "end_s": 20.0}]}, "the music goes on"),
        ({"sections": [{"start_s": 10.0}]}, "say what is before it"),
        ({"sections": [{"start_s": 0.0}, {"start_s": 1.0}]}, "begin in the same bar"),
        ({"sections": [{"start_s": 0.0, "letter": "A"}, {"start_s": 20.0}]}, "to all or to none"),
        ({"tempo": {"bpm": 20.0}, "downbeat_s": DURATION - 0.01, "metre": {"beats_per_bar": 16},
          "sections": [{"start_s": 0.0}, {"start_s": 1.0}]}, "begin in the same bar"),
    ],
)  # fmt: skip
def test_contradictions_are_refused_in_one_sentence(parts: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadCorrections, match=sentence) as refused:
        apply(song_chart(), said(**parts))
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 220


def test_where_nothing_was_heard_an_octave_helps_nobody() -> None:
    empty = song_chart().model_copy(update={"beats": (), "bars": (), "sections": (), "tempo_curve": ()})
    with pytest.raises(BadCorrections, match="give the tempo in BPM and a downbeat"):
        apply(empty, said(tempo=HALF))
    with pytest.raises(BadCorrections, match="correct the tempo"):
        apply(empty, said(sections=[{"start_s": 0.0}]))
    corrected = apply(empty, said(tempo=TempoCorrection(bpm=100.0), downbeat_s=0.5))
    assert corrected.downbeats_s[0] == pytest.approx(0.5)
    assert corrected.bars[-1].end_s == pytest.approx(empty.duration_s, abs=0.6)


tempi = st.one_of(
    st.none(),
    st.sampled_from([HALF, DOUBLE]),
    st.floats(20.0, 400.0).map(lambda bpm: TempoCorrection(bpm=bpm)),
)
metres = st.one_of(
    st.none(), st.builds(MetreCorrection, beats_per_bar=st.integers(1, 12), division=st.sampled_from([2, 3]))
)
times = st.floats(0.0, 75.0)
section_lists = st.one_of(
    st.none(),
    st.lists(times, min_size=1, max_size=6, unique=True).map(
        lambda starts: tuple(SectionCorrection(start_s=start) for start in sorted({0.0, *starts}))
    ),
)
corrections = st.builds(
    Corrections, tempo=tempi, downbeat_s=st.one_of(st.none(), times), metre=metres, sections=section_lists
)
charts = st.builds(
    song_chart,
    bpm=st.floats(50.0, 200.0),
    beats_per_bar=st.integers(2, 6),
    pickup_s=st.floats(0.0, 3.0),
    drift=st.sampled_from([0.0, 0.04, -0.03]),
)


def unless_refused(chart: Chart, wanted: Corrections) -> Chart | None:
    """The corrected chart; None when it was refused for a reason that a person understands."""
    try:
        return apply(chart, wanted)
    except BadCorrections as refused:
        if "do not fit the recording" in str(refused):
            raise AssertionError("the last defence had to step in") from refused
        return None


@given(chart=charts, wanted=corrections)
def test_every_corrected_chart_keeps_the_laws(chart: Chart, wanted: Corrections) -> None:
    assert broken_laws(chart) == ()
    corrected = unless_refused(chart, wanted)
    if corrected is None:
        return
    assert broken_laws(corrected) == ()
    assert Chart.model_validate_json(corrected.model_dump_json()) == corrected
    if wanted.downbeat_s is not None and wanted.downbeat_s > 0.07:
        off = np.abs(np.array([beat.time_s for beat in corrected.beats if beat.position == 1]) - wanted.downbeat_s)
        assert off.min() <= 0.0701


@given(chart=charts, wanted=corrections)
def test_correcting_twice_is_correcting_once(chart: Chart, wanted: Corrections) -> None:
    """But for octaves, which are always said of what was heard."""
    if wanted.tempo in (HALF, DOUBLE):
        wanted = wanted.model_copy(update={"tempo": None})
    once = unless_refused(chart, wanted)
    if once is None:
        return
    twice = apply(once, wanted)
    assert beats_of(twice) == pytest.approx(beats_of(once), abs=1e-6)
    assert [beat.position for beat in twice.beats] == [beat.position for beat in once.beats]
    assert [item.first_bar for item in twice.sections] == [item.first_bar for item in once.sections]


def test_the_laws_notice_what_is_wrong() -> None:
    chart = song_chart()
    swapped = (chart.beats[1], chart.beats[0], *chart.beats[2:])
    groove = GrooveBar(bar=999, steps=1, kick=(0.0,), snare=(0.0,), hihat=(0.0,), offsets_ms=(0.0,))
    metre = MetreSpan(beats_per_bar=3, confidence=1.0, start_s=0.0, end_s=1.0, first_bar=0, last_bar=0)
    keys = [KeySpan(tonic="D", mode="major", confidence=1.0, start_s=start, end_s=start + 5.0) for start in (0.0, 4.0)]
    wrong: list[dict[str, object]] = [
        {"beats": swapped},
        {"beats": chart.beats[1:]},
        {"bars": chart.bars[1:]},
        {"bars": (*chart.bars[:5], *(bar.model_copy(update={"index": bar.index - 1}) for bar in chart.bars[6:]))},
        {"sections": chart.sections[1:]},
        {"sections": (*chart.sections, chart.sections[-1])},
        {"sections": (chart.sections[0].model_copy(update={"start_s": 0.2}), *chart.sections[1:])},
        {"metres": (metre,)},
        {"keys": tuple(keys)},
        {"chords": chart.chords[::-1]},
        {"duration_s": chart.duration_s / 2},
        {"drums": Drums(hits=(), groove=(groove,))},
        {"tempo_curve": chart.tempo_curve[::-1]},
    ]
    assert broken_laws(chart) == ()
    for change in wrong:
        assert broken_laws(chart.model_copy(update=change)), change.keys()


@given(
    chart=charts,
    start_s=st.floats(0.0, 2.0),
    gaps=st.lists(st.floats(0.2, 1.5), min_size=4, max_size=60),
    bars=st.lists(st.integers(1, 9), min_size=1, max_size=60),
    pickup=st.integers(0, 3),
)
def test_whatever_beats_an_owner_gives_are_the_beats(
    chart: Chart, start_s: float, gaps: list[float], bars: list[int], pickup: int
) -> None:
    places = [*range(5 - pickup, 5), *(place + 1 for bar in bars for place in range(bar))]
    given_s = np.cumsum([start_s, *gaps])[: len(places)]
    marks = [BeatCorrection(time_s=float(time), position=place) for time, place in zip(given_s, places, strict=False)]
    if len(marks) <= max(1, pickup) or marks[-1].time_s >= chart.duration_s:
        return
    corrected = unless_refused(chart, said(beats=marks))
    if corrected is not None:
        assert broken_laws(corrected) == ()
        assert [(beat.time_s, beat.position) for beat in corrected.beats] == [(m.time_s, m.position) for m in marks]
