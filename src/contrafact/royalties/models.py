"""The tables of usage and money, and the triggers that keep them as they were written.

A transaction's postings are written before it; writing the transaction seals them. The database itself refuses to
change or delete what is written, to add to a sealed transaction, to seal one that does not balance, and to continue the
chain anywhere but at its head. What a person with the database file can still do, ``check`` finds.
"""

from datetime import datetime

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Table, Text, event
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import ExecutableDDLElement

from contrafact.kit.db import Base, UtcDateTime


class UsageEventRow(Base):
    """Something that is paid for, or the giving out of what was held of it. Never changes."""

    __tablename__ = "usage_events"
    __table_args__ = (CheckConstraint("kind IN ('generation', 'play', 'from_suspense')", name="kind"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    idempotency_key: Mapped[str] = mapped_column(String(240), unique=True)
    remix_id: Mapped[str] = mapped_column(String(80), index=True)
    user_id: Mapped[str] = mapped_column(String(80))
    decision_sha256: Mapped[str] = mapped_column(String(64))
    occurred_at: Mapped[str] = mapped_column(String(32))
    """ISO 8601 in UTC, as text: what is hashed is what is stored."""
    heard_ms: Mapped[int | None] = mapped_column(BigInteger)


class TransactionRow(Base):
    """One movement of money, a link of the chain. Never changes."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (CheckConstraint("total_micros > 0", name="total"),)

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """1, 2, 3, … without gaps."""
    id: Mapped[str] = mapped_column(String(40), unique=True)
    usage_event_id: Mapped[str] = mapped_column(ForeignKey("usage_events.id"), unique=True)
    currency: Mapped[str] = mapped_column(String(3))
    total_micros: Mapped[int] = mapped_column(BigInteger)
    contract: Mapped[str] = mapped_column(String(48))
    basis: Mapped[str] = mapped_column(Text)
    """Canonical JSON of what the split was computed from, so that anybody can compute it again."""
    posted_at: Mapped[str] = mapped_column(String(32))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class PostingRow(Base):
    """One line of a transaction. Never changes."""

    __tablename__ = "ledger_postings"
    __table_args__ = (
        CheckConstraint("amount_micros > 0", name="amount"),
        CheckConstraint("side IN ('debit', 'credit')", name="side"),
        Index("ix_ledger_postings_account", "account"),
    )

    transaction_id: Mapped[str] = mapped_column(
        ForeignKey("ledger_transactions.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[str] = mapped_column(String(200))
    side: Mapped[str] = mapped_column(String(6))
    amount_micros: Mapped[int] = mapped_column(BigInteger)
    party_id: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str | None] = mapped_column(String(80))


class ListeningSessionRow(Base):
    """One listening to one take by one person, as far as it has been reported."""

    __tablename__ = "listening_sessions"
    __table_args__ = (
        CheckConstraint("state IN ('listening', 'counted', 'excluded')", name="state"),
        Index("ix_listening_sessions_user_day", "user_id", "day", "state"),
        Index("ix_listening_sessions_remix_state", "remix_id", "state"),
    )

    user_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    remix_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    play_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    credited_ms: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(200))
    day: Mapped[str | None] = mapped_column(String(10))
    """The day (UTC) on which it was counted or excluded."""


class ClosingRow(Base):
    """A period whose books are closed: which transactions it has. Never changes; what comes later is a later period's.

    The closings are a chain of hashes, as the transactions are.
    """

    __tablename__ = "royalty_closings"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """1, 2, 3, … without gaps."""
    period: Mapped[str] = mapped_column(String(7), unique=True)
    """A calendar month (UTC), as 2026-11."""
    first_sequence: Mapped[int] = mapped_column(BigInteger)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    """One less than the first where nothing was booked."""
    head_hash: Mapped[str] = mapped_column(String(64))
    """Of the last transaction up to then."""
    closed_at: Mapped[str] = mapped_column(String(32))
    closed_by: Mapped[str] = mapped_column(String(80))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


def _never(table: str, change: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
    )


# The guards on INSERT are there because INSERT OR REPLACE deletes without firing the triggers on DELETE.
SQLITE_TRIGGERS: dict[str, tuple[str, ...]] = {
    "usage_events": (
        *(_never("usage_events", change) for change in ("UPDATE", "DELETE")),
        "CREATE TRIGGER usage_events_once BEFORE INSERT ON usage_events "
        "WHEN EXISTS (SELECT 1 FROM usage_events WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key) "
        "BEGIN SELECT RAISE(ABORT, 'usage_events are never changed'); END",
    ),
    "ledger_transactions": (
        *(_never("ledger_transactions", change) for change in ("UPDATE", "DELETE")),
        "CREATE TRIGGER ledger_transactions_next BEFORE INSERT ON ledger_transactions "
        "WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM ledger_transactions) "
        "OR NEW.previous_hash IS NOT COALESCE("
        "(SELECT hash FROM ledger_transactions ORDER BY sequence DESC LIMIT 1), "
        "'0000000000000000000000000000000000000000000000000000000000000000') "
        "OR EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.id OR hash = NEW.hash "
        "OR usage_event_id = NEW.usage_event_id) "
        "BEGIN SELECT RAISE(ABORT, 'a transaction continues the ledger at its head'); END",
        "CREATE TRIGGER ledger_transactions_balanced BEFORE INSERT ON ledger_transactions "
        "WHEN NEW.total_micros IS NOT "
        "(SELECT SUM(amount_micros) FROM ledger_postings WHERE transaction_id = NEW.id AND side = 'debit') "
        "OR NEW.total_micros IS NOT "
        "(SELECT SUM(amount_micros) FROM ledger_postings WHERE transaction_id = NEW.id AND side = 'credit') "
        "BEGIN SELECT RAISE(ABORT, 'debits and credits of a transaction must be equal'); END",
    ),
    "ledger_postings": (
        *(_never("ledger_postings", change) for change in ("UPDATE", "DELETE")),
        "CREATE TRIGGER ledger_postings_unsealed BEFORE INSERT ON ledger_postings "
        "WHEN EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.transaction_id) "
        "OR EXISTS (SELECT 1 FROM ledger_postings "
        "WHERE transaction_id = NEW.transaction_id AND position = NEW.position) "
        "BEGIN SELECT RAISE(ABORT, 'a sealed transaction gets no further postings'); END",
    ),
    "royalty_closings": (
        *(_never("royalty_closings", change) for change in ("UPDATE", "DELETE")),
        "CREATE TRIGGER royalty_closings_next BEFORE INSERT ON royalty_closings "
        "WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM royalty_closings) "
        "OR NEW.first_sequence IS NOT (SELECT COALESCE(MAX(last_sequence), 0) + 1 FROM royalty_closings) "
        "OR NEW.last_sequence < NEW.first_sequence - 1 "
        "OR NEW.previous_hash IS NOT COALESCE("
        "(SELECT hash FROM royalty_closings ORDER BY number DESC LIMIT 1), "
        "'0000000000000000000000000000000000000000000000000000000000000000') "
        "OR EXISTS (SELECT 1 FROM royalty_closings WHERE period >= NEW.period OR hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'a period is closed once, after the one before it'); END",
    ),
}


def trigger_names() -> frozenset[str]:
    """The names of all triggers that must be in the database."""
    return frozenset(statement.split()[2] for statements in SQLITE_TRIGGERS.values() for statement in statements)


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    return tuple(statement for statements in SQLITE_TRIGGERS.values() for statement in statements)


def drop_triggers() -> tuple[str, ...]:
    """The statements that take the triggers away before a migration changes the tables (SQLite)."""
    return tuple(f"DROP TRIGGER IF EXISTS {name}" for name in sorted(trigger_names()))


def _sqlite_only(statement: str) -> ExecutableDDLElement:
    ddl: ExecutableDDLElement = DDL(statement)  # type: ignore[no-untyped-call]
    return ddl.execute_if(dialect="sqlite")


def _create_with_tables() -> None:
    for name, statements in SQLITE_TRIGGERS.items():
        table: Table = Base.metadata.tables[name]
        for statement in statements:
            event.listen(table, "after_create", _sqlite_only(statement))


_create_with_tables()
