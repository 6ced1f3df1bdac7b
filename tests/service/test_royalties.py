"""Months, statements and held money over HTTP: only for owners, exact, and closed once."""

import csv
import io
import json
from collections import Counter
from typing import Any

import pytest

from tests.service.conftest import Service

pytestmark = [pytest.mark.assets]


@pytest.fixture(scope="module")
def paid(service: Service) -> dict[str, Any]:
    """A finished remix of November."""
    words = "house"
    planned = service.client.post(f"/api/songs/{service.song}/plan", json={"words": words}).json()
    call = {"song_id": service.song, "recipe": planned["recipe"], "words": words}
    asked = service.client.post("/api/remixes", json=call)
    assert asked.status_code == 202, asked.text
    with service.client.stream("GET", f"/api/remixes/{asked.json()['id']}/events") as stream:
        lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
    document: dict[str, Any] = json.loads(lines[-1].removeprefix("data: "))
    assert document["status"] == "ready", document
    return document


def test_a_statement_says_what_a_party_earned_and_a_month_is_closed_once(
    service: Service, paid: dict[str, Any]
) -> None:
    base = "/api/royalties"
    owed: Counter[str] = Counter()
    for share in paid["earnings"]["parties"]:
        owed[share["party_id"]] += share["amount_micros"]
    for party, amount in owed.items():
        shown = service.owner.get(f"{base}/statements/{party}/2026-11").json()
        assert shown["closing"] is None
        assert shown["total_micros"] == sum(line["amount_micros"] for line in shown["lines"])
        assert shown["after_micros"] == shown["before_micros"] + shown["total_micros"]
        assert shown["total_micros"] == amount
        table = service.owner.get(f"{base}/statements/{party}/2026-11/table")
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert sum(int(row["amount_micros"]) for row in rows) == shown["total_micros"]
    early = service.owner.post(f"{base}/closings", json={"period": "2026-11"})
    assert early.status_code == 409, early.text
    assert service.owner.get(f"{base}/closings").json() == {"closings": []}
    service.wait(10 * 24 * 3600)
    closed = service.owner.post(f"{base}/closings", json={"period": "2026-11"})
    assert closed.status_code == 200, closed.text
    assert service.owner.post(f"{base}/closings", json={"period": "2026-11"}).json() == closed.json()
    party_id = paid["earnings"]["parties"][0]["party_id"]
    final = service.owner.get(f"{base}/statements/{party_id}/2026-11").json()
    assert final["closing"] == closed.json()
    assert service.client.get("/api/ledger").json()["balanced"]


def test_what_is_held_is_shown_and_nothing_is_given_out_of_nothing(service: Service, paid: dict[str, Any]) -> None:
    shown = service.owner.get("/api/royalties/held").json()
    assert (shown["given_micros"], shown["left_micros"], shown["sides"]) == (0, 0, [])
    done = service.owner.post("/api/royalties/held/release", json={"reason": "why not"}).json()
    assert done == shown | {"done": True}
    assert service.owner.get("/api/royalties/held?song_id=rec_nothing").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/statements/pty_nobody/2026-11", None, 404),
        ("GET", "/statements/platform/2026-13", None, 400),
        ("GET", "/statements/platform/november", None, 400),
        ("POST", "/closings", {"period": "soon"}, 400),
        ("POST", "/held/release", {"reason": "a\nb"}, 400),
    ],
)
def test_wrong_calls_are_told(service: Service, method: str, path: str, body: Any, status: int) -> None:
    answer = service.owner.request(method, f"/api/royalties{path}", json=body)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/held"), ("GET", "/closings"), ("GET", "/statements/x/2026-11")])
def test_only_owners_see_the_books(service: Service, method: str, path: str) -> None:
    assert service.client.request(method, f"/api/royalties{path}").status_code == 403
