"""Disputes (R8): a side of a recording or a work is claimed; until that ends, nobody is paid the money of that side.

Everything is told by rows that are never changed: a dispute, and its events. It is open until an event resolves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast, get_args

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.kit.ids import new_id
from contrafact.rights import store_disputes as store
from contrafact.rights.models_disputes import DisputeEventRow, DisputeRow

Grounds = Literal["ownership", "shares", "authority", "voice", "samples", "other"]
DisputedSide = Literal["master", "work", "both"]
ReleasesWhile = Literal["play", "freeze"]
Outcome = Literal["upheld", "rejected", "settled"]
MoneySide = Literal["master", "work"]
SubjectKind = Literal["recording", "work"]

LONGEST_TEXT: Final = 20_000
_LONGEST_NAME: Final = 300


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a dispute."""

    kind: Literal["opened", "note", "resolved"]
    outcome: Outcome | None
    text: str
    statement: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute with everything that happened in it."""

    id: str
    subject_kind: SubjectKind
    subject_id: str
    side: DisputedSide
    grounds: Grounds
    claimant: str
    claimant_party_id: str | None
    evidence: str
    releases: ReleasesWhile
    opened_by: str
    opened_at: datetime
    events: tuple[Event, ...]

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it is open."""
        return next((event.outcome for event in self.events if event.kind == "resolved"), None)

    @property
    def is_open(self) -> bool:
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody claims when a dispute is opened."""

    subject_kind: SubjectKind
    subject_id: str
    claimant: str
    evidence: str
    side: DisputedSide = "both"
    grounds: Grounds = "ownership"
    claimant_party_id: str | None = None
    releases: ReleasesWhile = "play"

    def __post_init__(self) -> None:
        """Refuse a claim that says nothing.

        Raises
        ------
        WrongCall
        """
        _named("claimant", self.claimant, _LONGEST_NAME)
        _named("evidence", self.evidence, LONGEST_TEXT)
        for name, value, known in (
            ("subject_kind", self.subject_kind, get_args(SubjectKind)),
            ("side", self.side, get_args(DisputedSide)),
            ("grounds", self.grounds, get_args(Grounds)),
            ("releases", self.releases, get_args(ReleasesWhile)),
        ):
            if value not in known:
                raise WrongCall(f"{name}: {value!r} is none of {', '.join(known)}")


def open_dispute(session: Session, claim: Claim, *, by: str, clock: Clock) -> Dispute:
    """Keep a new dispute; what it freezes is the caller's to do."""
    row = DisputeRow(
        id=new_id("dsp"),
        subject_kind=claim.subject_kind,
        subject_id=claim.subject_id,
        side=claim.side,
        grounds=claim.grounds,
        claimant=claim.claimant.strip(),
        claimant_party_id=claim.claimant_party_id,
        evidence=claim.evidence,
        releases=claim.releases,
        opened_by=by[:80],
        opened_at=clock.now(),
    )
    session.add(row)
    session.flush()
    _happened(session, row.id, "opened", claim.evidence, by, clock)
    return dispute(session, row.id)


def note(session: Session, dispute_id: str, text: str, *, by: str, clock: Clock) -> Dispute:
    """Add something to a dispute that is open.

    Raises
    ------
    NotFound, Conflict, WrongCall
        There is none; it is over; nothing was said.
    """
    _require_open(dispute(session, dispute_id))
    _named("text", text, LONGEST_TEXT)
    _happened(session, dispute_id, "note", text, by, clock)
    return dispute(session, dispute_id)


def resolve(
    session: Session,
    dispute_id: str,
    outcome: Outcome,
    text: str,
    *,
    by: str,
    clock: Clock,
    statement: str | None = None,
) -> Dispute:
    """End a dispute.

    Parameters
    ----------
    statement : str, optional
        By which name the new statement of ownership is found; a settlement needs one.

    Raises
    ------
    NotFound, Conflict, WrongCall
        There is none; it is over already; no such outcome, or a settlement without its statement.
    """
    _require_open(dispute(session, dispute_id))
    if outcome not in get_args(Outcome):
        raise WrongCall(f"outcome: {outcome!r} is none of {', '.join(get_args(Outcome))}")
    _named("text", text, LONGEST_TEXT)
    if outcome == "settled" and not statement:
        raise WrongCall("statement: a settlement says who owns what from now on; name the new statement of ownership")
    if statement is not None:
        _named("statement", statement, 120)
    _happened(session, dispute_id, "resolved", text, by, clock, outcome, statement)
    return dispute(session, dispute_id)


