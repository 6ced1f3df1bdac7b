"""Withdrawals that were done, and takes that may not be played any more. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class WithdrawalRow(Base):
    """What was withdrawn, and what became of everything that rested on it."""

    __tablename__ = "withdrawals"

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    """Canonical JSON: the same as the preview of that moment."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TakeBlockRow(Base):
    """That a remix may not be played from a moment on, not even by whoever made it."""

    __tablename__ = "take_blocks"
    __table_args__ = (
        CheckConstraint("cause_kind IN ('grant', 'notice', 'dispute')", name="cause_kind"),
        UniqueConstraint("remix_id", "cause_kind", "cause_id", "place"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    remix_id: Mapped[str] = mapped_column(String(40), ForeignKey("remixes.id"), index=True)
    cause_kind: Mapped[str] = mapped_column(String(8))
    cause_id: Mapped[str] = mapped_column(String(64))
    place: Mapped[int] = mapped_column(Integer)
    """1 for the first time that this cause blocks it."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From when on."""
    reason: Mapped[str] = mapped_column(Text)
    """A sentence that its listener reads."""
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TakeBlockEndRow(Base):
    """That a block is over."""

    __tablename__ = "take_block_ends"

    block: Mapped[int] = mapped_column(
        Integer, ForeignKey("take_blocks.sequence"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    return append_only(
        {
            "withdrawals": "id = NEW.id OR sequence = NEW.sequence",
            "take_blocks": (
                "sequence = NEW.sequence OR (remix_id = NEW.remix_id AND cause_kind = NEW.cause_kind "
                "AND cause_id = NEW.cause_id AND place = NEW.place)"
            ),
            "take_block_ends": "block = NEW.block",
        }
    )
