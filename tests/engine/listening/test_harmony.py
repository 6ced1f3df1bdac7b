"""Chords on the grid, and the key behind them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.listening.cqt import FRAMES_PER_SECOND
from contrafact.engine.listening.crema import LABELS, ROOTS, ChordLikelihoods
from contrafact.engine.listening.harmony import chord_changes, chord_tones, name_chords


def spoken(labels: list[str], seconds_each: float, seventh: str | None = None) -> ChordLikelihoods:
    """A network that is 90 % sure of each label in turn."""
    frames = int(len(labels) * seconds_each * FRAMES_PER_SECOND)
    tags = np.full((frames, len(LABELS)), 0.1 / (len(LABELS) - 1), np.float32)
    root = np.full((frames, 13), 0.01, np.float32)
    pitch = np.zeros((frames, 12), np.float32)
    for frame in range(frames):
        label = labels[min(len(labels) - 1, int(frame / FRAMES_PER_SECOND / seconds_each))]
        tags[frame, LABELS.index(label)] = 0.9 if seventh is None else 0.5
        root[frame, chord_tones(label)[0] if label != "N" else 12] = 0.88
        pitch[frame, list(chord_tones(label))] = 0.9
        if seventh is not None:
            pitch[frame, ROOTS.index(seventh)] = 0.9
    return ChordLikelihoods(tags, root.copy(), root, pitch)


BEATS = np.arange(0.0, 8.0, 0.5)
POSITIONS = np.arange(16) % 4 + 1


def test_there_are_170_labels_and_each_has_tones() -> None:
    assert len(LABELS) == 170
    assert all(chord_tones(label) for label in LABELS if label not in "NX")


def test_chords_change_on_beats_and_fill_the_song() -> None:
    chords = name_chords(spoken(["A:min", "F:maj", "C:maj", "G:maj"], 2.0), BEATS, POSITIONS, 8.0)
    assert [chord.label for chord in chords] == ["A:min", "F:maj", "C:maj", "G:maj"]
    assert [chord.start_s for chord in chords] == [0.0, 2.0, 4.0, 6.0]
    assert chords[-1].end_s == 8.0
    assert all(chord.confidence > 0.8 for chord in chords)


@pytest.mark.parametrize(
    ("triad", "seventh", "named"), [("G:maj", "F", "G:7"), ("C:maj", "B", "C:maj7"), ("D:min", "C", "D:min7")]
)
def test_a_seventh_in_the_pitches_is_named(triad: str, seventh: str, named: str) -> None:
    """The pitch head hears sevenths better than the chord classes do: it decides where they are near each other."""
    heard = spoken([triad], 8.0, seventh=seventh)
    heard.tags[:, LABELS.index(named)] = 0.4
    assert name_chords(heard, BEATS, POSITIONS, 8.0)[0].label == named


def test_changes_are_where_the_chords_change() -> None:
    changes = chord_changes(spoken(["A:min", "F:maj"], 4.0), BEATS)
    assert int(changes.argmax()) == 8
    assert changes[8] > 0.5 > 0.1 > changes[4]


def test_quiet_frames_have_no_chord() -> None:
    heard = spoken(["A:min"], 8.0)
    quiet: NDArray[np.bool_] = np.ones(heard.tags.shape[0], bool)
    assert [chord.label for chord in name_chords(heard.hushed(quiet), BEATS, POSITIONS, 8.0)] == ["N"]
