"""Releasing a remix: decided anew, numbered, and let be heard by the others of this installation; or taken back.

What the take was permitted by does not matter any more (R4): the decision with the purpose ``release`` rests on what is
known now. A release is a walled garden (R9): others listen here; taking the sound away is asked for by itself.
"""

from typing import Final

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.kit.errors import Conflict
from contrafact.kit.ids import new_id
from contrafact.kit.settings import isrc_prefix
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import label_of
from contrafact.remixes.permission.sources import sources_of
from contrafact.remixes.proposals.asking import Asked
from contrafact.remixes.releases.questions import (
    NOT_COVERED,
    ask_again,
    put_to_owners,
    require_patience,
    told_to_listener,
)
from contrafact.remixes.showing.views import owned
from contrafact.remixes.standing import release_states
from contrafact.remixes.standing.numbering import next_isrc
from contrafact.remixes.standing.release_states import Cause, standing
from contrafact.remixes.standing.staying_down import require_release
from contrafact.remixes.tables import store, store_releases
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import ReleaseRow
from contrafact.rights import approvals, counting
from contrafact.rights import service as rights
from contrafact.rights.errors import RightsRefused
from contrafact.rights.values import Decision
from contrafact.rights.waiting import whom_to_ask

SHARED: Final[tuple[Operation, ...]] = ("share_in_app",)
_STAYS: Final = frozenset({"dispute", "notice"})
"""Causes by which a release that was taken down cannot be got round by releasing the remix anew."""


def release(installation: Installation, remix_id: str, user: User) -> str:
    """Let others hear a remix, or ask its owners whether they may; returns the id of the release.

    One that is released, or waits, is left as it is; one that its remixer had unlisted is listed again. All of it is
    decided anew and the decision kept.

    Raises
    ------
    UnknownRemix, NotReady
        There is no such remix of this listener, or it is not ready.
    RightsRefused
        A right is missing; nothing was released.
    Conflict
        A release of it was taken down by a dispute or a notice that stands.
    StaysDown
        It is, or sounds like, what was taken down by a notice.
    QuotaExceeded
        Owners have too many of this listener's remixes before them.
    """
    require_release(installation, remix_id)
    with installation.database.transaction() as session:
        release_states.settle(session, installation.clock)
        row = owned(session, remix_id, user)
        if row.status != "ready":
            raise NotReady("this remix is not ready yet; wait until it is, then release it")
        live = store_releases.live_release(session, remix_id)
        if live is not None and standing(session, live.id).own != "unlisted":
            return live.id
        if live is None:
            _require_not_taken_down(session, remix_id)
        asked = ask_again(installation, session, row, purpose="release", also=SHARED)
        decision = asked.decision
        rights.record(session, decision, installation.clock)
        if decision.permitted:
            if live is None:
                live = _begun(installation, session, row, asked, "released")
            return _let_out(installation, session, row, live, decision)
        if decision.outcome == "needs_approval" and live is None and whom_to_ask(decision):
            require_patience(session, user.id)
            begun = _begun(installation, session, row, asked, "pending")
            put_to_owners(installation, session, row, asked, "release", begun.id)
            return begun.id
    # Listing again what needs a new approval is refused as well: it is still there for who knows the address.
    raise RightsRefused(decision)


def conclude_release(installation: Installation, release_id: str) -> None:
    """Do with a release that waits for its owners what their answers and all else that is known by now lead to.

    Whatever does not wait is left alone, so that twice is once.
    """
    with installation.database.transaction() as session:
        found = store_releases.release(session, release_id, locked=True)
        if found is None:
            return
        now = standing(session, release_id)
        if now.own != "pending" or now.holds:
            # What a dispute or a notice holds is looked at when they let go.
            return
        row = store.remix(session, found.remix_id)
        assert row is not None  # a foreign key
        for request in approvals.requests_for(session, release_id):
            if request.state in ("refused", "lapsed"):
                _refuse(installation, session, row, found, request.answers[-1].reason, Cause("answer", request.id))
                return
        asked = ask_again(installation, session, row, purpose="release", also=SHARED)
        decision = asked.decision
        if decision.outcome == "needs_approval":
            if not put_to_owners(installation, session, row, asked, "release", release_id):
                _refuse(installation, session, row, found, NOT_COVERED, Cause("decision", decision.snapshot_sha256))
            return
        rights.record(session, decision, installation.clock)
        if decision.permitted:
            told_to_listener(installation, session, row, "release", "approved", "Its owners agreed.")
            _let_out(installation, session, row, found, decision)
            return
        said = " ".join(reason.sentence for reason in decision.reasons)
        _refuse(installation, session, row, found, said, Cause("decision", decision.snapshot_sha256))


