"""The only place with queries on what rests on grants, and on withdrawals that were done."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_blocks import WithdrawalRow
from contrafact.remixes.tables.models_releases import ReleaseRow

_ALIVE = ("queued", "rendering", "held", "ready")


def remixes_of(session: Session, recording_ids: Collection[str]) -> Sequence[RemixRow]:
    """Takes of these recordings that are there or under way, the oldest first."""
    uses = RemixRow.recording_id.in_(recording_ids) | RemixRow.guest_recording_id.in_(recording_ids)
    query = select(RemixRow).where(uses, RemixRow.status.in_(_ALIVE))
    return session.scalars(query.order_by(RemixRow.created_at, RemixRow.id)).all()


def children_of(session: Session, remix_ids: Collection[str]) -> Sequence[RemixRow]:
    """Takes made from any of these that are there or under way."""
    query = select(RemixRow).where(RemixRow.parent_remix_id.in_(remix_ids), RemixRow.status.in_(_ALIVE))
    return session.scalars(query.order_by(RemixRow.created_at, RemixRow.id)).all()


def releases_of(session: Session, remix_ids: Collection[str]) -> dict[str, ReleaseRow]:
    """The newest release of each remix that was ever released, but for those that were refused."""
    query = select(ReleaseRow).where(ReleaseRow.remix_id.in_(remix_ids), ReleaseRow.state != "refused")
    rows = session.scalars(query.order_by(ReleaseRow.created_at, ReleaseRow.id))
    return {row.remix_id: row for row in rows}


def withdrawals(session: Session, limit: int) -> Sequence[WithdrawalRow]:
    """Newest first."""
    return session.scalars(select(WithdrawalRow).order_by(WithdrawalRow.sequence.desc()).limit(limit)).all()
