"""What the official schema cannot say, about one part of a message at a time; :mod:`references` looks across parts.

The rules hold for messages that are read and for those that we write.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from contrafact.catalogue import identifiers
from contrafact.catalogue.ddex.deals import Deal, DealTerms, Period, Price, ReleaseDeal
from contrafact.catalogue.ddex.findings import Finding, Place, error, warning
from contrafact.catalogue.ddex.naming import PartyId, ReleaseId, ResourceId, TerritoryCode, Title, WorkId
from contrafact.catalogue.ddex.plain import walk
from contrafact.catalogue.ddex.recordings import (
    CLine,
    Contributor,
    DisplayArtist,
    EditionContributor,
    PLine,
    RelatedResource,
    SoundRecording,
)
from contrafact.catalogue.ddex.releases import Release, ResourceGroup
from contrafact.catalogue.ddex.shape import Element
from contrafact.catalogue.ddex.values import MessageHeader, MessagingParty
from contrafact.catalogue.errors import BadIdentifier
from contrafact.kit.territories import COUNTRIES, WORLDWIDE

AI = ("All", "None", "Partly")
_OTHER_TERRITORY = re.compile(r"AN|CS|XK|[A-Z]{2}-[A-Z]{2}|\d{1,4}")
"""Territories that DDEX knows and ISO 3166-1 does not (any more): former states, parts of one, TIS numbers."""
_CURRENCY = re.compile(r"[A-Z]{3}")
_YEAR = re.compile(r"\d{4}")


class Checked(NamedTuple):
    """An identifier as written and, when its check digit is right, in its one form."""

    scheme: str
    written: str
    normal: str | None

    @property
    def verified(self) -> bool:
        return self.normal is not None


_CHECKS: dict[str, Callable[[str], str]] = {
    "isrc": identifiers.isrc,
    "iswc": identifiers.iswc,
    "isni": identifiers.isni,
    "ipi": identifiers.ipi,
    "dpid": identifiers.dpid,
    "grid": identifiers.grid,
    "icpn": identifiers.icpn,
}


def checked(scheme: str, written: str) -> Checked:
    """Whether an identifier is what it says; schemes without a check are taken as they are."""
    check = _CHECKS.get(scheme)
    if check is None:
        return Checked(scheme, written, written)
    try:
        return Checked(scheme, written, check(written))
    except BadIdentifier:
        return Checked(scheme, written, None)


def findings_of(part: Element) -> Iterator[Finding]:
    """Everything that the rules say about one part: a header, party, resource, release or deal."""
    for value in walk(part):
        territory = getattr(value, "territory", None)
        if isinstance(territory, str):
            yield from _territory(territory, value.place)
        rule = _RULES.get(type(value))
        if rule is not None:
            yield from rule(value)


def _identifiers(value: PartyId | ResourceId | ReleaseId | WorkId | MessagingParty) -> Iterator[Finding]:
    for scheme, check in _CHECKS.items():
        written = getattr(value, scheme, None)
        if not isinstance(written, str):
            continue
        try:
            check(written)
        except BadIdentifier as reason:
            yield warning("unverified", f"{reason}; it is kept, and nobody is recognised by it", value.place)


def _territory(code: str, place: Place | None) -> Iterator[Finding]:
    if code in COUNTRIES or code == WORLDWIDE:
        return
    if _OTHER_TERRITORY.fullmatch(code):
        yield warning("territory_unused", f"{code!r} is no country of ISO 3166, so nothing is granted there", place)
    else:
        yield error("territory", f"{code!r} is not a territory; write two letters such as DE, or Worldwide", place)


def _header(header: MessageHeader) -> Iterator[Finding]:
    if not header.message_id.strip():
        yield warning("no_message_id", "MessageId is empty; the message is known by its content alone", header.place)
    if header.created.tzinfo is None:
        yield warning("no_zone", "MessageCreatedDateTime names no zone; it is taken as UTC", header.place)
    if header.control not in (None, "LiveMessage", "TestMessage"):
        yield error("control", f"{header.control!r} is neither LiveMessage nor TestMessage", header.place)


def _recording(song: SoundRecording) -> Iterator[Finding]:
    if song.duration_s <= 0:
        yield error("duration", "the duration is zero; say how long the recording is", song.place)
    yield from _ai(song.contains_ai, song.place)
    made: list[Contributor | EditionContributor] = list(song.contributors)
    made += [one for edition in song.editions for one in edition.contributors]
    generative = [one for one in made if one.special is not None and one.special.value == "GenerativeAI"]
    contributed = [one for one in made if one.ai in ("All", "Partly")]
    if song.contains_ai == "None" and (contributed or generative):
        yield error(
            "ai_contradiction",
            "ContainsAI says None, but a contributor is said to be made by AI; one of the two is wrong",
            (contributed or generative)[0].place,
        )
    elif song.contains_ai is None and (contributed or generative):
        yield warning("ai_unsaid", "a contributor is said to be made by AI, but ContainsAI is missing", song.place)
    shares = [item.share for item in song.rights_controllers if item.share is not None]
    for share in shares:
        if not 0 <= share.value <= (1 if share.of_one else 100):
            yield error("share", f"a share of {share.value} is impossible", share.place)
    if not any(edition.ids for edition in song.editions):
        yield error("no_id", "the recording has no identifier", song.place)


def _ai(said: str | None, place: Place | None) -> Iterator[Finding]:
    if said is not None and said not in AI:
        yield error("ai", f"ContainsAI is {said[:40]!r}; it is one of {', '.join(AI)}", place)


def _contributor(one: Contributor | EditionContributor) -> Iterator[Finding]:
    if (one.party is None) == (one.special is None):
        yield error("who", "a contributor is a party or a special contributor, one of the two", one.place)
    if one.ai is not None and one.ai not in AI:
        yield error("ai", f"AiContribution is {one.ai[:40]!r}; it is one of {', '.join(AI)}", one.place)


def _artist(one: DisplayArtist) -> Iterator[Finding]:
    if (one.party is None) == (one.special is None):
        yield error("who", "a display artist is a party or a special artist, one of the two", one.place)
    elif one.party is not None and one.role is None:
        yield error("missing", "DisplayArtistRole must be here", one.place)


def _line(line: PLine | CLine) -> Iterator[Finding]:
    if line.year is not None and not _YEAR.fullmatch(line.year):
        yield warning("year", f"{line.year[:40]!r} is not a year", line.place)


def _title(title: Title) -> Iterator[Finding]:
    if not title.text.strip():
        yield warning("no_title", "the title is empty", title.place)


def _related(relation: RelatedResource) -> Iterator[Finding]:
    if relation.reference is None and relation.id is None:
        yield warning("related_to_what", f"{relation.kind} names no resource", relation.place)


def _release(release: Release) -> Iterator[Finding]:
    yield from _ai(release.contains_ai, release.place)
    if release.duration_s is not None and release.duration_s <= 0:
        yield error("duration", "the duration is zero; leave it out or say how long the release is", release.place)


def _group(group: ResourceGroup) -> Iterator[Finding]:
    numbers = [item.sequence for item in group.items if item.sequence is not None]
    if len(set(numbers)) != len(numbers):
        yield warning("sequence", "two items have the same SequenceNumber; their order is the one written", group.place)
    elif numbers != sorted(numbers):
        yield warning("sequence", "the items are not in the order of their SequenceNumber", group.place)


def _release_deal(deals: ReleaseDeal) -> Iterator[Finding]:
    if len(set(deals.releases)) != len(deals.releases):
        yield warning("repeated", "a release is named twice for the same deals", deals.place)


def _deal(deal: Deal) -> Iterator[Finding]:
    if deal.terms is None:
        yield warning("no_terms", "the deal has no terms here, so nothing is granted by it", deal.place)


def _terms(terms: DealTerms) -> Iterator[Finding]:
    if terms.territories and terms.excluded:
        yield error("territories", "the deal names territories and excluded ones; the schema allows one", terms.place)
    if not terms.territories and not terms.excluded:
        yield warning("no_territories", "the deal says not where it holds, so nothing is granted by it", terms.place)
    if terms.usages is not None and terms.usages < 0:
        yield error("usages", f"{terms.usages} usages are impossible", terms.place)


def _period(period: Period) -> Iterator[Finding]:
    if period.start_date is None and period.start is None:
        yield error("no_start", "the period has no beginning; say from when the deal holds", period.place)
    if period.start_date and period.end_date and _day(period.end_date.value) < _day(period.start_date.value):
        yield error("period", "the period ends before it begins", period.place)
    if period.start and period.end and moment(period.end.value) <= moment(period.start.value):
        yield error("period", "the period ends before it begins", period.place)
    if (period.start_date or period.end_date) and (period.start or period.end):
        yield error("period", "the period mixes days and moments; the schema allows one of them", period.place)


def moment(value: datetime) -> datetime:
    """The moment in UTC; without a zone it is compared as if it were UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _day(value: str) -> str:
    return value if len(value) == 10 else value + "-01-01"[len(value) - 4 :]


def _price(price: Price) -> Iterator[Finding]:
    if price.value < Decimal(0):
        yield error("price", f"a price of {price.value} is impossible", price.place)
    if not _CURRENCY.fullmatch(price.currency):
        yield error("currency", f"{price.currency[:20]!r} is not a currency; write three letters", price.place)


def _code(code: TerritoryCode) -> Iterator[Finding]:
    yield from _territory(code.value, code.place)


_RULES: dict[type[Element], Callable[..., Iterator[Finding]]] = {
    PartyId: _identifiers,
    ResourceId: _identifiers,
    ReleaseId: _identifiers,
    WorkId: _identifiers,
    MessagingParty: _identifiers,
    MessageHeader: _header,
    SoundRecording: _recording,
    Contributor: _contributor,
    EditionContributor: _contributor,
    DisplayArtist: _artist,
    PLine: _line,
    CLine: _line,
    Title: _title,
    RelatedResource: _related,
    Release: _release,
    ResourceGroup: _group,
    ReleaseDeal: _release_deal,
    Deal: _deal,
    DealTerms: _terms,
    Period: _period,
    Price: _price,
    TerritoryCode: _code,
}
