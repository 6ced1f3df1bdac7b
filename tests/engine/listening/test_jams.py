"""Charts as JAMS: valid by its own schemas, whole, deterministic."""

import json
from typing import Any

import pytest
from jsonschema import ValidationError

from contrafact.engine.listening.chart import (
    Chart,
    Chord,
    Drums,
    GrooveBar,
    Hit,
    KeySpan,
    Melody,
    MetreSpan,
    Note,
    PitchClass,
    Region,
    Register,
    Swing,
)
from contrafact.engine.listening.jams import harte, jams_bytes, to_jams
from tests.support.charts import LONG, song_chart
from tests.support.jams_files import require_jams


def full_chart() -> Chart:
    """A chart with everything that one can hold."""
    chart = song_chart(form=LONG, drift=0.03)
    note = Note(start_s=1.0, end_s=1.5, pitch_midi=69.0, level_db=-12.345, confidence=0.8)
    last, eighth = len(chart.bars) - 1, chart.bars[8].start_s
    common = {"beats_per_bar": 4, "confidence": 0.9}
    return chart.model_copy(
        update={
            "metres": (
                MetreSpan(start_s=chart.bars[0].start_s, end_s=eighth, first_bar=0, last_bar=7, **common),
                MetreSpan(
                    start_s=eighth, end_s=chart.bars[-1].end_s, first_bar=8, last_bar=last,
                    division=3, **common,
                ),
            ),
            "swing": Swing(ratio=0.61, confidence=0.7),
            "keys": (
                KeySpan(tonic="C", mode="major", confidence=0.9, start_s=0.0, end_s=40.0),
                KeySpan(tonic="D#", mode="minor", confidence=0.8, start_s=40.0, end_s=chart.duration_s),
            ),
            "chords": (
                Chord(start_s=0.0, end_s=2.0, label="C:maj", confidence=0.9, bass="E"),
                Chord(start_s=2.0, end_s=4.0, label="A:min7/b3", confidence=0.9),
                Chord(start_s=4.0, end_s=6.0, label="F#:hdim7", confidence=0.9, bass="F#"),
                Chord(start_s=6.0, end_s=8.0, label="N", confidence=0.2),
            ),
            "melody": Melody(
                notes=(note,),
                vocal_register=Register(low_midi=57.0, median_midi=64.0, high_midi=71.0),
                breaths=(Region(start_s=1.5, end_s=2.5, confidence=0.9),),
            ),
            "notes": (note.model_copy(update={"pitch_midi": 57.0}),),
            "drums": Drums(
                hits=(Hit(time_s=0.7, drum="kick", strength=0.9, confidence=0.8),),
                groove=(
                    GrooveBar(bar=0, steps=2, kick=(1.0, 0.0), snare=(0.0, 1.0), hihat=(0.5, 0.5), offsets_ms=(0, 3)),
                ),
            ),
        }
    )  # fmt: skip


def data(document: dict[str, Any], namespace: str, part: str | None = None) -> list[dict[str, Any]]:
    (found,) = (
        item["data"]
        for item in document["annotations"]
        if item["namespace"] == namespace and (part is None or item["sandbox"].get("part") == part)
    )
    observations: list[dict[str, Any]] = found
    return observations


@pytest.mark.parametrize("chart", [song_chart(), full_chart(), song_chart(beats_per_bar=5, sing=False)])
def test_a_chart_is_a_valid_jams_document(chart: Chart) -> None:
    require_jams(to_jams(chart, "Rain", "Ada"))


def test_the_schemas_refuse_what_is_no_jams() -> None:
    document = to_jams(song_chart())
    data(document, "chord")[0]["value"] = "H:dur"
    with pytest.raises(ValidationError):
        require_jams(document)


def test_an_empty_chart_is_a_valid_document() -> None:
    nothing: dict[str, Any] = {"beats": (), "bars": (), "sections": (), "chords": (), "vocal_regions": ()}
    require_jams(to_jams(song_chart().model_copy(update={**nothing, "tempo_curve": ()})))


def test_everything_that_was_heard_is_in_the_document() -> None:
    chart = full_chart()
    document = to_jams(chart, "Rain", "Ada")
    assert document["file_metadata"]["title"] == "Rain"
    assert document["file_metadata"]["duration"] == pytest.approx(chart.duration_s, abs=1e-6)
    beats = data(document, "beat")
    assert [item["value"] for item in beats[:5]] == [1, 2, 3, 4, 1]
    assert [item["time"] for item in beats] == pytest.approx([beat.time_s for beat in chart.beats], abs=1e-6)
    places = data(document, "beat_position")
    assert places[1]["value"] == {"beat_units": 4, "measure": 0, "num_beats": 4, "position": 2}
    assert places[-1]["value"]["num_beats"] == 12
    assert [item["value"] for item in data(document, "key_mode")] == ["C:major", "D#:minor"]
    assert [item["value"] for item in data(document, "chord")] == ["C:maj/3", "A:min7/b3", "F#:hdim7", "N"]
    assert [item["value"] for item in data(document, "segment_salami_function")] == [s.label for s in chart.sections]
    assert [item["value"] for item in data(document, "segment_open")] == [s.letter for s in chart.sections]
    assert len(data(document, "tempo")) == len(chart.tempo_curve)
    assert data(document, "note_hz", "melody")[0]["value"] == 440.0
    assert data(document, "note_hz", "accompaniment")[0]["value"] == 220.0
    assert data(document, "onset")[0]["value"] == "kick"
    assert len(data(document, "tag_open", "vocals")) == len(chart.vocal_regions)
    assert data(document, "tag_open", "breath")[0]["duration"] == 1.0
    rest = document["sandbox"]["contrafact"]
    assert (rest["swing"]["ratio"], rest["content"], rest["vocal_register"]["low_midi"]) == (0.61, "music", 57.0)
    assert rest["metres"][1]["division"] == 3
    assert rest["groove"][0]["offsets_ms"] == [0.0, 3.0]


def test_what_nobody_listened_for_is_not_in_the_document() -> None:
    namespaces = {item["namespace"] for item in to_jams(song_chart())["annotations"]}
    assert namespaces.isdisjoint({"note_hz", "onset"})


def test_equal_charts_are_equal_bytes() -> None:
    written = jams_bytes(to_jams(full_chart(), "Rain", "Ada"))
    assert written == jams_bytes(to_jams(Chart.model_validate_json(full_chart().model_dump_json()), "Rain", "Ada"))
    require_jams(json.loads(written))


@pytest.mark.parametrize(
    ("label", "bass", "wanted"),
    [
        ("C:maj", "E", "C:maj/3"),
        ("C:maj", "C", "C:maj"),
        ("Bb:min7", "C#", "Bb:min7/b3"),
        ("D:7", "C", "D:7/b7"),
        ("F#", "C#", "F#/5"),
        ("G:maj/3", "B", "G:maj/3"),
        ("N", "C", "N"),
    ],
)
def test_a_bass_note_is_a_degree_of_the_root(label: str, bass: PitchClass, wanted: str) -> None:
    assert harte(Chord(start_s=0, end_s=1, label=label, confidence=1, bass=bass)) == wanted
