"""An owner's answer and what follows from it at once; and what follows when time passes and nobody answers."""

from datetime import timedelta
from typing import Final, Literal

from sqlalchemy.orm import Session

from contrafact.engine.errors import EngineError
from contrafact.kit.errors import ContrafactError
from contrafact.remixes.installation import Installation
from contrafact.remixes.releases.approving import conclude, refuse
from contrafact.remixes.releases.questions import told_to_listener
from contrafact.remixes.releases.releasing import conclude_release
from contrafact.remixes.standing import blocking, release_states
from contrafact.remixes.standing.release_states import Cause
from contrafact.remixes.tables import store, store_releases
from contrafact.rights import approvals
from contrafact.rights.approvals import Conditions, Request
from contrafact.rights.waiting import fate_of

_LIVE: Final = tuple(sorted(release_states.LIVE))


def answer(
    installation: Installation,
    request_id: str,
    said: Literal["approved", "refused"],
    *,
    reason: str,
    by: str,
    conditions: Conditions | None = None,
) -> Request:
    """Take an owner's answer, and do what follows: let out, refuse, or take back what was approved before.

    A refusal ends the take or the release that waits. A refusal of what was approved before is a withdrawal of the
    approval: what becomes of releases is what the grant names for its own withdrawal. The same answer twice is one.

    Raises
    ------
    UnknownRequest, WrongCall, Conflict
        As for :func:`contrafact.rights.approvals.answer`.
    """
    clock = installation.clock
    settle(installation)
    with installation.database.transaction() as session:
        before = approvals.request(session, request_id).state
        request, fresh = approvals.answer(
            session, request_id, said, reason=reason, by=by, clock=clock, conditions=conditions
        )
        if fresh and before != "open":
            _thought_again(installation, session, request, said, reason, by)
    if fresh:
        _conclude(installation, request)
    return request


def due(installation: Installation) -> bool:
    """Whether a promised move or an owner's deadline has come."""
    with installation.database.reading() as session:
        moves = release_states.due_moves(session, installation.clock.now())
        return bool(moves) or approvals.any_overdue(session, installation.clock)


def settle(installation: Installation) -> int:
    """Do everything whose time has come: promised moves, deadlines of owners, and what was left half-way by a crash.

    Whoever looks at releases or approvals calls it first, and the service's own job when nobody looks; returns how much
    was done.
    """
    done = 0
    lapsed: tuple[Request, ...] = ()
    if due(installation):
        with installation.database.transaction() as session:
            done += release_states.settle(session, installation.clock)
            lapsed = approvals.lapse(session, installation.clock)
    for request in lapsed:
        _conclude(installation, request)
    return done + len(lapsed)


def look_after(installation: Installation) -> int:
    """:func:`settle`, and every take and release that waits although nobody is asked any more.

    Such are left when the process ends between an answer and what follows from it, when a dispute is over, or when a
    grant was withdrawn while its owner had the question. Returns how many were looked at.
    """
    count = settle(installation)
    with installation.database.reading() as session:
        takes = [row.id for row in store.held(session)]
        waiting = [row.id for row in store_releases.pending(session)]
    for remix_id in takes:
        try:
            conclude(installation, remix_id)
        except (ContrafactError, EngineError) as error:
            # Its style or its song is here no more: it cannot be decided, so it is not let out.
            with installation.database.transaction() as session:
                row = store.remix(session, remix_id, locked=True)
                if row is not None and row.status == "held":
                    refuse(installation, session, row, str(error))
    for release_id in waiting:
        conclude_release(installation, release_id)
    return count + len(takes) + len(waiting)


def _conclude(installation: Installation, request: Request) -> None:
    if request.purpose == "request":
        conclude(installation, request.occasion_id)
    else:
        conclude_release(installation, request.occasion_id)


def _thought_again(
    installation: Installation, session: Session, request: Request, said: str, reason: str, by: str
) -> None:
    """An approval is withdrawn, or given after all: what rests on it is held as the grant says, or let go.

    A private take ends only where the grant says that what is there is taken down, and only by a word about takes.
    """
    clock, cause = installation.clock, Cause("answer", request.id)
    fate = fate_of(session, request.grant_ids)
    due_at = clock.now() + timedelta(hours=fate.hours)
    if said == "approved":
        blocking.unblock(session, cause=("grant", request.id), reason="Its owner agrees again.", by=by, clock=clock)
    for row in store.with_recipe(session, request.recipe_sha256):
        for live in store_releases.releases_of_remixes(session, (row.id,), (*_LIVE, "taken_down")):
            if said == "approved":
                release_states.lift(session, live.id, by=by, reason="Its owner agrees again.", cause=cause, clock=clock)
            elif fate.fate != "keep" and live.state in release_states.LIVE:
                to: release_states.State = "unlisted" if fate.fate == "unlist" else "taken_down"
                release_states.move(session, live.id, to, by=by, reason=reason, cause=cause, clock=clock, due_at=due_at)
        if said == "refused" and fate.fate == "take_down" and request.purpose == "request" and row.status == "ready":
            blocking.block(
                session, row.id, cause=("grant", request.id), due_at=due_at, reason=reason, by=by, clock=clock
            )
        if row.id == request.remix_id and row.status == "refused" and said == "approved":
            told_to_listener(
                installation, session, row, request.purpose, "approved", "Its owner agrees after all; ask for it again."
            )
