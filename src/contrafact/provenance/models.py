"""Tables of the stay-down registry: sounds that were taken down and shall not come back."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class StaydownRow(Base):
    """A sound that was taken down. Never changes."""

    __tablename__ = "staydown"
    __table_args__ = (
        CheckConstraint("kind IN ('release', 'recording')", name="kind"),
        Index(None, "notice_id"),
        Index(None, "subject_id"),
        Index(None, "recipe_sha256"),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(String(40))
    """The release, or the recording."""
    notice_id: Mapped[str] = mapped_column(String(40))
    recipe_sha256: Mapped[str | None] = mapped_column(String(64))
    content_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of a file that is refused whatever it sounds like."""
    duration_s: Mapped[float] = mapped_column(Float)
    landmarks: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaydownEndRow(Base):
    """That an entry holds no longer: its notice was answered, and what it took down was restored."""

    __tablename__ = "staydown_ends"

    number: Mapped[int] = mapped_column(Integer, ForeignKey("staydown.number"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(300))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaydownKeyRow(Base):
    """Where a key stands in a kept sound: an index that can be made anew from the landmarks."""

    __tablename__ = "staydown_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Time in units of 5 ms times 4096, and pitch in units of a fiftieth semitone."""


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    return append_only({"staydown": "number = NEW.number", "staydown_ends": "number = NEW.number"})
