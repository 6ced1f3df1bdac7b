"""Withdrawal, disputes and notices from the command line: every command once, and how wrong calls end."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Command, Home

NOTICE: dict[str, Any] = {
    "claimant": {"name": "Zoe Zed", "email": "zoe@zed.example"},
    "work": "Rain",
    "explanation": "It is my song.",
    "good_faith": True,
    "accuracy": True,
    "signature": "Zoe Zed",
}


@pytest.fixture
def granted(home: Home, tmp_path: Path) -> Home:
    return home.copy(tmp_path / "home")


def document(path: Path, **fields: Any) -> Path:
    path.write_text(json.dumps(fields))
    return path


def test_a_dispute_from_its_opening_to_its_end(command: Command, granted: Home) -> None:
    song = "SEAAA2600001"
    made = command(granted, "disputes", "open", song, "--claimant", "Zed", "--evidence", "A contract.", "--json")
    assert (made.code, made.document["open"]) == (0, True)
    dispute = made.document["id"]
    refused = command(granted, "rights", "explain", song, "--operation", "style", "--json")
    assert (refused.code, refused.document["reasons"][0]["code"]) == (3, "recording_frozen")
    assert (
        command(granted, "disputes", "note", dispute, "It came.", "--json").document["events"][1]["text"] == "It came."
    )
    assert [item["id"] for item in command(granted, "disputes", "list", "--open", "--json").document] == [dispute]
    settled = command(granted, "disputes", "resolve", dispute, "--outcome", "settled", "--reason", "Half.")
    assert (settled.code, "statement" in settled.sentence) == (2, True)
    ended = command(granted, "disputes", "resolve", dispute, "--outcome", "rejected", "--reason", "Forged.")
    # nothing was used while it lasted, so nothing is held
    assert (ended.code, ended.out.strip()) == (0, f"{dispute}: rejected")
    assert command(granted, "rights", "explain", song, "--operation", "style").code == 0
    assert command(granted, "disputes", "resolve", dispute, "--outcome", "rejected", "--reason", "x").code == 1


def test_a_withdrawal_is_shown_done_and_asked_back(command: Command, granted: Home) -> None:
    song = "SEAAA2600001"
    shown = command(granted, "rights", "withdraw", "--artist", "Ada", "--preview", "--json")
    assert (shown.code, shown.document["preview"]) == (0, True)
    series = shown.document["series"]
    assert series
    assert command(granted, "rights", "explain", song, "--operation", "style").code == 0
    one = command(granted, "rights", "withdraw", series[0], "--reason", "Sold.", "--json")
    assert one.document["series"] == [series[0]]
    rest = command(granted, "rights", "withdraw", "--artist", "Ada", "--reason", "Sold.", "--json")
    assert [series[0], *rest.document["series"]] == series
    refused = command(granted, "rights", "explain", song, "--operation", "style", "--json")
    assert (refused.code, refused.document["reasons"][0]["code"]) == (3, "withdrawn")
    whole = command(granted, "rights", "withdraw", song, "--reason", "All of it.")
    assert (whole.code, "1 recordings altogether: “Rain” by" in whole.out) == (0, True)
    for call in ((), (series[0], "--artist", "Ada", "--reason", "x"), (series[0],)):
        assert command(granted, "rights", "withdraw", *call).code == 2
    assert command(granted, "rights", "reinstate", "rls_none").code == 2


def test_a_notice_from_a_file_to_the_public_log(command: Command, granted: Home, tmp_path: Path) -> None:
    song = command(granted, "songs", "--json").document["songs"][0]["id"]
    poor = document(tmp_path / "poor.json", **{**NOTICE, "signature": ""}, location=song)
    made = command(granted, "notices", "receive", str(poor), "--json")
    assert (made.code, [item["field"] for item in made.document["missing"]]) == (0, ["signature"])
    notice = made.document["id"]
    early = command(granted, "notices", "accept", notice)
    assert (early.code, "lacks signature" in early.sentence) == (1, True)
    rest = document(tmp_path / "rest.json", signature="Zoe Zed")
    assert command(granted, "notices", "complete", notice, str(rest), "--json").document["state"] == "received"
    assert command(granted, "notices", "accept", notice, "--json").document["state"] == "taken_down"
    answer = document(
        tmp_path / "answer.json",
        name="Ada",
        address="Here",
        email="ada@here.example",
        statement="No.",
        good_faith=True,
        jurisdiction=True,
        signature="Ada",
    )
    assert command(granted, "notices", "counter", notice, str(answer), "--json").document["state"] == "counter_notice"
    assert command(granted, "notices", "uphold", notice, "--reason", "Filed.", "--json").document["state"] == "upheld"
    assert command(granted, "notices", "restore", notice, "--json").document["state"] == "restored"
    other = document(tmp_path / "other.json", **{**NOTICE, "work": "Another"}, location=song)
    second = command(granted, "notices", "receive", str(other), "--json").document["id"]
    assert command(granted, "notices", "reject", second, "--reason", "Free.", "--json").document["state"] == "rejected"
    assert [item["id"] for item in command(granted, "notices", "list", "--json").document] == [second, notice]
    assert command(granted, "notices", "list", "--open", "--json").document == []
    log = command(granted, "notices", "log", "--json").document
    assert "Zoe" not in json.dumps(log)
    assert command(granted, "notices", "log", "--check", "--head", log["head"]).code == 0
    assert command(granted, "notices", "log", "--check", "--head", "0" * 63 + "1").code == 1
    assert command(granted, "notices", "log", "--head", log["head"]).code == 2


@pytest.mark.parametrize(
    "text", ["not json", "[1]", '{"claimant": 3}', '{"basis": "envy"}', '{"good_faith": "yes please"}', "[" * 100_000]
)
def test_a_file_that_is_no_notice_is_refused_with_its_place(
    command: Command, granted: Home, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "notice.json"
    file.write_text(text)
    before = granted.state()
    done = command(granted, "notices", "receive", str(file))
    assert (done.code, done.sentence.startswith("notice.json")) == (4, True)
    assert granted.state() == before
