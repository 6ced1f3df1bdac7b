"""Words that ask for what may not be made (R7, R14), over HTTP: a code and a sentence, before anything is made."""

from typing import Any

import pytest

from tests.service.conftest import Service

pytestmark = [pytest.mark.assets]


def plan(service: Service, words: str) -> Any:
    return service.client.post(f"/api/songs/{service.song}/plan", json={"words": words})


@pytest.fixture(scope="module")
def recipe(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = plan(service, "house").json()["recipe"]
    return found


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("house in the voice of Freddie Mercury", "voice_of_person"),
        ("house in the style of D r a k e", "artist_not_participating"),
        ("a white power march", "topic_hate"),
    ],
)
def test_r14_words_that_nobody_can_allow_are_refused(
    service: Service, recipe: dict[str, Any], words: str, code: str
) -> None:
    before = service.client.get("/api/remixes").json()
    call = {"song_id": service.song, "recipe": recipe, "words": words}
    for answer in (plan(service, words), service.client.post("/api/remixes", json=call)):
        assert answer.status_code == 403
        error = answer.json()["error"]
        assert error["code"] == code
        assert "can" in error["message"], "what may be asked instead"
        assert "Mercury" not in error["message"]
    assert service.client.get("/api/remixes").json() == before


def test_r7_the_songs_own_singer_is_asked_for_as_a_voice_clone(service: Service) -> None:
    planned = plan(service, "house, clone her voice and sing my own lyrics").json()
    assert planned["decision"]["outcome"] == "deny"
    assert [reason["operation"] for reason in planned["decision"]["reasons"]] == ["voice_clone"]


@pytest.mark.parametrize("words", ["house, kill the drums", "Rain as house", "house by Ada Lovelace, chicago house"])
def test_r14_words_that_only_look_alike_are_read(service: Service, words: str) -> None:
    answer = plan(service, words)
    assert (answer.status_code, answer.json()["recipe"]["style"]) == (200, "house")
