"""Stating who owns what, who speaks for whom and what is known of people; each by a new version, never by an edit."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from contrafact.catalogue import store_ownership as store
from contrafact.catalogue.errors import BadOwnership, NoSuchMandate, NoSuchParty, NoSuchSong
from contrafact.catalogue.models_ownership import MandateRow, PersonRow, StatedShareRow, StatementRow
from contrafact.catalogue.ownership import (
    MandateTerms,
    MandateView,
    PersonFacts,
    PersonView,
    StatedShare,
    StatedSide,
    StatementView,
    check_place_and_time,
    check_stated,
)
from contrafact.catalogue.values import Holders
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id

REASON_AT_MOST, EVIDENCE_AT_MOST = 300, 4_000


def holders(session: Session, recording_id: str) -> Holders:
    """Who owns a recording and its work, ever and anywhere, and who made it; ``.at(territory, moment)`` narrows it.

    Raises
    ------
    NoSuchSong
        When there is no such recording.
    """
    found = holders_of_many(session, [recording_id])
    if recording_id not in found:
        raise NoSuchSong(f"there is no recording {recording_id!r} in the library")
    return found[recording_id]


def holders_of_many(session: Session, recording_ids: Iterable[str]) -> dict[str, Holders]:
    """The same for many recordings, announced or there, in one query per table; unknown ids are left out."""
    works = store.work_ids(session, recording_ids)
    shares = store.shares_now(session, [*works, *works.values()])
    contributions = store.contributions_of(session, works)
    return {
        recording_id: Holders(
            recording_id=recording_id,
            work_id=work_id,
            master=shares.get(recording_id, ()),
            work=shares.get(work_id, ()),
            contributions=contributions.get(recording_id, ()),
        )
        for recording_id, work_id in works.items()
    }


def holdings_of(session: Session, party_id: str) -> tuple[str, ...]:
    """Ids of the recordings and works of which a party holds a share, as stated last."""
    return tuple(store.holdings(session, party_id))


def state_shares(
    session: Session,
    subject_id: str,
    shares: Sequence[StatedShare],
    *,
    by: str,
    reason: str,
    clock: Clock,
    evidence: str = "",
) -> StatementView:
    """State who holds a recording (``rec_…``) or a work (``wrk_…``): all shares at once, replacing what was stated.

    The shares need not sum to one everywhere: :func:`~contrafact.catalogue.findings.gaps_and_overlaps` shows where they
    do not, and there nothing is permitted. Stated again as they are, nothing is written.

    Raises
    ------
    BadOwnership
        A share that cannot be, or a reason or evidence that is too long or missing.
    NoSuchSong, NoSuchParty
        When the recording, the work or a party is not there.
    """
    _check_words(reason, evidence)
    stated = check_stated(shares)
    side: StatedSide = "work" if subject_id.startswith("wrk_") else "master"
    if not store.subject_exists(session, subject_id, work=side == "work"):
        raise NoSuchSong(f"there is no recording or work {subject_id!r}")
    _check_parties(session, (item.party_id for item in stated))
    version = store.statement_version(session, subject_id)
    if version:
        there = store.shares_now(session, [subject_id]).get(subject_id, ())
        if sorted(map(_share_key, (item.as_stated() for item in there))) == sorted(map(_share_key, stated)):
            return statements_of(session, subject_id)[-1]
    insert_statement(
        session, side, subject_id, stated, version=version + 1, by=by, reason=reason, evidence=evidence, clock=clock
    )
    return statements_of(session, subject_id)[-1]


def insert_statement(
    session: Session,
    side: StatedSide,
    subject_id: str,
    shares: Sequence[StatedShare],
    *,
    version: int,
    by: str,
    reason: str,
    evidence: str,
    clock: Clock,
) -> None:
    """Write a statement without looking at what is there; for those who have checked it themselves."""
    statement_id = new_id("own")
    session.add(
        StatementRow(
            id=statement_id,
            side=side,
            subject_id=subject_id,
            version=version,
            share_count=len(shares),
            stated_by=by,
            reason=reason,
            evidence=evidence,
            created_at=clock.now(),
        )
    )
    session.flush()
    session.add_all(
        StatedShareRow(
            statement_id=statement_id,
            position=position,
            party_id=item.party_id,
            role=item.role,
            numerator=item.share.numerator,
            denominator=item.share.denominator,
            include=" ".join(item.territories.include),
            exclude=" ".join(item.territories.exclude),
            valid_from=item.valid_from,
            valid_to=item.valid_to,
        )
        for position, item in enumerate(shares)
    )
    session.flush()


def statements_of(session: Session, subject_id: str) -> tuple[StatementView, ...]:
    """Everything that was ever stated of a recording or a work, oldest first; the last holds."""
    return tuple(
        StatementView(
            id=row.id,
            side=row.side,
            subject_id=row.subject_id,
            version=row.version,
            shares=shares,
            by=row.stated_by,
            reason=row.reason,
            evidence=row.evidence,
            at=row.created_at,
        )
        for row, shares in store.statements(session, subject_id)
    )


def put_mandate(
    session: Session,
    terms: MandateTerms,
    *,
    by: str,
    reason: str,
    clock: Clock,
    evidence: str = "",
    series: str | None = None,
) -> MandateView:
    """State that one party may grant in another's name; with ``series`` the next version of a mandate.

    Said again as it is, nothing is written.

    Raises
    ------
    BadOwnership
        Of oneself, nowhere, never, for something of the other side, or changing whose mandate it is.
    NoSuchParty, NoSuchSong, NoSuchMandate
        When a party, the recording or work, or the series is not there.
    """
    _check_words(reason, evidence)
    if terms.principal_id == terms.agent_id:
        raise BadOwnership("a party needs no mandate of its own")
    check_place_and_time("the mandate", terms.territories, terms.valid_from, terms.valid_to)
    if terms.operations is not None and not terms.operations:
        raise BadOwnership("a mandate for no operation allows nothing; name some, or leave them out for all")
    _check_parties(session, (terms.principal_id, terms.agent_id))
    if terms.subject_id is not None:
        if terms.subject_id.startswith("wrk_") != (terms.side == "work"):
            raise BadOwnership("a mandate for the work names a work, one for the master or the voice a recording")
        if not store.subject_exists(session, terms.subject_id, work=terms.side == "work"):
            raise NoSuchSong(f"there is no recording or work {terms.subject_id!r}")
    previous = None if series is None else _mandate(session, series)
    if previous is not None:
        if (previous.principal_id, previous.agent_id) != (terms.principal_id, terms.agent_id):
            raise BadOwnership("that mandate is between other parties; give a new one")
        view = _mandate_view(previous)
        if view.status == "active" and _mandate_key(view.terms) == _mandate_key(terms):
            return view
    row = MandateRow(
        id=new_id("mdt"),
        series=previous.series if previous else new_id("mds"),
        version=previous.version + 1 if previous else 1,
        status="active",
        principal_id=terms.principal_id,
        agent_id=terms.agent_id,
        role=terms.role,
        side=terms.side,
        subject_id=terms.subject_id,
        operations=None if terms.operations is None else " ".join(sorted(set(terms.operations))),
        include=" ".join(terms.territories.include),
        exclude=" ".join(terms.territories.exclude),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        stated_by=by,
        reason=reason,
        evidence=evidence,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return _mandate_view(row)


def end_mandate(
    session: Session, series: str, *, by: str, reason: str, clock: Clock, evidence: str = ""
) -> MandateView:
    """End a mandate from now on, by a version that says so; grants given under it stop counting.

    Raises
    ------
    NoSuchMandate
        When there is no such mandate.
    """
    _check_words(reason, evidence)
    previous = _mandate(session, series)
    if previous.status == "ended":
        return _mandate_view(previous)
    kept = ("series", "principal_id", "agent_id", "role", "side", "subject_id", "operations", "include", "exclude")
    row = MandateRow(
        id=new_id("mdt"),
        version=previous.version + 1,
        status="ended",
        valid_from=previous.valid_from,
        valid_to=previous.valid_to,
        stated_by=by,
        reason=reason,
        evidence=evidence,
        created_at=clock.now(),
        **{name: getattr(previous, name) for name in kept},
    )
    session.add(row)
    session.flush()
    return _mandate_view(row)


def mandates_of(session: Session, party_ids: Iterable[str], at: datetime | None = None) -> tuple[MandateView, ...]:
    """The mandates in force that these parties (the principals) gave; with ``at`` only those in force then."""
    views = (_mandate_view(row) for row in store.mandates(session, party_ids) if row.status == "active")
    return tuple(view for view in views if at is None or view.terms.holds_at(at))


def mandates_to(session: Session, agent_id: str) -> tuple[MandateView, ...]:
    """The mandates in force that a party was given."""
    return tuple(_mandate_view(row) for row in store.mandates_to(session, agent_id) if row.status == "active")


def mandate_history(session: Session, series: str) -> tuple[MandateView, ...]:
    """Every version of a mandate, oldest first."""
    return tuple(_mandate_view(row) for row in store.mandate_history(session, series))


def put_person(
    session: Session, party_id: str, facts: PersonFacts, *, by: str, reason: str, clock: Clock, evidence: str = ""
) -> PersonView:
    """State what is known of a performer: alive or not, born when, and who speaks for them; said again, nothing is
    written.

    Raises
    ------
    BadOwnership
        A birthday that lies ahead or beyond 150 years back, an estate of somebody alive, or speaking for oneself.
    NoSuchParty
        When the party, a guardian or an estate is not there.
    """
    _check_words(reason, evidence)
    speakers = (*facts.guardians, *facts.estate)
    if party_id in speakers:
        raise BadOwnership("nobody is their own guardian or estate")
    if facts.estate and facts.status == "living":
        raise BadOwnership("an estate speaks for one who has died; say that the person is deceased, or name a guardian")
    today = clock.now().date()
    if (facts.born_on is not None and not 0 <= today.year - facts.born_on.year <= 150) or (
        facts.born_on is not None and facts.born_on > today
    ):
        raise BadOwnership("that birthday cannot be; write it as 2009-05-31")
    _check_parties(session, (party_id, *speakers))
    told = people_of(session, [party_id])
    if told and _person_key(told[0].facts) == _person_key(facts):
        return told[0]
    row = PersonRow(
        id=new_id("psn"),
        party_id=party_id,
        version=told[0].version + 1 if told else 1,
        status=facts.status,
        born_on=facts.born_on,
        guardians=" ".join(sorted(set(facts.guardians))),
        estate=" ".join(sorted(set(facts.estate))),
        stated_by=by,
        reason=reason,
        evidence=evidence,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return _person_view(row)


def people_of(session: Session, party_ids: Iterable[str]) -> tuple[PersonView, ...]:
    """What is known of these parties, newest version; those of whom nothing was said are left out."""
    return tuple(_person_view(row) for row in store.people(session, party_ids))


def person_history(session: Session, party_id: str) -> tuple[PersonView, ...]:
    """Every version of what was known of a party, oldest first; for staff."""
    return tuple(_person_view(row) for row in store.person_history(session, party_id))


def _check_words(reason: str, evidence: str) -> None:
    if not reason.strip():
        raise BadOwnership("say why: what is stated of ownership needs a reason")
    if len(reason) > REASON_AT_MOST or len(evidence) > EVIDENCE_AT_MOST:
        raise BadOwnership(
            f"a reason has at most {REASON_AT_MOST} characters and the evidence at most {EVIDENCE_AT_MOST}"
        )


def _check_parties(session: Session, party_ids: Iterable[str]) -> None:
    wanted = set(party_ids)
    missing = sorted(wanted - store.parties_there(session, wanted))
    if missing:
        raise NoSuchParty(f"there is no party {missing[0]!r} in the catalogue; name it first")


def _mandate(session: Session, series: str) -> MandateRow:
    row = store.mandate(session, series)
    if row is None:
        raise NoSuchMandate(f"there is no mandate {series!r}")
    return row


def _mandate_view(row: MandateRow) -> MandateView:
    operations = None if row.operations is None else tuple(row.operations.split())
    terms = MandateTerms(
        principal_id=row.principal_id,
        agent_id=row.agent_id,
        role=row.role,
        side=row.side,
        subject_id=row.subject_id,
        operations=operations,  # type: ignore[arg-type]  # written from operations only
        territories=store.territories_of(row.include, row.exclude),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
    return MandateView(
        id=row.id,
        series=row.series,
        version=row.version,
        status=row.status,
        terms=terms,
        by=row.stated_by,
        reason=row.reason,
        evidence=row.evidence,
        at=row.created_at,
    )


def _person_view(row: PersonRow) -> PersonView:
    facts = PersonFacts(row.status, row.born_on, tuple(row.guardians.split()), tuple(row.estate.split()))
    return PersonView(row.party_id, row.version, facts, row.stated_by, row.reason, row.evidence, row.created_at)


def _person_key(facts: PersonFacts) -> tuple[object, ...]:
    return facts.status, facts.born_on, sorted(set(facts.guardians)), sorted(set(facts.estate))


def _share_key(share: StatedShare) -> tuple[str, ...]:
    return (
        share.party_id,
        share.role,
        str(share.share),
        str(share.territories),
        str(share.valid_from and share.valid_from.timestamp()),
        str(share.valid_to and share.valid_to.timestamp()),
    )


def _mandate_key(terms: MandateTerms) -> tuple[object, ...]:
    operations = None if terms.operations is None else sorted(set(terms.operations))
    moments = (terms.valid_from, terms.valid_to)
    return terms.role, terms.side, terms.subject_id, operations, str(terms.territories), moments
