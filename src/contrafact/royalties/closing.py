"""Months are closed: from then on it is settled which transactions a month has, and a statement of it stays the same.

What is found out later is booked later and is on a later statement (R22). A month is a range of the ledger's chain.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from contrafact.kit.canonical import digest
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.kit.text import no_formula
from contrafact.kit.turns import wait_turn
from contrafact.royalties import store, store_closings
from contrafact.royalties.chain import GENESIS
from contrafact.royalties.contract import load_contract
from contrafact.royalties.models import ClosingRow
from contrafact.royalties.schemas import Closing, Statement

_PERIOD: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
COLUMNS: Final = ("period", "party", "name", "booked", "role", "recording", "times", "amount_micros", "currency")


def close(session: Session, period: str, *, by: str, clock: Clock) -> Closing:
    """Close a month; one that is closed stays as it is, and is told again.

    Parameters
    ----------
    period : str
        A calendar month (UTC) that is over, as ``2026-11``: the one after the month that was closed last, or the first
        in which anything was booked.

    Raises
    ------
    WrongCall
        When it is no month.
    Conflict
        When it is not over, or an earlier one is still open.
    """
    end = _bounds(period)[1]
    wait_turn(session)
    known = store_closings.closing(session, period)
    if known is not None:
        return _closing(known)
    if clock.now() < end:
        raise Conflict(f"{period} is not over (months end at midnight UTC); close it then")
    last = store_closings.last(session)
    first = 1 if last is None else last.last_sequence + 1
    wanted = _after(last.period) if last is not None else _first_month(session, first)
    if wanted is not None and period != wanted:
        raise Conflict(f"months are closed one after the other: {wanted} comes next")
    until = store_closings.last_before(session, end.isoformat(), first)
    head = store_closings.hash_of(session, until) if until else GENESIS
    row: dict[str, Any] = {
        "number": 1 if last is None else last.number + 1,
        "period": period,
        "first_sequence": first,
        "last_sequence": until,
        "head_hash": head,
        "closed_at": clock.now().astimezone(UTC).isoformat(),
        "closed_by": by[:80],
        "previous_hash": GENESIS if last is None else last.hash,
    }
    made = ClosingRow(**row, hash=_hash(row))
    session.add(made)
    session.flush()
    return _closing(made)


def closings(session: Session) -> tuple[Closing, ...]:
    """Every month that is closed, the earliest first."""
    return tuple(map(_closing, store_closings.all_closings(session)))


def statement(session: Session, party_id: str, period: str) -> Statement:
    """What a party earned in a month, from what, and what it is owed in all.

    Of a month that is not closed it is provisional: what was booked in it so far.

    Parameters
    ----------
    party_id : str
        A party; or a listener's id, ``platform`` or ``engine``.

    Raises
    ------
    WrongCall
        When the period is no month.
    NotFound
        When nothing was ever booked for that party.
    """
    begin, end = _bounds(period)
    name = store_closings.name_of(session, party_id)
    if name is None:
        raise NotFound(f"nothing was ever booked for {party_id!r}; `contrafact ledger check` lists the accounts")
    closed = store_closings.closing(session, period)
    if closed is not None:
        first, until = closed.first_sequence, closed.last_sequence
    else:
        last = store_closings.last(session)
        after = 1 if last is None else last.last_sequence + 1
        next_one = last is not None and _after(last.period) == period
        first = after if next_one else store_closings.last_before(session, begin.isoformat(), after) + 1
        until = store_closings.last_before(session, end.isoformat(), first)
    head = store.head(session)
    lines = store_closings.lines(session, party_id, first, until)
    total = sum(line.amount_micros for line in lines)
    before = store_closings.owed(session, party_id, first - 1)
    return Statement(
        party_id=party_id,
        name=name,
        period=period,
        currency=load_contract().currency if head is None else head[1],
        closing=None if closed is None else _closing(closed),
        before_micros=before,
        lines=lines,
        total_micros=total,
        after_micros=before + total,
    )


def as_document(found: Statement) -> dict[str, Any]:
    """A statement for machines; of a closed month with its own hash, which never changes."""
    document = asdict(found)
    if found.closing is not None:
        document["sha256"] = digest({**_exact(document), "closing": found.closing.hash})
    return document


def as_csv(found: Statement) -> str:
    """A statement as a table, one row for each line; amounts in micro-units, so that they are exact."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for line in found.lines:
        words = (found.period, found.party_id, found.name, line.booked, line.role, line.recording_id or "")
        table.writerow((*map(no_formula, words), line.times, line.amount_micros, found.currency))
    return text.getvalue()


def problems(session: Session) -> Iterator[str]:
    """What is wrong with the closings: with their chain, or with what they say of the ledger."""
    before, until, period = GENESIS, 0, ""
    for number, row in enumerate(store_closings.all_closings(session), 1):
        content = {column.name: getattr(row, column.name) for column in ClosingRow.__table__.columns}
        kept = content.pop("hash")
        head = store_closings.hash_of(session, row.last_sequence) if row.last_sequence else GENESIS
        if (row.number, row.first_sequence, row.previous_hash) != (number, until + 1, before) or row.period <= period:
            yield f"The closing of {row.period} does not follow the one before it."
        if _hash(content) != kept:
            yield f"The closing of {row.period} was changed after it was made."
        if head != row.head_hash:
            yield f"The ledger is not the one that {row.period} was closed with."
        before, until, period = kept, row.last_sequence, row.period


def _bounds(period: str) -> tuple[datetime, datetime]:
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise WrongCall(f"{period[:20]!r} is no month; one looks like 2026-11")
    year, month = int(found[1]), int(found[2])
    return datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _after(period: str) -> str:
    return _bounds(period)[1].strftime("%Y-%m")


def _first_month(session: Session, first: int) -> str | None:
    posted = store_closings.posted_at(session, first)
    return None if posted is None else posted[:7]


def _hash(row: dict[str, Any]) -> str:
    return digest(_exact(row))


def _exact(value: Any) -> Any:
    """Whole numbers as text, because JSON's numbers are not exact beyond 2^53."""
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _closing(row: ClosingRow) -> Closing:
    return Closing(
        number=row.number,
        period=row.period,
        first_sequence=row.first_sequence,
        last_sequence=row.last_sequence,
        head_hash=row.head_hash,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        hash=row.hash,
    )
