"""What keeps a recording from being used: disputes, notices, its owner; each for itself.

A recording is what the strictest of its holds wants; when the last one ends, it is again what it was before the first.
"""

from collections.abc import Mapping
from typing import Final, Literal, cast

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.rights import store_disputes as store
from contrafact.rights.models_disputes import RecordingHoldEndRow, RecordingHoldRow

Status = Literal["active", "frozen", "withdrawn"]
HoldCause = Literal["dispute", "notice", "owner"]
_STRICTNESS: Final[Mapping[Status, int]] = {"active": 0, "frozen": 1, "withdrawn": 2}


def hold(
    session: Session,
    recording_id: str,
    status: Status,
    wants: Literal["frozen", "withdrawn"],
    cause: tuple[HoldCause, str],
    clock: Clock,
) -> Status:
    """Hold a recording; returns the status that it has from now on.

    Parameters
    ----------
    status : Status
        What it is at this moment.
    cause : tuple
        Kind and id; the same cause again changes nothing.
    """
    active = store.holds(session, recording_id)
    if all((row.cause_kind, row.cause_id) != cause for row in active):
        if store.hold(session, cause, recording_id) is not None:
            return status  # it held it once and let go: what is over is not begun again
        row = RecordingHoldRow(
            cause_kind=cause[0],
            cause_id=cause[1],
            recording_id=recording_id,
            wants=wants,
            before=active[0].before if active else status,
            at=clock.now(),
        )
        session.add(row)
        session.flush()
        active.append(row)
    return _seen(active)


def lift(session: Session, cause: tuple[HoldCause, str], clock: Clock) -> dict[str, Status]:
    """Let go of every recording that this cause holds; returns the status that each has from now on."""
    found: dict[str, Status] = {}
    for row in store.holds_of_cause(session, cause):
        before = cast(Status, row.before)
        session.add(RecordingHoldEndRow(hold=row.sequence, at=clock.now()))
        session.flush()
        left = store.holds(session, row.recording_id)
        found[row.recording_id] = _seen(left) if left else before
    return found


def lift_owner(session: Session, recording_id: str, status: Status, clock: Clock) -> Status:
    """Undo what its owner wants of a recording; returns the status that it has from now on."""
    rows = store.holds(session, recording_id)
    own = [row for row in rows if row.cause_kind == "owner"]
    if not own:
        return status
    for row in own:
        session.add(RecordingHoldEndRow(hold=row.sequence, at=clock.now()))
    session.flush()
    left = store.holds(session, recording_id)
    return _seen(left) if left else cast(Status, own[0].before)


def _seen(rows: list[RecordingHoldRow]) -> Status:
    wanted = [cast(Status, rows[0].before), *(cast(Status, row.wants) for row in rows)]
    return max(wanted, key=lambda status: _STRICTNESS[status])
