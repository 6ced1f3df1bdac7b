"""ISRCs of our own for released remixes (R12): from the operator's prefix, counted, never given twice."""

from typing import Final

from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.kit.clock import Clock
from contrafact.kit.errors import NotFound
from contrafact.remixes.tables import store_releases as store
from contrafact.remixes.tables.models_releases import IsrcCounterRow

MOST_IN_A_YEAR: Final = 99_999
"""ISO 3901: five digits of designation for each registrant and year."""


def next_isrc(session: Session, prefix: str | None, clock: Clock) -> str | None:
    """The next ISRC of this year, without hyphens; None without a prefix, or when the year's are used up.

    A number that a recording of the library has already (the operator may be its label) is passed over: a remix never
    carries the ISRC of what it is made from.
    """
    if prefix is None:
        return None
    year = clock.now().year
    counter = store.isrc_counter(session, prefix, year)
    if counter is None:
        counter = IsrcCounterRow(prefix=prefix, year=year, given=0)
        session.add(counter)
    while counter.given < MOST_IN_A_YEAR:
        counter.given += 1
        found = f"{prefix}{year % 100:02d}{counter.given:05d}"
        if not _is_taken(session, found):
            session.flush()
            return found
    session.flush()
    return None


def _is_taken(session: Session, isrc: str) -> bool:
    if store.release_of_isrc(session, isrc) is not None:
        return True
    try:
        catalogue.find(session, isrc)
    except NotFound:
        return False
    return True
