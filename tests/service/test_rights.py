"""The rights holder's console over HTTP: matrix, bulk edit, what if, uses and audit; and the operator's switches."""

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from fastapi.testclient import TestClient

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ownership import StatedShare
from contrafact.kit.territories import Territories
from contrafact.service.app import create_app
from contrafact.service.workshop import Workshop
from tests.service.conftest import Service

pytestmark = [pytest.mark.assets]


def sheet(service: Service, song: str) -> dict[str, Any]:
    answer = service.owner.get(f"/api/rights/songs/{song}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def cells(column: dict[str, Any]) -> dict[str, str]:
    return {cell["operation"]: cell["state"] for cell in column["cells"]}


def effective(document: dict[str, Any], tier: str, operation: str) -> str:
    row = next(row for row in document["effective"] if row["tier"] == tier)
    outcome: str = next(cell["outcome"] for cell in row["cells"] if cell["operation"] == operation)
    return outcome


@pytest.fixture
def restored(service: Service) -> Iterator[Service]:
    """The songs' permissions are as before when the test is over."""
    before = {song: sheet(service, song) for song in (service.song, service.refused_song)}
    yield service
    presets = {service.song: "mine", service.refused_song: "none"}
    for song, old in before.items():
        for column in sheet(service, song)["columns"]:
            for series in column["series"]:
                with service.workshop.installation.database.transaction() as session:
                    from contrafact.rights import service as rights

                    rights.withdraw(session, series, by="test", clock=service.clock)
        change = {"songs": {"song_ids": [song]}, "change": {"preset": presets[song]}, "dry_run": False}
        assert service.owner.post("/api/rights/bulk", json=change).status_code == 200
        assert sheet(service, song)["summary"] == old["summary"]


def test_the_catalogue_is_found_by_words_with_what_is_granted(service: Service) -> None:
    every = service.owner.get("/api/rights/songs").json()
    assert every["total"] == 2
    assert every["next"] is None
    found = service.owner.get("/api/rights/songs", params={"words": "not YOURS"}).json()
    assert [song["song_id"] for song in found["songs"]] == [service.refused_song]
    assert found["songs"][0]["summary"] == ["Nothing may be made of it."]
    assert found["songs"][0]["granted"] == []
    assert service.owner.get("/api/rights/songs", params={"words": "no such words"}).json()["songs"] == []


def test_a_new_column_an_edit_and_an_edit_too_late(restored: Service) -> None:
    service, song = restored, restored.refused_song
    url = f"/api/rights/songs/{song}/column"
    terms = {
        "operations": [{"operation": "style"}, {"operation": "share_in_app", "needs_approval": True}],
        "territories": {"exclude": ["JP"]},
        "tiers": ["premium"],
    }
    given = service.owner.put(url, json={"terms": terms}).json()
    (column,) = given["columns"]
    assert column["for_all"]
    assert column["editable"]
    assert column["where"] == "everywhere except Japan"
    assert {name for name, state in cells(column).items() if state != "no"} == {"style", "share_in_app"}
    assert cells(column)["share_in_app"] == "ask"
    assert given["summary"][:2] == [
        "Listeners on the add-on may change its style and release it here everywhere except Japan.",
        "You approve each release.",
    ]
    assert effective(given, "premium", "style") == "permit"
    assert effective(given, "free", "style") == "deny"

    without = {**terms, "operations": [{"operation": "tempo_pitch"}]}
    edited = service.owner.put(url, json={"terms": without, "based_on": column["series"]}).json()
    assert effective(edited, "premium", "style") == "deny"
    assert effective(edited, "premium", "tempo_pitch") == "permit"
    assert set(edited["columns"][0]["series"].values()) == {2}
    late = service.owner.put(url, json={"terms": terms, "based_on": column["series"]})
    assert late.status_code == 409
    assert "meanwhile" in late.json()["error"]["message"]
    assert sheet(service, song)["columns"] == edited["columns"]


@pytest.mark.parametrize(
    ("terms", "status", "words"),
    [
        ({"operations": [{"operation": "steal"}]}, 400, "terms.operations[0].operation"),
        ({"operations": [], "territories": {"include": ["Narnia"]}}, 400, "territories"),
        ({"operations": [{"operation": "style"}, {"operation": "style"}]}, 400, "listed twice"),
        ({"valid_from": "2026-02-01T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"}, 400, "ends before it begins"),
        ({"limits": {"uses_total": -1}}, 400, "uses_total"),
        ({"price": {"currency": "euro"}}, 400, "currency"),
        ({"loudly": True}, 400, "loudly"),
        (
            {"operations": [{"operation": "tempo_pitch", "bounds": {"tempo_ratio": {"least": 1.2, "most": 0.9}}}]},
            400,
            "terms.operations[tempo_pitch].bounds.tempo_ratio: the least (1.2) lies above",
        ),
        ({"limits": {"whole": {"source_share": {"most": 50}}}}, 400, "terms.limits.whole.source_share"),
    ],
)
def test_terms_that_cannot_be_meant_change_nothing(
    service: Service, terms: dict[str, Any], status: int, words: str
) -> None:
    before = sheet(service, service.song)
    answer = service.owner.put(f"/api/rights/songs/{service.song}/column", json={"terms": terms})
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]["message"]
    assert sheet(service, service.song) == before