def dispute(session: Session, dispute_id: str) -> Dispute:
    """One dispute.

    Raises
    ------
    NotFound
    """
    row = store.dispute(session, dispute_id)
    if row is None:
        raise NotFound(f"there is no dispute {dispute_id!r}")
    return _as_value(session, row)


def disputes(session: Session, *, only_open: bool = False, limit: int = 500) -> tuple[Dispute, ...]:
    """Disputes, the newest first."""
    rows = reversed(store.open_disputes(session)) if only_open else store.disputes(session, limit)
    return tuple(_as_value(session, row) for row in rows)[:limit]


def disputes_on(session: Session, subject_ids: Iterable[str]) -> tuple[Dispute, ...]:
    """Open disputes about these recordings and works, the oldest first."""
    return tuple(_as_value(session, row) for row in store.open_disputes(session, set(subject_ids)))


def settled_on(session: Session, subject_ids: Iterable[str]) -> tuple[Dispute, ...]:
    """Disputes about these recordings and works that ended, in the order in which they were opened."""
    return tuple(_as_value(session, row) for row in store.ended_disputes(session, set(subject_ids)))


def held_sides(session: Session, recordings: Mapping[str, str]) -> dict[str, frozenset[MoneySide]]:
    """Of which sides the money is held back now.

    Parameters
    ----------
    recordings : mapping
        Recording id to the id of its work.

    Returns
    -------
    dict
        Only recordings with a side that is held.
    """
    held: dict[str, set[MoneySide]] = {}
    for row in store.open_disputes(session, {*recordings, *recordings.values()}):
        sides: tuple[MoneySide, ...] = ("master", "work") if row.side == "both" else (cast(MoneySide, row.side),)
        for recording_id, work_id in recordings.items():
            if row.subject_id in (recording_id, work_id):
                held.setdefault(recording_id, set()).update(sides)
    return {recording_id: frozenset(sides) for recording_id, sides in held.items()}


def _happened(
    session: Session,
    dispute_id: str,
    kind: Literal["opened", "note", "resolved"],
    text: str,
    by: str,
    clock: Clock,
    outcome: Outcome | None = None,
    statement: str | None = None,
) -> None:
    session.add(
        DisputeEventRow(
            id=new_id("dse"),
            dispute_id=dispute_id,
            place=len(store.events(session, dispute_id)) + 1,
            kind=kind,
            outcome=outcome,
            text=text,
            statement=statement,
            by=by[:80],
            at=clock.now(),
        )
    )
    session.flush()


def _require_open(found: Dispute) -> None:
    if not found.is_open:
        raise Conflict(f"the dispute {found.id} is over ({found.outcome}); open a new one")


def _named(name: str, text: str, longest: int) -> None:
    if not text.strip():
        raise WrongCall(f"{name}: say something; it is empty")
    if len(text) > longest:
        raise WrongCall(f"{name}: {len(text)} characters are too many; {longest} at most")


def _as_value(session: Session, row: DisputeRow) -> Dispute:
    return Dispute(
        id=row.id,
        subject_kind=cast(SubjectKind, row.subject_kind),
        subject_id=row.subject_id,
        side=cast(DisputedSide, row.side),
        grounds=cast(Grounds, row.grounds),
        claimant=row.claimant,
        claimant_party_id=row.claimant_party_id,
        evidence=row.evidence,
        releases=cast(ReleasesWhile, row.releases),
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        events=tuple(
            Event(
                kind=cast(Literal["opened", "note", "resolved"], item.kind),
                outcome=cast("Outcome | None", item.outcome),
                text=item.text,
                statement=item.statement,
                by=item.by,
                at=item.at,
            )
            for item in store.events(session, row.id)
        ),
    )
