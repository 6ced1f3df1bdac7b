"""The laws of a take: the same everywhere, on the song's own time and chords, inside its length, as the recipe says."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.arranging.timeline import Note, Part, Timeline
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse, Strengths
from tests.support.charts import AXIS, LONG, POP, song_chart
from tests.support.recipes import recipe_for

SLUGS = ("acoustic-ballad", "bossa-nova", "drum-and-bass", "house", "lo-fi-hip-hop", "synthwave")
PACKS = load_styles()
KEEP_NOTHING_BUT_VOICE = StemsUse(drums=StemUse(keep=False), bass=StemUse(keep=False), other=StemUse(keep=False))
SHORT = (("verse", "A", 4, 0.4), ("chorus", "B", 4, 0.9), ("outro", "C", 2, 0.3))

charts = st.builds(
    song_chart,
    bpm=st.floats(60, 190),
    beats_per_bar=st.sampled_from([2, 3, 4, 5, 6, 7]),
    form=st.sampled_from([SHORT, POP]),
    chords=st.lists(
        st.sampled_from(["C:maj", "F#:min7", "Bb:7/3", "N", "E:dim", "A:sus4", "G:maj9", "D:min/5", "B:hdim7", "X"]),
        min_size=1,
        max_size=4,
    ),
    pickup_s=st.floats(0.0, 2.0),
    tail_s=st.floats(0.0, 4.0),
    drift=st.floats(-0.1, 0.1),
    sing=st.booleans(),
    confidence=st.sampled_from([0.05, 0.5, 1.0]),
)


def part(timeline: Timeline, role: str) -> Part:
    return next(found for found in timeline.parts if found.role == role)


def assert_sane(timeline: Timeline) -> None:
    """Notes that any player can play."""
    for found in timeline.parts:
        for note in found.notes:
            assert note.start_s >= 0
            assert note.duration_s > 0
            assert note.start_s + note.duration_s <= timeline.duration_s + 1e-6
            assert 1 <= note.velocity <= 127
            assert 0 <= note.pitch <= 127
        for _, same in groupby(
            sorted(found.notes, key=lambda note: (note.pitch, note.start_s)), lambda note: note.pitch
        ):
            for one, two in pairwise(same):
                assert one.start_s + one.duration_s <= two.start_s + 1e-6
        assert list(found.notes) == sorted(found.notes, key=lambda note: note.start_s)


@settings(max_examples=25)
@given(
    chart=charts, slug=st.sampled_from(SLUGS), seed=st.integers(0, 2**53 - 1), ratio=st.sampled_from([1.0, 0.8, 1.25])
)
def test_any_chart_gives_a_sane_take(chart: Chart, slug: str, seed: int, ratio: float) -> None:
    pack = PACKS[slug]
    recipe = recipe_for(pack, seed=seed, tempo={"ratio": ratio})
    timeline = arrange(chart, recipe, pack)
    assert timeline == arrange(chart, recipe, pack)
    assert_sane(timeline)
    assert timeline.duration_s == pytest.approx(chart.duration_s / ratio, abs=0.61)
    assert sum((use.share for use in timeline.usage()), Fraction(0)) == 1
    for clip in timeline.clips:
        assert clip.ratio == pytest.approx(ratio)
    for one, two in pairwise(timeline.bars):
        assert one.end_s == pytest.approx(two.start_s)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_performance_is_followed_not_stretched(slug: str, styles: Mapping[str, StylePack]) -> None:
    """At ratio 1 the voice is played as it is and drums fall on the performance's own beats."""
    chart = song_chart(drift=0.08, form=LONG)
    timeline = arrange(chart, recipe_for(styles[slug]), styles[slug])
    (clip,) = timeline.clips
    assert (
        (clip.source_start_s, clip.source_end_s) == (clip.target_start_s, clip.target_end_s) == (0.0, chart.duration_s)
    )
    assert (clip.fade_in_s, clip.fade_out_s, timeline.semitones) == (0.0, 0.0, 0)
    assert [bar.start_s for bar in timeline.bars] == [bar.start_s for bar in chart.bars]
    downbeats = [bar.start_s for bar in timeline.bars]
    kicks = [note.start_s for note in part(timeline, "drums").notes if note.pitch == 36]
    on_beat = [start for start in kicks if min(abs(start - downbeat) for downbeat in downbeats) < 0.1]
    assert len(on_beat) > 8
    for start in on_beat:
        assert min(abs(start - downbeat) for downbeat in downbeats) <= 0.005 + 1e-6


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("semitones", [0, 3])
def test_the_bass_states_the_chord_on_downbeats(slug: str, semitones: int, styles: Mapping[str, StylePack]) -> None:
    labels = ("C:maj", "A:min7", "F:maj/3", "G:7")
    chart = song_chart(chords=labels, form=LONG)
    timeline = arrange(chart, recipe_for(styles[slug], transpose_semitones=semitones), styles[slug])
    heard = 0
    for bar in timeline.bars:
        tones = parse_chord(labels[(bar.source_bar or 0) % 4])
        assert tones is not None
        for note in part(timeline, "bass").notes:
            if abs(note.start_s - bar.start_s) < 0.02:
                heard += 1
                assert note.pitch % 12 == (tones.bass + semitones) % 12
    assert heard >= (0 if slug == "house" else len(timeline.bars) // 3)


@pytest.mark.parametrize("slug", SLUGS)
def test_chord_parts_play_what_the_song_plays(slug: str, styles: Mapping[str, StylePack]) -> None:
    """With the harmony locked every note of comping and pads belongs to the chord under it."""
    pack = styles[slug]
    chart = song_chart(form=LONG, chords=("C:maj", "E:min", "F:maj7", "G:7"))
    timeline = arrange(chart, recipe_for(pack, strengths=Strengths(rhythm=1, timbre=1)), pack)
    right = wrong = 0
    for found in timeline.parts:
        if found.role not in ("chords", "pad", "arpeggio"):
            continue
        for note in found.notes:
            middle = note.start_s + note.duration_s / 2
            chord = next(chord for chord in chart.chords if chord.start_s <= middle < chord.end_s)
            tones = parse_chord(chord.label)
            assert tones is not None
            right, wrong = (right + 1, wrong) if note.pitch % 12 in tones.pitch_classes else (right, wrong + 1)
    assert right > 100
    assert wrong <= 0.02 * right


def test_harmony_strength_adds_the_styles_colour(styles: Mapping[str, StylePack]) -> None:
    pack = styles["bossa-nova"]

    def classes(harmony: float) -> set[int]:
        recipe = recipe_for(pack, strengths=Strengths(rhythm=1, timbre=1, harmony=harmony))
        return {note.pitch % 12 for note in part(arrange(song_chart(chords=("C:maj",)), recipe, pack), "chords").notes}

    assert classes(0.0) == {0, 4, 7}
    assert classes(0.3) == {4, 7, 11}
    assert classes(0.8) <= {0, 2, 4, 7, 11}
    assert 2 in classes(0.8)


def test_uncertain_chords_are_played_bare(styles: Mapping[str, StylePack]) -> None:
    timeline = arrange(song_chart(chords=("C:maj",), confidence=0.45), recipe_for(styles["house"]), styles["house"])
    assert {note.pitch % 12 for note in part(timeline, "chords").notes} == {0, 7}


def test_long_silence_of_the_harmony_stays_silent(styles: Mapping[str, StylePack]) -> None:
    chart = song_chart(chords=(*AXIS, "N", "N", "N", "N"), form=LONG)
    timeline = arrange(chart, recipe_for(styles["synthwave"]), styles["synthwave"])
    silent = [bar for bar in timeline.bars if (bar.source_bar or 0) % 8 in (5, 6)]
    for found in timeline.parts:
        if found.role in ("bass", "chords", "pad"):
            inside = [n for n in found.notes for bar in silent if bar.start_s + 0.05 < n.start_s < bar.end_s - 0.05]
            assert inside == []


@pytest.mark.parametrize("slug", SLUGS)
def test_answers_keep_out_of_the_voice(slug: str, styles: Mapping[str, StylePack]) -> None:
    chart = song_chart(form=LONG)
    timeline = arrange(chart, recipe_for(styles[slug]), styles[slug])
    answering = {found.name for found in styles[slug].parts if found.role == "lead"}
    for found in timeline.parts:
        if found.name in answering:
            for note in found.notes:
                for region in chart.vocal_regions:
                    assert not region.start_s < note.start_s < region.end_s


def test_two_seeds_are_two_takes(some_styles: Mapping[str, StylePack]) -> None:
    for pack in some_styles.values():
        takes = [arrange(song_chart(form=LONG), recipe_for(pack, seed=seed), pack) for seed in (1, 2)]
        assert part(takes[0], "drums").notes != part(takes[1], "drums").notes
        rhythm = [{round(note.start_s, 1) for note in part(take, "bass").notes} for take in takes]
        assert rhythm[0] != rhythm[1] or [p.name for p in takes[0].parts] != [p.name for p in takes[1].parts]


def test_grooves_change_over_a_song(some_styles: Mapping[str, StylePack]) -> None:
    for pack in some_styles.values():
        timeline = arrange(song_chart(form=LONG), recipe_for(pack), pack)
        shapes = set()
        for bar in timeline.bars:
            hits = [
                note for note in part(timeline, "drums").notes if bar.start_s - 0.02 <= note.start_s < bar.end_s - 0.02
            ]
            shapes.add(
                frozenset((round((n.start_s - bar.start_s) / (bar.end_s - bar.start_s) * 16), n.pitch) for n in hits)
            )
        assert len(shapes) >= 8, pack.slug


def test_choruses_are_fuller_than_verses(some_styles: Mapping[str, StylePack]) -> None:
    for pack in some_styles.values():
        timeline = arrange(song_chart(form=LONG), recipe_for(pack), pack)

        def density(section: str, timeline: Timeline = timeline) -> float:
            bars = [bar for bar in timeline.bars if bar.section == section]
            force = sum(
                note.velocity
                for found in timeline.parts
                for note in found.notes
                for bar in bars
                if bar.start_s <= note.start_s < bar.end_s
            )
            return force / len(bars)

        assert density("chorus") > 1.1 * density("verse") > 1.1 * density("break"), pack.slug


@pytest.mark.parametrize("beats_per_bar", [3, 6])
def test_other_metres_keep_their_pulse(beats_per_bar: int, some_styles: Mapping[str, StylePack]) -> None:
    """In three, patterns begin anew with every bar: more strokes on the first beat than on the second."""
    for pack in some_styles.values():
        chart = song_chart(bpm=pack.tempo.typical_bpm, beats_per_bar=beats_per_bar, form=POP)
        timeline = arrange(chart, recipe_for(pack), pack)
        kicks = [note for note in part(timeline, "drums").notes if note.pitch in (36, 37, 40)]

        def weight(beats: list[float], kicks: list[Note] = kicks) -> int:
            return sum(kick.velocity for kick in kicks if min(abs(kick.start_s - beat) for beat in beats) < 0.03)

        first = weight([bar.start_s for bar in timeline.bars])
        second = weight([bar.beats_s[1] for bar in timeline.bars])
        assert first > second, pack.slug


def test_nothing_generated_without_a_style() -> None:
    timeline = arrange(song_chart(), recipe_for(None, tempo={"ratio": 1.25}, transpose_semitones=-2), None)
    assert timeline.parts == ()
    assert {bus.stem for bus in timeline.buses} == {"vocals", "drums", "bass", "other"}
    assert all(bus.gain_db == 0.0 and bus.effects == () for bus in timeline.buses)
    assert timeline.semitones == -2
    assert timeline.duration_s == pytest.approx(song_chart().duration_s / 1.25)


def test_pack_and_recipe_belong_together(styles: Mapping[str, StylePack]) -> None:
    with pytest.raises(BadInput, match="style is house but the pack is bossa-nova"):
        arrange(song_chart(), recipe_for(styles["house"]), styles["bossa-nova"])


def test_charts_without_bars_sections_or_chords_still_work(styles: Mapping[str, StylePack]) -> None:
    bare = song_chart().model_copy(update={"bars": (), "sections": (), "chords": (), "beats": ()})
    timeline = arrange(bare, recipe_for(styles["house"]), styles["house"])
    assert {found.role for found in timeline.parts} <= {"drums", "percussion"}
    assert_sane(timeline)
    nothing = bare.model_copy(update={"duration_s": 0.8})
    assert arrange(nothing, recipe_for(styles["house"]), styles["house"]).duration_s >= 0.8


def test_equal_in_another_process(some_styles: Mapping[str, StylePack]) -> None:
    """Hash randomisation and a fresh interpreter change nothing."""
    script = (
        "import hashlib\n"
        "from tests.support.charts import song_chart\n"
        "from tests.support.recipes import recipe_for\n"
        "from contrafact.engine.arranging import arrange, load_styles\n"
        "packs = load_styles()\n"
        "few = [packs[slug] for slug in sorted(packs)[::5]]\n"
        "text = ''.join(repr(arrange(song_chart(), recipe_for(p), p)) for p in few)\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    here = "".join(repr(arrange(song_chart(), recipe_for(pack), pack)) for pack in some_styles.values())
    assert done.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()


def test_a_recipe_from_outside_with_all_locked_plays_the_recording(styles: Mapping[str, StylePack]) -> None:
    recipe = Recipe(sources=("cd" * 32,), style="house")
    timeline = arrange(song_chart(), recipe, styles["house"])
    assert timeline.parts == ()
    assert len(timeline.buses) == 4


def test_the_band_ends_with_the_harmony_and_lets_a_short_tail_ring(styles: Mapping[str, StylePack]) -> None:
    chart = song_chart(bpm=88.0)
    last = chart.bars[-1]
    silent = tuple(
        chord.model_copy(update={"label": "N"}) if chord.start_s >= last.start_s else chord for chord in chart.chords
    )
    timeline = arrange(
        chart.model_copy(update={"chords": silent}), recipe_for(styles["drum-and-bass"]), styles["drum-and-bass"]
    )
    ending = [note for part in timeline.parts for note in part.notes if note.start_s > last.start_s + 0.1]
    struck = {part.role for part in timeline.parts for note in part.notes if abs(note.start_s - last.start_s) < 0.05}
    assert not ending
    assert {"drums", "bass", "chords"} <= struck
