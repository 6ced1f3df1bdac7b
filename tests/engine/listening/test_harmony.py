"""Chords on the grid, and the key behind them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.listening.cqt import CQT_RATE, FRAMES_PER_SECOND, constant_q
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


def spectrum(*spans: tuple[float, tuple[int, ...]]) -> NDArray[np.float32]:
    """Plain tones with overtones: (seconds, keys) in turn."""
    parts = []
    for seconds, keys in spans:
        time = np.arange(int(seconds * CQT_RATE)) / CQT_RATE
        tones = [np.sin(2 * np.pi * n * 440.0 * 2 ** ((key - 69) / 12) * time) / n for key in keys for n in (1, 2, 3)]
        parts.append(0.05 * np.sum(tones, axis=0))
    return constant_q(np.concatenate(parts).astype(np.float32))


def test_the_bass_of_a_slash_chord_is_told_and_the_label_stays_plain() -> None:
    heard = spoken(["C:maj", "C:maj"], 4.0)
    heard.bass[:, :] = 0.05
    heard.bass[43:, 4] = 0.9
    heard.bass[:43, 0] = 0.9
    chords = name_chords(heard, BEATS, POSITIONS, 8.0, spectrum((4.0, (36, 60, 64, 67)), (4.0, (40, 60, 64, 67))))
    assert [chord.label for chord in chords] == ["C:maj"] * len(chords)
    assert (chords[0].bass, chords[-1].bass) == (None, "E")
    assert abs(next(chord.start_s for chord in chords if chord.bass == "E") - 4.0) < 0.6


def test_a_chord_may_come_half_a_beat_early() -> None:
    heard = spoken(["A:min"] * 15 + ["F:maj"] * 17, 0.25)
    chords = name_chords(heard, BEATS, POSITIONS, 8.0, spectrum((3.75, (45, 60, 64)), (4.25, (41, 60, 65))))
    assert [(chord.label, chord.start_s) for chord in chords] == [("A:min", 0.0), ("F:maj", 3.75)]


def test_confidence_falls_with_the_networks_own() -> None:
    sure = name_chords(spoken(["A:min"], 8.0), BEATS, POSITIONS, 8.0)[0].confidence
    torn = spoken(["A:min"], 8.0)
    torn.tags[:] = 1.0 / len(LABELS)
    torn.pitch[:] = 0.5
    torn.root[:] = 1.0 / 13.0
    unsure = name_chords(torn, BEATS, POSITIONS, 8.0)[0].confidence
    assert unsure < 0.5 < 0.9 < sure


def test_strange_grids_are_taken() -> None:
    heard = spoken(["A:min"], 8.0)
    for beats in (np.zeros(0), np.array([4.0]), np.array([0.01, 7.99]), np.arange(0.0, 8.0, 0.05)):
        chords = name_chords(heard, beats, np.ones(beats.size, np.int64), 8.0, spectrum((8.0, (45, 60, 64))))
        assert (chords[0].start_s, chords[-1].end_s) == (0.0, 8.0)
    assert name_chords(heard, np.zeros(0), np.zeros(0, np.int64), 0.0) == ()
