"""Joins as they sound: rendered on a generated song whose beats and bars are known to the sample."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging import arrange
from contrafact.engine.arranging.form import Form, choose_form
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import StemsUse, StemUse
from contrafact.engine.rendering import render_blocks
from tests.support.readers import MemoryStems
from tests.support.recipes import recipe_for
from tests.support.song_charts import chart_of_song
from tests.support.songs import GeneratedSong, make_song

SECTIONS = (("intro", 4), ("verse", 8), ("chorus", 4), ("verse", 4), ("chorus", 8), ("outro", 4))
Sound = NDArray[np.float64]


@pytest.fixture(scope="module")
def song() -> GeneratedSong:
    return make_song(seed=3, bpm=118.0, sections=SECTIONS)


@pytest.fixture(scope="module")
def chart(song: GeneratedSong) -> Chart:
    return chart_of_song(song)


def heard(song: GeneratedSong, timeline: Timeline, nowhere: Path) -> Sound:
    """The mix before the master, mono; kept stems need no fetched sounds."""
    stems = MemoryStems({name: song.stems[name].samples for name in ("vocals", "drums", "bass", "other")})
    blocks = [block.samples for block in render_blocks(timeline, stems, AssetStore(nowhere))]
    mix: Sound = np.concatenate(blocks, axis=1).mean(axis=0).astype(np.float64)
    return mix


def mono(song: GeneratedSong, *stems: StemName) -> Sound:
    total: Sound = np.sum([song.stems[stem].samples.mean(axis=0) for stem in stems], axis=0, dtype=np.float64)
    return total


def sharpness(sound: Sound) -> Sound:
    """The second difference: small in tones, large where a wave is broken off."""
    return np.asarray(np.abs(np.diff(sound, 2)), dtype=np.float64)


def click_at(sound: Sound, moment_s: float, known: Sound) -> float:
    """The sharpest sample within 60 ms, relative to the sharpest of the same music unbroken (strokes left out)."""
    at = round(moment_s * SAMPLE_RATE)
    return float(sharpness(sound[max(0, at - 2646) : at + 2646]).max() / sharpness(known).max())


def power_db(sound: Sound) -> float:
    return 10.0 * float(np.log10(np.mean(sound**2) + 1e-12))


def bar_of(sound: Sound, start_s: float, end_s: float) -> Sound:
    return sound[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]


def beat_error_s(sound: Sound, at_s: float, known: Sound, source_s: float, span_s: float = 0.4) -> float:
    """How much later a stroke sounds than it should, from the cross-correlation of the attacks."""
    hop = 44

    def attacks(wave: Sound, start_s: float) -> Sound:
        first = round((start_s - 0.06) * SAMPLE_RATE)
        piece = wave[max(0, first) : first + round(span_s * SAMPLE_RATE)]
        piece = np.concatenate([np.zeros(max(0, -first)), piece])
        energy = np.log10((piece[: len(piece) // hop * hop] ** 2).reshape(-1, hop).mean(axis=1) + 1e-7)
        rises: Sound = np.maximum(0.0, np.diff(energy))
        return rises

    one, two = attacks(sound, at_s), attacks(known, source_s)
    size = min(len(one), len(two))
    match = np.correlate(one[:size], two[:size], "full")
    return float((int(match.argmax()) - (size - 1)) * hop / SAMPLE_RATE)


WISHES: tuple[dict[str, Any], ...] = (
    {"length_s": 45.0},
    {"length_s": 110.0},
    {"length_s": 50.0, "form": {"exact": True}},
    {"form": {"order": [{"section": 2}, {"section": 1}, {"section": 4, "first_bar": 4}, {"section": 5}]}},
    {"form": {"shape": "loop"}},
    {"strengths": {"form": 0.7}},
)


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_no_join_clicks_steps_or_loses_the_beat(
    wish: dict[str, Any], song: GeneratedSong, chart: Chart, tmp_path: Path
) -> None:
    recipe = recipe_for(None, **wish)
    form, timeline = choose_form(chart, recipe), arrange(chart, recipe, None)
    sound = heard(song, timeline, tmp_path)
    assert len(sound) == round(timeline.duration_s * SAMPLE_RATE)
    known = song.audio.samples.mean(axis=0).astype(np.float64)
    if form.loops:
        # Heard twice, the loop's own join lies in the middle.
        sound = np.concatenate([sound, sound])
    assert form.seams
    for seam in form.seams:
        into, out = form.bars[seam.into], form.bars[seam.out]
        before_s, after_s = out.end_s - out.start_s, into.end_s - into.start_s
        # Both sides of the join are the bars that they are of, at their own level.
        here = bar_of(sound, seam.target_s, seam.target_s + after_s)
        assert abs(power_db(here) - power_db(bar_of(known, into.start_s, into.end_s))) < 0.5
        there = bar_of(sound, seam.target_s - before_s, seam.target_s)
        assert abs(power_db(there) - power_db(bar_of(known, out.start_s, out.end_s))) < 0.5
        assert abs(beat_error_s(sound, seam.target_s, known, into.start_s)) <= 0.002


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_no_join_clicks(wish: dict[str, Any], song: GeneratedSong, chart: Chart, tmp_path: Path) -> None:
    """Without the drums, whose strokes are as sharp as any click."""
    recipe = recipe_for(None, stems=StemsUse(drums=StemUse(keep=False)), **wish)
    form, timeline = choose_form(chart, recipe), arrange(chart, recipe, None)
    sound = heard(song, timeline, tmp_path)
    if form.loops:
        sound = np.concatenate([sound, sound])
    tones = mono(song, "vocals", "bass", "other")
    assert form.seams
    for seam in form.seams:
        assert click_at(sound, seam.target_s, tones) <= 1.02
    last = sound[-round(0.2 * SAMPLE_RATE) :]
    if not form.loops:
        assert sharpness(np.append(last, np.zeros(3))).max() <= 1.02 * sharpness(tones).max()


def test_the_click_detector_detects(song: GeneratedSong) -> None:
    """Joins of the same song without a crossfade, at any sample of a note, are found."""
    tones = mono(song, "vocals", "bass", "other")
    found = 0
    for beat in range(40, 60):
        out = round((float(song.beats_s[beat]) + 0.2) * SAMPLE_RATE)
        into = round((float(song.beats_s[beat + 17]) + 0.2) * SAMPLE_RATE)
        broken = np.concatenate([tones[:out], tones[into:]])
        found += click_at(broken, out / SAMPLE_RATE, tones) > 1.02
        assert click_at(tones, out / SAMPLE_RATE, tones) <= 1.0
    assert found >= 15


def test_the_beat_detector_detects(song: GeneratedSong) -> None:
    known = song.audio.samples.mean(axis=0).astype(np.float64)
    at = float(song.downbeats_s[6])
    late = np.concatenate([np.zeros(round(0.012 * SAMPLE_RATE)), known])
    assert beat_error_s(known, at, known, at) == 0.0
    assert beat_error_s(late, at, known, at) == pytest.approx(0.012, abs=0.002)


def attack_s(sound: Sound, at_s: float) -> float:
    """Where within 40 ms of a moment the sound rises most, relative to it."""
    hop, first = 22, round((at_s - 0.04) * SAMPLE_RATE)
    piece = sound[first : first + 160 * hop]
    energy = np.log10((piece.reshape(-1, hop) ** 2).mean(axis=1) + 1e-5)
    rise = energy[2:] - energy[:-2]
    return float((int(rise.argmax()) + 2) * hop / SAMPLE_RATE - 0.04)


@pytest.mark.parametrize("ratio", [0.9, 1.15])
def test_at_another_tempo_the_beat_goes_on_through_joins(
    ratio: float, song: GeneratedSong, chart: Chart, tmp_path: Path
) -> None:
    off = StemUse(keep=False)
    only_drums = StemsUse(vocals=off, bass=off, other=off)
    recipe = recipe_for(None, length_s=40.0, tempo={"ratio": ratio}, stems=only_drums)
    form, timeline = choose_form(chart, recipe), arrange(chart, recipe, None)
    assert form.seams
    sound, drums = heard(song, timeline, tmp_path), mono(song, "drums")
    for seam in form.seams:
        own = attack_s(drums, form.bars[seam.into].start_s)
        assert abs(attack_s(sound, seam.target_s) - own) <= 0.005


def test_level_over_a_join_of_like_bars_is_even(song: GeneratedSong, chart: Chart, tmp_path: Path) -> None:
    """In steps of 10 ms around a join that repeats a section: no hole and no bump against the recording's own."""
    recipe = recipe_for(None, length_s=110.0)
    form, sound = choose_form(chart, recipe), heard(song, arrange(chart, recipe, None), tmp_path)
    known = song.audio.samples.mean(axis=0).astype(np.float64)
    for seam in form.seams:
        at, own = seam.target_s, form.bars[seam.into].start_s
        for step in range(-8, 0):
            here = power_db(bar_of(sound, at + 0.01 * step, at + 0.01 * (step + 1)))
            out = form.bars[seam.out].end_s
            sides = [power_db(bar_of(known, s + 0.01 * step, s + 0.01 * (step + 1))) for s in (own, out)]
            assert min(sides) - 3.0 < here < max(sides) + 3.5


