"""A server that is killed in the middle of a render goes on with it when it starts again, and is paid once."""

import json
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contrafact.assets import AssetStore
from tests.support.home import add_song, new_home, open_home
from tests.support.serving import call, server

pytestmark = [pytest.mark.assets]


def follow(address: str, remix_id: str) -> Iterator[dict[str, Any]]:
    with urllib.request.urlopen(f"{address}api/remixes/{remix_id}/events", timeout=120) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def test_a_killed_server_resumes_the_render(asset_store: AssetStore, tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", asset_store)
    with open_home(home) as installation:
        song = add_song(installation, tmp_path / "song", sections=(("verse", 8), ("chorus", 8)))
    with server(home.root) as (process, address):
        recipe = call(address, f"songs/{song}/plan", {"words": "house"})["recipe"]
        remix = call(address, "remixes", {"song_id": song, "recipe": recipe, "words": "house"})["id"]
        middle = next(view for view in follow(address, remix) if view["status"] != "rendering" or view["progress"] > 0)
        assert middle["status"] == "rendering"
        process.send_signal(signal.SIGKILL)
        process.wait()
    with server(home.root) as (_, address):
        last = list(follow(address, remix))[-1]
        assert last["status"] == "ready", last["error"]
        assert last["earnings"]["generations"] == 1
        assert call(address, "ledger")["balanced"]
