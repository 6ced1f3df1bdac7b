"""Songs, styles and plans: what there is, what may be done with it, and what the planner makes of words."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from contrafact import __version__
from contrafact.accounts.schemas import User
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.proposals import asking, partnering, shaping
from contrafact.remixes.proposals.partnering import MOST_PARTNERS, PartnersView
from contrafact.remixes.schemas import PlanView, SongView, WaveformView
from contrafact.remixes.songs import library
from contrafact.service.dependencies import BAD_RECIPE, NO_SONG, current_user, sound, workshop
from contrafact.service.streaming import finished
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api")
Shop = Annotated[Workshop, Depends(workshop)]
Listener = Annotated[User, Depends(current_user)]


class PlanCall(BaseModel):
    """Words to be read, less the phrases in ``without``; or a recipe that was edited by hand."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    without: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    guest: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The song whose voice a mash-up shall have; a recipe names it itself."""
    recipe: Recipe | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.words is None) == (self.recipe is None):
            raise ValueError("give either words or a recipe")
        if self.recipe is not None and self.guest is not None:
            raise ValueError("a guest goes with words; a recipe names its second recording itself")
        return self


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
    packs = shop.installation.styles
    plain = library.styles(shop.installation)
    return {"styles": [{**style, "defaults": shaping.defaults_of(packs[style["slug"]])} for style in plain]}


@router.get("/songs/{song_id}/shaping", responses=NO_SONG)
def shape(song_id: str, shop: Shop, user: Listener) -> shaping.ShapingView:
    """What of the song can be shaped by hand: by what was heard in it, and by what its owner allows."""
    return shaping.shaping(shop.installation, song_id, user)


@router.get("/songs/{song_id}/partners", responses=NO_SONG)
def partners(
    song_id: str, shop: Shop, user: Listener, most: Annotated[int, Query(ge=1, le=MOST_PARTNERS)] = 8
) -> PartnersView:
    """Songs whose voices go well over this one's bars, best first, and whether their owners allow a mash-up."""
    return partnering.partners(shop.installation, song_id, user, most)


@router.post("/songs/{song_id}/plan", responses={**NO_SONG, **BAD_RECIPE})
def plan(song_id: str, call: PlanCall, shop: Shop, user: Listener) -> PlanView:
    """What words, or a recipe, would make of the song, and whether it may be made; nothing is rendered or paid."""
    if call.recipe is not None:
        sound(shop, call.recipe)
        view = shaping.shaped(shop.installation, song_id, call.recipe, user)
    else:
        words = call.words or ""
        without = frozenset(call.without)
        view = asking.plan_view(shop.installation, song_id, words, without, call.seed, user, call.guest)
    if view.decision.outcome == "permit":
        shop.rehearse(song_id, Recipe.model_validate(view.recipe))
    return view
