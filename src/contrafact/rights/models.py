"""Tables of the rights slice: grants by version, and decisions as a chain of snapshots. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class GrantRow(Base):
    """One version of a grant; ``subject_id`` and ``party_id`` are the catalogue's ids."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("series", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("side IN ('master', 'work', 'voice')", name="side"),
        CheckConstraint("status IN ('active', 'withdrawn')", name="status"),
        Index(None, "subject_id", "side", "party_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    series: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    side: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[str] = mapped_column(String(40))
    party_id: Mapped[str] = mapped_column(String(40))
    authority: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(32))
    """``preset:open``, ``terms``, …: how the grant came to be."""
    status: Mapped[str] = mapped_column(String(16))
    terms: Mapped[str] = mapped_column(Text)
    """Canonical JSON of the terms."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))


class DecisionRow(Base):
    """One recorded decision; ``chain_sha256`` covers the previous row's, so that none can be altered or left out."""

    __tablename__ = "decisions"

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    snapshot_sha256: Mapped[str] = mapped_column(String(64), index=True)
    previous_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    chain_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    outcome: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str] = mapped_column(String(64), index=True)
    snapshot: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def create_triggers() -> tuple[str, ...]:
    """SQLite refuses to change or remove grants and decisions, and a decision that is not added at the chain's head."""
    taken = {"grants": "id = NEW.id OR (series = NEW.series AND version = NEW.version)", "decisions": "id = NEW.id"}
    return (
        *append_only(taken),
        "CREATE TRIGGER decisions_next BEFORE INSERT ON decisions "  # noqa: S608
        "WHEN NEW.previous_sha256 IS NOT COALESCE("
        "(SELECT chain_sha256 FROM decisions ORDER BY sequence DESC LIMIT 1), "
        f"'{'0' * 64}') "
        "BEGIN SELECT RAISE(ABORT, 'a decision continues the chain at its head'); END",
    )
