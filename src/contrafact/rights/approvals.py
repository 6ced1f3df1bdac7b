"""The approval queue: what was asked of whom, what they answered, and what that means for a decision.

A request is never edited and an answer never taken back: who thinks again answers again, and the newest answer counts.
"""

import json
from typing import Literal

from sqlalchemy.orm import Session

from contrafact.rights import store_approvals as store
from contrafact.rights.models_approvals import ApprovalAnswerRow, ApprovalRequestRow
from contrafact.rights.territories import Territories
from contrafact.rights.values import Approved

Purpose = Literal["request", "release"]


def newest_answers(session: Session, recipe_sha256: str) -> tuple[Approved, ...]:
    """What owners answered about a take, as facts for a decision.

    For every party and recording or work, each purpose is spoken about by the newest answer that names it: a refused
    release does not take back that its listener may hear the take.
    """
    found: list[Approved] = []
    spoken: dict[tuple[str, str], set[str]] = {}
    for request, answer in store.answers_on(session, recipe_sha256):
        known = spoken.setdefault((request.party_id, request.subject_id), set())
        purposes = [purpose for purpose in answer.purposes.split(",") if purpose not in known]
        known.update(purposes)
        if purposes:
            found.append(_approved(request, answer, purposes))
    return tuple(found)


def _approved(request: ApprovalRequestRow, answer: ApprovalAnswerRow, purposes: list[str]) -> Approved:
    return Approved.model_validate(
        {
            "id": answer.id,
            "party_id": request.party_id,
            "subject_id": request.subject_id,
            "recipe_sha256": request.recipe_sha256,
            "answer": answer.answer,
            "territories": Territories.model_validate(json.loads(answer.territories)),
            "valid_to": answer.valid_to,
            "purposes": tuple(purposes),
        }
    )
