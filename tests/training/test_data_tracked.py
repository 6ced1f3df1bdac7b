"""Trackers' music: channels of one note, samples at low rates at other pitches, hard sides."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.truth.band import Strike
from contrafact.assets import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE
from training.data.orchestra import open_orchestra
from training.data.score import Line, chords_of
from training.data.sources import read_sources
from training.data.tracked import (
    Manner,
    Note,
    Sample,
    Tracker,
    a_tracker,
    beside,
    chip,
    kept,
    play_tracked_drums,
    play_tracked_line,
    read,
)

PLAIN = Tracker(width=1.0, reading="linear", bits=8, rates_hz=(8000.0, 8000.0), shared=False)
STILL = Manner(fading=0.0, ringing=True, gliding=False, vibrato=0.0)


def sine(hertz: float, seconds: float = 1.0) -> NDArray[np.float64]:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)


def strongest_hz(sound: NDArray[np.float64]) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size), 2**18))
    return float(np.argmax(spectrum) * SAMPLE_RATE / 2**18)


def a_sample(tracker: Tracker = PLAIN, loop: float = 0.0) -> Sample:
    return kept(sine(440.0), 69.0, tracker, np.random.default_rng(0), loop)


@pytest.mark.parametrize(("key", "hertz"), [(69, 440.0), (57, 220.0), (81, 880.0)])
@pytest.mark.parametrize("reading", ["nearest", "linear", "smooth"])
def test_a_sample_sounds_at_the_key_that_it_is_asked_for(reading: str, key: int, hertz: float) -> None:
    tracker = replace(PLAIN, reading=reading)
    sound = read(a_sample(tracker), [Note(0.0, 1.0, (key,), 1.0)], STILL, tracker, SAMPLE_RATE)
    assert strongest_hz(sound) == pytest.approx(hertz, rel=0.01)


def test_each_note_cuts_off_the_one_before_it() -> None:
    notes = [Note(0.0, 2.0, (69,), 1.0), Note(0.5, 2.0, (81,), 1.0)]
    sound = read(a_sample(), notes, STILL, PLAIN, 2 * SAMPLE_RATE)
    alone = read(a_sample(), notes[1:], STILL, PLAIN, 2 * SAMPLE_RATE)
    np.testing.assert_array_equal(sound[SAMPLE_RATE // 2 :], alone[SAMPLE_RATE // 2 :])
    assert strongest_hz(sound[: SAMPLE_RATE // 2]) == pytest.approx(440.0, rel=0.02)


def test_a_sample_without_repetition_ends_sooner_when_it_is_higher() -> None:
    lasts = []
    for key in (69, 81):
        sound = read(a_sample(loop=-1.0), [Note(0.0, 3.0, (key,), 1.0)], STILL, PLAIN, 3 * SAMPLE_RATE)
        lasts.append(np.flatnonzero(sound)[-1] / SAMPLE_RATE)
    assert lasts[0] == pytest.approx(1.0, abs=0.01)
    assert lasts[1] == pytest.approx(0.5, abs=0.01)


def test_smooth_reading_leaves_nothing_above_the_samples_own_rate_and_nearest_does() -> None:
    noise = np.random.default_rng(1).standard_normal(SAMPLE_RATE)
    above = {}
    for reading in ("smooth", "nearest"):
        tracker = replace(PLAIN, reading=reading)
        sample = kept(noise, 60.0, tracker, np.random.default_rng(0))
        sound = read(sample, [Note(0.0, 1.0, (60,), 1.0)], STILL, tracker, SAMPLE_RATE)
        power = np.square(np.abs(np.fft.rfft(sound)))
        above[reading] = float(power[5000:].sum() / power.sum())
    assert above["smooth"] < 0.01
    assert above["nearest"] > 0.1


def test_arpeggios_are_one_note_at_a_time() -> None:
    sound = read(a_sample(), [Note(0.0, 1.0, (57, 69, 81), 1.0)], STILL, PLAIN, SAMPLE_RATE)
    ticks = sound[: 882 * 30].reshape(30, 882)
    for number, tick in enumerate(ticks[:9]):
        assert strongest_hz(tick) == pytest.approx((220.0, 440.0, 880.0)[number % 3], rel=0.15)


def test_samples_have_as_many_steps_as_their_bits_allow() -> None:
    assert np.unique(a_sample().wave).size <= 255


def test_channels_stand_at_their_side() -> None:
    left = beside(sine(440.0), -1.0, PLAIN)
    assert left[0].any()
    assert not left[1].any()


def test_chips_repeat_a_period_exactly() -> None:
    sample = chip(PLAIN, np.random.default_rng(3))
    period = round(sample.rate_hz / (440.0 * 2.0 ** ((sample.key - 69.0) / 12.0)))
    np.testing.assert_array_equal(sample.wave[:period], sample.wave[period : 2 * period])


def test_strikes_that_come_together_are_a_chord() -> None:
    strikes = [Strike("comp", key, 100, start_s, start_s + 0.5) for start_s in (0.0, 1.0) for key in (64, 60, 67)]
    assert [[one.key for one in chord] for chord in chords_of(strikes)] == [[60, 64, 67], [60, 64, 67]]


@pytest.mark.assets
@pytest.mark.parametrize("seed", range(6))
def test_lines_and_drums_sound_and_name_their_sources(asset_store: AssetStore, seed: int) -> None:
    orchestra = open_orchestra(asset_store, ("general-midi-soundfont",))
    chance = np.random.default_rng(seed)
    tracker = a_tracker(chance)
    chords = Line("comp", [Strike("comp", key, 100, 0.5 * n, 0.5 * n + 0.4) for n in range(4) for key in (60, 64, 67)])
    beat = Line("drums", [Strike("drums", 36 if n % 2 else 42, 100, 0.25 * n, 0.25 * n + 0.1) for n in range(8)])
    for sound, used in (
        play_tracked_line(orchestra, chords, 2 * SAMPLE_RATE, tracker, chance),
        play_tracked_drums(orchestra, [beat], 2 * SAMPLE_RATE, tracker, chance),
    ):
        assert sound.shape == (2, 2 * SAMPLE_RATE)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() > 0.01
        assert used <= set(read_sources())
