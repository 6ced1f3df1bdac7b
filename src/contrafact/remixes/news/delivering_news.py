"""News for other programs, by Standard Webhooks: signed, tried again with patience, and logged.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contrafact.kit import outward
from contrafact.kit.canonical import canonical_json
from contrafact.kit.errors import NotFound, WrongCall
from contrafact.kit.ids import new_id
from contrafact.kit.outward import NotReached, Reply, checked_url
from contrafact.remixes.installation import Installation
from contrafact.remixes.news import store_inbox as store
from contrafact.remixes.news.models_inbox import DeliveryAttemptRow, DeliveryRow, WebhookRow
from contrafact.remixes.news.notifying import KINDS, delivery_row

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # what the standard writes before every secret
_SECRET_BYTES: Final = 32
WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After each failed attempt; after the last of them nobody tries any more."""
LEASE: Final = timedelta(seconds=60)
"""Who takes a message to send it has it for so long; when it dies meanwhile, another takes it."""
_LONGEST_RETRY_AFTER_S: Final = 86_400
Send = Callable[..., Reply]


class UnknownWebhook(NotFound):
    """There is none, or it was removed."""

    code = "unknown_webhook"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A place that is told; ``secret`` only when it is made."""

    id: str
    url: str
    kinds: tuple[str, ...]
    allow_private: bool
    created_at: datetime
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message and what came of it."""

    id: str
    kind: str
    state: str
    attempts: tuple[tuple[datetime, int | None, str], ...]
    next_at: datetime | None


def add_webhook(
    installation: Installation, url: str, kinds: Collection[str] = (), *, allow_private: bool = False
) -> Webhook:
    """Tell another program from now on.

    Parameters
    ----------
    url : str
        https, or http on this machine.
    kinds : collection of str
        Of :data:`contrafact.remixes.news.notifying.KINDS`; empty for all.
    allow_private : bool
        Whether it may lie in a private network.

    Raises
    ------
    WrongCall
        The address may not be called, or there is no such kind of news.
    """
    checked_url(url, allow_private)
    for kind in kinds:
        if kind not in KINDS:
            raise WrongCall(f"there is no news of the kind {kind!r}; there is {', '.join(KINDS)}")
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    row = WebhookRow(
        id=new_id("whk"),
        url=url,
        kinds=json.dumps(sorted(set(kinds))),
        secret=secret,
        allow_private=allow_private,
        created_at=installation.clock.now(),
        removed_at=None,
    )
    with installation.database.transaction() as session:
        session.add(row)
    return _webhook(row, secret)


def webhooks(installation: Installation) -> tuple[Webhook, ...]:
    """The places that are told, oldest first."""
    with installation.database.reading() as session:
        return tuple(_webhook(row) for row in store.webhooks(session))


def remove_webhook(installation: Installation, webhook_id: str) -> None:
    """Tell it no more; what waits for it is given up. Done twice, it is done once.

    Raises
    ------
    UnknownWebhook
    """
    with installation.database.transaction() as session:
        row = store.webhook(session, webhook_id)
        if row is None:
            raise UnknownWebhook(f"there is no webhook {webhook_id!r}")
        row.removed_at = row.removed_at or installation.clock.now()
        for waiting in store.waiting_deliveries(session, webhook_id):
            waiting.state = "given_up"


def try_webhook(installation: Installation, webhook_id: str, send: Send = outward.post) -> Delivery:
    """Send a message of the kind ``webhook.test`` now, once, and say what came of it.

    Raises
    ------
    UnknownWebhook
    """
    clock = installation.clock
    with installation.database.transaction() as session:
        row = store.webhook(session, webhook_id)
        if row is None or row.removed_at is not None:
            raise UnknownWebhook(f"there is no webhook {webhook_id!r}")
        body = {"type": "webhook.test", "timestamp": clock.now().isoformat(), "data": {"webhook_id": webhook_id}}
        made = delivery_row(webhook_id, "webhook.test", canonical_json(body).decode(), clock)
        session.add(made)
        session.flush()
    deliver(installation, made.id, send)
    with installation.database.transaction() as session:
        kept = store.delivery(session, made.id)
        assert kept is not None
        if kept.state == "waiting":
            kept.state = "given_up"
        return _delivery(kept, store.attempts(session, made.id))


