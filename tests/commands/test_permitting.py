"""Granting, showing, exporting and switching from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Command, Home

pytestmark = pytest.mark.assets

TERMS: dict[str, Any] = {
    "operations": [{"operation": "style"}, {"operation": "share_in_app", "needs_approval": True}],
    "territories": {"exclude": ["JP"]},
    "tiers": ["premium"],
}


@pytest.fixture
def copy(ungranted: Home, tmp_path: Path) -> Home:
    """A home of the test's own, with one song with which nothing may be done yet."""
    return ungranted.copy(tmp_path / "home")


def terms_file(folder: Path, document: object) -> Path:
    path = folder / "terms.json"
    path.write_text(json.dumps(document))
    return path


def test_terms_are_tried_given_shown_and_explained(
    command: Command, copy: Home, song_file: Path, tmp_path: Path
) -> None:
    file = terms_file(tmp_path, TERMS)
    before = copy.state()
    tried = command(copy, "rights", "grant", song_file, "--terms", file, "--dry-run", "--json").document
    assert (tried["dry_run"], tried["changed"]) == (True, True)
    assert copy.state().tables["grants"] == before.tables["grants"]
    done = command(copy, "rights", "grant", song_file, "--terms", file, "--json").document
    assert done["after"] == tried["after"]
    shown = command(copy, "rights", "show", song_file)
    assert "Listeners on the add-on may change its style and release it here everywhere except Japan." in shown.out
    assert "You approve each release." in shown.out
    document = command(copy, "rights", "show", song_file, "--json").document
    assert document["summary"] == done["after"]
    for territory, code in (("DE", 0), ("JP", 3)):
        asked = command(
            copy,
            "rights",
            "explain",
            song_file,
            "--operation",
            "style",
            "--territory",
            territory,
            "--details",
            "--json",
        )
        assert asked.code == code
        assert asked.document["capability"]["possible"]
        assert all(reason["detail"] for reason in asked.document["reasons"])
    released = command(copy, "rights", "explain", song_file, "--operation", "share_in_app")
    assert released.out.startswith("permit, after the owner has heard it\n")
    again = command(copy, "rights", "grant", song_file, "--terms", file)
    assert again.out.startswith("Nothing changes.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not a JSON document"),
        ("[" * 100_000, "not a JSON document"),
        (json.dumps({"operations": [{"operation": "steal"}]}), "operations[0].operation"),
        (json.dumps({"territories": {"include": ["Narnia"]}}), "territories.include[0]"),
        (json.dumps({"loudly": 1}), "loudly"),
        (
            json.dumps({"limits": {"whole": {"source_share": {"most": 50}}}}),
            "terms.json: limits.whole.source_share: the most (50) must lie between 0 and 1",
        ),
    ],
)
def test_a_wrong_document_is_told_with_its_place(
    command: Command, copy: Home, song_file: Path, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "terms.json"
    path.write_text(text)
    done = command(copy, "rights", "grant", song_file, "--terms", path)
    assert done.code == 4
    assert words in done.sentence
    assert command(copy, "rights", "show", song_file, "--json").document["columns"] == []


def test_grants_leave_as_odrl(command: Command, copy: Home, song_file: Path, tmp_path: Path) -> None:
    assert command(copy, "rights", "grant", song_file, "--preset", "mine").code == 0
    target = tmp_path / "grants.jsonld"
    assert command(copy, "rights", "odrl", song_file, "-o", target).code == 0
    policies = json.loads(target.read_text())
    assert {each["target"]["uid"].split(":")[2] for each in policies} >= {"recording", "work"}
    assert all(each["prohibition"] for each in policies), "training is prohibited by name"
    assert json.loads(command(copy, "rights", "odrl", song_file, "--profile").out)["@graph"]


def test_the_audit_log_follows_every_version(command: Command, copy: Home, song_file: Path) -> None:
    for preset in ("mine", "none"):
        assert command(copy, "rights", "grant", song_file, "--preset", preset).code == 0
    done = command(copy, "rights", "audit", song_file)
    assert "the chain is whole" in done.err
    entries = [json.loads(line) for line in done.out.splitlines()]
    statuses = [entry["status"] for entry in entries if entry["kind"] == "grant"]
    assert statuses.count("active") == statuses.count("withdrawn") > 0
    table = command(copy, "rights", "audit", "--format", "csv").out
    assert table.splitlines()[0].startswith("kind,at,id,by")


def test_an_operation_is_rolled_out_and_off_at_once(command: Command, copy: Home, song_file: Path) -> None:
    assert command(copy, "rights", "grant", song_file, "--preset", "mine").code == 0

    def asked(*more: str) -> tuple[int, list[str]]:
        done = command(copy, "rights", "explain", song_file, "--operation", "style", *more, "--json")
        return done.code, [reason["code"] for reason in done.document["reasons"]]

    assert asked()[0] == 0
    only = command(copy, "rollout", "set", "style", "--territory", "SE", "--reason", "Sweden first")
    assert only.out == "style: On for everybody, in Sweden.\n"
    assert asked() == (3, ["not_switched_on"])
    assert asked("--territory", "SE")[0] == 0
    tried = command(copy, "rollout", "off", "style", "--reason", "a flaw", "--dry-run", "--json").document
    assert (tried["dry_run"], tried["under_way"], tried["released"]) == (True, [], [])
    assert asked("--territory", "SE")[0] == 0
    assert command(copy, "rollout", "off", "style", "--reason", "a flaw").code == 0
    assert asked("--territory", "SE") == (3, ["switched_off"])
    listed = {each["operation"]: each["sentence"] for each in command(copy, "rollout", "list", "--json").document}
    assert listed["style"] == "Off for everybody."
    assert command(copy, "rollout", "set", "style", "--reason", "mended").code == 0
    assert asked()[0] == 0
    assert command(copy, "rollout", "set", "style", "--territory", "Narnia", "--reason", "x").code == 2
