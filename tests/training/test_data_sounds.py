"""Bare tones and players with air."""

from itertools import pairwise

import numpy as np
import pytest

from benchmarks.truth.band import Strike
from contrafact.assets import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE
from training.data.airy import PROGRAMS, breath, play_airy_line, squared, strummed
from training.data.bare import a_tone, held_low, play_bare_line, play_few_drums
from training.data.orchestra import RESERVED_PROGRAMS, open_orchestra
from training.data.score import Line

CHORDS = [Strike("comp", key, 100, 1.0 * n, 1.0 * n + 0.9) for n in range(2) for key in (60, 64, 67)]


def high_share(sound: np.ndarray, hertz: int) -> float:
    """Part of the energy above a frequency; ``sound`` is a second long."""
    power = np.square(np.abs(np.fft.rfft(sound[..., :SAMPLE_RATE]))).reshape(-1, SAMPLE_RATE // 2 + 1).sum(axis=0)
    return float(power[hertz:].sum() / power.sum())


def test_tones_hold_their_pitch_and_end() -> None:
    for seed in range(8):
        wave = a_tone(np.random.default_rng(seed))(110.0, SAMPLE_RATE)
        spectrum = np.abs(np.fft.rfft(wave[:SAMPLE_RATE] * np.hanning(SAMPLE_RATE)))
        assert spectrum[106:115].max() > 0.3 * spectrum.max()
        assert np.abs(wave[-200:]).max() < 0.05 * np.abs(wave).max()


def test_a_bare_line_has_no_sides() -> None:
    sound, used = play_bare_line(Line("comp", CHORDS), 2 * SAMPLE_RATE, 0, np.random.default_rng(2))
    np.testing.assert_array_equal(sound[0], sound[1])
    assert sound.any()
    assert used == {"synthesizers"}


def test_a_bass_that_holds_is_between_32_and_65_hertz_and_goes_on_until_the_next() -> None:
    strikes = [Strike("bass", key, 100, 0.5 * n, 0.5 * n + 0.1) for n, key in enumerate((40, 43, 45, 28))]
    for seed in range(6):
        held = held_low(strikes, np.random.default_rng(seed))
        assert all(24 <= one.key <= 35 for one in held)
        for one, other in pairwise(held):
            assert one.end_s == other.start_s
    assert held_low([], np.random.default_rng(0)) == []


def test_strummed_strings_follow_one_another_down_and_up() -> None:
    found = strummed(CHORDS, np.random.default_rng(1))
    down, up = found[:3], found[3:]
    assert [one.key for one in sorted(down, key=lambda one: one.start_s)] == [60, 64, 67]
    assert [one.key for one in sorted(up, key=lambda one: one.start_s)] == [67, 64, 60]
    assert 0 < down[2].start_s - down[0].start_s < 0.1


def test_squared_waves_reach_far_up_and_breath_lies_high() -> None:
    wave = np.tile(np.sin(2 * np.pi * 300.0 * np.arange(SAMPLE_RATE) / SAMPLE_RATE), (2, 1)).astype(np.float32)
    assert high_share(squared(wave, np.random.default_rng(0)), 2000) > 0.02 > 1e-6 > high_share(wave, 2000)
    air = breath(wave, np.random.default_rng(0))
    assert high_share(air, 2000) > 0.9


def test_nothing_reserved_plays_with_air() -> None:
    assert not {program for programs in PROGRAMS.values() for program in programs} & RESERVED_PROGRAMS


@pytest.mark.assets
def test_airy_lines_sound_and_only_the_pieces_that_are_asked_for_are_struck(asset_store: AssetStore) -> None:
    orchestra = open_orchestra(asset_store, ("general-midi-soundfont",))
    for seed in range(4):
        sound, _ = play_airy_line(orchestra, Line("comp", CHORDS), 2 * SAMPLE_RATE, np.random.default_rng(seed))
        assert np.abs(sound).max() > 0.01
    beat = Line("drums", [Strike("drums", 36, 100, 0.0, 0.1), Strike("drums", 42, 100, 1.0, 1.1)])
    sound, _ = play_few_drums(orchestra, [beat], 2 * SAMPLE_RATE, frozenset({"closed"}), 0.0, np.random.default_rng(0))
    assert not sound[:, :SAMPLE_RATE].any()
    assert sound[:, SAMPLE_RATE:].any()
