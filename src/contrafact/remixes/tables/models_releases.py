"""Tables of releases: what others may hear, and every move that led there.

The state of a release is kept with it for quick lists; the moves are the evidence: rows of them are only ever added.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only

_STATES = "('pending', 'released', 'unlisted', 'frozen', 'taken_down', 'refused')"
_LIVE = text("state IN ('pending', 'released', 'unlisted', 'frozen')")


class ReleaseRow(Base):
    """One release of a remix; a remix has at most one that is not over."""

    __tablename__ = "releases"
    __table_args__ = (
        CheckConstraint(f"state IN {_STATES}", name="state"),
        Index("ix_releases_one_live", "remix_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(None, "remix_id"),
        Index(None, "user_id"),
        Index(None, "state", "released_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    remix_id: Mapped[str] = mapped_column(String(40), ForeignKey("remixes.id"))
    user_id: Mapped[str] = mapped_column(String(40))
    isrc: Mapped[str | None] = mapped_column(String(12), unique=True)
    """Its own; None where the operator has no registrant's prefix."""
    state: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(Text)
    decision_sha256: Mapped[str] = mapped_column(String(64))
    """The decision that its state rests on: made when it was asked for, and again when it was released."""
    duties_json: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When others could first hear it."""


class ReleaseMoveRow(Base):
    """One move of a release, the promise of one at ``due_at``, or the end of a promise that will not be kept."""

    __tablename__ = "release_moves"
    __table_args__ = (
        CheckConstraint(f"from_state IS NULL OR from_state IN {_STATES}", name="from_state"),
        CheckConstraint(f"to_state IN {_STATES}", name="to_state"),
        CheckConstraint(f"asks IS NULL OR asks IN {_STATES}", name="asks"),
        CheckConstraint("kind IN ('done', 'promised', 'called_off')", name="kind"),
        CheckConstraint("(kind = 'promised') = (due_at IS NOT NULL)", name="promise"),
        UniqueConstraint("settles"),
        Index(None, "release_id", "sequence"),
        Index(None, "cause_kind", "cause_id"),
        Index(None, "due_at"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    release_id: Mapped[str] = mapped_column(String(40), ForeignKey("releases.id"))
    kind: Mapped[str] = mapped_column(String(12))
    from_state: Mapped[str | None] = mapped_column(String(12))
    """None for the first."""
    to_state: Mapped[str] = mapped_column(String(12))
    """Equal to ``from_state`` where nothing is seen of it: another cause is stricter, or a promise was called off."""
    by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    """A sentence that the listener reads."""
    cause_kind: Mapped[str] = mapped_column(String(16))
    cause_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a promised move is to be done; None for a move that is done."""
    settles: Mapped[str | None] = mapped_column(String(40))
    """The promise that this move keeps or calls off."""
    asks: Mapped[str | None] = mapped_column(String(12))
    """What its cause wants from now on; None when the cause wants nothing any more. What is seen (``to_state``) is the
    strictest of what all causes want."""


class IsrcCounterRow(Base):
    """How many of our own ISRCs of a year were given; counted up, never down."""

    __tablename__ = "isrc_counters"
    __table_args__ = (CheckConstraint("given >= 0 AND given <= 99999", name="given"),)

    prefix: Mapped[str] = mapped_column(String(5), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    given: Mapped[int] = mapped_column(Integer)


def create_triggers() -> tuple[str, ...]:
    """The statements that a migration runs after it made the tables (SQLite)."""
    return append_only(
        {
            "release_moves": (
                "id = NEW.id OR sequence = NEW.sequence OR (NEW.settles IS NOT NULL AND settles = NEW.settles)"
            )
        }
    )
