"""Disputes (R8), for owners and whoever runs the service; until there is sign-in, who sits at the machine."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from contrafact.accounts.schemas import User
from contrafact.remixes.notices import disputing, foreseeing
from contrafact.remixes.notices.disputing import DisputeView, StatementView
from contrafact.remixes.notices.foreseeing import ForeseenView
from contrafact.rights.disputes import DisputedSide, Grounds, Outcome
from contrafact.service.dependencies import Answers, owner, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api/disputes", tags=["disputes"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
_OWNER: Answers = {403: {"description": "The request does not come from an owner."}}
_ONE: Answers = {
    **_OWNER,
    404: {"description": "There is no such dispute, recording, work or party."},
    409: {"description": "The dispute is over."},
}
_Text = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
_Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ClaimCall(BaseModel):
    """What is claimed, by whom, on what grounds."""

    model_config = ConfigDict(extra="forbid")

    subject_id: Annotated[str, Field(max_length=40)]
    """A recording or a work."""
    claimant: _Line
    evidence: _Text
    side: DisputedSide = "both"
    grounds: Grounds = "ownership"
    claimant_party_id: Annotated[str, Field(max_length=40)] | None = None


class SubjectCall(BaseModel):
    """What a dispute would be about."""

    model_config = ConfigDict(extra="forbid")

    subject_id: Annotated[str, Field(max_length=40)]
    """A recording or a work."""


class OutcomeCall(BaseModel):
    """How a dispute would end."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome


class NoteCall(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: _Text


class ResolutionCall(BaseModel):
    """How a dispute ends; a settlement names the new statement of ownership."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    reason: _Text
    statement: Annotated[str, Field(min_length=1, max_length=120)] | None = None


@router.get("", responses=_OWNER)
def disputes(shop: Shop, user: Owner, only_open: bool = False) -> dict[str, tuple[DisputeView, ...]]:
    """Disputes, the newest first."""
    return {"disputes": disputing.all_disputes(shop.installation, only_open=only_open)}


@router.get("/{dispute_id}", responses=_ONE)
def dispute(dispute_id: str, shop: Shop, user: Owner) -> DisputeView:
    """One dispute with everything that happened in it."""
    return disputing.one_dispute(shop.installation, dispute_id)


@router.post("", responses=_ONE, status_code=201)
def open_dispute(call: ClaimCall, shop: Shop, user: Owner) -> DisputeView:
    """Open a dispute: nothing new from the song, and the money of that side goes to suspense."""
    return disputing.open_dispute(
        shop.installation,
        call.subject_id,
        claimant=call.claimant,
        evidence=call.evidence,
        by=user.name,
        side=call.side,
        grounds=call.grounds,
        claimant_party_id=call.claimant_party_id,
    )


@router.post("/preview", responses=_ONE)
def foresee(call: SubjectCall, shop: Shop, user: Owner) -> ForeseenView:
    """What opening a dispute would do: which songs and releases, and who is told; nothing changes."""
    return foreseeing.opening(shop.installation, call.subject_id)


@router.post("/{dispute_id}/resolution/preview", responses=_ONE)
def foresee_end(dispute_id: str, call: OutcomeCall, shop: Shop, user: Owner) -> ForeseenView:
    """What ending it so would do; nothing changes."""
    return foreseeing.ending(shop.installation, dispute_id, call.outcome)


@router.get("/{dispute_id}/statements", responses=_ONE)
def statements(dispute_id: str, shop: Shop, user: Owner) -> dict[str, tuple[StatementView, ...]]:
    """Statements of ownership that a settlement may name, the newest first."""
    return {"statements": disputing.statements_about(shop.installation, dispute_id)}


@router.post("/{dispute_id}/notes", responses=_ONE)
def note(dispute_id: str, call: NoteCall, shop: Shop, user: Owner) -> DisputeView:
    """Add something; nothing of a dispute is ever changed."""
    return disputing.note(shop.installation, dispute_id, call.text, by=user.name)


@router.post("/{dispute_id}/resolution", responses=_ONE)
def resolve(dispute_id: str, call: ResolutionCall, shop: Shop, user: Owner) -> DisputeView:
    """End it: what it froze is again what it was before."""
    return disputing.resolve(
        shop.installation, dispute_id, call.outcome, call.reason, by=user.name, statement=call.statement
    )
