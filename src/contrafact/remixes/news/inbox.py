"""What a listener, or the owners, were told: the inbox in the studio."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from contrafact.accounts.schemas import User
from contrafact.remixes.installation import Installation
from contrafact.remixes.news import store_inbox as store

PAGE = 50


class NewsView(BaseModel):
    """One piece of news; ``payload`` holds ids and sentences, by kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    sequence: int
    kind: str
    party_id: str | None
    payload: dict[str, Any]
    at: datetime
    read: bool


class InboxView(BaseModel):
    """News, newest first; ``next`` is the sequence to give as ``before`` for the following page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    news: tuple[NewsView, ...]
    unread: int
    next: int | None


def inbox(
    installation: Installation,
    user: User | None,
    *,
    before: int | None = None,
    unread_only: bool = False,
    limit: int = PAGE,
) -> InboxView:
    """The news of a listener; with None that of all parties, for their owner."""
    whose = None if user is None else user.id
    with installation.database.reading() as session:
        rows = store.news(session, whose, limit + 1, before, unread_only)
        return InboxView(
            news=tuple(
                NewsView(
                    id=row.id,
                    sequence=row.sequence,
                    kind=row.kind,
                    party_id=row.party_id,
                    payload=json.loads(row.payload),
                    at=row.at,
                    read=row.read_at is not None,
                )
                for row in rows[:limit]
            ),
            unread=store.count_unread(session, whose),
            next=rows[limit - 1].sequence if len(rows) > limit else None,
        )


def mark_read(installation: Installation, user: User | None, up_to: int) -> int:
    """All news up to a place in the sequence was read; returns how many are still unread."""
    whose = None if user is None else user.id
    with installation.database.transaction() as session:
        store.mark_read(session, whose, up_to, installation.clock.now())
        return store.count_unread(session, whose)
