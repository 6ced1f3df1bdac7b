"""Laws of the decision that hold for any request and any facts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.decide import decide, replay
from contrafact.rights.values import Facts, Grant, Holder, RightsRequest, Subject, Terms

# few values of each, so that requests and grants often meet
OPERATIONS: tuple[Operation, ...] = ("style", "tempo_pitch", "voice_clone", "download")
COUNTRIES = ("DE", "JP", "US")
PARTIES = ("pty_a", "pty_b", "pty_c")
START = datetime(2026, 1, 1, tzinfo=UTC)
RANK: Mapping[str, int] = {"deny": 0, "needs_approval": 1, "permit": 2}

moments = st.integers(0, 4).map(lambda day: START + timedelta(days=day))
extents = st.none() | st.dictionaries(st.sampled_from(["tempo_ratio", "semitones"]), st.sampled_from([0.5, 1.0, 2.0]))
uses = st.fixed_dictionaries({"operation": st.sampled_from(OPERATIONS), "extent": extents})
requests = st.builds(
    lambda **fields: RightsRequest.model_validate({**fields, "user_id": "usr_1"}),
    operations=st.lists(uses, max_size=3),
    territory=st.sampled_from(COUNTRIES),
    tier=st.sampled_from(["free", "premium"]),
    paid=st.booleans(),
    at=moments,
)
bounds = st.dictionaries(
    st.sampled_from(["tempo_ratio", "semitones"]), st.just({"least": 0.9, "most": 1.1}), max_size=1
)
allowed = st.lists(
    st.fixed_dictionaries(
        {
            "operation": st.sampled_from(OPERATIONS),
            "bounds": bounds,
            "needs_approval": st.sampled_from([False] * 3 + [True]),
        }
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda item: str(item["operation"]),
)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    first, last = draw(st.none() | moments), draw(st.none() | moments)
    if first is not None and last is not None and first >= last:
        last = None
    alike = draw(st.sampled_from([None, None, "CC-BY-SA-3.0", "CC-BY-SA-4.0"]))
    return Terms.model_validate(
        {
            "operations": draw(allowed),
            "territories": {"exclude": draw(st.sampled_from([[], [], ["JP"]]))},
            "valid_from": first,
            "valid_to": last,
            "tiers": draw(st.sampled_from([None, None, ["premium"]])),
            "licence_id": alike,
            "share_alike": alike is not None,
            "non_commercial": draw(st.sampled_from([False, False, True])),
        }
    )


@st.composite
def shares(draw: st.DrawFn) -> tuple[Holder, ...]:
    parties = draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=2, unique=True))
    if draw(st.integers(0, 9)) == 0:
        return (Holder(party_id=parties[0], share=Fraction(1, 2)),)
    return tuple(Holder(party_id=party, share=Fraction(1, len(parties))) for party in parties)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Mostly complete consent with holes in it, for that is where decisions differ."""
    subjects = tuple(
        Subject(
            recording_id=f"rec_{number}",
            work_id=f"wrk_{number}",
            title=f"Song {number}",
            artist="Somebody",
            master=draw(shares()),
            work=draw(shares()),
            performers=draw(st.sampled_from([(), ("pty_c",)])),
            status=draw(st.sampled_from(["active"] * 5 + ["frozen"])),
        )
        for number in range(draw(st.integers(1, 2)))
    )
    common = draw(terms())
    given: list[Grant] = []
    for subject in subjects:
        places: list[tuple[str, str, str]] = [
            *(("master", subject.recording_id, holder.party_id) for holder in subject.master),
            *(("work", subject.work_id, holder.party_id) for holder in subject.work),
            *(("voice", subject.recording_id, party) for party in subject.performers),
        ]
        for place in places:
            kinds: tuple[tuple[Terms | None, ...], ...] = ((common,), (common,), (common, None), (None,), ())
            for what in draw(st.sampled_from(kinds)):
                given.append(_grant(len(given), place, what or draw(terms()), draw(st.integers(0, 9)) == 0))
    return Facts(subjects=subjects, grants=tuple(given))


def _grant(number: int, place: tuple[str, str, str], what: Terms, withdrawn: bool) -> Grant:
    return Grant.model_validate(
        {
            "id": f"grt_{number:03}",
            "series": f"grs_{number:03}",
            "version": 1,
            "side": place[0],
            "subject_id": place[1],
            "party_id": place[2],
            "authority": "owner",
            "status": "withdrawn" if withdrawn else "active",
            "terms": what,
        }
    )


