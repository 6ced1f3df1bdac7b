"""JAMS as corrections: what an owner brings is taken as it is meant, or refused with what is wrong."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.listening.correcting import apply
from contrafact.engine.listening.corrections import BadCorrections
from contrafact.engine.listening.jams import jams_bytes, to_jams
from contrafact.engine.listening.jams_reading import LARGEST_BYTES, from_jams
from contrafact.engine.listening.laws import broken_laws
from tests.support.charts import LONG, song_chart


def annotation(namespace: str, *data: tuple[float, float, Any]) -> dict[str, Any]:
    observations = [
        {"time": time, "duration": duration, "value": value, "confidence": None} for time, duration, value in data
    ]
    return {"namespace": namespace, "data": observations, "annotation_metadata": {}}


def file(*annotations: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"annotations": annotations, "file_metadata": {}, **more}).encode()


BEATS = annotation("beat", *((0.5 * number, 0.0, number % 4 + 1) for number in range(40)))


@pytest.mark.parametrize("settings", [{}, {"form": LONG, "drift": 0.03}, {"beats_per_bar": 3, "bpm": 77.0}])
def test_an_exported_chart_comes_back_as_it_was(settings: dict[str, Any]) -> None:
    chart = song_chart(**settings)
    said = from_jams(jams_bytes(to_jams(chart)), chart.duration_s)
    assert said.said == ("metre", "beats", "key", "sections")
    corrected = apply(chart, said)
    assert broken_laws(corrected) == ()
    assert [beat.position for beat in corrected.beats] == [beat.position for beat in chart.beats]
    assert [beat.time_s for beat in corrected.beats] == pytest.approx([beat.time_s for beat in chart.beats], abs=2e-6)
    assert [(s.label, s.letter, s.first_bar) for s in corrected.sections] == [
        (s.label, s.letter, s.first_bar) for s in chart.sections
    ]
    assert corrected.metre.signature == chart.metre.signature
    assert corrected.tempo.steady == chart.tempo.steady


def test_compound_time_comes_back() -> None:
    chart = song_chart(beats_per_bar=2)
    compound = chart.model_copy(update={"metre": chart.metre.model_copy(update={"division": 3})})
    assert apply(chart, from_jams(jams_bytes(to_jams(compound)))).metre.signature == "6/8"


def test_beats_without_places_and_a_lone_tempo() -> None:
    plain = annotation("beat", (0.0, 0.0, None), (0.5, 0.0, None))
    beats = from_jams(file(plain)).beats
    assert beats is not None
    assert [beat.position for beat in beats] == [None, None]
    tempo = from_jams(file(annotation("tempo", (0.0, 10.0, 97.5)))).tempo
    assert tempo is not None
    assert tempo.bpm == 97.5


def test_keys_of_parts_and_what_is_in_no_key() -> None:
    keys = annotation("key_mode", (0.0, 20.0, "C:major"), (20.0, 10.0, "Eb:minor"), (30.0, 5.0, "N"))
    said = from_jams(file(keys)).keys
    assert said is not None
    assert [(key.start_s, key.tonic, key.mode) for key in said] == [(0.0, "C", "major"), (20.0, "D#", "minor")]


def test_words_of_other_people_for_sections() -> None:
    spans = annotation(
        "segment_open",
        (0.0, 10.0, "Introduction"),
        (10.0, 20.0, "Verse 1"),
        (30.0, 5.0, "refrain"),
        (35.0, 5.0, "verse_2"),
    )
    said = from_jams(file(spans)).sections
    assert said is not None
    assert [(item.label, item.letter) for item in said] == [
        ("intro", None), ("verse", None), ("chorus", None), ("verse", None),
    ]  # fmt: skip


def test_letters_alone_leave_the_labels_as_heard() -> None:
    said = from_jams(file(annotation("segment_open", (0.0, 10.0, "A"), (10.0, 20.0, "B'")))).sections
    assert said is not None
    assert [(item.label, item.letter) for item in said] == [(None, "A"), (None, "B'")]


def test_silence_around_the_music_is_no_section() -> None:
    spans = annotation("segment_salami_function", (0.0, 1.0, "silence"), (1.0, 9.0, "verse"), (10.0, 0.0, "end"))
    said = from_jams(file(spans)).sections
    assert said is not None
    assert [item.start_s for item in said] == [1.0]


def test_other_namespaces_are_let_be() -> None:
    other = {"namespace": "lyrics", "data": "whatever", "annotation_metadata": {}}
    assert from_jams(file(other, BEATS)).said == ("beats",)


def nested(depth: int) -> bytes:
    return b'{"annotations":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (nested(100_000), "not JSON"),
        (b" " * (LARGEST_BYTES + 1), "larger than"),
        (b"[]", "not JAMS"),
        (b'{"annotations": {}}', "not JAMS"),
        (file(), "nothing of beats"),
        (file(*[annotation("lyrics")] * 1001), "more than 1000"),
        (file(BEATS, BEATS), "several annotations 'beat'"),
        (file({"namespace": "beat", "data": {"time": [0.0], "value": [1]}}), "'beat'"),
        (file({"namespace": "beat"}), "'beat'"),
        (file(annotation("beat", (0.0, 0.0, 1))), "single beat"),
        (file(annotation("beat", (1.0, 0.0, 1), (0.5, 0.0, 2))), "not in order"),
        (file(annotation("beat", (float("nan"), 0.0, 1), (0.5, 0.0, 2))), "finite"),
        (file(annotation("beat", (0.0, 0.0, 1), (float("inf"), 0.0, 2))), "finite|86400"),
        (file(annotation("beat", (-1.0, 0.0, 1), (0.5, 0.0, 2))), "greater than or equal to 0"),
        (file(annotation("beat", (0.0, 0.0, 1.5), (0.5, 0.0, 2))), "no whole number"),
        (file(annotation("beat", (0.0, 0.0, True), (0.5, 0.0, 2))), "no whole number"),
        (file(annotation("beat", (0.0, 0.0, 10**50), (0.5, 0.0, 2))), "no whole number"),
        (file(annotation("beat", *((0.01 * n, 0.0, None) for n in range(50_001)))), "at most 50000"),
        (file(annotation("beat_position", (0.0, 0.0, 1), (0.5, 0.0, 2))), "'beat_position'"),
        (file(BEATS, annotation("beat_position", *((0.6 * n, 0.0, {"position": n % 4 + 1, "measure": 0, "num_beats": 4,
         "beat_units": 4}) for n in range(40)))), "contradict each other"),
        (file(BEATS, annotation("tempo", (0.0, 20.0, 90.0))), "tempo and its beats contradict"),
        (file(annotation("tempo", (0.0, 20.0, 90.0), (20.0, 20.0, 100.0))), "its tempo changes"),
        (file(annotation("tempo", (0.0, 20.0, 0.0))), "is not between"),
        (file(annotation("tempo", (0.0, 20.0, float("nan")))), "is not between"),
        (file(annotation("tempo", (0.0, 20.0, "fast"))), "is no number"),
        (file(annotation("key_mode", (0.0, 20.0, "A:dorian"))), "neither major nor minor"),
        (file(annotation("key_mode", (0.0, 20.0, {"a": 1}))), "neither major nor minor"),
        (file(annotation("key_mode", (0.0, 20.0, "A:minor"), (10.0, 20.0, "C:major"))), "overlap"),
        (file(annotation("segment_open", (0.0, 10.0, "verse"), (20.0, 20.0, "chorus"))), "leave a gap"),
        (file(annotation("segment_open", (0.0, 10.0, "the loud part"))), "none of intro"),
        (file(annotation("segment_salami_function", (0.0, 10.0, "gypsy"))), "none of intro"),
        (file(BEATS, file_metadata={"duration": 200.0}), "recording of 200.0 s"),
        (file(BEATS, file_metadata={"duration": float("nan")}), "recording of nan s"),
        (file(BEATS, file_metadata={"duration": 10**400}), "recording of 1000"),
    ],
)  # fmt: skip
def test_strange_files_are_refused_in_a_sentence(document: bytes, sentence: str) -> None:
    with pytest.raises(BadCorrections, match=sentence) as refused:
        from_jams(document, 100.0, "song.jams")
    assert str(refused.value).startswith("song.jams: ")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["A", "verse", 1, 2]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["position", "num_beats"]), inner),
    max_leaves=5,
)
observations = st.fixed_dictionaries({"time": values, "duration": values, "value": values})
annotations = st.fixed_dictionaries(
    {
        "namespace": st.sampled_from(["beat", "beat_position", "tempo", "key_mode", "segment_open"]) | values,
        "data": st.lists(observations, max_size=4) | values,
    }
)


@given(st.lists(annotations | values, max_size=4), values)
def test_whatever_a_file_holds_is_taken_or_refused(listed: list[Any], metadata: Any) -> None:
    document = json.dumps({"annotations": listed, "file_metadata": {"duration": metadata}}).encode()
    try:
        said = from_jams(document, 100.0)
        apply(song_chart(), said)
    except BadCorrections as refused:
        assert len(str(refused)) < 400  # noqa: PT017  # either outcome is right
