"""Calling the command line as its users do, and seeing everything that a call left behind."""

import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contrafact.cli import main

PATIENCE_S = 300
"""How long a call may take on the busiest machine before the test gives up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line on standard error that says what was wrong."""
        (line,) = (line for line in self.err.splitlines() if line.startswith("contrafact: "))
        return line.removeprefix("contrafact: ")


@dataclass(frozen=True, slots=True)
class State:
    """What a library holds: every row of every table, every blob, and unfinished work."""

    tables: dict[str, list[tuple[Any, ...]]]
    blobs: frozenset[str]
    scratch: frozenset[str]


class Home:
    """A ``CONTRAFACT_HOME``; the assets are those that the tests share, or none."""

    def __init__(self, root: Path, assets: Path | None) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        if assets is not None and not (root / "assets").exists():
            (root / "assets").symlink_to(assets)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "CONTRAFACT_HOME": str(self.root), "OPENBLAS_NUM_THREADS": "1"}

    def copy(self, root: Path) -> "Home":
        """Another installation with the same library."""
        shutil.copytree(self.root, root, symlinks=True)
        return Home(root, None)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.root / "contrafact.db")) as connection:
            return connection.execute(sql, values).fetchall()

    def state(self) -> State:
        """The library as it is now; an empty one where there is none."""
        tables: dict[str, list[tuple[Any, ...]]] = {}
        if (self.root / "contrafact.db").exists():
            for (name,) in self.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
                tables[name] = sorted(self.query(f'SELECT * FROM "{name}"'), key=repr)
        return State(tables, self._files("blobs"), self._files("scratch", but="locks"))

    def _files(self, folder: str, but: str = "") -> frozenset[str]:
        root = self.root / folder
        found = (path.relative_to(root) for path in root.rglob("*") if not path.is_dir())
        return frozenset(str(path) for path in found if path.parts[0] != but)


class Command:
    """Calls the entry point of the console script in this process: the same code, without starting Python anew."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, home: Home, *arguments: str | Path) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        self._monkeypatch.setenv("CONTRAFACT_HOME", str(home.root))
        # the command sets it for its own process, which here is that of all tests
        self._monkeypatch.setenv("PYTHONSAFEPATH", "1")
        code = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main([str(argument) for argument in arguments])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        return Outcome(code, out.getvalue(), err.getvalue())


def started(home: Home, *arguments: str | Path, before: Callable[[], None] | None = None) -> "subprocess.Popen[str]":
    """The command as a process of its own; ``before`` runs in it first, such as to set a limit."""
    return subprocess.Popen(
        [sys.executable, "-m", "contrafact", *map(str, arguments)],
        env=home.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def finished(process: "subprocess.Popen[str]") -> Outcome:
    """Wait for a process and say how it ended."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return Outcome(process.returncode, out, err)
