"""What a route needs: the workshop, who asks, and recipes that can be meant."""

from typing import Any

from fastapi import Request

from contrafact.accounts import service as accounts
from contrafact.accounts.schemas import User
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.recipe import Recipe
from contrafact.kit.errors import ContrafactError
from contrafact.remixes.proposals import shaping
from contrafact.service.security import is_here
from contrafact.service.workshop import Workshop

Answers = dict[int | str, dict[str, Any]]
NO_SONG: Answers = {404: {"description": "There is no such song."}}
NO_REMIX: Answers = {404: {"description": "There is no such remix of yours."}}
BAD_RECIPE: Answers = {
    422: {"description": "The recipe cannot be meant; the message begins with the JSON path of the fault."}
}


def workshop(request: Request) -> Workshop:
    shop: Workshop = request.app.state.workshop
    return shop


def current_user(request: Request) -> User:
    """The demo's listener: there is no sign-in yet, and the service listens on the loopback address only."""
    installation = workshop(request).installation
    with installation.database.transaction() as session:
        return accounts.demo_user(session, installation.clock)


class NotTheOwner(ContrafactError):
    """Only a song's owner may do that."""

    exit_code, http_status, code = 3, 403, "not_the_owner"


def owner(request: Request) -> User:
    """Whoever may speak for the songs: until there is sign-in, who sits at this machine.

    Raises
    ------
    NotTheOwner
        When the request comes from another machine, or through a proxy.
    """
    if not is_here(request):
        raise NotTheOwner("only the songs' owner may do that; there is no sign-in yet, so do it on the server itself")
    return current_user(request)


def sound(shop: Workshop, recipe: Recipe) -> None:
    """Refuse a recipe of which a source is not to be had any more.

    Raises
    ------
    BadInput
        With the JSON path of the source.
    """
    with shop.installation.database.reading() as session:
        fault = shaping.withdrawn(session, recipe)
    if fault is not None:
        raise BadInput(fault)
