"""Landmarks, keys and matches: a sound is known again whatever was done to it, and others are not taken for it."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from contrafact.engine.audio.stretching import stretch
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.fingerprint import Found, Index, Landmarks, Rows, find, landmarks, reference_keys
from contrafact.engine.fingerprint.keys import SPEEDS, Keys, query_keys
from tests.support.tunes import LENGTH_S, sped_up, tune


class Shelf:
    """Entries as the database keeps them, in memory."""

    def __init__(self, *sounds: Audio) -> None:
        self.marks = [landmarks(sound) for sound in sounds]
        rows = [Rows.of_entry(number, reference_keys(each)) for number, each in enumerate(self.marks)]
        self.index = Index.of(Rows.together(rows))

    def find(self, sound: Audio) -> tuple[Found, ...]:
        return find(landmarks(sound), self.index, lambda number: self.marks[number])


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(*(tune(seed) for seed in range(4)))


def low_passed(sound: Audio, hertz: float) -> Audio:
    sos = signal.butter(6, hertz, "low", fs=SAMPLE_RATE, output="sos")
    return Audio(signal.sosfilt(sos, sound.samples).astype(np.float32))


def noisy(sound: Audio, below_db: float) -> Audio:
    level = float(np.sqrt(np.mean(sound.samples**2))) * 10 ** (-below_db / 20)
    noise = np.random.default_rng(7).standard_normal(sound.samples.shape) * level
    return Audio((sound.samples + noise).astype(np.float32))


def in_a_room(sound: Audio) -> Audio:
    chance = np.random.default_rng(8)
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tail = chance.standard_normal(len(t)) * np.exp(-6 * t) * 0.02
    tail[0] = 1.0
    return Audio(signal.fftconvolve(sound.samples, tail[None, :], axes=1)[:, : sound.frames].astype(np.float32))


SPOILED: dict[str, tuple[Callable[[Audio], Audio], float, float]] = {
    "quieter": (lambda sound: Audio(sound.samples * np.float32(0.05)), 1.0, 0.0),
    "one channel": (lambda sound: Audio(sound.samples[:1]), 1.0, 0.0),
    "low-pass": (lambda sound: low_passed(sound, 2_000.0), 1.0, 0.0),
    "noise": (lambda sound: noisy(sound, 12.0), 1.0, 0.0),
    "room": (in_a_room, 1.0, 0.0),
    "faster by 3 %": (lambda sound: stretch(sound, 1.03, 0.0, "other"), 1.03, 0.0),
    "faster by 10 %": (lambda sound: stretch(sound, 1.1, 0.0, "other"), 1.1, 0.0),
    "slower by 20 %": (lambda sound: stretch(sound, 0.8, 0.0, "other"), 0.8, 0.0),
    "a semitone up": (lambda sound: stretch(sound, 1.0, 1.0, "other"), 1.0, 1.0),
    "three down": (lambda sound: stretch(sound, 1.0, -3.0, "other"), 1.0, -3.0),
    "a third of a semitone up": (lambda sound: stretch(sound, 1.0, 0.33, "other"), 1.0, 0.33),
    "sped up": (lambda sound: sped_up(sound, 1.2), 1.2, 12 * np.log2(1.2)),
    "slowed down": (lambda sound: sped_up(sound, 0.85), 0.85, 12 * np.log2(0.85)),
    "both": (lambda sound: stretch(sound, 0.93, 2.0, "other"), 0.93, 2.0),
}


@pytest.mark.parametrize("how", SPOILED)
def test_r15_what_was_taken_down_is_found_whatever_was_done_to_it(shelf: Shelf, how: str) -> None:
    spoil, speed, semitones = SPOILED[how]
    found = shelf.find(spoil(tune(2)))
    assert [item.entry for item in found] == [2]
    match = found[0].match
    assert match.speed == pytest.approx(speed, abs=0.003)
    assert match.semitones == pytest.approx(semitones, abs=0.15)
    assert match.offset_s == pytest.approx(0.0, abs=0.15)
    assert match.seconds >= 0.6 * LENGTH_S / speed


def test_a_part_of_it_is_found_where_it_is(shelf: Shelf) -> None:
    sound = tune(1)
    (found,) = shelf.find(Audio(sound.samples[:, 7 * SAMPLE_RATE : 17 * SAMPLE_RATE]))
    assert found.entry == 1
    assert found.match.offset_s == pytest.approx(7.0, abs=0.1)


def test_it_is_found_in_the_middle_of_something_else(shelf: Shelf) -> None:
    parts = [tune(31, 6.0), Audio(tune(3).samples[:, : 12 * SAMPLE_RATE]), tune(32, 6.0)]
    (found,) = shelf.find(Audio(np.concatenate([part.samples for part in parts], axis=1)))
    assert found.entry == 3
    assert found.match.offset_s == pytest.approx(-6.0, abs=0.1)
    assert 5.0 <= found.match.seconds <= 20.0


def test_it_is_found_under_another_sound_of_the_same_level(shelf: Shelf) -> None:
    both = Audio(tune(0).samples + tune(41).samples)
    assert [item.entry for item in shelf.find(both)] == [0]


@pytest.mark.parametrize("seed", range(50, 55))
def test_other_songs_are_not_taken_for_it(shelf: Shelf, seed: int) -> None:
    assert shelf.find(tune(seed)) == ()


def test_two_songs_of_one_beat_and_one_chord_are_told_apart() -> None:
    """A steady beat agrees on every beat: that is what chance is measured against."""

    def beaten(seed: int) -> Audio:
        sound = tune(seed).samples.copy()
        click = np.sin(2 * np.pi * 440 * np.arange(2_000) / SAMPLE_RATE) * np.exp(-np.arange(2_000) / 400)
        for beat in np.arange(0, LENGTH_S - 1, 0.5):
            first = round(float(beat) * SAMPLE_RATE)
            sound[:, first : first + 2_000] += click.astype(np.float32)
        return Audio(sound)

    shelf = Shelf(beaten(61))
    assert shelf.find(beaten(62)) == ()
    assert [item.entry for item in shelf.find(beaten(61))] == [0]


@pytest.mark.parametrize("frames", [0, 1, 500, 8_000])
def test_silence_and_blips_have_no_landmarks(frames: int) -> None:
    quiet = landmarks(Audio(np.zeros((2, frames), np.float32)))
    assert len(quiet) == 0
    assert len(reference_keys(quiet)) == 0
    index = Index.of(Rows.of_entry(0, reference_keys(quiet)))
    assert find(quiet, index, lambda number: pytest.fail("nothing to fetch")) == ()


def test_the_same_sound_gives_the_same_landmarks_and_they_survive_packing() -> None:
    one, two = landmarks(tune(5)), landmarks(tune(5))
    assert one.packed() == two.packed()
    back = Landmarks.unpacked(one.packed(), one.duration_s)
    assert np.abs(back.times_s - one.times_s).max() <= 0.0026
    assert np.abs(back.pitches - one.pitches).max() <= 0.0101
    with pytest.raises(ValueError, match="landmarks"):
        Landmarks.unpacked(b"1234", 1.0)


def test_landmarks_are_not_more_than_a_second_can_hold() -> None:
    marks = landmarks(tune(6))
    assert np.all(np.diff(marks.times_s) >= 0)
    counts, _ = np.histogram(marks.times_s, np.arange(0, LENGTH_S))
    assert counts.max() <= 2 * 14


@settings(max_examples=25)
@given(
    times=st.lists(st.integers(0, 4_000), min_size=3, max_size=40, unique=True),
    shift=st.integers(-8, 8),
    later=st.integers(0, 1_000),
)
def test_keys_do_not_change_with_pitch_or_place(times: list[int], shift: int, later: int) -> None:
    chance = np.random.default_rng(len(times))
    moments = np.sort(np.array(times)) / 64
    pitches = chance.integers(20, 60, len(times)) / 2
    one, two = (
        reference_keys(
            Landmarks((moments + after).astype(np.float32), (pitches + above).astype(np.float32), 200.0),
        )
        for after, above in ((0.0, 0.0), (later / 64, shift / 2))
    )
    assert _all(one) == _all(two)


def _all(keys: Keys) -> list[int]:
    return sorted(keys.keys.tolist())


def test_a_query_asks_for_every_key_that_the_same_sound_is_kept_under() -> None:
    marks = landmarks(tune(9))
    assert set(reference_keys(marks).keys.tolist()) <= set(query_keys(marks, 1.0).keys.tolist())


def test_the_grid_of_speeds_has_steps_of_two_percent_and_begins_at_one() -> None:
    assert SPEEDS[0] == 1.0
    ordered = np.sort(SPEEDS)
    assert ordered[0] <= 0.8
    assert ordered[-1] >= 1.25
    assert np.all(np.diff(np.log(ordered)) <= np.log(1.0201))
