"""Where ownership meets rights: who may speak for the holders of a song, as decisions need it, and giving grants.

The catalogue knows who owns what and who speaks for whom; the rights slice knows what was granted. Neither reads the
other's tables.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.asked import Speakers
from contrafact.catalogue.ownership import MandateTerms, PersonFacts
from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict
from contrafact.remixes.permission.joining import subject_of
from contrafact.rights import service as rights
from contrafact.rights.ownership import Mandate, Person, Side, Subject
from contrafact.rights.terms import Terms
from contrafact.rights.values import Authority, Facts, Grant

_Known = TypeVar("_Known", Mandate, Person)


def with_authority(session: Session, facts: Facts) -> Facts:
    """The same facts, with the mandates that matter for their subjects and what is known of the performers.

    One query per table, however many recordings the facts are about.
    """
    mandates, people = authority(session, facts.subjects)
    # Made anew, not copied: facts sort what they are given.
    known = {name: getattr(facts, name) for name in Facts.model_fields}
    return Facts(**{**known, "mandates": mandates, "people": people})


def authority(session: Session, subjects: Sequence[Subject]) -> tuple[tuple[Mandate, ...], tuple[Person, ...]]:
    """Who may speak for the holders and performers of these recordings, and what is known of the performers.

    Mandates for other songs are left out. People hold birthdays: for decisions and staff only. Both are in the order in
    which facts sort them, so that a snapshot read back has the bytes that it had.
    """
    return ask_authority(session, subjects)()


def ask_authority(
    session: Session, subjects: Sequence[Subject]
) -> Callable[[], tuple[tuple[Mandate, ...], tuple[Person, ...]]]:
    """The same for who has more to ask: what is returned is called for the answer, before the session ends."""
    holders = {holder.party_id for subject in subjects for holder in (*subject.master, *subject.work)}
    performers = {party_id for subject in subjects for party_id in subject.performers}
    songs = {item for subject in subjects for item in (subject.recording_id, subject.work_id)}
    return partial(_authority, catalogue.ask_speakers(session, holders | performers, songs, performers))


def _authority(answer: Callable[[], Speakers]) -> tuple[tuple[Mandate, ...], tuple[Person, ...]]:
    speakers = answer()
    people = [person_of(party_id, facts) for party_id, facts in speakers.people.items()]
    return _ordered(list(map(mandate_of, speakers.mandates))), _ordered(people)


def _ordered(values: list[_Known]) -> tuple[_Known, ...]:
    return tuple(sorted(values, key=_order) if len(values) > 1 else values)


def _order(value: Mandate | Person) -> bytes:
    return canonical_json(value.model_dump(mode="json"))


def subjects_of_songs(session: Session, recording_ids: Iterable[str]) -> tuple[Subject, ...]:
    """Many recordings, announced or there, as the rights engine asks about them; unknown ids are left out."""
    return tuple(subject_of(song, song) for song in catalogue.held_songs(session, recording_ids))


def give(
    session: Session,
    terms: Terms,
    subject: Subject,
    side: Side,
    party_id: str,
    *,
    by: str,
    clock: Clock,
    speaker_id: str | None = None,
    series: str | None = None,
) -> Grant:
    """Give a grant for one holder or performer of a song, by itself or by whoever speaks for it (R3, R7).

    Parameters
    ----------
    party_id : str
        Whose share or voice it is.
    speaker_id : str, optional
        Who grants in its name: an agent with a mandate, a guardian, an estate. The grant is that party's.
    series : str, optional
        The grant that this is the next version of.

    Raises
    ------
    Conflict
        When the party holds nothing there, or the speaker may not speak for it.
    NotFound, Conflict
        As of :func:`contrafact.rights.service.grant_terms`.
    """
    subject_id = subject.work_id if side == "work" else subject.recording_id
    return rights.grant_terms(
        session,
        terms,
        side=side,
        subject_id=subject_id,
        party_id=speaker_id or party_id,
        by=by,
        clock=clock,
        authority=authority_for(session, subject, side, party_id, speaker_id),
        series=series,
    )


def authority_for(
    session: Session, subject: Subject, side: Side, party_id: str, speaker_id: str | None = None
) -> Authority:
    """By what right somebody grants for a holder or performer of a song, whenever that may be in force.

    Raises
    ------
    Conflict
        When the party holds nothing there, or the speaker may not speak for it.
    """
    if _speaks_for_itself(subject, side, party_id, speaker_id):
        return "owner"
    return authority_among(subject, side, party_id, speaker_id, *authority(session, [subject]))


def authority_among(
    subject: Subject,
    side: Side,
    party_id: str,
    speaker_id: str | None,
    mandates: Sequence[Mandate],
    people: Sequence[Person],
) -> Authority:
    """The same as :func:`authority_for`, where :func:`authority` was asked about many songs at once.

    Raises
    ------
    Conflict
        As of :func:`authority_for`.
    """
    if _speaks_for_itself(subject, side, party_id, speaker_id):
        return "owner"
    if side == "voice":
        for person in people:
            if person.party_id == party_id and person.status == "deceased" and speaker_id in person.estate:
                return "estate"
            if person.party_id == party_id and speaker_id in person.guardians:
                return "guardian"
    subject_id = subject.work_id if side == "work" else subject.recording_id
    for mandate in mandates:
        fits = (mandate.principal_id, mandate.agent_id, mandate.side) == (party_id, speaker_id, side)
        if fits and mandate.subject_id in (None, subject_id):
            return "mandate"
    raise Conflict(f"{speaker_id} may not speak for {party_id} about “{subject.title}”; a mandate is needed first")


def _speaks_for_itself(subject: Subject, side: Side, party_id: str, speaker_id: str | None) -> bool:
    """Whether nobody else speaks for a party; a party that has nothing to say there is refused."""
    if side == "voice":
        there = party_id in subject.performers
    else:
        there = any(holder.party_id == party_id for holder in (subject.master if side == "master" else subject.work))
    if not there:
        what = "is not a voice on" if side == "voice" else f"holds nothing of the {side} of"
        raise Conflict(f"{party_id} {what} “{subject.title}”; say first who does")
    return speaker_id in (None, party_id)


def mandate_of(terms: MandateTerms) -> Mandate:
    """A mandate as the rights engine reads it."""
    return Mandate(
        principal_id=terms.principal_id,
        agent_id=terms.agent_id,
        role=terms.role,
        side=terms.side,
        subject_id=terms.subject_id,
        operations=terms.operations,
        territories=terms.territories,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
    )


def person_of(party_id: str, facts: PersonFacts) -> Person:
    """A performer as the rights engine reads it. It holds a birthday: for decisions and staff only."""
    return Person(
        party_id=party_id,
        status=facts.status,
        born_on=facts.born_on,
        guardians=facts.guardians,
        estate=facts.estate,
    )
