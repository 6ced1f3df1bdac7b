"""Withdrawal (R5): nothing new from now on, and what is there becomes what its contract names, whoever made it of whom.

A plan is made first, by reading only; the preview shows it, and withdrawing makes the same plan and does it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.standing import set_status, status_of
from contrafact.kit.canonical import canonical_json
from contrafact.kit.errors import Conflict, WrongCall
from contrafact.kit.ids import new_id
from contrafact.remixes.console.bulk import Selection, selected
from contrafact.remixes.errors import UnknownRelease, UnknownRemix
from contrafact.remixes.installation import Installation
from contrafact.remixes.news.notifying import notify
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.standing import blocking, release_states
from contrafact.remixes.standing.release_states import Cause
from contrafact.remixes.tables import store as remixes
from contrafact.remixes.tables import store_releases
from contrafact.remixes.tables.models_blocks import WithdrawalRow
from contrafact.remixes.withdrawals.resting import Going, decide_again, permit_of
from contrafact.remixes.withdrawals.withdrawal_plans import Planned, WithdrawalView, going_of, plan_of, view_of
from contrafact.rights import approvals, counting, holding
from contrafact.rights import service as rights
from contrafact.rights.errors import RightsRefused
from contrafact.rights.values import Decision, Grant

_LONGEST_REASON: Final = 1_000
_NOT_ANY_MORE: Final = "The rights holder does not allow this any more."


def preview(
    installation: Installation, series: Iterable[str] = (), *, recordings: Iterable[str] = ()
) -> WithdrawalView:
    """What withdrawing these grants, or these recordings altogether, would do; nothing is changed.

    Raises
    ------
    NotFound
        When there is no such grant or recording.
    WrongCall
        When nothing is named.
    """
    with installation.database.transaction() as session:
        release_states.settle(session, installation.clock)  # as withdrawing does: what fell due unseen is done
        going, touched = going_of(session, series, recordings)
        return view_of(installation, session, going, touched, plan_of(installation, session, going, touched))


def withdraw(
    installation: Installation,
    series: Iterable[str] = (),
    *,
    by: str,
    reason: str,
    recordings: Iterable[str] = (),
) -> WithdrawalView:
    """Withdraw grants, or recordings altogether: nothing new from this moment on, and what rests on them gets its fate.

    Done again it finds nothing left to do. No posting of the ledger is touched.

    Returns
    -------
    WithdrawalView
        What :func:`preview` said a moment before.

    Raises
    ------
    NotFound, WrongCall
        As for :func:`preview`; or there is no reason, or a very long one.
    """
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise WrongCall(f"reason: say why, in {_LONGEST_REASON} characters at most; listeners read it")
    with installation.database.transaction() as session:
        return withdraw_in(installation, session, series, by=by, reason=reason, recordings=recordings)


def withdraw_in(
    installation: Installation,
    session: Session,
    series: Iterable[str] = (),
    *,
    by: str,
    reason: str,
    recordings: Iterable[str] = (),
) -> WithdrawalView:
    """The same inside a transaction that does more: a delivery whose deals take the place of older ones."""
    release_states.settle(session, installation.clock)
    going, touched = going_of(session, series, recordings)
    plan = plan_of(installation, session, going, touched)
    view = view_of(installation, session, going, touched, plan)
    for one in sorted(going.series):
        _withdraw_grant(installation, session, one, by, reason)
    withdrawal_id = new_id("wdr")
    for recording_id in sorted(going.recordings):
        status = status_of(session, recording_id)
        held = holding.hold(session, recording_id, status, "withdrawn", ("owner", withdrawal_id), installation.clock)
        set_status(session, recording_id, held)
    for planned in plan:
        _do(installation, session, planned, going, by, reason)
    session.add(
        WithdrawalRow(
            id=withdrawal_id,
            by=by[:80],
            reason=reason,
            outcome=canonical_json(view.model_dump(mode="json")).decode(),
            at=installation.clock.now(),
        )
    )
    return view


def withdrawer(installation: Installation, *, by: str) -> Callable[[Session, Sequence[str]], None]:
    """Withdraws grants inside of a transaction that somebody below withdrawals has: a spreadsheet's, a preset's."""

    def withdraw_them(session: Session, series: Sequence[str]) -> None:
        withdraw_in(installation, session, series, by=by, reason=_NOT_ANY_MORE)

    return withdraw_them


def series_of(installation: Installation, selection: Selection | None = None, party_id: str | None = None) -> set[str]:
    """The grants in force on songs that are chosen by label, artist, album or id, by one party or by all.

    Raises
    ------
    NotFound, WrongCall
        As for :func:`~contrafact.remixes.console.bulk.selected`; or nothing is chosen at all.
    """
    if selection is None and party_id is None:
        raise WrongCall("say which grants: by song, label, artist, album or party")
    with installation.database.reading() as session:
        songs = selected(session, selection) if selection is not None else catalogue.all_songs(session)
        found: set[str] = set()
        for song in songs:
            subject = subject_of(song, catalogue.holders(session, song.id))
            found |= {
                grant.series
                for grant in rights.grants_on(session, subject)
                if grant.status == "active" and party_id in (None, grant.party_id)
            }
        return found


def reinstate(installation: Installation, subject_id: str, *, by: str) -> bool:
    """Let come back what a withdrawal took: a release, a take, or a recording.

    A new grant brings no release and no take back by itself: whether it is permitted by now is decided anew, and kept.
    Of a recording only its own withdrawal is undone; releases of it are asked for one by one.

    Parameters
    ----------
    subject_id : str
        ``rls_…``, ``rmx_…`` or ``rec_…``.

    Returns
    -------
    bool
        Whether there was something to undo.

    Raises
    ------
    UnknownRelease, UnknownRemix, NoSuchSong
        There is no such thing.
    RightsRefused
        It is not permitted (yet); the decision is kept.
    """
    if subject_id.startswith("rec_"):
        return _readmit(installation, subject_id)
    with installation.database.transaction() as session:
        decision, done = _come_back(installation, session, subject_id, by)
    if not decision.permitted:
        raise RightsRefused(decision)
    return done


class ComeBackView(BaseModel):
    """What letting something come back would do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permitted: bool
    sentences: tuple[str, ...]
    """Why not, where it is not permitted now."""
    comes_back: bool
    """Whether a withdrawal holds it at all."""
    state: str | None
    """What the release would be then; something else may hold it still. None for a take."""