def test_a_bulk_edit_is_shown_first_and_then_done_just_so(restored: Service) -> None:
    service = restored
    artist = sheet(service, service.song)["artist"]
    call: dict[str, Any] = {
        "songs": {"artist": artist.upper()},
        "change": {"cells": {"tempo_pitch": "no", "style": "ask"}, "territories": {"include": ["DE", "AT"]}},
    }
    before = {song: sheet(service, song) for song in (service.song, service.refused_song)}
    shown = service.owner.post("/api/rights/bulk", json=call).json()
    assert shown["dry_run"]
    assert {song: sheet(service, song) for song in before} == before
    done = service.owner.post("/api/rights/bulk", json={**call, "dry_run": False}).json()
    assert done["songs"] == shown["songs"]
    assert done["changed"] == len(done["songs"]) >= 1
    for change in done["songs"]:
        after = sheet(service, change["song_id"])
        assert change["after"] == after["summary"]
        assert all(column["where"] == "in Germany and Austria" for column in after["columns"])
        assert effective(after, "premium", "tempo_pitch") == "deny"
        assert effective(after, "premium", "style") == "needs_approval"


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"songs": {}, "change": {"preset": "mine"}}, 400),
        ({"songs": {"artist": "Nobody"}, "change": {"preset": "mine"}}, 404),
        ({"songs": {"song_ids": ["rec_nothing"]}, "change": {"preset": "mine"}}, 404),
        ({"songs": {"artist": "x"}, "change": {}}, 400),
        ({"songs": {"artist": "x"}, "change": {"preset": "mine", "cells": {"style": "yes"}}}, 400),
    ],
)
def test_a_bulk_edit_of_nothing_or_of_two_kinds_is_refused(service: Service, call: dict[str, Any], status: int) -> None:
    assert service.owner.post("/api/rights/bulk", json=call).status_code == status


def test_what_if_tells_not_allowed_from_not_possible(service: Service) -> None:
    def ask(**question: Any) -> dict[str, Any]:
        answer = service.owner.post("/api/rights/what-if", json={"songs": [service.song], **question})
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    style = ask(operation="style", territory="jp", tier="premium", at="2027-03-01T00:00:00Z")
    assert (style["outcome"], style["territory"], style["capability"]["possible"]) == ("permit", "JP", True)
    assert style["grants"]
    assert style["reasons"][0]["detail"]
    clone = ask(operation="voice_clone")
    assert (clone["outcome"], clone["capability"]["possible"]) == ("deny", False)
    translate = ask(operation="translate")
    assert (translate["outcome"], translate["capability"]["possible"]) == ("permit", False)
    assert "language" in translate["capability"]["sentence"]
    both = service.owner.post(
        "/api/rights/what-if", json={"songs": [service.song, service.refused_song], "operation": "mashup"}
    ).json()
    assert both["outcome"] == "deny"
    wrong = service.owner.post(
        "/api/rights/what-if", json={"songs": [service.song], "operation": "style", "territory": "Mars"}
    )
    assert wrong.status_code == 400
    assert "ISO 3166" in wrong.json()["error"]["message"]


