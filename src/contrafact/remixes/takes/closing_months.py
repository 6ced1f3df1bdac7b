"""Statements of what parties earned, and the closing of months, for whoever runs an installation."""

from typing import Any

from contrafact.remixes.installation import Installation
from contrafact.royalties import service as royalties
from contrafact.royalties.service import Closing, Statement


def close_month(installation: Installation, period: str, *, by: str) -> Closing:
    """Close a month (``2026-11``); closed again, it is told again.

    Raises
    ------
    WrongCall, Conflict
        When it is no month, not over, or not the next one.
    """
    with installation.database.transaction() as session:
        return royalties.close(session, period, by=by, clock=installation.clock)


def closed_months(installation: Installation) -> tuple[Closing, ...]:
    """Every closed month, the earliest first."""
    with installation.database.reading() as session:
        return royalties.closings(session)


def statement_of(installation: Installation, party_id: str, period: str) -> Statement:
    """What a party earned in a month, from what, and what it is owed in all.

    Raises
    ------
    WrongCall, NotFound
        When it is no month, or nothing was ever booked for that party.
    """
    with installation.database.reading() as session:
        return royalties.statement(session, party_id, period)


def journal(installation: Installation) -> tuple[str, ...]:
    """The whole ledger as the lines of a Beancount journal."""
    with installation.database.reading() as session:
        return tuple(royalties.beancount(session))


def statement_document(found: Statement) -> dict[str, Any]:
    """A statement as one JSON document."""
    return royalties.as_document(found)
