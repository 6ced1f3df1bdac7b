"""What a deal grants: only what it says, and nothing where it sets a condition that a grant cannot carry.

DDEX has no use type that means "make a remix". A deal to stream or sell a recording is about the original: it is told,
and grants nothing here. Remix operations are said by ``UserDefined`` use types in the namespace ``contrafact`` whose
value is the name of one operation, training by DDEX's own two training use types; none implies another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, cast, get_args

from contrafact.catalogue.ddex.deals import Channel, Deal, DealTerms, EventDateTime, Period, PriceInformation, UseType
from contrafact.catalogue.ddex.findings import Finding, Place, warning
from contrafact.catalogue.ddex.naming import TerritoryCode
from contrafact.catalogue.ddex.plain import walk
from contrafact.catalogue.ddex.recordings import EventDate
from contrafact.catalogue.ddex.rules import checked
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.territories import COUNTRIES, WORLDWIDE, Territories

NAMESPACE = "contrafact"
OPERATIONS = cast("tuple[Operation, ...]", get_args(Operation))
TRAINING = ("UseForTrainingGenerativeAI", "UseForTrainingNonGenerativeAI")
UGC = "UseForUgcCreation"
Audience = Literal["free", "paid"]
AUDIENCES: Mapping[str, Audience] = {
    "SubscriptionModel": "paid",
    "AdvertisementSupportedModel": "free",
    "FreeOfChargeModel": "free",
}
"""Commercial models for whose listeners something can be granted; the others are no kind of listener."""
_BEGUN_EVERYWHERE = timedelta(hours=12)
"""How long after 00:00 UTC a day has begun in the westernmost zone (UTC-12)."""
_FIRST_OVER = timedelta(hours=14)
"""How long before 00:00 UTC a day is over in the easternmost zone (UTC+14)."""


@dataclass(frozen=True, slots=True)
class GrantOptions:
    """What the operator decides about the reading of deals."""

    our_dpids: frozenset[str] = frozenset()
    """By which deals that name services know us; without one, a deal that names services is for others."""
    ugc_means: tuple[Operation, ...] = ()
    """What ``UseForUgcCreation`` is taken to allow; nothing unless the operator says so."""


class AskedPrice(NamedTuple):
    """The wholesale price of one unit: one take, for a deal about remixes."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ProposedGrant:
    """What one deal says for one period; ``about`` the original is for knowledge only and grants nothing.

    ``operations`` is empty for the original, ``uses`` are the use types as written. It holds in
    ``[valid_from, valid_to)`` for the listeners of ``audiences``.
    """

    about: Literal["remix", "original"]
    operations: tuple[Operation, ...]
    uses: tuple[str, ...]
    territories: Territories
    valid_from: datetime
    valid_to: datetime | None
    audiences: tuple[Audience, ...]
    price: AskedPrice | None
    place: Place
    side: Literal["master"] = "master"


@dataclass(slots=True)
class _Reader:
    """Reads one deal; ``told`` says what was left out, and why."""

    options: GrantOptions
    place: Place
    told: list[Finding] = field(default_factory=list)

    def tell(self, why: str, place: Place | None = None) -> None:
        self.told.append(warning("not_granted", why, place or self.place))


def propose(
    deals: Sequence[Deal], options: GrantOptions | None = None
) -> tuple[tuple[ProposedGrant, ...], tuple[Finding, ...]]:
    """Everything that these deals grant, and a finding for everything that they say and that is not granted."""
    proposed: list[ProposedGrant] = []
    told: list[Finding] = []
    for deal in deals:
        if deal.terms is None:
            continue  # the rules tell of it
        reader = _Reader(options or GrantOptions(), deal.place or Place("", 0))
        proposed += _read(deal, deal.terms, reader)
        told += reader.told
    return tuple(proposed), tuple(told)


def _read(deal: Deal, terms: DealTerms, reader: _Reader) -> Iterator[ProposedGrant]:
    operations, originals = _operations(terms.use_types, reader)
    if not operations and not originals:
        return
    territories = _territories(terms, reader)
    audiences = _audiences(terms, reader) if operations else ()
    why = None if not operations else next(_conditions(deal, terms, reader.options), None)
    price = _price(terms.prices) if operations else None
    if why is not None:
        reader.tell(f"{', '.join(operations)}: {why}; a grant cannot carry that condition")
    elif price == "odd":
        reader.tell(f"{', '.join(operations)}: the price is not one wholesale price per unit in one currency")
    for period in terms.periods:
        span = _span(period, reader)
        if span is None or territories is None:
            continue
        place = period.place or reader.place
        if operations and audiences and why is None and price != "odd":
            yield ProposedGrant(
                "remix", operations, _names(terms.use_types), territories, *span, audiences, price, place
            )
        if originals:
            kinds = tuple(sorted({AUDIENCES[m.value] for m in terms.models if m.value in AUDIENCES}))
            yield ProposedGrant("original", (), originals, territories, *span, kinds, None, place)


def _names(use_types: Sequence[UseType]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(use.user_defined or use.value for use in use_types))


def _operations(use_types: Sequence[UseType], reader: _Reader) -> tuple[tuple[Operation, ...], tuple[str, ...]]:
    """Remix operations that are said plainly, and the use types that are about the original."""
    operations: dict[Operation, None] = {}
    originals: dict[str, None] = {}
    for use in use_types:
        if use.value in TRAINING:
            operations["train"] = None
        elif use.value == UGC or (use.value == "UserDefined" and use.user_defined == UGC):
            operations |= dict.fromkeys(reader.options.ugc_means)
            if not reader.options.ugc_means:
                reader.tell(f"{UGC} grants nothing unless the operator says what it is to mean", use.place)
        elif use.value != "UserDefined":
            originals[use.value] = None
        elif use.namespace != NAMESPACE:
            reader.tell(f"the use {use.user_defined!r} of {use.namespace!r} is not known", use.place)
        elif use.user_defined in OPERATIONS:
            operations[use.user_defined] = None
        else:
            reader.tell(f"{use.user_defined!r} is no operation; there are {', '.join(OPERATIONS)}", use.place)
    return tuple(sorted(operations)), tuple(originals)


