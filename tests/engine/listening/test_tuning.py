"""The tuning of songs is found to three cents, whatever plays beside."""

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from contrafact.engine.listening.cqt import CQT_RATE, constant_q
from contrafact.engine.listening.tuning import find_tuning, tuning_cents
from tests.support.songs import make_song

Floats = NDArray[np.float32]


def chords(cents: float, seconds_each: float = 1.2) -> Floats:
    """Three chords of plain tones with four partials each."""
    time = np.arange(int(seconds_each * CQT_RATE)) / CQT_RATE
    parts = []
    for chord in ((45, 57, 60, 64), (41, 57, 60, 65), (43, 55, 59, 62)):
        tones = [
            np.sin(2 * np.pi * partial * 440.0 * 2 ** ((midi + cents / 100 - 69) / 12) * time) / partial
            for midi in chord
            for partial in (1, 2, 3, 4)
        ]
        parts.append(0.05 * np.sum(tones, axis=0))
    return np.concatenate(parts).astype(np.float32)


def apart(one: float, two: float) -> float:
    """Cents between two tunings; -50 and 50 are the same."""
    return abs((one - two + 50.0) % 100.0 - 50.0)


@given(st.floats(-50.0, 50.0))
@settings(max_examples=12)
def test_tones_off_pitch_are_placed_to_two_cents(cents: float) -> None:
    found = find_tuning(chords(cents))
    assert -50.0 <= found < 50.0
    assert apart(found, cents) < 2.0


@pytest.mark.parametrize(("seed", "cents"), [(0, -50.0), (1, -33.0), (2, -8.0), (3, 0.0), (4, 17.0), (5, 46.0)])
def test_songs_with_drums_and_a_vibrato_voice_to_three_cents(seed: int, cents: float) -> None:
    song = make_song(seed=seed, bpm=100.0 + 9 * seed, sections=(("verse", 4), ("chorus", 4)), tuning_cents=cents)
    mono = soxr.resample(song.audio.samples.mean(axis=0), 44_100, CQT_RATE).astype(np.float32)
    assert apart(find_tuning(mono), cents) < 3.0


def test_noise_does_not_move_the_tuning() -> None:
    noise = np.random.default_rng(1).standard_normal(6 * CQT_RATE).astype(np.float32)
    assert apart(find_tuning(chords(21.0, 2.0) + 0.02 * noise), 21.0) < 3.0


def test_nothing_to_go_by_is_no_tuning() -> None:
    noise = 0.1 * np.random.default_rng(2).standard_normal(30 * CQT_RATE).astype(np.float32)
    clicks = np.zeros(20 * CQT_RATE, np.float32)
    clicks[:: CQT_RATE // 2] = 1.0
    for sound in (np.zeros(0, np.float32), np.zeros(CQT_RATE, np.float32), np.ones(1, np.float32), noise, clicks):
        assert find_tuning(sound) == 0.0


def test_a_long_song_is_judged_by_its_parts() -> None:
    song = np.tile(chords(-14.0, 4.0), 30)
    assert apart(find_tuning(song), -14.0) < 2.0


def test_what_is_left_over_after_retuning_is_next_to_nothing() -> None:
    song = chords(31.0)
    assert abs(tuning_cents(constant_q(song, find_tuning(song)))) < 1.0
