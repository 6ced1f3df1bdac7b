"""Every grant can be said in ODRL 2.2: checked against the rules of its information model, and nothing is lost."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.odrl import INCLUDED_IN, PROFILE, policy, profile
from contrafact.rights.values import Grant, Subject, Terms
from tests.support.consent_random import terms

# W3C, ODRL Vocabulary & Expression 2.2: operators, and the actions and left operands that are used here
OPERATORS = "eq gt gteq hasPart isA isAllOf isAnyOf isNoneOf isPartOf lt lteq neq".split()
ACTIONS = "use transfer modify derive extract translate reproduce stream distribute attribute obtainConsent".split()
OPERANDS = "dateTime spatial payAmount count".split()
OURS = {each["@id"] for each in profile()["@graph"]}


def offer(what: Terms, **more: Any) -> dict[str, Any]:
    grant = Grant.model_validate(
        {
            "id": "grt_1",
            "series": "grs_1",
            "version": 2,
            "side": "master",
            "subject_id": "rec_1",
            "party_id": "pty_1",
            "authority": "owner",
            "terms": what,
            **more,
        }
    )
    song = Subject(recording_id="rec_1", work_id="wrk_1", title="Let's Go", artist="The Fishers", master=(), work=())
    return policy(grant, song)


def constraints(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for rule in (*document.get("permission", ()), *document.get("prohibition", ())):
        yield from rule.get("constraint", ())


def check(document: Mapping[str, Any]) -> None:
    """The information model: an Offer has an id, one assigner, a target and at least one rule with an action each."""
    assert document["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert document["@type"] == "Offer"
    assert document["uid"].startswith("urn:contrafact:grant:")
    assert document["profile"] == PROFILE
    assert document["assigner"]["uid"]
    assert document["target"]["uid"]
    rules = (*document.get("permission", ()), *document.get("prohibition", ()))
    assert rules
    for rule in rules:
        assert rule["action"] in ACTIONS or rule["action"] in OURS, rule["action"]
        for duty in rule.get("duty", ()):
            named = duty["action"]
            assert isinstance(named, list) or named in ACTIONS or named == "cc:ShareAlike", named
    for each in constraints(document):
        assert set(each) == {"leftOperand", "operator", "rightOperand"}
        assert each["operator"] in OPERATORS
        assert each["leftOperand"] in OPERANDS or each["leftOperand"] in OURS, each


@given(st.randoms(use_true_random=False))
def test_any_terms_make_an_offer_that_the_information_model_allows(rng: Random) -> None:
    what = terms(rng)
    document = offer(what)
    check(document)
    permitted = {rule["action"] for rule in document.get("permission", ())}
    assert permitted == {f"{PROFILE}#{allowed.operation}" for allowed in what.operations}


def test_every_operation_has_a_word_and_a_wider_action() -> None:
    assert set(INCLUDED_IN) == set(get_args(Operation))
    assert set(INCLUDED_IN.values()) <= set(ACTIONS)
    assert {f"{PROFILE}#{operation}" for operation in get_args(Operation)} <= OURS


@pytest.mark.parametrize(
    ("fields", "left", "operator", "right"),
    [
        ({"territories": {"include": ["DE"]}}, "spatial", "isAnyOf", ["urn:iso:std:iso:3166:-1:DE"]),
        ({"territories": {"exclude": ["JP"]}}, "spatial", "isNoneOf", ["urn:iso:std:iso:3166:-1:JP"]),
        ({"tiers": ["premium"]}, "tier", "isAnyOf", ["premium"]),
        ({"non_commercial": True}, "paid", "eq", False),
        ({"banned_topics": ["political"]}, "topic", "isNoneOf", ["political"]),
        ({"not_beside": {"genres": ["metal"]}}, "beside_genre", "isNoneOf", ["metal"]),
        ({"limits": {"uses_total": 3}}, "uses_total", "lteq", 3),
        ({"limits": {"whole": {"source_share": {"most": 0.5}}}}, "source_share", "lteq", 0.5),
        (
            {"valid_to": "2027-01-01T00:00:00Z"},
            "dateTime",
            "lt",
            {"@value": "2027-01-01T00:00:00Z", "@type": "xsd:dateTime"},
        ),
    ],
)
def test_every_condition_is_a_constraint(fields: dict[str, Any], left: str, operator: str, right: Any) -> None:
    document = offer(Terms.model_validate({"operations": [{"operation": "style"}], **fields}))
    check(document)
    name = left if left in OPERANDS else f"{PROFILE}#{left}"
    assert {"leftOperand": name, "operator": operator, "rightOperand": right} in list(constraints(document))


def test_duties_are_credit_licence_consent_and_price() -> None:
    what = Terms.model_validate(
        {
            "operations": [{"operation": "style", "needs_approval": True}, {"operation": "train"}],
            "attribution": "The Fishers",
            "share_alike": True,
            "licence_id": "CC-BY-SA-4.0",
            "price": {"currency": "EUR", "generation_micros": 1_250_000},
        }
    )
    document = offer(what)
    check(document)
    style = next(rule for rule in document["permission"] if rule["action"].endswith("#style"))
    actions = [duty["action"] for duty in style["duty"] if isinstance(duty["action"], str)]
    assert actions == ["attribute", "cc:ShareAlike", "obtainConsent"]
    (paid,) = [duty for duty in style["duty"] if isinstance(duty["action"], list)]
    refinement = paid["action"][0]["refinement"][0]
    assert refinement["rightOperand"]["@value"] == "1.250000"
    assert refinement["unit"].endswith(":EUR")
    assert "prohibition" not in document, "training was granted by name"
    assert document["cc:license"].startswith("https://creativecommons.org/licenses/by-sa/4.0")


def test_what_was_withdrawn_permits_nothing() -> None:
    document = offer(Terms.model_validate({"operations": [{"operation": "style"}]}), status="withdrawn")
    check(document)
    assert "permission" not in document
    assert document["prohibition"] == [{"action": "use"}]
