"""Notice and takedown (R15): from the notice to its end, with everything that it touches here.

What is taken down cannot come back by another upload or release (stay-down) until the notice is answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.standing import recordings_of_work, set_status, status_of
from contrafact.engine.fingerprint import Landmarks
from contrafact.kit.errors import Conflict, NotFound
from contrafact.provenance import staydown
from contrafact.remixes.installation import Installation
from contrafact.remixes.news.notifying import notify
from contrafact.remixes.notices.notice_views import NoticeView, view_of
from contrafact.remixes.standing import blocking, release_states
from contrafact.remixes.standing.release_states import ENDED, Cause, standing
from contrafact.remixes.standing.staying_down import marks_of_recording, marks_of_take
from contrafact.remixes.tables import store as remixes
from contrafact.remixes.tables import store_releases, store_withdrawals
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import ReleaseRow
from contrafact.rights import approvals, counting, forms, holding, notices
from contrafact.rights.clocks import Clocks, load_clocks
from contrafact.rights.notice_documents import CounterNotice, NoticeDocument, Target
from contrafact.rights.notices import Channel, Notice

OFFICE = "contrafact"
"""Who acts where a clock runs out."""
_CLOCKED: Final[tuple[notices.State, ...]] = ("incomplete", "taken_down", "counter_notice")
"""States in which a clock does something by itself."""


def receive(installation: Installation, document: NoticeDocument, *, channel: Channel, by: str) -> NoticeView:
    """Take a notice. One that lacks something is answered with what, and has no effect."""
    with installation.database.transaction() as session:
        found = notices.receive(
            session, document, channel=channel, by=by, clocks=_clocks(installation), clock=installation.clock
        )
        return view_of(session, found)


def receive_from(installation: Installation, document: NoticeDocument, address: str) -> NoticeView:
    """Take a notice that came by the public form, from an address that may send only so many in an hour.

    Raises
    ------
    TooOften
    """
    with installation.database.transaction() as session:
        forms.count(session, "notice", address, _clocks(installation).form_per_hour, installation.clock)
    return receive(installation, document, channel="form", by="form")


def complete(installation: Installation, notice_id: str, added: Mapping[str, Any], *, by: str) -> NoticeView:
    """Add what an incomplete notice lacked; raises what :func:`contrafact.rights.notices.complete` raises."""
    with installation.database.transaction() as session:
        clocks = _clocks(installation)
        return view_of(
            session, notices.complete(session, notice_id, added, by=by, clocks=clocks, clock=installation.clock)
        )


def accept(installation: Installation, notice_id: str, *, by: str, text: str = "It is well-founded.") -> NoticeView:
    """Act on a complete notice: take down what it is about, keep it down, and tell its users why and how to answer.

    A release or remix goes with everything made from it; a recording or work with every take of it, and its own status
    becomes ``withdrawn``. What it was made from stays.

    Raises
    ------
    NotFound, Conflict
        There is no such notice, or nothing (any more) where it points; it lacks something, or was decided on.
    """
    with installation.database.reading() as session:
        found = notices.notice(session, notice_id)
        prints = _fingerprints(installation, session, _required(found))
    with installation.database.transaction() as session:
        view = accept_in(installation, session, notice_id, by=by, text=text)
        for kind, subject_id, recipe, content, marks in prints:
            staydown.register(
                session,
                marks,
                kind=kind,
                subject_id=subject_id,
                notice_id=notice_id,
                recipe_sha256=recipe,
                content_sha256=content,
                clock=installation.clock,
            )
        return view


def accept_in(installation: Installation, session: Session, notice_id: str, *, by: str, text: str) -> NoticeView:
    """The same in a transaction that is there, without the stay-down: for whoever first looks what it would do."""
    clocks = _clocks(installation)
    release_states.settle(session, installation.clock)
    found = notices.accept(session, notice_id, text, by=by, clocks=clocks, clock=installation.clock)
    target = _required(found)
    rows, recordings = reached_by(session, target)
    statement = _statement(found, target)
    tried = [_take_down(installation, session, found, row, release, by) for row, release in rows]
    reached = [item for item in tried if item is not None]
    for recording_id in recordings:
        _withdraw_recording(installation, session, notice_id, recording_id)
    found = notices.taken_down(
        session,
        notice_id,
        # Whoever remixed a song of the catalogue did nothing wrong by that.
        [item.target for item in reached if item.down and target.kind in ("release", "remix")],
        [item.target[0] for item in reached],
        statement,
        by=by,
        clocks=clocks,
        clock=installation.clock,
    )
    _tell_users(installation, session, found, rows, statement, clocks)
    return view_of(session, found)


def reject(installation: Installation, notice_id: str, *, by: str, text: str) -> NoticeView:
    """Do not act on a notice; raises what :func:`contrafact.rights.notices.reject` raises."""
    with installation.database.transaction() as session:
        return view_of(session, notices.reject(session, notice_id, text, by=by, clock=installation.clock))


def counter(
    installation: Installation, notice_id: str, document: CounterNotice, *, by: str, user_id: str | None = None
) -> NoticeView:
    """Take the answer of a user whose release was taken down.

    Parameters
    ----------
    user_id : str, optional
        Whose answer it is; None when whoever runs the service files it.

    Raises
    ------
    NotFound
        When there is no such notice, or nothing of this user was taken down by it.
    BadInputError, Conflict
        When it lacks something; when there is nothing to answer, or no more time.
    """
    with installation.database.transaction() as session:
        if user_id is not None and all(owner != user_id for _, _, owner in notices.targets(session, notice_id)):
            raise NotFound(f"there is no notice {notice_id!r} about something of yours")
        clocks = _clocks(installation)
        found = notices.counter(session, notice_id, document, by=by, clocks=clocks, clock=installation.clock)
        return view_of(session, found)


def restore(
    installation: Installation, notice_id: str, *, by: str, text: str = "It was taken down by mistake."
) -> NoticeView:
    """Let come back what a notice took down, and nothing that another notice, dispute or grant holds.

    Raises
    ------
    NotFound, Conflict
        There is no such notice; it took nothing down.
    """
    with installation.database.transaction() as session:
        return view_of(session, restore_in(installation, session, notice_id, by, text))


def uphold(installation: Installation, notice_id: str, *, by: str, text: str) -> NoticeView:
    """Let it stay down: an action was filed; raises what :func:`contrafact.rights.notices.uphold` raises."""
    with installation.database.transaction() as session:
        found = notices.uphold(session, notice_id, text, by=by, clock=installation.clock)
        return view_of(session, found)


def due(installation: Installation) -> bool:
    """Whether the clock of a notice ran out."""
    with installation.database.reading() as session:
        return bool(notices.due(session, installation.clock.now(), _CLOCKED))


def settle(installation: Installation) -> int:
    """Do what the clocks ask for; returns how many notices moved. Done twice is done once.

    After a counter-notice nobody answered with an action, what was taken down is restored; an incomplete notice that
    nobody completed is rejected; a takedown that nobody answered in time is upheld.
    """
    moved = 0
    if not due(installation):
        return moved
    with installation.database.transaction() as session:
        now = installation.clock.now()
        for found in notices.due(session, now, ("counter_notice",)):
            text = "Nobody filed an action within the time that the law gives."
            restore_in(installation, session, found.id, OFFICE, text)
            moved += 1
        for found in notices.due(session, now, ("incomplete",)):
            notices.reject(session, found.id, "It was not completed in time.", by=OFFICE, clock=installation.clock)
            moved += 1
        for found in notices.due(session, now, ("taken_down",)):
            notices.uphold(session, found.id, "Nobody answered it in time.", by=OFFICE, clock=installation.clock)
            moved += 1
    return moved


def restore_in(installation: Installation, session: Session, notice_id: str, by: str, text: str) -> Notice:
    """Let come back what a notice took down, in a transaction that is there."""
    found = notices.restored(session, notice_id, text, by=by, clock=installation.clock)
    cause = Cause("notice", notice_id)
    for release_id in notices.held_releases(found):
        row = store_releases.release(session, release_id)
        if row is None:
            continue
        try:
            release_states.lift(session, release_id, by=by, reason=text, cause=cause, clock=installation.clock)
        except Conflict:
            continue  # its remix was released anew since: that one is heard
        payload = {"notice_id": notice_id, "remix_id": row.remix_id, "release_id": release_id, "reason": text}
        notify(session, "notice.answered", to_user=row.user_id, payload=payload, clock=installation.clock)
    for recording_id, status in holding.lift(session, ("notice", notice_id), installation.clock).items():
        set_status(session, recording_id, status)
    blocking.unblock(session, cause=("notice", notice_id), reason=text, by=by, clock=installation.clock)
    staydown.release_entries(session, notice_id, text, installation.clock)
    return found


def _required(found: Notice) -> Target:
    if found.target is None:
        raise Conflict("the notice lacks location; it has no effect until that was added")
    return found.target


def reached_by(session: Session, target: Target) -> tuple[list[tuple[RemixRow, ReleaseRow | None]], tuple[str, ...]]:
    """Takes with their releases that a notice about this reaches, and recordings; what they were made from stays.

    Children of a take go with it: their decision rests on it being there (R6).
    """
    recordings: tuple[str, ...] = ()
    if target.kind in ("recording", "work"):
        recordings = recordings_of_work(session, target.id) if target.kind == "work" else (target.id,)
        if not recordings:
            raise NotFound(f"there is no work {target.id!r} with a recording in the library")
        for recording_id in recordings:
            catalogue.get(session, recording_id)
        found = {row.id: row for row in store_withdrawals.remixes_of(session, recordings)}
    else:
        remix_id = target.id
        if target.kind == "release":
            release = store_releases.release(session, target.id)
            remix_id = release.remix_id if release is not None else ""
        row = remixes.remix(session, remix_id)
        if row is None:
            raise NotFound(f"there is no {target.kind} {target.id!r} (any more)")
        found = {row.id: row}
    generation = set(found)
    while generation:
        children = [row for row in store_withdrawals.children_of(session, generation) if row.id not in found]
        found |= {row.id: row for row in children}
        generation = {row.id for row in children}
    releases = store_withdrawals.releases_of(session, set(found))
    return [(row, releases.get(row.id)) for row in found.values()], recordings


@dataclass(frozen=True, slots=True)
class _Reached:
    """A release that a notice holds."""

    target: tuple[str, str, str]
    """Release, remix, user."""
    down: bool
    """Taken down itself; else frozen, because what it was made from was."""


def _take_down(
    installation: Installation, session: Session, found: Notice, row: RemixRow, release: ReleaseRow | None, by: str
) -> _Reached | None:
    """Take one take away; what is made from something noticed is frozen, not taken down: its parent's end decides."""
    target = _required(found)
    clock = installation.clock
    down = target.kind in ("recording", "work") or target.id in (row.id, release.id if release is not None else "")
    said = "A notice says that it is against the law." if down else "What it was made from was taken down by a notice."
    if down:
        cause: tuple[blocking.BlockCause, str] = ("notice", found.id)
        blocking.block(session, row.id, cause=cause, due_at=clock.now(), reason=said, by=by, clock=clock)
        if row.status in ("queued", "rendering", "held"):
            row.status, row.error = ("refused" if row.status == "held" else "cancelled"), said
            counting.return_take(session, row.id, clock)
            approvals.cancel(session, row.id, reason=said, by=by, clock=clock)
    if release is None or standing(session, release.id).own in ENDED:
        return None
    to: release_states.State = "taken_down" if down else "frozen"
    release_states.move(session, release.id, to, by=by, reason=said, cause=Cause("notice", found.id), clock=clock)
    return _Reached((release.id, row.id, row.user_id), down)


