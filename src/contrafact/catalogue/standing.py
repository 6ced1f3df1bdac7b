"""Whether a recording may be used at all: active, frozen or withdrawn; and which recordings a work has."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue.errors import NoSuchSong
from contrafact.catalogue.models import RecordingRow
from contrafact.catalogue.values import RecordingStatus


def status_of(session: Session, recording_id: str) -> RecordingStatus:
    """What a recording is now.

    Raises
    ------
    NoSuchSong
    """
    return _existing(session, recording_id).status


def set_status(session: Session, recording_id: str, status: RecordingStatus) -> None:
    """Write down what a recording is from now on; why is the caller's to keep.

    Raises
    ------
    NoSuchSong
    """
    _existing(session, recording_id).status = status
    session.flush()


def recordings_of_work(session: Session, work_id: str) -> tuple[str, ...]:
    """Ids of the recordings of a work; none when there is no such work."""
    query = select(RecordingRow.id).where(RecordingRow.work_id == work_id)
    return tuple(session.scalars(query.order_by(RecordingRow.id)))


def _existing(session: Session, recording_id: str) -> RecordingRow:
    row = store.recording(session, recording_id)
    if row is None:
        raise NoSuchSong(f"there is no recording {recording_id!r} in the library")
    return row
