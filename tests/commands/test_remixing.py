"""``plan`` and ``remix`` from the words to a signed file, and everything that they refuse before any work is done."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from contrafact.engine.audio.decoding import decode
from tests.support.commands import Command, Home, Outcome

pytestmark = pytest.mark.assets

WORDS = "slow bossa nova, keep the voice"
FORMATS = ("flac", "wav", "mp3", "m4a", "opus", "ogg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("takes")


@pytest.fixture(scope="module")
def made(home: Home, song_file: Path, folder: Path) -> Outcome:
    """The first remix of the song."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        done = Command(monkeypatch)(home, "remix", song_file, WORDS, "-o", folder / "first.flac", "--json")
    assert done.code == 0, done.err
    return done


def test_two_processes_with_one_file_make_one_recording(home: Home, twins: tuple[Home, list[Outcome]]) -> None:
    first, second = (outcome.document for outcome in twins[1])
    assert first["id"] == second["id"]
    assert sorted((first["known"], second["known"])) == [False, True]
    assert home.query("SELECT COUNT(*) FROM recordings") == [(1,)]
    assert not home.state().scratch


def test_a_plan_changes_nothing(command: Command, home: Home, made: Outcome) -> None:
    before = home.state()
    planned = command(home, "plan", "SEAAA2600001", WORDS, "--json").document
    assert planned["decision"]["outcome"] == "permit"
    assert planned["recipe"] == made.document["recipe"]
    assert home.state() == before


def test_the_document_tells_what_was_made(home: Home, made: Outcome, folder: Path) -> None:
    document = made.document
    assert (document["status"], document["provenance"]["state"]) == ("ready", "Trusted")
    assert abs(document["loudness_lufs"] + 14) < 0.5
    assert document["true_peak_dbtp"] <= -1.0
    assert document["output"] == str(folder / "first.flac")
    assert "+00:00" in document["created_at"] or document["created_at"].endswith("Z")
    assert "Ada" in document["label"]
    assert not home.state().scratch


def test_the_ledger_holds_what_the_document_says(command: Command, home: Home, made: Outcome) -> None:
    earned = made.document["earnings"]
    checked = command(home, "ledger", "check", "--json")
    assert (checked.code, checked.document["problems"]) == (0, [])
    (total,) = home.query(
        "SELECT SUM(p.amount_micros) FROM ledger_postings p JOIN ledger_transactions t ON t.id = p.transaction_id "
        "JOIN usage_events e ON e.id = t.usage_event_id WHERE p.side = 'credit' AND e.remix_id = ?",
        made.document["id"],
    )
    assert total == (earned["total_micros"],)
    assert sum(party["amount_micros"] for party in earned["parties"]) == earned["total_micros"] > 0


