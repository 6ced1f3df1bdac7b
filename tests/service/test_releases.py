"""Releases and approvals over HTTP: held until owners agree, released, heard, remixed again, taken back."""

from datetime import timedelta
from typing import Any

import pytest

from contrafact.catalogue import service as catalogue
from contrafact.remixes.news.delivering_news import add_webhook
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.standing.release_states import Cause, move
from contrafact.remixes.tables import store_releases
from contrafact.rights import service as rights
from contrafact.rights.values import Terms
from tests.service.conftest import Service
from tests.support.receiver import receiving

pytestmark = [pytest.mark.assets]
OPERATIONS = (
    "style",
    "arrangement",
    "tempo_pitch",
    "stems_use",
    "share_in_app",
    "derive_again",
    "vocal_interpretation",
)


def allow(
    service: Service, song: str, *, first: tuple[str, ...] = (), operations: tuple[str, ...] = OPERATIONS
) -> None:
    """Everybody who holds the song gives the next version of one grant."""
    installation = service.workshop.installation
    said = [{"operation": item, "needs_approval": item in first} for item in operations]
    with installation.database.transaction() as session:
        recording = catalogue.get(session, song)
        subject = subject_of(recording, catalogue.holders(session, song))
        known = {
            (grant.side, grant.subject_id, grant.party_id): grant.series for grant in rights.grants_on(session, subject)
        }
        places: list[tuple[Any, str, str]] = [("master", song, item.party_id) for item in subject.master]
        places += [("work", subject.work_id, item.party_id) for item in subject.work]
        for side, subject_id, party_id in places:
            rights.grant_terms(
                session,
                Terms.model_validate({"operations": said}),
                side=side,
                subject_id=subject_id,
                party_id=party_id,
                by="test",
                clock=installation.clock,
                series=known.get((side, subject_id, party_id)),
            )


def get(service: Service, path: str, status: int = 200) -> dict[str, Any]:
    answer = service.owner.get(path)
    assert answer.status_code == status, answer.text
    document: dict[str, Any] = answer.json()
    return document


def post(service: Service, path: str, body: dict[str, Any] | None = None, status: int = 200) -> dict[str, Any]:
    answer = service.owner.post(path, json=body or {})
    assert answer.status_code == status, answer.text
    document: dict[str, Any] = answer.json()
    return document


def ended(service: Service, remix_id: str) -> dict[str, Any]:
    """The remix when nothing more is told of it as it happens."""
    with service.owner.stream("GET", f"/api/remixes/{remix_id}/events") as stream:
        for _ in stream.iter_lines():
            pass
    return get(service, f"/api/remixes/{remix_id}")


def test_the_whole_story(service: Service) -> None:
    song = service.refused_song
    allow(service, song, first=("tempo_pitch", "share_in_app"))
    recipe = post(service, f"/api/songs/{song}/plan", {"words": "10 percent faster"})["recipe"]
    asked = post(service, "/api/remixes", {"song_id": song, "recipe": recipe, "words": "10 percent faster"}, 202)
    base = f"/api/remixes/{asked['id']}"
    held = ended(service, asked["id"])
    assert (held["status"], held["stage"], held["error"]) == ("held", "waiting for the owner", None)
    assert service.owner.get(f"{base}/audio").status_code == 409
    assert service.owner.get(f"{base}/waveform").status_code == 409
    assert service.owner.get(f"{base}/live").content == b"", "not even while it is made"
    assert service.owner.post(f"{base}/sound", json={"from_s": 0, "to_s": 1}).status_code == 409
    assert service.owner.get(f"{base}/desk").status_code == 409

    queue = get(service, "/api/approvals")
    assert queue["open"] == len(queue["approvals"]) == 2
    assert {item["side"] for item in queue["approvals"]} == {"master", "work"}
    told = get(service, "/api/owner/notifications")
    assert {item["kind"] for item in told["news"]} == {"approval.requested"}
    first = queue["approvals"][0]
    assert (first["words"], first["purpose"], first["asked_by"]) == ("10 percent faster", "request", "Ada")
    assert first["operations"][0]["extent"]["tempo_ratio"] == pytest.approx(1.1)
    sound = service.owner.get(first["audio_url"], headers={"Range": "bytes=0-3"})
    assert (sound.status_code, sound.content) == (206, b"fLaC")
    for item in queue["approvals"]:
        done = post(service, f"/api/approvals/{item['id']}/approve", {"listen_only": True})
        assert done["answers"][0]["listen_only"]
    assert get(service, base)["status"] == "ready"
    assert service.owner.get(f"{base}/audio").status_code == 200
    assert get(service, base)["earnings"]["generations"] == 1

    pending = post(service, f"{base}/release")
    assert (pending["state"], pending["audio_url"]) == ("pending", None)
    for item in get(service, "/api/approvals")["approvals"]:
        post(service, f"/api/approvals/{item['id']}/approve", {"reason": "Lovely."})
    released = get(service, f"/api/releases/{pending['id']}")
    assert (released["state"], released["mine"]) == ("released", True)
    listed = get(service, f"/api/releases?song_id={song}")["releases"]
    assert [item["id"] for item in listed] == [pending["id"]]
    audio = service.owner.get(released["audio_url"])
    assert audio.status_code == 200
    assert audio.headers["cache-control"] == "private, no-cache"

    plan = post(service, f"{base}/again/plan", {"words": "two semitones up"})
    assert plan["recipe"]["tempo"]["ratio"] == pytest.approx(1.1)
    assert plan["decision"]["outcome"] == "needs_approval"
    allow(service, song)
    plan = post(service, f"/api/remixes/{pending['id']}/again/plan", {"words": "two semitones up"})
    assert plan["decision"]["outcome"] == "permit"
    child = post(service, f"{base}/again", {"recipe": plan["recipe"], "words": "two semitones up"}, 202)
    made = ended(service, child["id"])
    assert (made["status"], made["parent_remix_id"]) == ("ready", asked["id"])
    assert [node["kind"] for node in made["lineage"]][:3] == ["remix", "remix", "recording"]

    assert post(service, f"{base}/unlist")["state"] == "unlisted"
    assert get(service, f"/api/releases?song_id={song}")["releases"] == []
    assert post(service, f"{base}/unlist", {"for_good": True})["state"] == "taken_down"
    assert service.owner.get(released["audio_url"]).status_code == 410
    kinds = [item["kind"] for item in get(service, "/api/notifications")["news"]]
    assert {"approval.answered", "release.moved"} <= set(kinds)
    unread = get(service, "/api/notifications")
    assert unread["unread"] == len(unread["news"])
    assert post(service, "/api/notifications/read", {"up_to": unread["news"][1]["sequence"]}) == {"unread": 1}


