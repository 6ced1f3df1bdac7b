"""Money that was held, closed months and statements, for owners and whoever runs the service."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from contrafact.accounts.schemas import User
from contrafact.remixes.takes import closing_months, giving_out
from contrafact.remixes.takes.giving_out import BY_WHAT, GivenOut
from contrafact.royalties.service import as_csv
from contrafact.service.dependencies import Answers, owner, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api/royalties", tags=["royalties"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
Month = Annotated[str, Path(max_length=7, examples=["2026-11"])]
Party = Annotated[str, Path(max_length=80)]
_OWNER: Answers = {403: {"description": "The request does not come from an owner."}}
_SONG: Answers = {**_OWNER, 404: {"description": "There is no such song."}}
_MONTH: Answers = {**_OWNER, 400: {"description": "The period is no month."}}


class ReleaseCall(BaseModel):
    """Of which song to give out what is held (of all without one), and why."""

    model_config = ConfigDict(extra="forbid")

    song_id: Annotated[str, Field(max_length=40)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")] = BY_WHAT


class ClosingCall(BaseModel):
    model_config = ConfigDict(extra="forbid")

    period: Annotated[str, Field(max_length=7, examples=["2026-11"])]


class ClosingView(BaseModel):
    """A closed month: the transactions that it has, and what its closing hashes to."""

    model_config = ConfigDict(extra="forbid")

    number: int
    period: str
    first_sequence: int
    last_sequence: int
    head_hash: str
    closed_at: str
    closed_by: str
    hash: str


class StatementLineView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    booked: str
    """``generation``, ``play``, or ``from_suspense`` for what had been held."""
    role: str
    recording_id: str | None
    times: int
    amount_micros: int


class StatementView(BaseModel):
    """What a party earned in a month; ``closing`` is null while the month is open and the statement provisional."""

    model_config = ConfigDict(extra="forbid")

    party_id: str
    name: str
    period: str
    currency: str
    closing: ClosingView | None
    before_micros: int
    lines: tuple[StatementLineView, ...]
    total_micros: int
    after_micros: int
    sha256: str | None = None


@router.get("/held", responses=_SONG)
def held(shop: Shop, user: Owner, song_id: str | None = None) -> GivenOut:
    """What is held of each song, to whom it would be given out now, and why the rest would stay."""
    return giving_out.give_out(shop.installation, song=song_id, by=user.name, dry_run=True)


@router.post("/held/release", responses=_SONG)
def release(call: ReleaseCall, shop: Shop, user: Owner) -> GivenOut:
    """Give out what is held and due; called again, it gives out nothing twice."""
    return giving_out.give_out(shop.installation, song=call.song_id, by=user.name, reason=call.reason)


@router.get("/closings", responses=_OWNER)
def closings(shop: Shop, user: Owner) -> dict[str, tuple[ClosingView, ...]]:
    """Every closed month, the earliest first."""
    found = closing_months.closed_months(shop.installation)
    return {"closings": tuple(ClosingView(**asdict(item)) for item in found)}


@router.post(
    "/closings", responses={**_MONTH, 409: {"description": "The month is not over, or an earlier one is still open."}}
)
def close(call: ClosingCall, shop: Shop, user: Owner) -> ClosingView:
    """Close a month that is over; closed again, it is told again."""
    return ClosingView(**asdict(closing_months.close_month(shop.installation, call.period, by=user.name)))


_STATEMENT: Answers = {**_MONTH, 404: {"description": "Nothing was ever booked for that party."}}


@router.get("/statements/{party_id}/{period}", responses=_STATEMENT)
def statement(party_id: Party, period: Month, shop: Shop, user: Owner) -> StatementView:
    """What a party earned in a month, from what, and what it is owed in all."""
    found = closing_months.statement_of(shop.installation, party_id, period)
    document: dict[str, Any] = closing_months.statement_document(found)
    return StatementView(**document)


@router.get("/statements/{party_id}/{period}/table", responses=_STATEMENT, response_class=PlainTextResponse)
def table(party_id: Party, period: Month, shop: Shop, user: Owner) -> PlainTextResponse:
    """The lines of a statement as CSV; amounts in micro-units."""
    found = closing_months.statement_of(shop.installation, party_id, period)
    return PlainTextResponse(as_csv(found), media_type="text/csv")
