"""Kept stems under changed chords: what is cut is not used, what is moved fits, and the clash falls."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from contrafact.engine.arranging import arrange
from contrafact.engine.arranging.chords import ChordTones, parse_chord
from contrafact.engine.arranging.clashing import bass_treatment, other_treatment, without_clashes
from contrafact.engine.arranging.clips import lay_clips
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import Grid, build_grid
from contrafact.engine.arranging.reharmonising import reharmonised
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe, Strengths, Tempo
from tests.support.charts import song_chart
from tests.support.recipes import recipe_for


def ask(change: str, share: float = 1.0, **more: Any) -> Recipe:
    return recipe_for(None, strengths=Strengths(harmony=share), harmony={"change": change}, **more)


def treated(chart: Chart, recipe: Recipe) -> tuple[tuple[Clip, ...], tuple[Clip, ...], Grid, Grid]:
    form = choose_form(chart, recipe)
    heard = build_grid(chart, form, None)
    played = reharmonised(heard, chart, recipe)
    laid = lay_clips(form, STEM_NAMES, chart.duration_s, 0.0)
    return laid, without_clashes(laid, heard, played), heard, played


def chord(label: str) -> ChordTones:
    tones = parse_chord(label)
    assert tones is not None
    return tones


def roughness(kept: NDArray[np.float64], played: NDArray[np.float64]) -> float:
    """How much of two chromas lies a semitone apart."""
    return float(sum(kept[tone] * (played[(tone + 1) % 12] + played[(tone - 1) % 12]) for tone in range(12)))


def chroma(pitch_classes: tuple[int, ...]) -> NDArray[np.float64]:
    return np.bincount(pitch_classes, minlength=12) / len(pitch_classes)


def clash(clips: tuple[Clip, ...], heard: Grid, played: Grid) -> float:
    """Mean roughness between what is left of the recording's instruments and what is newly played."""
    total = 0.0
    times = np.arange(heard.chords[0].start_s + 0.05, heard.chords[-1].end_s, 0.1)
    others = [clip for clip in clips if clip.stem == "other"]
    for time_s in times:
        own, new = heard.chord(float(time_s)), played.chord(float(time_s))
        if own is None or new is None or own.tones is None or new.tones is None:
            continue
        clip = next((c for c in others if c.target_start_s <= time_s < c.target_end_s), None)
        if clip is None or own.tones == new.tones:
            continue
        sounding = tuple(tone for tone in own.tones.transposed(round(clip.semitones)).pitch_classes)
        total += roughness(chroma(sounding), chroma(new.tones.pitch_classes))
    return total / len(times)


def test_equal_grids_change_no_clip() -> None:
    chart = song_chart()
    laid, left, _, _ = treated(chart, ask("as_heard", 0.8))
    assert left is laid


@pytest.mark.parametrize("change", ["parallel", "jazz", "relative", "pedal"])
def test_the_clash_falls(change: str) -> None:
    chart = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"), sing=False)
    laid, left, heard, played = treated(chart, ask(change))
    before, after = clash(laid, heard, played), clash(left, heard, played)
    if change in ("parallel", "jazz"):
        assert before > 0.02
        assert after < 0.5 * before
    assert after <= before


