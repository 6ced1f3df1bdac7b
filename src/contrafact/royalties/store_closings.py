"""Queries on closed months, and on the ledger by ranges of its chain."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from contrafact.royalties.models import ClosingRow, PostingRow, TransactionRow, UsageEventRow
from contrafact.royalties.schemas import EntryKind, StatementLine


def closing(session: Session, period: str) -> ClosingRow | None:
    return session.scalars(select(ClosingRow).where(ClosingRow.period == period)).one_or_none()


def last(session: Session) -> ClosingRow | None:
    """The month that was closed last."""
    return session.scalars(select(ClosingRow).order_by(ClosingRow.number.desc()).limit(1)).one_or_none()


def all_closings(session: Session) -> Sequence[ClosingRow]:
    return session.scalars(select(ClosingRow).order_by(ClosingRow.number)).all()


def last_before(session: Session, moment: str, first: int) -> int:
    """The last transaction, from ``first`` on, that was posted before a moment; the one before ``first`` where none."""
    query = select(func.max(TransactionRow.sequence)).where(
        TransactionRow.sequence >= first, TransactionRow.posted_at < moment
    )
    return session.scalar(query) or first - 1


def hash_of(session: Session, sequence: int) -> str | None:
    return session.scalar(select(TransactionRow.hash).where(TransactionRow.sequence == sequence))


def posted_at(session: Session, sequence: int) -> str | None:
    return session.scalar(select(TransactionRow.posted_at).where(TransactionRow.sequence == sequence))


def name_of(session: Session, party_id: str) -> str | None:
    """By which name money was booked for a party last; None where none ever was."""
    query = (
        select(PostingRow.name)
        .join(TransactionRow, TransactionRow.id == PostingRow.transaction_id)
        .where(PostingRow.party_id == party_id)
        .order_by(TransactionRow.sequence.desc())
        .limit(1)
    )
    return session.scalar(query)


def owed(session: Session, party_id: str, until: int) -> int:
    """What was booked for a party up to a transaction, less what was taken from it."""
    query = (
        select(func.coalesce(func.sum(_amount()), 0))
        .join(TransactionRow, TransactionRow.id == PostingRow.transaction_id)
        .where(PostingRow.party_id == party_id, TransactionRow.sequence <= until)
    )
    return int(session.scalar(query) or 0)


def lines(session: Session, party_id: str, first: int, until: int) -> tuple[StatementLine, ...]:
    """What was booked for a party in a range of the chain, by what it was for."""
    query = (
        select(
            UsageEventRow.kind,
            PostingRow.role,
            PostingRow.source_id,
            func.count(),
            func.coalesce(func.sum(_amount()), 0),
        )
        .join(TransactionRow, TransactionRow.id == PostingRow.transaction_id)
        .join(UsageEventRow, UsageEventRow.id == TransactionRow.usage_event_id)
        .where(PostingRow.party_id == party_id, TransactionRow.sequence.between(first, until))
        .group_by(UsageEventRow.kind, PostingRow.role, PostingRow.source_id)
        .order_by(UsageEventRow.kind, PostingRow.role, PostingRow.source_id)
    )
    return tuple(
        StatementLine(cast(EntryKind, kind), role, recording_id, times, amount)
        for kind, role, recording_id, times, amount in session.execute(query)
    )


def _amount() -> ColumnElement[int]:
    return case((PostingRow.side == "credit", PostingRow.amount_micros), else_=-PostingRow.amount_micros)
