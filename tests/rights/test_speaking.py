"""Who owns a song there and then, and who may speak for whom."""

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.territories import Territories
from contrafact.rights.values import (
    Grant,
    Holder,
    Person,
    Subject,
)
from tests.support.consent import NOON, ask, codes, decided, given_by, grants, mandate, terms

TAKE = "a" * 64
WHOLE: dict[str, Any] = {"whole": {"rec_1": {}, "rec_2": {}}}


def test_r1_a_gap_and_an_overlap_block_there_and_then(solo: Subject) -> None:
    europe = Territories(include=("DE", "FR"))
    divided = solo.model_copy(
        update={
            "master": (
                Holder(party_id="pty_one", share=Fraction(1), territories=europe),
                Holder(party_id="pty_two", share=Fraction(2, 3), territories=Territories(exclude=("DE", "JP"))),
                Holder(party_id="pty_three", share=Fraction(1), valid_from=NOON + timedelta(days=1)),
            )
        }
    )
    given = grants(divided, terms("style"))
    assert decided(ask("style"), divided, given).permitted
    gap = decided(ask("style", territory="US"), divided, given)
    assert (gap.outcome, codes(gap.reasons)) == ("deny", {"shares_gap"})
    assert "sum to 2/3" in gap.reasons[0].detail
    overlap = decided(ask("style", territory="FR"), divided, given)
    assert (overlap.outcome, codes(overlap.reasons)) == ("deny", {"shares_overlap"})
    nobody = decided(ask("style", territory="JP"), divided, given)
    assert (nobody.outcome, codes(nobody.reasons)) == ("deny", {"shares_gap"})
    later = decided(ask("style", at=NOON + timedelta(days=1)), divided, given)
    assert codes(later.reasons) == {"shares_overlap"}


def test_r1_who_holds_nothing_there_is_not_asked(solo: Subject) -> None:
    abroad = Holder(party_id="pty_two", share=Fraction(1), territories=Territories(include=("JP",)))
    here = Holder(party_id="pty_one", share=Fraction(1), territories=Territories(exclude=("JP",)))
    divided = solo.model_copy(update={"master": (here, abroad)})
    given = grants(solo, terms("style"))
    assert decided(ask("style"), divided, given).permitted
    assert codes(decided(ask("style", territory="JP"), divided, given).reasons) == {"no_grant"}


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({}, None),
        ({"subject_id": "rec_1"}, None),
        ({"subject_id": "rec_2"}, "no_grant"),
        ({"side": "work"}, "no_grant"),
        ({"operations": ["style", "download"]}, None),
        ({"operations": ["download"]}, "mandate_not_in_force"),
        ({"territories": {"exclude": ["DE"]}}, "mandate_not_in_force"),
        ({"valid_to": NOON}, "mandate_not_in_force"),
        ({"valid_from": NOON, "valid_to": NOON + timedelta(seconds=1)}, None),
        ({"principal_id": "pty_other"}, "no_grant"),
    ],
)
def test_r3_an_agent_speaks_within_the_mandate(solo: Subject, limits: dict[str, Any], code: str | None) -> None:
    master, work = grants(solo, terms("style"))
    agents = given_by((master,), "pty_agent", "mandate")
    given = mandate(**({"side": "master"} | limits))
    decision = decided(ask("style"), solo, (*agents, work), mandates=(given,))
    assert codes(decision.reasons) == {code or "granted"}
    assert decision.permitted == (code is None)
    # several mandates: any will do
    assert decided(ask("style"), solo, (*agents, work), mandates=(given, mandate("master"))).permitted


def test_r3_an_agent_without_a_mandate_or_who_speaks_as_owner_gives_nothing(solo: Subject) -> None:
    master, work = grants(solo, terms("style"))
    for authority in ("mandate", "owner"):
        decision = decided(ask("style"), solo, (*given_by((master,), "pty_agent", authority), work))
        assert codes(decision.reasons) == {"no_grant"}
    as_owner = given_by((master,), "pty_agent", "owner")
    assert decided(ask("style"), solo, (*as_owner, work), mandates=(mandate("master"),)).outcome == "deny"
    for authority in ("mandate", "guardian", "estate"):
        decision = decided(ask("style"), solo, (*given_by((master,), "pty_one", authority), work))
        assert codes(decision.reasons) == {"wrong_authority"}


CLONE: Operation = "voice_clone"


def voiced(solo: Subject, authority: str, party_id: str = "pty_one") -> tuple[Grant, ...]:
    everything = grants(solo, terms(CLONE), voice=True)
    return (*everything[:2], *given_by(everything[2:], party_id, authority))


