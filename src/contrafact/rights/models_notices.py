"""Tables of notices, of what was done about them, and of the public log. Rows are only ever added, but for counters."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class NoticeRow(Base):
    """A notice as it came, with everything personal in it: nothing of that leaves this table."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("channel IN ('form', 'file', 'staff')", name="channel"),
        UniqueConstraint("document_sha256"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    channel: Mapped[str] = mapped_column(String(8))
    document: Mapped[str] = mapped_column(Text)
    """Canonical JSON."""
    document_sha256: Mapped[str] = mapped_column(String(64))
    """The same notice served twice is one."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeEventRow(Base):
    """One step of a notice; the newest says where it stands."""

    __tablename__ = "notice_events"
    __table_args__ = (
        CheckConstraint(
            "state IN ('received', 'incomplete', 'accepted', 'rejected', 'taken_down', 'counter_notice', "
            "'restored', 'upheld')",
            name="state",
        ),
        CheckConstraint("place >= 1", name="place"),
        UniqueConstraint("notice_id", "place"),
        Index(None, "state", "due_at"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    notice_id: Mapped[str] = mapped_column(String(40), ForeignKey("notices.id"))
    place: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    """Canonical JSON: what was missing, what was added, the counter-notice, the statement of reasons."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the next step is due."""
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeTargetRow(Base):
    """A release that was taken down by a notice, and whose it was."""

    __tablename__ = "notice_targets"
    __table_args__ = (Index(None, "user_id"), Index(None, "release_id"))

    notice_id: Mapped[str] = mapped_column(String(40), ForeignKey("notices.id"), primary_key=True)
    release_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    remix_id: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str] = mapped_column(String(40))


class PublicLogRow(Base):
    """One public entry; its hash covers the one before it."""

    __tablename__ = "public_log"

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """1, 2, 3, … without gaps."""
    entry: Mapped[str] = mapped_column(Text)
    """Canonical JSON without personal data."""
    previous_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)


class FormCounterRow(Base):
    """How often somebody used a public form in one window of time; counted up, and removed when it is over."""

    __tablename__ = "form_counters"
    __table_args__ = (CheckConstraint("count >= 1", name="count"), Index(None, "window_start"))

    form: Mapped[str] = mapped_column(String(24), primary_key=True)
    sender: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A hash of the address with the window: addresses are not kept."""
    window_start: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    statements = append_only(
        {
            "notices": "id = NEW.id OR sequence = NEW.sequence OR document_sha256 = NEW.document_sha256",
            "notice_events": (
                "id = NEW.id OR sequence = NEW.sequence OR (notice_id = NEW.notice_id AND place = NEW.place)"
            ),
            "notice_targets": "notice_id = NEW.notice_id AND release_id = NEW.release_id",
            "public_log": "sequence = NEW.sequence OR sha256 = NEW.sha256",
        }
    )
    follows = (
        "CREATE TRIGGER public_log_next BEFORE INSERT ON public_log "  # noqa: S608  # our own table
        "WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM public_log) "
        "OR NEW.previous_sha256 IS NOT COALESCE("
        "(SELECT sha256 FROM public_log ORDER BY sequence DESC LIMIT 1), "
        f"'{'0' * 64}') "
        "BEGIN SELECT RAISE(ABORT, 'an entry continues the public log at its head'); END"
    )
    return (*statements, follows)
