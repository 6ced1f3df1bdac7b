"""Tables of who owns what: statements of shares, mandates, people, announced recordings, and what was changed.

What is evidence is only ever added to; a statement says how many shares it has, so that none can be slipped in later.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.catalogue.ownership import (
    ChangeSubject,
    MandateRole,
    MandateSide,
    MandateStatus,
    PersonStatus,
    StatedSide,
)
from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class StatementRow(Base):
    """Who holds a recording or a work, as somebody stated it at one time; the latest version holds."""

    __tablename__ = "ownership_statements"
    __table_args__ = (
        UniqueConstraint("subject_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("share_count >= 0", name="share_count"),
        CheckConstraint("side IN ('master', 'work')", name="side"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    side: Mapped[StatedSide] = mapped_column(String(8))
    subject_id: Mapped[str] = mapped_column(String(40))
    """The recording of a master, announced or there, or the work."""
    version: Mapped[int] = mapped_column(Integer)
    share_count: Mapped[int] = mapped_column(Integer)
    stated_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300))
    evidence: Mapped[str] = mapped_column(Text)
    """What it rests on, in words: a contract's number, a message, a file and its line."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StatedShareRow(Base):
    """One share of a statement: whose, how much, where and in which time ``[valid_from, valid_to)``."""

    __tablename__ = "ownership_shares"
    __table_args__ = (
        CheckConstraint("0 < numerator AND numerator <= denominator", name="share"),
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from < valid_to", name="validity"),
    )

    statement_id: Mapped[str] = mapped_column(ForeignKey("ownership_statements.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)
    include: Mapped[str] = mapped_column(Text)
    """``Worldwide`` or country codes, with spaces between."""
    exclude: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MandateRow(Base):
    """One version of a party's word that another may grant in its name; ending it is a version too."""

    __tablename__ = "mandates"
    __table_args__ = (
        UniqueConstraint("series", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("status IN ('active', 'ended')", name="status"),
        CheckConstraint("role IN ('administrator', 'agent', 'distributor')", name="role"),
        CheckConstraint("side IN ('master', 'work', 'voice')", name="side"),
        CheckConstraint("principal_id <> agent_id", name="parties"),
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from < valid_to", name="validity"),
        Index(None, "principal_id", "series"),
        Index(None, "principal_id", "subject_id"),
        Index(None, "agent_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    series: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[MandateStatus] = mapped_column(String(8))
    principal_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    agent_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    role: Mapped[MandateRole] = mapped_column(String(16))
    side: Mapped[MandateSide] = mapped_column(String(8))
    subject_id: Mapped[str | None] = mapped_column(String(40))
    operations: Mapped[str | None] = mapped_column(Text)
    """What the agent may grant, with spaces between; NULL is everything."""
    include: Mapped[str] = mapped_column(Text)
    exclude: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stated_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300))
    evidence: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonRow(Base):
    """One version of what is known of a performer: alive or not, of age or not, and who speaks for them."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("party_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("status IN ('living', 'deceased')", name="status"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    party_id: Mapped[str] = mapped_column(ForeignKey("parties.id"))
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[PersonStatus] = mapped_column(String(16))
    born_on: Mapped[date | None] = mapped_column(Date)
    """Personal data: for staff only."""
    guardians: Mapped[str] = mapped_column(Text)
    """Ids of parties, with spaces between."""
    estate: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300))
    evidence: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnnouncedRow(Base):
    """A recording that somebody told of before its sound came; the sound takes its id, its work and its owners over."""

    __tablename__ = "announced_recordings"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    work_id: Mapped[str] = mapped_column(ForeignKey("works.id"), index=True)
    isrc: Mapped[str | None] = mapped_column(String(12), unique=True)
    reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    artist: Mapped[str] = mapped_column(String(300))
    album: Mapped[str | None] = mapped_column(String(300))
    label: Mapped[str | None] = mapped_column(String(300), index=True)
    genres: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChangeRow(Base):
    """What was changed of a recording, a work or a party besides shares: from what to what, by whom and why."""

    __tablename__ = "catalogue_changes"
    __table_args__ = (
        CheckConstraint("subject IN ('recording', 'work', 'party')", name="subject"),
        Index(None, "subject_id", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    subject: Mapped[ChangeSubject] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(32))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    stated_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def ownership_triggers() -> tuple[str, ...]:
    """SQLite refuses to change or remove statements, shares, mandates, people and changes, or to add to them late."""
    taken = {
        "ownership_statements": "subject_id = NEW.subject_id AND version >= NEW.version OR id = NEW.id",
        "ownership_shares": "statement_id = NEW.statement_id AND position = NEW.position",
        "mandates": "series = NEW.series AND version >= NEW.version OR id = NEW.id",
        "people": "party_id = NEW.party_id AND version >= NEW.version OR id = NEW.id",
        "catalogue_changes": "sequence = NEW.sequence",
    }
    return (
        *append_only(taken),
        "CREATE TRIGGER ownership_shares_counted BEFORE INSERT ON ownership_shares "
        "WHEN NEW.position NOT BETWEEN 0 AND "
        "(SELECT share_count - 1 FROM ownership_statements WHERE id = NEW.statement_id) "
        "BEGIN SELECT RAISE(ABORT, 'a statement gets no further shares'); END",
    )
