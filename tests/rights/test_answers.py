"""What is asked besides grants: owners' answers, what a remix is made from, the operator's switches."""

from datetime import timedelta
from typing import Any

import pytest

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.rollout import cohort, in_cohort
from contrafact.rights.values import (
    Approved,
    Parent,
    Subject,
    Switch,
)
from tests.support.consent import NOON, ask, codes, decided, given_by, grants, mandate, terms

TAKE = "a" * 64
WHOLE: dict[str, Any] = {"whole": {"rec_1": {}, "rec_2": {}}}


def held(*operations: Operation, **more: Any) -> dict[str, Any]:
    return {"operations": [{"operation": item, "needs_approval": True} for item in operations], **more}


def said(answer: str, subject_id: str, party_id: str = "pty_one", **more: Any) -> Approved:
    fields = {"id": f"apr_{subject_id}", "party_id": party_id, "subject_id": subject_id, "recipe_sha256": TAKE}
    return Approved.model_validate({**fields, "answer": answer, **more})


def test_r3_what_an_owner_said_of_the_take_counts(solo: Subject) -> None:
    given = grants(solo, terms("style").model_validate(held("style")))
    request = ask("style", recipe_sha256=TAKE)
    assert codes(decided(request, solo, given).reasons) == {"owner_approves"}
    master, work = said("approved", "rec_1"), said("approved", "wrk_1")
    assert decided(request, solo, given, approvals=(master,)).outcome == "needs_approval"
    assert decided(request, solo, given, approvals=(master, work)).permitted
    other_take = ask("style", recipe_sha256="b" * 64)
    assert decided(other_take, solo, given, approvals=(master, work)).outcome == "needs_approval"
    unnamed = ask("style")
    assert decided(unnamed, solo, given, approvals=(master, work)).outcome == "needs_approval"
    for narrow in ({"territories": {"exclude": ["DE"]}}, {"valid_to": NOON}, {"purposes": ["release"]}):
        limited = said("approved", "wrk_1", **narrow)
        assert decided(request, solo, given, approvals=(master, limited)).outcome == "needs_approval"
    refused = decided(request, solo, given, approvals=(master, said("refused", "wrk_1")))
    assert codes(refused.reasons) == {"owner_refused"}
    contradicting = (master, work, said("refused", "wrk_1", id="apr_0"))
    assert decided(request, solo, given, approvals=contradicting).outcome == "deny"


def test_r3_a_refusal_counts_against_all_but_a_public_licence(solo: Subject) -> None:
    request, refusals = ask("style", recipe_sha256=TAKE), (said("refused", "rec_1"), said("refused", "wrk_1"))
    free = grants(solo, terms("style"))
    assert codes(decided(request, solo, free, approvals=refusals).reasons) == {"owner_refused"}
    public = given_by(free, "pty_one", "licence")
    assert decided(request, solo, public, approvals=refusals).permitted


def test_r3_a_release_is_approved_at_the_release(solo: Subject) -> None:
    what = terms("style").model_validate(held("export", "share_in_app"))
    given = grants(solo, what)
    before = decided(ask("share_in_app", "export"), solo, given)
    assert before.permitted
    assert codes(before.reasons) == {"granted", "owner_approves_release"}
    at_release = ask("share_in_app", "export", purpose="release", recipe_sha256=TAKE)
    assert decided(at_release, solo, given).outcome == "needs_approval"
    answers = tuple(said("approved", subject, purposes=["release"]) for subject in ("rec_1", "wrk_1"))
    assert decided(at_release, solo, given, approvals=answers).permitted


def test_r3_who_granted_for_the_owner_may_approve_as_well(solo: Subject) -> None:
    given = given_by(grants(solo, terms("style").model_validate(held("style"))), "pty_agent", "mandate")
    mandates = (mandate("master"), mandate("work"))
    request = ask("style", recipe_sha256=TAKE)
    for who in ("pty_agent", "pty_one"):
        answers = tuple(said("approved", subject, who) for subject in ("rec_1", "wrk_1"))
        assert decided(request, solo, given, mandates=mandates, approvals=answers).permitted
    stranger = tuple(said("approved", subject, "pty_two") for subject in ("rec_1", "wrk_1"))
    assert decided(request, solo, given, mandates=mandates, approvals=stranger).outcome == "needs_approval"


