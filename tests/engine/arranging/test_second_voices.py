"""Second voices: in key, on the chord where it is held, in a singer's register, apart from each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.arranging.second_voices import HELD_S, diatonic, scale_at, second_voice, shift_at
from contrafact.engine.arranging.voices import Interval, Shift, VoiceNote, VoiceScale

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)
LABELS = ("C:maj", "D:min", "E:min", "F:maj", "G:maj", "A:min", "G:7", "F:maj7", "E:maj", "D:maj")
WIDE = (36, 84)


def span(label: str, mode: str = "major", tonic: int = 0, start_s: float = 0.0, end_s: float = 100.0) -> VoiceScale:
    chord = parse_chord(label)
    assert chord is not None
    return VoiceScale(start_s, end_s, scale_at(tonic, mode, chord), tuple(sorted(chord.pitch_classes)))


def line(pitches: list[int], length_s: float = 0.5) -> list[VoiceNote]:
    return [VoiceNote(number * length_s, (number + 1) * length_s, float(pitch)) for number, pitch in enumerate(pitches)]


def test_thirds_where_the_chord_agrees() -> None:
    shifts = second_voice(line([60, 64, 67], 0.2), [span("C:maj")], Interval(2, *WIDE), 0.0)
    assert [shift.semitones for shift in shifts][:2] == [4.0, 3.0]


def test_short_notes_keep_to_the_scale() -> None:
    # Without a chord nothing bends the thirds of the scale.
    scale = [VoiceScale(0.0, 100.0, C_MAJOR)]
    notes = line([60, 62, 64, 65, 67, 69, 71, 72], 0.2)
    above = second_voice(notes, scale, Interval(2, *WIDE), 0.0)
    below = second_voice(notes, scale, Interval(-2, *WIDE), 0.0)
    assert [shift.semitones for shift in above] == [4, 3, 3, 4, 4, 3, 3, 4]
    assert [shift.semitones for shift in below] == [-3, -3, -4, -3, -3, -4, -4, -3]


def test_a_held_third_that_the_chord_lacks_goes_to_its_tone() -> None:
    # A third above C over F major is E, a semitone under its root: singers take F.
    (shift,) = second_voice(line([60]), [span("F:maj")], Interval(2, *WIDE), 0.0)
    assert shift.semitones == 5.0


def test_the_seventh_is_raised_in_minor_where_the_chord_has_it() -> None:
    plain, dominant = scale_at(9, "minor", parse_chord("A:min")), scale_at(9, "minor", parse_chord("E:maj"))
    assert 7 in plain
    assert 8 not in plain
    assert 8 in dominant
    assert 7 not in dominant
    (shift,) = second_voice(line([64]), [span("E:maj", "minor", 9)], Interval(2, *WIDE), 0.0)
    assert (64 + shift.semitones) % 12 == 8


@given(
    st.lists(st.sampled_from([note for note in range(55, 75) if note % 12 in C_MAJOR]), min_size=1, max_size=12),
    st.sampled_from(LABELS),
    st.sampled_from([2, -2, 4, -5, 5, -4]),
    st.sampled_from([0.15, 0.6]),
)
def test_lines_are_in_key_and_never_rub(pitches: list[int], label: str, steps: int, length_s: float) -> None:
    here = span(label)
    shifts = second_voice(line(pitches, length_s), [here], Interval(steps, *WIDE), 0.0)
    assert len(shifts) == len(pitches)
    for pitch, shift in zip(pitches, shifts, strict=True):
        sung = pitch + int(shift.semitones)
        assert sung % 12 in here.scale
        if length_s >= HELD_S and pitch % 12 in here.chord:
            assert not any((sung - tone) % 12 in (1, 11) and sung % 12 not in here.chord for tone in here.chord)
            assert (sung - pitch) % 12 not in (1, 11)


@given(
    st.lists(st.integers(40, 80), min_size=1, max_size=10),
    st.sampled_from([2, -2, 4, -5, 7, -7]),
    st.integers(45, 55),
    st.integers(70, 80),
)
def test_the_register_holds(pitches: list[int], steps: int, low: int, high: int) -> None:
    shifts = second_voice(line(pitches), [span("C:maj")], Interval(steps, low, high), 0.0)
    assert all(low <= pitch + shift.semitones <= high for pitch, shift in zip(pitches, shifts, strict=True))


@given(st.lists(st.integers(50, 70), min_size=1, max_size=10))
def test_octaves_are_octaves(pitches: list[int]) -> None:
    up = second_voice(line(pitches), [span("C:maj")], Interval(7, 20, 120), 0.0)
    assert {shift.semitones for shift in up} == {12.0}


def test_four_parts_keep_apart() -> None:
    notes = line([60, 62, 64, 65, 67, 65, 64, 62])
    scales = [span(label, start_s=number, end_s=number + 1.0) for number, label in enumerate(LABELS[:4])]
    lines: list[tuple[Shift, ...]] = []
    for steps in (2, 4, -5):
        lines.append(second_voice(notes, scales, Interval(steps, *WIDE), 0.0, lines))
    for note in notes:
        heights = [round(note.pitch + shift_at(other, note.start_s + 0.2)) for other in lines]
        assert len(set(heights)) == len(heights)


def test_a_singer_beside_the_usual_pitch_is_followed() -> None:
    flat = [VoiceNote(0.0, 0.5, 59.55)]
    (shift,) = second_voice(flat, [span("C:maj")], Interval(2, *WIDE), -0.45)
    assert shift.semitones == 4.0


@pytest.mark.parametrize(
    ("lead", "steps", "expected"), [(60, 2, 64), (60, -2, 57), (60, 4, 67), (61, 2, 65), (61, -2, 57)]
)
def test_steps_of_the_scale(lead: int, steps: int, expected: int) -> None:
    assert diatonic(lead, C_MAJOR, steps) == expected


def test_nothing_sung_nothing_added() -> None:
    assert second_voice([], [span("C:maj")], Interval(2, *WIDE), 0.0) == ()
