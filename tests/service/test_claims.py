"""Withdrawal, disputes and notices over HTTP: the whole way, the public form, and who may not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.service.conftest import Service

pytestmark = [pytest.mark.assets]

NOTICE: dict[str, Any] = {
    "claimant": {"name": "Zoe Zed", "email": "zoe@zed.example"},
    "work": "Rain",
    "explanation": "It is my song.",
    "good_faith": True,
    "accuracy": True,
    "signature": "Zoe Zed",
}


def notice(service: Service, **changes: Any) -> dict[str, Any]:
    return {**NOTICE, "location": f"http://localhost/songs/{service.refused_song}", **changes}


def test_a_dispute_is_opened_noted_and_ended(service: Service) -> None:
    call = {"subject_id": service.refused_song, "claimant": "Zed Records", "evidence": "A contract.", "side": "work"}
    seen = service.owner.post("/api/disputes/preview", json={"subject_id": service.refused_song}).json()
    assert [(song["before"], song["after"]) for song in seen["songs"]] == [("active", "frozen")]
    assert service.owner.get("/api/disputes").json()["disputes"] == [], "looking changes nothing"
    made = service.owner.post("/api/disputes", json=call)
    assert (made.status_code, made.json()["open"]) == (201, True)
    where = f"/api/disputes/{made.json()['id']}"
    assert service.owner.post(f"{where}/notes", json={"text": "It was sent."}).json()["events"][1]["kind"] == "note"
    listed = service.owner.get("/api/disputes", params={"only_open": True}).json()["disputes"]
    assert [item["id"] for item in listed] == [made.json()["id"]]
    back = service.owner.post(f"{where}/resolution/preview", json={"outcome": "rejected"}).json()
    assert [(song["before"], song["after"]) for song in back["songs"]] == [("frozen", "active")]
    stated = service.owner.get(f"{where}/statements").json()["statements"]
    assert {item["side"] for item in stated} == {"master", "work"}
    ended = service.owner.post(f"{where}/resolution", json={"outcome": "rejected", "reason": "Forged."})
    assert (ended.status_code, ended.json()["outcome"]) == (200, "rejected")
    again = service.owner.post(f"{where}/resolution", json={"outcome": "rejected", "reason": "Forged."})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")


def test_a_withdrawal_is_shown_and_then_done(service: Service) -> None:
    call = {"songs": {"song_ids": [service.song]}}
    shown = service.owner.post("/api/rights/withdrawals/preview", json=call)
    assert shown.status_code == 200
    assert len(shown.json()["series"]) > 0
    assert service.owner.post("/api/rights/withdrawals", json=call).status_code == 400, "it needs a reason"
    done = service.owner.post("/api/rights/withdrawals", json={**call, "reason": "Sold."})
    assert done.json() == shown.json()
    assert service.owner.post("/api/rights/withdrawals/preview", json={}).status_code == 400
    for step in ("reinstate", "reinstate/preview"):
        assert service.owner.post(f"/api/rights/releases/rls_none/{step}").status_code == 404


def test_r15_a_notice_by_the_public_form_goes_its_whole_way(service: Service) -> None:
    poor = service.owner.post("/api/public/notices", json=notice(service, signature=""))
    assert (poor.status_code, poor.json()["state"]) == (201, "incomplete")
    assert "has no effect yet" in poor.json()["sentence"]
    where = f"/api/notices/{poor.json()['id']}"
    whole = service.owner.post(f"{where}/complete", json={"added": {"signature": "Zoe Zed"}})
    assert whole.json()["state"] == "received"
    seen = service.owner.post(f"{where}/preview", json={"deed": "accept"}).json()
    assert [(song["before"], song["after"]) for song in seen["songs"]] == [("active", "withdrawn")]
    assert service.owner.post(f"{where}/preview", json={"deed": "burn"}).status_code == 400
    assert service.owner.post(f"{where}/accept", json={"reason": "Well-founded."}).json()["state"] == "taken_down"
    assert service.owner.get(where).json()["document"]["claimant"]["name"] == "Zoe Zed"
    gone = [song["id"] for song in service.owner.get("/api/songs").json()["songs"]]
    assert service.refused_song not in gone
    assert service.owner.post(f"{where}/uphold", json={"reason": "Filed."}).json()["state"] == "upheld"
    assert service.owner.post(f"{where}/restore", json={"reason": "Taken back."}).json()["state"] == "restored"
    log = service.owner.get("/api/public/notices", params={"limit": 3}).json()
    assert [item["entry"]["state"] for item in log["entries"]] == ["restored", "upheld", "taken_down"]
    assert "Zoe" not in str(service.owner.get("/api/public/notices", params={"limit": 500}).json())
    assert service.owner.get("/api/public/notices/check", params={"head": log["head"]}).json()["ok"] is True
    listed = service.owner.get("/api/notices").json()["notices"]
    assert [item["state"] for item in listed if item["id"] == poor.json()["id"]] == ["restored"]
    answer = {"name": "B", "address": "C", "email": "b@c.example", "statement": "No.", "good_faith": True}
    answered = service.owner.post(f"{where}/counter", json={**answer, "jurisdiction": True, "signature": "B"})
    assert answered.status_code == 404, "nothing of this listener was taken down"


def test_r15_the_public_form_takes_so_many_an_hour_and_nothing_large(service: Service) -> None:
    service.wait(3600)
    told = [
        service.owner.post("/api/public/notices", json=notice(service, work=f"Song {place}")).status_code
        for place in range(6)
    ]
    assert told == [201] * 5 + [429]
    service.wait(3600)
    assert service.owner.post("/api/public/notices", json=notice(service, work="Song 7")).status_code == 201
    large = service.owner.post("/api/public/notices", json=notice(service, work="x" * 70_000))
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
    stream = service.owner.post("/api/public/notices", content=(part for part in [b"{", b"}"]))
    assert stream.status_code == 413, "a body that does not say how long it is"
    for bad in ({"unknown": 1}, {"claimant": "Zoe"}, {"work": "x" * 6_000}, {"work": "a\x00b"}):
        assert service.owner.post("/api/public/notices", json=notice(service, **bad)).status_code in (400, 413), bad


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/disputes"),
        ("POST", "/api/disputes"),
        ("POST", "/api/disputes/preview"),
        ("GET", "/api/disputes/dsp_x/statements"),
        ("POST", "/api/disputes/dsp_x/resolution/preview"),
        ("GET", "/api/notices"),
        ("POST", "/api/notices/ntc_x/preview"),
        ("GET", "/api/notices/ntc_x"),
        ("POST", "/api/notices/ntc_x/accept"),
        ("POST", "/api/rights/withdrawals"),
        ("POST", "/api/rights/withdrawals/preview"),
        ("POST", "/api/rights/releases/rls_x/reinstate"),
    ],
)
def test_what_is_the_owners_is_refused_to_listeners_elsewhere(service: Service, method: str, path: str) -> None:
    bodies = {"/api/disputes": {"subject_id": service.song, "claimant": "Z", "evidence": "Z"}}
    body = bodies.get(path, {"reason": "Because."}) if method == "POST" else None
    if path.endswith("preview"):
        body = {"subject_id": service.song} if "disputes/preview" in path else {"deed": "accept"}
        body = {"outcome": "upheld"} if "resolution" in path else {} if "rights" in path else body
    elsewhere = {"x-forwarded-for": "203.0.113.7"}
    refused = service.owner.request(method, path, json=body, headers=elsewhere)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_the_owner")


def test_r15_notices_about_a_remix_are_its_makers_to_read(service: Service) -> None:
    missing = service.client.get("/api/remixes/rmx_none/notices")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "unknown_remix")


def test_every_hour_counts_anew_and_addresses_are_not_kept(service: Service) -> None:
    service.wait(timedelta(hours=2).total_seconds())
    service.owner.post("/api/public/notices", json=notice(service, work="Another"))
    with service.workshop.installation.database.reading() as session:
        rows = session.execute(text("SELECT sender FROM form_counters")).all()
    assert len(rows) == 1
    assert "127.0.0.1" not in str(rows)
