"""Who speaks for whom, and what is known of people; each told by a new version, never by an edit."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from contrafact.catalogue import store_ownership as store
from contrafact.catalogue.errors import BadOwnership, NoSuchMandate, NoSuchSong
from contrafact.catalogue.models_ownership import MandateRow, PersonRow
from contrafact.catalogue.ownership import MandateTerms, MandateView, PersonFacts, PersonView, check_place_and_time
from contrafact.catalogue.owning import check_parties, check_words
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id


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
    check_words(reason, evidence)
    if terms.principal_id == terms.agent_id:
        raise BadOwnership("a party needs no mandate of its own")
    check_place_and_time("the mandate", terms.territories, terms.valid_from, terms.valid_to)
    if terms.operations is not None and not terms.operations:
        raise BadOwnership("a mandate for no operation allows nothing; name some, or leave them out for all")
    check_parties(session, (terms.principal_id, terms.agent_id))
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
    check_words(reason, evidence)
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
    check_words(reason, evidence)
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
    check_parties(session, (party_id, *speakers))
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


def _mandate_key(terms: MandateTerms) -> tuple[object, ...]:
    operations = None if terms.operations is None else sorted(set(terms.operations))
    moments = (terms.valid_from, terms.valid_to)
    return terms.role, terms.side, terms.subject_id, operations, str(terms.territories), moments
