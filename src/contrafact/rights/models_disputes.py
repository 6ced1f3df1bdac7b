"""Tables of disputes, and of what keeps a recording from being used. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class DisputeRow(Base):
    """A claim that somebody else holds, or may not grant, a side of a recording or a work."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("subject_kind IN ('recording', 'work')", name="subject_kind"),
        CheckConstraint("side IN ('master', 'work', 'both')", name="side"),
        CheckConstraint("releases IN ('play', 'freeze')", name="releases"),
        Index(None, "subject_id"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    subject_kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(String(40))
    side: Mapped[str] = mapped_column(String(8))
    """Whose money is held back while it is open."""
    grounds: Mapped[str] = mapped_column(String(16))
    claimant: Mapped[str] = mapped_column(String(300))
    claimant_party_id: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(Text)
    releases: Mapped[str] = mapped_column(String(8))
    """What the operator's setting was when it was opened."""
    opened_by: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DisputeEventRow(Base):
    """Something that happened in a dispute; the newest resolution ends it."""

    __tablename__ = "dispute_events"
    __table_args__ = (
        CheckConstraint("kind IN ('opened', 'note', 'resolved')", name="kind"),
        CheckConstraint("(kind = 'resolved') = (outcome IS NOT NULL)", name="outcome"),
        CheckConstraint("outcome IS NULL OR outcome IN ('upheld', 'rejected', 'settled')", name="outcomes"),
        CheckConstraint("place >= 1", name="place"),
        UniqueConstraint("dispute_id", "place"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    dispute_id: Mapped[str] = mapped_column(String(40), ForeignKey("disputes.id"))
    place: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    statement: Mapped[str | None] = mapped_column(String(120))
    """Of a settlement: by which name the new statement of ownership is found."""
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecordingHoldRow(Base):
    """That something keeps a recording from being used, and what the recording was when it began."""

    __tablename__ = "recording_holds"
    __table_args__ = (
        CheckConstraint("cause_kind IN ('dispute', 'notice', 'owner')", name="cause_kind"),
        CheckConstraint("wants IN ('frozen', 'withdrawn')", name="wants"),
        CheckConstraint("before IN ('active', 'frozen', 'withdrawn')", name="before"),
        UniqueConstraint("cause_kind", "cause_id", "recording_id"),
        Index(None, "recording_id"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    cause_kind: Mapped[str] = mapped_column(String(8))
    cause_id: Mapped[str] = mapped_column(String(64))
    recording_id: Mapped[str] = mapped_column(String(40))
    wants: Mapped[str] = mapped_column(String(12))
    before: Mapped[str] = mapped_column(String(12))
    """As it was before anything held it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecordingHoldEndRow(Base):
    """That a hold is over."""

    __tablename__ = "recording_hold_ends"

    hold: Mapped[int] = mapped_column(
        Integer, ForeignKey("recording_holds.sequence"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    return append_only(
        {
            "disputes": "id = NEW.id OR sequence = NEW.sequence",
            "dispute_events": (
                "id = NEW.id OR sequence = NEW.sequence OR (dispute_id = NEW.dispute_id AND place = NEW.place)"
            ),
            "recording_holds": (
                "sequence = NEW.sequence OR (cause_kind = NEW.cause_kind AND cause_id = NEW.cause_id "
                "AND recording_id = NEW.recording_id)"
            ),
            "recording_hold_ends": "hold = NEW.hold",
        }
    )
