"""The only place with queries on the stay-down registry."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Exists, delete, insert, select
from sqlalchemy.orm import Session

from contrafact.provenance.models import StaydownEndRow, StaydownKeyRow, StaydownRow

_AT_ONCE: Final = 20_000
"""Keys in one statement: SQLite takes 32 766 values."""


def entry(session: Session, number: int) -> StaydownRow | None:
    """An entry that holds."""
    return session.scalars(select(StaydownRow).where(StaydownRow.number == number, ~_over())).first()


def entry_by(
    session: Session, column: Literal["content_sha256", "recipe_sha256"], value: str, but: Collection[str]
) -> StaydownRow | None:
    """An entry that holds, by its file's or its recipe's hash."""
    query = select(StaydownRow).where(getattr(StaydownRow, column) == value, ~_over())
    if but:
        query = query.where(StaydownRow.subject_id.not_in(but))
    return session.scalars(query.order_by(StaydownRow.number).limit(1)).first()


def entries_of_notice(session: Session, notice_id: str) -> Sequence[StaydownRow]:
    """The entries of a notice that hold."""
    query = select(StaydownRow).where(StaydownRow.notice_id == notice_id, ~_over())
    return session.scalars(query.order_by(StaydownRow.number)).all()


def any_entry(session: Session) -> bool:
    return session.scalars(select(StaydownRow.number).where(~_over()).limit(1)).first() is not None


def add_keys(session: Session, number: int, keys: Iterable[tuple[int, int]]) -> None:
    rows = [{"key": key, "number": number, "place": place} for key, place in sorted(set(keys))]
    if rows:
        session.execute(insert(StaydownKeyRow), rows)


def remove_keys(session: Session, number: int) -> None:
    session.execute(delete(StaydownKeyRow).where(StaydownKeyRow.number == number))


def places_of(session: Session, keys: Sequence[int]) -> NDArray[np.int64]:
    """Rows of (key, number, place) of all these keys."""
    found: list[tuple[int, int, int]] = []
    for first in range(0, len(keys), _AT_ONCE):
        query = select(StaydownKeyRow.key, StaydownKeyRow.number, StaydownKeyRow.place).where(
            StaydownKeyRow.key.in_(keys[first : first + _AT_ONCE])
        )
        found += [(row[0], row[1], row[2]) for row in session.execute(query)]
    return np.array(found, np.int64).reshape(-1, 3)


def _over() -> Exists:
    return select(StaydownEndRow.number).where(StaydownEndRow.number == StaydownRow.number).exists()