def _withdraw_recording(installation: Installation, session: Session, notice_id: str, recording_id: str) -> None:
    status = status_of(session, recording_id)
    held = holding.hold(session, recording_id, status, "withdrawn", ("notice", notice_id), installation.clock)
    set_status(session, recording_id, held)


def _fingerprints(
    installation: Installation, session: Session, target: Target
) -> list[tuple[staydown.Kind, str, str | None, str | None, Any]]:
    """What enters the stay-down registry: kind, subject, recipe, file, landmarks. Slow: outside of the transaction."""
    rows, recordings = reached_by(session, target)
    found: list[tuple[staydown.Kind, str, str | None, str | None, Any]] = []
    for recording_id in recordings:
        recording = catalogue.get(session, recording_id)
        marks = marks_of_recording(installation, recording)
        found.append(("recording", recording_id, None, recording.sha256, marks))
    if not recordings:
        row, release = rows[0]
        subject = release.id if release is not None else row.id
        marks = marks_of_take(installation, session, row) if row.take_key else Landmarks.none()
        found.append(("release", subject, row.recipe_sha256, None, marks))
    return found


def _statement(found: Notice, target: Target) -> dict[str, Any]:
    """The statement of reasons of Regulation (EU) 2022/2065, art. 17(3), for the user; without the sender's address."""
    return {
        "restriction": "removed: it may not be heard, downloaded or made again here, worldwide, until the notice ends",
        "facts": f"A notice of {found.received_at:%d %B %Y} says about “{found.document.work}”: "
        f"{found.document.explanation}",
        "served_by": found.document.claimant.organisation or found.document.claimant.name,
        "automated": "Who served it and what it lacks was read by a machine; a person decided to act on it. "
        "Copies are found by comparing sound.",
        "ground": f"illegal content ({found.document.basis}): 17 U.S.C. 512(c)(1)(C); Regulation (EU) 2022/2065, "
        "art. 6",
        "concerns": {"kind": target.kind, "id": target.id},
        "redress": "Answer with a counter-notice; complain to whoever runs this service; or go to court.",
    }


def _tell_users(
    installation: Installation,
    session: Session,
    found: Notice,
    rows: Sequence[tuple[RemixRow, ReleaseRow | None]],
    statement: Mapping[str, Any],
    clocks: Clocks,
) -> None:
    """What was done, why, and how to answer; and whether this listener counts as a repeat infringer by now."""
    for row, release in rows:
        strikes = notices.strikes(session, row.user_id)
        payload = {
            "notice_id": found.id,
            "remix_id": row.id,
            "release_id": release.id if release is not None else None,
            "title": row.title,
            "statement": dict(statement),
            "answer": f"/api/notices/{found.id}/counter",
            "answer_until": found.due_at.isoformat() if found.due_at is not None else None,
            "strikes": strikes,
            "repeat_infringer": strikes >= clocks.strikes,
        }
        notify(session, "notice.received", to_user=row.user_id, payload=payload, clock=installation.clock)


def _clocks(installation: Installation) -> Clocks:
    return load_clocks(installation.home.root)