@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format_has_the_length_the_marks_and_the_same_bytes_again(
    command: Command, home: Home, song_file: Path, made: Outcome, folder: Path, suffix: str
) -> None:
    first, second = folder / f"one.{suffix}", folder / f"two.{suffix}"
    paid = home.query("SELECT COUNT(*) FROM usage_events")
    for path in (first, second):
        done = command(home, "remix", song_file, WORDS, "-o", path)
        assert (done.code, done.out) == (0, "")
    assert first.read_bytes() == second.read_bytes()
    sidecars = [path.with_name(f"{path.name}.c2pa") for path in (first, second)]
    assert [path.exists() for path in sidecars] == [suffix in ("opus", "ogg")] * 2
    if sidecars[0].exists():
        assert sidecars[0].read_bytes() == sidecars[1].read_bytes()
    assert abs(decode(first).duration_s - made.document["duration_s"]) < 0.001
    verdict = command(home, "verify", first, "--json")
    assert (verdict.code, verdict.document["state"]) == (0, "Trusted")
    assert [source["title"] for source in verdict.document["from"]] == ["Rain"]
    assert home.query("SELECT COUNT(*) FROM usage_events") == paid, "the same remix is not paid for twice"
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]

    changed = bytearray(first.read_bytes())
    changed[len(changed) * 3 // 4] ^= 1
    first.write_bytes(changed)
    verdict = command(home, "verify", first, "--json")
    assert verdict.code == 1
    assert verdict.document["state"] != "Trusted"
    assert not verdict.document["trusted"]


def test_another_installation_makes_the_same_sound_and_another_seed_another(
    command: Command, ungranted: Home, song_file: Path, made: Outcome, folder: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(made.document["recipe"]))
    other = ungranted.copy(tmp_path / "other")
    assert command(other, "ingest", song_file, "--grant", "mine").code == 0
    for seed, same in ((None, True), ("1", False)):
        target = tmp_path / f"{seed}.flac"
        extra = () if seed is None else ("--seed", seed)
        done = command(other, "remix", song_file, "--recipe", recipe, "-o", target, *extra)
        assert done.code == 0, done.err
        again = decode(target).samples
        ours = decode(folder / "first.flac").samples
        assert (again.shape == ours.shape and bool(np.array_equal(again, ours))) == same


def test_several_takes_are_several_remixes(
    command: Command, home: Home, song_file: Path, made: Outcome, tmp_path: Path
) -> None:
    paid = home.query("SELECT COUNT(*) FROM usage_events")[0][0]
    done = command(home, "remix", song_file, WORDS, "-o", tmp_path / "take.flac", "--takes", "3", "--json")
    takes = done.document["takes"]
    assert [Path(take["output"]).name for take in takes] == ["take-1.flac", "take-2.flac", "take-3.flac"]
    assert takes[0]["id"] == made.document["id"], "the first is what was asked for"
    assert len({Path(take["output"]).read_bytes() for take in takes}) == 3
    assert takes[0]["differs"] == "As you said it."
    assert home.query("SELECT COUNT(*) FROM usage_events")[0][0] == paid + 2
    again = command(home, "remix", song_file, WORDS, "-o", tmp_path / "again.flac", "--takes", "3", "--json").document
    assert [take["id"] for take in again["takes"]] == [take["id"] for take in takes]
    assert home.query("SELECT COUNT(*) FROM usage_events")[0][0] == paid + 2


@pytest.mark.parametrize(
    "more",
    [
        ("-o", "-", "--json"),
        ("-o", "-", "--takes", "2"),
        ("-o", "x.flac", "--format", "mp3"),
        ("-o", "x.flac", "--takes", "1"),
        ("-o", "x.flac", "--takes", "5"),
    ],
)
def test_calls_that_contradict_themselves(
    command: Command, home: Home, song_file: Path, made: Outcome, more: tuple[str, ...]
) -> None:
    before = home.state()
    assert command(home, "remix", song_file, "house", *more).code == 2
    assert home.state() == before


def test_a_take_streams_to_standard_output_and_is_kept(
    home: Home, song_file: Path, made: Outcome, tmp_path: Path
) -> None:
    call = [sys.executable, "-m", "contrafact", "remix", str(song_file), WORDS, "--seed", "51", "-o", "-"]
    files = [tmp_path / "first.wav", tmp_path / "second.wav"]
    for file in files:
        with file.open("wb") as target:
            done = subprocess.run(call, env=home.environment, stdout=target, check=False)
        assert done.returncode == 0
    streamed, kept = (decode(file) for file in files)
    assert streamed.duration_s == pytest.approx(made.document["duration_s"], abs=1e-4)
    # The stream has the music of the take that was kept, at nearly its level.
    length = min(streamed.frames, kept.frames)
    left, right = streamed.samples[:, :length], kept.samples[:, :length]
    loud = [float(np.sqrt((side.astype(np.float64) ** 2).mean())) for side in (left, right)]
    assert abs(20 * np.log10(loud[0] / loud[1])) < 2.0
    assert float(np.corrcoef(left[0], right[0])[0, 1]) > 0.9
    (status,) = home.query("SELECT status FROM remixes WHERE json_extract(recipe_json, '$.seed') = 51")
    assert status == ("ready",)


def test_a_listener_who_goes_away_stops_the_remix_and_pays_nothing(home: Home, song_file: Path, made: Outcome) -> None:
    paid = home.query("SELECT COUNT(*) FROM usage_events")
    call = [sys.executable, "-m", "contrafact", "remix", str(song_file), WORDS, "--seed", "53", "-o", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(call, env=home.environment, stdout=pipe, stderr=pipe, bufsize=0) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(44).startswith(b"RIFF")
        process.stdout.close()
        told = process.stderr.read().decode()
    assert process.returncode == 130
    assert "has gone" in told
    (status,) = home.query("SELECT status FROM remixes WHERE json_extract(recipe_json, '$.seed') = 53")
    assert status == ("cancelled",)
    assert home.query("SELECT COUNT(*) FROM usage_events") == paid
    assert not home.state().scratch


def _recipes(good: dict[str, Any]) -> dict[str, tuple[bytes, int, str]]:
    def written(**changes: Any) -> bytes:
        return json.dumps(good | changes).encode()

    return {
        "half": (b'{"recipe": 1, ', 4, "not a recipe"),
        "not text": (b"\xff\xfe\x00{", 4, "not a recipe"),
        "list": (b"[]", 4, "not a recipe"),
        "deep": (b"[" * 60_000, 4, "not a recipe"),
        "unknown field": (written(louder=True), 4, "louder"),
        "nan": (written(length_s=float("nan")), 4, "length_s"),
        "infinite": (written(tempo={"ratio": float("inf")}), 4, "tempo.ratio"),
        "too slow": (written(tempo={"ratio": 0.1}), 4, "tempo.ratio"),
        "large": (b" " * 1_100_000 + written(), 4, "larger"),
        "another song": (written(sources=["0" * 64]), 2, "another recording"),
        "no such style": (written(style="polka"), 4, "polka"),
        "nothing to hear": (
            written(style=None, strengths={}, stems=_no_stems()),
            4,
            "nothing of this take would be heard",
        ),
    }


def _no_stems() -> dict[str, dict[str, bool]]:
    return {name: {"keep": False} for name in ("vocals", "drums", "bass", "other")}


def test_bad_recipes_are_refused_in_one_sentence(
    command: Command, home: Home, song_file: Path, made: Outcome, tmp_path: Path
) -> None:
    before = home.state()
    target = tmp_path / "out.flac"
    for name, (text, code, words) in _recipes(made.document["recipe"]).items():
        recipe = tmp_path / "recipe.json"
        recipe.write_bytes(text)
        done = command(home, "remix", song_file, "--recipe", recipe, "-o", target, "--json")
        assert (done.code, done.out) == (code, ""), name
        assert words in done.sentence, name
    for place in (tmp_path / "missing.json", tmp_path, Path("/dev/zero")):
        done = command(home, "remix", song_file, "--recipe", place, "-o", target)
        assert done.code == 4, place
        assert place.name in done.sentence
    assert not target.exists()
    assert home.state() == before


def test_places_that_cannot_be_written_are_refused_before_rendering(
    command: Command, home: Home, song_file: Path, made: Outcome, tmp_path: Path
) -> None:
    before = home.state()
    (tmp_path / "folder.flac").mkdir()
    for name, words in (
        ("out.txt", "format"),
        ("out", "format"),
        ("missing/out.flac", "cannot be written"),
        ("folder.flac", "cannot be written"),
        ("x" * 300 + ".flac", "cannot be written"),
    ):
        done = command(home, "remix", song_file, "house", "-o", tmp_path / name)
        assert done.code == 4, name
        assert words in done.sentence
    assert home.state() == before


def test_a_remix_never_takes_the_place_of_its_own_source(
    command: Command, home: Home, song_file: Path, made: Outcome
) -> None:
    original = song_file.read_bytes()
    before = home.state()
    done = command(home, "remix", song_file, WORDS, "-o", song_file)
    assert done.code == 2
    assert song_file.read_bytes() == original
    assert home.state() == before


@pytest.mark.parametrize("words", ["", " \t", "x" * 501])
def test_words_that_cannot_be_read(command: Command, home: Home, song_file: Path, words: str) -> None:
    done = command(home, "plan", song_file, words, "--json")
    assert (done.code, done.out) == (4, "")
    assert "prompt" in done.sentence


def test_an_unknown_listener(command: Command, home: Home, song_file: Path, made: Outcome, tmp_path: Path) -> None:
    before = home.state()
    done = command(home, "remix", song_file, "house", "-o", tmp_path / "out.flac", "--as", "Nobody")
    assert done.code == 2
    assert "Nobody" in done.sentence
    assert home.state() == before
