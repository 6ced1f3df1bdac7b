"""The only place with queries on the remixes' tables."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contrafact.remixes.tables.models import ExportRow, RemixRow, TakeRow

UNDER_WAY = ("queued", "rendering")


def remix(session: Session, remix_id: str, locked: bool = False) -> RemixRow | None:
    """A remix; ``locked`` against others who end it at once (SQLite has one writer anyway)."""
    return session.get(RemixRow, remix_id, with_for_update=locked or None)


def some(session: Session, remix_ids: Collection[str]) -> Sequence[RemixRow]:
    """Remixes by id, in no order; those that there are."""
    return session.scalars(select(RemixRow).where(RemixRow.id.in_(remix_ids))).all()


def take(session: Session, key: str) -> TakeRow | None:
    return session.get(TakeRow, key)


def of_user(session: Session, user_id: str, limit: int = 200) -> Sequence[RemixRow]:
    """A listener's remixes, newest first."""
    newest = (RemixRow.created_at.desc(), RemixRow.id.desc())
    return session.scalars(select(RemixRow).where(RemixRow.user_id == user_id).order_by(*newest).limit(limit)).all()


def under_way(session: Session) -> Sequence[RemixRow]:
    """Everybody's remixes that wait or are being made, oldest first."""
    query = select(RemixRow).where(RemixRow.status.in_(UNDER_WAY)).order_by(RemixRow.created_at, RemixRow.id)
    return session.scalars(query).all()


def same_remix(
    session: Session, user_id: str, recording_id: str, take_key: str, parent_remix_id: str | None = None
) -> RemixRow | None:
    """The remix of a listener that has this take, finished or held, if there is one."""
    query = select(RemixRow).where(
        RemixRow.user_id == user_id,
        RemixRow.recording_id == recording_id,
        RemixRow.take_key == take_key,
        RemixRow.parent_remix_id.is_not_distinct_from(parent_remix_id),
        RemixRow.status.in_(("ready", "held")),
    )
    return session.scalars(query.order_by(RemixRow.created_at, RemixRow.id).limit(1)).first()


def with_recipe(session: Session, recipe_sha256: str) -> Sequence[RemixRow]:
    """Everybody's remixes of a recipe, oldest first."""
    query = select(RemixRow).where(RemixRow.recipe_sha256 == recipe_sha256)
    return session.scalars(query.order_by(RemixRow.created_at, RemixRow.id)).all()


def held(session: Session) -> Sequence[RemixRow]:
    """Everybody's remixes that wait for an owner, oldest first."""
    query = select(RemixRow).where(RemixRow.status == "held")
    return session.scalars(query.order_by(RemixRow.created_at, RemixRow.id)).all()


def export(session: Session, remix_id: str, suffix: str) -> ExportRow | None:
    return session.get(ExportRow, (remix_id, suffix))


def count_under_way(session: Session, user_id: str) -> int:
    query = select(func.count()).where(RemixRow.user_id == user_id, RemixRow.status.in_(UNDER_WAY))
    return session.scalar(query) or 0


def counts_by_recording(session: Session, recording_ids: Collection[str] | None = None) -> dict[str, int]:
    """How many finished remixes each recording has; of all, or of some."""
    ready = select(RemixRow.recording_id, func.count()).where(RemixRow.status == "ready")
    if recording_ids is not None:
        ready = ready.where(RemixRow.recording_id.in_(recording_ids))
    return {row[0]: row[1] for row in session.execute(ready.group_by(RemixRow.recording_id))}
