"""The only place with queries on releases and their moves."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import IsrcCounterRow, ReleaseMoveRow, ReleaseRow

LIVE = ("pending", "released", "unlisted", "frozen")


def release(session: Session, release_id: str, locked: bool = False) -> ReleaseRow | None:
    """A release; ``locked`` against others who move it at once (SQLite has one writer anyway)."""
    return session.get(ReleaseRow, release_id, with_for_update=locked or None)


def release_of_isrc(session: Session, isrc: str) -> ReleaseRow | None:
    return session.scalars(select(ReleaseRow).where(ReleaseRow.isrc == isrc)).first()


def live_release(session: Session, remix_id: str) -> ReleaseRow | None:
    """The release of a remix that is not over."""
    query = select(ReleaseRow).where(ReleaseRow.remix_id == remix_id, ReleaseRow.state.in_(LIVE))
    return session.scalars(query).first()


def newest_release(session: Session, remix_id: str) -> ReleaseRow | None:
    """The last release of a remix, over or not."""
    query = select(ReleaseRow).where(ReleaseRow.remix_id == remix_id)
    return session.scalars(query.order_by(ReleaseRow.created_at.desc(), ReleaseRow.id.desc()).limit(1)).first()


def releases_of_remixes(
    session: Session, remix_ids: Collection[str], states: Collection[str] = LIVE
) -> Sequence[ReleaseRow]:
    query = select(ReleaseRow).where(ReleaseRow.remix_id.in_(remix_ids), ReleaseRow.state.in_(states))
    return session.scalars(query.order_by(ReleaseRow.created_at, ReleaseRow.id)).all()


def releases_of_recording(
    session: Session, recording_id: str, states: Collection[str] = LIVE, limit: int = 100_000
) -> Sequence[ReleaseRow]:
    """Releases of remixes that are made from a recording, also by way of other remixes; newest first."""
    uses = (RemixRow.recording_id == recording_id) | (RemixRow.guest_recording_id == recording_id)
    query = select(ReleaseRow).join(RemixRow, RemixRow.id == ReleaseRow.remix_id)
    query = query.where(uses, ReleaseRow.state.in_(states))
    newest = (ReleaseRow.released_at.desc(), ReleaseRow.id.desc())
    return session.scalars(query.order_by(*newest).limit(limit)).all()


def releases_of_user(session: Session, user_id: str, limit: int = 200) -> Sequence[ReleaseRow]:
    query = select(ReleaseRow).where(ReleaseRow.user_id == user_id)
    return session.scalars(query.order_by(ReleaseRow.created_at.desc(), ReleaseRow.id.desc()).limit(limit)).all()


def listed(session: Session, recording_id: str | None, limit: int, before: str | None) -> Sequence[ReleaseRow]:
    """Releases that everybody sees, newest first; ``before`` is the id of the last one of the page before."""
    query = select(ReleaseRow).where(ReleaseRow.state == "released")
    if recording_id is not None:
        query = query.join(RemixRow, RemixRow.id == ReleaseRow.remix_id).where(
            (RemixRow.recording_id == recording_id) | (RemixRow.guest_recording_id == recording_id)
        )
    last = session.get(ReleaseRow, before) if before is not None else None
    if last is not None:
        query = query.where(
            (ReleaseRow.released_at < last.released_at)
            | ((ReleaseRow.released_at == last.released_at) & (ReleaseRow.id < last.id))
        )
    newest = (ReleaseRow.released_at.desc(), ReleaseRow.id.desc())
    return session.scalars(query.order_by(*newest).limit(limit)).all()


def pending(session: Session) -> Sequence[ReleaseRow]:
    """Releases whose own story waits for an owner, also while something else holds them; oldest first."""
    query = select(ReleaseRow).where(ReleaseRow.state.in_(("pending", "frozen")), ReleaseRow.released_at.is_(None))
    return session.scalars(query.order_by(ReleaseRow.created_at, ReleaseRow.id)).all()


def moves(session: Session, release_id: str) -> Sequence[ReleaseMoveRow]:
    """Every move and promise of a release, oldest first."""
    query = select(ReleaseMoveRow).where(ReleaseMoveRow.release_id == release_id)
    return session.scalars(query.order_by(ReleaseMoveRow.sequence)).all()


def promises(
    session: Session,
    *,
    due_by: datetime | None = None,
    release_id: str | None = None,
    cause: tuple[str, str] | None = None,
    limit: int = 1000,
) -> Sequence[ReleaseMoveRow]:
    """Promised moves that are neither kept nor called off, the longest due first."""
    settling = aliased(ReleaseMoveRow)
    settled = select(settling.id).where(settling.settles == ReleaseMoveRow.id).exists()
    query = select(ReleaseMoveRow).where(ReleaseMoveRow.due_at.is_not(None), ~settled)
    if due_by is not None:
        query = query.where(ReleaseMoveRow.due_at <= due_by)
    if release_id is not None:
        query = query.where(ReleaseMoveRow.release_id == release_id)
    if cause is not None:
        query = query.where(ReleaseMoveRow.cause_kind == cause[0], ReleaseMoveRow.cause_id == cause[1])
    return session.scalars(query.order_by(ReleaseMoveRow.due_at, ReleaseMoveRow.sequence).limit(limit)).all()


def children(session: Session, remix_ids: Collection[str]) -> Sequence[RemixRow]:
    """The remixes that are made from any of these."""
    query = select(RemixRow).where(RemixRow.parent_remix_id.in_(remix_ids))
    return session.scalars(query.order_by(RemixRow.created_at, RemixRow.id)).all()


def isrc_counter(session: Session, prefix: str, year: int) -> IsrcCounterRow | None:
    return session.get(IsrcCounterRow, (prefix, year))
