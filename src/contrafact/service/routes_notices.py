"""Notices (R15): a public form and a public log, the answer of whoever's it was, and what staff does."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from contrafact.accounts.schemas import User
from contrafact.kit.errors import ContrafactError
from contrafact.remixes.notices import answerable, foreseeing, noticing
from contrafact.remixes.notices.answerable import MyNoticeView
from contrafact.remixes.notices.foreseeing import Deed, ForeseenView
from contrafact.remixes.notices.notice_views import (
    LogCheck,
    LogPage,
    NoticeView,
    ReceiptView,
    all_notices,
    check_log,
    log_page,
    one_notice,
    receipt_of,
)
from contrafact.rights.notice_documents import CounterNotice, NoticeDocument
from contrafact.service.dependencies import NO_REMIX, Answers, current_user, owner, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api", tags=["notices"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
Listener = Annotated[User, Depends(current_user)]
MOST_BYTES = 64 * 1024
_OWNER: Answers = {403: {"description": "The request does not come from an owner."}}
_ONE: Answers = {
    **_OWNER,
    404: {"description": "There is no such notice, or nothing where it points."},
    409: {"description": "It cannot go there from where it is, or lacks something."},
}
_Reason = Annotated[str, Field(min_length=1, max_length=5_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class TooLarge(ContrafactError):
    """A form that is larger than any notice."""

    http_status, code = 413, "too_large"


class ReasonCall(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: _Reason


class CompletionCall(BaseModel):
    """What a notice lacked, as fields of the document."""

    model_config = ConfigDict(extra="forbid")

    added: Annotated[dict[str, JsonValue], Field(max_length=12)]


class DeedCall(BaseModel):
    """What would be done with a notice."""

    model_config = ConfigDict(extra="forbid")

    deed: Deed


class AnswerView(BaseModel):
    """What a user who answered is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    state: str
    sentence: str


def small(request: Request) -> None:
    """Refuse a body before it is read when it says to be large, or does not say how large it is."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise TooLarge(f"a notice has at most {MOST_BYTES // 1024} KiB, and says how long it is; shorten it")


@router.post(
    "/public/notices",
    status_code=201,
    dependencies=[Depends(small)],
    responses={413: {"description": "Too large."}, 429: {"description": "Too many from one address in an hour."}},
)
def serve_notice(document: NoticeDocument, shop: Shop, request: Request) -> ReceiptView:
    """Serve a notice, without signing in. One that lacks something is kept, and is told what; it has no effect yet."""
    address = request.client.host if request.client is not None else "unknown"
    return receipt_of(noticing.receive_from(shop.installation, document, address))


@router.get("/public/notices")
def public_log(
    shop: Shop, before: Annotated[int | None, Query(ge=1)] = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> LogPage:
    """The public log, newest first: what was done, when, by which rule; a chain of hashes without anybody's name."""
    noticing.settle(shop.installation)
    return log_page(shop.installation, before, limit)


@router.get("/public/notices/check")
def check(
    shop: Shop, head: Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$", description="Kept elsewhere.")] = None
) -> LogCheck:
    """Walk the whole public log; ``head`` is a hash that was kept elsewhere, and must be in it."""
    return check_log(shop.installation, head)


@router.post("/notices/{notice_id}/counter", dependencies=[Depends(small)], responses=_ONE)
def counter(notice_id: str, document: CounterNotice, shop: Shop, user: Listener) -> AnswerView:
    """Answer a notice that took down something of yours."""
    found = noticing.counter(shop.installation, notice_id, document, by=user.name, user_id=user.id)
    due = f" on {found.due_at:%d %B %Y}" if found.due_at is not None else ""
    return AnswerView(
        id=found.id,
        state=found.state,
        sentence=f"Your answer came. Unless an action is filed, what was taken down comes back{due}.",
    )


@router.get("/remixes/{remix_id}/notices", responses=NO_REMIX)
def about_mine(remix_id: str, shop: Shop, user: Listener) -> dict[str, tuple[MyNoticeView, ...]]:
    """The notices that took down a remix of yours: why, until when you can answer, and what became of your answer."""
    return {"notices": answerable.notices_about(shop.installation, remix_id, user)}


@router.post("/notices/{notice_id}/preview", responses=_ONE)
def foresee(notice_id: str, call: DeedCall, shop: Shop, user: Owner) -> ForeseenView:
    """What acting on a notice so would do: which songs, releases and takes; nothing changes."""
    return foreseeing.deed(shop.installation, notice_id, call.deed)


@router.get("/notices", responses=_OWNER)
def notices(shop: Shop, user: Owner, only_open: bool = False) -> dict[str, tuple[NoticeView, ...]]:
    """Notices for staff, the newest first; first does what the clocks ask for."""
    noticing.settle(shop.installation)
    return {"notices": all_notices(shop.installation, only_open=only_open)}


@router.get("/notices/{notice_id}", responses=_ONE)
def notice(notice_id: str, shop: Shop, user: Owner) -> NoticeView:
    """One notice for staff; holds personal data."""
    return one_notice(shop.installation, notice_id)


@router.post("/notices/{notice_id}/complete", responses=_ONE)
def complete(notice_id: str, call: CompletionCall, shop: Shop, user: Owner) -> NoticeView:
    """Add what an incomplete notice lacked."""
    return noticing.complete(shop.installation, notice_id, call.added, by=user.name)


@router.post("/notices/{notice_id}/accept", responses=_ONE)
def accept(notice_id: str, call: ReasonCall, shop: Shop, user: Owner) -> NoticeView:
    """Act on a notice: take down, keep down, tell its users why and how to answer."""
    return noticing.accept(shop.installation, notice_id, by=user.name, text=call.reason)


@router.post("/notices/{notice_id}/reject", responses=_ONE)
def reject(notice_id: str, call: ReasonCall, shop: Shop, user: Owner) -> NoticeView:
    """Do not act on a notice."""
    return noticing.reject(shop.installation, notice_id, by=user.name, text=call.reason)


@router.post("/notices/{notice_id}/restore", responses=_ONE)
def restore(notice_id: str, call: ReasonCall, shop: Shop, user: Owner) -> NoticeView:
    """Let come back what a notice took down."""
    return noticing.restore(shop.installation, notice_id, by=user.name, text=call.reason)


@router.post("/notices/{notice_id}/uphold", responses=_ONE)
def uphold(notice_id: str, call: ReasonCall, shop: Shop, user: Owner) -> NoticeView:
    """Let it stay down: an action was filed."""
    return noticing.uphold(shop.installation, notice_id, by=user.name, text=call.reason)
