"""The only place with queries on the inbox, the webhooks and their deliveries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from contrafact.remixes.news.models_inbox import DeliveryAttemptRow, DeliveryRow, NotificationRow, WebhookRow


def _whom(user_id: str | None) -> ColumnElement[bool]:
    """News of one listener, or with None of all parties."""
    return NotificationRow.party_id.is_not(None) if user_id is None else NotificationRow.user_id == user_id


def news(
    session: Session, user_id: str | None, limit: int, before: int | None, unread_only: bool
) -> Sequence[NotificationRow]:
    """The newest news of a listener (None: of the parties); ``before`` pages on."""
    query = select(NotificationRow).where(_whom(user_id))
    if before is not None:
        query = query.where(NotificationRow.sequence < before)
    if unread_only:
        query = query.where(NotificationRow.read_at.is_(None))
    return session.scalars(query.order_by(NotificationRow.sequence.desc()).limit(limit)).all()


def count_unread(session: Session, user_id: str | None) -> int:
    query = select(func.count()).select_from(NotificationRow).where(_whom(user_id), NotificationRow.read_at.is_(None))
    return session.scalar(query) or 0


def mark_read(session: Session, user_id: str | None, up_to: int, at: datetime) -> None:
    """All news up to a place in the sequence was read."""
    session.execute(
        update(NotificationRow)
        .where(_whom(user_id), NotificationRow.sequence <= up_to, NotificationRow.read_at.is_(None))
        .values(read_at=at)
    )


def webhooks(session: Session) -> Sequence[WebhookRow]:
    """The webhooks that were not removed."""
    query = select(WebhookRow).where(WebhookRow.removed_at.is_(None))
    return session.scalars(query.order_by(WebhookRow.created_at, WebhookRow.id)).all()


def webhook(session: Session, webhook_id: str) -> WebhookRow | None:
    return session.get(WebhookRow, webhook_id)


def delivery(session: Session, delivery_id: str, locked: bool = False) -> DeliveryRow | None:
    """One message; ``locked`` against another sender at once (SQLite has one writer anyway)."""
    query = select(DeliveryRow).where(DeliveryRow.id == delivery_id)
    return session.scalars(query.with_for_update() if locked else query).first()


def waiting_deliveries(session: Session, webhook_id: str) -> Sequence[DeliveryRow]:
    query = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.state == "waiting")
    return session.scalars(query.order_by(DeliveryRow.sequence)).all()


def due_deliveries(session: Session, at: datetime, limit: int = 100) -> Sequence[DeliveryRow]:
    """Messages that wait to be sent now, oldest first."""
    query = select(DeliveryRow).where(DeliveryRow.state == "waiting", DeliveryRow.next_at <= at)
    return session.scalars(query.order_by(DeliveryRow.next_at, DeliveryRow.sequence).limit(limit)).all()


def deliveries(session: Session, webhook_id: str, limit: int = 50) -> Sequence[DeliveryRow]:
    """The newest messages for a webhook."""
    query = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
    return session.scalars(query.order_by(DeliveryRow.sequence.desc()).limit(limit)).all()


def attempts(session: Session, delivery_id: str) -> Sequence[DeliveryAttemptRow]:
    query = select(DeliveryAttemptRow).where(DeliveryAttemptRow.delivery_id == delivery_id)
    return session.scalars(query.order_by(DeliveryAttemptRow.sequence)).all()
