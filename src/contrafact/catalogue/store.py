"""The only place with queries on the catalogue."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contrafact.catalogue.models import (
    CorrectionRow,
    PartyRow,
    RecordingRow,
    StemRow,
    WorkRow,
)


def recording(session: Session, recording_id: str) -> RecordingRow | None:
    return session.get(RecordingRow, recording_id)


def recording_by_sha256(session: Session, sha256: str) -> RecordingRow | None:
    return session.scalars(select(RecordingRow).where(RecordingRow.sha256 == sha256)).first()


def recording_by_isrc(session: Session, isrc: str) -> RecordingRow | None:
    return session.scalars(select(RecordingRow).where(RecordingRow.isrc == isrc)).first()


def recording_by_reference(session: Session, reference: str) -> RecordingRow | None:
    return session.scalars(select(RecordingRow).where(RecordingRow.reference == reference)).first()


def recordings(session: Session) -> list[RecordingRow]:
    order = (RecordingRow.created_at, RecordingRow.title, RecordingRow.id)
    return list(session.scalars(select(RecordingRow).order_by(*order)))


def work(session: Session, work_id: str) -> WorkRow | None:
    return session.get(WorkRow, work_id)


def work_by_iswc(session: Session, iswc: str) -> WorkRow | None:
    return session.scalars(select(WorkRow).where(WorkRow.iswc == iswc)).first()


def party(session: Session, party_id: str) -> PartyRow | None:
    return session.get(PartyRow, party_id)


def party_by_name_key(session: Session, name_key: str, kind: str) -> PartyRow | None:
    """The oldest party of that name that no identifier tells apart from it."""
    unknown = kind == "unknown"
    query = (
        select(PartyRow)
        .where(PartyRow.name_key == name_key, (PartyRow.kind == "unknown") == unknown)
        .order_by(PartyRow.created_at, PartyRow.id)
        .limit(1)
    )
    return session.scalars(query).first()


def parties(session: Session, ids: Iterable[str] | None = None) -> list[PartyRow]:
    query = select(PartyRow).order_by(PartyRow.name_key, PartyRow.id)
    if ids is not None:
        query = query.where(PartyRow.id.in_(set(ids)))
    return list(session.scalars(query))


def stems(session: Session, recording_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Blob by stem name, by recording."""
    found: dict[str, dict[str, str]] = {}
    for row in session.scalars(select(StemRow).where(StemRow.recording_id.in_(set(recording_ids)))):
        found.setdefault(row.recording_id, {})[row.name] = row.blob
    return found


def corrections(session: Session, recording_id: str) -> list[CorrectionRow]:
    """All versions of a recording's corrections, oldest first."""
    query = select(CorrectionRow).where(CorrectionRow.recording_id == recording_id)
    return list(session.scalars(query.order_by(CorrectionRow.version)))


def latest_corrections(session: Session, recording_ids: Iterable[str]) -> dict[str, CorrectionRow]:
    """The version that holds, by recording; those that were never corrected are left out."""
    newest = (
        select(CorrectionRow.recording_id, func.max(CorrectionRow.version).label("version"))
        .where(CorrectionRow.recording_id.in_(set(recording_ids)))
        .group_by(CorrectionRow.recording_id)
        .subquery()
    )
    same = (CorrectionRow.recording_id == newest.c.recording_id) & (CorrectionRow.version == newest.c.version)
    return {row.recording_id: row for row in session.scalars(select(CorrectionRow).join(newest, same))}


def iswcs(session: Session, work_ids: Iterable[str]) -> dict[str, str | None]:
    query = select(WorkRow.id, WorkRow.iswc).where(WorkRow.id.in_(set(work_ids)))
    return {row.id: row.iswc for row in session.execute(query)}


def blob_is_referenced(session: Session, sha256: str) -> bool:
    columns = (
        RecordingRow.sha256,
        RecordingRow.chart_blob,
        CorrectionRow.chart_blob,
        RecordingRow.playback_blob,
        RecordingRow.waveform_blob,
        RecordingRow.cover_blob,
        StemRow.blob,
    )
    return any(session.execute(select(column).where(column == sha256).limit(1)).first() for column in columns)
