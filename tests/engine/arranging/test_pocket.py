"""Time: every note lies within a few milliseconds of the grid that it aims at, and the grid is the song's own."""

import json
from bisect import bisect
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import build_grid
from contrafact.engine.arranging.notation import swung
from contrafact.engine.arranging.playing import pocket_of
from contrafact.engine.arranging.pocket import choose_swing
from contrafact.engine.arranging.settings import Feel
from contrafact.engine.arranging.timeline import Part, Timeline
from contrafact.engine.listening.chart import Chart, Drums, Metre, Swing
from contrafact.engine.listening.chart import GrooveBar as Played
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse, Strengths
from tests.support.charts import POP, song_chart
from tests.support.recipes import recipe_for

PACKS = load_styles()
SLUGS = sorted(PACKS)
WITH_DRUMS = StemsUse(bass=StemUse(keep=False), other=StemUse(keep=False))
STRAY_S = 0.004 + 1e-5
DIVISIONS = (1, 2, 3, 4, 6, 8, 12)

charts = st.builds(
    song_chart,
    bpm=st.floats(64, 176),
    beats_per_bar=st.sampled_from([3, 4, 5, 6, 7]),
    form=st.just(POP),
    drift=st.floats(-0.12, 0.12),
)


def with_swing(chart: Chart, ratio: float, level: str = "eighth") -> Chart:
    return chart.model_copy(update={"swing": Swing.model_validate({"ratio": ratio, "level": level, "confidence": 0.9})})


def part(timeline: Timeline, name: str) -> Part:
    return next(found for found in timeline.parts if found.name == name)


def lags_ms(pack: StylePack) -> set[float]:
    """Every lag that a note of a style may have, alone or with the stroke of a strum."""
    struck = {0.0, pack.humanise.snare_lag_ms, *pack.humanise.lags_ms.values()}
    strummed = {
        found.lag_ms + place * found.strum_ms * share
        for found in pack.parts
        for place in range(8)
        for share in (0.7, 1.0)
    }
    return struck | strummed


def places(chart: Chart, recipe: Recipe, pack: StylePack) -> Iterator[float]:
    """The grid in seconds: the song's own beats divided evenly, with the swing."""
    form = choose_form(chart, recipe)
    grid = build_grid(chart, form, pack.tempo)
    pocket = pocket_of(chart, recipe, pack, form, grid)
    for beat in range(len(grid.beat_s) - 1):
        for division in DIVISIONS:
            for step in range(division):
                yield grid.time(beat + swung(step / division, division, pocket.share, pocket.unit))
    yield grid.beat_s[-1]


@settings(max_examples=15)
@given(chart=charts, slug=st.sampled_from(SLUGS), seed=st.integers(0, 2**40), ratio=st.sampled_from([0.9, 1.0, 1.2]))
def test_every_note_is_within_4_ms_of_its_aim(chart: Chart, slug: str, seed: int, ratio: float) -> None:
    pack = PACKS[slug]
    recipe = recipe_for(pack, seed=seed, tempo={"ratio": ratio})
    aims = {found.name: found for found in arrange(chart, recipe, pack.exact()).parts}
    for found in arrange(chart, recipe, pack).parts:
        aimed: dict[int, list[float]] = {}
        for note in aims[found.name].notes:
            aimed.setdefault(note.pitch, []).append(note.start_s)
        for note in found.notes:
            assert near(aimed[note.pitch], note.start_s) <= STRAY_S, (found.name, note)


@settings(max_examples=15)
@given(chart=charts, slug=st.sampled_from(SLUGS), seed=st.integers(0, 2**40))
def test_every_aim_is_on_the_grid(chart: Chart, slug: str, seed: int) -> None:
    """Apart from lags, which are part of the aim: what changes with a chord changes on a beat, all else is written."""
    pack = PACKS[slug]
    recipe = recipe_for(pack, seed=seed)
    grid = sorted(set(places(chart, recipe, pack)))
    lags = sorted({lag / 1000.0 for lag in lags_ms(pack)})
    steps = sorted({round(place + lag, 5) for place in grid for lag in lags})
    for found in arrange(chart, recipe, pack.exact()).parts:
        for note in found.notes:
            assert near(steps, note.start_s) < 1e-4, (found.name, note)


