"""News for people and programs, written in the transaction of what happened and delivered afterwards.

A listener or a party finds it in its inbox; every webhook that wants the kind gets a message of its own (an outbox:
what was rolled back is never told, and what was committed is told even when the process dies).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import Clock
from contrafact.kit.errors import WrongCall
from contrafact.kit.ids import new_id
from contrafact.remixes.news import store_inbox as store
from contrafact.remixes.news.models_inbox import DeliveryRow, NotificationRow

KINDS: Final = (
    "approval.requested",
    "approval.answered",
    "release.moved",
    "grant.given",
    "grant.withdrawn",
    "dispute.opened",
    "dispute.resolved",
    "notice.received",
    "notice.answered",
    "webhook.test",
)


def notify(
    session: Session,
    kind: str,
    *,
    payload: Mapping[str, Any],
    clock: Clock,
    to_party: str | None = None,
    to_user: str | None = None,
) -> str:
    """Tell one listener or one party, and every webhook that wants this kind; within the caller's transaction.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    payload : mapping
        Plain JSON: ids, and sentences that whoever is told may read.

    Returns
    -------
    str
        The id of the news; messages to webhooks name it too, so that nobody counts it twice.

    Raises
    ------
    WrongCall
        For an unknown kind, or when it is not for exactly one.
    """
    if kind not in KINDS:
        raise WrongCall(f"there is no news of the kind {kind!r}")
    if (to_party is None) == (to_user is None):
        raise WrongCall("news is for one listener or for one party")
    at, news_id = clock.now(), new_id("ntf")
    session.add(
        NotificationRow(
            id=news_id,
            kind=kind,
            user_id=to_user,
            party_id=to_party,
            payload=canonical_json(dict(payload)).decode(),
            at=at,
            read_at=None,
        )
    )
    body = {"type": kind, "timestamp": at.isoformat(), "data": {"id": news_id, **payload}}
    if to_party is not None:
        body["data"] = {**payload, "id": news_id, "party_id": to_party}
    for hook in store.webhooks(session):
        wanted = json.loads(hook.kinds)
        if not wanted or kind in wanted:
            session.add(delivery_row(hook.id, kind, canonical_json(body).decode(), clock))
    session.flush()
    return news_id


def delivery_row(webhook_id: str, kind: str, body: str, clock: Clock) -> DeliveryRow:
    """A message that waits to be sent."""
    return DeliveryRow(
        id=new_id("msg"),
        webhook_id=webhook_id,
        kind=kind,
        body=body,
        state="waiting",
        attempts=0,
        next_at=clock.now(),
        created_at=clock.now(),
    )
