"""Rollout controls for the operator: what is switched on, for whom, and off at once."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from contrafact.accounts.schemas import User
from contrafact.engine.recipe.recipe import Operation
from contrafact.remixes.console import rollout
from contrafact.remixes.creations import making
from contrafact.rights import switching
from contrafact.rights.values import Switch
from contrafact.service.dependencies import Answers, owner, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api/rollout", tags=["rollout"])
Shop = Annotated[Workshop, Depends(workshop)]
Operator = Annotated[User, Depends(owner)]
_OPERATOR: Answers = {403: {"description": "The request does not come from the operator."}}


class SwitchCall(BaseModel):
    """How an operation shall be rolled out from now on, and why."""

    model_config = ConfigDict(extra="forbid")

    switch: Switch
    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class SwitchesView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    switches: tuple[rollout.SwitchView, ...]


@router.get("/switches", responses=_OPERATOR)
def switches(shop: Shop, _: Operator) -> SwitchesView:
    """Every operation: how it is rolled out, and whether it is possible here at all."""
    with shop.installation.database.reading() as session:
        return SwitchesView(switches=tuple(rollout.switch_views(shop.installation, session, get_args(Operation))))


@router.get("/switches/{operation}/affected", responses=_OPERATOR)
def affected(operation: Operation, shop: Shop, _: Operator) -> rollout.AffectedView:
    """Everything that rests on an operation now: look before you switch it off."""
    with shop.installation.database.reading() as session:
        return rollout.affected(session, operation)


@router.put("/switches/{operation}", responses=_OPERATOR)
def set_switch(operation: Operation, call: SwitchCall, shop: Shop, user: Operator) -> rollout.AffectedView:
    """Set a switch; what was being made by an operation that is off now is stopped, what others hear is listed."""
    switch = call.switch.model_copy(update={"operation": operation})
    with shop.installation.database.transaction() as session:
        switching.set_switch(session, switch, reason=call.reason, by=user.name, clock=shop.installation.clock)
        found = rollout.affected(session, operation)
    if not switch.on:
        for take in found.under_way:
            # The reason first: a remix that was only cancelled would say that its listener did it.
            making.fail(shop.installation, take.remix_id, f"It was stopped: {call.reason}")
            shop.cancel(take.remix_id)
    return found
