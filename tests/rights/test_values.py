"""Values are in one order however they were made, so that what was decided can be replayed."""

from fractions import Fraction

from contrafact.rights.decide import decide, replay
from contrafact.rights.values import Facts, Holder, Subject, Switch, Use
from tests.support.consent import ask, grants, terms


def test_a_copy_of_facts_with_other_grants_does_not_remember_the_old_ones(song: Subject) -> None:
    facts = Facts(subjects=(song,), grants=grants(song, terms("style")))
    assert decide(ask("style"), facts).permitted
    assert decide(ask("style"), facts.model_copy(update={"grants": ()})).outcome == "deny"


def test_what_is_copied_with_other_collections_is_in_order_and_can_be_replayed(song: Subject) -> None:
    facts = Facts(subjects=(song,), grants=grants(song, terms("style")))
    switches = (Switch(operation="style"), Switch(operation="download", on=False))
    copied = facts.model_copy(update={"switches": switches, "grants": facts.grants[::-1]})
    assert copied == Facts(subjects=(song,), grants=facts.grants, switches=switches[::-1])
    decision = decide(ask("style"), copied)
    assert replay(decision.snapshot) == decision
    request = ask("style").model_copy(update={"operations": (Use(operation="style"), Use(operation="download"))})
    assert [use.operation for use in request.operations] == ["download", "style"]
    divided = song.model_copy(
        update={"work": tuple(Holder(party_id=name, share=Fraction(1, 2)) for name in ("pty_z", "pty_a"))}
    )
    assert [holder.party_id for holder in divided.work] == ["pty_a", "pty_z"]
