"""The only place with queries on approvals and on the uses of grants."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, bindparam, case, func, select
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


# Every request asks for them: the query is put together once.
_ANSWERS_ON = (
    select(ApprovalRequestRow, ApprovalAnswerRow)
    .join(ApprovalAnswerRow, ApprovalAnswerRow.request_id == ApprovalRequestRow.id)
    .where(ApprovalRequestRow.recipe_sha256 == bindparam("recipe"), ApprovalAnswerRow.answer.in_(ANSWERS))
    .order_by(ApprovalAnswerRow.sequence.desc())
)


def answers_on(session: Session, recipe_sha256: str) -> Sequence[tuple[ApprovalRequestRow, ApprovalAnswerRow]]:
    """Every answer of an owner about a recipe, with its request, newest first."""
    return [(row[0], row[1]) for row in session.execute(_ANSWERS_ON, {"recipe": recipe_sha256})]


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
    """Add a use of a grant, or its end, with the totals after it."""
    last = newest_use(session, row.series, locked=True)
    row.place, row.takes, row.out = (last.place + 1, last.takes, last.out) if last is not None else (1, 0, 0)
    if row.kind in ("take", "returned"):
        row.takes += 1 if row.kind == "take" else -1
    elif row.release_id is not None:
        was_out = any(use.series == row.series for use in live_uses_of_release(session, row.release_id))
        row.out += (row.kind == "released") - was_out
    session.add(row)
    session.flush()


def uses_of_remix(session: Session, remix_id: str, kind: str) -> Sequence[GrantUseRow]:
    query = select(GrantUseRow).where(GrantUseRow.remix_id == remix_id, GrantUseRow.kind == kind)
    return session.scalars(query.order_by(GrantUseRow.sequence)).all()


def live_uses_of_release(session: Session, release_id: str) -> Sequence[GrantUseRow]:
    """The uses of a release that have not ended."""
    query = select(GrantUseRow).where(GrantUseRow.release_id == release_id, _live())
    return session.scalars(query.order_by(GrantUseRow.sequence)).all()


def last_uses_of_release(session: Session, release_id: str) -> Sequence[GrantUseRow]:
    """The newest row of a release under each grant."""
    newest = select(func.max(GrantUseRow.sequence)).where(GrantUseRow.release_id == release_id)
    query = select(GrantUseRow).where(GrantUseRow.sequence.in_(newest.group_by(GrantUseRow.series)))
    return session.scalars(query.order_by(GrantUseRow.sequence)).all()


def _live() -> ColumnElement[bool]:
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


def _returned() -> ColumnElement[bool]:
    """A take that was given back."""
    gone = aliased(GrantUseRow)
    return (
        select(gone.sequence)
        .where(gone.series == GrantUseRow.series, gone.kind == "returned", gone.key == GrantUseRow.key)
        .exists()
    )


_COUNTED: Final = (
    func.sum(case(((GrantUseRow.kind == "take") & ~_returned(), 1), else_=0)),
    func.count(func.distinct(case((_live(), GrantUseRow.release_id)))),
)
"""Takes that were not given back, and releases that are out."""
_IN_MONTH: Final = (
    func.sum(case(((GrantUseRow.at >= bindparam("since")) & (GrantUseRow.kind == "take") & ~_returned(), 1), else_=0)),
    _COUNTED[1],
)
_LISTENERS: Final = (
    select(GrantUseRow.series, *_IN_MONTH)
    .where(
        GrantUseRow.series.in_(bindparam("series", expanding=True)),
        GrantUseRow.user_id == bindparam("user"),
        GrantUseRow.remix_id != bindparam("but"),
    )
    .group_by(GrantUseRow.series)
)
_OWN: Final = (
    select(GrantUseRow.series, *_COUNTED).where(GrantUseRow.remix_id == bindparam("but")).group_by(GrantUseRow.series)
)
_ARTISTS: Final = select(func.count(func.distinct(GrantUseRow.release_id))).where(
    _live(),
    GrantUseRow.user_id == bindparam("user"),
    GrantUseRow.artist == bindparam("artist"),
    GrantUseRow.remix_id != bindparam("but"),
)


def count_listeners(
    session: Session, series: Collection[str], user_id: str, since: datetime, but: str
) -> dict[str, tuple[int, int]]:
    """By grant: a listener's takes from a moment on that were not given back, and releases that are out; but for one
    remix (empty: for none)."""
    given = {"series": list(series), "user": user_id, "since": since, "but": but}
    return {row[0]: (row[1], row[2]) for row in session.execute(_LISTENERS, given)}


def count_all(session: Session, series: Collection[str], but: str) -> dict[str, tuple[int, int]]:
    """The same by all listeners, ever: from the newest row of each grant, less what one remix has under it."""
    found = {}
    for one in series:
        last = newest_use(session, one)
        if last is not None:
            found[one] = last.takes, last.out
    if but and found:
        for one, takes, out in session.execute(_OWN, {"but": but}):
            if one in found:
                found[one] = found[one][0] - takes, found[one][1] - out
    return found


def count_artists_releases(session: Session, user_id: str, artist: str, but: str) -> int:
    """A listener's releases of songs of an artist that are out at this moment, but for one remix."""
    return session.scalar(_ARTISTS, {"user": user_id, "artist": artist, "but": but}) or 0


def releases_under(session: Session, series: str) -> Sequence[str]:
    """The ids of releases that are out at this moment under a grant."""
    query = select(GrantUseRow.release_id).where(GrantUseRow.series == series, _live()).distinct()
    return [found for found in session.scalars(query.order_by(GrantUseRow.release_id)) if found is not None]
