"""Who owns a song is stated over HTTP: first shown with all that it changes, then done just so."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from fastapi.testclient import TestClient

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ownership import StatedShare
from contrafact.remixes.permission.joining import subject_of
from contrafact.rights import service as rights
from contrafact.royalties import service as royalties
from contrafact.royalties.service import Payout, SourcePayout, UsageEvent
from contrafact.service.app import create_app
from contrafact.service.workshop import Workshop
from tests.service.conftest import Service


@pytest.fixture
def restored(service: Service) -> Iterator[Service]:
    """Whoever held the song holds it again when the test is over."""
    before = sides(service, service.song)
    yield service
    for side, now in sides(service, service.song).items():
        assert tell(service, service.song, said(now, *map(_of, before[side]["shares"]))).status_code == 200


def sides(service: Service, song: str) -> dict[str, dict[str, Any]]:
    answer = service.owner.get(f"/api/rights/songs/{song}/shares")
    assert answer.status_code == 200, answer.text
    return {side["side"]: side for side in answer.json()["sides"]}


def said(shown: dict[str, Any], *shares: dict[str, Any]) -> dict[str, Any]:
    return {"side": shown["side"], "shares": list(shares), "based_on": shown["version"]}


def party(service: Service, name: str, **more: str) -> str:
    answer = service.owner.post("/api/rights/parties", json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["party_id"]
    return found


def tell(service: Service, song: str, statement: dict[str, Any], **more: Any) -> Any:
    call = {"statement": statement, "reason": "The contract says so.", **more}
    return service.owner.put(f"/api/rights/songs/{song}/shares", json=call)


def look(service: Service, song: str, statement: dict[str, Any]) -> Any:
    answer = service.owner.post(f"/api/rights/songs/{song}/shares/preview", json=statement)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_gap_is_drawn_and_blocks_until_it_is_filled_or_said_to_be_meant(restored: Service) -> None:
    service, song = restored, restored.song
    before = sides(service, song)["master"]
    (share,) = before["shares"]
    assert (share["share"], before["regions"][0]["kind"], before["recordings"]) == ("1/1", "whole", 1)
    half = said(before, {**_of(share), "share": "1/2"})
    shown = look(service, song, half)
    assert (shown["done"], shown["changed"], shown["regions"][0]["kind"]) == (False, True, "gap")
    assert (shown["regions"][0]["total"], shown["regions"][0]["of_whole"]) == ("1/2", 0.5)
    assert "only 1/2 is held" in shown["findings"][0]
    (changed,) = shown["songs"]
    lost = {(each["operation"], each["tier"]) for each in changed["permissions"]}
    assert (changed["song_id"], ("style", "premium") in lost) == (song, True)
    assert {(each["before"], each["after"]) for each in changed["permissions"]} == {("permit", "deny")}
    assert sides(service, song)["master"] == before, "only shown"

    refused = tell(service, song, half)
    assert refused.status_code == 400
    assert "say that it is meant" in refused.json()["error"]["message"]
    assert sides(service, song)["master"] == before
    done = tell(service, song, half, findings_are_meant=True)
    assert done.status_code == 200, done.text
    told = done.json()
    assert told["version"] == before["version"] + 1
    told_alike = {**told, "done": False}
    assert told_alike == shown, "done just as it was shown"

    zed = party(service, "Zed Records")
    now = sides(service, song)["master"]
    other = {"party_id": zed, "role": "label", "share": "50%"}
    filled = look(service, song, said(now, {**_of(share), "share": "1/2"}, other))
    assert (filled["findings"], filled["regions"][0]["kind"]) == ([], "whole")
    assert filled["songs"][0]["permissions"] == [], "another holder, who granted nothing, does not open it"


def test_a_composition_is_shown_with_every_recording_of_it(restored: Service) -> None:
    """What its writers allow counts for all of them: none may change alike unseen."""
    service, song = restored, restored.song
    here = service.workshop.installation
    why: dict[str, Any] = {"by": "label", "reason": "A second recording.", "clock": here.clock}
    with here.database.transaction() as session:
        mine = catalogue.find_song(session, song)
        assert mine is not None
        catalogue.set_identifiers(session, mine.work_id, {"iswc": "T-034.524.680-1"}, **why)
        live = catalogue.announce(
            session, title="Rain (live)", artist="Ada", iswc_code="T-034.524.680-1", reference="LIVE-1", **why
        )
        held = catalogue.statements_of(session, song)[-1].shares
        catalogue.state_shares(
            session, live.id, [StatedShare(each.party_id, each.role, each.share) for each in held], **why
        )
        subject = subject_of(live, catalogue.holders(session, live.id))
        rights.grant_preset(session, "mine", subject, licence_id=None, attribution="Ada", by="label", clock=here.clock)
    now = sides(service, song)["work"]
    assert now["recordings"] == 2
    shown = look(service, song, said(now, {**_of(now["shares"][0]), "share": "1/2"}))
    told = {each["song_id"]: (each["title"], each["artist"], bool(each["permissions"])) for each in shown["songs"]}
    assert list(told) == [song, live.id], "the song that is looked at comes first"
    assert told[live.id] == ("Rain (live)", "Ada", True)
    assert shown["songs_unseen"] == 0
    with here.database.reading() as session:
        grants = rights.grants_on(session, subject)
        work = next(grant.series for grant in grants if grant.side == "work" and grant.status == "active")
    plan = service.owner.post("/api/rights/withdrawals/preview", json={"series": [work]}).json()
    assert {each["song_id"] for each in plan["songs"]} == {song, live.id}


def test_money_that_was_held_goes_out_when_the_gap_is_filled(restored: Service) -> None:
    service, song = restored, restored.song
    here = service.workshop.installation
    now = sides(service, song)["master"]
    (share,) = now["shares"]
    owners = (royalties.Payee(share["party_id"], share["name"], "owner", "work", Fraction(1)),)
    with here.database.transaction() as session:
        payout = Payout((SourcePayout(song, Fraction(1), owners),), "usr_u", "U", "DE")
        event = UsageEvent("play", "key", "rmx_one", "usr_v", "ab" * 32, here.clock.now() - timedelta(days=1))
        royalties.record_usage(session, event, payout, here.clock)
    statement = said(now, {**_of(share), "valid_from": None})
    assert look(service, song, statement)["changed"] is False
    shown = look(service, song, said(now, {**_of(share), "role": "label"}))
    (given,) = shown["given_out"]
    assert (given["side"], given["left_micros"]) == ("master", 0)
    assert given["held_micros"] == sum(each["amount_micros"] for each in given["to"]) > 0
    with here.database.reading() as session:
        assert [held[1] for held in royalties.held_sides(session)] == ["master"], "only shown"
    done = tell(service, song, said(now, {**_of(share), "role": "label"})).json()
    assert done["given_out"] == shown["given_out"]
    with here.database.reading() as session:
        assert royalties.held_sides(session) == ()
        assert royalties.check(session).ok


def test_somebody_else_in_between_is_told_and_nothing_written_over(restored: Service) -> None:
    service, song = restored, restored.song
    mine = sides(service, song)["work"]
    (share,) = mine["shares"]
    theirs = tell(service, song, said(mine, {**_of(share), "role": "publisher"}))
    assert theirs.status_code == 200, theirs.text
    late = tell(service, song, said(mine, {**_of(share), "role": "writer"}))
    assert late.status_code == 409
    assert "somebody else meanwhile" in late.json()["error"]["message"]
    assert sides(service, song)["work"]["shares"][0]["role"] == "publisher"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ({"share": "50"}, "shares[0].share: 50 may be a part or percent"),
        ({"share": "2/1"}, "shares[0].share: 2/1 is no share"),
        ({"party_id": "pty_nobody"}, "no party"),
        ({"territories": {"include": []}}, "held nowhere"),
        ({"valid_from": "2026-02-01T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"}, "ends before it begins"),
        ({"valid_from": "2026-02-01T00:00:00"}, "valid_from"),
    ],
)
def test_a_share_that_cannot_be_is_told_with_its_place(service: Service, share: dict[str, Any], words: str) -> None:
    now = sides(service, service.song)["master"]
    statement = said(now, {**_of(now["shares"][0]), **share})
    for answer in (
        tell(service, service.song, statement),
        service.owner.post(f"/api/rights/songs/{service.song}/shares/preview", json=statement),
    ):
        assert 400 <= answer.status_code < 500
        assert words in answer.json()["error"]["message"], answer.text
    assert sides(service, service.song)["master"] == now


def test_parties_are_found_by_name_and_identifier_and_made_with_checked_ones(restored: Service) -> None:
    service = restored

    def found(words: str) -> list[str]:
        answer = service.owner.get("/api/rights/parties", params={"words": words})
        return [each["name"] for each in answer.json()["parties"]]

    wrong = service.owner.post("/api/rights/parties", json={"name": "Mina Reyes", "isni": "0000 0001 2281 9551"})
    assert wrong.status_code == 422
    assert "wrong check digit" in wrong.json()["error"]["message"]
    assert found("mina") == [], "nothing was half-written"
    mina = party(service, "Mina Reyes", isni="0000 0001 2281 955X", kind="person")
    assert found("MINA  r") == found("000000012281955X") == found(mina) == ["Mina Reyes"]
    taken = service.owner.post("/api/rights/parties", json={"name": "Another", "isni": "000000012281955X"})
    assert taken.status_code == 409
    assert found("%") == [], "what is typed is no pattern"


def test_only_the_owner_states_who_owns_it(service: Service) -> None:
    app = create_app(Workshop(service.workshop.installation, workers=1), hosts=("*",))
    with TestClient(app, base_url="http://music.example", client=("203.0.113.9", 4711)) as stranger:
        for path, method in (
            (f"songs/{service.song}/shares", "GET"),
            (f"songs/{service.song}/shares", "PUT"),
            (f"songs/{service.song}/shares/preview", "POST"),
            ("parties?words=a", "GET"),
            ("parties", "POST"),
        ):
            answer = stranger.request(method, f"/api/rights/{path}", json={} if method != "GET" else None)
            assert answer.status_code == 403, (method, path, answer.text)


def _of(share: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in share.items() if name != "name"}
