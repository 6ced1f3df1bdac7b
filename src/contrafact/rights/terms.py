"""What a grant says: operations with their bounds, where and when, for whom, how often, beside whom, at what price.

Conventions
-----------
A grant holds in ``[valid_from, valid_to)``. A limit that is None is no limit. Everything that a grant bans or limits
binds that grant only: of a party's several grants any one will do.
"""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.exact import Name, Value, since
from contrafact.rights.territories import Territories
from contrafact.rights.topics import Topic

Count = Annotated[int, Field(ge=0, le=10**12)]
Micros = Annotated[int, Field(ge=0, le=10**15)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Fate = Literal["keep", "unlist", "take_down"]
"""What becomes of releases that are there when a grant is withdrawn."""


class Bound(Value):
    """The least and greatest extent allowed; None is no bound."""

    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        low = -math.inf if self.least is None else self.least
        high = math.inf if self.most is None else self.most
        return low <= value <= high


class Allowed(Value):
    """One operation of a grant, its bounds by extent name, and whether the owner hears each take first.

    Approval of ``share_in_app`` or ``export`` is asked for each release; of any other operation for each take, which
    its listener hears only after it was approved.
    """

    operation: Operation
    bounds: Mapping[str, Bound] = Field(default_factory=dict)
    needs_approval: bool = False


class Limits(Value):
    """How much and how often (R3, R7 of the dilution kind); counts are of this grant alone.

    ``whole`` bounds what a take uses of the recording altogether, by extent name: ``source_share`` (0 to 1, of the
    recording's length), ``source_seconds``, ``take_seconds``, ``tempo_ratio``, ``semitones``.
    """

    whole: Mapping[str, Bound] = Field(default_factory=dict)
    uses_per_listener_month: Count | None = None
    """Takes made by one listener in one calendar month (UTC)."""
    uses_total: Count | None = None
    releases_per_listener: Count | None = None
    """Takes of this song that one listener may have released at the same time."""
    releases_per_artist_listener: Count | None = None
    """The same over all songs of the artist."""
    releases_total: Count | None = None

    @property
    def counted(self) -> bool:
        """Whether anything limits how often, so that uses have to be counted."""
        return any(count is not None for count in self._counts)

    @property
    def _counts(self) -> tuple[int | None, ...]:
        return (
            self.uses_per_listener_month,
            self.uses_total,
            self.releases_per_listener,
            self.releases_per_artist_listener,
            self.releases_total,
        )

    def __hash__(self) -> int:
        # Of a mapping there is none; and a default without one is copied deeply by Pydantic for each grant.
        return hash((frozenset(self.whole), self._counts))


class NotBeside(Value):
    """Whom a song may not appear with, in a mash-up or as the style that it is changed to.

    Artists and labels by name (compared without regard to case and Unicode form) or party id; genres by slug.
    """

    artists: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = ()
    labels: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = ()
    genres: tuple[Name, ...] = ()


class Price(Value):
    """The least that must be paid for the song, in micro-units of one currency; more may be agreed elsewhere."""

    currency: Currency
    generation_micros: Micros = 0
    play_micros: Micros = 0


class OnWithdrawal(Value):
    """What becomes of releases made under a grant when it is withdrawn (R5); money earned stays owed."""

    fate: Fate = "keep"
    hours: Annotated[int, Field(ge=0, le=24 * 366)] = 0
    """Within how many hours a release is unlisted or taken down."""


NO_LIMITS = Limits()
BESIDE_ANYBODY = NotBeside()
KEEP = OnWithdrawal()


class Terms(Value):
    """What a grant says."""

    operations: tuple[Allowed, ...] = ()
    territories: Territories = Territories()
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    tiers: tuple[Name, ...] | None = None
    """Subscription tiers that may use it; None is all."""
    licence_id: str | None = None
    """SPDX id of the public licence that these terms come from."""
    non_commercial: bool = False
    share_alike: bool = False
    attribution: str | None = None
    """The credit that is due, as it must be written."""
    limits: Limits = since(NO_LIMITS)
    not_beside: NotBeside = since(BESIDE_ANYBODY)
    banned_topics: tuple[Topic, ...] = since(())
    price: Price | None = since(None)
    on_withdrawal: OnWithdrawal = since(KEEP)

    def model_post_init(self, _context: Any) -> None:
        """Once when they are made; a validator is called again for every grant that they are put into."""
        # Terms that are kept are in order already: they are looked through, not made anew.
        given = self.__dict__
        names = [item.__dict__["operation"] for item in given["operations"]]
        if len(set(names)) != len(names):
            raise ValueError("an operation is listed twice; list it once with all its bounds")
        if (ordered := sorted(names)) != names:
            by_name = dict(zip(names, self.operations, strict=True))
            object.__setattr__(self, "operations", tuple(by_name[name] for name in ordered))
        if tiers := given["tiers"]:
            object.__setattr__(self, "tiers", tuple(sorted(set(tiers))))
        if topics := given["banned_topics"]:
            object.__setattr__(self, "banned_topics", tuple(sorted(set(topics))))
        first, end = given["valid_from"], given["valid_to"]
        if first and end and first >= end:
            raise ValueError("the grant ends before it begins; valid_to must lie after valid_from")

    def allowed(self, operation: Operation) -> Allowed | None:
        return next((item for item in self.operations if item.operation == operation), None)
