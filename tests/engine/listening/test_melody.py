"""A voice's pitch, its notes, register and breaths, on singing whose notes are known."""

import itertools

import mir_eval
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.listening.chart import Melody, Note
from contrafact.engine.listening.melody import breaths_of, hear_melody, melody_of, register_of
from contrafact.engine.listening.pitch import LEVEL_RATE, PITCH_RATE, Voice, follow_voice
from contrafact.engine.listening.segmentation import find_notes, phrases, weigh
from tests.support.singing import Manner, Sung, phrases_of, sing

PLAIN = Manner()
MANNERS = {
    "plain man": (PLAIN, 45.0, 62.0),
    "woman with much vibrato": (Manner(vibrato_cents=70.0, throat=1.17), 57.0, 74.0),
    "breathy, in a hall": (Manner(breath_db=-18.0, reverb_db=-14.0, reverb_s=1.6, throat=1.1), 52.0, 69.0),
    "slow slides and scoops": (Manner(slide_s=0.11, scoop_semitones=1.8), 50.0, 67.0),
}


def f_measure(true: list[Sung], heard: tuple[Note, ...]) -> float:
    """mir_eval's note F: onset within 50 ms, pitch within 50 cents, no offset."""

    def rows(notes: list[Sung] | tuple[Note, ...]) -> tuple[np.ndarray, np.ndarray]:
        return (
            np.array([(note.start_s, note.end_s) for note in notes]),
            440.0 * 2.0 ** ((np.array([note.pitch_midi for note in notes]) - 69.0) / 12.0),
        )

    score: float = mir_eval.transcription.precision_recall_f1_overlap(*rows(true), *rows(heard), offset_ratio=None)[2]
    return score


def song(seed: int, manner: Manner, low: float, high: float) -> tuple[Audio, list[Sung]]:
    notes = phrases_of(seed, 1, low, high)
    return sing(notes, manner, notes[-1].end_s + 1.0, seed), notes


def check_form(melody: Melody, duration_s: float) -> None:
    """What every melody promises."""
    for note in melody.notes:
        assert 0.0 <= note.start_s < note.end_s <= duration_s
    for before, after in itertools.pairwise(melody.notes):
        assert before.end_s <= after.start_s
    for one, other in itertools.pairwise(melody.breaths):
        assert one.end_s <= other.start_s
    for breath in melody.breaths:
        assert all(note.end_s <= breath.start_s or note.start_s >= breath.end_s for note in melody.notes)
    assert (melody.vocal_register is None) == (not melody.notes)


@pytest.mark.assets
@pytest.mark.parametrize(("kind", "tuning"), list(zip(MANNERS, (-0.4, 0.4, 0.0, 0.2), strict=True)))
def test_sung_notes_are_heard(asset_store: AssetStore, kind: str, tuning: float) -> None:
    manner, low, high = MANNERS[kind]
    notes = phrases_of(seed=77, count=2, low=low + tuning, high=high + tuning)
    audio = sing(notes, manner, notes[-1].end_s + 1.0, seed=77)
    melody = hear_melody(audio, asset_store)
    check_form(melody, audio.duration_s)
    assert f_measure(notes, melody.notes) >= 0.85
    register = melody.vocal_register
    assert register is not None
    pitches = np.array([note.pitch_midi for note in notes])
    assert pitches.min() - 1.0 <= register.low_midi <= register.median_midi <= register.high_midi <= pitches.max() + 1.0


@pytest.mark.assets
def test_a_voice_sung_higher_is_notes_higher(asset_store: AssetStore) -> None:
    notes = phrases_of(seed=5, count=1, low=50.0, high=62.0)
    higher = [Sung(n.start_s, n.end_s, n.pitch_midi + 3.0, n.consonant, n.vowel, n.tied) for n in notes]
    heard = [
        hear_melody(sing(line, PLAIN, notes[-1].end_s + 0.5, seed=5), asset_store).notes for line in (notes, higher)
    ]
    matched = [
        (low, high)
        for low in heard[0]
        for high in heard[1]
        if abs(low.start_s - high.start_s) < 0.04 and min(low.confidence, high.confidence) > 0.6
    ]
    assert len(matched) >= 0.8 * len(notes)
    assert np.median([high.pitch_midi - low.pitch_midi for low, high in matched]) == pytest.approx(3.0, abs=0.05)


