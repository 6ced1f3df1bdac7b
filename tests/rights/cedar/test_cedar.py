"""Cedar decides as we do: the same facts and requests, by policies that were written from the rule list."""

import itertools
from collections.abc import Iterator
from random import Random

import cedarpy
import pytest

from contrafact.rights.ruling import Ruling
from contrafact.rights.values import Facts, RightsRequest, Subject, Switch, Terms
from tests.rights.cedar.asking import SCHEMA_TEXT, SecondOpinion
from tests.support import consent_random as drawn
from tests.support.consent import ask, grants, terms

REQUESTS = 5_000
PER_FACTS = 25


@pytest.fixture(scope="module")
def schema() -> cedarpy.Schema:
    return cedarpy.Schema.from_str(SCHEMA_TEXT)


def questions(seeds: range, per_facts: int = PER_FACTS) -> Iterator[tuple[int, Facts, list[RightsRequest]]]:
    for seed in seeds:
        rng = Random(seed)
        known = drawn.facts(rng)
        songs = [subject.recording_id for subject in known.subjects]
        yield seed, known, [drawn.request(rng, songs) for _ in range(per_facts)]


def test_r1_to_r14_cedar_decides_alike(schema: cedarpy.Schema) -> None:
    """The run of 100,000 requests is ``contrafact bench rights --only cedar``."""
    outcomes = dict.fromkeys(("permit", "deny", "needs_approval"), 0)
    for seed, known, asked in questions(range(REQUESTS // PER_FACTS)):
        ours, cedars = Ruling(known), SecondOpinion(known, schema)
        for number, request in enumerate(asked):
            decision = ours.decide(request)
            assert decision.outcome == cedars.of(request), (seed, number, decision.reasons)
            outcomes[decision.outcome] += 1
    assert min(outcomes.values()) > REQUESTS // 50, f"too few of one kind to tell: {outcomes}"


def test_an_approval_beside_a_refusal_approves_nothing_for_either(schema: cedarpy.Schema) -> None:
    """Two of the first hundred thousand requests were decided otherwise: a public licence that asks for approval, whose
    owner both approved and refused the take."""
    for _, known, asked in questions(range(426, 427), 50):
        ours, cedars = Ruling(known), SecondOpinion(known, schema)
        assert [cedars.of(request) for request in asked] == [ours.decide(request).outcome for request in asked]


def test_every_policy_and_request_keeps_to_the_schema(schema: cedarpy.Schema) -> None:
    for _, known, asked in questions(range(10_000, 10_025), 3):
        cedars = SecondOpinion(known, schema, check_requests=True)
        result = cedarpy.validate_policies(cedars.policies_text, schema)
        assert result.validation_passed, [str(error) for error in result.errors]
        ours = Ruling(known)
        assert [cedars.of(request) for request in asked] == [ours.decide(request).outcome for request in asked]


@pytest.mark.parametrize("forgotten", ["mandates", "people", "counts", "approvals", "switches", "parents", "terms"])
def test_an_opinion_that_overlooks_something_is_noticed(schema: cedarpy.Schema, forgotten: str) -> None:
    """The comparison can fail: whatever one side forgets, soon a request tells them apart."""
    for _, known, asked in questions(range(20_000, 21_000), 8):
        if forgotten != "terms" and not getattr(known, forgotten):
            continue
        if forgotten == "terms":
            free = [grant.model_copy(update={"terms": _unbound(grant.terms)}) for grant in known.grants]
            less = known.model_copy(update={"grants": tuple(free)})
        else:
            less = known.model_copy(update={forgotten: ()})
        ours, cedars = Ruling(known), SecondOpinion(less, schema)
        if any(ours.decide(request).outcome != cedars.of(request) for request in asked):
            return
    pytest.fail(f"nobody noticed that {forgotten} were forgotten")


def _unbound(terms: Terms) -> Terms:
    return terms.model_copy(update={"banned_topics": (), "price": None, "tiers": None, "non_commercial": False})


def test_a_policy_that_cannot_be_evaluated_refuses(schema: cedarpy.Schema, solo: Subject) -> None:
    """Cedar itself would skip a forbid that fails and allow (the trap)."""
    known = Facts(subjects=(solo,), grants=grants(solo, terms("style")))
    cedars = SecondOpinion(known, schema)
    assert cedars.of(ask("style")) == "permit"
    broken = cedars.policies_text + "forbid (principal, action, resource) when { principal.nowhere == 1 };"
    cedars._policies = cedarpy.PolicySet.from_str(broken)
    assert cedars.of(ask("style")) == "deny"
    assert cedars.errors > 0


def test_a_switch_that_is_off_is_off_for_cedar_too(schema: cedarpy.Schema, solo: Subject) -> None:
    known = Facts(subjects=(solo,), grants=grants(solo, terms("style", "download")))
    for operation, on in itertools.product(("style", "download"), (True, False)):
        switched = known.model_copy(update={"switches": (Switch.model_validate({"operation": operation, "on": on}),)})
        for request in (ask("style"), ask("download"), ask("style", "download")):
            assert SecondOpinion(switched, schema).of(request) == Ruling(switched).decide(request).outcome
