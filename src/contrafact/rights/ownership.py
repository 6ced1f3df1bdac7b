"""Who owns a recording and its work, who speaks for whom, and whose voice it is.

Shares are exact fractions, each with the territories and the time ``[valid_from, valid_to)`` in which it is held; those
that are held in one place at one moment sum to one, else nothing may be done there (gaps and overlaps block).
"""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from pydantic import AwareDatetime

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.clock import within
from contrafact.rights.exact import Name, Share, Value, since
from contrafact.rights.territories import Territories

Side = Literal["master", "work", "voice"]
EVERYWHERE = Territories()


class Holder(Value):
    """A party's share of a master or a work, where and while it holds it."""

    party_id: str
    share: Share
    territories: Territories = since(EVERYWHERE)
    valid_from: AwareDatetime | None = since(None)
    valid_to: AwareDatetime | None = since(None)

    def holds(self, territory: str, at: datetime) -> bool:
        """Whether the share is held there and then."""
        return self.territories.covers(territory) and within(at, self.valid_from, self.valid_to)


class Mandate(Value):
    """A party's word that another may grant in its name (R3: the authority behind a grant)."""

    principal_id: str
    agent_id: str
    role: Literal["administrator", "agent", "distributor"]
    side: Side
    subject_id: str | None = None
    """The recording or work; None is everything of the principal on that side."""
    operations: tuple[Operation, ...] | None = None
    """What the agent may grant; None is everything."""
    territories: Territories = EVERYWHERE
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None

    def holds(self, territory: str, at: datetime) -> bool:
        """Whether the mandate is in force there and then."""
        return self.territories.covers(territory) and within(at, self.valid_from, self.valid_to)


class Person(Value):
    """What is known of a performer whose voice it is (R7); who is not listed is a living adult.

    For a minor only a guardian's grant counts, and it ends on the 18th birthday; for one who has died, only a grant of
    the estate.
    """

    party_id: str
    status: Literal["living", "deceased"] = "living"
    born_on: date | None = None
    guardians: tuple[str, ...] = ()
    estate: tuple[str, ...] = ()
    """Parties who speak for one who has died."""

    def of_age_on(self) -> date | None:
        """The 18th birthday; None where the birthday is not known."""
        if self.born_on is None:
            return None
        try:
            return self.born_on.replace(year=self.born_on.year + 18)
        except ValueError:  # born on 29 February, and no such day 18 years later
            return date(self.born_on.year + 18, 3, 1)


class Subject(Value):
    """A recording that the request touches, with everybody whose consent counts."""

    recording_id: str
    work_id: str
    title: str
    artist: str
    master: tuple[Holder, ...]
    work: tuple[Holder, ...]
    performers: tuple[str, ...] = ()
    """Parties whose voice it is."""
    status: Literal["active", "frozen", "withdrawn"] = "active"
    label: str | None = since(None)
    genres: tuple[Name, ...] = since(())
    artist_ids: tuple[str, ...] = since(())
    """Parties that are named as its artists."""

    def model_post_init(self, _context: Any) -> None:
        """Once when it is made; a validator is called again for all facts that it is put into."""
        self._order()

    def _order(self) -> None:
        for side in ("master", "work"):
            if len(holders := getattr(self, side)) > 1:
                # The share and the rest say something only of those whom one party holds.
                apart = len({holder.party_id for holder in holders}) == len(holders)
                order = _party_of if apart else _holder_order
                object.__setattr__(self, side, tuple(sorted(holders, key=order)))
        for name in ("performers", "genres", "artist_ids"):
            if len(names := getattr(self, name)) > 1:
                object.__setattr__(self, name, tuple(sorted(set(names))))


def _party_of(holder: Holder) -> str:
    return holder.party_id


def _holder_order(holder: Holder) -> tuple[str, Fraction, str]:
    return holder.party_id, holder.share, holder.model_dump_json()


def held(holders: Iterable[Holder], territory: str, at: datetime) -> tuple[Holder, ...]:
    """The shares that are held in one place at one moment."""
    return tuple(holder for holder in holders if holder.holds(territory, at))
