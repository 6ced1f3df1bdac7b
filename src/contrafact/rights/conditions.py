"""What one grant holds against a request: its terms, parsed once for many questions (R3).

Everything here belongs to one grant alone. What does not depend on the operation is asked once for a request.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.findings import Against
from contrafact.rights.ownership import Mandate, Subject
from contrafact.rights.speaking import Word
from contrafact.rights.terms import BESIDE_ANYBODY, NO_LIMITS, Allowed, Bound, Price
from contrafact.rights.territories import WORLDWIDE
from contrafact.rights.topics import Topic
from contrafact.rights.values import Facts, Grant, RightsRequest, Use, UseCount

NOTHING: Final[tuple[Against, ...]] = ()
_NO_EXTENT: Final[Mapping[str, float]] = {}
_NO_NAMES: Final[Mapping[str, str]] = {}
_REQUEST_COUNTS: Final = (
    ("uses_per_listener_month", "listener_month", "limit_listener_month"),
    ("uses_total", "total", "limit_total"),
)
_RELEASE_COUNTS: Final = (
    ("releases_per_listener", "listener_releases", "limit_releases_listener"),
    ("releases_per_artist_listener", "artist_listener_releases", "limit_releases_artist"),
    ("releases_total", "releases", "limit_releases_total"),
)


def folded(name: str) -> str:
    """A name as it is compared: NFKC, without regard to case, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


class Beside:
    """By what names a recording is known to those who do not want to appear with it."""

    __slots__ = ("artists", "genres", "labels", "title")

    def __init__(self, subject: Subject) -> None:
        self.title = subject.title
        self.artists = frozenset({folded(subject.artist), *subject.artist_ids, *subject.performers})
        holders = {holder.party_id for holder in subject.master}
        self.labels = frozenset({folded(subject.label)} | holders if subject.label else holders)
        self.genres = frozenset(subject.genres)


class Spoken:
    """One grant as somebody's word for one holder of one recording, parsed once."""

    __slots__ = (
        "alike",
        "allowed",
        "banned_artists",
        "banned_genres",
        "banned_labels",
        "banned_topics",
        "counts",
        "exclude",
        "generation_micros",
        "grant",
        "id",
        "include",
        "limited",
        "mandates",
        "non_commercial",
        "play_micros",
        "price",
        "public",
        "tiers",
        "valid_from",
        "valid_to",
        "whole",
        "withdrawn",
        "word",
    )

    def __init__(self, grant: Grant, word: Word, mandates: tuple[Mandate, ...], facts: Facts) -> None:
        # Pydantic looks a field up in the class first: of the many that are read here that costs more than the rest.
        said, terms = grant.__dict__, grant.terms.__dict__
        territories, beside, limits = terms["territories"].__dict__, terms["not_beside"], terms["limits"]
        self.grant, self.word, self.mandates, self.id = grant, word, mandates, said["id"]
        self.withdrawn = said["status"] == "withdrawn"
        self.public = said["authority"] == "licence"
        """A public licence: who gave it cannot take it back for a single take."""
        self.allowed: dict[Operation, tuple[tuple[tuple[str, float, float, Bound], ...], bool]] = {
            operation: (_sorted_bounds(bounds) if bounds else (), first)
            for operation, bounds, first in map(_of_allowed, terms["operations"])
        }
        self.include = None if WORLDWIDE in territories["include"] else frozenset(territories["include"])
        self.exclude = frozenset(territories["exclude"])
        self.valid_from, self.valid_to = terms["valid_from"], terms["valid_to"]
        self.tiers = None if terms["tiers"] is None else frozenset(terms["tiers"])
        self.non_commercial = terms["non_commercial"]
        self.alike = (terms["licence_id"] or "") if terms["share_alike"] else None
        """The licence that the remix must carry."""
        self.banned_topics: frozenset[Topic] = frozenset(terms["banned_topics"])
        if beside is BESIDE_ANYBODY:
            self.banned_artists = self.banned_labels = _NO_NAMES
            self.banned_genres: frozenset[str] = frozenset()
        else:
            self.banned_artists = _by_folded(beside.artists)
            self.banned_labels = _by_folded(beside.labels)
            self.banned_genres = frozenset(beside.genres)
        price = terms["price"]
        free = price is None or (price.generation_micros, price.play_micros) == (0, 0)
        self.price: Price | None = None if free else price
        self.generation_micros = price.generation_micros if price else 0
        self.play_micros = price.play_micros if price else 0
        self.limited = limits is not NO_LIMITS and limits != NO_LIMITS
        self.whole = _sorted_bounds(limits.whole) if self.limited else ()
        self.counts = _counted(facts, said["series"]) if self.limited else None

    def against(self, request: RightsRequest, subject: Subject, others: Sequence[Beside]) -> tuple[Against, ...]:
        """Everything that this grant holds against the request, whichever operation it is."""
        found: list[Against] | None = None
        at, territory = request.at, request.territory
        if self.valid_from is not None and at < self.valid_from:
            found = [Against("not_yet_valid", (self.valid_from,))]
        if self.valid_to is not None and at >= self.valid_to:
            (found := found or []).append(Against("expired", (self.valid_to,)))
        if territory in self.exclude or (self.include is not None and territory not in self.include):
            (found := found or []).append(Against("territory", (territory,)))
        if self.tiers is not None and request.tier not in self.tiers:
            (found := found or []).append(Against("tier", (request.tier, self.grant.terms.tiers or ())))
        if self.non_commercial and request.paid:
            (found := found or []).append(Against("licence_non_commercial", (request.tier,)))
        if self.price is not None and (problem := _price_against(self.price, request.pays)) is not None:
            (found := found or []).append(problem)
        if self.banned_topics and request.topics:
            found = (found or []) + [
                Against("topic_banned", (topic,)) for topic in request.topics if topic in self.banned_topics
            ]
        if self.banned_artists or self.banned_labels or self.banned_genres:
            found = (found or []) + self._against_company(request, others)
        if self.limited and not (request.whole is None and request.purpose == "request"):
            found = (found or []) + self._against_limits(request, subject)
        return tuple(found) if found else NOTHING

    def _against_company(self, request: RightsRequest, others: Sequence[Beside]) -> list[Against]:
        found = []
        for other in others:
            artists = sorted({self.banned_artists[name] for name in other.artists if name in self.banned_artists})
            labels = sorted({self.banned_labels[name] for name in other.labels if name in self.banned_labels})
            found += [Against("not_beside_artist", (other.title, name)) for name in artists]
            found += [Against("not_beside_label", (other.title, name)) for name in labels]
            found += [
                Against("not_beside_genre", (other.title, name)) for name in sorted(self.banned_genres & other.genres)
            ]
        if request.style is not None and request.style in self.banned_genres:
            found.append(Against("not_beside_genre", (None, request.style)))
        return found

    def _against_limits(self, request: RightsRequest, subject: Subject) -> list[Against]:
        found = []
        measured = (request.whole or {}).get(subject.recording_id, _NO_EXTENT)
        for name, least, most, bound in self.whole:
            value = measured.get(name)
            if value is None or not least <= value <= most:
                found.append(Against("limit_whole", (name, bound, value)))
        limits = self.grant.terms.limits
        for limit, counted, code in _RELEASE_COUNTS if request.purpose == "release" else _REQUEST_COUNTS:
            most_uses: int | None = getattr(limits, limit)
            if most_uses is None:
                continue
            if self.counts is None:
                found.append(Against("count_unknown", (counted,)))
            elif getattr(self.counts, counted) >= most_uses:
                found.append(Against(code, (most_uses,)))
        return found


