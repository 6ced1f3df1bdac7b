"""The guide tells every rule and every reason, and the tests that it names are there."""

import ast
import re
from pathlib import Path

import pytest

from contrafact.rights import telling
from contrafact.rights.reasons import REASONS

CHECKOUT = Path(__file__).parents[2]
GUIDE = (CHECKOUT / "docs" / "guides" / "rights.md").read_text()
SECTIONS = dict(re.findall(r"^## (R\d+|Rollout)\b(.*?)(?=^## |\Z)", GUIDE, flags=re.MULTILINE | re.DOTALL))


def test_every_reason_stands_under_its_rule_with_what_it_means() -> None:
    for kind in REASONS.values():
        section = SECTIONS[kind.rule if kind.rule != "rollout" else "Rollout"]
        assert f"| `{kind.code}` | {kind.meaning} |" in section, kind.code


def test_every_code_that_the_decision_can_give_is_a_known_reason() -> None:
    rights = CHECKOUT / "src" / "contrafact" / "rights"
    given: set[str] = set()
    for name in ("ruling", "conditions", "choosing", "speaking", "rollout", "telling", "earlier"):
        for node in ast.walk(ast.parse((rights / f"{name}.py").read_text())):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if called and node.func.id in ("Finding", "Against", "Reason", "_reason") and node.args:  # type: ignore[attr-defined]
                given |= {
                    part.value
                    for part in ast.walk(node.args[0])  # type: ignore[attr-defined]
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and "_" in part.value
                }
    assert given - {"parent_", "recording_"} <= set(REASONS), "a code that reasons.py does not know"
    assert set(telling._TEXTS) <= set(REASONS)


@pytest.mark.parametrize("rule", range(1, 16))
def test_every_rule_has_a_line_and_a_test_that_names_it(rule: int) -> None:
    section = SECTIONS[f"R{rule}"]
    named = set(re.findall(r"`(test_\w+)`", section))
    there = _tests()
    assert named <= there, named - there
    assert section.count("\n") >= 2
    assert any(f"_r{rule}_" in name for name in named), f"no test in the guide names R{rule}"


def _tests() -> frozenset[str]:
    found: set[str] = set()
    for path in (CHECKOUT / "tests").rglob("test_*.py"):
        found |= set(re.findall(r"^\s*(?:async )?def (test_\w+)", path.read_text(), flags=re.MULTILINE))
    return frozenset(found)
