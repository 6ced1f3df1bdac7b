"""What was decided by rules 1 and 2 is decided alike for ever: snapshots that the program of that time wrote."""

import json
from pathlib import Path

import pytest

from contrafact.rights.decide import decide, replay
from contrafact.rights.values import Facts, Subject
from tests.support.consent import ask

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("rules", [1, 2])
def test_r4_snapshots_of_earlier_rules_are_replayed_byte_for_byte(rules: int) -> None:
    kept = (SNAPSHOTS / f"rules_{rules}.jsonl").read_bytes().splitlines()
    outcomes = set()
    for snapshot in kept:
        decision = replay(snapshot)
        assert (decision.rules, decision.snapshot) == (rules, snapshot)
        outcomes.add(decision.outcome)
        assert {reason["code"] for reason in json.loads(snapshot)["reasons"]} == {
            reason.code for reason in decision.reasons
        }
    assert outcomes == {"permit", "deny", "needs_approval"}


@pytest.mark.parametrize("rules", [0, 4, -1])
def test_rules_that_there_are_not_decide_nothing(rules: int, solo: Subject) -> None:
    with pytest.raises(ValueError, match="no rules"):
        decide(ask("style"), Facts(subjects=(solo,)), rules)