def near(steps: list[float], time_s: float) -> float:
    """How far the nearest step lies from a time."""
    at = bisect(steps, time_s)
    return min(abs(step - time_s) for step in steps[max(0, at - 1) : at + 1])


def test_stray_strokes_would_be_noticed() -> None:
    """The grid is fine, but not so fine that anything would lie on it."""
    pack = PACKS["house"]
    chart = song_chart(bpm=100.0)
    grid = sorted(set(places(chart, recipe_for(pack), pack)))
    chance = Chance(1)
    drawn = [5.0 + 60.0 * chance.unit() for _ in range(400)]
    assert sum(near(grid, time_s) < 1e-4 for time_s in drawn) < 12


@pytest.mark.parametrize(("level", "share"), [("eighth", 0.66), ("sixteenth", 0.6)])
def test_a_band_beside_kept_drums_swings_as_they_do(level: str, share: float) -> None:
    pack = PACKS["synthwave"]
    assert pack.feel.swing == 0.5
    chart = with_swing(song_chart(bpm=100.0), share, level)
    kept = arrange(chart, recipe_for(pack, stems=WITH_DRUMS), pack.exact())
    unit = 2 if level == "eighth" else 4
    bass = part(kept, "bass")
    beat_s = 0.6
    off = {round((note.start_s - 0.7) / beat_s % 1, 3) for note in bass.notes}
    expected = {round(swung(step / 4, 4, share, unit), 3) for step in range(4)}
    assert len(off) > 1
    assert off <= expected | {1.0}


def test_who_leads_the_swing() -> None:
    feel, chance = Feel(swing=0.54, swing_unit="sixteenth"), Chance(0)
    hard = Swing(ratio=0.66, level="eighth", confidence=0.9)
    light = Swing(ratio=0.53, level="eighth", confidence=0.9)
    unsure = Swing(ratio=0.66, level="eighth", confidence=0.1)
    assert choose_swing(feel, hard, 1.0, chance, band=True, voice=True) == (0.66, 2)
    assert choose_swing(feel, light, 1.0, chance, band=True, voice=True) == (0.53, 2)
    assert choose_swing(feel, hard, 1.0, chance, band=False, voice=True) == (0.66, 2)
    assert choose_swing(feel, light, 1.0, chance, band=False, voice=True) == (0.54, 4)
    assert choose_swing(feel, hard, 1.0, chance, band=False, voice=False) == (0.54, 4)
    assert choose_swing(feel, unsure, 1.0, chance, band=True, voice=True) == (0.54, 4)
    assert choose_swing(feel, None, 1.0, chance, band=True, voice=True) == (0.54, 4)
    # Felt at half time the song's eighths are the band's sixteenths; at double time they are beats.
    assert choose_swing(feel, hard, 0.5, chance, band=True, voice=True) == (0.66, 4)
    assert choose_swing(feel, hard, 2.0, chance, band=True, voice=True)[0] == 0.5


def test_takes_swing_within_the_written_range() -> None:
    feel = Feel(swing=0.58, swing_range=(0.55, 0.62))
    shares = {choose_swing(feel, None, 1.0, Chance(seed), band=False, voice=True)[0] for seed in range(20)}
    assert len(shares) == 20
    assert all(0.55 <= share <= 0.62 for share in shares)


def test_kept_drums_set_the_time() -> None:
    """Where the recording's drummer plays late, a stroke that is written there is late as well."""
    late_ms = [0.0, 0.0, 14.0, 0.0] * 4
    chart = song_chart(bpm=100.0)
    hit = tuple(1.0 if step % 2 == 0 else 0.0 for step in range(16))
    silent = tuple(0.0 for _ in range(16))
    groove = tuple(
        Played(bar=bar.index, steps=16, kick=hit, snare=silent, hihat=hit, offsets_ms=tuple(late_ms))
        for bar in chart.bars
    )
    played = chart.model_copy(update={"drums": Drums(hits=(), groove=groove)})
    pack = PACKS["synthwave"]
    bass = part(arrange(played, recipe_for(pack, stems=WITH_DRUMS), pack.exact()), "bass")
    plain = part(arrange(played, recipe_for(pack), pack.exact()), "bass")

    def late(found: Part) -> list[float]:
        inside = [((note.start_s - 0.7) % 0.6) * 1000.0 for note in found.notes]
        return [round(time_ms - 300.0, 1) for time_ms in inside if 290.0 <= time_ms <= 320.0]

    assert set(late(plain)) == {0.0}
    assert set(late(bass)) == {14.0}


