"""A chart as JAMS, the JSON Annotated Music Specification.

E. J. Humphrey et al., "JAMS: A JSON Annotated Music Specification for Reproducible MIR Research", ISMIR 2014; the
namespaces are those of jams 0.3.5. What no namespace holds lies in the sandbox of the document or of the annotation.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import rfc8785

from contrafact.engine import ENGINE_VERSION
from contrafact.engine.listening.chart import Chart, Chord, Note, Region

JAMS_VERSION = "0.3.5"
_A4_HZ, _A4_MIDI = 440.0, 69.0
_DECIMALS = 6
_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")

Observation = dict[str, Any]


def to_jams(chart: Chart, title: str = "", artist: str = "") -> dict[str, Any]:
    """A chart as a JAMS document.

    Parameters
    ----------
    chart : Chart
    title, artist : str
        For the document's metadata.

    Returns
    -------
    dict
        JSON values only; the same chart gives the same document. Times are rounded to a millionth of a second.
    """
    return {
        "annotations": [
            *_rhythm(chart),
            *_harmony(chart),
            *_form(chart),
            *_voice(chart),
            *_strokes(chart),
        ],
        "file_metadata": {
            "artist": artist,
            "duration": _round(chart.duration_s),
            "identifiers": {},
            "jams_version": JAMS_VERSION,
            "release": "",
            "title": title,
        },
        "sandbox": {"contrafact": _rest(chart)},
    }


def jams_bytes(document: dict[str, Any]) -> bytes:
    """The document as canonical JSON (RFC 8785): equal charts give equal bytes."""
    return rfc8785.dumps(document)


def _rhythm(chart: Chart) -> Iterable[dict[str, Any]]:
    sure = chart.tempo.confidence
    yield _annotation(chart, "beat", [_at(beat.time_s, 0.0, beat.position, sure) for beat in chart.beats])
    yield _annotation(chart, "beat_position", _positions(chart))
    yield _annotation(chart, "tempo", _tempo(chart))


def _positions(chart: Chart) -> list[Observation]:
    """Places in the bar with the metre; beats of compound time are counted in eighths."""
    observations = []
    bars = [bar.index for bar in chart.bars for _ in bar.beats_s]
    for beat, bar in zip(chart.beats, bars, strict=False):
        metre = next((item for item in chart.metres if item.first_bar <= bar <= item.last_bar), chart.metre)
        compound = metre.division == 3
        value = {
            "beat_units": 8 if compound else 4,
            "measure": bar,
            "num_beats": max(metre.beats_per_bar, beat.position) * (3 if compound else 1),
            "position": 3 * beat.position - 2 if compound else beat.position,
        }
        observations.append(_at(beat.time_s, 0.0, value, metre.confidence))
    return observations


def _tempo(chart: Chart) -> list[Observation]:
    """The tempo curve, each point lasting to the next; the tempo itself where there is none."""
    points = [(point.time_s, point.bpm) for point in chart.tempo_curve]
    if len(points) < 2:
        points = [(0.0, chart.tempo.bpm)]
    ends = [*(time for time, _ in points[1:]), chart.duration_s]
    return [
        _at(time, end - time, round(bpm, _DECIMALS), chart.tempo.confidence)
        for (time, bpm), end in zip(points, ends, strict=True)
    ]


def _harmony(chart: Chart) -> Iterable[dict[str, Any]]:
    keys: list[tuple[float, float, str, float]] = [
        (item.start_s, item.end_s, f"{item.tonic}:{item.mode}", item.confidence) for item in chart.keys
    ] or [(0.0, chart.duration_s, f"{chart.key.tonic}:{chart.key.mode}", chart.key.confidence)]
    yield _annotation(chart, "key_mode", [_at(start, end - start, value, sure) for start, end, value, sure in keys])
    chords = [_at(item.start_s, item.end_s - item.start_s, harte(item), item.confidence) for item in chart.chords]
    yield _annotation(chart, "chord", chords)


def harte(chord: Chord) -> str:
    """The label in Harte syntax, a bass note besides the root as a degree of it (``C:maj/3``)."""
    if chord.bass is None or "/" in chord.label or chord.label in ("N", "X"):
        return chord.label
    root = chord.label.partition(":")[0]
    degree = _DEGREES[(_pitch_class(chord.bass) - _pitch_class(root)) % 12]
    return chord.label if degree == "1" else f"{chord.label}/{degree}"


def _pitch_class(name: str) -> int:
    return _PITCH_CLASSES[name[0]] + name.count("#") - name.count("b")


def _form(chart: Chart) -> Iterable[dict[str, Any]]:
    for namespace, field in (("segment_salami_function", "label"), ("segment_open", "letter")):
        yield _annotation(
            chart,
            namespace,
            [
                _at(item.start_s, item.end_s - item.start_s, getattr(item, field), item.confidence)
                for item in chart.sections
            ],
            {"energy": [round(item.energy, _DECIMALS) for item in chart.sections]} if field == "label" else {},
        )


def _voice(chart: Chart) -> Iterable[dict[str, Any]]:
    regions: list[tuple[str, Sequence[Region]]] = [("vocals", chart.vocal_regions)]
    if chart.melody is not None:
        yield _notes(chart, "melody", chart.melody.notes)
        regions.append(("breath", chart.melody.breaths))
    if chart.notes is not None:
        yield _notes(chart, "accompaniment", chart.notes)
    for tag, spans in regions:
        observations = [_at(item.start_s, item.end_s - item.start_s, tag, item.confidence) for item in spans]
        yield _annotation(chart, "tag_open", observations, {"part": tag})


def _notes(chart: Chart, part: str, notes: Sequence[Note]) -> dict[str, Any]:
    observations = [
        _at(
            note.start_s,
            note.end_s - note.start_s,
            round(_A4_HZ * 2.0 ** ((note.pitch_midi - _A4_MIDI) / 12.0), _DECIMALS),
            note.confidence,
        )
        for note in notes
    ]
    levels = {"level_db": [round(note.level_db, 2) for note in notes]}
    return _annotation(chart, "note_hz", observations, {"part": part, **levels})


def _strokes(chart: Chart) -> Iterable[dict[str, Any]]:
    if chart.drums is not None:
        observations = [_at(hit.time_s, 0.0, hit.drum, hit.confidence) for hit in chart.drums.hits]
        strengths = {"strength": [round(hit.strength, _DECIMALS) for hit in chart.drums.hits]}
        yield _annotation(chart, "onset", observations, {"part": "drums", **strengths})


def _rest(chart: Chart) -> dict[str, Any]:
    """What no namespace holds."""
    kept = {"content", "content_confidence", "loudness", "metre", "metres", "swing", "tempo", "tuning_cents"}
    rest = chart.model_dump(mode="json", include=kept)
    if chart.melody is not None and chart.melody.vocal_register is not None:
        rest["vocal_register"] = chart.melody.vocal_register.model_dump(mode="json")
    if chart.drums is not None:
        rest["groove"] = [bar.model_dump(mode="json") for bar in chart.drums.groove]
    return rest


def _annotation(
    chart: Chart, namespace: str, observations: list[Observation], sandbox: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "annotation_metadata": {
            "annotation_rules": "",
            "annotation_tools": f"Contrafact engine {ENGINE_VERSION}",
            "annotator": {"kind": "machine", "name": "Contrafact"},
            "corpus": "",
            "curator": {"email": "", "name": "Contrafact"},
            "data_source": "program",
            "validation": "",
            "version": ENGINE_VERSION,
        },
        "data": observations,
        "duration": _round(chart.duration_s),
        "namespace": namespace,
        "sandbox": sandbox or {},
        "time": 0.0,
    }


def _at(time_s: float, duration_s: float, value: Any, confidence: float) -> Observation:
    return {
        "confidence": _round(confidence),
        "duration": _round(max(0.0, duration_s)),
        "time": _round(time_s),
        "value": value,
    }


def _round(number: float) -> float:
    return round(float(number), _DECIMALS)
