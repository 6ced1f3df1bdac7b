"""Money that was held, given to the owners once they are known (R8, R21): who held a side where and when it was used.

Nothing is guessed: while a side is in dispute, or was claimed with success and nobody stated the new owners since,
while more than the whole of it is claimed, or while nobody is known, its money stays where it is, and it is told why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ownership import StatementView
from contrafact.kit.errors import NotFound
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import payees_of
from contrafact.rights.disputes import Dispute, held_sides, settled_on
from contrafact.royalties import service as royalties
from contrafact.royalties.service import Held, Payee, Side

BY_WHAT = "The owners are known now."


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GivenTo(_View):
    party_id: str
    name: str
    amount_micros: int


class SideGivenOut(_View):
    """One side of one song: what was held of it, who gets what, and what stays."""

    recording_id: str
    title: str
    side: str
    uses: int
    """Of which something was held."""
    held_micros: int
    to: tuple[GivenTo, ...]
    left_micros: int
    why: str | None
    """Why something stays held; None where nothing does."""


class GivenOut(_View):
    """What was given out, or would be."""

    done: bool
    currency: str
    sides: tuple[SideGivenOut, ...]
    given_micros: int
    left_micros: int


@dataclass(slots=True)
class _Tally:
    uses: int = 0
    held: int = 0
    to: dict[str, GivenTo] = field(default_factory=dict)

    def add(self, item: Held, given: Iterable[GivenTo]) -> None:
        self.uses += 1
        self.held += item.amount_micros
        for one in given:
            before = self.to[one.party_id].amount_micros if one.party_id in self.to else 0
            self.to[one.party_id] = one.model_copy(update={"amount_micros": before + one.amount_micros})


def give_out(
    installation: Installation, *, song: str | None = None, by: str, reason: str = BY_WHAT, dry_run: bool = False
) -> GivenOut:
    """Give out what is held, of one song or of all; again, it gives out nothing more.

    Parameters
    ----------
    song : str, optional
        A recording's id or ISRC.
    dry_run : bool
        Only say what would be given out.

    Raises
    ------
    NotFound
        When there is no such song.
    """
    kept = installation.database.reading if dry_run else installation.database.transaction
    with kept() as session:
        recordings = None if song is None else (catalogue.find(session, song).id,)
        sides = give_out_in(installation, session, recordings, by=by, reason=reason, book=not dry_run)
    return GivenOut(
        done=not dry_run,
        currency=installation.currency,
        sides=sides,
        given_micros=sum(one.amount_micros for side in sides for one in side.to),
        left_micros=sum(side.left_micros for side in sides),
    )


def give_out_in(
    installation: Installation,
    session: Session,
    recordings: Sequence[str] | None = None,
    *,
    by: str,
    reason: str = BY_WHAT,
    book: bool = True,
) -> tuple[SideGivenOut, ...]:
    """The same in a transaction that is there; of these recordings, or of all."""
    found = royalties.held_sides(session, recordings)
    return tuple(
        _side(installation, session, recording_id, side, by, reason, book=book) for recording_id, side, _ in found
    )


def _side(
    installation: Installation, session: Session, recording_id: str, side: Side, by: str, reason: str, *, book: bool
) -> SideGivenOut:
    try:
        song = catalogue.get(session, recording_id)
    except NotFound:
        song = None
    tally, why = _Tally(), "the song is not in the library any more"
    if song is not None:
        holders = catalogue.holders(session, recording_id)
        subject_id = recording_id if side == "master" else song.work_id
        stated = catalogue.statements_of(session, subject_id)
        won = _won(session, (recording_id, song.work_id), side, stated)
        disputed = side in held_sides(session, {recording_id: song.work_id}).get(recording_id, ())
        barred = "it is in dispute" if disputed or song.status == "frozen" else None
        why = "nobody is known to hold it there and then"
        for item in royalties.held(session, recording_id, side):
            told = barred or (None if won is None or item.occurred_at < won.opened_at else _unstated(won))
            if told is not None:
                why = told
                tally.add(item, ())
                continue
            there = holders.at(item.territory or installation.territory, item.occurred_at)
            owners = payees_of(side, there.master if side == "master" else there.work)
            tally.add(item, _give(session, installation, item, owners, by, reason, book=book))
    left = tally.held - sum(one.amount_micros for one in tally.to.values())
    return SideGivenOut(
        recording_id=recording_id,
        title=song.title if song is not None else recording_id,
        side=side,
        uses=tally.uses,
        held_micros=tally.held,
        to=tuple(tally.to[party] for party in sorted(tally.to)),
        left_micros=left,
        why=why if left else None,
    )


def _give(
    session: Session,
    installation: Installation,
    item: Held,
    owners: Sequence[Payee],
    by: str,
    reason: str,
    *,
    book: bool,
) -> list[GivenTo]:
    if book:
        booked = royalties.give_out(session, item, owners, by=by, reason=reason, clock=installation.clock)
        postings = booked.postings if booked is not None else ()
    else:
        postings = royalties.postings_from(item, royalties.due(item, owners), owners)
    return [
        GivenTo(party_id=one.party_id, name=one.name, amount_micros=one.amount_micros)
        for one in postings
        if one.side == "credit" and one.party_id is not None
    ]


def _won(session: Session, subjects: Sequence[str], side: Side, stated: Sequence[StatementView]) -> Dispute | None:
    """The last dispute in which somebody's claim to a side was right, where the owners stated last are not its answer.

    They are when they were stated since it was opened, or when whoever ended it named that very statement.
    """
    newest = stated[-1] if stated else None
    for item in reversed(settled_on(session, subjects)):
        if item.outcome in ("upheld", "settled") and item.side in ("both", side):
            answered = newest is not None and (newest.at > item.opened_at or newest.id == item.events[-1].statement)
            return None if answered else item
    return None


def _unstated(won: Dispute) -> str:
    return f"the claim of the dispute {won.id} was {won.outcome}, and nobody stated the owners since"
