"""Clips: copied where they can be, stretched where they must be, and joined without a click."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.clips import ClipSource
from contrafact.engine.rendering.runs import runs_of
from tests.support.readers import MemoryStems, sine, sung


def laid(clips: tuple[Clip, ...], stems: MemoryStems, seconds: float, semitones: float = 0.0) -> Samples:
    source = ClipSource(clips, "vocals", stems, semitones)
    total = round(seconds * SAMPLE_RATE)
    step = 16_384
    return np.concatenate([source.read(at, min(total, at + step)) for at in range(0, total, step)], axis=1)


def roughness(sound: Samples) -> float:
    """The largest second difference: a click is far above what a smooth wave has."""
    return float(np.abs(np.diff(sound, 2, axis=1)).max())


def test_moved_clip_is_a_copy_inside_its_edges() -> None:
    voice = sung(6.0)
    clip = Clip("vocals", 1.0, 3.0, 2.5, 4.5)
    out = laid((clip,), MemoryStems({"vocals": voice}), 6.0)
    edge = 400
    inside = slice(round(2.5 * SAMPLE_RATE) + edge, round(4.5 * SAMPLE_RATE) - edge)
    shift = round(1.5 * SAMPLE_RATE)
    assert np.array_equal(out[:, inside], voice[:, inside.start - shift : inside.stop - shift])
    assert not out[:, : round(2.5 * SAMPLE_RATE)].any()
    assert not out[:, round(4.5 * SAMPLE_RATE) :].any()


@given(bars=st.integers(2, 12), bar_s=st.floats(0.9, 2.6), start_s=st.floats(0.0, 5.0))
@settings(max_examples=30, deadline=None)
def test_bar_by_bar_clips_are_one_run(bars: int, bar_s: float, start_s: float) -> None:
    """However the arranger cuts a continuous performance, it is played as one, copied bit by bit."""
    clips = tuple(
        Clip("vocals", start_s + n * bar_s, start_s + (n + 1) * bar_s, n * bar_s, (n + 1) * bar_s) for n in range(bars)
    )
    runs = runs_of(clips, "vocals")
    assert len(runs) == 1
    assert len(runs[0].pieces) == 1
    assert runs[0].pieces[0].exact


def test_hard_edges_do_not_click() -> None:
    wave = sine(220.0, 6.0, 0.5)
    clips = (Clip("vocals", 0.503, 2.0011, 1.0, 2.4981), Clip("vocals", 3.3007, 4.8, 2.4981, 3.9974))
    out = laid(clips, MemoryStems({"vocals": wave}), 5.0)
    assert roughness(out) < 8 * roughness(wave), "uncrossed, these edges jump by a thousand times as much"


@pytest.mark.parametrize("ratio", [0.8, 1.25])
def test_stretched_clip_has_its_span_and_its_pitch(ratio: float) -> None:
    wave = sine(330.0, 20.0, 0.4)
    clip = Clip("vocals", 1.0, 1.0 + 12.0 * ratio, 0.5, 12.5)
    out = laid((clip,), MemoryStems({"vocals": wave}), 13.0)
    middle = out[0, SAMPLE_RATE : 12 * SAMPLE_RATE].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert abs(np.argmax(spectrum) * SAMPLE_RATE / len(middle) - 330.0) < 0.5
    level = np.sqrt((middle[: len(middle) // 2205 * 2205].reshape(-1, 2205) ** 2).mean(axis=1))
    assert level.min() > 0.7 * level.mean(), "a join must not tear a hole"
    assert level.max() < 1.3 * level.mean(), "a join must not make a hump"
    assert roughness(out) < 3 * roughness(wave)


def test_bars_of_changing_speed_are_joined_cleanly() -> None:
    wave = sine(330.0, 30.0, 0.4)
    clips = []
    source = 0.0
    for n in range(8):
        speed = 1.0 + 0.08 * (n % 3)
        clips.append(Clip("vocals", source, source + 2.0 * speed, 2.0 * n, 2.0 * (n + 1)))
        source += 2.0 * speed
    out = laid(tuple(clips), MemoryStems({"vocals": wave}), 16.0)
    middle = out[0, SAMPLE_RATE : 15 * SAMPLE_RATE].astype(np.float64)
    level = np.sqrt((middle[: len(middle) // 2205 * 2205].reshape(-1, 2205) ** 2).mean(axis=1))
    assert level.min() > 0.6 * level.mean()
    assert roughness(out) < 4 * roughness(wave)


def test_strokes_stay_on_the_beat_when_the_tempo_changes() -> None:
    clicks = np.zeros((2, 20 * SAMPLE_RATE), np.float32)
    decay = np.exp(-np.arange(2000) / 200.0).astype(np.float32)
    for n in range(38):
        at = round((0.25 + 0.5 * n) * SAMPLE_RATE)
        clicks[:, at : at + 2000] += decay * np.float32(0.5)
    clip = Clip("drums", 0.0, 18.0, 0.0, 15.0)
    source = ClipSource((clip,), "drums", MemoryStems({"drums": clicks}), 3.0)
    out = np.abs(np.concatenate([source.read(at, at + 16_384) for at in range(0, 14 * SAMPLE_RATE, 16_384)], axis=1))[0]
    for n in range(2, 30):
        wanted = (0.25 + 0.5 * n) / 1.2
        around = out[round((wanted - 0.06) * SAMPLE_RATE) : round((wanted + 0.06) * SAMPLE_RATE)]
        assert abs(float(np.argmax(around)) / SAMPLE_RATE - 0.06) < 0.008


def test_gain_and_fades_are_as_written() -> None:
    wave = np.full((2, 4 * SAMPLE_RATE), 0.5, np.float32)
    clip = Clip("vocals", 0.0, 4.0, 0.0, 4.0, gain_db=-6.0, fade_in_s=1.0, fade_out_s=0.5)
    out = laid((clip,), MemoryStems({"vocals": wave}), 4.0)[0]
    level = 0.5 * 10 ** (-6 / 20)
    assert out[2 * SAMPLE_RATE] == pytest.approx(level, rel=1e-4)
    assert out[SAMPLE_RATE // 2] == pytest.approx(0.5 * level, rel=1e-3)
    assert out[-1] == pytest.approx(0.0, abs=1e-3)


def test_any_span_of_stretched_clips_is_the_same_in_any_order() -> None:
    clips = (Clip("vocals", 0.5, 9.5, 0.0, 10.0), Clip("vocals", 3.0, 11.0, 10.0, 18.0, semitones=2.0))
    stems = MemoryStems({"vocals": sung(14.0)})
    forwards = laid(clips, stems, 18.0)
    for start, stop in ((700_000, 760_000), (100, 90_000), (430_000, 445_000)):
        alone = ClipSource(clips, "vocals", stems, 0.0)
        assert np.array_equal(alone.read(start, stop), forwards[:, start:stop])


def test_a_clip_may_have_a_key_of_its_own() -> None:
    wave = sine(330.0, 12.0, 0.4)
    clips = (Clip("vocals", 0.0, 6.0, 0.0, 6.0), Clip("vocals", 6.0, 12.0, 6.0, 12.0, semitones=3.0))
    out = laid(clips, MemoryStems({"vocals": wave}), 12.0)
    assert np.array_equal(out[:, : 5 * SAMPLE_RATE], wave[:, : 5 * SAMPLE_RATE]), "what need not be shifted is copied"
    late = out[0, 7 * SAMPLE_RATE : 11 * SAMPLE_RATE].astype(np.float64)
    heard = np.argmax(np.abs(np.fft.rfft(late * np.hanning(len(late))))) * SAMPLE_RATE / len(late)
    assert abs(1200 * np.log2(heard / 330.0) - 300.0) < 3.0


def test_drums_are_never_shifted_and_other_sources_are_left_aside() -> None:
    wave = sine(200.0, 4.0)
    clips = (
        Clip("drums", 0.0, 4.0, 0.0, 4.0, semitones=5.0),
        Clip("drums", 0.0, 4.0, 0.0, 4.0, source=1, gain_db=12.0),
    )
    out = ClipSource(clips, "drums", MemoryStems({"drums": wave}), 3.0).read(0, 4 * SAMPLE_RATE)
    assert np.array_equal(out, wave)


def test_cuts_filter_their_clip_alone_and_change_smoothly() -> None:
    wave = sine(100.0, 9.0, 0.3) + sine(3000.0, 9.0, 0.03)
    clips = (
        Clip("vocals", 0.0, 3.0, 0.0, 3.0),
        Clip("vocals", 3.0, 6.0, 3.0, 6.0, lowcut_hz=500.0),
        Clip("vocals", 6.0, 9.0, 6.0, 9.0, highcut_hz=700.0),
    )
    out = laid(clips, MemoryStems({"vocals": wave}), 9.0)

    def level(hertz: float, at_s: float) -> float:
        span = out[0, round((at_s - 0.5) * SAMPLE_RATE) : round((at_s + 0.5) * SAMPLE_RATE)].astype(np.float64)
        turn = np.exp(-2j * np.pi * hertz * np.arange(len(span)) / SAMPLE_RATE)
        return float(2.0 * np.abs((span * turn).mean()))

    assert [level(100.0, at) for at in (1.5, 4.5, 7.5)] == pytest.approx([0.3, 0.0, 0.3], abs=0.005)
    assert [level(3000.0, at) for at in (1.5, 4.5, 7.5)] == pytest.approx([0.03, 0.03, 0.0], abs=0.003)
    assert roughness(out) < 1.5 * roughness(wave)


def test_a_change_of_gain_inside_a_performance_neither_clicks_nor_humps() -> None:
    wave = sine(220.0, 6.0, 0.4)
    clips = (Clip("vocals", 0.0, 3.0, 0.0, 3.0), Clip("vocals", 3.0, 6.0, 3.0, 6.0, gain_db=-6.0))
    out = laid(clips, MemoryStems({"vocals": wave}), 6.0)
    assert np.abs(out).max() <= np.abs(wave).max() * 1.001
    assert out[0, 3 * SAMPLE_RATE + 51] == pytest.approx(wave[0, 3 * SAMPLE_RATE + 51] * 10 ** (-6 / 20), abs=1e-4)
    assert roughness(out) < 2 * roughness(wave)


def test_runs_that_overlap_cross_at_constant_power() -> None:
    """As the arranger lays a cut: both sides reach over the bar line with a fade."""
    chance = np.random.default_rng(3)
    noise = (0.1 * chance.standard_normal((2, 20 * SAMPLE_RATE))).astype(np.float32)
    clips = (
        Clip("vocals", 0.0, 5.03, 0.0, 5.03, fade_out_s=0.06),
        Clip("vocals", 9.97, 15.0, 4.97, 10.0, fade_in_s=0.06),
    )
    out = laid(clips, MemoryStems({"vocals": noise}), 10.0)
    step = round(0.01 * SAMPLE_RATE)
    around = out[:, round(4.9 * SAMPLE_RATE) : round(5.1 * SAMPLE_RATE)]
    power = (around[:, : around.shape[1] // step * step].reshape(2, -1, step) ** 2).mean(axis=(0, 2))
    assert 10 * np.log10(power.max() / power.mean()) < 1.0
    assert 10 * np.log10(power.min() / power.mean()) > -1.0
