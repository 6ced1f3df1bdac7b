"""Gaps and overlaps: found exactly, and nothing else is."""

from datetime import datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from contrafact.catalogue.findings import Finding, findings_of, gaps_and_overlaps
from contrafact.catalogue.ownership import ShareView
from contrafact.catalogue.values import Holders
from contrafact.kit.territories import COUNTRIES, Territories
from tests.support.owners import NOW, day, place


def share(who: str, part: str, where: str = "Worldwide", start: str | None = None, end: str | None = None) -> ShareView:
    return ShareView(
        who,
        who.title(),
        "owner",
        Fraction(part),
        place(where),
        day(start) if start else None,
        day(end) if end else None,
    )


def told(*shares: ShareView) -> list[tuple[str, str, str | None, str | None, str]]:
    return [
        (
            item.kind,
            str(item.territories),
            None if item.valid_from is None else f"{item.valid_from:%Y-%m-%d}",
            None if item.valid_to is None else f"{item.valid_to:%Y-%m-%d}",
            str(item.total),
        )
        for item in findings_of("master", shares)
    ]


def test_what_sums_to_one_everywhere_and_always_has_no_findings() -> None:
    assert told(share("a", "1/3"), share("b", "2/3")) == []
    assert told(share("a", "1", "Worldwide -JP"), share("b", "1", "JP")) == []
    assert told(share("a", "1", end="2026-01-01"), share("b", "1", start="2026-01-01")) == []


def test_nobody_holds_it() -> None:
    assert told() == [("gap", "Worldwide", None, None, "0")]
    (finding,) = findings_of("work", ())
    assert finding.sentence() == "work, Worldwide: nobody holds it"


def test_a_third_written_as_33_33_percent_leaves_a_gap() -> None:
    thirds = [share(name, "3333/10000") for name in "abc"]
    assert told(*thirds) == [("gap", "Worldwide", None, None, "9999/10000")]


def test_places_are_told_compactly() -> None:
    assert told(share("a", "1", "Worldwide -JP")) == [("gap", "JP", None, None, "0")]
    assert told(share("a", "1", "JP")) == [("gap", "Worldwide - {JP}", None, None, "0")]
    found = findings_of("master", [share("a", "1"), share("b", "1/2", "DE AT")])
    assert [item.sentence() for item in found] == [
        "master, AT DE: 3/2 is claimed, which is more than the whole (A 1, B 1/2)"
    ]


def test_times_are_half_open() -> None:
    assert told(share("a", "1", start="2020-01-01", end="2025-01-01"), share("b", "1", start="2024-01-01")) == [
        ("gap", "Worldwide", None, "2020-01-01", "0"),
        ("overlap", "Worldwide", "2024-01-01", "2025-01-01", "2"),
    ]


def test_the_same_gap_in_many_places_is_one() -> None:
    shares = (share("a", "1/2"), share("b", "1/2", "Worldwide -JP -US"), share("c", "1/2", "US", end="2026-06-01"))
    assert told(*shares) == [
        ("gap", "JP", None, None, "1/2"),
        ("gap", "US", "2026-06-01", None, "1/2"),
    ]


def test_a_share_that_goes_on_under_a_new_contract_is_one_gap() -> None:
    assert told(share("a", "1/2", end="2026-01-01"), share("a", "1/2", start="2026-01-01")) == [
        ("gap", "Worldwide", None, None, "1/2")
    ]


def test_both_sides_are_looked_at() -> None:
    whole, half = (share("a", "1"),), (share("a", "1/2"),)
    assert [item.side for item in gaps_and_overlaps(Holders("rec", "wrk", half, whole, ()))] == ["master"]
    assert [item.side for item in gaps_and_overlaps(Holders("rec", "wrk", whole, half, ()))] == ["work"]


COUNTRY = st.sampled_from(["DE", "AT", "JP", "US"])
MOMENTS = st.none() | st.integers(0, 4).map(lambda days: NOW + timedelta(days=days))


@st.composite
def shares(draw: st.DrawFn) -> ShareView:
    included = draw(st.just(("Worldwide",)) | st.lists(COUNTRY, min_size=1, max_size=3).map(tuple))
    where = Territories(include=included, exclude=tuple(draw(st.lists(COUNTRY, max_size=2))))
    start, end = draw(MOMENTS), draw(MOMENTS)
    if start and end and start >= end:
        start, end = None, end
    part = Fraction(draw(st.integers(1, 4)), 4)
    return ShareView(draw(st.sampled_from("abc")), "Somebody", "owner", part, where, start, end)


def region(findings: tuple[Finding, ...], country: str, moment: datetime) -> list[Finding]:
    return [item for item in findings if item.territories.covers(country) and item.holds_at(moment)]


@given(st.lists(shares(), max_size=6))
def test_findings_are_where_the_shares_do_not_sum_to_one_and_nowhere_else(stated: list[ShareView]) -> None:
    """Against the definition, tried at every place that differs and at every moment between and on the bounds."""
    found = findings_of("master", stated)
    moments = [NOW + timedelta(hours=hours) for hours in range(-12, 6 * 24, 12)]
    for country in ("DE", "AT", "JP", "US", "SE"):
        for moment in moments:
            total = sum((item.share for item in stated if item.holds(country, moment)), Fraction(0))
            here = region(found, country, moment)
            assert len(here) == (total != 1)
            for item in here:
                assert item.total == total == sum((claim.share for claim in item.claims), Fraction(0))
                assert item.kind == ("gap" if total < 1 else "overlap")


@given(st.lists(shares(), max_size=5), st.randoms())
def test_the_order_of_the_shares_does_not_matter(stated: list[ShareView], random: object) -> None:
    mixed = list(stated)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert findings_of("master", mixed) == findings_of("master", stated)


@given(st.lists(shares(), max_size=5))
def test_splitting_a_share_in_two_changes_no_region(stated: list[ShareView]) -> None:
    halves = [
        ShareView(
            f"{item.party_id}{half}",
            item.name,
            item.role,
            item.share / 2,
            item.territories,
            item.valid_from,
            item.valid_to,
        )
        for item in stated
        for half in "12"
    ]

    def regions(found: tuple[Finding, ...]) -> list[tuple[object, ...]]:
        return [(item.kind, item.territories, item.valid_from, item.valid_to, item.total) for item in found]

    split, whole = regions(findings_of("work", halves)), regions(findings_of("work", stated))
    # Whose halves they are may differ from one span to the next where the whole was one and the same party's.
    assert {where[4] for where in split} == {where[4] for where in whole}
    for country in ("DE", "JP", "SE"):
        for day_number in range(5):
            moment = NOW + timedelta(days=day_number, hours=1)
            assert [i.total for i in region(findings_of("work", halves), country, moment)] == [
                i.total for i in region(findings_of("work", stated), country, moment)
            ]


def test_a_statement_made_to_cost_time_is_answered() -> None:
    """Hundreds of shares, each with a place and a time of its own: bounded work, and the earliest findings."""
    countries = sorted(COUNTRIES)
    stated = [
        ShareView(
            f"p{index}",
            "Somebody",
            "owner",
            Fraction(1, 500),
            Territories(include=tuple(countries[index % 240 : index % 240 + 9])),
            NOW + timedelta(days=index),
            NOW + timedelta(days=index + 250),
        )
        for index in range(500)
    ]
    assert len(findings_of("master", stated)) == 1000