def unlist(installation: Installation, remix_id: str, user: User, *, for_good: bool = False) -> str:
    """Take a release out of all lists, or with ``for_good`` away altogether; returns its id.

    Unlisted, it is there for who knows its address. One that still waits for its owners can only be taken back for
    good. Done twice, it is done once.

    Raises
    ------
    UnknownRemix, NotReady
        There is no such remix of this listener, or it was not released.
    IllegalMove
        It waits for its owners: only ``for_good`` takes it back.
    """
    clock = installation.clock
    with installation.database.transaction() as session:
        release_states.settle(session, clock)
        owned(session, remix_id, user)
        live = store_releases.live_release(session, remix_id)
        if live is None:
            raise NotReady("this remix is not released, so there is nothing to take back")
        said = "Its remixer took it back." if for_good else "Its remixer took it out of the lists."
        to: release_states.State = "taken_down" if for_good else "unlisted"
        cause = Cause("listener", user.id)
        release_states.move(session, live.id, to, by=user.id, reason=said, cause=cause, clock=clock)
        if for_good:
            why = "Its listener does not want it any more."
            approvals.cancel(session, live.id, reason=why, by=user.id, clock=clock)
        return live.id


def _begun(
    installation: Installation, session: Session, row: RemixRow, asked: Asked, state: release_states.State
) -> ReleaseRow:
    recipe = Recipe.model_validate_json(row.recipe_json)
    decision, clock = asked.decision, installation.clock
    made = ReleaseRow(
        id=new_id("rls"),
        remix_id=row.id,
        user_id=row.user_id,
        isrc=None,
        state=state,
        label=label_of(row.user_name, recipe.kind, sources_of(session, row)),
        decision_sha256=decision.snapshot_sha256,
        duties_json=decision.duties.model_dump_json(),
        created_at=clock.now(),
        released_at=clock.now() if state == "released" else None,
    )
    said = "Its remixer released it." if state == "released" else "Its owners are asked before others may hear it."
    cause = Cause("decision", decision.snapshot_sha256)
    release_states.begin(session, made, by=row.user_id, reason=said, cause=cause, clock=clock)
    return made


def _let_out(installation: Installation, session: Session, row: RemixRow, found: ReleaseRow, decision: Decision) -> str:
    """By a permit: counted, numbered, and moved to ``released`` unless it is."""
    clock, cause = installation.clock, Cause("decision", decision.snapshot_sha256)
    found.decision_sha256, found.duties_json = decision.snapshot_sha256, decision.duties.model_dump_json()
    if found.isrc is None:
        found.isrc = next_isrc(session, isrc_prefix(), clock)
    said = "All rights are there."
    release_states.move(session, found.id, "released", by=row.user_id, reason=said, cause=cause, clock=clock)
    last = store_releases.moves(session, found.id)[-1]
    counting.count_release(session, decision, row.id, found.id, last.id, clock)
    return found.id


def _refuse(
    installation: Installation, session: Session, row: RemixRow, found: ReleaseRow, reason: str, cause: Cause
) -> None:
    clock = installation.clock
    own = cause if cause.is_own else Cause("decision", cause.id)
    release_states.move(session, found.id, "refused", by="contrafact", reason=reason, cause=own, clock=clock)
    approvals.cancel(session, found.id, reason="It was refused otherwise.", by="contrafact", clock=clock)
    told_to_listener(installation, session, row, "release", "refused", reason)


def _require_not_taken_down(session: Session, remix_id: str) -> None:
    newest = store_releases.newest_release(session, remix_id)
    if newest is None or newest.state != "taken_down":
        return
    if any(cause.kind in _STAYS for cause in standing(session, newest.id).holds):
        raise Conflict("this remix was taken down and stays down; answer the notice or the dispute first")
