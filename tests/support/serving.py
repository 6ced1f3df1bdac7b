"""A real server process, and a real browser's settings, for tests and benchmarks."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


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
