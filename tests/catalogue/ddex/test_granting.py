"""Deals become grants only of what they say; a condition that a grant cannot carry grants nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from contrafact.catalogue.ddex.delivery import take_in
from contrafact.catalogue.ddex.findings import Finding
from contrafact.catalogue.ddex.granting import GrantOptions, ProposedGrant, propose
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.territories import COUNTRIES
from tests.support.ern import SHARED, TERMS, deal, message, schema

START = "<StartDateTime>2026-03-13T00:00:00Z</StartDateTime>"
STREAM = "<UseType>OnDemandStream</UseType>"


def ours(*operations: str, namespace: str = "contrafact") -> str:
    return "".join(
        f'<UseType Namespace="{namespace}" UserDefinedValue="{one}">UserDefined</UseType>' for one in operations
    )


def read(
    *changes: tuple[str, str], options: GrantOptions | None = None
) -> tuple[tuple[ProposedGrant, ...], tuple[Finding, ...]]:
    """What the deal of the good message proposes after these replacements."""
    terms = TERMS
    for old, new in changes:
        assert old in terms
        terms = terms.replace(old, new, 1)
    with take_in(message(deals=deal(terms))) as delivery:
        bundle = next(delivery.releases())
        return propose([one for deals in bundle.deals() for one in deals.deals], options)


def test_a_deal_to_stream_is_about_the_original_and_grants_no_operation_at_all() -> None:
    (grant,), told = read()
    assert told == ()
    assert (grant.about, grant.operations, grant.uses) == ("original", (), ("OnDemandStream",))
    assert grant.audiences == ("paid",)
    assert grant.place.path.endswith("/DealTerms/ValidityPeriod[1]")


@pytest.mark.parametrize(
    "use",
    [
        "Stream", "ConditionalDownload", "PermanentDownload", "Download", "UserMakeAvailableUserProvided",
        "UserMakeAvailableLabelProvided", "Use", "UseForDataMining", "UseForIdentification", "Dub", "PrivateCopy",
    ],
)  # fmt: skip
def test_no_other_use_of_ddex_grants_an_operation(use: str) -> None:
    grants, _ = read(("OnDemandStream", use), options=GrantOptions(ugc_means=("style",)))
    assert [(grant.about, grant.operations) for grant in grants] == [("original", ())]


def test_operations_are_granted_by_their_names_in_our_namespace() -> None:
    (grant,), told = read((STREAM, ours("style", "tempo_pitch")))
    assert told == ()
    assert (grant.about, grant.side) == ("remix", "master")
    assert grant.operations == ("style", "tempo_pitch")
    assert grant.audiences == ("paid",)
    assert grant.territories.countries() == COUNTRIES
    assert (grant.valid_from, grant.valid_to) == (datetime(2026, 3, 13, tzinfo=UTC), None)


def test_a_deal_for_both_gives_both_apart() -> None:
    grants, _ = read((STREAM, STREAM + ours("style")))
    assert [(grant.about, grant.operations, grant.uses) for grant in grants] == [
        ("remix", ("style",), ("OnDemandStream", "style")),
        ("original", (), ("OnDemandStream",)),
    ]


@pytest.mark.parametrize("use", ["UseForTrainingGenerativeAI", "UseForTrainingNonGenerativeAI"])
def test_training_is_granted_alone(use: str) -> None:
    (grant,), _ = read(("OnDemandStream", use))
    assert (grant.about, grant.operations) == ("remix", ("train",))


def test_use_for_ugc_means_what_the_operator_says_and_else_nothing() -> None:
    use = (STREAM, '<UseType UserDefinedValue="UseForUgcCreation" Namespace="DPID">UserDefined</UseType>')
    grants, told = read(use)
    assert grants == ()
    assert [finding.code for finding in told] == ["not_granted"]
    (grant,), told = read(use, options=GrantOptions(ugc_means=("style", "arrangement")))
    assert grant.operations == ("arrangement", "style")
    assert told == ()


def test_what_is_not_our_word_grants_nothing_and_is_told() -> None:
    grants, told = read((STREAM, ours("style", namespace="PADPIDA2013020802I") + ours("remix")))
    assert grants == ()
    assert [finding.code for finding in told] == ["not_granted", "not_granted"]
    assert all(finding.severity == "warning" and "/UseType[" in finding.path for finding in told)


WORLD = "<TerritoryCode>Worldwide</TerritoryCode>"
BLOCK = "<RightsClaimPolicyType>BlockAccess</RightsClaimPolicyType>"
OTHERS = "<PartyId><DPID>PADPIDA2013042401U</DPID></PartyId>"
PRICE = '<PriceInformation><WholesalePricePerUnit CurrencyCode="EUR">0.125</WholesalePricePerUnit></PriceInformation>'


def also(what: str) -> tuple[str, str]:
    return "</UseType>", f"</UseType>{what}"


CONDITIONS = {
    "devices": also("<UserInterfaceType>Jukebox</UserInterfaceType>"),
    "carriers": also("<CarrierType>CD</CarrierType>"),
    "a bit rate": also("<TechnicalInstantiation><CodingType>Lossy</CodingType></TechnicalInstantiation>"),
    "usages": also("<NumberOfUsages>3</NumberOfUsages>"),
    "other services": also(f"<DistributionChannel>{OTHERS}</DistributionChannel>"),
    "excluded services": also(f"<ExcludedDistributionChannel>{OTHERS}</ExcludedDistributionChannel>"),
    "a claim": also(f"<RightsClaimPolicy>{BLOCK}</RightsClaimPolicy>"),
    "a promotion": also("<IsPromotional>true</IsPromotional>"),
    "a promotion by code": also("<PromotionalCode>x</PromotionalCode>"),
    "orders ahead": also("<IsPreOrderDeal>true</IsPreOrderDeal>"),
    "something unknown": also("<Foo/>"),
    "an unknown attribute": ("<ValidityPeriod>", '<ValidityPeriod Foo="1">'),
    "a price code": also('<PriceInformation><PriceCode Namespace="x">A</PriceCode></PriceInformation>'),
    "two prices": also(2 * PRICE),
    "a model of no listener": ("SubscriptionModel", "PayAsYouGoModel"),
    "a claim model": ("SubscriptionModel", "RightsClaimModel"),
    "no model": ("<CommercialModelType>SubscriptionModel</CommercialModelType>", ""),
    "an approximate date": (START, '<StartDateTime IsApproximate="true">2026-03-13T00:00:00Z</StartDateTime>'),
    "a date of one country": (START, START.replace(">", ' ApplicableTerritoryCode="DE">', 1)),
    "a month": (START, "<StartDate>2026-03</StartDate>"),
    "an unknown territory": ("Worldwide", "2136"),
    "a territory scheme": ("<TerritoryCode>Worldwide", '<TerritoryCode IdentifierType="TIS">Worldwide'),
    "an excluded former country": (WORLD, "<ExcludedTerritoryCode>AN</ExcludedTerritoryCode>"),
    "one day": (START, "<StartDate>2026-03-13</StartDate><EndDate>2026-03-13</EndDate>"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_that_a_grant_cannot_carry_grants_nothing_and_is_told(name: str) -> None:
    old, new = CONDITIONS[name]
    before, _ = read((STREAM, ours("style")))
    assert len(before) == 1
    grants, told = read((STREAM, ours("style")), (old, new))
    assert [grant for grant in grants if grant.about == "remix"] == []
    assert "not_granted" in {finding.code for finding in told}


def test_terms_that_were_told_elsewhere_grant_nothing() -> None:
    terms = TERMS.replace(STREAM, ours("style"))
    with take_in(message(deals=deal(terms).replace("<Deal>", "<Deal><DealReference>x</DealReference>"))) as delivery:
        bundle = next(delivery.releases())
        grants, told = propose([one for deals in bundle.deals() for one in deals.deals])
    assert grants == ()
    assert len(told) == 1


def test_a_deal_that_names_services_holds_when_it_names_us() -> None:
    us = GrantOptions(our_dpids=frozenset({"PADPIDA2013042401U"}))
    for condition in ("other services", "excluded services"):
        grants, _ = read((STREAM, ours("style")), CONDITIONS[condition], options=us)
        assert bool(grants) == (condition == "other services")
    others = GrantOptions(our_dpids=frozenset({"PADPIDA2013020802I"}))
    assert len(read((STREAM, ours("style")), CONDITIONS["excluded services"], options=others)[0]) == 1


def test_a_price_per_unit_is_carried() -> None:
    (grant,), _ = read((STREAM, ours("style")), also(PRICE))
    assert grant.price is not None
    assert (str(grant.price.amount), grant.price.currency) == ("0.125", "EUR")


@pytest.mark.parametrize(
    ("codes", "inside", "outside"),
    [
        ("<TerritoryCode>DE</TerritoryCode><TerritoryCode>JP</TerritoryCode>", {"DE", "JP"}, {"FR"}),
        ("<TerritoryCode>DE</TerritoryCode><TerritoryCode>2136</TerritoryCode>", {"DE"}, {"FR", "US"}),
        ("<ExcludedTerritoryCode>JP</ExcludedTerritoryCode>", {"DE", "FR"}, {"JP"}),
        ("<ExcludedTerritoryCode>ES-CN</ExcludedTerritoryCode>", {"DE"}, {"ES"}),
        ("<ExcludedTerritoryCode>XK</ExcludedTerritoryCode>", {"DE"}, {"XK"}),
    ],
)
def test_territories_are_taken_strictly(codes: str, inside: set[str], outside: set[str]) -> None:
    (grant,), _ = read((STREAM, ours("style")), ("<TerritoryCode>Worldwide</TerritoryCode>", codes))
    assert inside <= grant.territories.countries()
    assert not outside & grant.territories.countries()


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        # Days are local and inclusive: begun everywhere at noon UTC, first over somewhere at 10:00 UTC of the last.
        ("<StartDate>2026-03-01</StartDate>", "2026-03-01T12:00:00", None),
        (
            "<StartDate>2026-03-01</StartDate><EndDate>2026-03-31</EndDate>",
            "2026-03-01T12:00:00",
            "2026-03-31T10:00:00",
        ),
        # Moments are exact, and the end is outside.
        ("<StartDateTime>2026-03-01T00:00:00+09:00</StartDateTime>", "2026-02-28T15:00:00", None),
        (
            "<StartDateTime>2026-03-01T00:00:00Z</StartDateTime><EndDateTime>2026-04-01T00:00:00Z</EndDateTime>",
            "2026-03-01T00:00:00",
            "2026-04-01T00:00:00",
        ),
        # Without a zone they are local time.
        (
            "<StartDateTime>2026-03-01T00:00:00</StartDateTime><EndDateTime>2026-04-01T00:00:00</EndDateTime>",
            "2026-03-01T12:00:00",
            "2026-03-31T10:00:00",
        ),
    ],
)  # fmt: skip
def test_periods_are_taken_on_the_safe_side(period: str, begin: str, end: str | None) -> None:
    (grant,), told = read((STREAM, ours("style")), (START, period))
    assert told == ()
    assert grant.valid_from == datetime.fromisoformat(begin).replace(tzinfo=UTC)
    assert grant.valid_to == (None if end is None else datetime.fromisoformat(end).replace(tzinfo=UTC))


def test_each_period_is_a_grant_of_its_own() -> None:
    second = "</ValidityPeriod><ValidityPeriod><StartDateTime>2030-01-01T00:00:00Z</StartDateTime></ValidityPeriod>"
    grants, _ = read((STREAM, ours("style")), ("</ValidityPeriod>", second))
    assert [grant.valid_from.year for grant in grants] == [2026, 2030]


@given(st.sets(st.sampled_from(get_args(Operation))), st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=2))
def test_nothing_is_ever_granted_that_was_not_said(operations: set[Any], conditions: list[str]) -> None:
    terms = TERMS.replace(STREAM, STREAM + ours(*sorted(operations)))
    for name in conditions:
        old, new = CONDITIONS[name]
        terms = terms.replace(old, new, 1)
    with take_in(message(deals=deal(terms))) as delivery:
        bundle = next(delivery.releases())
        grants, _ = propose([one for deals in bundle.deals() for one in deals.deals])
    remix = [grant for grant in grants if grant.about == "remix"]
    assert {operation for grant in remix for operation in grant.operations} == (set() if conditions else operations)


def test_the_deal_in_the_rights_holders_guide_grants_what_the_guide_says() -> None:
    guide = (Path(__file__).resolve().parents[3] / "docs" / "guides" / "rights-holder.md").read_text()
    start = guide.index("<DealTerms>")
    data = message(deals=deal(guide[start : guide.index("</DealTerms>") + len("</DealTerms>")]))
    with take_in(data) as delivery:
        assert list(delivery.findings) == []
        bundle = next(delivery.releases())
        (grant,), told = propose([one for deals in bundle.deals() for one in deals.deals])
    assert told == ()
    assert (grant.about, grant.operations, grant.audiences) == ("remix", ("arrangement", "style"), ("paid",))
    assert frozenset({"JP"}) == COUNTRIES - grant.territories.countries()
    if SHARED.exists():
        schema("4.3.2").assertValid(etree.fromstring(data))
