"""The decision depends on nothing outside its inputs: no clock, no files, no settings, no other process's hashes."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

RIGHTS = Path(__file__).parents[2] / "src" / "contrafact" / "rights"
MODULES = (
    "choosing",
    "conditions",
    "decide",
    "earlier",
    "exact",
    "findings",
    "ownership",
    "reasons",
    "rollout",
    "ruling",
    "sentences",
    "speaking",
    "telling",
    "terms",
    "topics",
    "values",
)
ALLOWED = frozenset(
    {
        "collections",
        "contrafact",
        "dataclasses",
        "datetime",
        "decimal",
        "fractions",
        "functools",
        "hashlib",
        "json",
        "math",
        "pydantic",
        "typing",
        "unicodedata",
    }
)
_DECIDE = """
import hashlib, locale, time
from random import Random
from contrafact.rights.decide import decide
from tests.support import consent_random as drawn
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
time.tzset()
total = hashlib.sha256()
for seed in range(120):
    rng = Random(seed)
    known = drawn.facts(rng)
    total.update(decide(drawn.request(rng), known).snapshot)
print(total.hexdigest())
"""


@pytest.mark.parametrize("name", MODULES)
def test_the_decision_reaches_for_nothing_outside(name: str) -> None:
    tree = ast.parse((RIGHTS / f"{name}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= ALLOWED
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            assert module.split(".")[0] in ALLOWED
            if module.startswith("contrafact.rights."):
                assert module.removeprefix("contrafact.rights.") in {*MODULES, "territories"}
        elif isinstance(node, ast.Global | ast.Nonlocal):
            pytest.fail(f"{name} changes a variable of its module")
        elif isinstance(node, ast.Attribute):
            assert node.attr not in ("now", "today", "utcnow", "environ"), f"{name} asks for the {node.attr}"


def test_another_process_with_other_hashes_timezone_and_language_decides_the_same_bytes() -> None:
    root = Path(__file__).parents[2]
    digests = set()
    for hash_seed, zone, language in (("0", "UTC", "C"), ("4711", "Pacific/Kiritimati", "de_DE.UTF-8")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
        }
        command = [sys.executable, "-c", _DECIDE]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
        digests.add(done.stdout)
    assert len(digests) == 1
