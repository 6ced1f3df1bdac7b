"""Notices (R15): from the moment that one is served to its end, as events that are never changed.

``received`` → ``incomplete`` | ``accepted`` → ``taken_down`` → ``counter_notice`` → ``restored`` | ``upheld``; and
``rejected`` from any step before the takedown. A notice that lacks something has no effect until it was completed. A
person accepts; machines only check that everything is said, and watch the clocks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json, digest
from contrafact.kit.clock import Clock
from contrafact.kit.errors import BadInputError, Conflict, NotFound, WrongCall
from contrafact.kit.ids import new_id
from contrafact.rights import public_log
from contrafact.rights import store_notices as store
from contrafact.rights.clocks import Clocks
from contrafact.rights.models_notices import NoticeEventRow, NoticeRow, NoticeTargetRow
from contrafact.rights.notice_documents import (
    CounterNotice,
    Missing,
    NoticeDocument,
    Target,
    missing_in,
    missing_in_counter,
    target_of,
)

State = Literal["received", "incomplete", "accepted", "rejected", "taken_down", "counter_notice", "restored", "upheld"]
Channel = Literal["form", "file", "staff"]

NEXT: Final[Mapping[State, frozenset[State]]] = {
    "received": frozenset({"incomplete", "accepted", "rejected"}),
    "incomplete": frozenset({"received", "rejected"}),
    "accepted": frozenset({"taken_down", "rejected"}),
    "taken_down": frozenset({"counter_notice", "restored", "upheld"}),
    "counter_notice": frozenset({"restored", "upheld"}),
    "rejected": frozenset(),
    "restored": frozenset(),
    "upheld": frozenset({"restored"}),
}
"""Where a notice may go; from ``upheld`` back only when whoever served it takes it back, or a court says so."""
STANDS: Final[frozenset[State]] = frozenset({"taken_down", "counter_notice", "upheld"})
"""States in which what was taken down stays down."""
_RULES: Final[Mapping[State, tuple[str, ...]]] = {
    "taken_down": ("17 U.S.C. 512(c)(1)(C)", "DSA 6(1)(b)", "DSA 17"),
    "restored": ("17 U.S.C. 512(g)(2)(C)", "DSA 20(4)"),
    "incomplete": ("17 U.S.C. 512(c)(3)(B)", "DSA 16(2)"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a notice."""

    state: State
    text: str
    detail: Mapping[str, Any]
    due_at: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice with everything that happened to it; holds personal data."""

    id: str
    channel: Channel
    document: NoticeDocument
    """As it was served, with what was added since."""
    received_at: datetime
    steps: tuple[Step, ...]

    @property
    def state(self) -> State:
        return self.steps[-1].state

    @property
    def due_at(self) -> datetime | None:
        """Until when the next step is due."""
        return self.steps[-1].due_at

    @property
    def missing(self) -> tuple[Missing, ...]:
        return missing_in(self.document)

    @property
    def target(self) -> Target | None:
        return target_of(self.document.location)


def receive(
    session: Session, document: NoticeDocument, *, channel: Channel, by: str, clocks: Clocks, clock: Clock
) -> Notice:
    """Take a notice; the same one twice is one. One that lacks something is answered with what, and has no effect."""
    known = store.notice_by_content(session, digest(document.model_dump(mode="json")))
    if known is not None:
        return notice(session, known.id)
    plain = document.model_dump(mode="json")
    row = NoticeRow(
        id=new_id("ntc"),
        channel=channel,
        document=canonical_json(plain).decode(),
        document_sha256=digest(plain),
        received_at=clock.now(),
    )
    session.add(row)
    session.flush()
    due = clock.now() + timedelta(hours=clocks.acknowledge_hours)
    _step(session, row.id, "received", "A notice was received.", by=by, clock=clock, due_at=due)
    return _examine(session, row.id, by, clocks, clock)


def complete(
    session: Session, notice_id: str, added: Mapping[str, Any], *, by: str, clocks: Clocks, clock: Clock
) -> Notice:
    """Add what an incomplete notice lacked, as fields of the document.

    Raises
    ------
    NotFound, Conflict
        There is none; it lacks nothing, or is over.
    BadInputError
        When the fields cannot be read.
    """
    found = notice(session, notice_id)
    _require(found, "received")
    _merged(found.document, added)
    text = "The notice was added to."
    _step(session, notice_id, "received", text, by=by, clock=clock, detail={"added": dict(added)})
    return _examine(session, notice_id, by, clocks, clock)


def accept(session: Session, notice_id: str, text: str, *, by: str, clocks: Clocks, clock: Clock) -> Notice:
    """Say that a complete notice is well-founded enough to be acted on.

    Raises
    ------
    NotFound, Conflict
        There is none; it lacks something, or was decided on already.
    """
    found = notice(session, notice_id)
    if found.state == "incomplete":
        lacks = ", ".join(item.field for item in found.missing)
        raise Conflict(f"the notice lacks {lacks}; it has no effect until that was added")
    due = found.received_at + timedelta(hours=clocks.act_hours)
    return _go(session, found, "accepted", text, by=by, clock=clock, due_at=due)


def reject(session: Session, notice_id: str, text: str, *, by: str, clock: Clock) -> Notice:
    """Say that a notice is not acted on, and why."""
    return _go(session, notice(session, notice_id), "rejected", text, by=by, clock=clock)


def taken_down(
    session: Session,
    notice_id: str,
    targets: Sequence[tuple[str, str, str]],
    held: Sequence[str],
    statement: Mapping[str, Any],
    *,
    by: str,
    clocks: Clocks,
    clock: Clock,
) -> Notice:
    """Keep that something was taken down.

    Parameters
    ----------
    targets : sequence of tuple
        Release, remix and user of each that its maker answers for.
    held : sequence of str
        All releases that the notice holds: those, and what goes with them.
    statement : mapping
        The statement of reasons that the users were given.
    """
    found = notice(session, notice_id)
    for release_id, remix_id, user_id in targets:
        session.add(NoticeTargetRow(notice_id=notice_id, release_id=release_id, remix_id=remix_id, user_id=user_id))
    due = clock.now() + timedelta(days=clocks.counter_days)
    detail = {"statement": dict(statement), "releases": sorted(held)}
    return _go(session, found, "taken_down", "Taken down.", by=by, clock=clock, due_at=due, detail=detail)


def counter(
    session: Session, notice_id: str, document: CounterNotice, *, by: str, clocks: Clocks, clock: Clock
) -> Notice:
    """Take a user's answer to a takedown; what was taken down comes back in so many business days.

    Raises
    ------
    BadInputError
        When it lacks something that the law asks for.
    Conflict
        When there is nothing to answer, or the time for it is over.
    """
    found = notice(session, notice_id)
    lacking = missing_in_counter(document)
    if lacking:
        raise BadInputError(f"{lacking[0].field}: {lacking[0].sentence} ({lacking[0].rule})")
    _require(found, "counter_notice")
    if found.due_at is not None and clock.now() > found.due_at:
        raise Conflict(f"the time to answer the notice {notice_id} ended on {found.due_at:%d %B %Y}")
    detail = {
        "counter_notice": document.model_dump(mode="json"),
        "restore_by": clocks.after_business_days(clock.now(), clocks.restore_by_business_days).isoformat(),
    }
    due = clocks.after_business_days(clock.now(), clocks.restore_business_days)
    text = "The user answered that it was taken down by mistake."
    return _go(session, found, "counter_notice", text, by=by, clock=clock, due_at=due, detail=detail)


def restored(session: Session, notice_id: str, text: str, *, by: str, clock: Clock) -> Notice:
    """Keep that what was taken down came back."""
    return _go(session, notice(session, notice_id), "restored", text, by=by, clock=clock)


def uphold(session: Session, notice_id: str, text: str, *, by: str, clock: Clock) -> Notice:
    """Keep that it stays down: an action was filed, or nobody answered in time."""
    return _go(session, notice(session, notice_id), "upheld", text, by=by, clock=clock)


def notice(session: Session, notice_id: str) -> Notice:
    """One notice.

    Raises
    ------
    NotFound
    """
    row = store.notice(session, notice_id)
    if row is None:
        raise NotFound(f"there is no notice {notice_id!r}")
    return _as_value(session, row)


def notices(session: Session, limit: int = 500) -> tuple[Notice, ...]:
    """Notices, the newest first."""
    return tuple(_as_value(session, row) for row in store.notices(session, limit))


def due(session: Session, at: datetime, states: Sequence[State]) -> tuple[Notice, ...]:
    """Notices in these states whose next step was due by then, the longest due first."""
    return tuple(notice(session, row.notice_id) for row in store.due(session, at, states))


def targets(session: Session, notice_id: str) -> tuple[tuple[str, str, str], ...]:
    """Release, remix and user of everything that a notice took down."""
    return tuple((row.release_id, row.remix_id, row.user_id) for row in store.targets(session, notice_id))


def about_remix(session: Session, remix_id: str) -> tuple[Notice, ...]:
    """Notices that took down a release of this remix, the newest first."""
    return tuple(notice(session, each) for each in store.notices_about(session, remix_id))


def held_releases(found: Notice) -> tuple[str, ...]:
    """All releases that a notice took down or froze."""
    return tuple(one for step in found.steps if step.state == "taken_down" for one in step.detail["releases"])


def strikes(session: Session, user_id: str) -> int:
    """How many takedowns of this user's releases stand."""
    return sum(notice(session, each).state in STANDS for each in store.notices_against(session, user_id))