@pytest.mark.parametrize(
    ("state", "user_id", "code"),
    [
        ("released", "usr_2", None),
        ("unlisted", "usr_2", None),
        ("private", "usr_1", None),
        ("private", "usr_2", "parent_private"),
        ("frozen", "usr_1", "parent_frozen"),
        ("taken_down", "usr_1", "parent_taken_down"),
    ],
)
def test_r6_a_remix_of_a_remix_needs_its_parents_and_derive_again(
    solo: Subject, state: str, user_id: str, code: str | None
) -> None:
    given = grants(solo, terms("style", "derive_again"))
    parents = (Parent.model_validate({"remix_id": "rmx_1", "user_id": user_id, "state": state}),)
    decision = decided(ask("style", "derive_again", parents=("rmx_1",)), solo, given, parents=parents)
    assert codes(decision.reasons) == {code or "granted"}
    # what the facts tell counts also where the request forgot it
    assert decided(ask("style", "derive_again"), solo, given, parents=parents).permitted == (code is None)
    assert "derive_again_not_asked" in codes(decided(ask("style"), solo, given, parents=parents).reasons)
    unknown = decided(ask("style", "derive_again", parents=("rmx_2",)), solo, given)
    assert codes(unknown.reasons) == {"parent_unknown"}
    without = grants(solo, terms("style"))
    assert decided(ask("style", "derive_again", parents=("rmx_1",)), solo, without, parents=parents).outcome == "deny"


def test_r6_every_parent_counts(solo: Subject) -> None:
    given = grants(solo, terms("derive_again"))
    parents = tuple(
        Parent.model_validate({"remix_id": f"rmx_{state}", "user_id": "usr_2", "state": state})
        for state in ("released", "frozen")
    )
    request = ask("derive_again", parents=("rmx_released", "rmx_frozen"))
    assert codes(decided(request, solo, given, parents=parents).reasons) == {"parent_frozen"}


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        ({}, None),
        ({"on": False}, "switched_off"),
        ({"on": False, "territories": {"include": ["JP"]}}, "switched_off"),
        ({"territories": {"include": ["JP"]}}, "not_switched_on"),
        ({"tiers": ["premium"]}, "not_switched_on"),
        ({"tiers": ["free"]}, None),
        ({"percent": 0}, "not_switched_on"),
        ({"valid_from": NOON}, None),
        ({"valid_from": NOON + timedelta(seconds=1)}, "not_switched_on"),
        ({"valid_to": NOON}, "not_switched_on"),
    ],
)
def test_what_the_operator_holds_back_has_reasons_of_its_own(
    solo: Subject, switch: dict[str, Any], code: str | None
) -> None:
    given = grants(solo, terms("style", "download"))
    switches = (Switch.model_validate({"operation": "style", **switch}),)
    assert codes(decided(ask("style"), solo, given, switches=switches).reasons) == {code or "granted"}
    assert decided(ask("download"), solo, given, switches=switches).permitted


def test_a_cohort_is_stable_and_grows() -> None:
    # fixed for ever, for who is in stays in: `printf house:usr_1 | sha256sum`, as a number modulo 10 000
    assert cohort("usr_1", "house") == 3530
    users = [f"usr_{number}" for number in range(4000)]
    small = {user for user in users if in_cohort(user, 10.0, "house")}
    large = {user for user in users if in_cohort(user, 25.0, "house")}
    assert small < large
    assert 0.08 < len(small) / len(users) < 0.12
    assert {user for user in users if in_cohort(user, 10.0, "other")} != small
    assert all(in_cohort(user, 100.0) for user in users)
    assert not any(in_cohort(user, 0.0) for user in users)
    # percent counts as written: 0.07 is 7 of 10 000, though the nearest binary fraction is more
    seventh = next(f"usr_{number}" for number in range(200_000) if cohort(f"usr_{number}") == 7)
    sixth = next(f"usr_{number}" for number in range(200_000) if cohort(f"usr_{number}") == 6)
    assert in_cohort(sixth, 0.07)
    assert not in_cohort(seventh, 0.07)
