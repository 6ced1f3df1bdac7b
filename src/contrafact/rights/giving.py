"""Very many grants at once: written together, without asking the database about each.

What is given here is checked as :mod:`contrafact.rights.service` checks it, and kept apart by the same keys: a version
that somebody else gave meanwhile is refused by the database, and with it the whole transaction.
"""

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id
from contrafact.rights import store
from contrafact.rights.extents import require_meant
from contrafact.rights.models import GrantRow
from contrafact.rights.values import Authority, Grant, Side, Terms


def give_new(
    session: Session,
    terms: Terms,
    *,
    side: Side,
    subject_id: str,
    party_id: str,
    authority: Authority,
    by: str,
    clock: Clock,
) -> str:
    """A new grant in the owner's own terms, as :func:`~contrafact.rights.service.grant_terms` gives it; its series.

    It is written with the session's next flush.

    Raises
    ------
    WrongCall
        When the terms cannot be meant.
    """
    require_meant(terms, "")
    series = new_id("grs")
    session.add(_row(terms, series, 1, side, subject_id, party_id, authority, by, clock))
    return series


def give_next(session: Session, old: Grant, terms: Terms, *, authority: Authority, by: str, clock: Clock) -> str:
    """The next version of a grant that was read in this transaction; its series.

    It is written with the session's next flush.

    Raises
    ------
    WrongCall
        When the terms have a fault that the version before had not.
    """
    require_meant(terms, "", before=old.terms)
    session.add(_row(terms, old.series, old.version + 1, old.side, old.subject_id, old.party_id, authority, by, clock))
    return old.series


def _row(
    terms: Terms,
    series: str,
    version: int,
    side: Side,
    subject_id: str,
    party_id: str,
    authority: Authority,
    by: str,
    clock: Clock,
) -> GrantRow:
    return GrantRow(
        id=new_id("grt"),
        series=series,
        version=version,
        side=side,
        subject_id=subject_id,
        party_id=party_id,
        authority=authority,
        origin="terms",
        status="active",
        terms=store.written(terms),
        created_at=clock.now(),
        created_by=by,
    )
