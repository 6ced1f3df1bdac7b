"""The score, which needs no voice and no sounds."""

import itertools
import tomllib

import pytest

from song import arrangement, score
from song.metadata import metadata


def test_bars_chords_and_form_agree() -> None:
    bars = score.total_bars()
    chords = score.chords()
    assert sum(chord.beats for chord in chords) == bars * score.BEATS
    assert all(a.beat + a.beats == b.beat for a, b in itertools.pairwise(chords))
    assert 90.0 <= score.duration_s() <= 150.0


def test_lines_lie_in_their_sections_and_leave_room_to_breathe() -> None:
    lines = score.lines()
    for line in lines:
        part = score.section(line.section)
        last = line.notes[-1]
        assert part.bar * 4 <= line.notes[0].beat
        assert last.beat + last.beats <= (part.bar + part.bars) * 4 + 1
        assert all(a.beat + a.beats <= b.beat for a, b in zip(line.notes[:-1], line.notes[1:], strict=True))
    for before, after in itertools.pairwise(lines):
        end = before.notes[-1].beat + before.notes[-1].beats
        assert after.notes[0].beat - end >= 0.4


def test_the_melody_fits_the_voice() -> None:
    pitches = [note.pitch for line in score.lines() for note in line.notes]
    assert min(pitches) >= score.pitch("A3")
    assert max(pitches) <= score.pitch("D5")


@pytest.mark.parametrize(("name", "steps", "expected"), [("C5", -2, "A4"), ("B4", -2, "G4"), ("E4", 2, "G4")])
def test_harmony_moves_along_the_scale(name: str, steps: int, expected: str) -> None:
    assert score.diatonic(score.pitch(name), steps) == score.pitch(expected)


@pytest.mark.parametrize("wrong", ["H4", "C", "c4"])
def test_a_wrong_note_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a note"):
        score.pitch(wrong)


def test_everybody_plays_inside_the_song() -> None:
    end = score.total_bars() * score.BEATS
    players = ("drums", "bass", "piano", "guitar", "strings", "organ", "bells")
    for name in players:
        part = getattr(arrangement, name)()
        assert part
        assert all(0 <= stroke.beat < end and 1 <= stroke.velocity <= 127 for stroke in part)


def test_the_bass_plays_the_chords_lowest_notes() -> None:
    part = arrangement.bass()
    for chord in score.chords():
        there = [stroke for stroke in part if stroke.beat == chord.beat]
        assert all(stroke.key % 12 == chord.bass for stroke in there)


def test_the_metadata_is_toml_and_says_the_whole_song() -> None:
    said = tomllib.loads(metadata())
    assert [line["words"] for line in said["line"]] == [line.words for line in score.lines()]
    assert len(said["chords"]) == score.total_bars()
