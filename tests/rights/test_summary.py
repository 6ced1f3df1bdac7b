"""The owner reads what was granted, and nothing that was not."""

import doctest
from datetime import UTC, datetime

import pytest

from contrafact.rights import summary as module
from contrafact.rights.presets import preset_terms
from contrafact.rights.summary import summary
from contrafact.rights.terms import Allowed, Bound, Limits, NotBeside, OnWithdrawal, Price, Terms
from contrafact.rights.territories import Territories
from contrafact.rights.values import VOICE_OPERATIONS


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_nothing_granted_is_said_so() -> None:
    assert summary([]) == summary([Terms()]) == ("Nothing may be made of it.",)


def test_the_words_of_the_issue() -> None:
    terms = Terms(
        operations=(
            Allowed(operation="style"),
            Allowed(operation="arrangement"),
            Allowed(operation="share_in_app", needs_approval=True),
        ),
        tiers=("premium",),
        territories=Territories(exclude=("JP",)),
    )
    told = summary([terms])
    first = "Listeners on the add-on may change its style and arrangement and release it here everywhere except Japan."
    assert told[:3] == (first, "You approve each release.", "Voices stay as they are.")


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"banned_topics": ("political", "sexual")}, "Not for anything about politics or sex."),
        ({"not_beside": NotBeside(artists=("Ada",), genres=("drum-and-bass",))}, "Never together with Ada."),
        ({"not_beside": NotBeside(genres=("drum-and-bass",))}, "Never as drum and bass, nor beside it."),
        ({"limits": Limits(uses_per_listener_month=1)}, "At most 1 take a listener a month."),
        ({"limits": Limits(releases_per_listener=3)}, "At most 3 releases of it by one listener."),
        ({"limits": Limits(whole={"source_share": Bound(most=0.5)})}, "Altogether: at most 50 % of the recording."),
        (
            {"limits": Limits(whole={"source_seconds": Bound(least=5, most=30), "take_seconds": Bound(most=1)})},
            "Altogether: between 5 and 30 seconds of the recording; at most 1 second long.",
        ),
        ({"price": Price(currency="EUR", generation_micros=250_000)}, "For at least 0.25 EUR for each take."),
        ({"on_withdrawal": OnWithdrawal(fate="take_down", hours=48)}, "within 48 hours."),
        ({"valid_to": datetime(2027, 1, 1, tzinfo=UTC)}, "everywhere until 31 December 2026."),
        ({"non_commercial": True}, "Not on paid plans."),
    ],
)
def test_every_condition_is_told(terms: dict[str, object], sentence: str) -> None:
    told = summary([Terms.model_validate({"operations": [{"operation": "style"}], **terms})])
    assert any(sentence in each for each in told), told
    assert not any(sentence in each for each in summary([Terms(operations=(Allowed(operation="style"),))]))


def test_voices_stay_as_they_are_only_where_they_do() -> None:
    given = preset_terms("mine", None, "Ada")
    assert given is not None
    told = summary([given[0]])
    assert "Voices stay as they are." not in told
    assert "Nobody may imitate the singer's voice." in told
    without = given[0].model_copy(
        update={"operations": tuple(each for each in given[0].operations if each.operation not in VOICE_OPERATIONS)}
    )
    assert "Voices stay as they are." in summary([without])


def test_everything_is_said_shortly_and_what_goes_beyond_it_by_name() -> None:
    given = preset_terms("open", "CC-BY-4.0", "Ada")
    assert given is not None
    assert summary([given[0]])[0] == (
        "Everybody may make anything of it, cover it, mix it and publish what they made everywhere."
    )
