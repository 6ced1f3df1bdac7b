"""Queries over what was delivered; the only place with some."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.remixes.models_deliveries import (
    DeliveredGrantRow,
    DeliveredMessageRow,
    DeliveredPartyRow,
    DeliveredRecordingRow,
    DeliveredReleaseRow,
)


def message(session: Session, sender_dpid: str, message_key: str) -> DeliveredMessageRow | None:
    """The message of that sender and number."""
    return session.scalar(
        select(DeliveredMessageRow).where(
            DeliveredMessageRow.sender_dpid == sender_dpid, DeliveredMessageRow.message_key == message_key
        )
    )


def message_of_file(session: Session, sha256: str) -> DeliveredMessageRow | None:
    """The message that came in a file of these bytes."""
    return session.scalar(select(DeliveredMessageRow).where(DeliveredMessageRow.sha256 == sha256).limit(1))


def newest_release(
    session: Session, sender_dpid: str, release_key: str
) -> tuple[str, str, datetime] | None:  # fmt: skip
    """Id, message and moment of the newest that the sender told of a release."""
    row = session.execute(
        select(DeliveredReleaseRow.id, DeliveredReleaseRow.message_id, DeliveredReleaseRow.message_created)
        .where(DeliveredReleaseRow.sender_dpid == sender_dpid, DeliveredReleaseRow.release_key == release_key)
        .order_by(DeliveredReleaseRow.message_created.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def grants_of(session: Session, release_id: str) -> dict[tuple[str, int], str]:
    """The series of the grants that a delivered release led to, by recording and slot."""
    rows = session.execute(
        select(DeliveredGrantRow.recording_id, DeliveredGrantRow.slot, DeliveredGrantRow.series).where(
            DeliveredGrantRow.release_id == release_id
        )
    )
    return {(recording_id, slot): series for recording_id, slot, series in rows}


def recording_of(session: Session, message_id: str, reference: str) -> str | None:
    """Which recording of the catalogue a message means by a reference, once it was looked up."""
    return session.scalar(
        select(DeliveredRecordingRow.recording_id).where(
            DeliveredRecordingRow.message_id == message_id, DeliveredRecordingRow.reference == reference
        )
    )


def told_of(session: Session, recording_id: str) -> tuple[DeliveredRecordingRow, ...]:
    """Everything that messages told of a recording, oldest message first."""
    return tuple(
        session.scalars(
            select(DeliveredRecordingRow)
            .join(DeliveredMessageRow, DeliveredMessageRow.id == DeliveredRecordingRow.message_id)
            .where(DeliveredRecordingRow.recording_id == recording_id)
            .order_by(DeliveredMessageRow.message_created, DeliveredRecordingRow.reference)
        )
    )


def party_meant(session: Session, sender_dpid: str, party_key: str) -> str | None:
    """The party that a sender means by a name or number of its own."""
    return session.scalar(
        select(DeliveredPartyRow.party_id).where(
            DeliveredPartyRow.sender_dpid == sender_dpid, DeliveredPartyRow.party_key == party_key
        )
    )
