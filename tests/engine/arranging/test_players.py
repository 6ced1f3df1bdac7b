"""What players do: they make way for the voice, walk, answer, lead on, and never play twice the same."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.arranging.pack import SWEEPS, Pattern, PitchedPart, Transition
from contrafact.engine.arranging.settings import Channel, Move
from contrafact.engine.arranging.timeline import Part, Timeline
from contrafact.engine.listening.chart import Chart, Melody, Note, Register
from contrafact.engine.recipe.recipe import Strengths
from contrafact.engine.recipe.wishes import FormUse
from tests.support.charts import LONG, POP, song_chart
from tests.support.recipes import recipe_for

PACKS = load_styles()
SLUGS = sorted(PACKS)
JAZZY = ("A:min", "D:min", "G:maj", "C:maj", "F:maj", "B:dim", "E:min", "A:min")


def with_melody(chart: Chart, pitch: int = 72, low: int = 62, high: int = 74) -> Chart:
    """A singer who holds one long note through every bar in which she sings."""
    notes = [
        Note(start_s=bar.start_s + 0.1, end_s=bar.end_s - 0.1, pitch_midi=pitch, confidence=0.9)
        for bar in chart.bars
        if any(region.start_s <= bar.start_s + 0.1 < region.end_s for region in chart.vocal_regions)
    ]
    register = Register(low_midi=low, median_midi=(low + high) / 2, high_midi=high)
    return chart.model_copy(update={"melody": Melody(notes=tuple(notes), vocal_register=register, breaths=())})


def part(timeline: Timeline, name: str) -> Part:
    return next(found for found in timeline.parts if found.name == name)


def with_part(pack: StylePack, **fields: Any) -> StylePack:
    return pack.model_copy(update={"parts": (*pack.parts, PitchedPart(**fields))})


def without_range(pack: StylePack, **changes: Any) -> StylePack:
    """The chord parts of a pack given room to move."""
    return pack.model_copy(
        update={
            "parts": tuple(
                found.model_copy(update=changes) if found.role == "chords" else found for found in pack.parts
            )
        }
    )


def tops(timeline: Timeline, chart: Chart, *, sung: bool) -> list[int]:
    """Highest notes of the chords that start while somebody sings (or nobody does)."""
    found: dict[tuple[str, float], int] = {}
    for played in timeline.parts:
        if played.role == "chords":
            for note in played.notes:
                inside = any(region.start_s <= note.start_s + 0.05 < region.end_s for region in chart.vocal_regions)
                if inside == sung:
                    key = (played.name, round(note.start_s, 1))
                    found[key] = max(found.get(key, 0), note.pitch)
    return list(found.values())


@pytest.mark.parametrize("slug", ["house", "lo-fi-hip-hop", "synthwave"])
def test_chords_make_way_for_the_voice(slug: str) -> None:
    pack = without_range(PACKS[slug], low=50, high=76)
    plain = song_chart(form=LONG, chords=JAZZY)
    sung = with_melody(plain, pitch=76, low=66, high=80)
    before, after = (tops(arrange(chart, recipe_for(pack), pack), plain, sung=True) for chart in (plain, sung))
    assert len(after) > 20
    assert in_the_way(after) < 0.85 * in_the_way(before)
    assert in_the_way(tops(arrange(sung, recipe_for(pack), pack), plain, sung=False)) > in_the_way(after)


def in_the_way(found: list[int], low: int = 66, high: int = 80) -> float:
    """How deep in a register notes lie on average, semitones."""
    return sum(max(0, min(pitch - low, high - pitch) + 1) for pitch in found) / len(found)


@pytest.mark.parametrize("slug", ["bossa-nova", "lo-fi-hip-hop", "house"])
@pytest.mark.parametrize("pitch", [64, 65, 71, 72])
def test_tops_hardly_ever_grate_with_a_long_note(slug: str, pitch: int) -> None:
    """A chord's top keeps off the semitones beside what the singer holds, though most chords are coloured.

    One in twenty may: where every voicing that is clear below has such a top, mud would be worse.
    """
    pack = PACKS[slug]
    chart = with_melody(song_chart(form=POP, chords=JAZZY), pitch=pitch)
    recipe = recipe_for(pack, strengths=Strengths(rhythm=1.0, timbre=1.0, harmony=0.8))
    heard = tops(arrange(chart, recipe, pack), chart, sung=True)
    assert len(heard) > 20
    assert sum(abs(top - pitch) == 1 for top in heard) <= 0.05 * len(heard)


def test_broken_chords_do_not_grate_either() -> None:
    """A part that plays one voice after the other leaves out the one beside a long note."""
    broken = (Pattern(steps="1234 4321"), Pattern(steps="123", beats=3))
    pack = with_part(
        PACKS["house"], name="plucks", role="arpeggio", program=46, low=55, high=79, release=0.9, patterns=broken
    )
    plain = song_chart(bpm=120.0, form=POP, chords=("C:maj7", "F:maj7"))
    counts = []
    for chart in (plain, with_melody(plain, pitch=72)):
        recipe = recipe_for(pack, strengths=Strengths(rhythm=1.0, timbre=1.0, harmony=1.0))
        notes = part(arrange(chart, recipe, pack), "plucks").notes
        sung = [
            note for note in notes if any(r.start_s + 0.4 <= note.start_s < r.end_s - 0.3 for r in chart.vocal_regions)
        ]
        counts.append((len(sung), sum(abs(note.pitch - 72) == 1 for note in sung)))
    assert counts[0][1] > 5
    assert counts[1][0] > 100
    assert counts[1][1] == 0


@pytest.mark.parametrize("slug", SLUGS)
def test_two_seeds_are_two_good_takes(slug: str) -> None:
    """The same bars and chords, other notes; both state the harmony and stay in range."""
    pack = PACKS[slug]
    chart = song_chart(form=POP, chords=JAZZY)
    takes = [arrange(chart, recipe_for(pack, seed=seed), pack) for seed in (11, 12)]
    assert takes[0].bars == takes[1].bars
    strokes = [{(round(n.start_s, 2), n.pitch) for p in take.parts for n in p.notes} for take in takes]
    assert len(strokes[0] & strokes[1]) < 0.9 * len(strokes[0])
    ranges = {found.name: (found.low, found.high + 5) for found in pack.parts}
    for take in takes:
        for played in take.parts:
            if played.name in ranges:
                low, high = ranges[played.name]
                assert all(low <= note.pitch <= high for note in played.notes), played.name
        assert harmony_kept(take, chart) > 0.97


def harmony_kept(timeline: Timeline, chart: Chart) -> float:
    """Share of the notes of chords and pads that belong to the chord under them or to its sevenths and ninths."""
    right = total = 0
    for played in timeline.parts:
        if played.role not in ("chords", "pad"):
            continue
        for note in played.notes:
            middle = note.start_s + note.duration_s / 2
            chord = next((item for item in chart.chords if item.start_s <= middle < item.end_s), None)
            tones = parse_chord(chord.label) if chord else None
            if tones:
                total += 1
                right += (note.pitch - tones.root) % 12 in {*tones.intervals, 10, 11, 2}
    return right / total


@pytest.mark.parametrize("slug", SLUGS[::3])
def test_grooves_vary_within_a_section(slug: str) -> None:
    """Sixteen bars of one section are not one bar sixteen times."""
    pack = PACKS[slug]
    chart = song_chart(form=(("verse", "A", 4, 0.4), ("chorus", "B", 16, 0.9), ("outro", "C", 2, 0.4)))
    drums = part(arrange(chart, recipe_for(pack), pack), "drums")
    shapes = set()
    for bar in chart.bars[4:20]:
        inside = [note for note in drums.notes if bar.start_s - 0.03 <= note.start_s < bar.end_s - 0.03]
        shapes.add(frozenset((round((n.start_s - bar.start_s) * 110 / 60 * 4), n.pitch) for n in inside))
    assert len(shapes) >= 5


def test_ghost_strokes_are_as_many_as_the_pack_wants() -> None:
    pack = PACKS["acoustic-ballad"]
    counts = []
    for ghosts in (0.0, 0.3, 0.9):
        humanise = pack.humanise.model_copy(update={"ghosts": ghosts})
        played = pack.model_copy(update={"humanise": humanise})
        notes = part(arrange(song_chart(form=LONG), recipe_for(played), played), "drums").notes
        counts.append(sum(note.pitch == 38 and note.velocity < 60 for note in notes))
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.parametrize("approach", ["scale", "chromatic", "fifth"])
def test_a_bass_walks_from_root_to_root(approach: str) -> None:
    pack = PACKS["acoustic-ballad"]
    patterns = (Pattern(steps="Rwwa"), Pattern(steps="Rwa", beats=3))
    walk = {"patterns": patterns, "low": 28, "high": 50, "energy": (0.0, 1.0), "approach": approach}
    parts = tuple(found.model_copy(update=walk) if found.role == "bass" else found for found in pack.parts)
    pack = pack.model_copy(update={"parts": parts})
    chart = song_chart(bpm=80.0, form=(("verse", "A", 8, 0.5), ("chorus", "B", 16, 0.9)), chords=JAZZY)
    played = next(found for found in arrange(chart, recipe_for(pack), pack.exact()).parts if found.role == "bass")
    at_bar = [next((n for n in played.notes if abs(n.start_s - bar.start_s) < 0.02), None) for bar in chart.bars]
    steps: list[int] = []
    last_steps: list[int] = []
    for bar, (root, following) in zip(chart.bars, pairwise(at_bar), strict=False):
        if root is None or following is None:
            continue
        tones = parse_chord(JAZZY[bar.index % len(JAZZY)])
        assert tones is not None
        assert root.pitch % 12 == tones.bass
        inside = sorted(
            (note for note in played.notes if bar.start_s - 0.02 <= note.start_s < bar.end_s - 0.02),
            key=lambda note: note.start_s,
        )
        if len(inside) == 4:
            line = [note.pitch for note in inside] + [following.pitch]
            steps += [abs(b - a) for a, b in pairwise(line)][:2]
            last_steps.append(abs(line[-1] - line[-2]))
    assert len(last_steps) > 10
    assert sum(0 < step <= 5 for step in steps) > 0.9 * len(steps)
    if approach == "chromatic":
        assert sum(step == 1 for step in last_steps) > 0.8 * len(last_steps)
    elif approach == "scale":
        assert sum(step in (1, 2) for step in last_steps) > 0.8 * len(last_steps)
    else:
        assert sum(step in (5, 7) for step in last_steps) > 0.8 * len(last_steps)


def test_a_counter_line_moves_where_the_voice_holds_or_rests() -> None:
    pack = with_part(PACKS["house"], name="line", role="counter", program=48, low=55, high=79)
    chart = with_melody(song_chart(form=LONG, chords=JAZZY), pitch=72)
    line = part(arrange(chart, recipe_for(pack), pack.exact()), "line")
    assert line.role == "lead"
    assert len(line.notes) > 40
    leaps = []
    for one, two in pairwise(line.notes):
        assert one.start_s + one.duration_s <= two.start_s + 1e-6
        if two.start_s - one.start_s < 4.0:
            leaps.append(abs(two.pitch - one.pitch))
    assert sorted(leaps)[len(leaps) // 2] <= 4
    for note in line.notes:
        chord = next((item for item in chart.chords if item.start_s <= note.start_s + 0.01 < item.end_s), None)
        assert chord is not None
        tones = parse_chord(chord.label)
        assert tones is not None
        assert (note.pitch - tones.root) % 12 in {*tones.intervals, 10, 11, 2}
    assert not [note for note in line.notes if abs(note.pitch - 72) == 1]


def test_answers_have_the_rhythm_that_the_pack_writes() -> None:
    pack = with_part(
        PACKS["acoustic-ballad"],
        name="reply",
        role="lead",
        program=73,
        low=67,
        high=91,
        voice="rests",
        patterns=(Pattern(steps=".x-- .x-- .... ...."),),
    )
    chart = song_chart(bpm=75.0, form=LONG)
    reply = part(arrange(chart, recipe_for(pack), pack.exact()), "reply")
    places = {round((note.start_s - 0.7) / 0.8 % 1.0, 2) for note in reply.notes}
    assert len(places) == 1
    assert 0.2 < places.pop() < 0.4


LIFT = Transition(name="rise", sound="riser", when="lift", beats=8)
ARRIVAL = Transition(name="hit", sound="impact", when="arrival", beats=4)
FALL = Transition(name="fall", sound="sweep-down", when="fall", beats=4)


def led(pack: StylePack, *transitions: Transition) -> StylePack:
    return pack.model_copy(update={"transitions": transitions})


def test_risers_end_where_impacts_begin() -> None:
    pack = led(PACKS["house"], LIFT, ARRIVAL, FALL)
    chart = song_chart(form=LONG)
    timeline = arrange(chart, recipe_for(pack), pack)
    rise, hit, fall = (part(timeline, name) for name in ("rise", "hit", "fall"))
    assert {found.role for found in (rise, hit, fall)} == {"effects"}
    assert {note.pitch for note in rise.notes} == {SWEEPS["riser"]}
    ends = [round(note.start_s + note.duration_s, 4) for note in rise.notes]
    assert ends == [round(note.start_s, 4) for note in hit.notes]
    starts = {section.label: [] for section in chart.sections}  # type: dict[str, list[float]]
    for section in chart.sections:
        starts[section.label].append(round(section.start_s, 4))
    assert set(starts["chorus"]) <= set(ends)
    assert set(starts["break"]) <= {round(note.start_s, 4) for note in fall.notes}
    assert not set(ends) & {round(note.start_s, 4) for note in fall.notes}


def test_transitions_follow_their_conditions() -> None:
    chart = song_chart(form=LONG)

    def places(transition: Transition, rhythm: float = 1.0) -> list[float]:
        pack = led(PACKS["house"], transition)
        timeline = arrange(chart, recipe_for(pack, strengths=Strengths(rhythm=rhythm, timbre=1.0)), pack)
        return [note.start_s for found in timeline.parts if found.name == transition.name for note in found.notes]

    assert len(places(ARRIVAL.model_copy(update={"sections": ("chorus",)}))) == 3
    assert places(ARRIVAL.model_copy(update={"rise": 1.0})) == []
    assert places(ARRIVAL.model_copy(update={"chance": 0.0})) == []
    without = recipe_for(PACKS["house"], instruments_without=("drums",))
    pack = led(PACKS["house"], LIFT)
    assert "rise" not in {found.name for found in arrange(chart, without, pack).parts}


def automation(found: Part, knob: str) -> Sequence[tuple[float, float]]:
    return next(item.points for item in found.automation if item.knob == knob)


def test_knobs_move_and_come_back_to_rest() -> None:
    pack = PACKS["house"]
    opening = Move(knob="lowpass_hz", start=300.0, end=12000.0, when="section", sections=("intro", "break"))
    cut = Move(knob="highpass_hz", start=20.0, end=400.0, when="lift", bars=2, sections=("chorus",))
    channel = pack.drums.channel.model_copy(update={"moves": (opening, cut)})
    moving = pack.model_copy(update={"drums": pack.drums.model_copy(update={"channel": channel})})
    chart = song_chart(form=LONG)
    drums = part(arrange(chart, recipe_for(moving), moving), "drums")
    sections = {section.label: section for section in chart.sections}
    low = automation(drums, "lowpass_hz")
    intro = sections["intro"]
    corners_s = (intro.start_s - 0.03, intro.start_s, intro.end_s - 0.03, intro.end_s)
    assert [time_s for time_s, _ in low[:4]] == pytest.approx(corners_s)
    assert [value for _, value in low[:4]] == [20000.0, 300.0, 12000.0, 20000.0]
    assert len(low) == 8
    assert [time for time, _ in low] == sorted(time for time, _ in low)
    high = automation(drums, "highpass_hz")
    choruses = [section for section in chart.sections if section.label == "chorus"]
    assert [time for time, value in high if value == 400.0] == pytest.approx(
        [section.start_s - 0.03 for section in choruses]
    )
    assert [time for time, value in high if value == 20.0][1::3] == pytest.approx(
        [chart.bars[section.first_bar - 2].start_s for section in choruses]
    )


def test_kept_stems_move_too() -> None:
    pack = PACKS["house"]
    move = Move(knob="gain_db", start=-12.0, end=0.0, when="section", sections=("break",))
    vocals = pack.stems.vocals.model_copy(update={"moves": (move,)})
    moving = pack.model_copy(update={"stems": pack.stems.model_copy(update={"vocals": vocals})})
    (bus,) = arrange(song_chart(form=LONG), recipe_for(moving), moving).buses
    assert [knob.knob for knob in bus.automation] == ["gain_db"]
    with pytest.raises(ValueError, match="say in which sections it moves"):
        Move(knob="gain_db", start=0.0, end=1.0)
    with pytest.raises(ValueError, match="lowpass_hz moves to 30000"):
        Channel(moves=(Move(knob="lowpass_hz", start=30000.0, end=100.0, when="lift"),))


def test_bars_for_mixing_begin_with_the_drums() -> None:
    pack = PACKS["house"]
    chart = song_chart(form=POP)
    recipe = recipe_for(pack, form=FormUse(intro_bars=8, outro_bars=8))
    timeline = arrange(chart, recipe, pack)
    half_s = timeline.bars[4].start_s
    early = {found.role for found in timeline.parts for note in found.notes if note.start_s < half_s - 0.1}
    assert early <= {"drums", "percussion", "effects"}
    assert "drums" in early
    later = {
        found.role
        for found in timeline.parts
        for n in found.notes
        if half_s - 0.05 <= n.start_s < timeline.bars[8].start_s
    }
    assert {"drums", "bass", "chords"} <= later


def test_a_build_rolls_and_breathes_before_the_drop() -> None:
    pack = PACKS["house"]
    chart = song_chart(form=LONG)
    timeline = arrange(chart, recipe_for(pack, form=FormUse(shape="build_and_drop")), pack)
    plain = arrange(chart, recipe_for(pack), pack)
    drums = part(timeline, "drums")

    def busiest(found: Part) -> int:
        snares = [note.start_s for note in found.notes if note.pitch == 38]
        return max((sum(start <= other < start + 1.5 for other in snares) for start in snares), default=0)

    assert busiest(drums) > busiest(part(plain, "drums"))


def test_a_loop_does_not_end() -> None:
    pack = PACKS["house"]
    chart = song_chart(form=POP)
    looped = arrange(chart, recipe_for(pack, form=FormUse(shape="loop"), length_s=40.0), pack)
    last = looped.bars[-1]
    struck = [note for note in part(looped, "drums").notes if note.start_s >= last.start_s - 0.05]
    assert len(struck) > 6
