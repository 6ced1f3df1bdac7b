"""The only place with queries on disputes and on what holds recordings."""

from collections.abc import Collection, Sequence

from sqlalchemy import Exists, select
from sqlalchemy.orm import Session

from contrafact.rights.models_disputes import DisputeEventRow, DisputeRow, RecordingHoldEndRow, RecordingHoldRow


def dispute(session: Session, dispute_id: str) -> DisputeRow | None:
    return session.scalars(select(DisputeRow).where(DisputeRow.id == dispute_id)).first()


def disputes(session: Session, limit: int) -> Sequence[DisputeRow]:
    """Newest first."""
    return session.scalars(select(DisputeRow).order_by(DisputeRow.sequence.desc()).limit(limit)).all()


def open_disputes(session: Session, subject_ids: Collection[str] | None = None) -> Sequence[DisputeRow]:
    """Those that nothing has ended, oldest first; about these recordings and works only, where they are named."""
    query = select(DisputeRow).where(~_resolved())
    if subject_ids is not None:
        query = query.where(DisputeRow.subject_id.in_(subject_ids))
    return session.scalars(query.order_by(DisputeRow.sequence)).all()


def ended_disputes(session: Session, subject_ids: Collection[str]) -> Sequence[DisputeRow]:
    """Those about these recordings and works that were ended, oldest first."""
    query = select(DisputeRow).where(_resolved(), DisputeRow.subject_id.in_(subject_ids))
    return session.scalars(query.order_by(DisputeRow.sequence)).all()


def events(session: Session, dispute_id: str) -> Sequence[DisputeEventRow]:
    query = select(DisputeEventRow).where(DisputeEventRow.dispute_id == dispute_id)
    return session.scalars(query.order_by(DisputeEventRow.place)).all()


def holds(session: Session, recording_id: str) -> list[RecordingHoldRow]:
    """What holds a recording now, the oldest first."""
    query = select(RecordingHoldRow).where(RecordingHoldRow.recording_id == recording_id, ~_over())
    return list(session.scalars(query.order_by(RecordingHoldRow.sequence)))


def holds_of_cause(session: Session, cause: tuple[str, str]) -> list[RecordingHoldRow]:
    """What a cause holds now."""
    query = select(RecordingHoldRow).where(
        RecordingHoldRow.cause_kind == cause[0], RecordingHoldRow.cause_id == cause[1], ~_over()
    )
    return list(session.scalars(query.order_by(RecordingHoldRow.sequence)))


def hold(session: Session, cause: tuple[str, str], recording_id: str) -> RecordingHoldRow | None:
    """What a cause holds or held of a recording."""
    query = select(RecordingHoldRow).where(
        RecordingHoldRow.cause_kind == cause[0],
        RecordingHoldRow.cause_id == cause[1],
        RecordingHoldRow.recording_id == recording_id,
    )
    return session.scalars(query).first()


def _resolved() -> Exists:
    ended = select(DisputeEventRow.id).where(
        DisputeEventRow.dispute_id == DisputeRow.id, DisputeEventRow.kind == "resolved"
    )
    return ended.exists()


def _over() -> Exists:
    return select(RecordingHoldEndRow.hold).where(RecordingHoldEndRow.hold == RecordingHoldRow.sequence).exists()