def test_the_audit_log_can_be_checked_without_the_program(service: Service) -> None:
    recipe = service.owner.post(f"/api/songs/{service.song}/plan", json={"words": "house"}).json()["recipe"]
    refused = {**recipe, "sources": [_sha256(service, service.refused_song)]}
    assert (
        service.owner.post("/api/remixes", json={"song_id": service.refused_song, "recipe": refused}).status_code == 403
    )
    text = service.owner.get("/api/rights/audit").text
    entries = [json.loads(line) for line in text.splitlines()]
    assert {"grant", "decision"} <= {entry["kind"] for entry in entries}
    previous = "0" * 64
    decisions = [entry for entry in entries if entry["kind"] == "decision"]
    assert decisions[-1]["outcome"] == "deny"
    for entry in decisions:
        canonical = json.dumps(entry["snapshot"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        sha256 = hashlib.sha256(canonical.encode()).hexdigest()
        assert sha256 == entry["snapshot_sha256"]
        assert entry["previous_sha256"] == previous
        previous = hashlib.sha256(f"{previous}{sha256}".encode()).hexdigest()
        assert entry["chain_sha256"] == previous
    table = service.owner.get("/api/rights/audit", params={"form": "csv", "song_id": service.refused_song}).text
    assert table.splitlines()[0] == "kind,at,id,by,subject,outcome,summary,sha256"
    assert "deny" in table
    assert service.owner.get("/api/rights/audit", params={"song_id": "rec_nothing"}).status_code == 404


def _sha256(service: Service, song: str) -> str:
    from contrafact.catalogue import service as catalogue

    with service.workshop.installation.database.reading() as session:
        return catalogue.get(session, song).sha256


def test_a_switch_turns_an_operation_off_for_all_and_says_whom_it_touches(service: Service) -> None:
    url = "/api/rollout/switches/style"
    off = service.owner.put(url, json={"switch": {"operation": "style", "on": False}, "reason": "a flaw was found"})
    assert off.status_code == 200, off.text
    assert off.json()["operation"] == "style"
    refused = service.owner.post("/api/rights/what-if", json={"songs": [service.song], "operation": "style"}).json()
    assert [reason["code"] for reason in refused["reasons"]] == ["switched_off"]
    shown = {each["operation"]: each for each in service.owner.get("/api/rollout/switches").json()["switches"]}
    assert shown["style"]["sentence"] == "Off for everybody."
    assert shown["tempo_pitch"]["sentence"] == "On for everybody."
    assert not shown["train"]["possible"]
    on = service.owner.put(url, json={"switch": {"operation": "style"}, "reason": "it was mended"})
    assert on.status_code == 200
    assert (
        service.owner.post("/api/rights/what-if", json={"songs": [service.song], "operation": "style"}).json()[
            "outcome"
        ]
        == "permit"
    )
    assert service.owner.put(url, json={"switch": {"operation": "style"}, "reason": ""}).status_code == 400


def test_who_owns_what_is_told_with_the_places_where_it_does_not_add_up(restored: Service) -> None:
    service, song = restored, restored.refused_song
    told = sheet(service, song)
    assert {(each["side"], each["share"], each["where"]) for each in told["holders"]} == {
        ("master", "1", "everywhere"),
        ("work", "1", "everywhere"),
    }
    assert told["findings"] == []
    _state_work(service, song, Fraction(1, 2), Territories(include=("Worldwide",), exclude=("JP",)))
    found = sheet(service, song)["findings"]
    _state_work(service, song, Fraction(1), Territories(include=("Worldwide",)))
    assert {(each["kind"], each["side"], each["now"]) for each in found} == {("gap", "work", True)}
    assert any("only 1/2 is held" in each["sentence"] for each in found)
    assert any("nobody holds it" in each["sentence"] for each in found)
    assert sheet(service, song)["findings"] == []


def _state_work(service: Service, song: str, share: Fraction, where: Territories) -> None:
    with service.workshop.installation.database.transaction() as session:
        recording = catalogue.get(session, song)
        held = catalogue.holders(session, song).work[0]
        stated = StatedShare(held.party_id, held.role, share, where)
        catalogue.state_shares(
            session, recording.work_id, [stated], by="test", reason="said by its owner", clock=service.clock
        )


def test_the_history_of_a_song_keeps_every_version_and_what_was_withdrawn(restored: Service) -> None:
    service, song = restored, restored.refused_song
    url = f"/api/rights/songs/{song}"
    service.wait(60)
    given = service.owner.put(f"{url}/column", json={"terms": {"operations": [{"operation": "style"}]}}).json()
    (column,) = given["columns"]
    wider = {"operations": [{"operation": "style"}, {"operation": "arrangement"}]}
    service.wait(60)
    service.owner.put(f"{url}/column", json={"terms": wider, "based_on": column["series"]})
    newest, oldest = service.owner.get(f"{url}/history").json()["versions"][:2]
    assert (newest["version"], oldest["version"]) == (2, 1)
    assert set(newest["series"]) == set(column["series"])
    assert "arrangement" in " ".join(newest["summary"])
    assert "arrangement" not in " ".join(oldest["summary"])
    assert newest["by"] == "Ada"
    assert newest["at"] > oldest["at"]
    assert service.owner.get("/api/rights/songs/rec_none/history").status_code == 404


def test_none_of_it_is_for_others(service: Service) -> None:
    with TestClient(
        create_app(Workshop(service.workshop.installation, workers=1), hosts=("*",)),
        base_url="http://music.example",
        client=("203.0.113.9", 4711),
    ) as stranger:
        for method, url in (
            ("GET", "/api/rights/songs"),
            ("GET", f"/api/rights/songs/{service.song}"),
            ("PUT", f"/api/rights/songs/{service.song}/column"),
            ("POST", "/api/rights/bulk"),
            ("POST", "/api/rights/what-if"),
            ("GET", f"/api/rights/songs/{service.song}/uses"),
            ("GET", "/api/rights/uses/rmx_nothing/audio"),
            ("GET", "/api/rights/audit"),
            ("GET", "/api/rollout/switches"),
            ("PUT", "/api/rollout/switches/style"),
        ):
            answer = stranger.request(method, url, json={} if method != "GET" else None)
            assert answer.status_code == 403, (method, url, answer.text)