def against_bounds(bounds: tuple[tuple[str, float, float, Bound], ...], use: Use) -> list[Against]:
    """The bounds of one operation that what was measured breaks; in principle (no extent) none."""
    if use.extent is None:
        return []
    found = []
    for name, least, most, bound in bounds:
        value = use.extent.get(name)
        if value is None or not least <= value <= most:
            found.append(Against("limit", (name, bound, value)))
    return found


def _of_allowed(item: Allowed) -> tuple[Operation, Mapping[str, Bound], bool]:
    said = item.__dict__
    return said["operation"], said["bounds"], said["needs_approval"]


def _sorted_bounds(bounds: Mapping[str, Bound]) -> tuple[tuple[str, float, float, Bound], ...]:
    if not bounds:
        return ()
    return tuple(
        (
            name,
            -math.inf if bound.least is None else bound.least,
            math.inf if bound.most is None else bound.most,
            bound,
        )
        for name, bound in sorted(bounds.items())
    )


def _by_folded(names: Sequence[str]) -> Mapping[str, str]:
    """Names and party ids as they are written, by what they are compared with."""
    return {key: name for name in names for key in (name, folded(name))} if names else _NO_NAMES


def _price_against(price: Price, pays: Price | None) -> Against | None:
    if pays is None:
        return Against("price_not_met", (price,))
    if pays.currency != price.currency:
        return Against("price_currency", (price, pays.currency))
    if pays.generation_micros < price.generation_micros or pays.play_micros < price.play_micros:
        return Against("price_not_met", (price,))
    return None


def _counted(facts: Facts, series: str) -> UseCount | None:
    """What was counted of a series; of several counts, which nobody should give, the greatest of each."""
    counts = [count for count in facts.counts if count.series == series]
    if len(counts) < 2:
        return counts[0] if counts else None
    names = ("listener_month", "total", "listener_releases", "artist_listener_releases", "releases")
    return UseCount(series=series, **{name: max(getattr(count, name) for count in counts) for name in names})