def deliveries(installation: Installation, webhook_id: str, limit: int = 50) -> tuple[Delivery, ...]:
    """The newest messages for a webhook, with every attempt."""
    with installation.database.reading() as session:
        rows = store.deliveries(session, webhook_id, limit)
        return tuple(_delivery(row, store.attempts(session, row.id)) for row in rows)


def due(installation: Installation) -> bool:
    """Whether a message waits to be sent now."""
    with installation.database.reading() as session:
        return bool(store.due_deliveries(session, installation.clock.now(), limit=1))


def deliver_due(installation: Installation, send: Send = outward.post) -> int:
    """Send every message whose time has come, each once; returns how many were delivered."""
    with installation.database.reading() as session:
        waiting = [row.id for row in store.due_deliveries(session, installation.clock.now())]
    return sum(deliver(installation, delivery_id, send) for delivery_id in waiting)


def deliver(installation: Installation, delivery_id: str, send: Send = outward.post) -> bool:
    """Try to send one message; True when it arrived. Whoever else sends it at this moment is left to it."""
    clock = installation.clock
    with installation.database.transaction() as session:
        row = store.delivery(session, delivery_id, locked=True)
        hook = store.webhook(session, row.webhook_id) if row is not None else None
        if row is None or hook is None or row.state != "waiting" or row.next_at > clock.now():
            return False
        row.attempts += 1
        row.next_at = clock.now() + LEASE
        attempt, body, url, secret, private = row.attempts, row.body.encode(), hook.url, hook.secret, hook.allow_private
    headers = {**signed_headers(secret, delivery_id, clock.now(), body), "Content-Type": "application/json"}
    reply, outcome = _try(send, url, headers, body, private)
    with installation.database.transaction() as session:
        row = store.delivery(session, delivery_id, locked=True)
        assert row is not None
        status = reply.status if reply is not None else None
        session.add(DeliveryAttemptRow(delivery_id=delivery_id, status=status, outcome=outcome[:300], at=clock.now()))
        if status is not None and 200 <= status < 300:
            row.state = "delivered"
            return True
        if attempt > len(WAITS) or row.state != "waiting":
            row.state = "given_up"
            return False
        row.next_at = clock.now() + _wait(delivery_id, attempt, reply)
        if status == 410:
            # By the standard: whoever answers so does not want to be told any more.
            gone = store.webhook(session, row.webhook_id)
            assert gone is not None
            gone.removed_at, row.state = clock.now(), "given_up"
    return False


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of the standard: HMAC-SHA256 over ``id.timestamp.body``."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    mac = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def _try(
    send: Send, url: str, headers: Mapping[str, str], body: bytes, allow_private: bool
) -> tuple[Reply | None, str]:
    try:
        reply = send(url, headers, body, allow_private=allow_private)
    except (NotReached, WrongCall) as error:
        return None, str(error)
    if 300 <= reply.status < 400:
        return reply, f"it answered {reply.status}: redirections are not followed"
    return reply, f"it answered {reply.status}"


def _wait(delivery_id: str, attempt: int, reply: Reply | None) -> timedelta:
    """Longer each time, up to a tenth more so that many do not come back at once, and as long as it asks for."""
    wait = WAITS[attempt - 1]
    drawn = hashlib.sha256(f"{delivery_id}/{attempt}".encode()).digest()
    wait += wait * (int.from_bytes(drawn[:4], "big") / 2**32) / 10
    asked_s = min(_LONGEST_RETRY_AFTER_S, (reply.retry_after_s or 0) if reply is not None else 0)
    return max(wait, timedelta(seconds=asked_s))


def _webhook(row: WebhookRow, secret: str | None = None) -> Webhook:
    return Webhook(row.id, row.url, tuple(json.loads(row.kinds)), row.allow_private, row.created_at, secret)


def _delivery(row: DeliveryRow, attempts: Sequence[DeliveryAttemptRow]) -> Delivery:
    tried = tuple((item.at, item.status, item.outcome) for item in attempts)
    return Delivery(row.id, row.kind, row.state, tried, row.next_at if row.state == "waiting" else None)