@given(
    change=st.sampled_from(["relative", "parallel", "jazz", "pedal", "simple"]),
    share=st.floats(0.0, 1.0),
    ratio=st.sampled_from([0.9, 1.0, 1.2]),
    length_s=st.sampled_from([None, 40.0]),
)
@settings(max_examples=30)
def test_clips_are_cut_where_they_were_laid_and_only_those_of_instruments(
    change: str, share: float, ratio: float, length_s: float | None
) -> None:
    chart = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"))
    laid, left, heard, played = treated(chart, ask(change, share, tempo=Tempo(ratio=ratio), length_s=length_s))
    for stem in ("vocals", "drums"):
        assert [clip for clip in left if clip.stem == stem] == [clip for clip in laid if clip.stem == stem]
    for stem in ("bass", "other"):
        for clip in left:
            if clip.stem != stem:
                continue
            whole = next(
                c
                for c in laid
                if c.stem == stem
                and c.target_start_s - 1e-6 <= clip.target_start_s
                and clip.target_end_s <= c.target_end_s + 1e-6
                and abs(c.source_start_s + (clip.target_start_s - c.target_start_s) * c.ratio - clip.source_start_s)
                < 1e-6
            )
            assert clip.ratio == pytest.approx(whole.ratio)
            assert clip.gain_db == whole.gain_db
            assert clip.target_end_s - clip.target_start_s > 0.04
        # Nothing sounds twice: neighbours out of one clip meet and do not overlap.
        pieces = sorted((clip for clip in left if clip.stem == stem), key=lambda clip: clip.target_start_s)
        laid_overlap = sum(
            max(0.0, a.target_end_s - b.target_start_s)
            for a, b in pairwise([clip for clip in laid if clip.stem == stem])
        )
        overlap = sum(max(0.0, a.target_end_s - b.target_start_s) for a, b in pairwise(pieces))
        assert overlap <= laid_overlap + 1e-6
    # Outside of changed chords everything sounds as it was laid.
    for time_s in np.arange(heard.chords[0].start_s + 0.03, heard.chords[-1].end_s, 0.5):
        one, other = heard.chord(float(time_s)), played.chord(float(time_s))
        if one is None or other is None or one.tones != other.tones:
            continue
        for stem in ("bass", "other"):
            sounding = [c for c in left if c.stem == stem and c.target_start_s <= time_s < c.target_end_s]
            assert sounding
            assert all(c.semitones == 0.0 and c.lowcut_hz == 0.0 for c in sounding)


@pytest.mark.parametrize(
    ("heard", "played", "semitones", "lowcut", "mute"),
    [
        ("C:maj", "C:maj", 0, False, False),
        ("C:maj", "A:min", 0, True, False),
        ("C:maj", "C:maj7", 0, False, False),
        ("C:maj", "C:min", 0, False, True),
        ("G:7", "C#:7", 6, False, False),
        ("C:maj", "E:7", 4, False, False),
        ("F:maj", "G:7", 2, False, False),
        ("A:min", "D:min7", 5, False, False),
        ("F:maj", "D:min7", 0, True, False),
        ("C:maj", "F:maj/5", 5, False, False),
        ("C:maj", "C:maj/3", 0, True, False),
        ("A:min", "B:maj", 0, False, True),
    ],
)
def test_what_becomes_of_instruments(heard: str, played: str, semitones: int, lowcut: bool, mute: bool) -> None:
    treatment = other_treatment(chord(heard), chord(played))
    assert (treatment.semitones, treatment.lowcut_hz > 0.0, treatment.mute) == (semitones, lowcut, mute)


@pytest.mark.parametrize(
    ("heard", "played", "semitones"),
    [
        ("C:maj", "A:min", -3),
        ("C:maj", "C:min", 0),
        ("G:7", "C#:7", 6),
        ("F:maj", "F:maj/5", -5),
        ("C:maj", "B:min", -1),
    ],
)
def test_the_bass_follows_the_new_bass_note(heard: str, played: str, semitones: int) -> None:
    treatment = bass_treatment(chord(heard), chord(played))
    assert (treatment.semitones, treatment.mute) == (semitones, False)


def test_what_is_muted_is_not_used() -> None:
    chart = song_chart(chords=("C:maj", "A:min", "F:maj", "G:maj"), sing=False)
    plain, changed = (arrange(chart, ask(change), None) for change in ("as_heard", "parallel"))
    used = {use.stem: use.seconds for use in changed.usage()}
    whole = {use.stem: use.seconds for use in plain.usage()}
    assert used["other"] < 0.5 * whole["other"]
    assert used["drums"] == whole["drums"]
    assert used["bass"] == pytest.approx(whole["bass"])
    assert sum(use.share for use in changed.usage()) == 1
