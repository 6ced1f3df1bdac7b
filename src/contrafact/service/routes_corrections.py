"""Corrections: everybody may see what was heard and what the owner says; only the owner may say it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from contrafact.accounts.schemas import User
from contrafact.engine.listening.corrections import Corrections
from contrafact.remixes.schemas import CorrectionsView
from contrafact.remixes.songs import correcting
from contrafact.service.dependencies import owner, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api", tags=["corrections"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
_ERRORS: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such song."}}


class CorrectionCall(BaseModel):
    """All that the owner says about a song from now on; corrections that say nothing withdraw what was said before."""

    model_config = ConfigDict(extra="forbid")

    corrections: Corrections
    reason: Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    based_on: Annotated[int, Field(ge=0)] | None = None
    """The version that the owner had seen, 0 for none: when another came between, nothing is changed."""


@router.get("/songs/{song_id}/corrections", responses=_ERRORS)
def corrections(song_id: str, shop: Shop) -> CorrectionsView:
    """What was heard in the song, what its owner said about it in every version, and the chart that holds."""
    return correcting.corrections(shop.installation, song_id)


@router.post(
    "/songs/{song_id}/corrections",
    responses={
        **_ERRORS,
        403: {"description": "The request does not come from the owner."},
        409: {"description": "Another version came after the one that this is based on."},
        422: {"description": "The corrections contradict each other, or what they are laid over."},
    },
)
def correct(song_id: str, call: CorrectionCall, shop: Shop, user: Owner) -> CorrectionsView:
    """Keep a new version of the corrections; the same as the latest version is no new one."""
    return correcting.correct(
        shop.installation,
        song_id,
        call.corrections,
        by=user.name,
        reason=call.reason,
        based_on=call.based_on,
    )
