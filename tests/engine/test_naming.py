import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.listening.chart import Chord, Key
from contrafact.engine.naming import chord_name, clock, in_flats, key_name, key_spelt, pitch_class


def chord(label: str, bass: str | None = None) -> Chord:
    return Chord.model_validate({"start_s": 0, "end_s": 1, "label": label, "confidence": 1, "bass": bass})


@pytest.mark.parametrize(
    ("label", "bass", "flats", "name"),
    [
        ("C:maj", None, False, "C"),
        ("A:min7", None, False, "Am7"),
        ("A#:maj", None, True, "B♭"),
        ("Bb:min", None, False, "A♯m"),
        ("F#:hdim7", None, False, "F♯ø7"),
        ("C:maj", "E", False, "C/E"),
        ("C:maj/3", "E", False, "C/E"),
        ("C:maj/3", None, False, "C/3"),
        ("C:maj", "C", False, "C"),
        ("G", None, False, "G"),
        ("G:odd(b9)", None, False, "Godd(b9)"),
        ("N", None, False, ""),
        ("X", None, False, ""),
    ],
)
def test_chords_read_as_people_write_them(label: str, bass: str | None, flats: bool, name: str) -> None:
    assert chord_name(chord(label, bass), flats) == name


@pytest.mark.parametrize(
    ("tonic", "mode", "name"),
    [
        ("C", "major", "C major"),
        ("A#", "major", "B♭ major"),
        ("G", "minor", "G minor"),
        ("D#", "minor", "E♭ minor"),
        ("C#", "minor", "C♯ minor"),
        ("A#", "minor", "B♭ minor"),
        ("F#", "major", "F♯ major"),
        ("D#", "major", "E♭ major"),
        ("C#", "major", "D♭ major"),
        ("G#", "major", "A♭ major"),
        ("G#", "minor", "G♯ minor"),
        ("F#", "minor", "F♯ minor"),
    ],
)
def test_keys_are_spelt_with_the_fewest_accidentals(tonic: str, mode: str, name: str) -> None:
    assert key_name(Key.model_validate({"tonic": tonic, "mode": mode, "confidence": 1})) == name


@pytest.mark.parametrize(
    ("label", "name"),
    [("A# major", "B♭ major"), ("Bb minor", "B♭ minor"), ("C", "C"), ("", ""), ("A dorian", "A dorian"), ("?", "?")],
)
def test_a_label_is_spelt_as_its_key(label: str, name: str) -> None:
    assert key_spelt(label) == name


def test_a_minor_key_takes_the_accidentals_of_its_major() -> None:
    minor = {"tonic": "C", "mode": "minor", "confidence": 1}
    assert in_flats(Key.model_validate(minor))
    assert not in_flats(Key.model_validate({**minor, "tonic": "E"}))


@given(st.text(max_size=6))
def test_whatever_stands_in_a_label_has_a_pitch_class_or_none(text: str) -> None:
    found = pitch_class(text)
    assert found is None or 0 <= found < 12


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (754, "12:34"), (3599.7, "1:00:00"), (7322, "2:02:02"), (-1, "0:00")],
)
def test_times_read_as_a_clock_does(seconds: float, text: str) -> None:
    assert clock(seconds) == text
