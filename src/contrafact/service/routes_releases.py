"""Releases: let others hear a remix, hear those of others, and make remixes of them."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from contrafact.accounts.schemas import User
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.creations import again
from contrafact.remixes.news import inbox
from contrafact.remixes.news.inbox import InboxView
from contrafact.remixes.releases import heard, plays, releasing
from contrafact.remixes.schemas import PlanView, RemixView, WaveformView
from contrafact.remixes.schemas_releases import ReleasePage, ReleaseView
from contrafact.remixes.showing import views
from contrafact.service.dependencies import BAD_RECIPE, NO_REMIX, Answers, current_user, sound, workshop
from contrafact.service.routes_remixes import PlayCall
from contrafact.service.streaming import finished
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api", tags=["releases"])
Shop = Annotated[Workshop, Depends(workshop)]
Listener = Annotated[User, Depends(current_user)]
NO_RELEASE: Answers = {
    404: {"description": "There is no such release."},
    410: {"description": "Its remixer took it back."},
    451: {"description": "A dispute, a notice, an owner or a grant keeps it from being heard; the message says which."},
}
_REFUSED: Answers = {403: {"description": "A right is missing; the decision says which and why."}}


class UnlistCall(BaseModel):
    """Out of all lists, or away for good."""

    model_config = ConfigDict(extra="forbid")

    for_good: bool = False


class AgainPlanCall(BaseModel):
    """Words on a remix; ``without`` are ids of understood phrases that shall not count."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(max_length=500)]
    without: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0


class AgainCall(BaseModel):
    """A recipe for a remix of a remix, as the plan gave it."""

    model_config = ConfigDict(extra="forbid")

    recipe: Recipe
    words: Annotated[str, Field(max_length=500)] = ""


class ReadCall(BaseModel):
    """Everything up to this place in the sequence was read."""

    model_config = ConfigDict(extra="forbid")

    up_to: Annotated[int, Field(ge=0, le=2**62)]


@router.post("/remixes/{remix_id}/release", responses={**NO_REMIX, **_REFUSED})
def release(remix_id: str, shop: Shop, user: Listener) -> ReleaseView:
    """Let the others of this installation hear a remix; decided anew. Where an owner asks first, it waits."""
    release_id = releasing.release(shop.installation, remix_id, user)
    return heard.release(shop.installation, release_id, user)


@router.post("/remixes/{remix_id}/unlist", responses=NO_REMIX)
def unlist(remix_id: str, call: UnlistCall, shop: Shop, user: Listener) -> ReleaseView:
    """Take a release out of all lists; who knows its address hears it still, unless it goes for good."""
    release_id = releasing.unlist(shop.installation, remix_id, user, for_good=call.for_good)
    return heard.release(shop.installation, release_id, user)


@router.post("/remixes/{remix_id}/again/plan", responses={**NO_REMIX, **NO_RELEASE})
def plan_again(remix_id: str, call: AgainPlanCall, shop: Shop, user: Listener) -> PlanView:
    """What words on a remix would make of it: one's own by its id, or a released one by its or its release's id."""
    return again.plan_again(shop.installation, remix_id, call.words, frozenset(call.without), call.seed, user)


@router.post("/remixes/{remix_id}/again", status_code=202, responses={**NO_REMIX, **NO_RELEASE, **BAD_RECIPE})
def ask_again(remix_id: str, call: AgainCall, shop: Shop, user: Listener) -> RemixView:
    """Ask for a remix of a remix."""
    sound(shop, call.recipe)
    made = again.ask_again_for(shop.installation, remix_id, call.recipe, call.words, user)
    shop.render(made.remix_id)
    return shop.view(made.remix_id, user)


@router.get("/releases")
def releases(
    shop: Shop,
    user: Listener,
    song_id: Annotated[str | None, Query(max_length=64)] = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = heard.PAGE,
) -> ReleasePage:
    """Remixes that everybody here may hear, newest first; of one song, or of all."""
    return heard.releases(shop.installation, user, song_id=song_id, before=before, limit=limit)


@router.get("/releases/{release_id}", responses=NO_RELEASE)
def one_release(release_id: str, shop: Shop, user: Listener) -> ReleaseView:
    """One release, for who knows its address; its remixer sees it in every state, with its history."""
    return heard.release(shop.installation, release_id, user)


@router.get("/releases/{release_id}/audio", responses={200: {"content": {"audio/flac": {}}}, **NO_RELEASE})
def audio(release_id: str, shop: Shop, user: Listener) -> Response:
    """The signed take; it may be gone tomorrow, so nobody keeps it without asking again."""
    sound = heard.release_audio(shop.installation, release_id, user)
    response = finished(sound.path, sound.media_type, etag=sound.sha256)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@router.get("/releases/{release_id}/waveform", responses=NO_RELEASE)
def waveform(release_id: str, shop: Shop, user: Listener) -> WaveformView:
    """The peaks of a release."""
    return heard.release_waveform(shop.installation, release_id, user)


@router.post("/releases/{release_id}/plays", responses=NO_RELEASE)
def play(release_id: str, call: PlayCall, shop: Shop, user: Listener) -> dict[str, Any]:
    """What a player says of one listening; counted and paid as for one's own remixes."""
    counted = plays.report_release(shop.installation, release_id, call.play_id, call.heard_s, user)
    view = heard.release(shop.installation, release_id, user)
    earnings = views.earnings_view(shop.installation, view.remix_id)
    return {"counted": counted, "earnings": json.loads(earnings.model_dump_json())}


@router.get("/notifications")
def notifications(
    shop: Shop,
    user: Listener,
    before: Annotated[int | None, Query(ge=1)] = None,
    unread_only: bool = False,
) -> InboxView:
    """What this listener was told, newest first."""
    return inbox.inbox(shop.installation, user, before=before, unread_only=unread_only)


@router.post("/notifications/read")
def read(call: ReadCall, shop: Shop, user: Listener) -> dict[str, int]:
    """All news up to a place was read; says how many are still unread."""
    return {"unread": inbox.mark_read(shop.installation, user, call.up_to)}