def test_a_refused_release_carries_the_decision(service: Service) -> None:
    song = service.song
    recipe = post(service, f"/api/songs/{song}/plan", {"words": "two semitones up"})["recipe"]
    asked = post(service, "/api/remixes", {"song_id": song, "recipe": recipe}, 202)
    assert ended(service, asked["id"])["status"] == "ready"
    allow(service, song, operations=("tempo_pitch",))
    with service.workshop.installation.database.transaction() as session:
        recording = catalogue.get(session, song)
        subject = subject_of(recording, catalogue.holders(session, song))
        for grant in rights.grants_on(session, subject):
            if any(item.operation == "share_in_app" for item in grant.terms.operations):
                rights.withdraw(session, grant.series, by="test", clock=service.clock)
    refused = post(service, f"/api/remixes/{asked['id']}/release", status=403)["error"]
    assert refused["decision"]["outcome"] == "deny"
    assert refused["decision"]["reasons"][0]["sentence"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/approvals"),
        ("GET", "/api/approvals/apr_x"),
        ("GET", "/api/approvals/apr_x/audio"),
        ("POST", "/api/approvals/apr_x/approve"),
        ("POST", "/api/approvals/apr_x/refuse"),
        ("GET", "/api/owner/notifications"),
        ("POST", "/api/owner/notifications/read"),
    ],
)
def test_who_comes_through_a_proxy_is_not_the_owner(service: Service, method: str, path: str) -> None:
    body = {"reason": "x"} if path.endswith("refuse") else {"up_to": 1} if path.endswith("read") else {}
    answer = service.owner.request(
        method, path, json=body if method == "POST" else None, headers={"x-forwarded-for": "203.0.113.9"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_the_owner")


def test_what_is_not_there_and_what_cannot_be_meant(service: Service) -> None:
    assert get(service, "/api/releases/rls_none", 404)["error"]["code"] == "unknown_release"
    assert get(service, "/api/approvals/apr_none", 404)["error"]["code"] == "unknown_request"
    assert post(service, "/api/remixes/rmx_none/release", status=404)["error"]["code"] == "unknown_remix"
    assert post(service, "/api/remixes/rmx_none/again/plan", {"words": "house"}, 404)
    bad = post(service, "/api/approvals/apr_none/approve", {"territories": {"include": ["XX"]}}, 400)
    assert "territories" in bad["error"]["message"]
    assert service.owner.get("/api/releases?limit=0").status_code == 400


def test_what_becomes_due_is_done_by_a_job_when_nobody_looks(service: Service) -> None:
    installation = service.workshop.installation
    allow(service, service.refused_song)
    recipe = post(service, f"/api/songs/{service.refused_song}/plan", {"words": "three semitones up"})["recipe"]
    asked = post(service, "/api/remixes", {"song_id": service.refused_song, "recipe": recipe}, 202)
    assert ended(service, asked["id"])["status"] == "ready"
    release_id = post(service, f"/api/remixes/{asked['id']}/release")["id"]
    with receiving() as receiver:
        add_webhook(installation, receiver.url)
        with installation.database.transaction() as session:
            due_at = service.clock.now() + timedelta(hours=2)
            move(
                session,
                release_id,
                "taken_down",
                by="office",
                reason="Withdrawn.",
                cause=Cause("grant", "grs_1"),
                clock=service.clock,
                due_at=due_at,
            )
        service.wait(7200)
        assert service.workshop.tend()
        assert receiver.came.wait(60), "the job of the service tells it, without anybody asking"
    with installation.database.reading() as session:
        row = store_releases.release(session, release_id)
        assert row is not None
        assert row.state == "taken_down"
    assert b'"to":"taken_down"' in receiver.got[0][1]
