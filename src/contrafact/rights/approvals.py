"""The approval queue: what was asked of whom, what they answered, and what that means for a decision.

A request is never edited and an answer never taken back: who thinks again answers again, and the newest answer counts.
Where nobody answers in time the request lapses, which is never a yes.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.kit.ids import new_id
from contrafact.rights import store_approvals as store
from contrafact.rights.models_approvals import ApprovalAnswerRow, ApprovalRequestRow
from contrafact.rights.ownership import EVERYWHERE, Side
from contrafact.rights.territories import Territories
from contrafact.rights.waiting import Wanted

Purpose = Literal["request", "release"]
Answer = Literal["approved", "refused", "lapsed", "cancelled"]
_LONGEST_REASON: Final = 1000


class UnknownRequest(NotFound):
    """There is no such request for approval."""

    code = "unknown_request"


@dataclass(frozen=True, slots=True)
class Question:
    """What owners are asked: ``about`` is plain JSON that they read (song, words, operations with extents, label)."""

    purpose: Purpose
    occasion_id: str
    remix_id: str
    user_id: str
    asked_by: str
    recipe_sha256: str
    decision_sha256: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an approval is narrowed to; ``listen_only`` lets its listener hear it, and nobody else."""

    territories: Territories = EVERYWHERE
    valid_to: datetime | None = None
    listen_only: bool = False

    @property
    def plain(self) -> bool:
        return self == Conditions()


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer, or the end of a request without one."""

    id: str
    answer: Answer
    reason: str
    conditions: Conditions
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What one party was asked, and everything that became of it, oldest first."""

    sequence: int
    id: str
    purpose: Purpose
    occasion_id: str
    remix_id: str
    party_id: str
    side: Side
    subject_id: str
    grant_ids: tuple[str, ...]
    recipe_sha256: str
    decision_sha256: str
    user_id: str
    asked_by: str
    about: Mapping[str, Any]
    asked_at: datetime
    due_at: datetime
    answers: tuple[AnswerView, ...]

    @property
    def state(self) -> Literal["open"] | Answer:
        """``open``, or the newest answer."""
        return self.answers[-1].answer if self.answers else "open"


def ask_owners(
    session: Session, question: Question, wanted: Sequence[Wanted], *, due_at: datetime, clock: Clock
) -> tuple[Request, ...]:
    """Ask each party; a party that was asked for the same occasion and has not answered is not asked again.

    Returns
    -------
    tuple of Request
        The requests that are new.
    """
    waiting = {
        (row.party_id, row.side, row.subject_id)
        for row in store.requests_for(session, question.occasion_id)
        if not store.answers(session, row.id)
    }
    asked = []
    for one in wanted:
        if (one.party_id, one.side, one.subject_id) in waiting:
            continue
        row = ApprovalRequestRow(
            id=new_id("apr"),
            purpose=question.purpose,
            occasion_id=question.occasion_id,
            remix_id=question.remix_id,
            party_id=one.party_id,
            side=one.side,
            subject_id=one.subject_id,
            grant_ids=json.dumps(list(one.grant_ids)),
            recipe_sha256=question.recipe_sha256,
            decision_sha256=question.decision_sha256,
            user_id=question.user_id,
            asked_by=question.asked_by,
            about=canonical_json(dict(question.about)).decode(),
            asked_at=clock.now(),
            due_at=due_at,
        )
        session.add(row)
        session.flush()
        asked.append(_request(session, row))
    return tuple(asked)


def answer(
    session: Session,
    request_id: str,
    said: Literal["approved", "refused"],
    *,
    reason: str,
    by: str,
    clock: Clock,
    conditions: Conditions | None = None,
) -> tuple[Request, bool]:
    """An owner's answer; the same answer again is the same answer.

    Parameters
    ----------
    reason : str
        What the listener reads; a refusal needs one.
    conditions : Conditions, optional
        What an approval is narrowed to; a refusal has none.

    Returns
    -------
    tuple
        The request, and whether the answer is new.

    Raises
    ------
    UnknownRequest
        There is no such request.
    WrongCall
        A refusal without a reason, conditions that cannot be.
    Conflict
        It lapsed or its listener cancelled it: there is nothing to answer any more.
    """
    row = store.request(session, request_id, locked=True)
    if row is None:
        raise UnknownRequest(f"there is no request for approval {request_id!r}")
    wanted = conditions or Conditions()
    _require_sound(said, reason, wanted, row, clock.now())
    before = _answers(session, row)
    last = before[-1] if before else None
    if last is not None and last.answer in ("lapsed", "cancelled"):
        raise Conflict(f"there is nothing to answer any more until it is asked for again. {last.reason}")
    if last is None and row.due_at <= clock.now():
        raise Conflict("there is nothing to answer any more until it is asked for again. Nobody answered in time.")
    if last is not None and (last.answer, last.reason, last.conditions) == (said, reason, wanted):
        return _request(session, row), False
    _write(session, row, len(before) + 1, said, reason, wanted, by, clock)
    return _request(session, row), True


