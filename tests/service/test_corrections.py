"""Corrections over HTTP: everybody sees them, the owner says them, a remix keeps the chart that it was asked with."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from contrafact.engine.recipe.recipe import Recipe
from contrafact.provenance.service import verify
from contrafact.remixes.creations import making
from contrafact.remixes.songs import library
from tests.service.conftest import Service
from tests.service.test_app import ask, events, plan

pytestmark = [pytest.mark.assets]

KEY = {"key": {"tonic": "E", "mode": "minor"}}


@pytest.fixture
def owner(service: Service) -> TestClient:
    """Whoever sits at the machine."""
    return TestClient(service.client.app, base_url="http://localhost", client=("127.0.0.1", 50_000))


def say(owner: TestClient, song: str, corrections: dict[str, Any], **more: Any) -> Any:
    return owner.post(f"/api/songs/{song}/corrections", json={"corrections": corrections, **more})


def said(service: Service, song: str) -> dict[str, Any]:
    answer = service.client.get(f"/api/songs/{song}/corrections")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_a_song_shows_what_was_heard(service: Service) -> None:
    shown = said(service, service.refused_song)
    assert (shown["version"], shown["corrections"], shown["history"]) == (0, {}, [])
    assert shown["heard"] == shown["holds"]
    assert shown["heard"]["tempo_bpm"] == pytest.approx(120.0, abs=0.2)
    assert shown["heard"]["metre"] == "4/4"
    assert shown["heard"]["sections"][0]["start_s"] == pytest.approx(shown["heard"]["downbeat_s"], abs=0.6)


def test_a_correction_holds_for_everybody_and_can_be_withdrawn(service: Service, owner: TestClient) -> None:
    song = service.refused_song
    heard = said(service, song)["heard"]
    answer = say(owner, song, {**KEY, "tempo": {"octave": "half"}}, reason="it is a ballad", based_on=0)
    assert answer.status_code == 200, answer.text
    shown = said(service, song)
    assert answer.json() == shown
    assert (shown["version"], shown["heard"]) == (1, heard)
    assert (shown["holds"]["key"], shown["holds"]["key_confidence"]) == ("E minor", 1.0)
    assert shown["holds"]["tempo_bpm"] == pytest.approx(heard["tempo_bpm"] / 2)
    assert (shown["history"][0]["reason"], shown["history"][0]["by"]) == ("it is a ballad", "Ada")
    view = service.client.get(f"/api/songs/{song}").json()
    assert (view["key"], view["tempo_bpm"]) == ("E minor", pytest.approx(60.0, abs=0.1))
    chart = service.client.get(f"/api/songs/{song}/chart").json()
    assert chart["key"]["tonic"] == "E"
    as_heard = service.client.get(f"/api/songs/{song}/chart", params={"heard": True}).json()
    assert as_heard["tempo"]["bpm"] == heard["tempo_bpm"]
    withdrawn = say(owner, song, {}, based_on=1).json()
    assert (withdrawn["version"], withdrawn["corrections"], withdrawn["holds"]) == (2, {}, heard)


def test_the_same_twice_is_one_version_and_another_in_between_is_told(service: Service, owner: TestClient) -> None:
    song = service.refused_song
    version = said(service, song)["version"]
    first = say(owner, song, KEY, based_on=version)
    assert say(owner, song, KEY).json() == first.json()
    late = say(owner, song, {"tempo": {"octave": "half"}}, based_on=version)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "conflict")
    assert said(service, song) == first.json()


@pytest.mark.parametrize(
    ("client", "host", "headers"),
    [
        (("192.0.2.7", 50_000), "http://localhost", {}),
        (("testclient", 50_000), "http://localhost", {}),
        (("127.0.0.1", 50_000), "http://localhost", {"X-Forwarded-For": "192.0.2.7"}),
        (("127.0.0.1", 50_000), "http://localhost", {"Via": "1.1 proxy"}),
    ],
)
def test_only_the_owner_may_say_so(
    service: Service, client: tuple[str, int], host: str, headers: dict[str, str]
) -> None:
    before = said(service, service.song)
    elsewhere = TestClient(service.client.app, base_url=host, client=client, headers=headers)
    answer = say(elsewhere, service.song, KEY)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_the_owner")
    assert said(service, service.song) == before


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"corrections": {"downbeat_s": 5000.0}}, 422, "outside the recording"),
        ({"corrections": {"tempo": {"bpm": 97.3}}}, 422, "downbeat"),
        ({"corrections": {"tempo": {"bpm": 120.0, "octave": "half"}}}, 422, "give one of them"),
        ({"corrections": {"sections": [{"start_s": 0.0, "end_s": 99.0}]}}, 422, "after the recording"),
        ({"corrections": {"tempo": {"bpm": 1.0}}}, 400, "tempo.bpm"),
        ({"corrections": {"chords": []}}, 400, "chords"),
        ({"corrections": KEY, "reason": "two\nlines"}, 400, "reason"),
        ({"corrections": KEY, "based_on": -1}, 400, "based_on"),
        ({}, 400, "corrections"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    service: Service, owner: TestClient, body: dict[str, Any], status: int, words: str
) -> None:
    before = said(service, service.song)
    answer = owner.post(f"/api/songs/{service.song}/corrections", json=body)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]["message"]
    assert said(service, service.song) == before


def test_a_song_that_is_not_there(service: Service, owner: TestClient) -> None:
    assert service.client.get("/api/songs/rec_nothing/corrections").status_code == 404
    assert say(owner, "rec_nothing", KEY).status_code == 404


def test_the_routes_are_documented(service: Service) -> None:
    paths = service.client.get("/api/openapi.json").json()["paths"]
    route = paths["/api/songs/{song_id}/corrections"]
    assert {"403", "404", "409", "422"} <= set(route["post"]["responses"])
    assert all(route[method]["description"] for method in ("get", "post"))


def test_a_remix_that_is_being_made_keeps_the_chart_that_it_was_asked_with(
    service: Service, owner: TestClient, tmp_path: Any
) -> None:
    installation = service.workshop.installation
    song = service.song
    recipe = Recipe.model_validate(plan(service, song, "house")["recipe"])
    before = library.chart_json(installation, song)
    remix_id = making.ask_for(installation, song, recipe, "house", library.demo_listener(installation)).remix_id
    assert say(owner, song, {"metre": {"beats_per_bar": 3}}).status_code == 200
    work = making.begin(installation, remix_id, tmp_path)
    assert work is not None
    assert work["chart"].encode() == before != library.chart_json(installation, song)
    making.cancel(installation, remix_id)
    assert say(owner, song, {}).status_code == 200


def test_after_a_correction_the_same_words_are_another_remix_until_it_is_withdrawn(
    service: Service, owner: TestClient, tmp_path: Any
) -> None:
    song = service.song
    first = events(service, ask(service)["id"])[-1]
    assert first["status"] == "ready", first["error"]
    assert (first["chart"]["version"], first["chart"]["holds"]) == (0, True)

    version = say(owner, song, KEY).json()["version"]
    second = ask(service)
    assert second["id"] != first["id"]
    assert (second["chart"]["version"], second["chart"]["holds"]) == (version, True)
    service.client.post(f"/api/remixes/{second['id']}/cancel")
    assert events(service, second["id"])[-1]["status"] == "cancelled"

    kept = service.client.get(f"/api/remixes/{first['id']}").json()
    assert (kept["chart"]["sha256"], kept["chart"]["holds"]) == (first["chart"]["sha256"], False)
    file = tmp_path / "take.flac"
    file.write_bytes(service.client.get(first["download_url"]).content)
    verdict = verify(file, service.workshop.installation.home.keys)
    assert verdict.trusted
    assert verdict.chart_sha256 == first["chart"]["sha256"] == said(service, song)["heard"]["sha256"]

    assert say(owner, song, {}).status_code == 200
    again = ask(service)
    assert (again["id"], again["earnings"]["generations"]) == (first["id"], 1)
    assert json.dumps(again["chart"]) == json.dumps(first["chart"])
