"""The MIDI file read back by the library that reads everybody's: notes, their times and the tune's bends are there."""

import io

import mido
import pytest

from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.arranging.timeline import Instrument, Note, Part, Timeline
from contrafact.engine.exporting.midi import BEND_RANGE, to_midi
from tests.support.charts import song_chart
from tests.support.recipes import recipe_for
from tests.support.takes import empty_take


def read(data: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(data))


def sounded(file: mido.MidiFile) -> list[tuple[float, int, int]]:
    """(seconds, channel, pitch) of every note as a player plays the file."""
    now, found = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on" and message.velocity > 0:
            found.append((now, message.channel, message.note))
    return sorted(found)


@pytest.mark.parametrize("drift", [0.0, 0.03])
@pytest.mark.parametrize("slug", ["house", "bossa-nova"])
def test_every_note_is_played_when_it_is_played_in_the_take(slug: str, drift: float) -> None:
    pack = load_styles()[slug]
    take = arrange(song_chart(drift=drift, pickup_s=0.0), recipe_for(pack), pack)
    heard = sounded(read(to_midi(take, "Song")))
    wanted = sorted((note.start_s, note.pitch) for part in take.parts if part.role != "effects" for note in part.notes)
    assert len(heard) == len(wanted)
    # A tick is about a millisecond.
    for time_s, pitch in wanted:
        assert any(abs(at - time_s) < 0.003 and key == pitch for at, _, key in heard)


def test_the_same_take_gives_the_same_bytes_and_tracks_have_their_names() -> None:
    pack = load_styles()["house"]
    take = arrange(song_chart(), recipe_for(pack), pack)
    data = to_midi(take, "Wüste")
    assert data == to_midi(take, "Wüste")
    file = read(data)
    assert [track.name for track in file.tracks][1:] == [p.name for p in take.parts if p.notes and p.role != "effects"]
    marks = [message.text for message in file.tracks[0] if message.type == "marker"]
    assert marks == ["intro", "verse", "chorus", "verse", "chorus"]


def test_bends_and_swells_become_wheel_and_expression() -> None:
    note = Note(1.0, 1.0, 69, 100, bend=((0.0, -200.0), (0.2, 0.0)), swell=((0.0, -12.0), (0.5, 0.0)))
    part = Part("tune", "melody", Instrument("soundfont", program=40), (note,))
    take = empty_take(8.0)
    take = Timeline(take.source_sha256, take.duration_s, take.bars, (), (), (part,))
    track = read(to_midi(take, "Song")).tracks[1]
    wheel = [message.pitch for message in track if message.type == "pitchwheel"]
    assert wheel[0] == round(-200 / (100 * BEND_RANGE) * 8191)
    assert wheel[-1] == 0
    assert wheel == sorted(wheel)
    expression = [message.value for message in track if message.type == "control_change" and message.control == 11]
    assert expression[0] == round(127 * 10 ** (-12 / 40))
    assert expression[-1] == 127
    assert (6, BEND_RANGE) in [(m.control, m.value) for m in track if m.type == "control_change"]


def test_nothing_played_is_an_empty_file_that_opens() -> None:
    assert sounded(read(to_midi(empty_take(4.0), "Silence"))) == []