def test_r7_a_guardian_speaks_until_the_18th_birthday(solo: Subject) -> None:
    minor = Person(party_id="pty_one", born_on=date(2008, 6, 1), guardians=("pty_mother",))
    birthday = datetime(2026, 6, 1, tzinfo=UTC)
    mothers, own = voiced(solo, "guardian", "pty_mother"), voiced(solo, "owner")
    before, after = birthday - timedelta(seconds=1), birthday
    assert decided(ask(CLONE, at=before), solo, mothers, people=(minor,)).permitted
    assert codes(decided(ask(CLONE, at=after), solo, mothers, people=(minor,)).reasons) == {"guardian_ended"}
    assert codes(decided(ask(CLONE, at=before), solo, own, people=(minor,)).reasons) == {"minor_needs_guardian"}
    assert decided(ask(CLONE, at=after), solo, own, people=(minor,)).permitted
    # The day is that of UTC, wherever the clock that was read stands.
    east = timezone(timedelta(hours=14))
    assert decided(ask(CLONE, at=before.astimezone(east)), solo, mothers, people=(minor,)).permitted


@pytest.mark.parametrize(
    ("person", "given", "code"),
    [
        ({"born_on": date(2010, 1, 1)}, ("guardian", "pty_mother"), "guardian_unknown"),
        ({"guardians": ("pty_mother",)}, ("guardian", "pty_mother"), "birthday_unknown"),
        ({"born_on": date(2010, 1, 1), "guardians": ("pty_mother",)}, ("guardian", "pty_aunt"), "no_grant"),
        ({"born_on": date(2010, 1, 1), "guardians": ("pty_one",)}, ("guardian", "pty_one"), "minor_needs_guardian"),
        ({"born_on": date(2010, 1, 1), "guardians": ("pty_mother",)}, ("owner", "pty_mother"), "no_grant"),
        ({"born_on": date(2008, 2, 29), "guardians": ("pty_mother",)}, ("guardian", "pty_mother"), "granted"),
        ({"born_on": date(1980, 1, 1), "guardians": ("pty_mother",)}, ("owner", "pty_one"), "granted"),
        ({}, ("owner", "pty_one"), "granted"),
    ],
)
def test_r7_what_is_not_known_of_a_minor_denies(
    solo: Subject, person: dict[str, Any], given: tuple[str, str], code: str
) -> None:
    people = (Person.model_validate({"party_id": "pty_one", **person}),)
    # 28 February 2026: one born on 29 February 2008 is of age on 1 March, at midnight
    at = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert codes(decided(ask(CLONE, at=at), solo, voiced(solo, *given), people=people).reasons) == {code}


def test_r7_an_agent_does_not_speak_for_a_minor(solo: Subject) -> None:
    minor = Person(party_id="pty_one", born_on=date(2010, 1, 1), guardians=("pty_mother",))
    agents = voiced(solo, "mandate", "pty_agent")
    decision = decided(ask(CLONE), solo, agents, people=(minor,), mandates=(mandate("voice"),))
    assert codes(decision.reasons) == {"minor_needs_guardian"}
    assert decided(ask(CLONE), solo, agents, mandates=(mandate("voice"),)).permitted


def test_r7_the_estate_speaks_for_one_who_has_died(solo: Subject) -> None:
    gone = Person(party_id="pty_one", status="deceased", born_on=date(2015, 1, 1), estate=("pty_heir",))
    assert decided(ask(CLONE), solo, voiced(solo, "estate", "pty_heir"), people=(gone,)).permitted
    assert codes(decided(ask(CLONE), solo, voiced(solo, "owner"), people=(gone,)).reasons) == {"estate_needed"}
    stranger = decided(ask(CLONE), solo, voiced(solo, "estate", "pty_stranger"), people=(gone,))
    assert stranger.outcome == "deny"
    nobody = gone.model_copy(update={"estate": ()})
    unknown = decided(ask(CLONE), solo, voiced(solo, "owner"), people=(nobody,))
    assert codes(unknown.reasons) == {"estate_unknown"}
    living = Person(party_id="pty_one", born_on=date(1980, 1, 1), estate=("pty_heir",))
    early = decided(ask(CLONE), solo, voiced(solo, "estate", "pty_heir"), people=(living,))
    assert codes(early.reasons) == {"wrong_authority"}


def test_r7_one_who_is_listed_twice_is_looked_at_first(solo: Subject) -> None:
    people = (Person(party_id="pty_one"), Person(party_id="pty_one", status="deceased", estate=("pty_one",)))
    assert codes(decided(ask(CLONE), solo, voiced(solo, "owner"), people=people).reasons) == {"person_unclear"}
