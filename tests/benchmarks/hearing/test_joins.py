"""The detector of audible joins detects them, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.hearing.joins import CLICK, click_score, fade_step_db, joins_of, level_step_db, off_beat_ms
from contrafact.engine.arranging.timeline import Clip, StemBus, Timeline
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.clips import ClipSource
from tests.support.readers import MemoryStems, sine, sung
from tests.support.takes import empty_take

AT = 2 * SAMPLE_RATE


def band(seconds: float, seed: int = 0) -> Samples:
    """Something like music: a chord, a voice, strokes on every half second, a little noise."""
    chance = np.random.default_rng(seed)
    out = sine(220.0, seconds, 0.08) + sine(277.2, seconds, 0.06) + sine(329.6, seconds, 0.06) + sung(seconds, 0.1)
    out = out + (0.002 * chance.standard_normal(out.shape)).astype(np.float32)
    t = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    for beat in np.arange(0.5, seconds - 0.3, 0.5):
        first = round(beat * SAMPLE_RATE)
        stroke = chance.standard_normal(t.size) * np.exp(-t / 0.03) * 0.3 + np.sin(2 * np.pi * 60 * t) * np.exp(
            -t / 0.1
        )
        out[:, first : first + t.size] += (0.4 * stroke).astype(np.float32)
    return np.asarray(out, dtype=np.float32)


@given(seed=st.integers(0, 1000), offset_ms=st.floats(-2.5, 2.5), jump=st.floats(0.06, 0.5))
@settings(max_examples=10, deadline=None)
def test_a_torn_wave_is_a_click(seed: int, offset_ms: float, jump: float) -> None:
    music = band(3.0, seed)
    at = round(1.8 * SAMPLE_RATE)
    torn = music.copy()
    torn[:, at:] += np.float32(jump) * np.exp(-np.arange(music.shape[1] - at) / 200.0).astype(np.float32)
    assert click_score(torn, 1.8 + offset_ms / 1000.0) > CLICK


def test_clicks_of_one_sample_on_one_side_count_too() -> None:
    music = band(3.0)
    music[1, round(1.3 * SAMPLE_RATE)] += 0.1
    assert click_score(music, 1.3) > CLICK
    assert click_score(music, 1.35) < CLICK


@given(seed=st.integers(0, 1000), at_s=st.sampled_from([0.5, 1.0, 1.5, 2.0, 0.77, 1.31, 1.98]))
@settings(max_examples=10, deadline=None)
def test_music_and_its_strokes_are_no_clicks(seed: int, at_s: float) -> None:
    assert click_score(band(3.0, seed), at_s) < CLICK
    assert click_score(sung(3.0, seed=seed), at_s) < CLICK


def test_a_step_in_level_is_told_in_decibels() -> None:
    music = sine(440.0, 4.0, 0.2)
    music[:, AT:] *= np.float32(10 ** (-3.0 / 20))
    assert level_step_db(music, 2.0) == pytest.approx(-3.0, abs=0.1)
    assert level_step_db(sine(440.0, 4.0), 2.0) == pytest.approx(0.0, abs=0.1)


def test_holes_and_humps_are_found_and_even_sound_has_none() -> None:
    chance = np.random.default_rng(1)
    one, other = (0.1 * chance.standard_normal((2, 2, SAMPLE_RATE))).astype(np.float32)
    rise = np.linspace(0.0, 1.0, SAMPLE_RATE, dtype=np.float32)
    assert abs(fade_step_db(one * np.sqrt(1 - rise) + other * np.sqrt(rise), one, other)) < 1.0
    assert fade_step_db(one * (1 - rise) + other * rise, one, other) < -2.5, "unlike sounds need equal power"
    assert fade_step_db(one * np.sqrt(1 - rise) + one * np.sqrt(rise), one, one) > 2.5, "and like ones do not"


def cut_take(*clips: Clip) -> Timeline:
    return replace(empty_take(8.0), clips=clips, buses=(StemBus("other"), StemBus("drums")))


def test_cuts_are_found_once_and_continuous_clips_are_none() -> None:
    stems: tuple[StemName, ...] = ("other", "drums")

    def both(*spans: tuple[float, float, float, float]) -> tuple[Clip, ...]:
        return tuple(Clip(stem, *span) for span in spans for stem in stems)

    take = cut_take(*both((0.0, 2.0, 0.0, 2.0), (2.0, 4.0, 2.0, 4.0), (12.0, 14.01, 4.0, 6.01), (3.99, 6.0, 5.99, 8.0)))
    first, second = joins_of(take)
    assert (first.at_s, first.leaves_s, first.enters_s) == pytest.approx((4.0, 4.0, 12.0))
    assert (second.at_s, second.leaves_s, second.enters_s) == pytest.approx((6.0, 14.0, 4.0))


def test_a_cut_off_the_beat_is_told_in_milliseconds() -> None:
    beats = [0.5 * n for n in range(40)]
    on = cut_take(Clip("other", 0.0, 4.0, 0.0, 4.0), Clip("other", 8.0, 12.0, 4.0, 8.0))
    assert off_beat_ms(joins_of(on)[0], beats) == pytest.approx(0.0, abs=1e-6)
    off = cut_take(Clip("other", 0.0, 4.0, 0.0, 4.0), Clip("other", 8.012, 12.0, 4.0, 7.988))
    assert off_beat_ms(joins_of(off)[0], beats) == pytest.approx(12.0, abs=0.01)
    both = cut_take(Clip("other", 0.0, 4.02, 0.0, 4.02), Clip("other", 7.998, 12.0, 4.02, 8.022))
    assert off_beat_ms(joins_of(both)[0], beats) == pytest.approx(22.0, abs=0.01)


@pytest.mark.parametrize("at_s", [3.0, 3.27])
@pytest.mark.parametrize("overlap_s", [0.0, 0.03])
@pytest.mark.parametrize("ratio", [1.0, 0.93])
def test_the_renderers_own_cuts_cannot_be_heard(overlap_s: float, ratio: float, at_s: float) -> None:
    """Cuts as the arranger lays them, between places of different level, and touching ones, at speed and stretched."""
    music = band(16.0, 5)
    music[:, 8 * SAMPLE_RATE :] *= np.float32(0.7)
    fade = 2 * overlap_s
    before = Clip("other", 0.0, (at_s + overlap_s) * ratio, 0.0, at_s + overlap_s, fade_out_s=fade)
    after = Clip("other", 9.0 - overlap_s * ratio, 9.0 + 3.0 * ratio, at_s - overlap_s, at_s + 3.0, fade_in_s=fade)
    longer = Clip("other", 0.0, 6.0 * ratio, 0.0, 6.0)
    earlier = Clip("other", 9.0 - 2.0 * ratio, 9.0 + 3.0 * ratio, at_s - 2.0, at_s + 3.0)
    span = round((at_s - 0.08) * SAMPLE_RATE), round((at_s + 0.08) * SAMPLE_RATE)

    def played(*clips: Clip) -> Samples:
        return ClipSource(clips, "other", MemoryStems({"other": music})).read(*span)

    joined = played(before, after)
    assert click_score(joined, 0.08) < CLICK
    # Stretched anew, the same chord beats differently: what the two sides would have been is known less well.
    assert abs(fade_step_db(joined, played(longer), played(earlier))) < (1.5 if ratio == 1.0 else 4.0)
