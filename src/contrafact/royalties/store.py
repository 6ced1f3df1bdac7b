"""Queries on the tables of usage and money; nothing else reads or writes them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, RowMapping, case, func, insert, select, text
from sqlalchemy.orm import Session

from contrafact.kit.evidence import guarded, insert_guards
from contrafact.royalties.models import (
    ListeningSessionRow,
    PostingRow,
    TransactionRow,
    UsageEventRow,
    create_triggers,
)
from contrafact.royalties.schemas import Balance, ChainHead, EntryKind, PartyEarnings, Posting, Transaction

_TRANSACTIONS, _POSTINGS, _EVENTS = TransactionRow.__table__, PostingRow.__table__, UsageEventRow.__table__


@dataclass(frozen=True, slots=True)
class StoredTransaction:
    """A transaction as it lies in the database, believed in nothing."""

    transaction: dict[str, Any]
    event: dict[str, Any] | None
    postings: tuple[Posting, ...]


def event_by_key(session: Session, key: str) -> UsageEventRow | None:
    return session.scalars(select(UsageEventRow).where(UsageEventRow.idempotency_key == key)).one_or_none()


def head(session: Session) -> tuple[ChainHead, str] | None:
    """The last transaction and the ledger's currency."""
    row = session.execute(
        select(TransactionRow.sequence, TransactionRow.hash, TransactionRow.currency)
        .order_by(TransactionRow.sequence.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (ChainHead(row.sequence, row.hash), row.currency)


def write(session: Session, event: dict[str, Any], transaction: dict[str, Any], postings: tuple[Posting, ...]) -> None:
    """Write an event and its transaction; the postings first, because writing the transaction seals them."""
    session.execute(insert(UsageEventRow), [event])
    rows = [
        {
            "transaction_id": transaction["id"],
            "position": position,
            "account": posting.account,
            "side": posting.side,
            "amount_micros": posting.amount_micros,
            "party_id": posting.party_id,
            "name": posting.name,
            "role": posting.role,
            "source_id": posting.source_id,
        }
        for position, posting in enumerate(postings)
    ]
    session.execute(insert(PostingRow), rows)
    session.execute(insert(TransactionRow), [transaction])


def transaction_of(session: Session, event_id: str) -> Transaction | None:
    row = session.scalars(select(TransactionRow).where(TransactionRow.usage_event_id == event_id)).one_or_none()
    if row is None:
        return None
    event = session.get_one(UsageEventRow, event_id)
    query = select(_POSTINGS).where(_POSTINGS.c.transaction_id == row.id).order_by(_POSTINGS.c.position)
    lines = session.execute(query).mappings()
    return Transaction(
        sequence=row.sequence,
        id=row.id,
        event_id=event.id,
        kind=cast(EntryKind, event.kind),
        remix_id=event.remix_id,
        currency=row.currency,
        total_micros=row.total_micros,
        contract=row.contract,
        posted_at=datetime.fromisoformat(row.posted_at),
        hash=row.hash,
        postings=tuple(_posting(line) for line in lines),
    )


def stored_transactions(session: Session, *where: ColumnElement[bool]) -> Iterator[StoredTransaction]:
    """Everything (or what is asked for) in the order of the chain, a few hundred at a time, as it lies there."""
    query = (
        select(
            *(column.label(f"t_{column.name}") for column in _TRANSACTIONS.columns),
            *(column.label(f"e_{column.name}") for column in _EVENTS.columns),
            *(column.label(f"p_{column.name}") for column in _POSTINGS.columns),
        )
        .select_from(
            _TRANSACTIONS.outerjoin(_EVENTS, _EVENTS.c.id == _TRANSACTIONS.c.usage_event_id).outerjoin(
                _POSTINGS, _POSTINGS.c.transaction_id == _TRANSACTIONS.c.id
            )
        )
        .where(*where)
        .order_by(_TRANSACTIONS.c.sequence, _POSTINGS.c.position)
        .execution_options(yield_per=2000)
    )
    for _, rows in groupby(session.execute(query).mappings(), key=lambda row: row["t_sequence"]):
        lines = list(rows)
        first = lines[0]
        yield StoredTransaction(
            transaction={c.name: first[f"t_{c.name}"] for c in _TRANSACTIONS.columns},
            event=None if first["e_id"] is None else {c.name: first[f"e_{c.name}"] for c in _EVENTS.columns},
            postings=tuple(
                _posting({c.name: line[f"p_{c.name}"] for c in _POSTINGS.columns})
                for line in lines
                if line["p_transaction_id"] is not None
            ),
        )


def transactions_holding(session: Session, account: str) -> Iterator[StoredTransaction]:
    """The transactions that credit an account of suspense, in the order of the chain."""
    holding = select(_POSTINGS.c.transaction_id).where(_POSTINGS.c.account == account, _POSTINGS.c.side == "credit")
    # All at once: between two of them others are asked for, and entries are written.
    return iter(list(stored_transactions(session, _TRANSACTIONS.c.id.in_(holding))))


def stored_transaction(session: Session, transaction_id: str) -> StoredTransaction | None:
    """One transaction as it lies there."""
    return next(iter(list(stored_transactions(session, _TRANSACTIONS.c.id == transaction_id))), None)


def transaction_by_key(session: Session, key: str) -> StoredTransaction | None:
    """The transaction of the event with that idempotency key, as it lies there."""
    return next(iter(list(stored_transactions(session, _EVENTS.c.idempotency_key == key))), None)


def loose_ends(session: Session) -> tuple[int, int]:
    """How many usage events have no transaction, and how many postings belong to none."""
    events = select(func.count()).select_from(
        _EVENTS.outerjoin(_TRANSACTIONS, _TRANSACTIONS.c.usage_event_id == _EVENTS.c.id)
    )
    lines = select(func.count()).select_from(
        _POSTINGS.outerjoin(_TRANSACTIONS, _TRANSACTIONS.c.id == _POSTINGS.c.transaction_id)
    )
    missing = _TRANSACTIONS.c.id.is_(None)
    return session.scalar(events.where(missing)) or 0, session.scalar(lines.where(missing)) or 0


_PG_TRIGGERS = (
    "SELECT tgname, CASE WHEN proname LIKE 'contrafact!_%' ESCAPE '!' THEN trim(prosrc) ELSE '' END FROM pg_trigger "
    "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal AND tgenabled = 'O'"
)


def triggers(session: Session) -> dict[str, str]:
    """Name of each trigger that is in force, to its statement in SQLite, to what its function does in PostgreSQL."""
    there = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    if session.get_bind().dialect.name == "postgresql":
        there = _PG_TRIGGERS
    return {str(name): str(said) for name, said in session.execute(text(there))}


def triggers_wanted(session: Session) -> dict[str, str | None]:
    """The same as it must be; None where only that it is there is known."""
    statements = create_triggers()
    if session.get_bind().dialect.name != "postgresql":
        return {statement.split()[2]: statement for statement in statements}
    refused: dict[str, str | None] = {f"{table}_never_changed": None for table in guarded(statements)}
    return refused | {guard.name: guard.source for guard in insert_guards(statements)}


def balances(session: Session, accounts: Collection[str] | None = None) -> tuple[Balance, ...]:
    """What every account holds, or these, in the order of their names."""
    debit = func.sum(PostingRow.amount_micros).filter(PostingRow.side == "debit")
    credit = func.sum(PostingRow.amount_micros).filter(PostingRow.side == "credit")
    query = (
        select(PostingRow.account, func.max(PostingRow.name), func.coalesce(debit, 0), func.coalesce(credit, 0))
        .group_by(PostingRow.account)
        .order_by(PostingRow.account)
    )
    if accounts is not None:
        query = query.where(PostingRow.account.in_(accounts))
    return tuple(Balance(*row) for row in session.execute(query))


def remix_parties(session: Session, remix_id: str) -> tuple[PartyEarnings, ...]:
    """What each party has in each role, the largest first; what was given out of suspense is not there any more."""
    amount = func.sum(case((PostingRow.side == "credit", PostingRow.amount_micros), else_=-PostingRow.amount_micros))
    query = (
        select(PostingRow.party_id, PostingRow.role, func.max(PostingRow.name), amount)
        .join(TransactionRow, TransactionRow.id == PostingRow.transaction_id)
        .join(UsageEventRow, UsageEventRow.id == TransactionRow.usage_event_id)
        .where(UsageEventRow.remix_id == remix_id, PostingRow.party_id.is_not(None))
        .group_by(PostingRow.party_id, PostingRow.role)
        .having(amount != 0)
        .order_by(amount.desc(), PostingRow.party_id, PostingRow.role)
    )
    return tuple(PartyEarnings(party or "", name, role, total) for party, role, name, total in session.execute(query))


def remix_counts(session: Session, remix_id: str) -> dict[str, int]:
    """Kind to number of paid events of a remix."""
    query = (
        select(UsageEventRow.kind, func.count()).where(UsageEventRow.remix_id == remix_id).group_by(UsageEventRow.kind)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count_plays(session: Session, state: str, **where: str) -> int:
    """Listenings in a state, narrowed by ``user_id``, ``remix_id`` and ``day``."""
    query = select(func.count()).select_from(ListeningSessionRow).where(ListeningSessionRow.state == state)
    return session.scalar(query.filter_by(**where)) or 0


def paid_plays(session: Session) -> int:
    query = select(func.count()).select_from(UsageEventRow).where(UsageEventRow.kind == "play")
    return session.scalar(query) or 0


def listening(session: Session, user_id: str, remix_id: str, play_id: str) -> ListeningSessionRow | None:
    return session.get(ListeningSessionRow, (user_id, remix_id, play_id))


def add_listening(session: Session, row: ListeningSessionRow) -> ListeningSessionRow:
    session.add(row)
    return row


def _posting(row: Mapping[str, Any] | RowMapping) -> Posting:
    return Posting(
        account=row["account"],
        side=row["side"],
        amount_micros=row["amount_micros"],
        party_id=row["party_id"],
        name=row["name"],
        role=row["role"],
        source_id=row["source_id"],
    )
