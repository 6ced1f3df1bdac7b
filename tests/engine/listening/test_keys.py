"""Keys and where they change, told from named chords."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.listening.chart import Chord
from contrafact.engine.listening.crema import ROOTS
from contrafact.engine.listening.keys import bar_edges, find_keys, main_key

BAR_S = 2.0
_NUMERALS = {
    "I": (0, "maj"), "i": (0, "min"), "ii": (2, "min"), "iii": (4, "min"), "IV": (5, "maj"), "iv": (5, "min"),
    "V": (7, "maj"), "V7": (7, "7"), "v": (7, "min"), "vi": (9, "min"), "bIII": (3, "maj"), "bVI": (8, "maj"),
    "bVII": (10, "maj"), "VI7": (9, "7"), "II": (2, "maj"),
}  # fmt: skip


def played(*parts: tuple[int, str], confidence: float = 0.9) -> tuple[tuple[Chord, ...], np.ndarray, float]:
    """Chords of a bar each, written as (tonic, numerals) parts; with the downbeats and the end."""
    found: list[Chord] = []
    for tonic, numerals in parts:
        for numeral in numerals.split():
            step, quality = _NUMERALS[numeral]
            start = BAR_S * len(found)
            label = f"{ROOTS[(tonic + step) % 12]}:{quality}"
            found.append(Chord(start_s=start, end_s=start + BAR_S, label=label, confidence=confidence))
    return tuple(found), BAR_S * np.arange(len(found)), BAR_S * len(found)


def labels(*parts: tuple[int, str], sections: tuple[int, ...] = ()) -> list[tuple[float, str]]:
    chords, downbeats, end = played(*parts)
    keys = find_keys(chords, downbeats, end, section_starts_s=[BAR_S * bar for bar in sections])
    assert keys[0].start_s == 0.0
    assert keys[-1].end_s == end
    assert all(one.end_s == two.start_s for one, two in itertools.pairwise(keys))
    return [(key.start_s / BAR_S, key.label) for key in keys]


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("mode", "numerals"), [("major", "I IV V I"), ("minor", "i iv V i")])
def test_a_plain_cadence(tonic: int, mode: str, numerals: str) -> None:
    chords, downbeats, end = played((tonic, numerals))
    key = main_key(find_keys(chords, downbeats, end))
    assert key.label == f"{ROOTS[tonic]} {mode}"
    assert key.confidence > 0.5


@pytest.mark.parametrize(
    ("numerals", "mode"),
    [
        ("I V vi IV " * 6 + "I", "major"),
        ("I vi IV V " * 6 + "I", "major"),
        ("ii V I vi " * 6 + "I", "major"),
        ("i bVI bIII bVII " * 6 + "i", "minor"),
        ("i bVII bVI V " * 6 + "i", "minor"),
        ("i iv i V " * 6 + "i", "minor"),
    ],
)
def test_relative_keys_are_told_apart(numerals: str, mode: str) -> None:
    assert labels((4, numerals), sections=(0, 8, 16)) == [(0.0, f"E {mode}")]


@pytest.mark.parametrize("up", [1, 2, 3, -2])
@pytest.mark.parametrize(("mode", "loop"), [("major", "I V vi IV "), ("minor", "i bVI bIII bVII ")])
def test_the_last_chorus_may_move(up: int, mode: str, loop: str) -> None:
    found = labels((7, loop * 6), (7 + up, loop * 3), sections=(0, 8, 16, 24))
    assert found == [(0.0, f"G {mode}"), (24.0, f"{ROOTS[(7 + up) % 12]} {mode}")]


@pytest.mark.parametrize("borrowed", ["I bVII IV I", "I IV iv I", "I VI7 ii V", "I II IV V", "I bVI bVII I"])
def test_a_borrowed_chord_is_no_modulation(borrowed: str) -> None:
    assert labels((2, "I V vi IV " * 4 + (borrowed + " ") * 2 + "I IV V I")) == [(0.0, "D major")]


def test_a_chorus_in_the_relative_major() -> None:
    verse, chorus = "i iv V i i iv V i ", "I IV V I I IV V I "
    found = labels((9, verse * 2), (0, chorus * 2), sections=(0, 8, 16, 24))
    assert found == [(0.0, "A minor"), (16.0, "C major")]


def test_the_key_of_the_most_time_is_the_main_one() -> None:
    chords, downbeats, end = played((0, "I IV V I " * 6), (1, "I IV V I " * 3))
    assert main_key(find_keys(chords, downbeats, end)).label == "C major"


def test_nothing_heard_is_no_key() -> None:
    for chords in ((), (Chord(start_s=0.0, end_s=9.0, label="N", confidence=1.0),)):
        (key,) = find_keys(chords, np.arange(0.0, 9.0), 9.0)
        assert (key.label, key.confidence, key.end_s) == ("C major", 0.0, 9.0)
    assert find_keys((), np.zeros(0), 0.0)[0].end_s == 0.0


def test_chords_that_nobody_is_sure_of_give_no_sure_key() -> None:
    sure, downbeats, end = played((5, "I IV V I "))
    unsure, _, _ = played((5, "I IV V I "), confidence=0.05)
    assert main_key(find_keys(unsure, downbeats, end)).confidence < 0.35
    assert main_key(find_keys(sure, downbeats, end)).confidence > 0.65


@given(st.lists(st.sampled_from(sorted(_NUMERALS)), min_size=1, max_size=40), st.integers(1, 11))
def test_a_transposed_song_has_transposed_keys(numerals: list[str], up: int) -> None:
    line = " ".join(numerals)
    here, there = labels((0, line)), labels((up, line))
    assert [start for start, _ in here] == [start for start, _ in there]
    for (_, one), (_, two) in zip(here, there, strict=True):
        assert ROOTS[(ROOTS.index(one.split()[0]) + up) % 12] == two.split()[0]


def test_bars_reach_from_end_to_end() -> None:
    assert bar_edges(np.array([0.3, 2.3, 4.3]), 6.0).tolist() == [0.0, 2.3, 4.3, 6.0]
    assert bar_edges(np.zeros(0), 5.0).tolist() == [0.0, 2.0, 4.0, 5.0]
