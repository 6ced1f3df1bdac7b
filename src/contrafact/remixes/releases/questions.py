"""Putting a take or a release before its owners, with everything that they need to answer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from contrafact.accounts import service as accounts
from contrafact.accounts.errors import QuotaExceeded
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.settings import approval_days
from contrafact.remixes.installation import Installation
from contrafact.remixes.news.notifying import notify
from contrafact.remixes.permission.joining import label_of
from contrafact.remixes.permission.sources import Source
from contrafact.remixes.proposals.asking import Asked, ask_about
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights import approvals
from contrafact.rights.approvals import Purpose, Question, Request
from contrafact.rights.waiting import whom_to_ask

MOST_WAITING: Final = 20
"""Requests of one listener that owners have not answered: more would bury them."""
NOT_COVERED: Final = "What its owners agreed to does not cover this."


def require_patience(session: Session, user_id: str) -> None:
    """Refuse to ask owners of yet another thing while many of a listener's wait.

    Raises
    ------
    QuotaExceeded
    """
    if approvals.count_open(session, user_id) >= MOST_WAITING:
        raise QuotaExceeded(
            f"owners have {MOST_WAITING} of your remixes before them; wait until some are answered, or cancel some"
        )


def ask_again(
    installation: Installation,
    session: Session,
    row: RemixRow,
    *,
    purpose: Purpose = "request",
    also: Sequence[Operation] = (),
) -> Asked:
    """Decide about a remix that is there, by what is known now."""
    besides: list[Any] = [*(row.asked_besides.split(",") if row.asked_besides and purpose == "request" else ()), *also]
    return ask_about(installation, session, row, accounts.user(session, row.user_id), besides, purpose)


def put_to_owners(
    installation: Installation, session: Session, row: RemixRow, asked: Asked, purpose: Purpose, occasion_id: str
) -> bool:
    """Ask every owner that the decision waits for, and tell them; False when there is nobody left who could agree.

    Whoever was asked for this occasion is not asked a second time.
    """
    before = approvals.requests_for(session, occasion_id)
    known = {(item.party_id, item.side, item.subject_id) for item in before}
    wanted = whom_to_ask(asked.decision)
    fresh = [one for one in wanted if (one.party_id, one.side, one.subject_id) not in known]
    question = Question(
        purpose=purpose,
        occasion_id=occasion_id,
        remix_id=row.id,
        user_id=row.user_id,
        asked_by=row.user_name,
        recipe_sha256=row.recipe_sha256,
        decision_sha256=asked.decision.snapshot_sha256,
        about=_about(row, asked, asked.sources),
    )
    due_at = installation.clock.now() + timedelta(days=approval_days())
    for request in approvals.ask_owners(session, question, fresh, due_at=due_at, clock=installation.clock):
        _tell_owner(installation, session, request)
    return bool(fresh) or any(item.state == "open" for item in before)


def _tell_owner(installation: Installation, session: Session, request: Request) -> None:
    payload = {
        "request_id": request.id,
        "purpose": request.purpose,
        "label": request.about["label"],
        "asked_by": request.asked_by,
        "due_at": request.due_at.isoformat(),
    }
    notify(session, "approval.requested", to_party=request.party_id, payload=payload, clock=installation.clock)


def _about(row: RemixRow, asked: Asked, sources: Sequence[Source]) -> dict[str, Any]:
    recordings = [source.recording for source in sources]
    return {
        "title": row.title,
        "words": row.words,
        "label": label_of(row.user_name, asked.recipe.kind, sources),
        "songs": [{"id": each.id, "title": each.title, "artist": each.artist} for each in recordings],
        "operations": [
            {"operation": use.operation, "extent": {name: float(value) for name, value in use.extent.items()}}
            for use in asked.uses
        ],
        "style": asked.recipe.style,
        "duration_s": asked.timeline.duration_s,
        "parent_remix_id": row.parent_remix_id,
    }


def told_to_listener(
    installation: Installation, session: Session, row: RemixRow, purpose: Purpose, answer: str, reason: str
) -> None:
    """Tell a listener what became of the question."""
    payload = {"remix_id": row.id, "title": row.title, "purpose": purpose, "answer": answer, "reason": reason}
    notify(session, "approval.answered", to_user=row.user_id, payload=payload, clock=installation.clock)
