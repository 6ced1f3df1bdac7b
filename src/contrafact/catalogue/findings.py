"""Where and when the shares of a song do not sum to one: gaps that nobody holds, and overlaps that several claim.

Found exactly, not by trying: the world is divided into the sets of countries that all shares treat alike, time into the
spans between the moments where a share begins or ends; inside of one such piece nothing changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import Literal, NamedTuple

from contrafact.catalogue.ownership import EVERYWHERE, ShareView, StatedSide
from contrafact.catalogue.values import Holders
from contrafact.kit.clock import within
from contrafact.kit.territories import COUNTRIES, Territories

FINDINGS_AT_MOST = 1_000
"""Of one side; more than anybody reads."""


class Claim(NamedTuple):
    """A party's part in one region."""

    party_id: str
    name: str
    role: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Finding:
    """One region of territory and time, and what the shares of one side sum to there."""

    kind: Literal["gap", "overlap", "whole"]
    side: StatedSide
    territories: Territories
    """The shortest way to write all countries in which it is the same."""
    valid_from: datetime | None
    """None is ever since."""
    valid_to: datetime | None
    """None is for ever; the moment itself lies outside."""
    total: Fraction
    claims: tuple[Claim, ...]
    """What is held there and then, by party and role."""

    def holds_at(self, at: datetime) -> bool:
        """Whether the region includes the moment."""
        return within(at, self.valid_from, self.valid_to)

    def sentence(self) -> str:
        """For owners and staff; not for listeners, who are never told who holds what."""
        when = f" from {self.valid_from:%Y-%m-%d}" if self.valid_from else ""
        when += f" until {self.valid_to:%Y-%m-%d}" if self.valid_to else ""
        where = f"{self.side}, {self.territories}{when}"
        if not self.claims:
            return f"{where}: nobody holds it"
        names = ", ".join(f"{claim.name} {claim.share}" for claim in self.claims)
        if self.kind == "whole":
            return f"{where}: {names}"
        if self.kind == "gap":
            return f"{where}: only {self.total} is held ({names})"
        return f"{where}: {self.total} is claimed, which is more than the whole ({names})"


def gaps_and_overlaps(holders: Holders) -> tuple[Finding, ...]:
    """All regions of territory and time in which the shares of the master or of the work do not sum to one.

    Returns
    -------
    tuple of Finding
        Master first, then by beginning and place; no two of one side share a place and a moment. Empty when all is well
        everywhere and always.
    """
    return (*findings_of("master", holders.master), *findings_of("work", holders.work))


def findings_of(side: StatedSide, shares: Sequence[ShareView]) -> tuple[Finding, ...]:
    """The same of one side; at most ``FINDINGS_AT_MOST``, the earliest."""
    return _regions(side, shares, whole=False)


def regions_of(side: StatedSide, shares: Sequence[ShareView]) -> tuple[Finding, ...]:
    """All regions of one side that differ in who holds what, those that sum to one too; together all there is."""
    return _regions(side, shares, whole=True)


def _regions(side: StatedSide, shares: Sequence[ShareView], *, whole: bool) -> tuple[Finding, ...]:
    regions: dict[_Span, set[str]] = {}
    for countries, here in _pieces(shares):
        for span in _merged(_spans(here, whole=whole)):
            regions.setdefault(span, set()).update(countries)
    found = [
        Finding(
            kind="whole" if span.total == 1 else "gap" if span.total < 1 else "overlap",
            side=side,
            territories=Territories.of(countries),
            valid_from=span.start,
            valid_to=span.end,
            total=span.total,
            claims=span.claims,
        )
        for span, countries in regions.items()
        if whole or span.total != 1
    ]
    found.sort(key=lambda item: (_order(item.valid_from), str(item.territories), _order(item.valid_to)))
    return tuple(found[:FINDINGS_AT_MOST])


class _Span(NamedTuple):
    start: datetime | None
    end: datetime | None
    total: Fraction
    claims: tuple[Claim, ...]


def _pieces(shares: Sequence[ShareView]) -> Iterable[tuple[Iterable[str], Sequence[ShareView]]]:
    """The world in sets of countries that are covered by the same shares, with those shares."""
    if all(share.territories == EVERYWHERE for share in shares):
        return [(COUNTRIES, shares)]
    covering: dict[str, list[int]] = {country: [] for country in COUNTRIES}
    for index, share in enumerate(shares):
        for country in share.territories.countries():
            covering[country].append(index)
    pieces: dict[tuple[int, ...], list[str]] = {}
    for country, here in covering.items():
        pieces.setdefault(tuple(here), []).append(country)
    return [(countries, [shares[index] for index in here]) for here, countries in pieces.items()]


def _spans(shares: Sequence[ShareView], *, whole: bool) -> Iterator[_Span]:
    """Time in one place, cut wherever a share begins or ends."""
    events: dict[datetime, list[tuple[int, int]]] = {}
    for index, share in enumerate(shares):
        if share.valid_from is not None:
            events.setdefault(share.valid_from, []).append((1, index))
        if share.valid_to is not None:
            events.setdefault(share.valid_to, []).append((-1, index))
    held = {index for index, share in enumerate(shares) if share.valid_from is None}
    total = sum((shares[index].share for index in held), Fraction(0))
    start: datetime | None = None
    for moment in sorted(events):
        yield _Span(start, moment, total, _claims(shares, held) if whole or total != 1 else ())
        for step, index in events[moment]:
            (held.add if step > 0 else held.discard)(index)
            total += step * shares[index].share
        start = moment
    yield _Span(start, None, total, _claims(shares, held) if whole or total != 1 else ())


def _claims(shares: Sequence[ShareView], held: Iterable[int]) -> tuple[Claim, ...]:
    return tuple(sorted(Claim(s.party_id, s.name, s.role, s.share) for s in (shares[index] for index in held)))


def _merged(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Spans that follow each other and say the same, as one."""
    for (total, claims), group in groupby(spans, key=lambda span: (span.total, span.claims)):
        same = list(group)
        yield _Span(same[0].start, same[-1].end, total, claims)


def _order(moment: datetime | None) -> float:
    return float("-inf") if moment is None else moment.timestamp()
