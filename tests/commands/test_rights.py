"""Presets and licences from the command line: what they allow, refuse and demand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contrafact.accounts import service as accounts
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from tests.support.commands import Command, Home

pytestmark = pytest.mark.assets

WORDS = "house"


@pytest.fixture
def copy(ungranted: Home, tmp_path: Path) -> Home:
    """A home of the test's own, with one song with which nothing may be done yet."""
    return ungranted.copy(tmp_path / "home")


def add_free_listener(home: Home, name: str) -> None:
    """Somebody who pays nothing; there is no command for that yet."""
    database = Database.at(home.root / "contrafact.db")
    with database.transaction() as session:
        accounts.ensure_user(session, name, "free", FixedClock(datetime(2026, 3, 1, tzinfo=UTC)))
    database.close()


def test_without_a_grant_nothing_is_made_and_nothing_is_paid(
    command: Command, copy: Home, song_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.flac"
    before = copy.state()
    done = command(copy, "remix", song_file, WORDS, "-o", target, "--json")
    assert done.code == 3
    decision = done.document["refused"]
    assert decision["outcome"] == "deny"
    assert decision["reasons"]
    assert all(reason["sentence"] and reason["code"] for reason in decision["reasons"])
    assert decision["reasons"][0]["sentence"] in done.sentence
    assert not target.exists()
    after = copy.state()
    changed = {name for name, rows in after.tables.items() if rows != before.tables[name]}
    assert changed == {"decisions", "users"}, "only the refusal is kept, and who asked"
    assert (after.blobs, after.scratch) == (before.blobs, frozenset())
    assert command(copy, "remix", song_file, WORDS, "-o", target).out == "", "words go to standard error"


@pytest.mark.parametrize(
    ("licence", "premium", "free"),
    [
        ("CC-BY-ND-4.0", "deny", "deny"),
        ("CC-BY-NC-4.0", "deny", "permit"),
        ("CC-BY-SA-4.0", "permit", "permit"),
        ("CC-BY-4.0", "permit", "permit"),
        ("CC0-1.0", "permit", "permit"),
    ],
)
def test_what_a_public_licence_allows_in_each_plan(
    command: Command, copy: Home, song_file: Path, tmp_path: Path, licence: str, premium: str, free: str
) -> None:
    granted = command(copy, "ingest", song_file, "--grant", "open", "--licence", licence, "--json")
    assert (granted.code, granted.document["known"]) == (0, True)
    assert command(copy, "songs", "--json").document["songs"][0]["licence"] == licence
    add_free_listener(copy, "Bo")
    for tier, user, outcome in (("premium", (), premium), ("free", ("--as", "Bo"), free)):
        explained = command(copy, "rights", "explain", song_file, "--operation", "style", "--tier", tier, "--json")
        assert explained.document["outcome"] == outcome
        assert explained.code == (0 if outcome == "permit" else 3)
        planned = command(copy, "plan", song_file, WORDS, *user, "--json")
        assert (planned.code, planned.document["decision"]["outcome"]) == (0, outcome)
        if outcome == "deny":
            refused = command(copy, "remix", song_file, WORDS, "-o", tmp_path / "no.flac", *user, "--json")
            assert refused.code == 3
            assert refused.document["refused"]["reasons"]
            assert not (tmp_path / "no.flac").exists()


def test_share_alike_and_credit_go_with_the_file(command: Command, copy: Home, song_file: Path, tmp_path: Path) -> None:
    command(copy, "ingest", song_file, "--grant", "open", "--licence", "CC-BY-SA-4.0")
    target = tmp_path / "out.flac"
    document = command(copy, "remix", song_file, WORDS, "-o", target, "--json").document
    assert document["share_alike"] is True
    (line,) = (credit["name"] for credit in document["credits"] if credit["role"] == "licence")
    assert "“Rain” by Ada" in line
    assert "CC BY-SA 4.0" in line
    verdict = command(copy, "verify", target, "--json").document
    assert verdict["licence"]["id"] == "CC-BY-SA-4.0"
    assert any(line in str(credit) for credit in verdict["credits"])


def test_the_licence_of_a_song_is_not_swapped(command: Command, copy: Home, song_file: Path) -> None:
    assert command(copy, "ingest", song_file, "--licence", "CC-BY-ND-4.0").code == 0
    before = copy.state()
    done = command(copy, "ingest", song_file, "--grant", "open", "--licence", "CC-BY-4.0")
    assert done.code == 4
    assert "CC-BY-ND-4.0" in done.sentence
    done = command(copy, "ingest", song_file, "--grant", "open", "--licence", "my own words")
    assert done.code == 4
    assert "SPDX" in done.sentence
    assert copy.state() == before


def test_an_explanation_is_a_document_with_an_exit_code(command: Command, home: Home, song_file: Path) -> None:
    allowed = command(home, "rights", "explain", song_file, "--operation", "style", "--territory", "SE", "--json")
    assert (allowed.code, allowed.document["outcome"]) == (0, "permit")
    denied = command(home, "rights", "explain", song_file, "--operation", "train", "--json")
    assert (denied.code, denied.document["outcome"]) == (3, "deny")
    assert denied.document["reasons"][0]["operation"] == "train"
    told = command(home, "rights", "explain", song_file, "--operation", "train")
    assert told.code == 3
    assert "deny" in told.out


@pytest.mark.parametrize(
    "odd",
    [
        ("--territory", "ZZZ"),
        ("--territory", "XX"),
        ("--territory", ""),
        ("--territory", "D\u0395"),
        ("--tier", ""),
        ("--tier", "Premium"),
        ("--at", ""),
        ("--at", "2026-13-01"),
        ("--at", "2026-12-01T25:00:00Z"),
        ("--at", "12 o'clock"),
    ],
    ids=" ".join,
)
def test_odd_places_plans_and_times_are_wrong_calls(
    command: Command, home: Home, song_file: Path, odd: tuple[str, str]
) -> None:
    done = command(home, "rights", "explain", song_file, "--operation", "style", *odd)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-12-01"])
def test_any_moment_of_the_calendar_can_be_asked_about(command: Command, home: Home, song_file: Path, at: str) -> None:
    assert command(home, "rights", "explain", song_file, "--operation", "style", "--at", at, "--json").code in (0, 3)
