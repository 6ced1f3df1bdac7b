"""Who owns a song, stated in the rights holder's console: looked at, tried with all that it changes, then saved."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from contrafact.accounts.schemas import User
from contrafact.catalogue.owning import EVIDENCE_AT_MOST, REASON_AT_MOST
from contrafact.remixes.console import stating
from contrafact.service.dependencies import NO_SONG, Answers, owner, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api/rights", tags=["rights"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
_OWNER: Answers = {403: {"description": "The request does not come from the owner."}}
_STATE: Answers = {
    **_OWNER,
    **NO_SONG,
    400: {
        "description": "A share cannot be read or cannot be, or the shares do not add up and nobody said it is meant."
    },
    409: {"description": "The side was stated by somebody else since it was read; look again."},
}


class StatementCall(BaseModel):
    """Who holds a side of a song, as it shall be from now on, and why."""

    model_config = ConfigDict(extra="forbid")

    statement: stating.Statement
    reason: Annotated[str, Field(min_length=1, max_length=REASON_AT_MOST)]
    evidence: Annotated[str, Field(max_length=EVIDENCE_AT_MOST)] = ""
    findings_are_meant: bool = False
    """Gaps and overlaps that remain are known: nothing is permitted there."""


class PartiesView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    parties: tuple[stating.PartyFound, ...]


@router.get("/songs/{song_id}/shares", responses={**_OWNER, **NO_SONG})
def shares(song_id: str, shop: Shop, _: Owner) -> stating.SharesView:
    """Who holds the recording and the composition of a song, where and when, ready to be stated anew."""
    with shop.installation.database.reading() as session:
        return stating.shares_view(shop.installation, session, song_id)


@router.post("/songs/{song_id}/shares/preview", responses=_STATE)
def preview(song_id: str, statement: stating.Statement, shop: Shop, user: Owner) -> stating.StatementPreview:
    """What stating this would change: gaps and overlaps, what is permitted, and held money that goes out."""
    return stating.state(shop.installation, song_id, statement, by=user.name, dry_run=True)


@router.put("/songs/{song_id}/shares", responses=_STATE)
def state(song_id: str, call: StatementCall, shop: Shop, user: Owner) -> stating.StatementPreview:
    """State who holds a side, as a new version, and give out what was held for want of an owner."""
    return stating.state(
        shop.installation,
        song_id,
        call.statement,
        by=user.name,
        reason=call.reason,
        evidence=call.evidence,
        findings_are_meant=call.findings_are_meant,
    )


@router.get("/parties", responses=_OWNER)
def parties(shop: Shop, _: Owner, words: Annotated[str, Query(min_length=1, max_length=200)]) -> PartiesView:
    """Parties whose name begins so, or who have that ISNI, IPI, DPID or id; at most twelve."""
    with shop.installation.database.reading() as session:
        return PartiesView(parties=stating.parties_found(session, words))


@router.post(
    "/parties",
    status_code=201,
    responses={
        **_OWNER,
        409: {"description": "An identifier belongs to another party."},
        422: {"description": "An identifier is none, or its check digit is wrong."},
    },
)
def add_party(call: stating.NewParty, shop: Shop, user: Owner) -> stating.PartyFound:
    """Let somebody become known who is not in the catalogue yet."""
    return stating.add_party(shop.installation, call, by=user.name)
