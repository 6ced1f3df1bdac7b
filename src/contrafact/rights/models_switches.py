"""The table of the operator's switches. Rows are only ever added; the newest for an operation counts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class SwitchRow(Base):
    """One version of how an operation is rolled out."""

    __tablename__ = "switches"
    __table_args__ = (UniqueConstraint("operation", "version"), CheckConstraint("version >= 1", name="version"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    operation: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)
    switch: Mapped[str] = mapped_column(Text)
    """Canonical JSON of the switch."""
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))


def create_triggers() -> tuple[str, ...]:
    """SQLite refuses to change or remove switches."""
    return append_only({"switches": "id = NEW.id OR (operation = NEW.operation AND version = NEW.version)"})