def foresee_return(installation: Installation, subject_id: str, *, by: str) -> ComeBackView:
    """What :func:`reinstate` of a release or a take would do: the very same is done and taken back.

    Raises
    ------
    UnknownRelease, UnknownRemix, Conflict
        As for :func:`reinstate`.
    """
    with installation.database.transaction() as session:
        with session.begin_nested() as attempt:
            decision, done = _come_back(installation, session, subject_id, by)
            row = store_releases.release(session, subject_id) if subject_id.startswith("rls_") else None
            state = row.state if row is not None else None
            attempt.rollback()
        sentences = () if decision.permitted else tuple(reason.sentence for reason in decision.reasons)
        return ComeBackView(permitted=decision.permitted, sentences=sentences, comes_back=done, state=state)


def _come_back(installation: Installation, session: Session, subject_id: str, by: str) -> tuple[Decision, bool]:
    """Decide anew and let go of what withdrawals hold; whether they held anything."""
    clock, said = installation.clock, "It is permitted again."
    release = None if subject_id.startswith("rmx_") else store_releases.release(session, subject_id, locked=True)
    if release is None and not subject_id.startswith("rmx_"):
        raise UnknownRelease(f"there is no release {subject_id!r}")
    row = remixes.remix(session, release.remix_id if release is not None else subject_id)
    if row is None:
        raise UnknownRemix(f"there is no remix {subject_id!r}")
    permit = permit_of(session, (release or row).decision_sha256)
    if permit is None:
        raise Conflict("the decision that it rests on was never kept; release it anew")
    decision = decide_again(session, row, permit, None, clock.now(), {})
    rights.record(session, decision, clock)
    if decision.permitted:
        (release or row).decision_sha256 = decision.snapshot_sha256
        done = blocking.unblock_take(session, row.id, "grant", reason=said, by=by, clock=clock)
        if release is None:
            return decision, done > 0
        causes = {cause for cause in release_states.standing(session, release.id).holds if cause.kind == "grant"}
        causes |= {
            Cause("grant", promise.cause_id)
            for promise in store_releases.promises(session, release_id=release.id)
            if promise.cause_kind == "grant"
        }
        for cause in sorted(causes, key=lambda cause: cause.id):
            release_states.lift(session, release.id, by=by, reason=said, cause=cause, clock=clock)
        return decision, bool(causes) or done > 0
    return decision, False


