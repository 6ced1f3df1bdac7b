"""Counts in one query for all grants of a song are those that one would count by hand."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from contrafact.kit.db import Database
from contrafact.rights.counting import counts_for
from contrafact.rights.models_approvals import GrantUseRow
from contrafact.rights.store_approvals import add_use
from contrafact.rights.values import UseCount
from tests.support.consent import NOON

SERIES = ("grs_1", "grs_2", "grs_3")


def _rows(rng: Random) -> list[GrantUseRow]:
    """Takes and releases in order, some given back or ended, some released again."""
    rows: list[GrantUseRow] = []

    def add(kind: str, key: str, of: GrantUseRow | None, release_id: str | None = None) -> GrantUseRow:
        row = GrantUseRow(
            series=of.series if of else rng.choice(SERIES),
            kind=kind,
            key=key,
            user_id=of.user_id if of else rng.choice(["usr_1", "usr_2"]),
            artist=of.artist if of else rng.choice(["abba", "blur"]),
            remix_id=of.remix_id if of else f"rmx_{len(rows) % 6}",
            release_id=release_id,
            at=NOON - timedelta(days=rng.choice([0, 10, 40])),
        )
        rows.append(row)
        return row

    for number in range(14):
        take = add("take", f"take_{number}", None)
        if rng.random() < 0.3:
            add("returned", take.key, take)
        for again in range(rng.choice([0, 0, 1, 2])):
            add("released", f"move_{number}_{again}", take, f"rel_{number}")
            if rng.random() < 0.5:
                add("ended", f"end_{number}_{again}", take, f"rel_{number}")
    return rows


def _by_hand(rows: list[GrantUseRow], series: str, but: str | None) -> UseCount:
    mine = [row for row in rows if row.remix_id != but]
    month = datetime(NOON.year, NOON.month, 1, tzinfo=UTC)
    gone = {(row.series, row.key) for row in rows if row.kind == "returned"}
    takes = [row for row in mine if row.kind == "take" and (row.series, row.key) not in gone]
    out = [
        row
        for place, row in enumerate(rows)
        if row.kind == "released"
        and row in mine
        and not any(
            (later.kind, later.series, later.release_id) == ("ended", row.series, row.release_id)
            for later in rows[place + 1 :]
        )
    ]
    here, released = [row for row in takes if row.series == series], [row for row in out if row.series == series]
    return UseCount(
        series=series,
        listener_month=sum(row.user_id == "usr_1" and row.at >= month for row in here),
        total=len(here),
        listener_releases=len({row.release_id for row in released if row.user_id == "usr_1"}),
        artist_listener_releases=len({row.release_id for row in out if (row.user_id, row.artist) == ("usr_1", "abba")}),
        releases=len({row.release_id for row in released}),
    )


@pytest.mark.parametrize("but", [None, "rmx_1"])
@pytest.mark.parametrize("seed", [7, 8, 9, 10])
def test_r3_counts_are_those_that_one_counts_by_hand(database: Database, but: str | None, seed: int) -> None:
    rows = _rows(Random(seed))
    with database.transaction() as session:
        for row in rows:
            add_use(session, row)
        counted = counts_for(
            session, dict.fromkeys(["grs_2", "grs_1", "grs_3", "grs_none"], "ABBA"), "usr_1", NOON, but
        )
        rows.sort(key=lambda row: row.sequence)
        assert counted == (*(_by_hand(rows, series, but) for series in SERIES), _by_hand(rows, "grs_none", but))
    assert any(count.total for count in counted)
    assert any(count.releases for count in counted)
