"""More of a strength is more of it: what 0.4 changes, 0.6 changes too, and levels move one way only."""

from functools import cache
from itertools import pairwise
from typing import Literal

import pytest
from scipy.stats import spearmanr

from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.recipe.recipe import StemsUse, StemUse, Strengths
from tests.support.charts import POP, song_chart
from tests.support.recipes import recipe_for

PACKS = load_styles()
SLUGS = sorted(PACKS)[::4]
"""Every fourth style: the players are the same, the writing is not what is tested here."""
KEPT = StemsUse()
DROPPED = StemsUse(drums=StemUse(keep=False), bass=StemUse(keep=False), other=StemUse(keep=False))
STEPS = (0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0)
CHART = song_chart(
    form=(("intro", "A", 2, 0.3), ("verse", "B", 4, 0.4), ("chorus", "C", 8, 1.0), ("outro", "D", 2, 0.3)), bpm=104.0
)
BAR_S = 4 * 60.0 / 110.0
MANY = song_chart(
    form=POP,
    chords=("C:maj", "A:min", "F:maj", "D:min", "E:min", "G:maj", "A:min", "F:maj"),
)

Component = Literal["rhythm", "timbre", "harmony"]


@cache
def sweep(slug: str, component: Component, kept: bool) -> tuple[Timeline, ...]:
    pack, stems = PACKS[slug], KEPT if kept else DROPPED
    return tuple(
        arrange(CHART, recipe_for(pack, stems=stems, strengths=Strengths(**{component: strength})), pack)
        for strength in STEPS
    )


def energy(timeline: Timeline) -> float:
    """What generated parts bring along: power of every note by its gain and velocity, times how long it sounds."""
    return sum(
        float(10.0 ** (part.gain_db / 10.0)) * float((note.velocity / 112) ** 3.2) * min(1.0, note.duration_s)
        for part in timeline.parts
        for note in part.notes
    )


def share(timeline: Timeline) -> float:
    """Of the whole: each kept stem counts as much as a full band does at 0 dB."""
    kept = sum(10 ** (bus.gain_db / 10) for bus in timeline.buses) * 200.0
    made = energy(timeline)
    return made / (made + kept)


@pytest.mark.parametrize("component", ["rhythm", "timbre"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_stronger_take_is_newer(slug: str, component: Component) -> None:
    takes = sweep(slug, component, True)
    shares = [share(take) for take in takes]
    assert takes[0].parts == ()
    assert spearmanr(STEPS, shares).statistic >= 0.99
    assert shares == sorted(shares)


@pytest.mark.parametrize("slug", ["house", "bossa-nova"])
@pytest.mark.parametrize("component", ["rhythm", "timbre"])
def test_where_a_stem_is_dropped_somebody_carries_the_song(slug: str, component: Component) -> None:
    takes = sweep(slug, component, False)
    made = [energy(take) for take in takes]
    assert {"drums", "bass", "chords"} <= {part.role for part in takes[0].parts}
    assert made == sorted(made)
    assert made[0] < made[-1]


@pytest.mark.parametrize("slug", SLUGS)
def test_strokes_are_nested(slug: str) -> None:
    """Every stroke of a weaker rhythm is played by the stronger ones, at the same moment, as hard."""
    before: set[tuple[str, float, int, int]] = set()
    for take in sweep(slug, "rhythm", True):
        now = {
            (part.name, note.start_s, note.pitch, note.velocity)
            for part in take.parts
            if part.role in ("drums", "percussion")
            for note in part.notes
        }
        assert before <= now
        before = now
    assert before


def test_cymbals_and_percussion_come_first() -> None:
    takes = sweep("house", "rhythm", True)
    struck = [{note.pitch for part in take.parts if part.role == "drums" for note in part.notes} for take in takes]
    assert struck[2] <= {37, 42, 44, 46, 51, 53}
    assert 36 not in struck[3]
    assert {36, 39} <= struck[5]


@pytest.mark.parametrize("slug", SLUGS)
def test_kept_parts_step_back_as_new_ones_come(slug: str) -> None:
    for takes, stem in ((sweep(slug, "rhythm", True), "drums"), (sweep(slug, "timbre", True), "other")):
        gains = [next(bus.gain_db for bus in take.buses if bus.stem == stem) for take in takes]
        assert gains == sorted(gains, reverse=True)
        assert gains[0] - gains[-1] >= 3.0


@pytest.mark.parametrize("slug", SLUGS)
def test_parts_join_and_stay(slug: str) -> None:
    before: dict[str, float] = {}
    for take in sweep(slug, "timbre", False):
        now = {part.name: part.gain_db for part in take.parts if part.role not in ("drums", "percussion", "effects")}
        assert before.keys() <= now.keys()
        assert all(now[name] >= gain for name, gain in before.items())
        before = now


def coloured_bars(pack: StylePack, strength: float) -> set[int]:
    """Bars in which somebody plays a tone that the song's own chord does not have."""
    recipe = recipe_for(pack, strengths=Strengths(rhythm=1.0, timbre=1.0, harmony=strength))
    timeline = arrange(MANY, recipe, pack)
    found = set()
    for part in timeline.parts:
        if part.role not in ("chords", "pad", "arpeggio"):
            continue
        for note in part.notes:
            middle = note.start_s + min(note.duration_s, 0.2) / 2
            chord = next(chord for chord in MANY.chords if chord.start_s <= middle < chord.end_s)
            tones = parse_chord(chord.label)
            if tones and note.pitch % 12 not in tones.pitch_classes:
                found.add(round((chord.start_s - MANY.bars[0].start_s) / BAR_S))
    return found


@pytest.mark.parametrize("slug", [slug for slug in sorted(PACKS) if PACKS[slug].colour != "triad"][:2])
def test_coloured_chords_are_nested(slug: str) -> None:
    sets = [coloured_bars(PACKS[slug], strength) for strength in (0.0, 0.15, 0.3, 0.45, 0.6)]
    assert not sets[0]
    for fewer, more in pairwise(sets):
        assert fewer <= more
    counts = [len(found) for found in sets]
    assert counts[-1] > 20
    assert counts[1] < counts[2] < counts[-1]


def test_a_section_that_comes_back_is_coloured_alike() -> None:
    pack = PACKS["bossa-nova"]
    found = coloured_bars(pack, 0.3)
    choruses = [range(12, 20), range(28, 36)]
    assert {bar - 12 for bar in found if bar in choruses[0]} == {bar - 28 for bar in found if bar in choruses[1]}


def test_a_cover_is_played_in_full() -> None:
    """Nothing of the recording sounds, so the band carries all of it, whatever the strengths say."""
    pack = PACKS["house"]
    full = arrange(CHART, recipe_for(pack, strengths=Strengths(rhythm=1.0, timbre=1.0), stems=DROPPED), pack)
    cover = arrange(CHART, recipe_for(pack, kind="cover", strengths=Strengths(), stems=KEPT), pack)
    assert cover.buses == ()
    wanted = {part.name: part.gain_db for part in full.parts}
    assert {part.name: part.gain_db for part in cover.parts if part.name in wanted} == wanted
