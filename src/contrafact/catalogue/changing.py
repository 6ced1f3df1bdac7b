"""What is changed in place is written into a log that only grows: from what to what, by whom, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue import store_ownership as told
from contrafact.catalogue.errors import BadSong, NoSuchParty, NoSuchSong
from contrafact.catalogue.models import PartyRow, RecordingRow, WorkRow
from contrafact.catalogue.models_ownership import AnnouncedRow, ChangeRow
from contrafact.catalogue.ownership import ChangeSubject, ChangeView
from contrafact.catalogue.tags import clean
from contrafact.kit.clock import Clock

Row = RecordingRow | AnnouncedRow | WorkRow | PartyRow


@dataclass(frozen=True, slots=True)
class Said:
    """Who says something, why, and on which clock."""

    by: str
    reason: str
    clock: Clock


def recording_row(session: Session, recording_id: str) -> RecordingRow | AnnouncedRow | None:
    """A recording by its id, there or announced."""
    return store.recording(session, recording_id) or told.announced(session, recording_id)


def subject_row(session: Session, subject_id: str) -> tuple[ChangeSubject, Row]:
    """The party (``pty_…``), work (``wrk_…``) or recording of an id.

    Raises
    ------
    NoSuchParty, NoSuchSong
    """
    row: Row | None
    if subject_id.startswith("pty_"):
        if (row := store.party(session, subject_id)) is None:
            raise NoSuchParty(f"there is no party {subject_id!r} in the catalogue")
        return "party", row
    if subject_id.startswith("wrk_"):
        if (row := store.work(session, subject_id)) is None:
            raise NoSuchSong(f"there is no work {subject_id!r} in the catalogue")
        return "work", row
    if (row := recording_row(session, subject_id)) is None:
        raise NoSuchSong(f"there is no recording {subject_id!r} in the library")
    return "recording", row


def change(session: Session, subject_id: str, changes: Mapping[str, str | None], said: Said) -> tuple[ChangeView, ...]:
    """Change columns of a recording, a work or a party, and log those that were different."""
    subject, row = subject_row(session, subject_id)
    found = []
    for field, after in changes.items():
        before = getattr(row, field)
        if before != after:
            setattr(row, field, after)
            found.append(log(session, subject, subject_id, field, before, after, said))
    session.flush()
    return tuple(found)


def log(
    session: Session,
    subject: ChangeSubject,
    subject_id: str,
    field: str,
    before: str | None,
    after: str | None,
    said: Said,
) -> ChangeView:
    """Keep what was changed."""
    row = ChangeRow(
        subject=subject,
        subject_id=subject_id,
        field=field,
        before=before,
        after=after,
        stated_by=said.by,
        reason=said.reason,
        created_at=said.clock.now(),
    )
    session.add(row)
    session.flush()
    return _view(row)


def changes_of(session: Session, subject_id: str) -> tuple[ChangeView, ...]:
    """Everything besides shares that was changed of a recording, a work or a party, oldest first."""
    return tuple(_view(row) for row in told.changes(session, subject_id))


def line(what: str, text: str, limit: int = 300) -> str:
    """One line of visible text, as titles from tags are.

    Raises
    ------
    BadSong
        When nothing visible is left, or too much.
    """
    found = clean(text, limit + 1)
    if found is None or len(found) > limit:
        raise BadSong(f"the {what} {text[:60]!r} is empty or longer than {limit} characters")
    return found


def _view(row: ChangeRow) -> ChangeView:
    return ChangeView(
        row.subject, row.subject_id, row.field, row.before, row.after, row.stated_by, row.reason, row.created_at
    )
