"""What the gates find at joins whose faults are known."""

from typing import Any

import numpy as np
import pytest

from contrafact.engine.arranging.gates import Gates
from contrafact.engine.arranging.songmap import map_song, sung_phrases
from contrafact.engine.listening.chart import Chart, Drums, Melody, Note, Region
from tests.support.charts import LONG, song_chart

FOUR = ("C:maj", "G:maj", "A:min", "F:maj")


def gates_of(chart: Chart, voiced: bool = True) -> Gates:
    return Gates(map_song(chart, voiced))


def test_going_on_as_recorded_passes_every_gate() -> None:
    gates = gates_of(song_chart(form=LONG))
    for bar in range(len(gates.song.bars) - 1):
        assert gates.cost(bar, bar + 1) == 0.0
        faults = set(gates.seam(bar, bar + 1, 0.0).faults)
        # In the middle of a phrase the voice goes on; where nothing is cut that is no fault of the music.
        assert faults <= {"voice"}


def test_a_join_to_the_same_place_of_another_verse_is_cheap_and_without_fault() -> None:
    gates = gates_of(song_chart(form=LONG))
    seam = gates.seam(11, 28, 0.0)
    assert seam.faults == ()
    others = [gates.cost(11, bar) for bar in range(60) if gates.song.place[bar] != 0]
    assert gates.cost(11, 28) < min(others)


def test_a_strange_chord_is_a_fault_of_harmony_unless_the_song_goes_there_itself() -> None:
    chart = song_chart(form=LONG, chords=("C:maj", "F#:maj", "Bb:min", "E:maj"))
    gates = gates_of(chart)
    # After bar 1 (F#) comes Bb; E after it is never heard, and shares no tone with Bb minor.
    assert "harmony" in gates.seam(5, 7, 0.0).faults
    assert "harmony" not in gates.seam(5, 10, 0.0).faults


@pytest.mark.parametrize(("pickup_s", "cut"), [(0.25, False), (0.6, False), (1.8, True)])
def test_a_pickup_moves_the_voices_own_join(pickup_s: float, cut: bool) -> None:
    plain = song_chart(form=LONG, sing=False)
    lines = [bar.start_s for bar in plain.bars]
    regions = [
        Region(start_s=lines[bar] - pickup_s, end_s=lines[bar + 3] - 2.0, confidence=1.0) for bar in (4, 12, 20, 28)
    ]
    gates = gates_of(plain.model_copy(update={"vocal_regions": tuple(regions)}))
    seam = gates.seam(11, 20, 0.0)
    assert ("voice" in seam.faults) == cut
    if not cut:
        assert -pickup_s - 0.2 < seam.voice_shift_s < -pickup_s


def test_a_phrase_that_rings_over_the_line_is_let_finish() -> None:
    plain = song_chart(form=LONG, sing=False)
    lines = [bar.start_s for bar in plain.bars]
    regions = (
        Region(start_s=lines[8], end_s=lines[12] + 0.3, confidence=1.0),
        Region(start_s=lines[28] + 0.9, end_s=lines[30], confidence=1.0),
    )
    seam = gates_of(plain.model_copy(update={"vocal_regions": regions})).seam(11, 28, 0.0)
    assert seam.faults == ()
    assert 0.3 < seam.voice_shift_s < 0.9


def test_without_a_voice_in_the_take_nothing_of_it_can_be_cut() -> None:
    chart = song_chart(form=LONG)
    assert "voice" in gates_of(chart).seam(5, 14, 0.0).faults
    assert "voice" not in gates_of(chart, voiced=False).seam(5, 14, 0.0).faults


def test_a_change_of_tempo_is_a_fault_of_the_beat() -> None:
    gates = gates_of(song_chart(form=LONG, drift=0.1))
    assert "beat" in gates.seam(3, 48, 0.0).faults
    assert "beat" not in gates.seam(27, 36, 0.0).faults


def test_a_step_of_level_inside_a_section_is_a_fault_and_between_sections_a_contrast() -> None:
    gates = gates_of(song_chart(form=LONG, sing=False))
    assert "level" in gates.seam(1, 16, 0.0).faults
    assert "level" not in gates.seam(11, 28, 0.0).faults
    assert gates.seam(1, 16, 0.0).level_db > 4.0


def melody_of(*spans: tuple[float, float]) -> Melody:
    notes = tuple(Note(start_s=a, end_s=b, pitch_midi=60.0, confidence=1.0) for a, b in spans)
    return Melody(notes=notes, vocal_register=None, breaths=())


def test_phrases_are_the_melodys_notes_where_there_are_any() -> None:
    region = Region(start_s=1.0, end_s=9.0, confidence=1.0)
    speech = Region(start_s=20.0, end_s=22.0, confidence=1.0)
    chart = song_chart().model_copy(
        update={
            "vocal_regions": (region, speech),
            "melody": melody_of((1.0, 1.5), (1.52, 2.0), (4.0, 8.5)),
            "drums": Drums(hits=(), groove=()),
        }
    )
    assert sung_phrases(chart) == ((1.0, 2.0), (4.0, 8.5), (20.0, 22.0))


def test_the_share_sung_is_exact() -> None:
    plain = song_chart(form=LONG, sing=False)
    bar = plain.bars[5]
    half = Region(start_s=bar.start_s - 1.0, end_s=(bar.start_s + bar.end_s) / 2, confidence=1.0)
    song = map_song(plain.model_copy(update={"vocal_regions": (half,)}))
    assert song.sung[5] == pytest.approx(0.5)
    assert song.sung[6] == 0.0
    assert song.sung[:4].sum() == 0.0


@pytest.mark.parametrize("update", [{"chords": ()}, {"sections": ()}, {"bars": (), "beats": ()}, {"vocal_regions": ()}])
def test_a_chart_that_lacks_something_can_be_weighed(update: dict[str, Any]) -> None:
    gates = gates_of(song_chart(form=LONG).model_copy(update=update))
    places = np.arange(len(gates.song.bars))
    found = gates.weigh(places, places)
    assert np.isfinite(found.cost).all()
    assert found.cost.shape == (len(places), len(places))


def test_a_loud_voice_makes_its_bars_louder_than_their_section() -> None:
    plain = song_chart(form=LONG)
    bar = plain.bars[6]
    loud = Note(start_s=bar.start_s, end_s=bar.end_s, pitch_midi=60.0, level_db=-14.0, confidence=1.0)
    chart = plain.model_copy(update={"melody": Melody(notes=(loud,), vocal_register=None, breaths=())})
    song = map_song(chart)
    verse = song.level_db[4:12]
    assert verse.argmax() == 2
    assert verse[2] - verse[3] > 2.0
    assert np.ptp(np.delete(verse, 2)) < 1e-9
    assert np.ptp(map_song(chart, voiced=False).level_db[4:12]) < 1e-9
