"""The story over HTTP: pick, plan, ask, hear while it is made, compare, download, be paid; and be refused."""

import io
import json
from typing import Any

import pytest
import soundfile

from contrafact.provenance.service import verify
from tests.service.conftest import Service

pytestmark = [pytest.mark.assets]
WORDS = "slow bossa nova, keep the voice"


def plan(service: Service, song: str, words: str = WORDS, **more: Any) -> dict[str, Any]:
    answer = service.client.post(f"/api/songs/{song}/plan", json={"words": words, **more})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def ask(service: Service, words: str = WORDS, **more: Any) -> dict[str, Any]:
    recipe = plan(service, service.song, words, **more)["recipe"]
    answer = service.client.post("/api/remixes", json={"song_id": service.song, "recipe": recipe, "words": words})
    assert answer.status_code == 202, answer.text
    document: dict[str, Any] = answer.json()
    return document


def events(service: Service, remix_id: str) -> list[dict[str, Any]]:
    """All events of a remix until it has ended."""
    with service.client.stream("GET", f"/api/remixes/{remix_id}/events") as stream:
        lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


@pytest.fixture(scope="module")
def ready(service: Service) -> dict[str, Any]:
    """One finished remix, with the events that led to it."""
    asked = ask(service)
    seen = events(service, asked["id"])
    return {"asked": asked, "events": seen, "remix": seen[-1]}


def test_songs_say_what_may_be_done(service: Service) -> None:
    songs = {song["id"]: song for song in service.client.get("/api/songs").json()["songs"]}
    outcomes = {item["operation"]: item for item in songs[service.song]["operations"]}
    assert outcomes["style"]["outcome"] == "permit"
    assert outcomes["train"]["outcome"] == "deny"
    assert outcomes["train"]["reasons"][0]["sentence"]
    assert {item["outcome"] for item in songs[service.refused_song]["operations"]} == {"deny"}
    assert songs[service.song] == service.client.get(f"/api/songs/{service.song}").json()


def test_a_song_can_be_seen_and_heard(service: Service) -> None:
    base = f"/api/songs/{service.song}"
    cover = service.client.get(f"{base}/cover")
    assert cover.headers["content-type"].startswith("image/svg+xml")
    part = service.client.get(f"{base}/audio", headers={"Range": "bytes=0-99"})
    assert part.status_code == 206
    assert len(part.content) == 100
    waveform = service.client.get(f"{base}/waveform").json()
    assert len(waveform["peaks"]) == 800
    assert max(waveform["peaks"]) > 0.1
    assert service.client.get(f"{base}/chart").json()["chart"] == 1


def test_a_plan_is_read_back_and_decided(service: Service) -> None:
    planned = plan(service, service.song)
    assert [item["text"] for item in planned["understood"]] == ["slow", "bossa nova", "keep the voice"]
    assert planned["decision"]["outcome"] == "permit"
    slow = planned["understood"][0]["id"]
    again = plan(service, service.song, without=[slow])
    assert again["recipe"]["tempo"]["ratio"] == 1.0
    assert again["tempo_bpm"] > planned["tempo_bpm"]


def test_a_remix_is_made_signed_and_paid_for(service: Service, ready: dict[str, Any]) -> None:
    remix, fractions = ready["remix"], [event["progress"] for event in ready["events"]]
    assert remix["status"] == "ready", remix["error"]
    assert fractions == sorted(fractions)
    assert remix["loudness_lufs"] == pytest.approx(-14.0, abs=0.3)
    assert remix["true_peak_dbtp"] <= -1.0
    assert remix["label"] == "AI remix by Ada of “Rain” by Ada Lovelace"
    assert remix["provenance"]["state"] == "Trusted"
    assert {"Ada Lovelace", "Ada"} <= {credit["name"] for credit in remix["credits"]}
    assert [node["kind"] for node in remix["lineage"]][:3] == ["remix", "recording", "work"]
    earnings = remix["earnings"]
    assert earnings["generations"] == 1
    assert sum(party["amount_micros"] for party in earnings["parties"]) == earnings["total_micros"] > 0


def test_the_take_is_sound_in_ranges_and_trusted(service: Service, ready: dict[str, Any], tmp_path: Any) -> None:
    remix = ready["remix"]
    whole = service.client.get(remix["audio_url"])
    # The manifest of a signed FLAC lies before its first block, where the reader does not look for it.
    sound, rate = soundfile.read(io.BytesIO(whole.content[whole.content.index(b"fLaC") :]))
    assert len(sound) / rate == pytest.approx(remix["duration_s"], abs=1e-6)
    assert float(abs(sound).max()) > 0.1
    part = service.client.get(remix["audio_url"], headers={"Range": "bytes=10-19"})
    assert part.content == whole.content[10:20]
    download = service.client.get(remix["download_url"])
    assert "attachment" in download.headers["content-disposition"]
    file = tmp_path / "take.flac"
    file.write_bytes(download.content)
    verdict = verify(file, service.workshop.installation.home.keys)
    assert verdict.trusted
    assert verdict.remix_id == remix["id"]


