"""Tables of what labels delivered by DDEX: messages, releases and recordings as they told of them, and what came of it.

Everything here is evidence: added, never changed. The newest message of a sender that tells of a release holds.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contrafact.kit.db import Base, UtcDateTime
from contrafact.kit.evidence import append_only


class DeliveredMessageRow(Base):
    """One message that was taken in."""

    __tablename__ = "delivered_messages"
    __table_args__ = (UniqueConstraint("sender_dpid", "message_key"), Index(None, "sha256"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sender_dpid: Mapped[str] = mapped_column(String(18))
    message_key: Mapped[str] = mapped_column(String(200))
    """Its MessageId; the hash of its bytes where it has none."""
    sha256: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(8))
    message_created: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[str] = mapped_column(String(80))


class DeliveredReleaseRow(Base):
    """One release as one message tells of it."""

    __tablename__ = "delivered_releases"
    __table_args__ = (
        UniqueConstraint("message_id", "reference"),
        Index(None, "sender_dpid", "release_key", "message_created"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("delivered_messages.id"))
    sender_dpid: Mapped[str] = mapped_column(String(18))
    release_key: Mapped[str] = mapped_column(String(300))
    """The surest number by which it was told of first; it stays, by whichever number later messages mean it."""
    reference: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    message_created: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[str] = mapped_column(Text)
    """The release and its deals, as JSON."""


class DeliveredNumberRow(Base):
    """One number of a release as one message tells of it: by any of them the sender may mean it later."""

    __tablename__ = "delivered_numbers"
    __table_args__ = (Index(None, "sender_dpid", "number"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("delivered_releases.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(300), primary_key=True)
    """With its scheme: ``icpn:4006381333931``."""
    scheme: Mapped[str] = mapped_column(String(300))
    """``grid``, ``icpn``, or ``id:`` with a namespace."""
    sender_dpid: Mapped[str] = mapped_column(String(18))
    of_track: Mapped[bool]
    """Whether it is the release of a single track of another."""


class DeliveredRecordingRow(Base):
    """One recording as one message tells of it, and which one of the catalogue it is."""

    __tablename__ = "delivered_recordings"
    __table_args__ = (Index(None, "recording_id"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("delivered_messages.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(200), primary_key=True)
    recording_id: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text)


class DeliveredGrantRow(Base):
    """A grant that a delivered release led to; ``slot`` tells several of one recording apart."""

    __tablename__ = "delivered_grants"

    release_id: Mapped[str] = mapped_column(ForeignKey("delivered_releases.id"), primary_key=True)
    recording_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[int] = mapped_column(Integer, primary_key=True)
    series: Mapped[str] = mapped_column(String(40), index=True)
    path: Mapped[str] = mapped_column(Text)
    """The XPath of the period in the message that says so."""


class DeliveredPartyRow(Base):
    """Whom a sender means by a name or number of its own that no identifier proves."""

    __tablename__ = "delivered_parties"

    sender_dpid: Mapped[str] = mapped_column(String(18), primary_key=True)
    party_key: Mapped[str] = mapped_column(String(400), primary_key=True)
    party_id: Mapped[str] = mapped_column(String(40))


def create_triggers() -> tuple[str, ...]:
    return append_only(
        {
            "delivered_messages": "id = NEW.id OR (sender_dpid = NEW.sender_dpid AND message_key = NEW.message_key)",
            "delivered_releases": "id = NEW.id OR (message_id = NEW.message_id AND reference = NEW.reference)",
            "delivered_numbers": "release_id = NEW.release_id AND number = NEW.number",
            "delivered_recordings": "message_id = NEW.message_id AND reference = NEW.reference",
            "delivered_grants": "release_id = NEW.release_id AND recording_id = NEW.recording_id AND slot = NEW.slot",
            "delivered_parties": "sender_dpid = NEW.sender_dpid AND party_key = NEW.party_key",
        }
    )
