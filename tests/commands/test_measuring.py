"""``bench`` runs the scripts of the checkout that one stands in."""

from pathlib import Path

import pytest

from tests.support.commands import Home, finished, started

SCRIPT = """
import json, sys
from benchmarks._common import NUMBER
print(json.dumps({"number": NUMBER, "options": sys.argv[1:]}))
"""


def test_a_benchmark_of_the_checkout_runs_from_the_console_script(
    new_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "checkout" / "benchmarks"
    folder.mkdir(parents=True)
    (folder / "_common.py").write_text("NUMBER = 7\n")
    (folder / "sums.py").write_text(SCRIPT)
    monkeypatch.chdir(folder.parent)
    # As the console script does: what lies in the folder where one stands is not imported.
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    done = finished(started(new_home, "bench", "sums", "--twice", "--json"))
    assert done.code == 0, done.err
    assert done.document == {"sums": {"number": 7, "options": ["--twice", "--json"]}}