def _conditions(deal: Deal, terms: DealTerms, options: GrantOptions) -> Iterator[str]:
    """Why a deal says more than a grant can carry."""
    if deal.references or deal.out_of_band:
        yield "a part of the terms was told elsewhere"
    if any(part.unknown for part in (deal, *walk(terms))):
        yield "a part of the deal is not understood"
    if terms.interfaces:
        yield "it holds for certain devices only"
    if terms.carriers:
        yield "it holds for certain carriers only"
    if terms.usages is not None:
        yield "it counts usages"
    if terms.claim_policies:
        yield "it is a claim on strangers' uploads"
    if terms.promotional:
        yield "it is promotional, on terms of its own"
    if terms.pre_order:
        yield "it is for orders ahead of the release"
    if terms.channels and not _ours(terms.channels, options.our_dpids):
        yield "it is for other services"
    if terms.excluded_channels and (not options.our_dpids or _ours(terms.excluded_channels, options.our_dpids)):
        yield "it excludes services, and this one may be among them"


def _ours(channels: Sequence[Channel], dpids: frozenset[str]) -> bool:
    named = {checked("dpid", one.dpid).normal for channel in channels for one in channel.ids if one.dpid}
    return bool(named & dpids)


def _audiences(terms: DealTerms, reader: _Reader) -> tuple[Audience, ...]:
    found: set[Audience] = set()
    for model in terms.models:
        audience = AUDIENCES.get(model.value)
        if audience is None:
            reader.tell(f"{model.value} is no kind of listener, so nothing is granted for it", model.place)
        else:
            found.add(audience)
    if not terms.models:
        reader.tell("the deal names no commercial model, so nobody knows for whose listeners it is")
    return tuple(sorted(found))


def _price(prices: Sequence[PriceInformation]) -> AskedPrice | Literal["odd"] | None:
    """The one wholesale price per unit, None without any price, ``odd`` for whatever cannot be a floor."""
    if not prices:
        return None
    if len(prices) > 1:
        return "odd"
    (asked,) = prices
    plain = asked.code is None and asked.bulk is None and asked.kind is None
    if asked.wholesale is None or not plain or asked.wholesale.value < 0:
        return "odd"
    return AskedPrice(asked.wholesale.value, asked.wholesale.currency)


def _territories(terms: DealTerms, reader: _Reader) -> Territories | None:
    if bool(terms.territories) == bool(terms.excluded):
        return None  # the rules tell of it
    if terms.excluded:
        excluded: set[str] = set()
        for code in terms.excluded:
            whole = code.value.partition("-")[0]
            if _iso(code) and whole in COUNTRIES:
                excluded.add(whole)  # a part of a country: the whole of it, to be on the safe side
            elif code.value != "XK":  # no country of ISO 3166, so never included
                reader.tell(f"the excluded territory {code.value!r} is not understood", code.place)
                return None
        found = Territories(exclude=tuple(sorted(excluded)))
    else:
        included: set[str] = set()
        for code in terms.territories:
            if _iso(code) and (code.value in COUNTRIES or code.value == WORLDWIDE):
                included.add(code.value)
            else:
                reader.tell(f"the territory {code.value!r} is not understood", code.place)
        found = Territories(include=(WORLDWIDE,) if WORLDWIDE in included else tuple(sorted(included)))
    return found if found.countries() else None


def _iso(code: TerritoryCode) -> bool:
    return code.kind in (None, "ISO")


def _span(period: Period, reader: _Reader) -> tuple[datetime, datetime | None] | None:
    """From when, and until (without) when; None when it cannot be told or is over before it begins everywhere."""
    marks = [mark for mark in (period.start_date, period.end_date, period.start, period.end) if mark is not None]
    if period.unknown or any(mark.unknown or mark.approximate or mark.territory for mark in marks):
        reader.tell("the period is approximate or holds only in some territories", period.place)
        return None
    if any(isinstance(mark, EventDate) and len(mark.value) != 10 for mark in marks):
        reader.tell("the period names a month or a year, not a day", period.place)
        return None
    begin = _begin(period)
    if begin is None or (period.end is not None and period.end_date is not None):
        return None  # the rules tell of it
    end = _end(period)
    if end is not None and end <= begin:
        reader.tell(
            "the period is over somewhere before it has begun everywhere; name moments with a zone", period.place
        )
        return None
    return begin, end


def _begin(period: Period) -> datetime | None:
    if period.start is not None:
        return _moment(period.start, _BEGUN_EVERYWHERE)
    return None if period.start_date is None else _midnight(period.start_date) + _BEGUN_EVERYWHERE


def _end(period: Period) -> datetime | None:
    if period.end is not None:
        return _moment(period.end, -_FIRST_OVER)
    if period.end_date is None:
        return None
    return _midnight(period.end_date) + timedelta(days=1) - _FIRST_OVER  # the last day is inside


def _moment(mark: EventDateTime, local: timedelta) -> datetime:
    """The moment in UTC; without a zone it is local time everywhere, and ``local`` is the safe side of that."""
    if mark.value.tzinfo is not None:
        return mark.value.astimezone(UTC)
    return mark.value.replace(tzinfo=UTC) + local


def _midnight(mark: EventDate) -> datetime:
    day = date.fromisoformat(mark.value)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
