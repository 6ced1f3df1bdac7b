"""Queries on the table of people; nothing else reads or writes it."""

import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.accounts.models import UserRow
from contrafact.accounts.schemas import TIERS, User


def name_key(name: str) -> str:
    """The form in which names are compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def by_id(session: Session, user_id: str) -> User | None:
    row = session.get(UserRow, user_id)
    return None if row is None else _value(row)


def by_name(session: Session, name: str) -> User | None:
    row = session.scalars(select(UserRow).where(UserRow.name_key == name_key(name))).one_or_none()
    return None if row is None else _value(row)


def add(session: Session, user: User) -> None:
    session.add(
        UserRow(
            id=user.id,
            name=user.name,
            name_key=name_key(user.name),
            tier=user.tier,
            created_at=user.created_at,
        )
    )
    session.flush()


def set_tier(session: Session, user_id: str, tier: str) -> None:
    row = session.get_one(UserRow, user_id)
    row.tier = tier
    session.flush()


def everybody(session: Session) -> tuple[User, ...]:
    return tuple(_value(row) for row in session.scalars(select(UserRow).order_by(UserRow.created_at, UserRow.id)))


def _value(row: UserRow) -> User:
    tier = next(tier for tier in TIERS if tier == row.tier)
    return User(id=row.id, name=row.name, tier=tier, created_at=row.created_at)
