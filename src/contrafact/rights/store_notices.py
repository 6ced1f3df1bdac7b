"""The only place with queries on notices, the public log and counters of forms."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from contrafact.rights.models_notices import FormCounterRow, NoticeEventRow, NoticeRow, NoticeTargetRow, PublicLogRow


def notice(session: Session, notice_id: str) -> NoticeRow | None:
    return session.scalars(select(NoticeRow).where(NoticeRow.id == notice_id)).first()


def notice_by_content(session: Session, document_sha256: str) -> NoticeRow | None:
    return session.scalars(select(NoticeRow).where(NoticeRow.document_sha256 == document_sha256)).first()


def notices(session: Session, limit: int) -> Sequence[NoticeRow]:
    """Newest first."""
    return session.scalars(select(NoticeRow).order_by(NoticeRow.sequence.desc()).limit(limit)).all()


def events(session: Session, notice_id: str) -> Sequence[NoticeEventRow]:
    query = select(NoticeEventRow).where(NoticeEventRow.notice_id == notice_id)
    return session.scalars(query.order_by(NoticeEventRow.place)).all()


def due(session: Session, at: datetime, states: Collection[str]) -> Sequence[NoticeEventRow]:
    """The newest events of notices in these states whose next step was due by then, the longest due first."""
    later = aliased(NoticeEventRow)
    newer = select(later.id).where(later.notice_id == NoticeEventRow.notice_id, later.place > NoticeEventRow.place)
    query = select(NoticeEventRow).where(
        NoticeEventRow.due_at.is_not(None),
        NoticeEventRow.due_at <= at,
        NoticeEventRow.state.in_(states),
        ~newer.exists(),
    )
    return session.scalars(query.order_by(NoticeEventRow.due_at, NoticeEventRow.sequence)).all()


def targets(session: Session, notice_id: str) -> Sequence[NoticeTargetRow]:
    query = select(NoticeTargetRow).where(NoticeTargetRow.notice_id == notice_id)
    return session.scalars(query.order_by(NoticeTargetRow.release_id)).all()


def notices_against(session: Session, user_id: str) -> Sequence[str]:
    """Ids of the notices that took down something of this user."""
    query = select(NoticeTargetRow.notice_id).where(NoticeTargetRow.user_id == user_id).distinct()
    return session.scalars(query.order_by(NoticeTargetRow.notice_id)).all()


def log_head(session: Session) -> PublicLogRow | None:
    return session.scalars(select(PublicLogRow).order_by(PublicLogRow.sequence.desc()).limit(1)).first()


def log_rows(session: Session) -> Iterator[PublicLogRow]:
    query = select(PublicLogRow).order_by(PublicLogRow.sequence).execution_options(yield_per=500)
    yield from session.scalars(query)


def log_page(session: Session, before: int | None, limit: int) -> Sequence[PublicLogRow]:
    """Newest first."""
    query = select(PublicLogRow)
    if before is not None:
        query = query.where(PublicLogRow.sequence < before)
    return session.scalars(query.order_by(PublicLogRow.sequence.desc()).limit(limit)).all()


def log_size(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PublicLogRow)) or 0


def counter(session: Session, form: str, sender: str, window_start: datetime) -> FormCounterRow | None:
    return session.get(FormCounterRow, (form, sender, window_start))


def forget_counters(session: Session, before: datetime) -> None:
    session.execute(delete(FormCounterRow).where(FormCounterRow.window_start < before))


def notices_about(session: Session, remix_id: str) -> Sequence[str]:
    """Ids of the notices that took down a release of this remix, the newest first."""
    query = select(NoticeTargetRow.notice_id).join(NoticeRow, NoticeRow.id == NoticeTargetRow.notice_id)
    query = query.where(NoticeTargetRow.remix_id == remix_id).group_by(NoticeTargetRow.notice_id)
    return session.scalars(query.order_by(func.max(NoticeRow.sequence).desc())).all()