def test_the_same_recipe_is_the_same_remix_and_paid_once(service: Service, ready: dict[str, Any]) -> None:
    again = ask(service)
    assert again["id"] == ready["remix"]["id"]
    assert again["status"] == "ready"
    assert again["earnings"]["generations"] == 1


def test_a_play_counts_once_when_it_was_truly_heard(service: Service, ready: dict[str, Any]) -> None:
    url, needed = f"/api/remixes/{ready['remix']['id']}/plays", min(30.0, ready["remix"]["duration_s"])

    def report(heard_s: float) -> dict[str, Any]:
        answer = service.client.post(url, json={"play_id": "listening-1", "heard_s": heard_s})
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    before = report(0.0)["earnings"]["plays"]
    assert not report(needed)["counted"], "time has not passed"
    service.wait(needed)
    counted = report(needed)
    assert counted["counted"]
    assert counted["earnings"]["plays"] == before + 1
    service.wait(60)
    assert report(needed + 60)["earnings"]["plays"] == before + 1


def test_the_sums_shown_are_the_ledgers(service: Service, ready: dict[str, Any]) -> None:
    ledger = service.client.get("/api/ledger").json()
    assert ledger["balanced"]
    pool = next(item for item in ledger["accounts"] if item["account"].startswith("assets:"))
    shown = [remix["earnings"]["total_micros"] for remix in service.client.get("/api/remixes").json()["remixes"]]
    assert sum(shown) == pool["amount_micros"]


def test_what_the_owner_does_not_allow_is_refused_with_the_reason(service: Service) -> None:
    planned = plan(service, service.refused_song)
    assert planned["decision"]["outcome"] == "deny"
    count = len(service.client.get("/api/remixes").json()["remixes"])
    answer = service.client.post(
        "/api/remixes", json={"song_id": service.refused_song, "recipe": planned["recipe"], "words": WORDS}
    )
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["code"] == "refused"
    assert error["decision"]["outcome"] == "deny"
    assert all(reason["sentence"] for reason in error["decision"]["reasons"])
    assert len(service.client.get("/api/remixes").json()["remixes"]) == count


def test_a_cancelled_remix_stops_and_is_not_paid_for(service: Service) -> None:
    asked = ask(service, seed=7)
    cancelled = service.client.post(f"/api/remixes/{asked['id']}/cancel").json()
    assert cancelled["status"] == "cancelled"
    assert events(service, asked["id"])[-1]["status"] == "cancelled"
    assert cancelled["earnings"]["total_micros"] == 0
    after = ask(service, seed=8)
    assert events(service, after["id"])[-1]["status"] == "ready", "the worker is free again"


def test_the_growing_take_can_be_heard_before_it_is_ready(service: Service) -> None:
    asked = ask(service, seed=9)
    with service.client.stream("GET", f"/api/remixes/{asked['id']}/live") as stream:
        assert stream.headers["content-type"] == "audio/flac"
        sound = b"".join(stream.iter_bytes())
    assert sound.startswith(b"fLaC")
    assert len(sound) > 16_000


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/songs/rec_nothing", None, 404),
        ("GET", "/api/remixes/rmx_nothing", None, 404),
        ("GET", "/api/remixes/rmx_nothing/audio", None, 404),
        ("GET", "/api/nothing", None, 404),
        ("POST", "/api/remixes", {"song_id": "x", "recipe": {"sources": ["y"]}}, 422),
        ("POST", "/api/songs/rec_nothing/plan", {"words": "house"}, 404),
        ("POST", "/api/songs/rec_nothing/plan", {"words": ""}, 400),
        ("POST", "/api/songs/rec_nothing/plan", {"words": "house", "more": 1}, 400),
    ],
)
def test_wrong_calls_get_one_sentence(service: Service, method: str, path: str, body: Any, status: int) -> None:
    answer = service.client.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_a_path_on_the_server_is_no_song(service: Service) -> None:
    call = {"song_id": __file__, "recipe": {"sources": ["a" * 64]}}
    answer = service.client.post("/api/remixes", json=call)
    assert answer.status_code == 404
    assert "no recording" in answer.json()["error"]["message"]


def test_other_sites_and_host_names_are_refused(service: Service) -> None:
    body = {"words": "house"}
    url = f"/api/songs/{service.song}/plan"
    assert service.client.post(url, json=body, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert service.client.post(url, json=body, headers={"Origin": "https://evil.example"}).status_code == 403
    assert service.client.get("/api/songs", headers={"Host": "evil.example"}).status_code == 421
    policy = service.client.get("/api/session").headers["content-security-policy"]
    assert "default-src 'self'" in policy


def test_health_and_openapi(service: Service) -> None:
    assert service.client.get("/healthz").json()["status"] == "ok"
    assert service.client.get("/readyz").status_code == 200
    assert "/api/remixes" in service.client.get("/api/openapi.json").json()["paths"]