def built(form: Form) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    start: float | None = None
    for slot in form.slots:
        if slot.role == "build" and start is None:
            start = slot.start_s
        if slot.role == "song" and start is not None:
            spans.append((start, slot.start_s))
            start = None
    return spans


def test_a_drop_comes_out_of_a_breath_on_the_beat(song: GeneratedSong, chart: Chart, tmp_path: Path) -> None:
    recipe = recipe_for(None, form={"shape": "build_and_drop"})
    form, sound = choose_form(chart, recipe), heard(song, arrange(chart, recipe, None), tmp_path)
    known = song.audio.samples.mean(axis=0).astype(np.float64)
    beat_s = 60.0 / song.bpm
    spans = built(form)
    assert spans
    for start, drop in spans:
        bar = next(slot.bar for slot in form.slots if abs(slot.start_s - drop) < 1e-6)
        breath = power_db(bar_of(sound, drop - 0.7 * beat_s, drop - 0.3 * beat_s))
        fall = power_db(bar_of(sound, drop, drop + beat_s))
        assert fall - breath > 20.0
        assert abs(beat_error_s(sound, drop, known, form.bars[bar].start_s)) <= 0.002
        # Dull at first, bright at the end.
        bright = [
            power_db(np.diff(bar_of(sound, a, a + 2 * beat_s))) - power_db(bar_of(sound, a, a + 2 * beat_s))
            for a in (start, drop - 3.5 * beat_s)
        ]
        assert bright[1] > bright[0] + 3.0