def lapse(session: Session, clock: Clock) -> tuple[Request, ...]:
    """End every request whose time is over without an answer; returns them."""
    ended = []
    for row in store.overdue(session, clock.now()):
        _write(session, row, 1, "lapsed", "Nobody answered in time.", Conditions(), "clock", clock)
        ended.append(_request(session, row))
    return tuple(ended)


def any_overdue(session: Session, clock: Clock) -> bool:
    """Whether a request's time is over without an answer."""
    return bool(store.overdue(session, clock.now(), limit=1))


def cancel(session: Session, occasion_id: str, *, reason: str, by: str, clock: Clock) -> int:
    """End all requests of a remix or release that nobody has answered; returns how many there were."""
    count = 0
    for row in store.requests_for(session, occasion_id):
        if not store.answers(session, row.id):
            _write(session, row, 1, "cancelled", reason, Conditions(), by, clock)
            count += 1
    return count


def request(session: Session, request_id: str) -> Request:
    """One request with its answers.

    Raises
    ------
    UnknownRequest
        There is none.
    """
    row = store.request(session, request_id)
    if row is None:
        raise UnknownRequest(f"there is no request for approval {request_id!r}")
    return _request(session, row)


def requests_for(session: Session, occasion_id: str) -> tuple[Request, ...]:
    """All that was asked for one remix or release, oldest first."""
    return tuple(_request(session, row) for row in store.requests_for(session, occasion_id))


def queue(
    session: Session,
    party_id: str | None = None,
    *,
    open_only: bool = True,
    limit: int = 100,
    before: int | None = None,
) -> tuple[Request, ...]:
    """The newest requests to a party, or to anybody; ``before`` is the sequence of the last one of the page before."""
    return tuple(_request(session, row) for row in store.requests_of(session, party_id, open_only, limit, before))


def open_on(session: Session, subject_ids: Collection[str]) -> tuple[Request, ...]:
    """Requests about these recordings and works that nobody has answered."""
    return tuple(_request(session, row) for row in store.open_on(session, subject_ids))


def count_open(session: Session, user_id: str | None = None, party_id: str | None = None) -> int:
    """How many requests nobody has answered yet: of a listener, to a party, or all."""
    return store.count_open(session, user_id, party_id)


def _require_sound(said: str, reason: str, wanted: Conditions, row: ApprovalRequestRow, at: datetime) -> None:
    if len(reason) > _LONGEST_REASON:
        raise WrongCall(f"reason: keep it under {_LONGEST_REASON} characters; its listener has to read it")
    if said == "refused" and not reason.strip():
        raise WrongCall("reason: a refusal needs one; its listener is told why")
    if said == "refused" and not wanted.plain:
        raise WrongCall("conditions: only an approval has conditions")
    if wanted.valid_to is not None and wanted.valid_to <= at:
        raise WrongCall("valid_to: an approval cannot end before it begins; give a later moment, or refuse")
    if wanted.listen_only and row.purpose == "release":
        raise WrongCall("listen_only: others would be listening, which is what is asked; refuse instead")


def _write(
    session: Session,
    row: ApprovalRequestRow,
    place: int,
    said: Answer,
    reason: str,
    wanted: Conditions,
    by: str,
    clock: Clock,
) -> None:
    # A release's answer speaks about the release alone: its listener has heard the take before.
    both = row.purpose == "request" and not wanted.listen_only
    session.add(
        ApprovalAnswerRow(
            id=new_id("apa"),
            request_id=row.id,
            place=place,
            answer=said,
            reason=reason,
            territories=wanted.territories.model_dump_json(),
            valid_to=wanted.valid_to,
            purposes="request,release" if both else row.purpose,
            answered_by=by,
            answered_at=clock.now(),
        )
    )
    session.flush()


def _territories(row: ApprovalAnswerRow) -> Territories:
    return Territories.model_validate_json(row.territories)


def _answers(session: Session, asked: ApprovalRequestRow) -> tuple[AnswerView, ...]:
    found = []
    for row in store.answers(session, asked.id):
        listen_only = asked.purpose == "request" and row.purposes == "request"
        conditions = Conditions(_territories(row), row.valid_to, listen_only)
        answered = cast(Answer, row.answer)
        found.append(AnswerView(row.id, answered, row.reason, conditions, row.answered_by, row.answered_at))
    return tuple(found)


def _request(session: Session, row: ApprovalRequestRow) -> Request:
    return Request(
        sequence=row.sequence,
        id=row.id,
        purpose=cast(Purpose, row.purpose),
        occasion_id=row.occasion_id,
        remix_id=row.remix_id,
        party_id=row.party_id,
        side=cast(Side, row.side),
        subject_id=row.subject_id,
        grant_ids=tuple(json.loads(row.grant_ids)),
        recipe_sha256=row.recipe_sha256,
        decision_sha256=row.decision_sha256,
        user_id=row.user_id,
        asked_by=row.asked_by,
        about=json.loads(row.about),
        asked_at=row.asked_at,
        due_at=row.due_at,
        answers=_answers(session, row),
    )
