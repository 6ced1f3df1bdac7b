"""Disputes (R8) and all that they touch: recordings freeze, releases play on or fall silent, money is held back."""

from collections.abc import Sequence
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.standing import recordings_of_work, set_status, status_of
from contrafact.kit.errors import NotFound
from contrafact.kit.money import written
from contrafact.remixes.installation import Installation
from contrafact.remixes.news.notifying import notify
from contrafact.remixes.standing import release_states
from contrafact.remixes.standing.release_states import ENDED, Cause, standing
from contrafact.remixes.tables import store_withdrawals
from contrafact.remixes.takes.giving_out import give_out_in
from contrafact.rights import disputes, holding
from contrafact.rights.clocks import load_clocks
from contrafact.rights.disputes import Claim, Dispute, DisputedSide, Grounds, Outcome
from contrafact.royalties import service as royalties

STILL_HELD = (
    "{held} of the song's money is still held in suspense. State who owns it now; then `contrafact royalties release` "
    "gives it out."
)


class EventView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    outcome: str | None
    text: str
    statement: str | None
    by: str
    at: AwareDatetime


class DisputeView(BaseModel):
    """A dispute, with what it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    subject_kind: str
    subject_id: str
    title: str
    recordings: tuple[str, ...]
    side: str
    grounds: str
    claimant: str
    claimant_party_id: str | None
    evidence: str
    releases: str
    """Whether releases ``play`` on during it, or ``freeze``."""
    open: bool
    outcome: str | None
    opened_by: str
    opened_at: AwareDatetime
    events: tuple[EventView, ...]
    note: str | None = None


class StatementView(BaseModel):
    """A statement of ownership that a settlement may name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    side: str
    title: str
    version: int
    by: str
    reason: str
    shares: str
    """Who holds how much, in one line."""
    at: AwareDatetime
    since_opened: bool
    """Whether it was made after the dispute was opened."""


def open_dispute(
    installation: Installation,
    subject: str,
    *,
    claimant: str,
    evidence: str,
    by: str,
    side: DisputedSide = "both",
    grounds: Grounds = "ownership",
    claimant_party_id: str | None = None,
) -> DisputeView:
    """Open a dispute about a recording or a work: nothing new from it, and its side's money is held back.

    Who may open one (an operator, or a rights holder) is checked by whoever calls.

    Parameters
    ----------
    subject : str
        Id of a recording (``rec_…``) or a work (``wrk_…``); of a work all recordings are frozen.

    Raises
    ------
    NotFound
        When there is no such recording, work or party.
    WrongCall
        When nothing is claimed, or in unknown words.
    """
    with installation.database.transaction() as session:
        claim = Claim(
            subject_kind="work" if subject.startswith("wrk_") else "recording",
            subject_id=subject,
            claimant=claimant,
            evidence=evidence,
            side=side,
            grounds=grounds,
            claimant_party_id=claimant_party_id,
            releases=load_clocks(installation.home.root).releases,
        )
        return open_in(installation, session, claim, by=by)


def open_in(installation: Installation, session: Session, claim: Claim, *, by: str) -> DisputeView:
    """The same in a transaction that is there: for whoever first looks what it would do."""
    clock = installation.clock
    release_states.settle(session, clock)
    recordings = recordings_about(session, claim.subject_id)
    if claim.claimant_party_id is not None:
        _party(session, claim.claimant_party_id)
    opened = disputes.open_dispute(session, claim, by=by, clock=clock)
    for recording_id in recordings:
        status = status_of(session, recording_id)
        held = holding.hold(session, recording_id, status, "frozen", ("dispute", opened.id), clock)
        set_status(session, recording_id, held)
    if opened.releases == "freeze":
        _freeze(installation, session, opened, recordings)
    _tell_holders(installation, session, "dispute.opened", opened, recordings)
    return _view(session, opened)


def note(installation: Installation, dispute_id: str, text: str, *, by: str) -> DisputeView:
    """Add something to a dispute that is open.

    Raises
    ------
    NotFound, Conflict, WrongCall
        There is none; it is over; nothing was said.
    """
    with installation.database.transaction() as session:
        return _view(session, disputes.note(session, dispute_id, text, by=by, clock=installation.clock))


def resolve(
    installation: Installation,
    dispute_id: str,
    outcome: Outcome,
    text: str,
    *,
    by: str,
    statement: str | None = None,
) -> DisputeView:
    """End a dispute: what it froze is again what it was before, unless another dispute or notice holds it too.

    Money that was held goes to who owns the song as stated last. Shares are not changed here: where the claim was
    right, state the new ownership, and name that statement; until somebody did, the money stays held.

    Raises
    ------
    NotFound, Conflict, WrongCall
        There is none; it is over already; no such outcome, or a settlement without its statement.
    """
    with installation.database.transaction() as session:
        return resolve_in(installation, session, dispute_id, outcome, text, by=by, statement=statement)


