"""What must not be added to evidence is refused by either database, with the same words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import UniqueConstraint, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contrafact.kit.db import Base, Database
from contrafact.kit.evidence import insert_guards
from contrafact.kit.migrate import load_models, load_triggers, upgrade
from tests.support.postgres import fresh

START = "0" * 64
_FILLING: dict[type, Any] = {
    int: 1,
    float: 1.0,
    str: "x",
    bool: True,
    date: date(2026, 3, 1),
    datetime: datetime(2026, 3, 1, tzinfo=UTC),
    object: datetime(2026, 3, 1, tzinfo=UTC),
}


@dataclass(frozen=True)
class Tables:
    """Adds rows of which only some columns matter."""

    session: Session

    def add(self, name: str, **said: Any) -> None:
        table = Base.metadata.tables[name]
        needed = [column for column in table.columns if not column.nullable and column.autoincrement is not True]
        filled = {column.name: _FILLING[column.type.python_type] for column in needed}
        self.session.execute(insert(table), [{**filled, **said}])

    def party(self, party_id: str = "pty_1") -> str:
        self.add("parties", id=party_id, kind="person", isni=None, ipi=None, dpid=None)
        return party_id

    def money(self, number: int = 1, *, debit: int = 5, credit: int = 5, **said: Any) -> None:
        self.add("usage_events", id=f"use_{number}", kind="play", idempotency_key=f"key_{number}")
        for position, (side, amount) in enumerate((("debit", debit), ("credit", credit))):
            row = {"transaction_id": f"txn_{number}", "position": position, "side": side, "amount_micros": amount}
            self.add("ledger_postings", **row)
        row = {"sequence": number, "id": f"txn_{number}", "usage_event_id": f"use_{number}", "hash": f"h{number}"}
        self.add("ledger_transactions", **{**row, "total_micros": 5, "previous_hash": START, **said})

    def statement(self, version: int) -> None:
        said = {"subject_id": "rec_1", "version": version, "share_count": 1}
        self.add("ownership_statements", id=f"own_{version}", side="master", **said)

    def share(self, position: int) -> None:
        said = {"position": position, "party_id": "pty_1", "role": "owner", "numerator": 1, "denominator": 1}
        self.add("ownership_shares", statement_id="own_1", **said)

    def mandate(self, version: int) -> None:
        said = {"status": "active", "role": "agent", "side": "master", "principal_id": "pty_1", "agent_id": "pty_2"}
        self.add("mandates", id=f"man_{version}", series="mds_1", version=version, **said)

    def person(self, version: int) -> None:
        self.add("people", id=f"per_{version}", party_id="pty_1", version=version, status="living")

    def closing(self, number: int, period: str, **said: Any) -> None:
        row = {"first_sequence": 1, "last_sequence": 0, "hash": period, "previous_hash": START}
        self.add("royalty_closings", number=number, period=period, **{**row, **said})


def _decisions(tables: Tables) -> None:
    tables.add("decisions", id="dec_1", previous_sha256=START, chain_sha256="a" * 64, outcome="deny")
    tables.add("decisions", id="dec_2", previous_sha256=START, chain_sha256="b" * 64, outcome="deny")


def _public_log(tables: Tables) -> None:
    tables.add("public_log", sequence=1, previous_sha256=START, sha256="a" * 64)
    tables.add("public_log", sequence=3, previous_sha256="a" * 64, sha256="b" * 64)


def _unbalanced(tables: Tables) -> None:
    tables.money(1)
    tables.money(2, credit=4, previous_hash="h1")


def _not_at_the_head(tables: Tables) -> None:
    tables.money(1)
    tables.money(2, previous_hash=START)


def _late_posting(tables: Tables) -> None:
    tables.money(1)
    said = {"transaction_id": "txn_1", "position": 2, "side": "debit", "amount_micros": 1}
    tables.add("ledger_postings", **said)


def _closed_twice(tables: Tables) -> None:
    tables.closing(1, "2026-02")
    tables.closing(2, "2026-01", previous_hash="2026-02")


def _further_share(tables: Tables) -> None:
    tables.party()
    tables.statement(1)
    tables.share(0)
    tables.share(1)


def _older_statement(tables: Tables) -> None:
    tables.statement(1)
    tables.statement(3)
    tables.statement(2)


def _older_mandate(tables: Tables) -> None:
    tables.party("pty_1")
    tables.party("pty_2")
    tables.mandate(1)
    tables.mandate(3)
    tables.mandate(2)


def _older_person(tables: Tables) -> None:
    tables.party()
    tables.person(1)
    tables.person(3)
    tables.person(2)


REFUSED: dict[str, tuple[Callable[[Tables], None], str]] = {
    "decisions_next": (_decisions, "a decision continues the chain at its head"),
    "public_log_next": (_public_log, "an entry continues the public log at its head"),
    "ledger_transactions_balanced": (_unbalanced, "debits and credits of a transaction must be equal"),
    "ledger_transactions_next": (_not_at_the_head, "a transaction continues the ledger at its head"),
    "ledger_postings_unsealed": (_late_posting, "a sealed transaction gets no further postings"),
    "royalty_closings_next": (_closed_twice, "a period is closed once, after the one before it"),
    "ownership_shares_counted": (_further_share, "a statement gets no further shares"),
    "ownership_statements_once": (_older_statement, "ownership_statements are never changed"),
    "mandates_once": (_older_mandate, "mandates are never changed"),
    "people_once": (_older_person, "people are never changed"),
}
"""What is added, of which the last row alone is wrong, and the words with which it is refused."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "postgresql":
        with fresh(request.getfixturevalue("postgres_url"), "evidence") as made:
            yield made
        return
    made = Database.at(Path(tmp_path_factory.mktemp("evidence")) / "contrafact.db")
    upgrade(made)
    yield made
    made.close()


def test_every_guard_is_tried() -> None:
    assert {guard.name for guard in insert_guards(load_triggers())} == REFUSED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_r4_what_must_not_be_added_is_refused_by_either_database(database: Database, name: str) -> None:
    do, words = REFUSED[name]
    done: list[str] = []

    class Noting(Tables):
        def add(self, name: str, **said: Any) -> None:
            done.append(f"{name}_")
            super().add(name, **said)

    with pytest.raises(IntegrityError, match=words), database.transaction() as session:
        do(Noting(session))
    assert name.startswith(done.pop()), "it was the row that must not be added"
    assert done


def test_whatever_has_no_guard_has_a_unique_key() -> None:
    """PostgreSQL is left without those triggers that only ask for a row with the same key: the key must be one."""
    metadata, guards = load_models(), {guard.name for guard in insert_guards(load_triggers())}
    asked = 0
    for statement in load_triggers():
        found = re.match(r"CREATE TRIGGER (\w+) BEFORE INSERT ON (\w+) ", statement)
        if found is None or found[1] in guards:
            continue
        table = metadata.tables[found[2]]
        keys = [set(table.primary_key.columns.keys())]
        keys += [set(item.columns.keys()) for item in table.constraints if isinstance(item, UniqueConstraint)]
        keys += [set(item.columns.keys()) for item in table.indexes if item.unique]
        for alternative in statement.split(" OR "):
            columns = set(re.findall(r"\b(\w+) = NEW\.\1\b", alternative))
            assert any(key <= columns for key in keys), (table.name, columns)
            asked += 1
    assert asked > 30
