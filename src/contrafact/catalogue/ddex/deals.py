"""Deals: on which terms a release may be used."""

from datetime import datetime
from decimal import Decimal

from contrafact.catalogue.ddex.naming import Coded, LocalText, PartyId, PartyName, TerritoryCode
from contrafact.catalogue.ddex.recordings import EventDate
from contrafact.catalogue.ddex.scalars import DATE_TIME, DECIMAL, FLAG, INTEGER, TOKEN
from contrafact.catalogue.ddex.shape import Element, attribute, child, children, element, leaf, leaves, text


@element
class EventDateTime(Element):
    value: datetime = text(DATE_TIME)
    approximate: bool | None = attribute("IsApproximate", FLAG, default=None)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)


@element
class Period(Element):
    """When a deal holds.

    Days are inclusive: from the midnight that begins ``start_date`` to the one that ends ``end_date``, local time in
    each territory. Moments are exact: from ``start`` up to and without ``end`` (the next period begins with it).
    """

    start_date: EventDate | None = child("StartDate", lambda: EventDate, default=None)
    end_date: EventDate | None = child("EndDate", lambda: EventDate, default=None)
    start: EventDateTime | None = child("StartDateTime", lambda: EventDateTime, default=None)
    end: EventDateTime | None = child("EndDateTime", lambda: EventDateTime, default=None)


@element
class UseType(Element):
    value: str = text(TOKEN)
    namespace: str | None = attribute("Namespace", default=None)
    user_defined: str | None = attribute("UserDefinedValue", default=None)
    discoverable: bool | None = attribute("IsDiscoverable", FLAG, default=None)


@element
class Channel(Element):
    """A service through which the release may (or may not) be sold."""

    names: tuple[PartyName, ...] = children("PartyName", lambda: PartyName, default=())
    ids: tuple[PartyId, ...] = children("PartyId", lambda: PartyId, default=())
    trading_name: LocalText | None = child("TradingName", lambda: LocalText, default=None)
    urls: tuple[str, ...] = leaves("URL", default=())


@element
class Condition(Element):
    """When a claim policy applies: more than so many seconds, less than so many percent."""

    value: Decimal = leaf("Value", DECIMAL)
    unit: str = leaf("Unit", TOKEN)
    reference: str | None = leaf("ReferenceCreation", TOKEN, default=None)
    relation: str = leaf("RelationalRelator", TOKEN)
    measurement: str | None = leaf("MeasurementType", TOKEN, default=None)


@element
class ClaimPolicy(Element):
    """What is to happen to a stranger's upload of the recording: ``BlockAccess``, ``Monetize``, ``ReportUsage``."""

    conditions: tuple[Condition, ...] = children("Condition", lambda: Condition, default=())
    kind: str = leaf("RightsClaimPolicyType", TOKEN)
    reason: Coded | None = child("RightsClaimPolicyReason", lambda: Coded, default=None, only="4.3.2")


@element
class Price(Element):
    value: Decimal = text(DECIMAL)
    currency: str = attribute("CurrencyCode", TOKEN)


@element
class PriceCode(Element):
    value: str = text(TOKEN)
    namespace: str = attribute("Namespace")


@element
class PriceInformation(Element):
    code: PriceCode | None = child("PriceCode", lambda: PriceCode, default=None)
    wholesale: Price | None = child("WholesalePricePerUnit", lambda: Price, default=None)
    bulk: Price | None = child("BulkOrderWholesalePricePerUnit", lambda: Price, default=None)
    retail: Price | None = child("SuggestedRetailPrice", lambda: Price, default=None)
    kind: str | None = attribute("PriceType", TOKEN, default=None)
    namespace: str | None = attribute("Namespace", default=None)
    user_defined: str | None = attribute("UserDefinedValue", default=None)


@element
class DealTerms(Element):
    """The terms themselves."""

    territories: tuple[TerritoryCode, ...] = children("TerritoryCode", lambda: TerritoryCode, default=())
    excluded: tuple[TerritoryCode, ...] = children("ExcludedTerritoryCode", lambda: TerritoryCode, default=())
    periods: tuple[Period, ...] = children("ValidityPeriod", lambda: Period)
    models: tuple[Coded, ...] = children("CommercialModelType", lambda: Coded, default=())
    use_types: tuple[UseType, ...] = children("UseType", lambda: UseType, default=())
    interfaces: tuple[Coded, ...] = children("UserInterfaceType", lambda: Coded, default=())
    carriers: tuple[Coded, ...] = children("CarrierType", lambda: Coded, default=())
    usages: int | None = leaf("NumberOfUsages", INTEGER, default=None)
    channels: tuple[Channel, ...] = children("DistributionChannel", lambda: Channel, default=())
    excluded_channels: tuple[Channel, ...] = children("ExcludedDistributionChannel", lambda: Channel, default=())
    claim_policies: tuple[ClaimPolicy, ...] = children("RightsClaimPolicy", lambda: ClaimPolicy, default=())
    prices: tuple[PriceInformation, ...] = children("PriceInformation", lambda: PriceInformation, default=())
    promotional: bool | None = leaf("IsPromotional", FLAG, default=None)
    pre_order: bool | None = leaf("IsPreOrderDeal", FLAG, default=None)


@element
class Deal(Element):
    references: tuple[str, ...] = leaves("DealReference", default=())
    out_of_band: bool | None = leaf("IsCommunicatedOutOfBand", FLAG, default=None)
    terms: DealTerms | None = child("DealTerms", lambda: DealTerms, default=None)


@element
class ReleaseDeal(Element):
    """Deals, and the releases that they are for."""

    releases: tuple[str, ...] = leaves("DealReleaseReference", TOKEN)
    deals: tuple[Deal, ...] = children("Deal", lambda: Deal)
