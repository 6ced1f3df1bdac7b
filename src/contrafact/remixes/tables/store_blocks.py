"""The only place with queries on blocked takes."""

from collections.abc import Sequence

from sqlalchemy import Exists, select
from sqlalchemy.orm import Session

from contrafact.remixes.tables.models_blocks import TakeBlockEndRow, TakeBlockRow


def blocks(session: Session, remix_id: str) -> Sequence[TakeBlockRow]:
    """What blocks a take, or will, the first due first."""
    query = select(TakeBlockRow).where(TakeBlockRow.remix_id == remix_id, ~_over())
    return session.scalars(query.order_by(TakeBlockRow.due_at, TakeBlockRow.sequence)).all()


def blocks_of_cause(session: Session, kind: str, cause_id: str) -> Sequence[TakeBlockRow]:
    """What a cause blocks, or will."""
    query = select(TakeBlockRow).where(TakeBlockRow.cause_kind == kind, TakeBlockRow.cause_id == cause_id, ~_over())
    return session.scalars(query.order_by(TakeBlockRow.sequence)).all()


def times_blocked(session: Session, remix_id: str, kind: str, cause_id: str) -> int:
    """How often a cause blocked a take, those that are over counted."""
    query = select(TakeBlockRow.sequence).where(
        TakeBlockRow.remix_id == remix_id, TakeBlockRow.cause_kind == kind, TakeBlockRow.cause_id == cause_id
    )
    return len(session.scalars(query).all())


def _over() -> Exists:
    return select(TakeBlockEndRow.block).where(TakeBlockEndRow.block == TakeBlockRow.sequence).exists()
