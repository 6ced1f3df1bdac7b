"""Corrections as documents and as people write them: strict, canonical, with a sentence when not understood."""

import pytest

from contrafact.engine.listening.corrections import (
    LARGEST_BYTES,
    BadCorrections,
    Corrections,
    KeyCorrection,
    MetreCorrection,
    TempoCorrection,
    amended,
    parse_corrections,
    parse_key,
    parse_metre,
    parse_tempo,
)


@pytest.mark.parametrize(
    ("text", "tonic", "mode"),
    [
        ("A minor", "A", "minor"),
        ("a:min", "A", "minor"),
        ("Bb major", "A#", "major"),
        ("F#m", "F#", "minor"),
        ("E♭", "D#", "major"),
        ("c-sharp minor", "C#", "minor"),
        ("B flat major", "A#", "major"),
        ("Cb", "B", "major"),
        ("CM", "C", "major"),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, tonic: str, mode: str) -> None:
    key = parse_key(text)
    assert (key.tonic, key.mode) == (tonic, mode)


@pytest.mark.parametrize("text", ["", "H minor", "A dorian", "minor", "A minor or so", "C##", "Ab" * 500])
def test_what_is_no_key_is_said(text: str) -> None:
    with pytest.raises(BadCorrections, match="is not a key"):
        parse_key(text)


@pytest.mark.parametrize(
    ("text", "beats", "division"), [("3/4", 3, 2), ("4 / 4", 4, 2), ("2/2", 2, 2), ("6/8", 2, 3), ("12/8", 4, 3)]
)
def test_metres_are_time_signatures(text: str, beats: int, division: int) -> None:
    assert (parse_metre(text).beats_per_bar, parse_metre(text).division) == (beats, division)


@pytest.mark.parametrize("text", ["", "4", "7/8", "0/4", "17/4", "3/8", "99/8", "4/4/4", "-3/4"])
def test_what_is_no_metre_is_said(text: str) -> None:
    with pytest.raises(BadCorrections, match="is not a metre"):
        parse_metre(text)


def test_a_tempo_is_a_number_or_an_octave() -> None:
    assert parse_tempo(" 120.5 ").bpm == 120.5
    assert parse_tempo("Half").octave == "half"
    assert parse_tempo("double").octave == "double"


@pytest.mark.parametrize("text", ["", "fast", "nan", "inf", "-inf", "0", "19.9", "401", "1e999"])
def test_what_is_no_tempo_is_said(text: str) -> None:
    with pytest.raises(BadCorrections, match="is not a tempo"):
        parse_tempo(text)


def test_a_document_is_read_back_the_same() -> None:
    said = Corrections(tempo=TempoCorrection(bpm=120.0), downbeat_s=0.35, key=KeyCorrection(tonic="A", mode="minor"))
    assert parse_corrections(said.canonical()) == said
    assert Corrections.model_validate(said.document()) == said
    assert Corrections().document() == {"corrections": 1}
    assert said.digest() != Corrections().digest()


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"tempo": 120}',
        b'{"tempo": {"bpm": NaN}}',
        b'{"tempo": {"bpm": 1e400}}',
        b'{"tempo": {"bpm": 5}}',
        b'{"downbeat_s": -1}',
        b'{"downbeat_s": "soon"}',
        b'{"beats": []}',
        b'{"beats": [{"time_s": 1}]}',
        b'{"sections": [{"start_s": 0, "label": "refrain"}]}',
        b'{"sections": [{"start_s": 0, "letter": "<b>"}]}',
        b'{"metre": {"beats_per_bar": 1000}}',
        b'{"key": {"tonic": "H", "mode": "major"}}',
        b'{"chords": []}',
        b'{"corrections": 2}',
        b"[" * 100_000,
        b"\xff\xfe",
        b" " * (LARGEST_BYTES + 1),
    ],
)
def test_strange_documents_are_refused_in_a_sentence(document: bytes) -> None:
    with pytest.raises(BadCorrections) as refused:
        parse_corrections(document, "it")
    assert str(refused.value).startswith("it ")
    assert len(str(refused.value)) < 300


def test_more_corrections_take_the_place_of_those_about_the_same() -> None:
    before = Corrections(tempo=TempoCorrection(octave="half"), key=KeyCorrection(tonic="A", mode="minor"))
    metre = MetreCorrection(beats_per_bar=3)
    both = amended(before, Corrections(tempo=TempoCorrection(bpm=100.0), metre=metre))
    assert both.said == ("tempo", "metre", "key")
    assert both.tempo == TempoCorrection(bpm=100.0)
    keys = Corrections.model_validate({"keys": [{"start_s": 0, "tonic": "D", "mode": "major"}]})
    assert amended(both, keys).said == ("tempo", "metre", "keys")
    assert amended(before, Corrections()) == before