@pytest.mark.assets
def test_repeated_notes_need_no_silence_and_a_held_one_with_vibrato_stays_one(asset_store: AssetStore) -> None:
    repeated = [Sung(0.5 + 0.4 * index, 0.9 + 0.4 * index, 60.0, "nasal", "a") for index in range(4)]
    held = [Sung(3.0, 5.0, 60.0, "fricative", "a")]
    audio = sing(repeated + held, Manner(vibrato_cents=80.0), 6.0, seed=3)
    starts = [note.start_s for note in hear_melody(audio, asset_store).notes]
    assert starts == pytest.approx([note.start_s for note in repeated + held], abs=0.05)


@pytest.mark.assets
def test_breaths_lie_between_phrases(asset_store: AssetStore) -> None:
    first = [Sung(0.5 + 0.5 * index, 1.0 + 0.5 * index, 60.0 + index, "liquid") for index in range(3)]
    second = [Sung(3.2 + 0.5 * index, 3.7 + 0.5 * index, 62.0 - index, "plosive") for index in range(3)]
    melody = hear_melody(sing(first + second, PLAIN, 6.0, seed=1), asset_store)
    assert len(melody.breaths) == 1
    assert melody.breaths[0].start_s == pytest.approx(2.0, abs=0.1)
    assert melody.breaths[0].end_s == pytest.approx(3.15, abs=0.1)
    assert melody.breaths[0].confidence > 0.8


