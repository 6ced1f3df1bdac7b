"""Notices as the listener sees them whose remix they took down: what was done, why, and how to answer (R15).

Nobody's address is in it: who served a notice is named as in the statement of reasons.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.kit.clock import Clock
from contrafact.remixes.installation import Installation
from contrafact.remixes.notices import noticing
from contrafact.remixes.showing.views import owned
from contrafact.remixes.standing.release_states import standing
from contrafact.remixes.tables import store_blocks, store_releases
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights import notices
from contrafact.rights.clocks import Clocks, load_clocks
from contrafact.rights.notice_documents import CounterNotice, missing_in_counter
from contrafact.rights.notices import Notice, Step

_OVER: Final[Mapping[str, str]] = {
    "counter_notice": "You have answered it.",
    "restored": "What it took down came back.",
    "upheld": "It stays down: an action was filed, or nobody answered in time.",
    "rejected": "It was not acted on.",
}
_NOT_YOURS: Final = "The notice is about the song, not about your remix: the song's owner has to answer it."


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NeededView(_View):
    """Something that a counter-notice must say, and by which rule."""

    field: str
    sentence: str
    rule: str


class AnswerGivenView(_View):
    """What this listener answered, and when what was taken down comes back unless an action is filed."""

    name: str
    statement: str
    at: AwareDatetime
    back_at: AwareDatetime | None
    back_by: AwareDatetime | None


class MyNoticeView(_View):
    """A notice that took down a remix of this listener."""

    id: str
    state: str
    basis: str
    work: str
    served_by: str
    explanation: str
    statement: Mapping[str, Any]
    """The statement of reasons that the listener was given (DSA art. 17)."""
    taken_down_at: AwareDatetime
    answerable: bool
    reason: str | None
    """Why it cannot be answered (any more)."""
    answer_until: AwareDatetime | None
    back_after_business_days: tuple[int, int]
    """After an answer: how many business days, at least and at most, until it comes back."""
    needed: tuple[NeededView, ...]
    answer: AnswerGivenView | None


def notices_about(installation: Installation, remix_id: str, user: User) -> tuple[MyNoticeView, ...]:
    """The notices that took down a remix of this listener, the newest first; those that are over as well.

    Raises
    ------
    UnknownRemix
        When this listener has no such remix.
    """
    noticing.settle(installation)
    clocks = load_clocks(installation.home.root)
    with installation.database.reading() as session:
        row = owned(session, remix_id, user)
        answerable = {found.id: found for found in notices.about_remix(session, remix_id)}
        others = {each: notices.notice(session, each) for each in _holding(session, row) - set(answerable)}
        ordered = [*answerable.values(), *sorted(others.values(), key=lambda found: found.received_at, reverse=True)]
        views = (_view(found, found.id in answerable, clocks, installation.clock) for found in ordered)
        return tuple(view for view in views if view is not None)


def _holding(session: Session, row: RemixRow) -> set[str]:
    """Notices that hold the remix or its release, whether its maker answers for it or not."""
    found = {each.cause_id for each in store_blocks.blocks(session, row.id) if each.cause_kind == "notice"}
    release = store_releases.newest_release(session, row.id)
    if release is not None:
        found |= {cause.id for cause in standing(session, release.id).holds if cause.kind == "notice"}
    return found


def _view(found: Notice, theirs: bool, clocks: Clocks, clock: Clock) -> MyNoticeView | None:
    down = _last(found, "taken_down")
    if down is None:
        return None
    late = found.state == "taken_down" and found.due_at is not None and clock.now() > found.due_at
    reason = _OVER.get(found.state)
    if not theirs:
        reason = _NOT_YOURS
    elif reason is None and late:
        reason = "The time to answer it is over."
    return MyNoticeView(
        id=found.id,
        state=found.state,
        basis=found.document.basis,
        work=found.document.work,
        served_by=found.document.claimant.organisation or found.document.claimant.name,
        explanation=found.document.explanation,
        statement=down.detail.get("statement", {}),
        taken_down_at=down.at,
        answerable=reason is None,
        reason=reason,
        answer_until=found.due_at if reason is None else None,
        back_after_business_days=(clocks.restore_business_days, clocks.restore_by_business_days),
        needed=tuple(
            NeededView(field=item.field, sentence=item.sentence, rule=item.rule)
            for item in missing_in_counter(CounterNotice())
        ),
        answer=_answer(_last(found, "counter_notice")),
    )


def _answer(step: Step | None) -> AnswerGivenView | None:
    if step is None:
        return None
    document = CounterNotice.model_validate(step.detail["counter_notice"])
    return AnswerGivenView(
        name=document.name,
        statement=document.statement,
        at=step.at,
        back_at=step.due_at,
        back_by=step.detail.get("restore_by"),
    )


def _last(found: Notice, state: str) -> Step | None:
    return next((step for step in reversed(found.steps) if step.state == state), None)