@settings(deadline=None, max_examples=60)
@given(asked=requests, known=facts())
def test_default_deny_and_every_reason_can_be_told(asked: RightsRequest, known: Facts) -> None:
    assert decide(asked, known.model_copy(update={"grants": ()}, deep=False)).outcome == "deny"
    decision = decide(asked, known)
    assert decision.reasons
    for reason in decision.reasons:
        assert reason.code
        assert reason.sentence.endswith(".")
        assert not any(party in reason.sentence for party in PARTIES)
        assert (reason.code in ("granted", "owner_approves")) == (decision.outcome != "deny")


@settings(deadline=None, max_examples=150)
@given(asked=requests, known=facts(), data=st.data())
def test_removing_a_grant_never_gives_more(asked: RightsRequest, known: Facts, data: st.DataObject) -> None:
    if not known.grants:
        return
    gone = data.draw(st.integers(0, len(known.grants) - 1))
    fewer = Facts(subjects=known.subjects, grants=known.grants[:gone] + known.grants[gone + 1 :])
    assert RANK[decide(asked, fewer).outcome] <= RANK[decide(asked, known).outcome]


@settings(deadline=None, max_examples=60)
@given(asked=requests, known=facts(), data=st.data())
def test_asking_for_less_never_gives_less(asked: RightsRequest, known: Facts, data: st.DataObject) -> None:
    if len(asked.operations) < 2:
        return
    gone = data.draw(st.integers(0, len(asked.operations) - 1))
    fewer = asked.model_copy(update={"operations": asked.operations[:gone] + asked.operations[gone + 1 :]})
    assert RANK[decide(fewer, known).outcome] >= RANK[decide(asked, known).outcome]


@settings(deadline=None, max_examples=60)
@given(asked=requests, known=facts(), data=st.data())
def test_order_does_not_matter(asked: RightsRequest, known: Facts, data: st.DataObject) -> None:
    shuffled = Facts(
        subjects=tuple(data.draw(st.permutations(known.subjects))),
        grants=tuple(data.draw(st.permutations(known.grants))),
    )
    turned = RightsRequest.model_validate(
        {**asked.model_dump(), "operations": data.draw(st.permutations(asked.model_dump()["operations"]))}
    )
    assert decide(turned, shuffled).snapshot_sha256 == decide(asked, known).snapshot_sha256


@settings(deadline=None, max_examples=60)
@given(asked=requests, known=facts())
def test_splitting_a_share_between_two_who_grant_alike_changes_nothing(asked: RightsRequest, known: Facts) -> None:
    subject = known.subjects[0]
    owner = subject.master[0]
    half = owner.share / 2
    divided = Subject.model_validate(
        {
            **subject.model_dump(),
            "master": [
                *(holder.model_dump() for holder in subject.master[1:]),
                {"party_id": owner.party_id, "share": half},
                {"party_id": "pty_twin", "share": half},
            ],
        }
    )
    twins = tuple(
        grant.model_copy(update={"id": f"{grant.id}_twin", "series": f"{grant.series}_twin", "party_id": "pty_twin"})
        for grant in known.grants_of("master", subject.recording_id, owner.party_id)
    )
    split = Facts(subjects=(divided, *known.subjects[1:]), grants=known.grants + twins)
    one, two = decide(asked, known), decide(asked, split)
    assert (one.outcome, one.duties) == (two.outcome, two.duties)
    assert [reason.sentence for reason in one.reasons] == [reason.sentence for reason in two.reasons]


@settings(deadline=None, max_examples=60)
@given(asked=requests, known=facts())
def test_r1_a_permit_names_a_grant_for_every_share(asked: RightsRequest, known: Facts) -> None:
    decision = decide(asked, known)
    if decision.outcome == "deny":
        assert decision.grants == ()
        return
    used = {(grant.side, grant.subject_id, grant.party_id) for grant in known.grants if grant.id in decision.grants}
    for subject in known.subjects:
        assert {("master", subject.recording_id, holder.party_id) for holder in subject.master} <= used
        assert {("work", subject.work_id, holder.party_id) for holder in subject.work} <= used


@settings(deadline=None, max_examples=60)
@given(asked=requests, known=facts())
def test_r4_a_snapshot_is_enough_to_decide_again(asked: RightsRequest, known: Facts) -> None:
    decision = decide(asked, known)
    document: Any = json.loads(decision.snapshot)
    assert document["outcome"] == decision.outcome
    assert replay(decision.snapshot).snapshot_sha256 == decision.snapshot_sha256


def test_the_operations_drawn_exist() -> None:
    assert set(OPERATIONS) <= set(get_args(Operation))
