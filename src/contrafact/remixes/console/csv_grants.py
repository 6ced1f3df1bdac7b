"""Giving what lines of a spreadsheet say, and writing the grants that are in force as lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from contrafact.catalogue.changing import Said
from contrafact.catalogue.csv_import.applying import ResolvedGrant
from contrafact.catalogue.csv_import.exporting import Naming, Record, in_order
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.report import Detail, Report
from contrafact.catalogue.errors import BadSong
from contrafact.kit.errors import ContrafactError
from contrafact.remixes.console.csv_terms import cells_of, terms_of
from contrafact.remixes.permission.owning import authority, authority_among, subjects_of_songs
from contrafact.rights import service as rights
from contrafact.rights.giving import give_new, give_next
from contrafact.rights.ownership import Mandate, Person, Side, Subject
from contrafact.rights.terms import Terms
from contrafact.rights.values import Grant

_AT_ONCE: Final = 500
"""Lines, or songs, that the database is asked about together."""
Withdraw = Callable[[Session, Sequence[str]], None]
"""Withdraws grants by their series, with everything that follows from it."""


def give_all(
    session: Session,
    grants: Sequence[ResolvedGrant],
    said: Said,
    report: Report,
    problems: Problems,
    withdraw: Withdraw | None = None,
) -> None:
    """Give, change and withdraw what the lines say, and tell what is different.

    A line is the next version of the grant whose id it names; else of the only grant that its speaker has there, when
    it is the only line of its kind; a line that says just what a grant says already is that grant. Some hundred lines
    at a time are asked about and written together, and then let go.

    Parameters
    ----------
    withdraw : callable, optional
        As of :func:`contrafact.remixes.console.cataloguing.take_in`.
    """
    giver = _Giver(session, said, report, problems, Counter(_key(one) for one in grants if one.line.series is None))
    for start in range(0, len(grants), _AT_ONCE):
        giver.give(grants[start : start + _AT_ONCE])
    if giver.ended and withdraw is not None:
        withdraw(session, tuple(giver.ended))
    elif giver.ended:
        for series in giver.ended:
            rights.withdraw(session, series, by=said.by, clock=said.clock)


@dataclass(slots=True)
class _Giver:
    """One import's grants, a batch of lines at a time."""

    session: Session
    said: Said
    report: Report
    problems: Problems
    lines: Mapping[tuple[str, str, str], int]
    """How many lines there are about what a speaker says of something, of those that name no grant."""
    used: set[str] = field(default_factory=set)
    """Grants that a line was about, or gave: no other line is about them."""
    ended: list[str] = field(default_factory=list)

    def give(self, grants: Sequence[ResolvedGrant]) -> None:
        """Deal with some lines, write what they give, and forget it."""
        found = subjects_of_songs(self.session, dict.fromkeys(grant.song.id for grant in grants))
        subjects = {item.recording_id: item for item in found}
        before = _grants_on(self.session, found)
        spoken_for = {grant.song.id for grant in grants if grant.speaker.id != grant.party.id}
        speakers = authority(self.session, [item for item in found if item.recording_id in spoken_for])
        for grant in grants:
            terms = terms_of(grant, self.problems)
            if terms is None:
                continue
            subject = subjects[grant.song.id]
            there = [
                item for item in before[grant.song.id] if _fits(item, grant, subject) and item.series not in self.used
            ]
            try:
                self._line(grant, terms, subject, there, speakers)
            except ContrafactError as error:
                place = grant.line.place
                self.problems.add(place.file, place.line, "party", _named(str(error), grant))
        self.session.flush()
        self.session.expunge_all()  # a large file must not fill the memory

    def _line(
        self,
        grant: ResolvedGrant,
        terms: Terms,
        subject: Subject,
        there: Sequence[Grant],
        speakers: tuple[Sequence[Mandate], Sequence[Person]],
    ) -> None:
        line = grant.line
        alone = self.lines.get(_key(grant), 0) == 1
        old = _meant(there, grant, terms, alone=alone)
        if old is not None:
            self.used.add(old.series)
        if line.withdraw:
            self._end(grant, old)
            return
        by_right = authority_among(subject, line.side, grant.party.id, grant.speaker.id, *speakers)
        shown = old is not None and old.status == "active"
        if old is not None and shown and old.authority == by_right and _same(old.terms, terms):
            self.report.add("unchanged", "grant", _name(grant), line.place)
            return
        said, clock = self.said.by, self.said.clock
        if old is not None:
            give_next(self.session, old, terms, authority=by_right, by=said, clock=clock)
        else:
            series = give_new(
                self.session,
                terms,
                side=line.side,
                subject_id=subject.work_id if line.side == "work" else subject.recording_id,
                party_id=grant.speaker.id,
                authority=by_right,
                by=said,
                clock=clock,
            )
            self.used.add(series)
        details = _differences(old.terms if old and shown else None, terms)
        self.report.add("changed" if shown else "added", "grant", _name(grant), line.place, details)
        others = [item for item in there if item.status == "active" and item.series not in self.used]
        if others and line.series is None:
            self.report.note(
                line.place,
                f"“{grant.speaker.name}” has more grants there ({', '.join(item.series for item in others[:3])}); of "
                "several any one will do, so withdraw what shall no longer hold",
            )

    def _end(self, grant: ResolvedGrant, old: Grant | None) -> None:
        if old is None or old.status == "withdrawn":
            self.report.add("unchanged", "grant", _name(grant), grant.line.place)
            return
        self.ended.append(old.series)
        self.report.add("ended", "grant", _name(grant), grant.line.place)


