"""Queries on the remixes of a recording, for its owner."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from contrafact.remixes.tables.models import RemixRow

UNFINISHED = ("queued", "rendering", "held")


def _of(recording_id: str) -> ColumnElement[bool]:
    return or_(RemixRow.recording_id == recording_id, RemixRow.guest_recording_id == recording_id)


def count(session: Session, recording_id: str) -> int:
    """How many remixes were asked for, those that were not made as well."""
    return session.scalar(select(func.count()).select_from(RemixRow).where(_of(recording_id))) or 0


def page(session: Session, recording_id: str, start: int, most: int) -> Sequence[RemixRow]:
    """Remixes of a recording, newest first."""
    newest = (RemixRow.created_at.desc(), RemixRow.id.desc())
    return session.scalars(select(RemixRow).where(_of(recording_id)).order_by(*newest).offset(start).limit(most)).all()


def alive(session: Session) -> Iterator[RemixRow]:
    """Every remix that is being made or was made, oldest first."""
    query = select(RemixRow).where(RemixRow.status.not_in(("failed", "cancelled"))).order_by(RemixRow.created_at)
    yield from session.scalars(query.execution_options(yield_per=200))
