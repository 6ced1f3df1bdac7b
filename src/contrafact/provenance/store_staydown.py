"""The only place with queries on the stay-down registry."""

from collections.abc import Collection, Sequence
from typing import Final, Literal

import numpy as np
from sqlalchemy import ColumnElement, Exists, delete, func, insert, select
from sqlalchemy.orm import Session

from contrafact.engine.fingerprint import Rows
from contrafact.provenance.models import StaydownEndRow, StaydownKeyRow, StaydownRow

_TIMES: Final = 4096
"""A place is its time times this, and its pitch."""


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


def add_keys(session: Session, rows: Rows) -> None:
    places = rows.times.astype(np.int64) * _TIMES + rows.pitches
    columns = (rows.keys.tolist(), rows.entries.tolist(), places.tolist())
    values = [{"key": key, "number": number, "place": place} for key, number, place in zip(*columns, strict=True)]
    if values:
        session.execute(insert(StaydownKeyRow), values)


def remove_keys(session: Session, number: int) -> None:
    session.execute(delete(StaydownKeyRow).where(StaydownKeyRow.number == number))


def rows_between(session: Session, low: int, high: int) -> Rows:
    """The rows of all keys from ``low`` to below ``high``."""
    return _rows(session, StaydownKeyRow.key >= low, StaydownKeyRow.key < high)


def state(session: Session) -> tuple[int, int, str]:
    """By what it is told whether an index is right: the last entry, how many ended, and what the last one is."""
    last = session.execute(
        select(StaydownRow.number, StaydownRow.created_at, StaydownRow.subject_id)
        .order_by(StaydownRow.number.desc())
        .limit(1)
    ).one_or_none()
    ends = session.scalar(select(func.count()).select_from(StaydownEndRow)) or 0
    return (0, ends, "") if last is None else (last.number, ends, f"{last.created_at.isoformat()} {last.subject_id}")


def made_at(session: Session, number: int) -> str | None:
    """What :func:`state` says of an entry, whether it holds or not."""
    row = session.execute(
        select(StaydownRow.created_at, StaydownRow.subject_id).where(StaydownRow.number == number)
    ).one_or_none()
    return None if row is None else f"{row.created_at.isoformat()} {row.subject_id}"


def entries_after(session: Session, number: int, limit: int) -> Sequence[StaydownRow]:
    """The entries that came after one, those that ended too."""
    query = select(StaydownRow).where(StaydownRow.number > number).order_by(StaydownRow.number).limit(limit)
    return session.scalars(query).all()


def _rows(session: Session, *where: ColumnElement[bool]) -> Rows:
    query = (
        select(StaydownKeyRow.key, StaydownKeyRow.number, StaydownKeyRow.place)
        .where(*where)
        .order_by(StaydownKeyRow.key, StaydownKeyRow.number, StaydownKeyRow.place)
    )
    found = [(row[0], row[1], row[2]) for row in session.execute(query)]
    table = np.array(found, np.int64).reshape(-1, 3)
    return Rows(
        table[:, 0].astype(np.uint32),
        table[:, 1].astype(np.uint32),
        (table[:, 2] // _TIMES).astype(np.uint32),
        (table[:, 2] % _TIMES).astype(np.uint16),
    )


def _over() -> Exists:
    return select(StaydownEndRow.number).where(StaydownEndRow.number == StaydownRow.number).exists()
