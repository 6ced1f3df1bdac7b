"""The rules R1, R2, R3 and R6, each with the reason that is given."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from contrafact.rights.decide import decide, replay
from contrafact.rights.territories import Territories
from contrafact.rights.values import (
    Allowed,
    Bound,
    Facts,
    Holder,
    RightsRequest,
    Subject,
    Terms,
    Use,
)
from tests.support.consent import NOON, ask, codes, grants, terms


def test_r1_nothing_granted_is_denied(song: Subject) -> None:
    decision = decide(ask("style"), Facts(subjects=(song,)))
    assert decision.outcome == "deny"
    assert codes(decision.reasons) == {"no_grant"}
    assert decision.reasons[0].sentence == "“Let's Go” by The Fishers: nobody has allowed a change of style."
    assert decision.grants == ()


def test_r1_everybody_granting_permits_and_names_a_grant_for_every_share(song: Subject) -> None:
    given = grants(song, terms("style"))
    decision = decide(ask("style"), Facts(subjects=(song,), grants=given))
    assert decision.outcome == "permit"
    assert set(decision.grants) == {grant.id for grant in given}
    assert decision.reasons[0].sentence == "“Let's Go” by The Fishers: a change of style is allowed by its owner."


@pytest.mark.parametrize("missing", range(4))
def test_r1_one_missing_share_denies_and_only_staff_is_told_whose(song: Subject, missing: int) -> None:
    given = grants(song, terms("style"))
    decision = decide(ask("style"), Facts(subjects=(song,), grants=given[:missing] + given[missing + 1 :]))
    assert decision.outcome == "deny"
    assert given[missing].party_id in decision.reasons[0].detail
    assert given[missing].party_id not in decision.reasons[0].sentence


def test_r1_unknown_shares_deny(song: Subject) -> None:
    half = song.model_copy(update={"work": (Holder(party_id="pty_writer", share=Fraction(1, 2)),)})
    decision = decide(ask("style"), Facts(subjects=(half,), grants=grants(half, terms("style"))))
    assert decision.outcome == "deny"
    assert codes(decision.reasons) == {"shares_gap"}


def test_r1_a_voice_needs_the_performer_too(song: Subject) -> None:
    what = terms("vocal_interpretation")
    without = decide(ask("vocal_interpretation"), Facts(subjects=(song,), grants=grants(song, what)))
    assert without.outcome == "deny"
    assert "voice of party pty_singer" in without.reasons[0].detail
    assert decide(ask("vocal_interpretation"), Facts(subjects=(song,), grants=grants(song, what, voice=True))).permitted
    nobody = song.model_copy(update={"performers": ()})
    decision = decide(ask("vocal_interpretation"), Facts(subjects=(nobody,), grants=grants(nobody, what)))
    assert codes(decision.reasons) == {"no_performer"}


def test_r2_no_operation_implies_another(song: Subject) -> None:
    facts = Facts(subjects=(song,), grants=grants(song, terms("style", "arrangement")))
    decision = decide(ask("style", "arrangement", "train"), facts)
    assert decision.outcome == "deny"
    assert [(reason.code, reason.operation) for reason in decision.reasons] == [("operation_not_granted", "train")]


@pytest.mark.parametrize(
    ("request_", "what", "code"),
    [
        (ask("style", territory="JP"), {"territories": {"exclude": ["JP"]}}, "territory"),
        (ask("style", territory="JP"), {"territories": {"include": ["DE", "AT"]}}, "territory"),
        (ask("style"), {"valid_from": NOON + timedelta(seconds=1)}, "not_yet_valid"),
        (ask("style"), {"valid_to": NOON}, "expired"),
        (ask("style", tier="free"), {"tiers": ["premium"]}, "tier"),
        (ask("style", paid=True), {"non_commercial": True, "licence_id": "CC-BY-NC-4.0"}, "licence_non_commercial"),
    ],
)
def test_r3_outside_a_grant_is_denied_with_the_reason(
    song: Subject, request_: RightsRequest, what: dict[str, object], code: str
) -> None:
    decision = decide(request_, Facts(subjects=(song,), grants=grants(song, terms("style", **what))))
    assert decision.outcome == "deny"
    assert codes(decision.reasons) == {code}


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        (ask("style", territory="de"), {"territories": {"exclude": ["JP"]}}),
        (ask("style"), {"valid_from": NOON, "valid_to": NOON + timedelta(seconds=1)}),
        (ask("style", tier="premium", paid=True), {"tiers": ["premium"]}),
        (ask("style", paid=False), {"non_commercial": True}),
    ],
)
def test_r3_inside_a_grant_is_permitted(song: Subject, request_: RightsRequest, what: dict[str, object]) -> None:
    assert decide(request_, Facts(subjects=(song,), grants=grants(song, terms("style", **what)))).permitted


@pytest.mark.parametrize(
    ("extent", "outcome"),
    [
        ({"tempo_ratio": 1.1, "semitones": 0.0}, "permit"),
        ({"tempo_ratio": 1.1001, "semitones": 0.0}, "deny"),
        ({"tempo_ratio": 1.0, "semitones": -3.0}, "deny"),
        ({"tempo_ratio": 1.0}, "deny"),
        (None, "permit"),
    ],
)
def test_r3_measured_limits_hold(song: Subject, extent: dict[str, float] | None, outcome: str) -> None:
    allowed = Allowed(
        operation="tempo_pitch",
        bounds={"tempo_ratio": Bound(least=0.9, most=1.1), "semitones": Bound(least=-2, most=2)},
    )
    facts = Facts(subjects=(song,), grants=grants(song, Terms(operations=(allowed,))))
    decision = decide(ask(Use(operation="tempo_pitch", extent=extent)), facts)
    assert decision.outcome == outcome
    assert "between 0.9 and 1.1" in decision.reasons[0].sentence or "between -2 and 2" in decision.reasons[0].sentence


def test_every_reason_of_the_closest_grant_is_given(song: Subject) -> None:
    what = terms("style", tiers=["premium"], territories={"include": ["FR"]})
    decision = decide(ask("style"), Facts(subjects=(song,), grants=grants(song, what)))
    assert codes(decision.reasons) == {"tier", "territory"}


def test_an_owner_who_wants_to_hear_it_first(song: Subject) -> None:
    what = Terms(operations=(Allowed(operation="style", needs_approval=True),))
    decision = decide(ask("style"), Facts(subjects=(song,), grants=grants(song, what)))
    assert decision.outcome == "needs_approval"
    assert codes(decision.reasons) == {"owner_approves"}
    both = grants(song, what) + grants(song, terms("style"), start=10)
    assert decide(ask("style"), Facts(subjects=(song,), grants=both)).permitted


def test_r5_a_withdrawn_grant_gives_nothing_and_says_so(song: Subject) -> None:
    given = tuple(grant.model_copy(update={"status": "withdrawn"}) for grant in grants(song, terms("style")))
    decision = decide(ask("style"), Facts(subjects=(song,), grants=given))
    assert codes(decision.reasons) == {"withdrawn"}


@pytest.mark.parametrize("status", ["frozen", "withdrawn"])
def test_r8_a_frozen_or_withdrawn_recording_is_denied(song: Subject, status: str) -> None:
    stopped = song.model_copy(update={"status": status})
    decision = decide(ask("style"), Facts(subjects=(stopped,), grants=grants(song, terms("style"))))
    assert codes(decision.reasons) == {f"recording_{status}"}


def _second(song: Subject) -> Subject:
    return song.model_copy(update={"recording_id": "rec_2", "work_id": "wrk_2", "title": "Other"})


def test_r6_the_strictest_subject_wins(song: Subject) -> None:
    other = _second(song)
    given = grants(song, terms("mashup")) + grants(other, terms("mashup", territories={"include": ["FR"]}), start=20)
    decision = decide(ask("mashup"), Facts(subjects=(song, other), grants=given))
    assert decision.outcome == "deny"
    assert all("Other" in reason.sentence for reason in decision.reasons)


def test_r6_share_alike_binds_and_two_different_ones_cannot(song: Subject) -> None:
    other = _second(song)

    def alike(version: str) -> Terms:
        return terms("mashup", share_alike=True, licence_id=f"CC-BY-SA-{version}", attribution=f"credit {version}")

    same = decide(
        ask("mashup"),
        Facts(subjects=(song, other), grants=grants(song, alike("4.0")) + grants(other, terms("mashup"), start=20)),
    )
    assert (same.outcome, same.duties.share_alike) == ("permit", "CC-BY-SA-4.0")
    assert same.duties.attribution == ("credit 4.0",)
    different = decide(
        ask("mashup"),
        Facts(subjects=(song, other), grants=grants(song, alike("4.0")) + grants(other, alike("3.0"), start=20)),
    )
    assert codes(different.reasons) == {"share_alike_conflict"}


def test_nothing_asked_and_nobody_asked_about_are_denied(song: Subject) -> None:
    assert codes(decide(ask(), Facts(subjects=(song,))).reasons) == {"nothing_asked"}
    assert codes(decide(ask("style"), Facts(subjects=())).reasons) == {"no_recording"}


def test_a_snapshot_is_decided_again_alike_and_an_altered_one_is_noticed(song: Subject) -> None:
    decision = decide(ask("style", "train"), Facts(subjects=(song,), grants=grants(song, terms("style"))))
    assert replay(decision.snapshot) == decision
    with pytest.raises(ValueError, match="altered"):
        replay(decision.snapshot.replace(b'"outcome":"deny"', b'"outcome":"permit"'))
    with pytest.raises(ValueError, match="not a decision"):
        replay(b"{}")


@pytest.mark.parametrize("wrong", ["XX", "", "Germany", "D", "ZZ"])
def test_a_territory_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="ISO 3166"):
        ask("style", territory=wrong)
    with pytest.raises(ValueError, match="ISO 3166"):
        Territories(exclude=(wrong,))


def test_terms_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        terms("style", valid_from=NOON, valid_to=NOON)
    with pytest.raises(ValueError, match="twice"):
        terms("style", "style")
    with pytest.raises(ValueError, match="timezone"):
        terms("style", valid_from=datetime(2026, 1, 1))


def test_a_cover_asks_the_holders_of_the_work_alone(song: Subject) -> None:
    work_only = tuple(grant for grant in grants(song, terms("cover", "download")) if grant.side == "work")
    assert decide(ask("cover", "download"), Facts(subjects=(song,), grants=work_only)).permitted
    unshared = song.model_copy(update={"master": song.master[:1]})
    assert decide(ask("cover"), Facts(subjects=(unshared,), grants=work_only)).permitted
    master_only = tuple(grant for grant in grants(song, terms("cover")) if grant.side == "master")
    assert decide(ask("cover"), Facts(subjects=(song,), grants=master_only)).outcome == "deny"


def test_a_cover_beside_a_use_of_the_master_is_no_excuse_for_it(song: Subject) -> None:
    work_only = tuple(grant for grant in grants(song, terms("cover", "stems_use", "download")) if grant.side == "work")
    assert decide(ask("cover", "stems_use"), Facts(subjects=(song,), grants=work_only)).outcome == "deny"
    assert decide(ask("download"), Facts(subjects=(song,), grants=work_only)).outcome == "deny"


def test_what_was_decided_by_the_first_rules_is_replayed_by_them(song: Subject) -> None:
    work_only = tuple(grant for grant in grants(song, terms("cover")) if grant.side == "work")
    facts = Facts(subjects=(song,), grants=work_only)
    before = decide(ask("cover"), facts, rules=1)
    assert (before.outcome, before.rules) == ("deny", 1)
    assert replay(before.snapshot) == before
    assert replay(decide(ask("cover"), facts).snapshot).permitted
    with pytest.raises(ValueError, match="rules 9"):
        replay(before.snapshot.replace(b'"rules":1', b'"rules":9'))
