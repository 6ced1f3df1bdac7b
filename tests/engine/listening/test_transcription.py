"""Chords whose notes are known, transcribed."""

from pathlib import Path

import numpy as np
import pytest

from contrafact.assets import AssetMissing, AssetStore, fetch
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.listening.transcription import transcribe

pytestmark = pytest.mark.assets

CHORDS = ((48, 64, 67), (50, 65, 69), (43, 62, 71), (48, 64, 67, 72))


@pytest.fixture(scope="module")
def store(asset_store: AssetStore) -> AssetStore:
    """With the transcriber, which is fetched by name only."""
    fetch(asset_store, names=["basic-pitch"])
    return asset_store


def strummed(times_s: list[float], cents: float = 0.0) -> tuple[Audio, list[tuple[float, int]]]:
    """Chords struck at these times, each half a second, as decaying harmonics."""
    sound = np.zeros(round((times_s[-1] + 1.0) * SAMPLE_RATE))
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    truth = []
    for index, at in enumerate(times_s):
        for pitch in CHORDS[index % len(CHORDS)]:
            hertz = 440.0 * 2.0 ** ((pitch + cents / 100.0 - 69.0) / 12.0)
            tone = sum(
                np.sin(2 * np.pi * hertz * k * time) / k**1.4 * np.exp(-time * k**0.5 / 0.5) for k in range(1, 8)
            )
            start = round(at * SAMPLE_RATE)
            sound[start : start + time.size] += 0.1 * tone * np.minimum(1.0, (time[-1] - time) / 0.03)
            truth.append((at, pitch))
    return Audio(np.tile(sound.astype(np.float32), (2, 1))), truth


def test_every_note_of_a_chord_is_heard_where_it_is_struck(store: AssetStore) -> None:
    audio, truth = strummed([0.3 + 0.6 * index for index in range(12)], cents=25.0)
    notes = transcribe(audio, store)
    found = sum(
        any(abs(note.start_s - at) < 0.05 and abs(note.pitch_midi - pitch) < 0.5 for note in notes)
        for at, pitch in truth
    )
    assert found >= 0.9 * len(truth)
    assert found >= 0.9 * len(notes)
    assert [note.start_s for note in notes] == sorted(note.start_s for note in notes)
    assert all(0.0 <= note.start_s < note.end_s <= audio.duration_s for note in notes)
    beside = [note.pitch_midi - round(note.pitch_midi) for note in notes]
    assert np.median(beside) == pytest.approx(0.25, abs=0.1)


def test_pieces_give_what_the_whole_gives(store: AssetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    audio, _ = strummed([0.3 + 0.6 * index for index in range(20)])
    whole = transcribe(audio, store)
    monkeypatch.setattr("contrafact.engine.listening.transcription._PIECE", 2 * 142)
    monkeypatch.setattr("contrafact.engine.listening.transcription._AHEAD", 142)
    assert transcribe(audio, store) == whole


@pytest.mark.parametrize("frames", [0, 1, 3 * SAMPLE_RATE])
def test_silence_has_no_notes(store: AssetStore, frames: int) -> None:
    assert transcribe(Audio(np.zeros((2, frames), np.float32)), store) == ()


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match="basic-pitch"):
        transcribe(Audio(np.zeros((2, 100), np.float32)), AssetStore(tmp_path))
