"""Shaping and choosing over HTTP: what can be changed, edited recipes, takes to choose from, and documents refused."""

import json
from typing import Any

import pytest

from contrafact.catalogue.models import RecordingRow
from contrafact.catalogue.values import RecordingStatus
from tests.service.conftest import Service

pytestmark = [pytest.mark.assets]


@pytest.fixture(scope="module")
def recipe(service: Service) -> dict[str, Any]:
    answer = service.client.post(f"/api/songs/{service.song}/plan", json={"words": "house"})
    document: dict[str, Any] = answer.json()["recipe"]
    return document


def edited(recipe: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(recipe))
    *way, last = path.split(".")
    place = changed
    for name in way:
        place = place[name]
    place[last] = value
    return changed


def test_what_can_be_shaped_is_told_with_reasons(service: Service) -> None:
    shown = service.client.get(f"/api/songs/{service.song}/shaping").json()
    controls = {item["control"]: item for item in shown["controls"]}
    assert controls["sections"]["available"]
    assert [block["index"] for block in shown["sections"]] == list(range(len(shown["sections"])))
    assert sum(block["bars"] for block in shown["sections"]) == 8
    assert "violin" in {item["slug"] for item in shown["instruments"]}
    for item in service.client.get(f"/api/songs/{service.refused_song}/shaping").json()["controls"]:
        assert (item["available"], bool(item["reason"])) == (False, True), item
    assert service.client.get("/api/songs/rec_nothing/shaping").status_code == 404


def test_an_edited_recipe_is_planned_like_words(service: Service, recipe: dict[str, Any]) -> None:
    url = f"/api/songs/{service.song}/plan"
    slower = edited(recipe, "tempo.ratio", 0.8)
    shown = service.client.post(url, json={"recipe": slower}).json()
    assert shown["recipe"] == slower
    assert shown["decision"]["outcome"] == "permit"
    assert "tempo_pitch" in shown["operations"]
    assert shown["understood"] == []
    for body in ({}, {"words": "house", "recipe": recipe}):
        assert service.client.post(url, json=body).status_code == 400


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("tempo.ratio", 3, "tempo.ratio"),
        ("tempo.ratio", 3000, "tempo.ratio"),
        ("louder", True, "louder"),
        ("recipe", 2, "recipe"),
        ("recipe", 3, "recipe"),
        ("form.fade_out_s", 9.0, "form.fade_out_s"),
        ("sources", ["x"], "sources[0]"),
        ("form.order", [{"section": 0}] * 10_000, "form.order"),
        ("form.order", [{"section": 0}, {"section": -1}], "form.order[1].section"),
        ("locks", ["rhythm"], "locks[0]"),
        ("length_s", "NaN", "length_s"),
    ],
)
def test_a_recipe_that_cannot_be_meant_is_refused_with_its_path(
    service: Service, recipe: dict[str, Any], path: str, value: Any, where: str
) -> None:
    document = edited(recipe, path, value)
    calls = {
        f"/api/songs/{service.song}/plan": {"recipe": document},
        "/api/remixes": {"song_id": service.song, "recipe": document},
        "/api/variations": {"song_id": service.song, "recipe": document},
    }
    for url, body in calls.items():
        answer = service.client.post(url, json=body)
        assert answer.status_code == 422, url
        error = answer.json()["error"]
        assert error["code"] == "bad_input"
        assert error["message"].startswith(f"{where}: "), error["message"]


def test_a_withdrawn_source_is_refused_with_its_path(service: Service, recipe: dict[str, Any]) -> None:
    database = service.workshop.installation.database

    def set_status(status: RecordingStatus) -> None:
        with database.transaction() as session:
            row = session.get(RecordingRow, service.song)
            assert row is not None
            row.status = status

    set_status("withdrawn")
    try:
        answer = service.client.post("/api/remixes", json={"song_id": service.song, "recipe": recipe})
    finally:
        set_status("active")
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith("sources[0]: ")


def test_a_mash_up_is_planned_with_a_partner_that_was_found(service: Service) -> None:
    found = service.client.get(f"/api/songs/{service.song}/partners").json()
    (partner,) = found["partners"]
    assert (partner["id"], partner["mashup"]["outcome"]) == (service.refused_song, "deny")
    call = {"words": "house", "guest": partner["id"]}
    shown = service.client.post(f"/api/songs/{service.song}/plan", json=call).json()
    assert shown["recipe"]["kind"] == "mashup"
    assert shown["decision"]["outcome"] == "deny"
    for guest in (service.song, "rec_nothing"):
        answer = service.client.post(f"/api/songs/{service.song}/plan", json={"words": "house", "guest": guest})
        assert answer.status_code in (400, 404), answer.text
    body = {"recipe": shown["recipe"], "guest": partner["id"]}
    assert service.client.post(f"/api/songs/{service.song}/plan", json=body).status_code == 400
    for most in (0, 25):
        assert service.client.get(f"/api/songs/{service.song}/partners?most={most}").status_code == 400


def test_takes_to_choose_from_cost_nothing_until_one_is_made(service: Service, recipe: dict[str, Any]) -> None:
    before = service.client.get("/api/ledger").json(), service.client.get("/api/remixes").json()
    call = {"song_id": service.song, "recipe": recipe, "count": 4}
    takes = service.client.post("/api/variations", json=call).json()["takes"]
    assert takes == service.client.post("/api/variations", json=call).json()["takes"]
    assert takes[0]["recipe"] == recipe
    assert takes[0]["differs"] == "As you said it."
    assert len({take["recipe"]["seed"] for take in takes}) == 4
    assert all(take["differs"].endswith(".") for take in takes)
    assert {take["decision"]["outcome"] for take in takes} == {"permit"}
    assert {take["operations"] == takes[0]["operations"] for take in takes} == {True}
    liked = service.client.post("/api/variations", json={**call, "kin": "more_like", "count": 2}).json()["takes"]
    assert [{**take["recipe"], "seed": 0} for take in liked] == [{**recipe, "seed": 0}] * 2
    assert (service.client.get("/api/ledger").json(), service.client.get("/api/remixes").json()) == before


@pytest.mark.parametrize("body", [{"count": 1}, {"count": 5}, {"kin": "other"}, {"more": 1}])
def test_other_offers_are_wrong_calls(service: Service, recipe: dict[str, Any], body: dict[str, Any]) -> None:
    call = {"song_id": service.song, "recipe": recipe, **body}
    assert service.client.post("/api/variations", json=call).status_code == 400


def test_the_interface_describes_itself(service: Service) -> None:
    paths = service.client.get("/api/openapi.json").json()["paths"]
    for path, method in (("/api/variations", "post"), ("/api/songs/{song_id}/shaping", "get")):
        assert paths[path][method]["responses"]["200"]
    assert "422" in paths["/api/remixes"]["post"]["responses"]
