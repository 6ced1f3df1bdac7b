"""Tables of the approval queue and of how often grants were used. Rows are only ever added.

What an owner was asked is one row, what became of it another: nothing is overwritten when an owner thinks again.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class ApprovalRequestRow(Base):
    """What one party was asked about one take, and until when it may answer."""

    __tablename__ = "approval_requests"
    __table_args__ = (
        CheckConstraint("purpose IN ('request', 'release')", name="purpose"),
        CheckConstraint("side IN ('master', 'work', 'voice')", name="side"),
        Index(None, "party_id", "sequence"),
        Index(None, "recipe_sha256"),
        Index(None, "occasion_id"),
        Index(None, "due_at"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    purpose: Mapped[str] = mapped_column(String(8))
    """``request``: its listener wants to hear it; ``release``: to let others hear it."""
    occasion_id: Mapped[str] = mapped_column(String(40))
    """The remix (for ``request``) or the release that waits for the answer."""
    remix_id: Mapped[str] = mapped_column(String(40))
    party_id: Mapped[str] = mapped_column(String(40))
    side: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[str] = mapped_column(String(40))
    grant_ids: Mapped[str] = mapped_column(Text)
    """JSON list of the grants that ask for it."""
    recipe_sha256: Mapped[str] = mapped_column(String(64))
    decision_sha256: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(40))
    asked_by: Mapped[str] = mapped_column(String(80))
    """The pseudonym that the owner sees."""
    about: Mapped[str] = mapped_column(Text)
    """JSON: song, words, operations with extents, label."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApprovalAnswerRow(Base):
    """What became of a request; the newest row counts."""

    __tablename__ = "approval_answers"
    __table_args__ = (
        CheckConstraint("answer IN ('approved', 'refused', 'lapsed', 'cancelled')", name="answer"),
        UniqueConstraint("request_id", "place"),
        CheckConstraint("place >= 1", name="place"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    request_id: Mapped[str] = mapped_column(String(40), ForeignKey("approval_requests.id"))
    place: Mapped[int] = mapped_column(Integer)
    """1 for the first answer; two answers at once cannot have the same place."""
    answer: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    territories: Mapped[str] = mapped_column(Text)
    """JSON of the territories that the approval is narrowed to."""
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purposes: Mapped[str] = mapped_column(String(20))
    """``request``, ``release`` or both with a comma: what the answer speaks about."""
    answered_by: Mapped[str] = mapped_column(String(80))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GrantUseRow(Base):
    """One use of a grant (by series), or its end: what limits of number count."""

    __tablename__ = "grant_uses"
    __table_args__ = (
        CheckConstraint("kind IN ('take', 'returned', 'released', 'ended')", name="kind"),
        CheckConstraint("takes >= 0 AND out >= 0", name="totals"),
        UniqueConstraint("series", "kind", "key"),
        UniqueConstraint("series", "place"),
        Index(None, "series", "user_id"),
        Index(None, "user_id", "artist"),
        Index(None, "remix_id"),
        Index(None, "release_id"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    series: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(64))
    """What makes it one use: the remix for a take, the move for a release and its end."""
    user_id: Mapped[str] = mapped_column(String(40))
    artist: Mapped[str] = mapped_column(String(320))
    """The song's artist as names are compared."""
    remix_id: Mapped[str] = mapped_column(String(40))
    release_id: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[int] = mapped_column(Integer)
    """1 for the first use of the grant; two uses at once cannot have the same place, so that no total is lost."""
    takes: Mapped[int] = mapped_column(Integer)
    """How many takes there are under the grant after this row: totals are read, not counted."""
    out: Mapped[int] = mapped_column(Integer)
    """How many releases are out under the grant after this row."""


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    return append_only(
        {
            "approval_requests": "id = NEW.id OR sequence = NEW.sequence",
            "approval_answers": (
                "id = NEW.id OR sequence = NEW.sequence OR (request_id = NEW.request_id AND place = NEW.place)"
            ),
            "grant_uses": ("sequence = NEW.sequence OR (series = NEW.series AND kind = NEW.kind AND key = NEW.key)"),
        }
    )
