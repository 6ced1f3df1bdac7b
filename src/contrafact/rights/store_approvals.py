"""The only place with queries on approvals and on the uses of grants."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from contrafact.rights.models import GrantRow
from contrafact.rights.models_approvals import ApprovalAnswerRow, ApprovalRequestRow, GrantUseRow

ANSWERS = ("approved", "refused")


def request(session: Session, request_id: str, locked: bool = False) -> ApprovalRequestRow | None:
    """One request; ``locked`` against another answer at once (SQLite has one writer anyway)."""
    query = select(ApprovalRequestRow).where(ApprovalRequestRow.id == request_id)
    return session.scalars(query.with_for_update() if locked else query).first()


def requests_for(session: Session, occasion_id: str) -> Sequence[ApprovalRequestRow]:
    """All that was asked for one remix or release, oldest first."""
    query = select(ApprovalRequestRow).where(ApprovalRequestRow.occasion_id == occasion_id)
    return session.scalars(query.order_by(ApprovalRequestRow.sequence)).all()


def requests_of(
    session: Session, party_id: str | None, open_only: bool, limit: int, before: int | None
) -> Sequence[ApprovalRequestRow]:
    """The newest requests to a party (None: to anybody); ``before`` pages on."""
    query = select(ApprovalRequestRow)
    if party_id is not None:
        query = query.where(ApprovalRequestRow.party_id == party_id)
    if open_only:
        query = query.where(_open())
    if before is not None:
        query = query.where(ApprovalRequestRow.sequence < before)
    return session.scalars(query.order_by(ApprovalRequestRow.sequence.desc()).limit(limit)).all()


def overdue(session: Session, at: datetime, limit: int = 500) -> Sequence[ApprovalRequestRow]:
    """Requests without any answer whose time is over, longest first."""
    query = select(ApprovalRequestRow).where(ApprovalRequestRow.due_at <= at, _open())
    return session.scalars(query.order_by(ApprovalRequestRow.due_at, ApprovalRequestRow.sequence).limit(limit)).all()


def open_on(session: Session, subject_ids: Collection[str]) -> Sequence[ApprovalRequestRow]:
    """Requests without any answer about these recordings and works."""
    query = select(ApprovalRequestRow).where(ApprovalRequestRow.subject_id.in_(subject_ids), _open())
    return session.scalars(query.order_by(ApprovalRequestRow.sequence)).all()


def count_open(session: Session, user_id: str | None, party_id: str | None) -> int:
    query = select(func.count()).select_from(ApprovalRequestRow).where(_open())
    if user_id is not None:
        query = query.where(ApprovalRequestRow.user_id == user_id)
    if party_id is not None:
        query = query.where(ApprovalRequestRow.party_id == party_id)
    return session.scalar(query) or 0


def _open() -> ColumnElement[bool]:
    return ~select(ApprovalAnswerRow.id).where(ApprovalAnswerRow.request_id == ApprovalRequestRow.id).exists()


def answers(session: Session, request_id: str) -> Sequence[ApprovalAnswerRow]:
    """What became of a request, oldest first."""
    query = select(ApprovalAnswerRow).where(ApprovalAnswerRow.request_id == request_id)
    return session.scalars(query.order_by(ApprovalAnswerRow.place)).all()


def grants(session: Session, grant_ids: Collection[str]) -> Sequence[GrantRow]:
    """These versions of grants, as they were given."""
    return session.scalars(select(GrantRow).where(GrantRow.id.in_(grant_ids)).order_by(GrantRow.id)).all()


def use(session: Session, series: str, kind: str, key: str) -> GrantUseRow | None:
    query = select(GrantUseRow).where(GrantUseRow.series == series, GrantUseRow.kind == kind, GrantUseRow.key == key)
    return session.scalars(query).first()


_NEWEST: Final = (
    select(GrantUseRow).where(GrantUseRow.series == bindparam("series")).order_by(GrantUseRow.place.desc()).limit(1)
)


def newest_use(session: Session, series: str, locked: bool = False) -> GrantUseRow | None:
    """The newest row of a grant, which knows its totals; ``locked`` against others who add one at once."""
    return session.scalars(_NEWEST.with_for_update() if locked else _NEWEST, {"series": series}).first()


def add_use(session: Session, row: GrantUseRow) -> None:
    """Add a use of a grant, or its end, with the totals after it; added already by another at once, nothing happens.

    The newest row is locked, so that two do not count the same total. Before the first use there is none to lock: then
    whoever comes second finds its place taken, and looks again.
    """
    while True:
        last = newest_use(session, row.series, locked=True)
        row.place, row.takes, row.out = (last.place + 1, last.takes, last.out) if last is not None else (1, 0, 0)
        if row.kind in ("take", "returned"):
            row.takes += 1 if row.kind == "take" else -1
        elif row.release_id is not None:
            was_out = any(use.series == row.series for use in live_uses_of_release(session, row.release_id))
            row.out += (row.kind == "released") - was_out
        if _added(session, row) or use(session, row.series, row.kind, row.key) is not None:
            return


_USE_COLUMNS: Final = tuple(column.name for column in GrantUseRow.__table__.columns if column.name != "sequence")


def _added(session: Session, row: GrantUseRow) -> bool:
    """Write a row, unless another has its place or is the same use."""
    values = {name: getattr(row, name) for name in _USE_COLUMNS}
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    written = insert(GrantUseRow).values(values).on_conflict_do_nothing().returning(GrantUseRow.sequence)
    row.sequence = session.scalar(written) or 0
    return row.sequence > 0


def uses_of_remix(session: Session, remix_id: str, kind: str) -> Sequence[GrantUseRow]:
    query = select(GrantUseRow).where(GrantUseRow.remix_id == remix_id, GrantUseRow.kind == kind)
    return session.scalars(query.order_by(GrantUseRow.sequence)).all()


def live_uses_of_release(session: Session, release_id: str) -> Sequence[GrantUseRow]:
    """The uses of a release that have not ended."""
    query = select(GrantUseRow).where(GrantUseRow.release_id == release_id, live())
    return session.scalars(query.order_by(GrantUseRow.sequence)).all()


def last_uses_of_release(session: Session, release_id: str) -> Sequence[GrantUseRow]:
    """The newest row of a release under each grant."""
    newest = select(func.max(GrantUseRow.sequence)).where(GrantUseRow.release_id == release_id)
    query = select(GrantUseRow).where(GrantUseRow.sequence.in_(newest.group_by(GrantUseRow.series)))
    return session.scalars(query.order_by(GrantUseRow.sequence)).all()


def live() -> ColumnElement[bool]:
    """A use by a release that has not ended since."""
    after = aliased(GrantUseRow)
    ended = (
        select(after.sequence)
        .where(
            after.series == GrantUseRow.series,
            after.release_id == GrantUseRow.release_id,
            after.kind == "ended",
            after.sequence > GrantUseRow.sequence,
        )
        .exists()
    )
    return (GrantUseRow.kind == "released") & ~ended


def returned() -> ColumnElement[bool]:
    """A take that was given back."""
    gone = aliased(GrantUseRow)
    return (
        select(gone.sequence)
        .where(gone.series == GrantUseRow.series, gone.kind == "returned", gone.key == GrantUseRow.key)
        .exists()
    )


def releases_under(session: Session, series: str) -> Sequence[str]:
    """The ids of releases that are out at this moment under a grant."""
    query = select(GrantUseRow.release_id).where(GrantUseRow.series == series, live()).distinct()
    return [found for found in session.scalars(query.order_by(GrantUseRow.release_id)) if found is not None]