def resolve_in(
    installation: Installation,
    session: Session,
    dispute_id: str,
    outcome: Outcome,
    text: str,
    *,
    by: str,
    statement: str | None = None,
) -> DisputeView:
    """The same in a transaction that is there: for whoever first looks what it would do."""
    clock = installation.clock
    ended = disputes.resolve(session, dispute_id, outcome, text, by=by, clock=clock, statement=statement)
    recordings = recordings_about(session, ended.subject_id)
    for recording_id, status in holding.lift(session, ("dispute", dispute_id), clock).items():
        set_status(session, recording_id, status)
    said = f"The dispute about “{_title(session, ended)}” ended."
    cause = Cause("dispute", dispute_id)
    for release in _releases(session, recordings):
        release_states.lift(session, release, by=by, reason=said, cause=cause, clock=clock)
    give_out_in(installation, session, recordings, by=by, reason=f"The dispute {dispute_id} was {outcome}.")
    _tell_holders(installation, session, "dispute.resolved", ended, recordings)
    return _view(session, ended)


def all_disputes(installation: Installation, *, only_open: bool = False) -> tuple[DisputeView, ...]:
    """Disputes, the newest first."""
    with installation.database.reading() as session:
        return tuple(_view(session, item) for item in disputes.disputes(session, only_open=only_open))


def one_dispute(installation: Installation, dispute_id: str) -> DisputeView:
    """One dispute.

    Raises
    ------
    NotFound
    """
    with installation.database.reading() as session:
        return _view(session, disputes.dispute(session, dispute_id))


def statements_about(installation: Installation, dispute_id: str) -> tuple[StatementView, ...]:
    """What was stated of who owns what a dispute is about, the newest first: a settlement names one of them.

    Raises
    ------
    NotFound
    """
    with installation.database.reading() as session:
        found = disputes.dispute(session, dispute_id)
        recordings = [catalogue.get(session, each) for each in recordings_about(session, found.subject_id)]
        titles = {each.work_id: each.title for each in recordings} | {each.id: each.title for each in recordings}
        stated = [item for subject in titles for item in catalogue.statements_of(session, subject)]
        return tuple(
            StatementView(
                id=item.id,
                side=item.side,
                title=titles[item.subject_id],
                version=item.version,
                by=item.by,
                reason=item.reason,
                shares=", ".join(f"{share.name} {share.share}" for share in item.shares),
                at=item.at,
                since_opened=item.at >= found.opened_at,
            )
            for item in sorted(stated, key=lambda item: (item.at, item.version, item.id), reverse=True)
        )


def recordings_about(session: Session, subject: str) -> tuple[str, ...]:
    """The recordings that a dispute about a recording or a work freezes.

    Raises
    ------
    NotFound
        There is no such recording, or no work with a recording.
    """
    if not subject.startswith("wrk_"):
        return (catalogue.get(session, subject).id,)
    found = recordings_of_work(session, subject)
    if not found:
        raise NotFound(f"there is no work {subject!r} with a recording in the library")
    return found


def _party(session: Session, party_id: str) -> str:
    if all(party.id != party_id for party in catalogue.parties(session)):
        raise NotFound(f"there is no party {party_id!r}")
    return party_id


def _releases(session: Session, recordings: Sequence[str]) -> list[str]:
    """Every release that is made from these recordings, also by way of other remixes, whose story is not over."""
    remixes = [row.id for row in store_withdrawals.remixes_of(session, recordings)]
    found = store_withdrawals.releases_of(session, remixes).values()
    return [row.id for row in found if standing(session, row.id).own not in ENDED]


def _freeze(installation: Installation, session: Session, opened: Dispute, recordings: Sequence[str]) -> None:
    said = f"Somebody claims “{_title(session, opened)}”; until that is settled it is not to be heard."
    cause = Cause("dispute", opened.id)
    for release in _releases(session, recordings):
        release_states.move(
            session, release, "frozen", by=opened.opened_by, reason=said, cause=cause, clock=installation.clock
        )


def _tell_holders(
    installation: Installation, session: Session, kind: str, found: Dispute, recordings: Sequence[str]
) -> None:
    told: set[str] = set()
    payload: dict[str, Any] = {
        "dispute_id": found.id,
        "subject_id": found.subject_id,
        "title": _title(session, found),
        "side": found.side,
        "grounds": found.grounds,
        "outcome": found.outcome,
    }
    for recording_id in recordings:
        holders = catalogue.holders(session, recording_id)
        told |= {item.party_id for item in (*holders.master, *holders.work)}
    for party_id in sorted(told):
        notify(session, kind, to_party=party_id, payload=payload, clock=installation.clock)


def _title(session: Session, found: Dispute) -> str:
    return catalogue.get(session, recordings_about(session, found.subject_id)[0]).title


def _still_held(session: Session, recordings: Sequence[str]) -> str | None:
    micros = sum(amount for _, _, amount in royalties.held_sides(session, recordings))
    return STILL_HELD.format(held=written(micros)) if micros else None


def _view(session: Session, found: Dispute) -> DisputeView:
    recordings = recordings_about(session, found.subject_id)
    return DisputeView(
        id=found.id,
        subject_kind=found.subject_kind,
        subject_id=found.subject_id,
        title=_title(session, found),
        recordings=recordings,
        side=found.side,
        grounds=found.grounds,
        claimant=found.claimant,
        claimant_party_id=found.claimant_party_id,
        evidence=found.evidence,
        releases=found.releases,
        open=found.is_open,
        outcome=found.outcome,
        opened_by=found.opened_by,
        opened_at=found.opened_at,
        events=tuple(
            EventView(
                kind=item.kind, outcome=item.outcome, text=item.text, statement=item.statement, by=item.by, at=item.at
            )
            for item in found.events
        ),
        note=None if found.is_open else _still_held(session, recordings),
    )
