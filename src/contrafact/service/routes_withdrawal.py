"""Withdrawing permissions (R5): first what it would do, then the very same done; and what may come back."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from contrafact.accounts.schemas import User
from contrafact.remixes.console.bulk import Selection
from contrafact.remixes.withdrawals import withdrawing
from contrafact.remixes.withdrawals.withdrawal_plans import WithdrawalView
from contrafact.remixes.withdrawals.withdrawing import ComeBackView
from contrafact.service.dependencies import Answers, owner, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api/rights", tags=["withdrawal"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
_ANSWERS: Answers = {
    403: {"description": "The request does not come from the owner."},
    404: {"description": "There is no such grant, recording or release."},
}
_Id = Annotated[str, Field(max_length=40)]


class WithdrawalCall(BaseModel):
    """What goes: grants by series, all grants in force on chosen songs or of a party, or recordings altogether."""

    model_config = ConfigDict(extra="forbid")

    series: Annotated[tuple[_Id, ...], Field(max_length=5_000)] = ()
    recordings: Annotated[tuple[_Id, ...], Field(max_length=5_000)] = ()
    songs: Selection | None = None
    party_id: _Id | None = None

    def chosen(self, shop: Workshop) -> set[str]:
        """The series that are meant."""
        found = set(self.series)
        if self.songs is not None or self.party_id is not None:
            found |= withdrawing.series_of(shop.installation, self.songs, self.party_id)
        return found


class WithdrawCall(WithdrawalCall):
    """The same, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class CameBackView(BaseModel):
    """Whether a withdrawal had held the release."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    release_id: str
    came_back: bool


@router.post("/withdrawals/preview", responses=_ANSWERS)
def preview(call: WithdrawalCall, shop: Shop, user: Owner) -> WithdrawalView:
    """What withdrawing would do: to which releases and takes, when, for how many listeners; nothing changes."""
    return withdrawing.preview(shop.installation, call.chosen(shop), recordings=call.recordings)


@router.post("/withdrawals", responses=_ANSWERS)
def withdraw(call: WithdrawCall, shop: Shop, user: Owner) -> WithdrawalView:
    """Withdraw: nothing new from now on, and what rests on it becomes what its contract names."""
    found = withdrawing.withdraw(
        shop.installation, call.chosen(shop), by=user.name, reason=call.reason, recordings=call.recordings
    )
    for item in found.affected:
        if item.becomes == "cancelled":
            shop.cancel(item.remix_id)
    return found


@router.post("/releases/{release_id}/reinstate/preview", responses=_ANSWERS)
def foresee_return(release_id: str, shop: Shop, user: Owner) -> ComeBackView:
    """Whether a release would come back that a withdrawal took, and if not, why; nothing changes."""
    return withdrawing.foresee_return(shop.installation, release_id, by=user.name)


@router.post("/releases/{release_id}/reinstate", responses=_ANSWERS)
def reinstate(release_id: str, shop: Shop, user: Owner) -> CameBackView:
    """Let a release come back that a withdrawal took, by a fresh decision."""
    done = withdrawing.reinstate(shop.installation, release_id, by=user.name)
    return CameBackView(release_id=release_id, came_back=done)