@pytest.mark.parametrize(("slug", "beats"), [*((slug, 2) for slug in SLUGS), ("house", 3), ("house", 4)])
def test_compound_time_is_played_in_threes(slug: str, beats: int) -> None:
    """6/8, 9/8 and 12/8, charted in dotted beats, are played in sixths of them; rolls may halve these."""
    pack = PACKS[slug]
    metre = Metre(beats_per_bar=beats, confidence=0.9, division=3)
    chart = song_chart(bpm=64.0, beats_per_bar=beats).model_copy(update={"metre": metre})
    timeline = arrange(chart, recipe_for(pack), pack.exact())
    beat_s = 60.0 / 64.0
    lags = sorted({lag / 1000.0 for lag in lags_ms(pack)})
    sixths, twelfths = (
        sorted(step / division * beat_s + lag for step in range(-1, division + 2) for lag in lags)
        for division in (6, 12)
    )
    inside = [(note.start_s - 0.7) % beat_s for found in timeline.parts for note in found.notes]
    assert len(inside) > 200
    assert all(min(near(twelfths, place), near(twelfths, place - beat_s)) < 2e-4 for place in inside)
    rolled = [place for place in inside if min(near(sixths, place), near(sixths, place - beat_s)) > 2e-4]
    assert len(rolled) <= 0.1 * len(inside)


def test_a_pack_may_write_its_own_compound_time() -> None:
    document = PACKS["house"].model_dump(mode="json")
    document["grooves"].append(
        {"name": "jig", "beats": 2, "division": 3, "lines": {"kick": "x.. x..", "cowbell": "x.x x.x"}}
    )
    for effects in (document["drums"]["channel"], document["drums"]["percussion"]):
        effects["effects"] = []
    pack = StylePack.model_validate_json(json.dumps(_bare(document)))
    metre = Metre(beats_per_bar=2, confidence=0.9, division=3)
    chart = song_chart(bpm=100.0, beats_per_bar=2).model_copy(update={"metre": metre})
    struck = {note.pitch for note in part(arrange(chart, recipe_for(pack), pack), "percussion").notes}
    assert struck == {56}


def _bare(document: dict[str, object]) -> dict[str, object]:
    """Effects are dumped in another shape than they are written in."""

    def without(value: object) -> object:
        if isinstance(value, dict):
            return {key: [] if key == "effects" else without(item) for key, item in value.items()}
        return [without(item) for item in value] if isinstance(value, list) else value

    found = without(document)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(("feel", "wanted"), [("half_time", 0.5), ("double_time", 2.0)])
def test_half_and_double_time(feel: str, wanted: float) -> None:
    pack = PACKS["synthwave"]
    changed = pack.model_copy(update={"feel": pack.feel.model_copy(update={feel: ("verse", "chorus")})})
    chart = song_chart(bpm=100.0, form=(("verse", "A", 16, 0.5), ("chorus", "B", 16, 0.9)))
    kicks = [
        sum(note.pitch == 36 for note in part(arrange(chart, recipe_for(pack), played), "drums").notes)
        for played in (pack, changed)
    ]
    assert kicks[1] == pytest.approx(wanted * kicks[0], rel=0.25)


def test_strengths_never_move_time() -> None:
    """What plays at a low strength plays at the same moments at a high one."""
    pack = PACKS["house"]
    chart = song_chart()
    low, high = (
        {
            (note.start_s, note.pitch)
            for name in ("drums", "percussion")
            for note in part(
                arrange(chart, recipe_for(pack, stems=StemsUse(), strengths=Strengths(rhythm=rhythm)), pack), name
            ).notes
        }
        for rhythm in (0.3, 0.9)
    )
    assert low
    assert low < high
