"""What can be bounded, said in words; and bounds that nobody can mean, with their place."""

import pytest

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import WrongCall
from contrafact.rights.extents import EXTENTS, faults_in, require_meant
from contrafact.rights.summary import summary
from contrafact.rights.summary_bounds import bounds_words
from contrafact.rights.terms import Allowed, Bound, Limits, Terms


@pytest.mark.parametrize(
    ("operation", "name", "bound", "words"),
    [
        ("tempo_pitch", "tempo_ratio", Bound(least=1.2, most=0.9), "the least (1.2) lies above the most (0.9)"),
        ("tempo_pitch", "tempo_ratio", Bound(most=120), "the most (120) must lie between 0.5 and 2"),
        ("tempo_pitch", "semitones", Bound(), "says nothing"),
        ("tempo_pitch", "seconds", Bound(most=3), "never measured here; bound one of tempo_ratio, semitones"),
        ("stems_use", "vocals_seconds", Bound(least=-1), "the least (-1) must lie between 0 and 86400"),
        ("train", "seconds", Bound(most=3), "it has no bounds"),
    ],
)
def test_r3_bounds_that_cannot_be_meant_are_told_with_their_place(
    operation: Operation, name: str, bound: Bound, words: str
) -> None:
    (fault,) = faults_in(Terms(operations=(Allowed(operation=operation, bounds={name: bound}),)))
    assert fault.place == f"operations[{operation}].bounds.{name}"
    assert words in fault.sentence


def test_r3_bounds_of_the_whole_take_have_their_place_too() -> None:
    terms = Terms(limits=Limits(whole={"source_share": Bound(most=50), "tempo_ratio": Bound(least=0.9)}))
    assert [str(fault) for fault in faults_in(terms)] == [
        "limits.whole.source_share: the most (50) must lie between 0 and 1"
    ]


def test_r3_counts_of_nothing_are_told() -> None:
    terms = Terms(limits=Limits(uses_total=0, uses_per_listener_month=0))
    assert [fault.place for fault in faults_in(terms)] == ["limits.uses_per_listener_month", "limits.uses_total"]
    assert faults_in(Terms(limits=Limits(releases_total=0))) == (), "no release, but takes of one's own"
    with pytest.raises(WrongCall, match=r"^change\.terms\.limits\.uses_per_listener_month: no take could ever be made"):
        require_meant(terms, "change.terms")


def test_r3_an_old_slip_does_not_keep_its_owner_from_taking_something_away() -> None:
    """Versions that were given before the rule was there hold some; a narrower one is never refused for them."""
    slip = Bound(least=1.2, most=0.9)
    turned = Allowed(operation="tempo_pitch", bounds={"tempo_ratio": slip})
    old = Terms(operations=(turned, Allowed(operation="style")))
    require_meant(Terms(operations=(turned,)), "", before=old)
    worse = turned.model_copy(update={"bounds": {"tempo_ratio": slip, "semitones": Bound()}})
    with pytest.raises(WrongCall, match="semitones"):
        require_meant(Terms(operations=(worse,)), "", before=old)


def test_everything_that_is_measured_may_be_bounded_and_is_told() -> None:
    for operation, names in EXTENTS.items():
        terms = Terms(operations=(Allowed(operation=operation, bounds={name: Bound(most=1) for name in names}),))
        assert faults_in(terms) == ()
        assert bounds_words(terms.operations[0].bounds) in " ".join(summary([terms]))


@pytest.mark.parametrize(
    ("name", "bound", "words"),
    [
        ("tempo_ratio", Bound(most=1.1), "at most 110 % of the recorded tempo"),
        ("tempo_ratio", Bound(least=1, most=1), "exactly 100 % of the recorded tempo"),
        ("semitones", Bound(least=-2, most=2), "at most 2 semitones up or down"),
        ("semitones", Bound(least=-3, most=1), "at most 3 semitones down and 1 up"),
        ("semitones", Bound(least=0, most=0), "not transposed"),
        ("semitones", Bound(most=1), "at most 1 semitone up"),
        ("semitones", Bound(least=-1), "at most 1 semitone down"),
        ("semitones", Bound(least=2), "at least 2 semitones up"),
        ("semitones", Bound(most=-2), "at least 2 semitones down"),
        ("semitones", Bound(least=2, most=5), "transposed by between 2 and 5 semitones"),
        ("vocals_seconds", Bound(most=10), "at most 10 seconds of the vocals"),
        ("layers", Bound(most=1), "at most 1 layer of the voice"),
        ("strength", Bound(most=0.5), "at most 50 % of the full change"),
    ],
)
def test_how_far_a_change_may_go_is_said_as_its_owner_would(name: str, bound: Bound, words: str) -> None:
    assert bounds_words({name: bound}) == words
