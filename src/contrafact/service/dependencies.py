"""What a route needs: the workshop, and who asks."""

from fastapi import Request

from contrafact.accounts import service as accounts
from contrafact.accounts.schemas import User
from contrafact.service.workshop import Workshop


def workshop(request: Request) -> Workshop:
    shop: Workshop = request.app.state.workshop
    return shop


def current_user(request: Request) -> User:
    """The demo's listener: there is no sign-in yet, and the service listens on the loopback address only."""
    installation = workshop(request).installation
    with installation.database.transaction() as session:
        return accounts.demo_user(session, installation.clock)
