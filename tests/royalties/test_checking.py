"""Whoever opens the database file and changes the past is found out."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade
from contrafact.royalties import service, store
from contrafact.royalties.chain import GENESIS, basis_document, read_basis, transaction_hash
from contrafact.royalties.models import PostingRow, TransactionRow, UsageEventRow, create_triggers, drop_triggers
from contrafact.royalties.schemas import ChainHead, LedgerReport, Payout, Posting, UsageEvent
from tests.support.postgres import fresh


@pytest.fixture
def booked(database: Database, payout: Payout, clock: FixedClock, event: Callable[..., UsageEvent]) -> Database:
    with database.transaction() as session:
        for number in range(4):
            service.record_usage(session, event(f"k{number}"), payout, clock)
    return database


def tamper(database: Database, *statements: str) -> None:
    """As somebody with the file and a little care does: no foreign keys, no guards, and the guards put back after."""
    with database.engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("ROLLBACK") if connection.in_transaction() else None
        raw.execute("PRAGMA foreign_keys=OFF")
        for statement in (*drop_triggers(), *statements, *create_triggers()):
            raw.execute(statement)
        raw.execute("PRAGMA foreign_keys=ON")


def checked(database: Database, anchor: ChainHead | None = None) -> LedgerReport:
    with database.transaction() as session:
        return service.check(session, anchor)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE ledger_postings SET amount_micros = amount_micros + 1 WHERE position = 2", "does not balance"),
        ("UPDATE ledger_postings SET account = 'liabilities:party:thief' WHERE position = 2", "was changed"),
        ("UPDATE ledger_postings SET name = 'Thief' WHERE position = 2", "was changed"),
        ("UPDATE ledger_postings SET amount_micros = 'ten' WHERE position = 2", "does not balance"),
        ("UPDATE ledger_postings SET name = x'00ff' WHERE position = 2", "was changed"),
        ("DELETE FROM ledger_postings WHERE position = 3", "does not balance"),
        (
            "DELETE FROM ledger_postings WHERE transaction_id IN (SELECT id FROM ledger_transactions)",
            "does not balance",
        ),
        (
            "INSERT INTO ledger_postings SELECT transaction_id, position + 50, account, side, amount_micros, party_id, "
            "name, role, source_id FROM ledger_postings",
            "not 6000 as it says",
        ),
        ("UPDATE ledger_transactions SET total_micros = 1 WHERE sequence = 2", "was changed"),
        ("UPDATE ledger_transactions SET currency = 'USD' WHERE sequence = 2", "is in USD"),
        ("UPDATE ledger_transactions SET posted_at = 'yesterday' WHERE sequence = 2", "was changed"),
        ("UPDATE ledger_transactions SET basis = '{}' WHERE sequence = 2", "cannot be computed again"),
        ("UPDATE ledger_transactions SET basis = 'x' WHERE sequence = 2", "cannot be computed again"),
        ("UPDATE ledger_transactions SET basis = '[]' WHERE sequence = 2", "cannot be computed again"),
        ("UPDATE ledger_transactions SET contract = 'none@7' WHERE sequence = 2", "cannot be computed again"),
        ("UPDATE ledger_transactions SET previous_hash = hash WHERE sequence = 2", "does not fit"),
        ("UPDATE ledger_transactions SET hash = 'x' WHERE sequence = 4", "was changed"),
        ("UPDATE ledger_transactions SET sequence = 9 WHERE sequence = 4", "does not follow"),
        ("DELETE FROM ledger_transactions WHERE sequence = 2", "does not follow transaction 1"),
        ("DELETE FROM ledger_transactions WHERE sequence = 4", "never booked"),
        ("DELETE FROM ledger_transactions WHERE sequence = 4", "belong to no transaction"),
        ("DELETE FROM usage_events WHERE idempotency_key = 'k1'", "has no usage event"),
        ("UPDATE usage_events SET user_id = 'usr_ada' WHERE idempotency_key = 'k1'", "was changed"),
        ("UPDATE usage_events SET heard_ms = 1 WHERE idempotency_key = 'k1'", "was changed"),
        ("UPDATE usage_events SET remix_id = 'rmx_mine'", "was changed"),
        ("UPDATE usage_events SET kind = 'generation' WHERE idempotency_key = 'k1'", "was changed"),
        (
            "INSERT INTO usage_events SELECT 'use_x', kind, 'kx', remix_id, user_id, decision_sha256, occurred_at, "
            "heard_ms FROM usage_events LIMIT 1",
            "never booked",
        ),
    ],
)
def test_a_changed_past_is_found_out(booked: Database, statement: str, says: str) -> None:
    assert checked(booked).ok
    tamper(booked, statement)
    report = checked(booked)
    assert not report.ok
    assert any(says in problem for problem in report.problems), report.problems


def rewrite_chain(session: Session) -> None:
    """The strongest forger: knows the program and computes every hash again."""
    before = GENESIS
    for stored in list(store.stored_transactions(session)):
        assert stored.event is not None
        content = {**stored.transaction, "previous_hash": before}
        del content["hash"]
        fresh = transaction_hash(content, stored.event, stored.postings)
        session.connection().exec_driver_sql(
            "UPDATE ledger_transactions SET previous_hash = ?, hash = ? WHERE sequence = ?",
            (before, fresh, content["sequence"]),
        )
        before = fresh


def test_other_amounts_than_the_contract_gives_are_found_even_when_the_chain_is_rewritten(booked: Database) -> None:
    tamper(
        booked,
        "UPDATE ledger_postings SET amount_micros = amount_micros + 5 WHERE position = 2",
        "UPDATE ledger_postings SET amount_micros = amount_micros - 5 WHERE position = 3",
    )
    with booked.transaction() as session:
        for statement in drop_triggers():
            session.connection().exec_driver_sql(statement)
        rewrite_chain(session)
        for statement in create_triggers():
            session.connection().exec_driver_sql(statement)
    report = checked(booked)
    assert report.balanced
    assert {problem.split(" ", 2)[2] for problem in report.problems} == {
        "paid other amounts than its contract and basis give."
    }


def test_a_cut_end_and_a_rewritten_chain_are_found_by_a_head_kept_elsewhere(booked: Database) -> None:
    head = checked(booked).head
    assert checked(booked, head).ok
    tamper(
        booked,
        "DELETE FROM ledger_postings WHERE transaction_id = (SELECT id FROM ledger_transactions WHERE sequence = 4)",
        "DELETE FROM usage_events WHERE idempotency_key = 'k3'",
        "DELETE FROM ledger_transactions WHERE sequence = 4",
    )
    assert checked(booked).ok  # nothing inside the file can tell
    report = checked(booked, head)
    assert not report.ok
    assert "before the head 4" in report.problems[0]
    other = checked(booked, ChainHead(2, "f" * 64))
    assert "kept elsewhere" in other.problems[0]


def test_missing_and_replaced_guards_are_reported(booked: Database) -> None:
    with booked.transaction() as session:
        session.connection().exec_driver_sql("DROP TRIGGER ledger_postings_no_update")
        session.connection().exec_driver_sql("DROP TRIGGER usage_events_no_delete")
        session.connection().exec_driver_sql(
            "CREATE TRIGGER usage_events_no_delete BEFORE DELETE ON usage_events BEGIN SELECT 1; END"
        )
    problems = checked(booked).problems
    assert len(problems) == 2
    assert any("ledger_postings_no_update of the database is missing" in problem for problem in problems)
    assert any("usage_events_no_delete of the database was replaced" in problem for problem in problems)


def test_a_hopeless_ledger_gives_a_readable_number_of_problems(
    database: Database, payout: Payout, clock: FixedClock, event: Callable[..., UsageEvent]
) -> None:
    with database.transaction() as session:
        for number in range(60):
            service.record_usage(session, event(f"k{number}"), payout, clock)
    tamper(database, "UPDATE ledger_postings SET amount_micros = 1")
    problems = checked(database).problems
    assert len(problems) == 101
    assert problems[-1].endswith("more.")


def test_the_basis_is_read_as_it_was_written(payout: Payout) -> None:
    assert read_basis(basis_document("own_play", payout)) == ("own_play", payout)


def test_a_cover_is_computed_again_as_it_was_paid(
    database: Database, payout: Payout, clock: FixedClock, event: Callable[..., UsageEvent]
) -> None:
    """A cover owes the work all that the rights get; its basis used not to say so."""
    source = payout.sources[0]
    works = tuple(payee for payee in source.payees if payee.side == "work")
    cover = replace(payout, sources=(replace(source, payees=works, work_only=True),), territory="DE")
    with database.transaction() as session:
        booked = service.record_usage(session, event("k"), cover, clock)
    assert not any(posting.account.endswith(":master") for posting in booked.postings)
    report = checked(database)
    assert report.ok, report.problems


def test_covers_of_before_are_computed_as_they_were_paid(
    database: Database, payout: Payout, clock: FixedClock, event: Callable[..., UsageEvent], tmp_path: Path
) -> None:
    """They were paid rightly, but their basis does not say what they are; it is evidence, and stays as it is."""
    source = payout.sources[0]
    works = tuple(payee for payee in source.payees if payee.side == "work")
    cover = replace(payout, sources=(replace(source, payees=works, work_only=True),))
    with database.transaction() as session:
        service.record_usage(session, event("k"), cover, clock)
        (stored,) = store.stored_transactions(session)
    used = stored.event
    assert used is not None
    basis = json.loads(stored.transaction["basis"])
    assert basis["sources"][0].pop("work_only") is True

    def ok(postings: tuple[Posting, ...], name: str) -> bool:
        """Whether a ledger with this alone passes, booked as it was before bases said more."""
        row = {**stored.transaction, "basis": canonical_json(basis).decode()}
        content = {key: value for key, value in row.items() if key != "hash"}
        row["hash"] = transaction_hash(content, used, postings)
        old = Database.at(tmp_path / name)
        upgrade(old)
        with old.transaction() as session:
            session.execute(insert(UsageEventRow), [used])
            lines = [
                {"transaction_id": row["id"], "position": place, **vars_of(posting)}
                for place, posting in enumerate(postings)
            ]
            session.execute(insert(PostingRow), lines)
            session.execute(insert(TransactionRow), [row])
        report = checked(old)
        old.close()
        return report.ok

    assert ok(stored.postings, "paid.db")
    pool, first, *others = stored.postings
    less = replace(first, amount_micros=first.amount_micros - 1)
    more = replace(others[0], amount_micros=others[0].amount_micros + 1)
    assert not ok((pool, less, more, *others[1:]), "other.db"), "any other split is still noticed"


def vars_of(posting: Posting) -> dict[str, Any]:
    return {each.name: getattr(posting, each.name) for each in fields(posting)}


def test_guards_that_are_missing_or_replaced_are_found_in_postgresql_too(
    postgres_url: str, payout: Payout, clock: FixedClock, event: Callable[..., UsageEvent]
) -> None:
    with fresh(postgres_url, "ledger") as database:
        with database.transaction() as session:
            service.record_usage(session, event("k"), payout, clock)
            service.record_usage(session, event("l"), payout, clock)
        assert checked(database).ok
        with database.transaction() as session:
            session.execute(text("DROP TRIGGER ledger_transactions_balanced ON ledger_transactions"))
            session.execute(text("ALTER TABLE usage_events DISABLE TRIGGER usage_events_never_changed"))
            nothing = (
                "CREATE OR REPLACE FUNCTION contrafact_ledger_transactions_next() RETURNS trigger LANGUAGE plpgsql"
            )
            session.execute(text(f"{nothing} AS $$ BEGIN RETURN NEW; END $$"))
        problems = sorted(checked(database).problems)
    assert [problem.split()[2] for problem in problems] == [
        "ledger_transactions_balanced",
        "ledger_transactions_next",
        "usage_events_never_changed",
    ]