def _readmit(installation: Installation, recording_id: str) -> bool:
    with installation.database.transaction() as session:
        before = status_of(session, recording_id)
        after = holding.lift_owner(session, recording_id, before, installation.clock)
        set_status(session, recording_id, after)
        return after != before


def _withdraw_grant(installation: Installation, session: Session, series: str, by: str, reason: str) -> Grant:
    grant = rights.withdraw(session, series, by=by, clock=installation.clock)
    payload = {"series": series, "subject_id": grant.subject_id, "side": grant.side, "by": by, "reason": reason}
    notify(session, "grant.withdrawn", to_party=grant.party_id, payload=payload, clock=installation.clock)
    return grant


def _do(installation: Installation, session: Session, planned: Planned, going: Going, by: str, reason: str) -> None:
    """Do one line of the plan, and tell its listener."""
    view, row, clock = planned.view, planned.node.row, installation.clock
    who = "The reason given" if going.not_offered(view.series) is not None else "The owner says"
    said = f"{view.reason} {who}: {reason}"
    cause_id = view.series[0] if view.series else next(iter(sorted(going.recordings | going.series)))
    decision = planned.decision
    if decision is not None:
        rights.record(session, decision, clock)
    if view.becomes == "permitted" and decision is not None:
        _rest_on(planned, decision)
        return
    if view.becomes in ("keep", "private"):
        pass
    elif view.becomes == "cancelled" or (view.becomes == "refused" and view.release_id is None):
        row.status, row.error = ("cancelled" if view.becomes == "cancelled" else "refused"), said
        counting.return_take(session, row.id, clock)
        approvals.cancel(session, row.id, reason=said, by=by, clock=clock)
    elif view.release_id is None:
        cause: tuple[blocking.BlockCause, str] = ("grant", cause_id)
        due = planned.due_at or clock.now()
        blocking.block(session, row.id, cause=cause, due_at=due, reason=said, by=by, clock=clock)
    elif view.becomes == "refused":
        own = Cause("decision", decision.snapshot_sha256 if decision is not None else row.decision_sha256)
        release_states.move(session, view.release_id, "refused", by=by, reason=said, cause=own, clock=clock)
        approvals.cancel(session, view.release_id, reason=said, by=by, clock=clock)
    elif planned.to is not None:
        held = Cause("grant", cause_id)
        release_states.move(
            session, view.release_id, planned.to, by=by, reason=said, cause=held, clock=clock, due_at=planned.due_at
        )
    payload = {**view.model_dump(mode="json", include={"remix_id", "release_id", "becomes", "due_at"}), "reason": said}
    notify(session, "grant.withdrawn", to_user=row.user_id, payload=payload, clock=clock)


def _rest_on(planned: Planned, decision: Decision) -> None:
    """From now on it rests on the grants of another decision: whoever withdraws those must find it."""
    if planned.view.release_id is not None and planned.node.release is not None:
        planned.node.release.decision_sha256 = decision.snapshot_sha256
        planned.node.release.duties_json = decision.duties.model_dump_json()
    else:
        planned.node.row.decision_sha256 = decision.snapshot_sha256
        planned.node.row.duties_json = decision.duties.model_dump_json()
