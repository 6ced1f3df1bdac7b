"""What every decision asks the rights slice, in one statement; and what the few grants ask that limit their use.

Every way to the database and back costs more than what is looked up there, so each brings rows of several kinds.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, String, Text, bindparam, case, func, select, union_all
from sqlalchemy.orm import Session

from contrafact.kit.db import UtcDateTime
from contrafact.kit.statements import Asked, Prepared, RowShape, among, listed, only
from contrafact.rights.models import GrantRow
from contrafact.rights.models_approvals import ApprovalAnswerRow, ApprovalRequestRow, GrantUseRow
from contrafact.rights.models_switches import SwitchRow
from contrafact.rights.store_approvals import ANSWERS, live, returned

_grants, _switches, _uses = GrantRow.__table__, SwitchRow.__table__, GrantUseRow.__table__
_requests, _answers = ApprovalRequestRow.__table__, ApprovalAnswerRow.__table__


def _known(dialect: str) -> Any:
    shape = RowShape(
        id=String(),
        series=String(),
        version=Integer(),
        side=String(),
        subject_id=String(),
        party_id=String(),
        authority=String(),
        status=String(),
        text=Text(),
        valid_to=UtcDateTime(),
    )
    names = ("id", "series", "version", "side", "subject_id", "party_id", "authority", "status")
    newer, later = _grants.alias("newer"), _switches.alias("later")
    superseded = select(newer.c.id).where(newer.c.series == _grants.c.series, newer.c.version > _grants.c.version)
    set_since = select(later.c.id).where(
        later.c.operation == _switches.c.operation, later.c.version > _switches.c.version
    )
    grants = shape.of("grant", **{name: _grants.c[name] for name in names}, text=_grants.c.terms)
    return union_all(
        only(grants, _grants.c.subject_id, "subjects", dialect).where(~superseded.exists()),
        shape.of("switch", text=_switches.c.switch).where(~set_since.exists()),
        shape.of(
            "answer",
            id=_answers.c.id,
            version=_answers.c.sequence,
            subject_id=_requests.c.subject_id,
            party_id=_requests.c.party_id,
            authority=_answers.c.purposes,
            status=_answers.c.answer,
            text=_answers.c.territories,
            valid_to=_answers.c.valid_to,
        )
        .select_from(_requests)
        .join(_answers, _answers.c.request_id == _requests.c.id)
        .where(_requests.c.recipe_sha256 == bindparam("recipe"), _one_of(_answers.c.answer, ANSWERS)),
    )


def _one_of(column: Any, words: Sequence[str]) -> Any:
    """One of the program's own words; ``IN`` would be put together anew each time."""
    first, *others = (column == word for word in words)
    for other in others:
        first |= other
    return first


def _counted(_dialect: str, *, again: bool) -> Any:
    shape = RowShape(key=String(), takes=BigInteger(), out=BigInteger())
    newest, wanted = _uses.alias("newest"), listed("series")
    last = select(func.max(newest.c.place)).where(newest.c.series == wanted.c.value).scalar_subquery()
    takes = case(((_uses.c.kind == "take") & ~returned(), 1), else_=0)
    in_month = case(((_uses.c.at >= bindparam("since")) & (_uses.c.kind == "take") & ~returned(), 1), else_=0)
    out = func.count(func.distinct(case((live(), _uses.c.release_id))))
    by_user = _uses.c.user_id == bindparam("user")
    others = by_user & (_uses.c.remix_id != bindparam("but")) if again else by_user
    asked = [
        shape.of("artist", key=_uses.c.artist, out=func.count(func.distinct(_uses.c.release_id)))
        .where(live(), others, among(_uses.c.artist, "artists"))
        .group_by(_uses.c.artist),
        shape.of("listener", key=_uses.c.series, takes=func.sum(in_month), out=out)
        .where(among(_uses.c.series, "series"), others)
        .group_by(_uses.c.series),
        # One look into the index for each, however often it was used.
        shape.of("all", key=_uses.c.series, takes=_uses.c.takes, out=_uses.c.out)
        .select_from(wanted)
        .join(_uses, (_uses.c.series == wanted.c.value) & (_uses.c.place == last)),
    ]
    if again:
        own = shape.of("own", key=_uses.c.series, takes=func.sum(takes), out=out)
        asked.append(own.where(_uses.c.remix_id == bindparam("but")).group_by(_uses.c.series))
    return union_all(*asked)


_KNOWN: Final = Prepared(_known)
_COUNTED: Final = {again: Prepared(partial(_counted, again=again)) for again in (False, True)}


def known(session: Session, subject_ids: Collection[str], recipe_sha256: str | None) -> Sequence[Any]:
    """Rows about recordings and works: ``grant`` in its newest version, ``switch`` for every operation that has one,
    and ``answer`` of an owner about a take (``version`` rises with time, ``authority`` are its purposes, ``text`` its
    territories)."""
    return _KNOWN.rows(session, subjects=sorted(set(subject_ids)), recipe=recipe_sha256)


def ask_counted(
    session: Session, series: Collection[str], artists: Collection[str], user_id: str, since: datetime, but: str | None
) -> Asked:
    """Rows about how often grants were used, by ``key``.

    ``artist``: how many of a listener's releases of the artist's songs are out; ``listener``: that listener's takes
    from ``since`` on that were not given back, and releases that are out; ``all``: the totals of everybody ever, read
    from the newest row; ``own``: what one remix (``but``) has in those totals. The first two leave that remix out.
    """
    asked = {"series": sorted(set(series)), "artists": sorted(set(artists)), "user": user_id, "since": since}
    if but is None:
        return _COUNTED[False].ask(session, **asked)
    return _COUNTED[True].ask(session, **asked, but=but)
