"""Webhooks: signed, idempotent, tried again with patience, logged, and never to where they may not go."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contrafact.accounts import service as accounts
from contrafact.kit.clock import FixedClock
from contrafact.kit.errors import WrongCall
from contrafact.kit.home import Home
from contrafact.kit.outward import Reply
from contrafact.remixes.installation import Installation
from contrafact.remixes.news.delivering_news import (
    WAITS,
    UnknownWebhook,
    add_webhook,
    deliver,
    deliver_due,
    deliveries,
    due,
    remove_webhook,
    signed_headers,
    try_webhook,
    webhooks,
)
from contrafact.remixes.news.inbox import inbox, mark_read
from contrafact.remixes.news.notifying import notify
from tests.support.receiver import Receiver, receiving


@pytest.fixture
def here(empty_library: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Installation]:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    shutil.copyfile(empty_library, home.database)
    with Installation(home, clock) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def tell(here: Installation, kind: str = "release.moved", user: str = "usr_ada") -> str:
    with here.database.transaction() as session:
        return notify(session, kind, to_user=user, payload={"release_id": "rls_1"}, clock=here.clock)


def test_the_signature_is_the_standards_own_example() -> None:
    # From the specification's test vector: secret, id, timestamp, body and signature.
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_a_message_is_signed_and_names_the_news(here: Installation, receiver: Receiver) -> None:
    hook = add_webhook(here, receiver.url)
    news = tell(here)
    assert due(here)
    assert deliver_due(here) == 1
    assert hook.secret is not None
    assert receiver.verified(0, hook.secret)
    headers, body = receiver.got[0]
    assert headers["content-type"] == "application/json"
    assert news.encode() in body
    assert b'"type":"release.moved"' in body
    assert not due(here)
    assert deliver_due(here) == 0
    assert webhooks(here)[0].secret is None, "the secret is shown once"
    (sent,) = deliveries(here, hook.id)
    assert (sent.state, sent.id) == ("delivered", headers["webhook-id"])


def test_only_the_kinds_that_are_wanted(here: Installation, receiver: Receiver) -> None:
    add_webhook(here, receiver.url, ["notice.received"])
    tell(here)
    tell(here, "notice.received")
    assert deliver_due(here) == 1
    with pytest.raises(WrongCall, match="no news of the kind"):
        add_webhook(here, receiver.url, ["everything"])


def test_it_is_tried_again_later_and_later_with_the_same_id(
    here: Installation, receiver: Receiver, clock: FixedClock
) -> None:
    hook = add_webhook(here, receiver.url)
    receiver.statuses = [500, 503, 200]
    tell(here)
    assert deliver_due(here) == 0
    assert deliver_due(here) == 0, "not before its time"
    assert len(receiver.got) == 1
    waited = []
    for _ in range(2):
        (sent,) = deliveries(here, hook.id)
        assert sent.next_at is not None
        waited.append(sent.next_at - clock.at)
        clock.at = sent.next_at
        deliver_due(here)
    assert WAITS[0] <= waited[0] <= WAITS[0] * 1.1
    assert WAITS[1] <= waited[1] <= WAITS[1] * 1.1
    (sent,) = deliveries(here, hook.id)
    assert sent.state == "delivered"
    assert [status for _, status, _ in sent.attempts] == [500, 503, 200]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.got}) == 3, "signed anew, so that it is fresh"


def test_it_is_given_up_after_days(here: Installation, receiver: Receiver, clock: FixedClock) -> None:
    hook = add_webhook(here, receiver.url)
    receiver.statuses = [500]
    tell(here)
    for _ in range(len(WAITS) + 5):
        deliver_due(here)
        clock.at += timedelta(days=2)
    (sent,) = deliveries(here, hook.id)
    assert (sent.state, len(sent.attempts)) == ("given_up", len(WAITS) + 1)


def test_who_asks_for_time_gets_it_and_who_is_gone_is_told_no_more(
    here: Installation, receiver: Receiver, clock: FixedClock
) -> None:
    hook = add_webhook(here, receiver.url)
    receiver.statuses, receiver.retry_after = [429], "3600"
    tell(here)
    deliver_due(here)
    (sent,) = deliveries(here, hook.id)
    assert sent.next_at == clock.at + timedelta(hours=1)
    clock.at += timedelta(hours=1)
    receiver.statuses = [410]
    deliver_due(here)
    assert webhooks(here) == ()


def test_a_redirection_is_a_failure(here: Installation, receiver: Receiver) -> None:
    hook = add_webhook(here, receiver.url)
    receiver.statuses, receiver.location = [307], "http://127.0.0.1:1/"
    tell(here)
    assert deliver_due(here) == 0
    (sent,) = deliveries(here, hook.id)
    assert "not followed" in sent.attempts[0][2]


def test_two_senders_at_once_send_it_once(here: Installation, receiver: Receiver) -> None:
    hook = add_webhook(here, receiver.url)
    tell(here)
    inner: list[bool] = []

    def send(url: str, headers: object, body: bytes, *, allow_private: bool) -> Reply:
        # While this one is on its way another looks for something to send.
        inner.append(deliver_due(here) == 0)
        return Reply(200, None)

    assert deliver_due(here, send) == 1
    assert inner == [True]
    (sent,) = deliveries(here, hook.id)
    assert deliver(here, sent.id) is False
    assert receiver.got == []


def test_a_sender_that_died_on_the_way_is_followed_by_another(
    here: Installation, receiver: Receiver, clock: FixedClock
) -> None:
    add_webhook(here, receiver.url)
    tell(here)

    def dies(url: str, headers: object, body: bytes, *, allow_private: bool) -> Reply:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_due(here, dies)
    assert deliver_due(here) == 0
    clock.at += timedelta(seconds=61)
    assert deliver_due(here) == 1


def test_news_that_was_rolled_back_is_never_told(here: Installation, receiver: Receiver) -> None:
    add_webhook(here, receiver.url)
    with here.database.transaction() as session:
        notify(session, "release.moved", to_user="usr_ada", payload={}, clock=here.clock)
        session.rollback()
    assert not due(here)


def test_trying_a_webhook_says_what_came_of_it(here: Installation, receiver: Receiver) -> None:
    hook = add_webhook(here, receiver.url)
    assert try_webhook(here, hook.id).state == "delivered"
    receiver.statuses = [500]
    failed = try_webhook(here, hook.id)
    assert (failed.state, failed.attempts[0][1]) == ("given_up", 500)
    remove_webhook(here, hook.id)
    remove_webhook(here, hook.id)
    tell(here)
    assert not due(here)
    for call in (remove_webhook, try_webhook):
        with pytest.raises(UnknownWebhook):
            call(here, "whk_none")
    with pytest.raises(UnknownWebhook):
        try_webhook(here, hook.id)


@pytest.mark.parametrize("url", ["http://example.org/", "https://10.0.0.1/", "https://a:b@example.org/"])
def test_an_address_that_may_not_be_called_is_not_taken(here: Installation, url: str) -> None:
    with pytest.raises(WrongCall):
        add_webhook(here, url)
    assert webhooks(here) == ()


def test_the_inbox_counts_what_is_unread_and_is_everybodys_own(here: Installation) -> None:
    with here.database.transaction() as session:
        ada, bea = (accounts.ensure_user(session, name, "free", here.clock) for name in ("Ada", "Bea"))
        for number in range(3):
            notify(session, "release.moved", to_user=ada.id, payload={"n": number}, clock=here.clock)
        notify(session, "grant.withdrawn", to_party="pty_1", payload={}, clock=here.clock)
    page = inbox(here, ada, limit=2)
    assert [item.payload["n"] for item in page.news] == [2, 1]
    assert page.unread == 3
    assert page.next is not None
    assert [item.payload["n"] for item in inbox(here, ada, before=page.next).news] == [0]
    assert mark_read(here, ada, page.news[1].sequence) == 1
    assert [item.payload["n"] for item in inbox(here, ada, unread_only=True).news] == [2]
    assert inbox(here, bea).news == ()
    assert [item.party_id for item in inbox(here, None).news] == ["pty_1"]


def test_news_is_for_exactly_one_and_of_a_known_kind(here: Installation) -> None:
    with here.database.transaction() as session:
        with pytest.raises(WrongCall, match="for one listener or for one party"):
            notify(session, "release.moved", payload={}, clock=here.clock)
        with pytest.raises(WrongCall, match="no news of the kind"):
            notify(session, "weather.changed", to_user="usr_1", payload={}, clock=here.clock)
