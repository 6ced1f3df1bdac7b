"""News tell people what they are about by its name; ids stay in the payload, for whoever wants to copy them."""

import re
from typing import Any

import pytest

from contrafact.accounts.schemas import User
from contrafact.remixes.news.inbox import NewsView, inbox
from contrafact.remixes.news.notifying import notify
from contrafact.remixes.notices import disputing, noticing
from contrafact.remixes.withdrawals.withdrawing import withdraw
from contrafact.rights.notice_documents import NoticeDocument
from tests.support.claims import released
from tests.support.house import House

pytestmark = [pytest.mark.assets]
AN_ID = re.compile(r"\b[a-z]{3}_[a-z2-7]{20,}")


def news(house: House, user: User | None, kind: str) -> list[NewsView]:
    return [one for one in inbox(house.installation, user).news if one.kind == kind]


def sentences(payload: Any) -> list[str]:
    if isinstance(payload, dict):
        return [text for name, each in payload.items() if not name.endswith("id") for text in sentences(each)]
    return [payload] if isinstance(payload, str) else []


def test_r5_news_of_a_withdrawal_name_the_song_to_its_owner_and_the_remix_to_its_listener(house: House) -> None:
    grants, user = house.allow(on_withdrawal={"fate": "unlist"}), house.listener("Nina")
    remix_id, _ = released(house, user)
    title = house.remix(remix_id).title
    withdraw(house.installation, {grant.series for grant in grants}, by="label", reason="Sold.")
    told = {one.about[0].kind: one.about[0] for one in news(house, None, "grant.withdrawn")[: len(grants)]}
    assert set(told) == {"song", "composition"}
    assert (told["song"].id, told["song"].song_id) == (house.song, house.song)
    assert {one.title for one in told.values()} <= {title.split(" (")[0], "Rain"}
    assert told["composition"].recordings == 1
    (mine,) = news(house, user, "grant.withdrawn")
    assert [(one.kind, one.id, one.title, one.song_id) for one in mine.about] == [
        ("remix", remix_id, title, house.song)
    ]
    assert [one.about[0].id for one in news(house, user, "release.moved")][:1] == [remix_id]


def test_r8_r15_news_of_disputes_and_notices_say_what_they_are_about_and_never_an_id(house: House) -> None:
    house.allow()
    user = house.listener("Olaf")
    remix_id, release_id = released(house, user)
    here = house.installation
    dispute = disputing.open_dispute(here, house.song, claimant="Zed", evidence="A contract.", by="staff")
    assert news(house, None, "dispute.opened")[0].about[0].song_id == house.song
    disputing.resolve(here, dispute.id, "rejected", "Forged.", by="staff")
    document = {
        "claimant": {"name": "Zoe Zed", "email": "zoe@zed.example", "address": "1 Long Road, Leeds"},
        "work": "Rain (words by Zoe Zed)",
        "explanation": "The remix has my words, and I never allowed that.",
        "good_faith": True,
        "accuracy": True,
        "signature": "Zoe Zed",
        "location": f"https://here.example/r/{release_id}",
    }
    served = NoticeDocument.model_validate(document)
    found = noticing.receive(house.installation, served, channel="form", by="form")
    noticing.accept(house.installation, found.id, by="staff")
    (received,) = news(house, user, "notice.received")
    assert [one.id for one in received.about] == [remix_id]
    for one in inbox(house.installation, user).news:
        assert not [text for text in sentences(one.payload) if AN_ID.search(text) and not text.startswith("/api/")], one


def test_what_is_not_known_any_more_is_left_out(house: House) -> None:
    with house.installation.database.transaction() as session:
        payload = {"remix_id": "rmx_gone", "series": "grs_gone", "subject_id": "wrk_gone", "reason": "x"}
        notify(session, "grant.given", to_party="pty_x", payload=payload, clock=house.clock)
    assert news(house, None, "grant.given")[0].about == ()
