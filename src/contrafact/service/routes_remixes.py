"""Remixes: ask, hear while it is made, compare, keep, and see who is credited and paid."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from contrafact.accounts.schemas import User
from contrafact.engine.audio.flac_stream import FLAC_MEDIA_TYPE
from contrafact.engine.recipe.recipe import Recipe
from contrafact.kit.ids import new_id
from contrafact.remixes.creations import making
from contrafact.remixes.proposals import offering
from contrafact.remixes.proposals.varying import MOST_TAKES
from contrafact.remixes.releases import plays
from contrafact.remixes.schemas import RemixView, WaveformView
from contrafact.remixes.showing import views
from contrafact.service.dependencies import BAD_RECIPE, NO_REMIX, NO_SONG, current_user, sound, workshop
from contrafact.service.desks import DeskView
from contrafact.service.streaming import finished, growing
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api")
Shop = Annotated[Workshop, Depends(workshop)]
Listener = Annotated[User, Depends(current_user)]
FINAL = frozenset({"held", "ready", "refused", "failed", "cancelled"})
"""After these nothing more is told as it happens; what an owner answers days later comes as news."""
_EVENT_EVERY_S = 0.25
_HEARTBEAT_S = 4.0
"""After six seconds without news the studio takes the line for dead and polls."""


class RemixCall(BaseModel):
    model_config = ConfigDict(extra="forbid")

    song_id: str
    recipe: Recipe
    words: Annotated[str, Field(max_length=500)] = ""


class SoundCall(BaseModel):
    """A stretch of a take, at most ten seconds long; with a recipe that differs in its faders, as that would sound."""

    model_config = ConfigDict(extra="forbid")

    from_s: Annotated[float, Field(ge=0.0, le=3600.0)]
    to_s: Annotated[float, Field(ge=0.0, le=3600.0)]
    recipe: Recipe | None = None


class PlayCall(BaseModel):
    """What a player says of one listening: the client's own id for it, and how much was truly played so far."""

    model_config = ConfigDict(extra="forbid")

    play_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    heard_s: Annotated[float, Field(ge=0.0, le=86_400.0)]


class VariationsCall(BaseModel):
    """How many takes of a recipe to choose from: of one prompt, or like one that was liked."""

    model_config = ConfigDict(extra="forbid")

    song_id: str
    recipe: Recipe
    count: Annotated[int, Field(ge=2, le=MOST_TAKES)] = 3
    kin: offering.Kin = "variation"


@router.post("/variations", responses={**NO_SONG, **BAD_RECIPE})
def variations(call: VariationsCall, shop: Shop, user: Listener) -> dict[str, tuple[offering.TakeView, ...]]:
    """Takes to choose from, with what differs in words and the decision on each; nothing is rendered or paid.

    A take is made, heard and paid for by asking for a remix with its recipe.
    """
    sound(shop, call.recipe)
    return {"takes": offering.offer(shop.installation, call.song_id, call.recipe, call.count, call.kin, user)}


@router.post("/remixes", status_code=202, responses={**NO_SONG, **BAD_RECIPE})
def ask(call: RemixCall, shop: Shop, user: Listener) -> RemixView:
    sound(shop, call.recipe)
    remix_id = making.ask_for(shop.installation, call.song_id, call.recipe, call.words, user).remix_id
    shop.render(remix_id)
    return shop.view(remix_id, user)


@router.get("/remixes")
def remixes(shop: Shop, user: Listener) -> dict[str, list[RemixView]]:
    return {"remixes": [shop.view(remix_id, user) for remix_id in views.remix_ids(shop.installation, user)]}


@router.get("/remixes/{remix_id}")
def remix(remix_id: str, shop: Shop, user: Listener) -> RemixView:
    return shop.view(remix_id, user)


@router.get("/remixes/{remix_id}/events")
def events(remix_id: str, shop: Shop, user: Listener) -> Response:
    shop.view(remix_id, user)

    async def stream() -> AsyncIterator[str]:
        last, quiet_s = "", 0.0
        while True:
            view = await anyio.to_thread.run_sync(shop.view, remix_id, user)
            text = view.model_dump_json()
            if text != last or quiet_s >= _HEARTBEAT_S:
                last, quiet_s = text, 0.0
                yield f"event: remix\ndata: {text}\n\n"
            if view.status in FINAL:
                return
            await anyio.sleep(_EVENT_EVERY_S)
            quiet_s += _EVENT_EVERY_S

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.post("/remixes/{remix_id}/cancel")
def cancel(remix_id: str, shop: Shop, user: Listener) -> RemixView:
    shop.view(remix_id, user)
    shop.cancel(remix_id)
    return shop.view(remix_id, user)


@router.get("/remixes/{remix_id}/live")
def live(remix_id: str, shop: Shop, user: Listener) -> Response:
    shop.view(remix_id, user)
    return growing(shop.live_path(remix_id), FLAC_MEDIA_TYPE, lambda: not shop.is_rendering(remix_id))


@router.get("/remixes/{remix_id}/desk", responses=NO_REMIX)
def desk(remix_id: str, shop: Shop, user: Listener) -> DeskView:
    """The faders of a take: the stems that are kept and everything that is played or sung anew."""
    return shop.desks.view(remix_id, user)


@router.post(
    "/remixes/{remix_id}/sound",
    responses={200: {"content": {"audio/wav": {}}}, **NO_REMIX, **BAD_RECIPE},
    response_class=Response,
)
async def sound_of(remix_id: str, call: SoundCall, shop: Shop, user: Listener, request: Request) -> Response:
    """Any stretch of a take, also of one that is still being made, at about its final loudness; as 16-bit WAV."""
    key, span_s = new_id("snd"), (call.from_s, call.to_s)

    async def watch() -> None:
        # A fader that moves on, or a tab that closes, leaves its last question unanswered: so nobody else waits for it.
        while not await request.is_disconnected():
            await anyio.sleep(_EVENT_EVERY_S)
        shop.desks.cancel(key)

    watching = asyncio.create_task(watch())
    try:
        wav = await anyio.to_thread.run_sync(shop.desks.sound, remix_id, call.recipe, span_s, user, key)
    finally:
        watching.cancel()
    return Response(wav, media_type="audio/wav", headers={"Cache-Control": "no-store"})


@router.get("/remixes/{remix_id}/audio")
def audio(remix_id: str, shop: Shop, user: Listener) -> Response:
    sound = making.take_audio(shop.installation, remix_id, user)
    return finished(sound.path, sound.media_type, etag=sound.sha256)


@router.get("/remixes/{remix_id}/download")
def download(remix_id: str, shop: Shop, user: Listener) -> Response:
    sound = making.download(shop.installation, remix_id, user)
    return finished(sound.path, sound.media_type, filename=sound.filename, etag=sound.sha256)


@router.get("/remixes/{remix_id}/waveform")
def waveform(remix_id: str, shop: Shop, user: Listener) -> WaveformView:
    return views.take_waveform(shop.installation, remix_id, user)


@router.post("/remixes/{remix_id}/plays")
def play(remix_id: str, call: PlayCall, shop: Shop, user: Listener) -> dict[str, Any]:
    counted = plays.report(shop.installation, remix_id, call.play_id, call.heard_s, user)
    earnings = views.earnings_view(shop.installation, remix_id)
    return {"counted": counted, "earnings": json.loads(earnings.model_dump_json())}


@router.get("/ledger")
def ledger(shop: Shop) -> dict[str, Any]:
    return views.ledger_view(shop.installation)
