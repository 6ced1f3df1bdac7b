"""Keeping what was decided: snapshots in a chain of hashes, from which every decision can be made again."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from contrafact.kit.canonical import chained
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict, NotFound
from contrafact.kit.ids import new_id
from contrafact.kit.turns import wait_turn
from contrafact.rights import store
from contrafact.rights.decide import replay
from contrafact.rights.models import DecisionRow
from contrafact.rights.values import Decision


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision as it was kept."""

    id: str
    snapshot_sha256: str
    chain_sha256: str


def record(session: Session, decided: Decision, clock: Clock) -> DecisionRecord:
    """Keep a decision's snapshot at the end of the chain."""
    wait_turn(session)
    last = store.last_decision(session)
    previous = last.chain_sha256 if last else store.CHAIN_START
    row = DecisionRow(
        id=new_id("dec"),
        snapshot_sha256=decided.snapshot_sha256,
        previous_sha256=previous,
        chain_sha256=chained(previous, decided.snapshot_sha256),
        outcome=decided.outcome,
        purpose=decided.request.purpose,
        user_id=decided.request.user_id,
        snapshot=decided.snapshot.decode(),
        recorded_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return DecisionRecord(row.id, row.snapshot_sha256, row.chain_sha256)


def decision(session: Session, decision_id: str) -> Decision:
    """A kept decision, decided again from its snapshot.

    Raises
    ------
    NotFound
        When there is no such decision.
    Conflict
        When its snapshot no longer gives the same decision.
    """
    row = store.decision(session, decision_id)
    if row is None:
        raise NotFound(f"there is no decision {decision_id!r}")
    try:
        return replay(row.snapshot.encode())
    except ValueError as error:
        raise Conflict(str(error)) from error


def kept(session: Session) -> Iterator[DecisionRow]:
    """Every decision along the chain, for reading only."""
    yield from store.decisions(session)


def snapshot_by_hash(session: Session, snapshot_sha256: str) -> str | None:
    """The canonical snapshot of a decision that was kept; None when there is none of this hash."""
    return store.snapshot_by_hash(session, snapshot_sha256)


def check_chain(session: Session) -> int:
    """Walk the whole chain of decisions; returns how many there are.

    Raises
    ------
    Conflict
        At the first row that was altered, or before which one is missing.
    """
    previous, count = store.CHAIN_START, 0
    for row in store.decisions(session):
        actual = hashlib.sha256(row.snapshot.encode()).hexdigest()
        whole = (actual, previous, chained(previous, actual)) == (
            row.snapshot_sha256,
            row.previous_sha256,
            row.chain_sha256,
        )
        if not whole:
            raise Conflict(f"the decision {row.id} was altered, or one before it is missing")
        previous, count = row.chain_sha256, count + 1
    return count
