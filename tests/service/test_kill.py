"""A server that is killed in the middle of a render goes on with it when it starts again, and is paid once."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contrafact.assets import AssetStore
from tests.support.home import add_song, new_home, open_home

pytestmark = [pytest.mark.assets]


@contextmanager
def server(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A real server process on a free port, and its address."""
    command = [sys.executable, "-m", "contrafact", "serve", "--port", "0"]
    environment = {**os.environ, "CONTRAFACT_HOME": str(home), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = next(line for line in process.stderr if "open at" in line)
            yield process, told.split("open at ")[1].split()[0]
        finally:
            process.kill()


def call(address: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{address}api/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


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
