"""``contrafact listen`` as people read it, and the sheet that it draws."""

from pathlib import Path

import pytest

from contrafact.commands.charting import described
from contrafact.engine.listening.chart import (
    Drums,
    Hit,
    KeySpan,
    Melody,
    MetreSpan,
    Note,
    Register,
    Swing,
    Tempo,
)
from tests.support.charts import song_chart
from tests.support.commands import Command, Home

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_chart_in_words_tells_changes_and_how_sure_each_is() -> None:
    plain = song_chart(bpm=100.0)
    half = plain.duration_s / 2
    chart = plain.model_copy(
        update={
            "tempo": Tempo(bpm=100.0, confidence=0.7, steady=True, alternatives=((50.0, 0.28), (200.0, 0.02))),
            "keys": (
                KeySpan(start_s=0.0, end_s=half, tonic="A#", mode="major", confidence=0.9),
                KeySpan(start_s=half, end_s=plain.duration_s, tonic="B", mode="major", confidence=0.9),
            ),
            "metres": (
                MetreSpan(start_s=0.0, end_s=half, first_bar=0, last_bar=3, beats_per_bar=4, confidence=0.9),
                MetreSpan(
                    start_s=half,
                    end_s=plain.duration_s,
                    first_bar=4,
                    last_bar=9,
                    beats_per_bar=2,
                    division=3,
                    confidence=0.9,
                ),
            ),
            "swing": Swing(ratio=0.66, confidence=0.9),
            "tuning_cents": -12.3,
            "melody": Melody(
                notes=(Note(start_s=1.0, end_s=2.0, pitch_midi=58.2, confidence=0.9),),
                vocal_register=Register(low_midi=57.9, median_midi=60.0, high_midi=67.0),
                breaths=(),
            ),
            "drums": Drums(hits=(Hit(time_s=1.0, drum="kick", strength=1.0, confidence=1.0),), groove=()),
            "notes": (),
        }
    )
    text = described(chart)
    assert "100.0 BPM, steady (70% sure); or 50 (28%)" in text
    assert "200" not in text
    assert "B♭ major (80% sure), then B major from 0:" in text
    assert "tuned -12 cents" in text
    assert "4/4 (90% sure), then 6/8 from" in text
    assert "swung eighths at 66%" in text
    assert "melody: 1 notes from A♯3 to G4" in text
    assert "drums: 1 × kick" in text
    assert "accompaniment: 0 notes" in text


def test_what_was_not_heard_is_not_claimed() -> None:
    plain = song_chart(bpm=120.0)
    text = described(
        plain.model_copy(
            update={
                "tempo": plain.tempo.model_copy(update={"confidence": 0.0}),
                "key": plain.key.model_copy(update={"confidence": 0.0}),
                "swing": Swing(ratio=0.66, confidence=0.1),
            }
        )
    )
    assert "no beat heard; 120.0 BPM stands in" in text
    assert "no key heard" in text
    assert "C major" not in text
    assert "swung" not in text


@pytest.mark.assets
def test_parts_and_picture(command: Command, home: Home, song_file: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "rain.png"
    done = command(home, "listen", song_file, "--parts", "--plot", sheet, "--json")
    assert done.code == 0, done.err
    assert sheet.read_bytes().startswith(PNG)
    assert [path.name for path in tmp_path.iterdir()] == ["rain.png"]
    assert "kick" in {hit["drum"] for hit in done.document["drums"]["hits"]}
    assert done.document["melody"] is not None
    assert done.document["notes"] is None


def test_a_sheet_needs_a_folder(command: Command, home: Home, song_file: Path, tmp_path: Path) -> None:
    done = command(home, "listen", song_file, "--plot", tmp_path / "nowhere" / "rain.png")
    assert done.code == 2
    assert "there is no folder" in done.err


@pytest.mark.parametrize("call", [("separate", "-o", "stems"), ("listen", "--parts")])
def test_an_unknown_separator_is_refused_before_anything_is_done(
    command: Command,
    home: Home,
    song_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: tuple[str, ...],
) -> None:
    monkeypatch.setenv("CONTRAFACT_SEPARATOR", "magic")
    monkeypatch.chdir(tmp_path)
    done = command(home, call[0], song_file, *call[1:])
    assert done.code != 0
    assert "there is no separator called 'magic': name contrafact, demucs or spleeter" in done.err
    assert list(tmp_path.iterdir()) == []
