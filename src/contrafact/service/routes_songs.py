"""Songs, styles and plans: what there is, what may be done with it, and what the planner makes of words."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from contrafact import __version__
from contrafact.accounts.schemas import User
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes import asking, library
from contrafact.remixes.schemas import PlanView, SongView, WaveformView
from contrafact.service.dependencies import current_user, workshop
from contrafact.service.streaming import finished
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api")
Shop = Annotated[Workshop, Depends(workshop)]
Listener = Annotated[User, Depends(current_user)]


class PlanCall(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(min_length=1, max_length=500)]
    without: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0


@router.get("/session")
def session(shop: Shop, user: Listener) -> dict[str, Any]:
    return {
        "user": {"id": user.id, "name": user.name, "tier": user.tier},
        "version": __version__,
        "currency": shop.installation.currency,
    }


@router.get("/songs")
def songs(shop: Shop, user: Listener) -> dict[str, list[SongView]]:
    return {"songs": library.songs(shop.installation, user)}


@router.get("/songs/{song_id}")
def song(song_id: str, shop: Shop, user: Listener) -> SongView:
    return library.song(shop.installation, song_id, user)


@router.get("/songs/{song_id}/cover")
def cover(song_id: str, shop: Shop) -> Response:
    picture = library.cover(shop.installation, song_id)
    return Response(picture.data, media_type=picture.media_type, headers={"Cache-Control": "private, max-age=3600"})


@router.get("/songs/{song_id}/audio")
def audio(song_id: str, shop: Shop) -> Response:
    sound = library.original_audio(shop.installation, song_id)
    return finished(sound.path, sound.media_type, etag=sound.sha256)


@router.get("/songs/{song_id}/waveform")
def waveform(song_id: str, shop: Shop) -> WaveformView:
    return library.original_waveform(shop.installation, song_id)


@router.get("/songs/{song_id}/chart")
def chart(song_id: str, shop: Shop, heard: bool = False) -> Response:
    """The chart that holds; with ``heard=true`` what was heard, without the owner's corrections."""
    return Response(library.chart_json(shop.installation, song_id, heard), media_type="application/json")


@router.get("/styles")
def styles(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    return {"styles": library.styles(shop.installation)}


@router.post("/songs/{song_id}/plan")
def plan(song_id: str, call: PlanCall, shop: Shop, user: Listener) -> PlanView:
    view = asking.plan_view(shop.installation, song_id, call.words, frozenset(call.without), call.seed, user)
    if view.decision.outcome == "permit":
        shop.rehearse(song_id, Recipe.model_validate(view.recipe))
    return view
