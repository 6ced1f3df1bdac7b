"""Remixes and releases without sound: rows as the program writes them, for tests of what happens to them."""

from datetime import datetime

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.remixes.standing import release_states
from contrafact.remixes.standing.release_states import Cause, State
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import ReleaseRow


def add_remix(
    session: Session,
    remix_id: str,
    at: datetime,
    *,
    user_id: str = "usr_ada",
    recording_id: str = "rec_1",
    parent: str | None = None,
    status: str = "ready",
) -> RemixRow:
    """A finished remix."""
    row = RemixRow(
        id=remix_id,
        user_id=user_id,
        user_name="Ada",
        recording_id=recording_id,
        title="House remix of Rain",
        words="house",
        recipe_json="{}",
        recipe_sha256="a" * 64,
        decision_sha256="d" * 64,
        duties_json="{}",
        status=status,
        error=None,
        duration_s=30.0,
        created_at=at,
        parent_remix_id=parent,
        provenance="Trusted",
    )
    session.add(row)
    session.flush()
    return row


def add_release(
    session: Session, release_id: str, remix_id: str, clock: Clock, *, state: State = "released", user: str = "usr_ada"
) -> ReleaseRow:
    """A release of a remix that is there, with the first row of its history."""
    row = ReleaseRow(
        id=release_id,
        remix_id=remix_id,
        user_id=user,
        isrc=None,
        state=state,
        label="AI remix by Ada of “Rain” by Ada Lovelace",
        decision_sha256="d" * 64,
        duties_json="{}",
        created_at=clock.now(),
        released_at=clock.now() if state == "released" else None,
    )
    release_states.begin(session, row, by=user, reason="Asked for.", cause=Cause("decision", "d" * 64), clock=clock)
    return row