def _examine(session: Session, notice_id: str, by: str, clocks: Clocks, clock: Clock) -> Notice:
    """Whether everything is said that must be."""
    found = notice(session, notice_id)
    lacking = found.missing
    if not lacking:
        return found
    detail = {"missing": [{"field": item.field, "sentence": item.sentence, "rule": item.rule} for item in lacking]}
    text = "The notice has no effect yet: " + " ".join(item.sentence for item in lacking)
    due = clock.now() + timedelta(days=clocks.complete_days)
    return _go(session, found, "incomplete", text, by=by, clock=clock, due_at=due, detail=detail)


def _require(found: Notice, state: State) -> None:
    if state not in NEXT[found.state]:
        raise Conflict(f"the notice {found.id} is {_words(found.state)} and cannot become {_words(state)}")


def _go(
    session: Session,
    found: Notice,
    state: State,
    text: str,
    *,
    by: str,
    clock: Clock,
    due_at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Notice:
    _require(found, state)
    if not text.strip() or len(text) > 5_000:
        raise WrongCall("text: say why, in 5000 characters at most")
    _step(session, found.id, state, text, by=by, clock=clock, due_at=due_at, detail=detail)
    return notice(session, found.id)


def _step(
    session: Session,
    notice_id: str,
    state: State,
    text: str,
    *,
    by: str,
    clock: Clock,
    due_at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    session.add(
        NoticeEventRow(
            id=new_id("nte"),
            notice_id=notice_id,
            place=len(store.events(session, notice_id)) + 1,
            state=state,
            text=text,
            detail=canonical_json(dict(detail or {})).decode(),
            due_at=due_at,
            by=by[:80],
            at=clock.now(),
        )
    )
    session.flush()
    _publish(session, notice(session, notice_id))


def _publish(session: Session, found: Notice) -> None:
    """Tell the public what happened, without a word of anybody: only ids of things, states, rules and numbers."""
    step, target = found.steps[-1], found.target
    entry: dict[str, Any] = {
        "notice": found.id,
        "state": step.state,
        "at": step.at.isoformat(),
        "basis": found.document.basis,
        "concerns": None if target is None else {"kind": target.kind, "id": target.id},
        "rules": list(_RULES.get(step.state, ())),
    }
    if step.state == "taken_down":
        entry["taken_down"] = len(step.detail.get("releases", ()))
    if step.state == "restored":
        entry["restored"] = len(held_releases(found))
    public_log.append(session, entry)


def _merged(document: NoticeDocument, added: Mapping[str, Any]) -> NoticeDocument:
    plain = document.model_dump(mode="json")
    changes = dict(added)
    if isinstance(changes.get("claimant"), Mapping):
        changes["claimant"] = {**plain["claimant"], **changes["claimant"]}
    try:
        return NoticeDocument.model_validate({**plain, **changes})
    except ValueError as error:
        raise BadInputError(f"what was added cannot be read: {error}") from error


def _as_value(session: Session, row: NoticeRow) -> Notice:
    document = NoticeDocument.model_validate_json(row.document)
    steps = []
    for event in store.events(session, row.id):
        detail = json.loads(event.detail)
        if "added" in detail:
            document = _merged(document, detail["added"])
        state = cast(State, event.state)
        steps.append(Step(state, event.text, detail, event.due_at, event.by, event.at))
    return Notice(row.id, cast(Channel, row.channel), document, row.received_at, tuple(steps))


def _words(state: State) -> str:
    return state.replace("_", " ")