def exported_grants(session: Session, naming: Naming) -> list[Record]:
    """Every grant in force of every recording, as lines."""
    found: list[Record] = []
    seen: set[str] = set()
    subjects = subjects_of_songs(session, naming.songs)
    grants = _grants_on(session, subjects)
    spoken_for = {subject.recording_id for subject in subjects if _others_speak(subject, grants[subject.recording_id])}
    speakers = authority(session, [subject for subject in subjects if subject.recording_id in spoken_for])
    for subject in subjects:
        holders: dict[Side, set[str]] = {
            "master": {holder.party_id for holder in subject.master},
            "work": {holder.party_id for holder in subject.work},
            "voice": set(subject.performers),
        }
        there = [item for item in grants[subject.recording_id] if item.status == "active"]
        places = Counter((item.side, item.subject_id, item.party_id) for item in there)
        for grant in there:
            if grant.series in seen or grant.authority in ("licence", "declared"):
                continue
            seen.add(grant.series)
            for_whom = _for_whom(subject, grant, holders[grant.side], speakers)
            if for_whom is not None:
                found.append(
                    {
                        "song": naming.song(subject.recording_id),
                        "side": grant.side,
                        "party": naming.party(for_whom),
                        "by": naming.party(grant.party_id) if grant.party_id != for_whom else "",
                        # Another catalogue does not know the id: it is only told where it is needed.
                        "series": grant.series if places[grant.side, grant.subject_id, grant.party_id] > 1 else "",
                        **cells_of(grant.terms),
                    }
                )
    return in_order(found)


def _others_speak(subject: Subject, grants: Iterable[Grant]) -> bool:
    """Whether anybody granted who has nothing to say on that side: an agent, a guardian, an estate.

    Who speaks for the composition may well hold the recording.
    """
    own: dict[Side, set[str]] = {
        "master": {holder.party_id for holder in subject.master},
        "work": {holder.party_id for holder in subject.work},
        "voice": set(subject.performers),
    }
    return any(grant.party_id not in own[grant.side] for grant in grants)


def _grants_on(session: Session, subjects: Sequence[Subject]) -> dict[str, list[Grant]]:
    """The newest version of every grant on each recording and its work, withdrawn ones too, in a few queries."""
    found: dict[str, list[Grant]] = {}
    for start in range(0, len(subjects), _AT_ONCE):
        part = subjects[start : start + _AT_ONCE]
        by_subject: dict[str, list[Grant]] = {}
        for grant in rights.facts_for(session, part).grants:
            by_subject.setdefault(grant.subject_id, []).append(grant)
        for subject in part:
            there = (by_subject.get(subject_id, []) for subject_id in (subject.recording_id, subject.work_id))
            found[subject.recording_id] = [grant for grants in there for grant in grants]
    return found


def _key(grant: ResolvedGrant) -> tuple[str, str, str]:
    subject_id = grant.song.work_id if grant.line.side == "work" else grant.song.id
    return grant.line.side, subject_id, grant.speaker.id


def _fits(item: Grant, grant: ResolvedGrant, subject: Subject) -> bool:
    """Whether a grant is of that side and song, by that speaker; public licences stay what they are."""
    subject_id = subject.work_id if grant.line.side == "work" else subject.recording_id
    ours = (grant.line.side, subject_id, grant.speaker.id)
    return (item.side, item.subject_id, item.party_id) == ours and item.authority not in ("licence", "declared")


def _meant(there: Sequence[Grant], grant: ResolvedGrant, terms: Terms, *, alone: bool) -> Grant | None:
    """The grant that a line is a version of; None for a new one."""
    if grant.line.series is not None:
        found = [item for item in there if item.series == grant.line.series]
        if not found:
            raise BadSong(f"there is no grant {grant.line.series} of that party there")
        return found[0]
    active = [item for item in there if item.status == "active"]
    same = [item for item in active if _same(item.terms, terms)]
    if same:
        return same[0]
    if len(active) == 1 and alone:
        return active[0]
    if len(active) > 1 and (alone or grant.line.withdraw):
        raise BadSong(f"there are {len(active)} grants of that party there; say which in the column series")
    return None


def _for_whom(
    subject: Subject, grant: Grant, parties: Iterable[str], speakers: tuple[Sequence[Mandate], Sequence[Person]]
) -> str | None:
    """Whose share or voice a grant speaks for; None where it speaks for nobody any more."""
    if grant.party_id in parties:
        return grant.party_id
    for party_id in sorted(parties):
        try:
            authority_among(subject, grant.side, party_id, grant.party_id, *speakers)
        except ContrafactError:
            continue
        return party_id
    return None


def _name(grant: ResolvedGrant) -> str:
    by = f" by “{grant.speaker.name}”" if grant.speaker.id != grant.party.id else ""
    return f"of “{grant.party.name}”{by} on the {grant.line.side} of “{grant.song.title}”"


def _named(message: str, grant: ResolvedGrant) -> str:
    """A message with names instead of ids."""
    for party in (grant.party, grant.speaker):
        message = message.replace(party.id, f"“{party.name}”")
    return message


def _same(one: Terms, other: Terms) -> bool:
    """Whether terms say the same, in whatever order they say it."""
    return cells_of(one) == cells_of(other)


def _differences(old: Terms | None, new: Terms) -> list[Detail]:
    before = cells_of(old) if old else {}
    after = cells_of(new)
    words = sorted(before.keys() | after.keys())
    return [
        Detail(name, before.get(name) or None, after.get(name) or None)
        for name in words
        if before.get(name, "") != after.get(name, "")
    ]
