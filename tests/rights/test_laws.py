"""Laws of the decision that hold for any request and any facts.

Hypothesis chooses seeds; ``tests/support/consent_random.py`` draws the request and the facts from them, with everything
in them that a decision looks at.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.decide import decide, replay
from contrafact.rights.ownership import held
from contrafact.rights.reasons import REASONS
from contrafact.rights.ruling import Ruling
from contrafact.rights.territories import WORLDWIDE, Territories
from contrafact.rights.values import (
    COMPOSITION_OPERATIONS,
    DISTRIBUTION_OPERATIONS,
    VOICE_OPERATIONS,
    Approved,
    Decision,
    Facts,
    Grant,
    Holder,
    Parent,
    RightsRequest,
    Subject,
    Switch,
    Terms,
)
from tests.support import consent_random as drawn

RANK: Mapping[str, int] = {"deny": 0, "needs_approval": 1, "permit": 2}
PERMITTED = frozenset({"granted", "owner_approves", "owner_approves_release"})
seeds = st.integers(0, 2**48)


def law(examples: int) -> Callable[[Callable[..., None]], Callable[[], None]]:
    def decorate(test: Callable[..., None]) -> Callable[[], None]:
        return settings(deadline=None, max_examples=examples)(given(seed=seeds)(test))

    return decorate


def question(rng: Random, strict: float | None = None) -> tuple[RightsRequest, Facts]:
    known = drawn.facts(rng, strict)
    return drawn.request(rng, [subject.recording_id for subject in known.subjects]), known


def questions(rng: Random, count: int = 3) -> list[tuple[RightsRequest, Facts]]:
    """Several requests on the same facts: facts cost the most to draw."""
    asked, known = question(rng)
    songs = [subject.recording_id for subject in known.subjects]
    return [(asked, known), *((drawn.request(rng, songs), known) for _ in range(count - 1))]


def same(one: Decision, two: Decision) -> bool:
    """Alike for the listener."""
    return (one.outcome, one.duties, [reason.sentence for reason in one.reasons]) == (
        two.outcome,
        two.duties,
        [reason.sentence for reason in two.reasons],
    )


@law(80)
def test_r1_default_deny_and_every_reason_can_be_told(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        assert decide(asked, known.model_copy(update={"grants": ()})).outcome == "deny"
        decision = decide(asked, known)
        assert decision.reasons
        for reason in decision.reasons:
            assert reason.code in REASONS
            assert reason.sentence.endswith(".")
            assert "pty_" not in reason.sentence or "artist pty_" in reason.sentence or "label pty_" in reason.sentence
            assert (reason.code in PERMITTED) == (decision.outcome != "deny")


@law(100)
def test_r1_removing_a_grant_never_gives_more(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        before = RANK[decide(asked, known).outcome]
        for gone in known.grants:
            fewer = known.model_copy(update={"grants": tuple(item for item in known.grants if item is not gone)})
            assert RANK[decide(asked, fewer).outcome] <= before


@law(80)
def test_r3_a_grant_that_says_less_never_gives_more(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        if not known.grants:
            return
        chosen = rng.choice(known.grants)
        narrow = chosen.model_copy(update={"terms": narrower(rng, chosen.terms)})
        if rng.random() < 0.1:
            narrow = chosen.model_copy(update={"status": "withdrawn"})
        less = known.model_copy(update={"grants": tuple(narrow if item is chosen else item for item in known.grants)})
        assert RANK[decide(asked, less).outcome] <= RANK[decide(asked, known).outcome]


def narrower(rng: Random, terms: Terms) -> Terms:
    """The same terms with one more condition."""
    stricter = drawn.terms(rng, 1.0)
    operations = [item.model_dump() for item in terms.operations]
    limits, beside = terms.limits.model_dump(), terms.not_beside.model_dump()
    one = rng.choice(operations) if operations else {}
    kind = rng.randrange(13)
    changes: dict[str, Any] = {}
    if kind == 0:
        changes = {"operations": [item for item in operations if item is not one]}
    elif kind == 1:
        one["needs_approval"] = True
        changes = {"operations": operations}
    elif kind == 2:
        one["bounds"] = {**one.get("bounds", {}), "tempo_ratio": {"least": 1.0, "most": 1.05}}
        changes = {"operations": operations if operations else []}
    elif kind == 3:
        place = rng.choice(drawn.COUNTRIES)
        changes = {"territories": {**terms.territories.model_dump(), "exclude": (*terms.territories.exclude, place)}}
    elif kind == 4:
        until = min(filter(None, [terms.valid_to, drawn.moment(rng)]))
        changes = {"valid_to": until} if terms.valid_from is None or terms.valid_from < until else {"operations": ()}
    elif kind == 5:
        changes = {"tiers": ["premium"] if terms.tiers in (None, ("premium",)) else []}
    elif kind == 6:
        changes = {"non_commercial": True}
    elif kind == 7:
        changes = {"banned_topics": [*terms.banned_topics, rng.choice(["political", "drugs"])]}
    elif kind == 8:
        added = stricter.not_beside.model_dump()
        changes = {"not_beside": {key: (*beside[key], *added[key]) for key in beside}}
    elif kind == 9:
        changes = {"limits": {**limits, "whole": {**limits["whole"], "source_share": {"most": 0.1}}}}
    elif kind == 10:
        name = rng.choice([key for key in limits if key != "whole"])
        changes = {"limits": {**limits, name: rng.choice([0, 1] if limits[name] is None else [0])}}
    elif kind == 11:
        asks = (terms.price or drawn.price(rng)).model_dump()
        changes = {"price": {**asks, "generation_micros": asks["generation_micros"] + 15}}
    elif terms.share_alike is False:
        changes = {"share_alike": True, "licence_id": rng.choice(["CC-BY-SA-3.0", "CC-BY-SA-4.0"])}
    return Terms.model_validate({**terms.model_dump(), **changes})


@law(80)
def test_what_the_operator_switches_never_gives_more(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        operation = rng.choice(drawn.OPERATIONS)
        before = decide(asked, known)
        more = known.model_copy(update={"switches": (*known.switches, drawn.switch(rng, operation))})
        assert RANK[decide(asked, more).outcome] <= RANK[before.outcome]
        off = known.model_copy(update={"switches": (Switch(operation=operation, on=False),)})
        if operation in {use.operation for use in asked.operations}:
            assert decide(asked, off).outcome == "deny"


@law(80)
def test_r3_an_agent_whom_nobody_mandated_changes_nothing(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        if not known.grants:
            return
        authority = rng.choice(["mandate", "owner", "licence", "guardian", "estate"])
        changes = {"id": "grt_zzz", "series": "grs_zzz", "party_id": "pty_stranger", "authority": authority}
        stranger = rng.choice(known.grants).model_copy(update=changes)
        more = known.model_copy(update={"grants": (*known.grants, stranger)})
        assert same(decide(asked, more), decide(asked, known))


@law(80)
def test_r3_a_refusal_never_gives_more_and_an_approval_never_less(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        if not known.grants:
            return
        grant, before = rng.choice(known.grants), RANK[decide(asked, known).outcome]
        said = {"id": "apr_zzz", "party_id": grant.party_id, "subject_id": grant.subject_id}
        for answer in ("refused", "approved"):
            one = Approved.model_validate({**said, "recipe_sha256": drawn.TAKE, "answer": answer})
            after = known.model_copy(update={"approvals": (*known.approvals, one)})
            now = RANK[decide(asked, after).outcome]
            assert now <= before if answer == "refused" else now >= before


@law(80)
def test_asking_for_less_never_gives_less(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        operations = {use.operation for use in asked.operations}
        # A cover alone asks fewer people, and a remix of a remix must ask for derive_again.
        if len(asked.operations) < 2 or "cover" in operations or "derive_again" in operations:
            continue
        gone = rng.randrange(len(asked.operations))
        fewer = asked.model_copy(update={"operations": asked.operations[:gone] + asked.operations[gone + 1 :]})
        assert RANK[decide(fewer, known).outcome] >= RANK[decide(asked, known).outcome]


@law(80)
def test_order_does_not_matter(seed: int) -> None:
    rng = Random(seed)
    asked, known = question(rng)

    def shuffled(value: Any, *names: str) -> dict[str, Any]:
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return fields | {name: rng.sample(fields[name], len(fields[name])) for name in names}

    turned = RightsRequest.model_validate(shuffled(asked, "operations", "topics"))
    lists = ("subjects", "grants", "mandates", "people", "counts", "approvals", "switches", "parents")
    document = shuffled(known, *lists)
    names = ("master", "work", "performers", "genres", "artist_ids")
    document["subjects"] = [Subject.model_validate(shuffled(subject, *names)) for subject in document["subjects"]]
    assert decide(turned, Facts.model_validate(document)).snapshot == decide(asked, known).snapshot


@law(80)
def test_splitting_a_share_between_two_who_grant_alike_changes_nothing(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        subject = rng.choice(known.subjects)
        owner = rng.choice(subject.master)
        half = owner.model_copy(update={"share": owner.share / 2})
        twin = half.model_copy(update={"party_id": "pty_twin"})
        rest = tuple(holder for holder in subject.master if holder is not owner)
        divided = subject.model_copy(update={"master": (*rest, half, twin)})
        split = known.model_copy(
            update={
                "subjects": tuple(divided if one is subject else one for one in known.subjects),
                "grants": known.grants
                + tuple(
                    _as_twin(grant, id=f"{grant.id}_twin")
                    for grant in known.grants_of("master", subject.recording_id, owner.party_id)
                ),
                "mandates": known.mandates
                + tuple(
                    mandate.model_copy(update={"principal_id": "pty_twin"})
                    for mandate in known.mandates
                    if mandate.principal_id == owner.party_id
                ),
                "approvals": known.approvals
                + tuple(
                    answer.model_copy(update={"party_id": "pty_twin"})
                    for answer in known.approvals
                    if answer.party_id == owner.party_id
                ),
            }
        )
        one, two = decide(asked, known), decide(asked, split)
        assert (one.outcome, one.duties) == (two.outcome, two.duties)
        assert {reason.sentence for reason in one.reasons} == {reason.sentence for reason in two.reasons}


def _as_twin(grant: Grant, **more: str) -> Grant:
    return grant.model_copy(update={"party_id": "pty_twin", **more})


@law(80)
def test_r1_splitting_a_share_over_places_or_periods_changes_nothing_inside_them(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        subject = rng.choice(known.subjects)
        side = rng.choice(["master", "work"])
        holders: tuple[Holder, ...] = getattr(subject, side)
        whole = rng.choice(holders)
        parts = _parts(rng, whole)
        divided = subject.model_copy(update={side: (*(item for item in holders if item is not whole), *parts)})
        split = known.model_copy(
            update={"subjects": tuple(divided if one is subject else one for one in known.subjects)}
        )
        assert same(decide(asked, known), decide(asked, split))


def _parts(rng: Random, holder: Holder) -> tuple[Holder, ...]:
    """A share as two, in two places or two periods that together are those of the one."""
    where = holder.territories
    if rng.random() < 0.5:
        place = rng.choice([code for code in drawn.COUNTRIES if where.covers(code)])
        there = holder.model_copy(update={"territories": Territories(include=(place,))})
        if WORLDWIDE in where.include or len(where.include) > 1:
            left = Territories(include=where.include, exclude=(*where.exclude, place))
            return there, holder.model_copy(update={"territories": left})
        return (there,)
    moment = drawn.moment(rng)
    if (holder.valid_from and holder.valid_from >= moment) or (holder.valid_to and holder.valid_to <= moment):
        return (holder,)
    return holder.model_copy(update={"valid_to": moment}), holder.model_copy(update={"valid_from": moment})


@law(100)
def test_r1_a_permit_names_a_grant_for_every_share(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        decision = decide(asked, known)
        if decision.outcome == "deny":
            assert decision.grants == ()
            continue
        used = {(item.side, item.subject_id, item.party_id) for item in known.grants if item.id in decision.grants}
        operations = {use.operation for use in asked.operations}
        anew = "cover" in operations and operations <= COMPOSITION_OPERATIONS | DISTRIBUTION_OPERATIONS
        for subject in known.subjects:
            needed = [("work", subject.work_id, item.party_id) for item in _held(subject.work, asked)]
            if not anew:
                needed += [("master", subject.recording_id, item.party_id) for item in _held(subject.master, asked)]
            if operations & VOICE_OPERATIONS:
                needed += [("voice", subject.recording_id, party) for party in subject.performers]
            for side, subject_id, party_id in needed:
                speakers = {party_id, *drawn.AGENTS}
                assert any((side, subject_id, speaker) in used for speaker in speakers)


def _held(holders: tuple[Holder, ...], asked: RightsRequest) -> tuple[Holder, ...]:
    return held(holders, asked.territory, asked.at)


@law(100)
def test_r6_the_strictest_song_and_the_strictest_parent_win(seed: int) -> None:
    rng = Random(seed)
    for asked, known in questions(rng):
        together = RANK[decide(asked, known).outcome]
        for subject in known.subjects:
            alone = known.model_copy(update={"subjects": (subject,)})
            assert together <= RANK[decide(asked, alone).outcome]
        more = Parent.model_validate({"remix_id": "rmx_2", "user_id": "usr_1", "state": rng.choice(_STATES)})
        parents = known.model_copy(update={"parents": (*known.parents, more)})
        assert RANK[decide(asked, parents).outcome] <= together


_STATES = ("private", "released", "unlisted", "frozen", "taken_down")


@law(80)
def test_r4_a_snapshot_is_enough_to_decide_again(seed: int) -> None:
    for asked, known in questions(Random(seed), 2):
        decision = decide(asked, known)
        assert replay(decision.snapshot) == decision


@law(80)
def test_facts_made_ready_once_answer_as_facts_made_ready_each_time(seed: int) -> None:
    asked = questions(Random(seed), 4)
    ruling = Ruling(asked[0][1])
    # decided one after another and read in the other order: nothing is left behind by a question
    lazy = [ruling.decide(request) for request, _ in asked]
    read = [decision.snapshot for decision in reversed(lazy)][::-1]
    assert read == [decide(request, known).snapshot for request, known in asked]


@law(80)
def test_a_decision_changes_none_of_its_inputs(seed: int) -> None:
    asked, known = question(Random(seed))
    before = asked.model_dump_json(), known.model_dump_json()
    decision = decide(asked, known)
    assert decision.snapshot
    assert (asked.model_dump_json(), known.model_dump_json()) == before
    again = decide(asked, Facts.model_validate_json(before[1]))
    assert again.snapshot == decision.snapshot


@law(80)
def test_the_same_moment_on_another_clock_is_decided_alike(seed: int) -> None:
    for asked, known in questions(Random(seed)):
        elsewhere = asked.model_copy(update={"at": _on_another_clock(asked.at)})
        assert same(decide(asked, known), decide(elsewhere, known))


def _on_another_clock(at: datetime) -> datetime:
    return at.astimezone(timezone(timedelta(hours=-11, minutes=-30)))


def test_the_operations_drawn_exist() -> None:
    assert set(drawn.OPERATIONS) <= set(get_args(Operation))
