"""Tables of what people and programs are told: the inbox, webhooks, what is to be delivered and what was."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class NotificationRow(Base):
    """One piece of news for a listener or for a party; only whether it was read changes."""

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (party_id IS NULL)", name="whom"),
        Index(None, "user_id", "sequence"),
        Index(None, "party_id", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str | None] = mapped_column(String(40))
    party_id: Mapped[str | None] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text)
    """Canonical JSON."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookRow(Base):
    """A place that the operator wants told, by Standard Webhooks."""

    __tablename__ = "webhooks"
    __table_args__ = (Index(None, "removed_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    kinds: Mapped[str] = mapped_column(Text)
    """JSON list of the kinds of news; an empty one is all."""
    secret: Mapped[str] = mapped_column(String(120))
    """``whsec_…``: what messages are signed with."""
    allow_private: Mapped[bool]
    """Whether it may lie in a private network."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeliveryRow(Base):
    """One message for one webhook: written with the news itself, sent afterwards."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state"),
        Index(None, "state", "next_at"),
        Index(None, "webhook_id", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    """The message's id, the same for every attempt: who gets it twice can tell."""
    webhook_id: Mapped[str] = mapped_column(String(40), ForeignKey("webhooks.id"))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeliveryAttemptRow(Base):
    """What came of one attempt."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (Index(None, "delivery_id"),)

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    delivery_id: Mapped[str] = mapped_column(String(40), ForeignKey("webhook_deliveries.id"))
    status: Mapped[int | None] = mapped_column(Integer)
    """The HTTP status; None when there was no answer."""
    outcome: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    return append_only({"webhook_attempts": "sequence = NEW.sequence"})
