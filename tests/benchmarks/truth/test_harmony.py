"""Numerals, labels and voicings."""

import mir_eval
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.truth.harmony import QUALITIES, Chord, bars_of, chord_of, voicing

CHORDS = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))


@pytest.mark.parametrize(
    ("numeral", "label"),
    [
        ("I", "C:maj"),
        ("vi7", "A:min7"),
        ("bVII", "A#:maj"),
        ("V/3", "G:maj/3"),
        ("V7/7", "G:7/b7"),
        ("iv/3", "F:min/b3"),
        ("iiø7", "D:hdim7"),
        ("vii°", "B:dim"),
        ("I/5", "C:maj/5"),
    ],
)
def test_a_numeral_is_a_chord_in_a_key(numeral: str, label: str) -> None:
    assert chord_of(numeral, 0).label == label
    assert chord_of(numeral, 5) == chord_of(numeral, 0).moved(5)


@pytest.mark.parametrize("numeral", ["H", "V/9", "I/7", "iiii", ""])
def test_what_is_no_numeral_is_refused(numeral: str) -> None:
    with pytest.raises(ValueError, match=r"numeral|seventh"):
        chord_of(numeral, 0)


@given(CHORDS, st.integers(52, 72))
def test_labels_mean_to_mir_eval_what_is_played(chord: Chord, centre: int) -> None:
    root, bitmap, bass = mir_eval.chord.encode(chord.label)
    assert (root, bass) == (chord.root, 0)
    assert {(root + int(step)) % 12 for step in np.flatnonzero(bitmap)} == set(chord.pitch_classes)
    keys = voicing(chord, centre)
    assert {key % 12 for key in keys} == set(chord.pitch_classes)
    assert len(keys) == len(chord.pitch_classes)
    assert all(abs(key - centre) < 24 for key in keys)


def test_chords_share_a_bar() -> None:
    assert [len(bar) for bar in bars_of("ii7 V7|I", 2)] == [2, 1]
