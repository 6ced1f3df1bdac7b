"""Booking a use: idempotent, balanced, chained."""

from datetime import UTC
from typing import Any

from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id
from contrafact.kit.turns import wait_turn
from contrafact.royalties import store
from contrafact.royalties.chain import GENESIS, basis_document, transaction_hash
from contrafact.royalties.contract import Contract
from contrafact.royalties.errors import BadPayout, CurrencyConflict, UsageConflict
from contrafact.royalties.models import UsageEventRow
from contrafact.royalties.schemas import Payout, Posting, Transaction, UsageEvent, total_micros
from contrafact.royalties.split import postings_for, split_name

_MAX_KEY = 240


def book(session: Session, event: UsageEvent, payout: Payout, clock: Clock, contract: Contract) -> Transaction:
    """The transaction of this event: the one that is there, else a new one."""
    if not 1 <= len(event.key) <= _MAX_KEY:
        raise BadPayout(f"A usage event's key has 1 to {_MAX_KEY} characters.")
    if event.occurred_at.tzinfo is None:
        raise ValueError("a moment must say its timezone; pass one from a kit.clock.Clock")
    wait_turn(session)
    existing = store.event_by_key(session, event.key)
    if existing is not None:
        _require_same(existing, event)
        booked = store.transaction_of(session, existing.id)
        if booked is None:
            raise UsageConflict(f"The usage event {existing.id} was never booked: run `contrafact ledger check`.")
        return booked
    return _book_new(session, event, payout, clock, contract)


def _book_new(session: Session, event: UsageEvent, payout: Payout, clock: Clock, contract: Contract) -> Transaction:
    last = store.head(session)
    if last is not None and last[1] != contract.currency:
        raise CurrencyConflict(
            f"The ledger is kept in {last[1]}, and the contract {contract.id} pays in {contract.currency}: "
            f"use a contract in {last[1]}."
        )
    split = split_name(event.kind, event.user_id, payout)
    postings = postings_for(contract, event.kind, split, payout)
    event_row: dict[str, Any] = {
        "id": new_id("use"),
        "kind": event.kind,
        "idempotency_key": event.key,
        "remix_id": event.remix_id,
        "user_id": event.user_id,
        "decision_sha256": event.decision_sha256,
        "occurred_at": event.occurred_at.astimezone(UTC).isoformat(),
        "heard_ms": None if event.heard_s is None else round(event.heard_s * 1000),
    }
    return append(session, event_row, postings, basis_document(split, payout), contract.id, contract.currency, clock)


def append(
    session: Session,
    event_row: dict[str, Any],
    postings: tuple[Posting, ...],
    basis: dict[str, Any],
    contract: str,
    currency: str,
    clock: Clock,
) -> Transaction:
    """Write a transaction at the head of the chain, with its event; the caller knows that the event is new."""
    wait_turn(session)
    last = store.head(session)
    row: dict[str, Any] = {
        "sequence": 1 if last is None else last[0].sequence + 1,
        "id": new_id("txn"),
        "usage_event_id": event_row["id"],
        "currency": currency,
        "total_micros": total_micros(postings),
        "contract": contract,
        "basis": canonical_json(basis).decode(),
        "posted_at": clock.now().astimezone(UTC).isoformat(),
        "previous_hash": GENESIS if last is None else last[0].hash,
    }
    row["hash"] = transaction_hash(row, event_row, postings)
    store.write(session, event_row, row, postings)
    booked = store.transaction_of(session, event_row["id"])
    if booked is None:  # written a moment ago in this very transaction
        raise RuntimeError("the database lost a transaction that it had just taken")
    return booked


def _require_same(existing: UsageEventRow, event: UsageEvent) -> None:
    """A key that comes twice must mean one thing; when it happened and how long may be told differently."""
    if (existing.kind, existing.remix_id, existing.user_id) != (event.kind, event.remix_id, event.user_id):
        raise UsageConflict(f"The key {event.key} belongs to another usage event: every event needs a key of its own.")