@pytest.mark.assets
@pytest.mark.parametrize("kind", ["silence", "noise", "hiss that is hardly there", "clicks", "one sample", "nothing"])
def test_what_is_not_sung_makes_no_notes(asset_store: AssetStore, kind: str) -> None:
    frames = 8 * SAMPLE_RATE
    chance = np.random.default_rng(0)
    clicks = np.zeros(frames)
    clicks[:: SAMPLE_RATE // 3] = 0.9
    sounds = {
        "silence": np.zeros(frames),
        "noise": 0.2 * chance.standard_normal(frames),
        "hiss that is hardly there": 1e-4 * chance.standard_normal(frames),
        "clicks": clicks,
        "one sample": np.ones(1),
        "nothing": np.zeros(0),
    }
    melody = hear_melody(Audio(np.tile(sounds[kind].astype(np.float32), (2, 1))), asset_store)
    assert melody == Melody(notes=(), vocal_register=None, breaths=())


@pytest.mark.assets
def test_level_and_channels_do_not_matter(asset_store: AssetStore) -> None:
    audio, _ = song(8, PLAIN, 50.0, 65.0)
    usual = hear_melody(audio, asset_store).notes
    quiet = hear_melody(Audio(0.02 * audio.samples[:1]), asset_store).notes
    assert [note.start_s for note in quiet] == [note.start_s for note in usual]
    assert [note.level_db + 20 * np.log10(50.0) for note in quiet] == pytest.approx(
        [note.level_db for note in usual], abs=0.1
    )


@pytest.mark.assets
def test_blocks_give_what_the_whole_gives(asset_store: AssetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    audio, _ = song(2, PLAIN, 50.0, 65.0)
    whole = follow_voice(audio, asset_store)
    monkeypatch.setattr("contrafact.engine.listening.pitch._BLOCK", 37)
    blocks = follow_voice(audio, asset_store)
    np.testing.assert_allclose(blocks.periodicity, whole.periodicity, atol=0.05)
    sounding = whole.periodicity > 0.5
    np.testing.assert_allclose(blocks.midi[sounding], whole.midi[sounding], atol=0.01)
    np.testing.assert_allclose(blocks.level_db, whole.level_db, atol=0.01)
    np.testing.assert_allclose(blocks.change, whole.change, atol=0.05)


@pytest.mark.assets
def test_the_network_sees_a_block_at_a_time(asset_store: AssetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the stem, no more than a few seconds are read at once."""
    longest = 0

    class Counted:
        frames = 3600 * 16_000

        def __init__(self, *_: object) -> None: ...

        def read(self, start: int, stop: int) -> np.ndarray:
            nonlocal longest
            longest = max(longest, stop - start)
            return np.zeros(stop - start, np.float32)

    monkeypatch.setattr("contrafact.engine.listening.pitch.Resampled", Counted)
    voice = follow_voice(Audio(np.full((1, 10), 0.1, np.float32)), asset_store)
    assert voice.frames == 3600 * PITCH_RATE
    assert longest <= 5 * 16_000


def test_a_phrase_without_end_is_cut() -> None:
    voiced = np.ones(9000)
    spans = phrases(voiced)
    assert spans[0][0] == 0
    assert spans[-1][1] == 9000
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
    assert max(stop - start for start, stop in spans) <= 2000


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), frames=st.integers(1, 400), periodic=st.floats(0.0, 1.0))
def test_whatever_the_voice_does_notes_are_in_order(seed: int, frames: int, periodic: float) -> None:
    chance = np.random.default_rng(seed)
    jumps = np.repeat(chance.uniform(30.0, 100.0, frames // 7 + 1), 7)[:frames]
    voice = Voice(
        midi=jumps.astype(np.float32),
        periodicity=(chance.random(frames) < periodic).astype(np.float32),
        level_db=chance.uniform(-70.0, 0.0, 2 * frames).astype(np.float32),
        change=chance.exponential(2.0, 2 * frames).astype(np.float32),
        turn=chance.exponential(2.0, 2 * frames).astype(np.float32),
        gain_db=0.0,
    )
    spans = find_notes(voice, weigh(voice))
    assert all(0 <= span.start < span.stop <= frames for span in spans)
    assert all(before.stop <= after.start for before, after in itertools.pairwise(spans))
    check_form(melody_of(voice, frames / PITCH_RATE), frames / PITCH_RATE)


def test_register_goes_by_sounding_time() -> None:
    notes = [
        Note(start_s=0.0, end_s=8.0, pitch_midi=60.0, confidence=0.9),
        Note(start_s=8.0, end_s=9.0, pitch_midi=72.0, confidence=0.9),
        Note(start_s=9.0, end_s=9.2, pitch_midi=30.0, confidence=0.2),
    ]
    register = register_of(notes)
    assert register is not None
    assert (register.low_midi, register.median_midi, register.high_midi) == (60.0, 60.0, 72.0)
    assert register_of([]) is None


def test_a_gap_that_is_loud_is_no_sure_breath() -> None:
    notes = [
        Note(start_s=0.0, end_s=1.0, pitch_midi=60.0, level_db=-10.0, confidence=1.0),
        Note(start_s=1.6, end_s=2.0, pitch_midi=60.0, level_db=-10.0, confidence=1.0),
        Note(start_s=2.1, end_s=3.0, pitch_midi=60.0, level_db=-10.0, confidence=1.0),
    ]
    frames = round(3 * PITCH_RATE)

    def voice(gap_db: float) -> Voice:
        level = np.full(2 * frames, -10.0, np.float32)
        level[round(1.0 * LEVEL_RATE) : round(1.6 * LEVEL_RATE)] = gap_db
        empty = np.zeros(frames, np.float32)
        return Voice(empty, empty, level, np.zeros_like(level), np.zeros_like(level), 0.0)

    loud, quiet = breaths_of(notes, voice(-12.0)), breaths_of(notes, voice(-60.0))
    assert len(loud) == len(quiet) == 1
    assert loud[0].confidence < 0.2 < 0.9 < quiet[0].confidence
