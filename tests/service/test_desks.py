"""The desk over HTTP: any stretch of a take, with any faders, of one that is still being made too."""

import io
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.service.conftest import Service
from tests.service.test_app import ask, events

pytestmark = [pytest.mark.assets]


@pytest.fixture(scope="module")
def remix(service: Service) -> dict[str, Any]:
    asked = ask(service, "house, keep the voice")
    return events(service, asked["id"])[-1]


def sound(service: Service, remix: dict[str, Any], from_s: float, to_s: float, **more: Any) -> NDArray[np.float64]:
    answer = service.client.post(f"/api/remixes/{remix['id']}/sound", json={"from_s": from_s, "to_s": to_s, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "audio/wav"
    samples, rate = soundfile.read(io.BytesIO(answer.content), always_2d=True)
    assert rate == 44_100
    return np.asarray(samples.T)


def level_db(samples: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(samples**2) + 1e-12))


def test_a_stretch_sounds_like_the_take_there(service: Service, remix: dict[str, Any]) -> None:
    stretch = sound(service, remix, 4.0, 8.0)
    whole = service.client.get(remix["audio_url"]).content
    take, _ = soundfile.read(io.BytesIO(whole[whole.index(b"fLaC") :]), always_2d=True)
    there = take.T[:, 4 * 44_100 : 8 * 44_100]
    assert stretch.shape == there.shape
    assert float(np.corrcoef(stretch[0], there[0])[0, 1]) > 0.98
    assert abs(level_db(stretch) - level_db(there)) < 2.0


def test_stretches_asked_for_one_by_one_fit_together(service: Service, remix: dict[str, Any]) -> None:
    whole = sound(service, remix, 5.0, 7.0)
    parts = np.concatenate([sound(service, remix, 5.0, 6.0), sound(service, remix, 6.0, 7.0)], axis=1)
    assert whole.shape == parts.shape
    assert level_db(whole - parts) < level_db(whole) - 25.0


def test_a_fader_changes_what_it_names_and_nothing_else(service: Service, remix: dict[str, Any]) -> None:
    shown = service.client.get(f"/api/remixes/{remix['id']}/desk").json()
    faders = {fader["name"]: fader for fader in shown["faders"]}
    assert faders["vocals"]["kind"] == "stem"
    assert faders["drums"]["kind"] == "part"
    quiet = {**shown["recipe"], "levels": [{"part": "drums", "gain_db": -60.0}]}
    with_drums, without = (sound(service, remix, 4.0, 8.0, **more) for more in ({}, {"recipe": quiet}))
    assert level_db(with_drums - without) > level_db(with_drums) - 15.0, "the drums have gone"
    again = sound(service, remix, 4.0, 8.0)
    assert np.array_equal(again, with_drums), "what was heard before is heard again"


def test_only_faders_move_at_the_desk(service: Service, remix: dict[str, Any]) -> None:
    url = f"/api/remixes/{remix['id']}/sound"
    for change in ({"seed": 5}, {"tempo": {"ratio": 0.9}}, {"style": None}):
        body = {"from_s": 0, "to_s": 1, "recipe": {**remix["recipe"], **change}}
        answer = service.client.post(url, json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["message"].startswith("recipe: at the desk")


@pytest.mark.parametrize(("from_s", "to_s"), [(3, 3), (5, 4), (0, 11), (900, 901)])
def test_stretches_that_are_none(service: Service, remix: dict[str, Any], from_s: float, to_s: float) -> None:
    answer = service.client.post(f"/api/remixes/{remix['id']}/sound", json={"from_s": from_s, "to_s": to_s})
    assert answer.status_code == 422


def test_a_take_that_is_still_being_made_can_be_heard_anywhere(service: Service) -> None:
    asked = ask(service, "house, keep the voice", seed=21)
    heard = sound(service, asked, 10.0, 12.0)
    assert heard.shape == (2, 88_200)
    assert level_db(heard) > -40.0
    service.client.post(f"/api/remixes/{asked['id']}/cancel")
    answer = service.client.post(f"/api/remixes/{asked['id']}/sound", json={"from_s": 0, "to_s": 1})
    assert answer.status_code == 409
    assert service.client.get("/api/remixes/rmx_nothing/desk").status_code == 404
