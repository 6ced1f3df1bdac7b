"""The only place with queries on grants and decisions."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.rights.models import DecisionRow, GrantRow
from contrafact.rights.models_switches import SwitchRow
from contrafact.rights.values import Grant, Terms

CHAIN_START = "0" * 64


# Put together once: building a query takes longer than running it.
_ids: BindParameter[str] = bindparam("ids", expanding=True)
_grants = GrantRow.__table__
_newer = _grants.alias("newer")
_superseded = (
    select(_newer.c.id).where(_newer.c.series == _grants.c.series, _newer.c.version > _grants.c.version).exists()
)
_CURRENT = select(GrantRow).where(_grants.c.subject_id.in_(_ids), ~_superseded).order_by(_grants.c.id)


def current_grants(session: Session, subject_ids: Iterable[str]) -> list[GrantRow]:
    """The newest version of every grant on these recordings and works."""
    return list(session.scalars(_CURRENT, {"ids": sorted(set(subject_ids))}))


def newest_of_series(session: Session, series: str) -> GrantRow | None:
    query = select(GrantRow).where(GrantRow.series == series).order_by(GrantRow.version.desc()).limit(1)
    return session.scalars(query).first()


def history(session: Session, series: str) -> list[GrantRow]:
    return list(session.scalars(select(GrantRow).where(GrantRow.series == series).order_by(GrantRow.version)))


def all_grants(session: Session, song: tuple[str, str] | None) -> Iterator[GrantRow]:
    """Every version of every grant, oldest first."""
    query = select(GrantRow).order_by(GrantRow.created_at, GrantRow.series, GrantRow.version)
    if song is not None:
        query = query.where(GrantRow.subject_id.in_(song))
    yield from session.scalars(query.execution_options(yield_per=500))


def all_switches(session: Session) -> Iterator[SwitchRow]:
    """Every version of every switch, oldest first."""
    yield from session.scalars(select(SwitchRow).order_by(SwitchRow.created_at, SwitchRow.operation, SwitchRow.version))


def last_decision(session: Session) -> DecisionRow | None:
    return session.scalars(select(DecisionRow).order_by(DecisionRow.sequence.desc()).limit(1)).first()


def decision(session: Session, decision_id: str) -> DecisionRow | None:
    return session.scalars(select(DecisionRow).where(DecisionRow.id == decision_id)).first()


def snapshot_by_hash(session: Session, snapshot_sha256: str) -> str | None:
    query = select(DecisionRow.snapshot).where(DecisionRow.snapshot_sha256 == snapshot_sha256).limit(1)
    return session.scalars(query).first()


def decisions(session: Session) -> Iterator[DecisionRow]:
    yield from session.scalars(select(DecisionRow).order_by(DecisionRow.sequence).execution_options(yield_per=500))


def count_decisions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DecisionRow)) or 0


def written(terms: Terms) -> str:
    """Terms as a row keeps them."""
    return canonical_json(terms.model_dump(mode="json")).decode()


def as_grant(row: GrantRow) -> Grant:
    return grant_of(row, row.terms)


def grant_of(row: Any, terms: str) -> Grant:
    """A version of a grant as a value, from what has its columns as attributes, and its terms."""
    return Grant(
        id=row.id,
        series=row.series,
        version=row.version,
        side=row.side,
        subject_id=row.subject_id,
        party_id=row.party_id,
        authority=row.authority,
        status=row.status,
        terms=Terms.model_validate_json(terms),
    )
