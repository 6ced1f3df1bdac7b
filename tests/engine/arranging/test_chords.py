"""Chord labels, colours and voicings."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contrafact.engine.arranging.chords import coloured, parse_chord, scale_of
from contrafact.engine.arranging.voicing import Layout, clear_below, lead_voices
from contrafact.engine.listening.chart import PITCH_CLASSES

ROOTS = st.sampled_from(["C", "C#", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"])
QUALITIES = st.sampled_from(
    ["maj", "min", "7", "maj7", "min7", "dim", "hdim7", "sus4", "aug", "min9", "6", "maj6", "dim7"]
)

LAYOUTS: st.SearchStrategy[Layout] = st.sampled_from(["free", "close", "open", "shell", "power"])


@pytest.mark.parametrize(
    ("label", "classes", "bass"),
    [
        ("C", (0, 4, 7), 0),
        ("A:min", (9, 0, 4), 9),
        ("G:7/3", (7, 11, 2, 5), 11),
        ("F#:hdim7/b5", (6, 9, 0, 4), 0),
        ("Eb:maj7", (3, 7, 10, 2), 3),
        ("D:sus4(b7)", (2, 7, 9, 0), 2),
        ("C:maj(*3)", (0, 7), 0),
        ("C:(1,5)", (0, 7), 0),
        ("Cb:maj", (11, 3, 6), 11),
    ],
)
def test_harte_labels(label: str, classes: tuple[int, ...], bass: int) -> None:
    chord = parse_chord(label)
    assert chord is not None
    assert set(chord.pitch_classes) == set(classes)
    assert chord.bass == bass


@pytest.mark.parametrize("label", ["N", "X", "", "H:maj", "C:wrong", "C:maj/0", "C:maj/", "DROP TABLE", "C" * 500])
def test_what_is_no_chord_is_none(label: str) -> None:
    assert parse_chord(label) is None


def test_colours_are_those_of_the_key() -> None:
    scale = scale_of(0, "major")

    def with_seventh(label: str) -> tuple[int, ...]:
        chord = parse_chord(label)
        assert chord is not None
        return coloured(chord, "seventh", scale).intervals

    assert with_seventh("C:maj")[-1] == 11
    assert with_seventh("G:maj")[-1] == 10
    assert with_seventh("A:min")[-1] == 10
    assert with_seventh("E:maj") == (0, 4, 7, 10)
    assert with_seventh("B:dim") == (0, 3, 6)
    assert with_seventh("D:maj9") == (0, 4, 7, 11, 2)


@given(
    root=ROOTS,
    quality=QUALITIES,
    voices=st.integers(1, 6),
    rootless=st.booleans(),
    low=st.integers(40, 60),
    layout=LAYOUTS,
    melody=st.lists(st.integers(55, 80), max_size=2),
)
@example(root="Eb", quality="min9", voices=4, rootless=False, low=40, layout="free", melody=[])
def test_voicings_are_the_chord_in_range_and_clear_below(
    root: str, quality: str, voices: int, rootless: bool, low: int, layout: Layout, melody: list[int]
) -> None:
    chord = parse_chord(f"{root}:{quality}")
    if chord is None:
        return
    voicing = lead_voices(
        chord, (), low, low + 24, voices, rootless, layout=layout, melody=tuple(melody), register=(60, 74)
    )
    assert voicing
    assert list(voicing) == sorted(set(voicing))
    assert all(pitch % 12 in chord.pitch_classes for pitch in voicing)
    assert low <= voicing[0]
    assert voicing[-1] <= low + 24
    for lower, upper in pairwise(voicing):
        assert upper - lower >= 3 or lower >= 52
    assert clear_below(voicing)


def test_a_whole_chord_is_played_where_it_has_room() -> None:
    """The limit leaves out no tone where a clear placing of all of them exists."""
    for root in range(12):
        for quality in ("maj7", "min7", "7", "min9"):
            label = f"{PITCH_CLASSES[root]}:{quality}"
            chord = parse_chord(label)
            assert chord is not None
            assert len({pitch % 12 for pitch in lead_voices(chord, (), 52, 76, 4, rootless=False)}) == 4, label


@pytest.mark.parametrize(
    ("layout", "intervals"),
    [("power", {0, 7}), ("shell", {0, 4, 10}), ("close", {0, 4, 7, 10}), ("open", {0, 4, 7, 10})],
)
def test_layouts(layout: Layout, intervals: set[int]) -> None:
    for label in ("C:7", "F#:7", "A:7"):
        chord = parse_chord(label)
        assert chord is not None
        voicing = lead_voices(chord, (), 50, 76, 4, rootless=False, layout=layout)
        assert {(pitch - chord.root) % 12 for pitch in voicing} == intervals
        if layout == "power":
            assert (voicing[0] - chord.root) % 12 == 0
        if layout in ("close", "shell"):
            assert voicing[-1] - voicing[0] < 12
        if layout == "open":
            assert voicing[-1] - voicing[0] > 12


def test_tops_make_way_for_the_voice() -> None:
    chord = parse_chord("C:maj7")
    assert chord is not None
    alone = lead_voices(chord, (), 52, 76, 4, rootless=False)
    under = lead_voices(chord, (), 52, 76, 4, rootless=False, register=(62, 74))
    assert 62 <= alone[-1] <= 74
    assert not 62 <= under[-1] <= 74
    beside = lead_voices(chord, (), 52, 76, 4, rootless=False, melody=(72,))
    assert 71 not in beside
    assert 73 not in beside


def test_voices_move_little() -> None:
    hands: tuple[int, ...] = ()
    for label in ("C:maj7", "A:min7", "D:min7", "G:7", "C:maj7"):
        chord = parse_chord(label)
        assert chord is not None
        moved = lead_voices(chord, hands, 52, 76, 4, rootless=True)
        if hands:
            assert sum(abs(a - b) for a, b in zip(moved, hands, strict=True)) <= 8
        hands = moved
