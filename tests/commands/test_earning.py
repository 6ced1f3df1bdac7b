"""Statements, closings, held money and the journal on the command line."""

import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.commands import Command, Home

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def this_month() -> str:
    return datetime.now(UTC).strftime("%Y-%m")


def test_what_a_remix_earned_is_stated_and_written_out(
    command: Command, ungranted: Home, song_file: Path, tmp_path: Path, this_month: str
) -> None:
    own = ungranted.copy(tmp_path / "home")
    assert command(own, "ingest", song_file, "--grant", "mine").code == 0
    made = command(own, "remix", song_file, "house", "-o", tmp_path / "house.flac", "--json")
    assert made.code == 0, made.err
    owed: Counter[str] = Counter()
    for share in made.document["earnings"]["parties"]:
        owed[share["party_id"]] += share["amount_micros"]
    for party, amount in owed.items():
        shown = command(own, "royalties", "statement", party, this_month, "--json").document
        assert (shown["total_micros"], shown["closing"]) == (amount, None)
        assert "provisional" in command(own, "royalties", "statement", party, this_month).out
    table = command(own, "royalties", "statement", next(iter(owed)), this_month, "--format", "csv")
    assert table.out.splitlines()[0].startswith("period,party,name")

    journal = tmp_path / "ledger.beancount"
    assert command(own, "ledger", "export", "-o", journal).code == 0
    sums: Counter[str] = Counter()
    for account, amount in re.findall(r"^  ([A-Z]\S+) +(-?[\d.]+) [A-Z]{3}$", journal.read_text("utf-8"), re.M):
        sums[account] += int(Decimal(amount) * 1_000_000)
    assert sums
    assert sum(sums.values()) == 0
    assert command(own, "ledger", "export").out == journal.read_text("utf-8")

    held = command(own, "royalties", "release", "--dry-run", "--json").document
    assert (held["given_micros"], held["left_micros"]) == (0, 0)


def test_a_month_that_is_not_over_and_wrong_names_are_refused(command: Command, home: Home, this_month: str) -> None:
    early = command(home, "royalties", "close", this_month)
    assert early.code != 0
    assert "over" in early.err
    assert command(home, "royalties", "close", "soon").code == 2
    nobody = command(home, "royalties", "statement", "pty_nobody", this_month)
    assert nobody.code != 0
    assert "pty_nobody" in nobody.err
