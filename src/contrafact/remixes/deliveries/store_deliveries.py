"""Queries over what was delivered; the only place with some."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.catalogue.ddex.numbers import Number
from contrafact.remixes.deliveries.models_deliveries import (
    DeliveredGrantRow,
    DeliveredMessageRow,
    DeliveredNumberRow,
    DeliveredPartyRow,
    DeliveredRecordingRow,
    DeliveredReleaseRow,
)

_IN_ONE_QUERY: Final = 500


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


class Told(NamedTuple):
    """The newest that a sender told of a release."""

    id: str
    message_id: str
    message_created: datetime


def newest_releases(session: Session, sender_dpid: str, release_keys: Iterable[str]) -> dict[str, Told]:
    """The newest that the sender told of each release, by its key."""
    keys = set(release_keys)
    rows = session.execute(
        select(
            DeliveredReleaseRow.release_key,
            DeliveredReleaseRow.id,
            DeliveredReleaseRow.message_id,
            DeliveredReleaseRow.message_created,
        )
        .where(DeliveredReleaseRow.sender_dpid == sender_dpid, DeliveredReleaseRow.release_key.in_(keys))
        .order_by(DeliveredReleaseRow.message_created)
    )
    return {key: Told(row_id, message_id, created) for key, row_id, message_id, created in rows}


class Known(NamedTuple):
    """A release that a sender told of, with every number that was told of it."""

    title: str
    """As it was told last."""
    numbers: frozenset[Number]
    of_track: bool


def releases_known_by(
    session: Session, sender_dpid: str, numbers: Iterable[str], besides_message: str = ""
) -> dict[str, Known]:
    """The releases of a sender that have one of some numbers, by their keys; what one message tells is left aside."""
    release, number = DeliveredReleaseRow, DeliveredNumberRow
    meant: set[str] = set()
    for part in _parts(numbers):
        query = select(release.release_key).join(number, number.release_id == release.id)
        query = query.where(number.sender_dpid == sender_dpid, number.number.in_(part))
        meant.update(session.scalars(query.where(release.message_id != besides_message).distinct()))
    found: dict[str, Known] = {}
    for part in _parts(meant):
        rows = session.execute(
            select(release.release_key, release.title, number.scheme, number.number, number.of_track)
            .join(number, number.release_id == release.id)
            .where(release.sender_dpid == sender_dpid, release.release_key.in_(part))
            .order_by(release.message_created)
        )
        for key, title, scheme, value, of_track in rows:
            before = found[key].numbers if key in found else frozenset()
            found[key] = Known(title, before | {Number(scheme, value)}, of_track)
    return found


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(set(keys))
    return (wanted[start : start + _IN_ONE_QUERY] for start in range(0, len(wanted), _IN_ONE_QUERY))


def told_beside(session: Session, release_id: str) -> dict[str, str]:
    """The releases that one message told of together with its main release, by their keys; the id of each row.

    A release of a single track is told of with nothing but itself.
    """
    row = session.get_one(DeliveredReleaseRow, release_id)
    if _is_track(row):
        return {row.release_key: row.id}
    rows = session.scalars(select(DeliveredReleaseRow).where(DeliveredReleaseRow.message_id == row.message_id))
    return {other.release_key: other.id for other in rows if other.id == row.id or _is_track(other)}


def _is_track(row: DeliveredReleaseRow) -> bool:
    return "resource" in json.loads(row.document).get("release", {})


def grants_of(session: Session, release_id: str) -> dict[tuple[str, int], str]:
    """The series of the grants that a delivered release led to, by recording and slot."""
    rows = session.execute(
        select(DeliveredGrantRow.recording_id, DeliveredGrantRow.slot, DeliveredGrantRow.series).where(
            DeliveredGrantRow.release_id == release_id
        )
    )
    return {(recording_id, slot): series for recording_id, slot, series in rows}


def recordings_of(session: Session, message_id: str, references: Iterable[str]) -> dict[str, str]:
    """Which recordings of the catalogue a message means by its references, where they were looked up already."""
    rows = session.execute(
        select(DeliveredRecordingRow.reference, DeliveredRecordingRow.recording_id).where(
            DeliveredRecordingRow.message_id == message_id, DeliveredRecordingRow.reference.in_(set(references))
        )
    )
    return {row.reference: row.recording_id for row in rows}


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
