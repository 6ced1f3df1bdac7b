"""The values of ownership: what is stated of shares, mandates and people, and what the library tells of it.

Shares are exact fractions, held in territories and in a time ``[valid_from, valid_to)``. A statement is the whole set
of shares of one side; it is never edited, only followed by a newer one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from contrafact.catalogue.errors import BadOwnership
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.clock import within
from contrafact.kit.territories import Territories

StatedSide = Literal["master", "work"]
MandateSide = Literal["master", "work", "voice"]
MandateRole = Literal["administrator", "agent", "distributor"]
MandateStatus = Literal["active", "ended"]
PersonStatus = Literal["living", "deceased"]
RecordingStatus = Literal["active", "frozen", "withdrawn"]
ChangeSubject = Literal["recording", "work", "party"]

SHARES_AT_MOST = 500
"""Of one statement; the greatest real ones have about a hundred."""
DENOMINATOR_AT_MOST = 10**12
EVERYWHERE = Territories()


@dataclass(frozen=True, slots=True)
class StatedShare:
    """A share as somebody states it."""

    party_id: str
    role: str
    share: Fraction
    territories: Territories = EVERYWHERE
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share as the library tells it, with its party's name."""

    party_id: str
    name: str
    role: str
    share: Fraction
    territories: Territories = EVERYWHERE
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def holds(self, territory: str, at: datetime) -> bool:
        """Whether the share is held there and then; ``territory`` is an upper-case ISO 3166-1 alpha-2 code."""
        return self.territories.covers(territory) and within(at, self.valid_from, self.valid_to)

    def as_stated(self) -> StatedShare:
        return StatedShare(self.party_id, self.role, self.share, self.territories, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement: who said when, why and on what evidence that these are the shares."""

    id: str
    side: StatedSide
    subject_id: str
    version: int
    shares: tuple[ShareView, ...]
    by: str
    reason: str
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MandateTerms:
    """Who may grant in whose name, for what, where and when."""

    principal_id: str
    agent_id: str
    role: MandateRole
    side: MandateSide
    subject_id: str | None = None
    """The recording or work; None is everything of the principal on that side."""
    operations: tuple[Operation, ...] | None = None
    """What the agent may grant; None is everything."""
    territories: Territories = EVERYWHERE
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        return within(at, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class MandateView:
    """One version of a mandate."""

    id: str
    series: str
    version: int
    status: MandateStatus
    terms: MandateTerms
    by: str
    reason: str
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a performer (R7). The birthday is personal data: it is for staff and for decisions only."""

    status: PersonStatus = "living"
    born_on: date | None = field(default=None, repr=False)
    guardians: tuple[str, ...] = ()
    """Parties who speak for a minor."""
    estate: tuple[str, ...] = ()
    """Parties who speak for one who has died."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """One version of what is known of a performer."""

    party_id: str
    version: int
    facts: PersonFacts
    by: str
    reason: str
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SongView:
    """A recording as its owners speak of it, whether its sound is there or only announced."""

    id: str
    work_id: str
    isrc: str | None
    iswc: str | None
    reference: str | None
    title: str
    artist: str
    album: str | None
    label: str | None
    genres: tuple[str, ...]
    announced: bool
    status: RecordingStatus = "active"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Something besides shares that was changed of a recording, a work or a party."""

    subject: ChangeSubject
    subject_id: str
    field: str
    before: str | None
    after: str | None
    by: str
    reason: str
    at: datetime


def check_stated(shares: Iterable[StatedShare]) -> tuple[StatedShare, ...]:
    """The shares, if each is possible; together they may sum to anything: gaps and overlaps are shown, and block.

    Raises
    ------
    BadOwnership
        Naming the share by its place, counted from 1.
    """
    found = tuple(shares)
    if len(found) > SHARES_AT_MOST:
        raise BadOwnership(f"{len(found)} shares are too many for one side of a song; {SHARES_AT_MOST} are the most")
    for place, item in enumerate(found, start=1):
        if not 0 < item.share <= 1:
            raise BadOwnership(f"share {place} of {item.share} is impossible; a share lies above 0 and up to 1")
        if item.share.denominator > DENOMINATOR_AT_MOST:
            raise BadOwnership(f"share {place} has too fine a denominator; {DENOMINATOR_AT_MOST} is the greatest")
        check_place_and_time(f"share {place}", item.territories, item.valid_from, item.valid_to)
    return found


def check_place_and_time(
    what: str, territories: Territories, valid_from: datetime | None, valid_to: datetime | None
) -> None:
    """Refuse what holds nowhere or never.

    Raises
    ------
    BadOwnership
        With ``what`` as its subject.
    """
    if not territories.countries():
        raise BadOwnership(f"{what} is held nowhere: its territories exclude all that they include")
    for moment in (valid_from, valid_to):
        if moment is not None and moment.tzinfo is None:
            raise BadOwnership(f"{what} has a moment without a timezone; write 2026-12-01T00:00:00Z")
    if valid_from is not None and valid_to is not None and valid_from >= valid_to:
        raise BadOwnership(f"{what} ends before it begins; its end must lie after its beginning")
