"""Takes that were made rightly and may not be played any more: not only not by others, but at all."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict
from contrafact.remixes.tables import store_blocks as store
from contrafact.remixes.tables.models_blocks import TakeBlockEndRow, TakeBlockRow

BlockCause = Literal["grant", "notice", "dispute"]


class TakenAway(Conflict):
    """A take that its listener had may not be played any more."""

    http_status, code = 451, "taken_away"


def block(
    session: Session,
    remix_id: str,
    *,
    cause: tuple[BlockCause, str],
    due_at: datetime,
    reason: str,
    by: str,
    clock: Clock,
) -> None:
    """Keep a take from being played from ``due_at`` on; the same cause again changes nothing."""
    if any((row.cause_kind, row.cause_id) == cause for row in store.blocks(session, remix_id)):
        return
    session.add(
        TakeBlockRow(
            remix_id=remix_id,
            cause_kind=cause[0],
            cause_id=cause[1],
            place=store.times_blocked(session, remix_id, *cause) + 1,
            due_at=due_at,
            reason=reason,
            by=by[:80],
            at=clock.now(),
        )
    )
    session.flush()


def unblock(session: Session, *, cause: tuple[BlockCause, str], reason: str, by: str, clock: Clock) -> int:
    """Undo what a cause blocks, or would; returns how many takes."""
    rows = store.blocks_of_cause(session, *cause)
    for row in rows:
        session.add(TakeBlockEndRow(block=row.sequence, reason=reason, by=by[:80], at=clock.now()))
    session.flush()
    return len(rows)


def unblock_take(session: Session, remix_id: str, kind: BlockCause, *, reason: str, by: str, clock: Clock) -> int:
    """Undo what all causes of one kind block of one take; returns how many there were."""
    rows = [row for row in store.blocks(session, remix_id) if row.cause_kind == kind]
    for row in rows:
        session.add(TakeBlockEndRow(block=row.sequence, reason=reason, by=by[:80], at=clock.now()))
    session.flush()
    return len(rows)


def require_playable(session: Session, remix_id: str, clock: Clock) -> None:
    """Refuse a take that may not be played any more.

    Raises
    ------
    TakenAway
        With the reason.
    """
    reason = why_not_playable(session, remix_id, clock)
    if reason is not None:
        raise TakenAway(reason)


def why_not_playable(session: Session, remix_id: str, clock: Clock) -> str | None:
    """Why a take may not be played any more; None while it may."""
    due = (row.reason for row in store.blocks(session, remix_id) if row.due_at <= clock.now())
    return next(due, None)
