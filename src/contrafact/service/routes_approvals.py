"""The approval queue, for owners: what is asked, the sound of it, and the answer. All of it is the owner's."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from contrafact.accounts.schemas import User
from contrafact.remixes.news import inbox
from contrafact.remixes.news.inbox import InboxView
from contrafact.remixes.releases import answering, queueing
from contrafact.remixes.schemas_releases import ApprovalPage, ApprovalView
from contrafact.rights.approvals import Conditions
from contrafact.rights.territories import Territories
from contrafact.service.dependencies import Answers, owner, workshop
from contrafact.service.routes_releases import ReadCall
from contrafact.service.streaming import finished
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api", tags=["approvals"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
_OWNER: Answers = {403: {"description": "The request does not come from the owner."}}
_NONE: Answers = {404: {"description": "There is no such request for approval."}}
_ENDED: Answers = {409: {"description": "There is nothing to answer any more; the message says why."}}
Reason = Annotated[str, Field(max_length=1000)]


class ApproveCall(BaseModel):
    """Yes; with conditions only there, only until then, or only for its listener."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
    territories: Territories = Territories()
    valid_to: AwareDatetime | None = None
    listen_only: bool = False


class RefuseCall(BaseModel):
    """No, and why; the listener reads it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


@router.get("/approvals", responses=_OWNER)
def approvals(
    shop: Shop,
    _: Owner,
    party_id: Annotated[str | None, Query(max_length=64)] = None,
    answered: bool = False,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = queueing.PAGE,
) -> ApprovalPage:
    """What owners are asked, newest first; with ``answered`` what was answered, lapsed or cancelled as well."""
    return queueing.queue(shop.installation, party_id=party_id, open_only=not answered, before=before, limit=limit)


@router.get("/approvals/{request_id}", responses={**_OWNER, **_NONE})
def approval(request_id: str, shop: Shop, _: Owner) -> ApprovalView:
    """One request, with everything that was answered."""
    return queueing.approval(shop.installation, request_id)


@router.get("/approvals/{request_id}/audio", responses={200: {"content": {"audio/flac": {}}}, **_OWNER, **_NONE})
def audio(request_id: str, shop: Shop, _: Owner) -> Response:
    """The take that is asked about; nobody but its owners hears it before they agree."""
    sound = queueing.approval_audio(shop.installation, request_id)
    response = finished(sound.path, sound.media_type, etag=sound.sha256)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.post("/approvals/{request_id}/approve", responses={**_OWNER, **_NONE, **_ENDED})
def approve(request_id: str, call: ApproveCall, shop: Shop, user: Owner) -> ApprovalView:
    """Agree, with conditions or without; the last of all who are asked lets it out."""
    conditions = Conditions(call.territories, call.valid_to, call.listen_only)
    answering.answer(shop.installation, request_id, "approved", reason=call.reason, by=user.id, conditions=conditions)
    return queueing.approval(shop.installation, request_id)


@router.post("/approvals/{request_id}/refuse", responses={**_OWNER, **_NONE, **_ENDED})
def refuse(request_id: str, call: RefuseCall, shop: Shop, user: Owner) -> ApprovalView:
    """Refuse; of what was approved before, the approval is withdrawn and the grant says what becomes of releases."""
    answering.answer(shop.installation, request_id, "refused", reason=call.reason, by=user.id)
    return queueing.approval(shop.installation, request_id)


@router.get("/owner/notifications", responses=_OWNER)
def notifications(
    shop: Shop,
    _: Owner,
    before: Annotated[int | None, Query(ge=1)] = None,
    unread_only: bool = False,
) -> InboxView:
    """What the owners were told, newest first."""
    return inbox.inbox(shop.installation, None, before=before, unread_only=unread_only)


@router.post("/owner/notifications/read", responses=_OWNER)
def read(call: ReadCall, shop: Shop, _: Owner) -> dict[str, int]:
    """All the owners' news up to a place was read; says how many are still unread."""
    return {"unread": inbox.mark_read(shop.installation, None, call.up_to)}
