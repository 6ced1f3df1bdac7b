"""Stating in the catalogue what lines say, and telling what that changed.

A dry run does all of this and is undone, so that it shows exactly what the import does. Every trouble is a problem at
its place; when there are any, the caller undoes the whole transaction.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from contrafact.catalogue.changing import Said, change
from contrafact.catalogue.csv_import.lines import (
    GrantLine,
    Lines,
    MandateLine,
    PartyLine,
    PerformerLine,
    Place,
)
from contrafact.catalogue.csv_import.looking_up import Lookup
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.recordings import RecordingImporter
from contrafact.catalogue.csv_import.report import Detail, Report, kind_of
from contrafact.catalogue.csv_import.stating import state_all
from contrafact.catalogue.describing import (
    set_contributions_of_many,
    set_identifiers,
)
from contrafact.catalogue.mandating import end_mandate, mandates_of, people_of, put_mandate, put_person
from contrafact.catalogue.ownership import ChangeView, MandateTerms, PersonFacts, SongView
from contrafact.catalogue.parties import find_party, name_key, put_party
from contrafact.catalogue.store_ownership import contributions_of
from contrafact.catalogue.values import ContributionView, PartyView
from contrafact.kit.errors import ContrafactError

Found = TypeVar("Found")
Key = TypeVar("Key", bound=Hashable)
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class ResolvedGrant:
    """A line of grants whose song and parties are known."""

    line: GrantLine
    song: SongView
    party: PartyView
    speaker: PartyView


@dataclass(slots=True)
class Importer:
    """One import, in the caller's transaction."""

    session: Session
    problems: Problems
    said: Said
    report: Report = field(default_factory=Report)

    lookup: Lookup = field(init=False)

    def __post_init__(self) -> None:
        self.lookup = Lookup(self.session, self.problems)

    def apply(self, lines: Lines) -> None:
        """State everything but grants, in the order in which one thing may speak of another."""
        self.lookup.learn_parties(line.name for line in lines.parties)
        self._parties(lines.parties)
        # What was said may have changed who is who: asked anew.
        self.lookup = Lookup(self.session, self.problems)
        self._people(lines.parties)
        RecordingImporter(self.session, self.lookup, self.said, self.report, self.problems).apply(lines.recordings)
        self.lookup = Lookup(self.session, self.problems)
        self._performers(lines.performers)
        state_all(self.session, lines.shares, self.lookup, self.said, self.report, self.problems)
        self._mandates(lines.mandates)

    def grants(self, lines: Sequence[GrantLine]) -> list[ResolvedGrant]:
        """The grants whose song and parties are known."""
        found, lookup = [], self.lookup
        lookup.learn_songs(line.song for line in lines)
        lookup.learn_parties(line.party for line in lines)
        for line in lines:
            song = lookup.song(line.song, line.place)
            party = lookup.party(line.party, line.place, "party")
            speaker = party if line.by is None else lookup.party(line.by, line.place, "by")
            if song and party and speaker:
                found.append(ResolvedGrant(line, song, party, speaker))
        return found

    def _parties(self, lines: Sequence[PartyLine]) -> None:
        seen: dict[str, Place] = {}
        for line in lines:
            party = self._trying(line.place, "party", self._party, line)
            if party is not None:
                self._once(seen, party.id, line.place, "party")

    def _party(self, line: PartyLine) -> PartyView:
        there = self._known_party(line)
        details: list[Detail] = []
        name = f"“{line.name}”"
        if there is None:
            there = self.lookup.named(line.name)
            for scheme, value in line.identifiers.items():
                if there is not None and getattr(there, scheme) not in (None, value):
                    self.problems.add(
                        line.place.file,
                        line.place.line,
                        scheme,
                        f"“{line.name}” has another {scheme.upper()}, {getattr(there, scheme)}; give the id "
                        f"{there.id} to change it, or a name that tells the two apart",
                    )
                    return there
        if there is None:
            there = put_party(self.session, line.name, line.kind or "person", **self._why)
            details = [Detail("kind", None, there.kind)]
            if line.identifiers:
                details += _details(set_identifiers(self.session, there.id, line.identifiers, **self._why))
            self.report.add("added", "party", name, line.place, details)
            return there
        wanted: dict[str, str | None] = {}
        if line.name != there.name:
            wanted = {"name": line.name, "name_key": name_key(line.name)}
        if line.kind is not None:
            wanted["kind"] = line.kind
        if any(getattr(there, key, None) != value for key, value in wanted.items()):
            changes = change(self.session, there.id, wanted, self.said)
            details = [item for item in _details(changes) if item.field != "name_key"]
        if any(getattr(there, scheme) != value for scheme, value in line.identifiers.items()):
            details += _details(set_identifiers(self.session, there.id, line.identifiers, **self._why))
        self.report.add("changed" if details else "unchanged", "party", name, line.place, details)
        return there

    def _known_party(self, line: PartyLine) -> PartyView | None:
        """The party of a line by its id or its identifiers."""
        if line.id is not None:
            return self.lookup.find(line.id)
        return find_party(self.session, line.identifiers) if line.identifiers else None

    def _people(self, lines: Sequence[PartyLine]) -> None:
        lookup = self.lookup
        for line in lines:
            if not line.says_of_person:
                continue
            party = lookup.party(line.id or _first_name(line), line.place, "party")
            guardians = None if line.guardians is None else lookup.parties(line.guardians, line.place, "guardians")
            estate = None if line.estate is None else lookup.parties(line.estate, line.place, "estate")
            failed = (line.guardians is not None and guardians is None) or (line.estate is not None and estate is None)
            if party is not None and not failed:
                self._trying(
                    line.place,
                    "status",
                    self._person,
                    line,
                    party,
                    guardians,
                    estate,
                )

    def _person(
        self,
        line: PartyLine,
        party: PartyView,
        guardians: tuple[PartyView, ...] | None,
        estate: tuple[PartyView, ...] | None,
    ) -> None:
        told = people_of(self.session, [party.id])
        old = told[0].facts if told else PersonFacts()
        facts = PersonFacts(
            status=line.status or old.status,
            born_on=line.born_on or old.born_on,
            guardians=old.guardians if guardians is None else tuple(item.id for item in guardians),
            estate=old.estate if estate is None else tuple(item.id for item in estate),
        )
        if not told and facts == PersonFacts():
            self.report.add("unchanged", "person", f"“{party.name}”", line.place)
            return
        put_person(self.session, party.id, facts, evidence=_evidence(line.place), **self._why)
        details = []
        if old.status != facts.status:
            details.append(Detail("status", old.status if told else None, facts.status))
        if old.born_on != facts.born_on:
            # That it changed, not what to: a birthday is for staff, and reports are passed on.
            details.append(Detail("birthday", "another" if old.born_on else None, "as in the file"))
        for field_name, before, after in (("guardians", old.guardians, guardians), ("estate", old.estate, estate)):
            if after is not None and set(before) != {item.id for item in after}:
                names = ", ".join(item.name for item in after) or None
                details.append(Detail(field_name, "others" if before else None, names))
        kind = kind_of(details, known=bool(told))
        self.report.add(kind, "person", f"“{party.name}”", line.place, details)

    def _performers(self, lines: Sequence[PerformerLine]) -> None:
        lookup = self.lookup
        lookup.learn_songs(line.song for line in lines)
        lookup.learn_parties(line.party for line in lines)
        songs: dict[str, tuple[SongView, Place, list[ContributionView]]] = {}
        for line in lines:
            song, party = lookup.song(line.song, line.place), lookup.party(line.party, line.place, "party")
            if song and party:
                _, _, there = songs.setdefault(song.id, (song, line.place, []))
                there.append(ContributionView(party.id, party.name, line.role, line.voice))
        there_now = contributions_of(self.session, songs)
        wanted = {song.id: after for song, _, after in songs.values()}
        first = next(iter(songs.values()), None)
        if first is not None:
            self._trying(first[1], "role", self._credit, wanted)
        for song, place, after in songs.values():
            before = there_now.get(song.id, ())
            same = before == tuple(after)
            details = [] if same else [Detail("who", _credits(before), _credits(after))]
            self.report.add(kind_of(details, known=bool(before)), "performers", f"“{song.title}”", place, details)

    def _credit(self, wanted: Mapping[str, Sequence[ContributionView]]) -> None:
        set_contributions_of_many(self.session, wanted, **self._why)

    def _mandates(self, lines: Sequence[MandateLine]) -> None:
        lookup = self.lookup
        seen: dict[Hashable, Place] = {}
        for line in lines:
            principal = lookup.party(line.principal, line.place, "principal")
            agent = lookup.party(line.agent, line.place, "agent")
            subject_id = None
            if line.song is not None:
                if line.side == "work":
                    found = lookup.work(line.song, line.place)
                    subject_id = found[0] if found else None
                else:
                    song = lookup.song(line.song, line.place)
                    subject_id = song.id if song else None
                if subject_id is None:
                    continue
            if principal is None or agent is None:
                continue
            if not self._once(seen, (principal.id, agent.id, line.side, subject_id), line.place, "principal"):
                continue
            terms = MandateTerms(
                principal_id=principal.id,
                agent_id=agent.id,
                role=line.role,
                side=line.side,
                subject_id=subject_id,
                operations=line.operations,
                territories=line.territories,
                valid_from=line.valid_from,
                valid_to=line.valid_to,
            )
            name = f"of “{agent.name}” for “{principal.name}” ({line.side})"
            self._trying(line.place, "principal", self._mandate, line, terms, name)

    def _mandate(self, line: MandateLine, terms: MandateTerms, name: str) -> None:
        same = [
            view
            for view in mandates_of(self.session, [terms.principal_id])
            if (view.terms.agent_id, view.terms.side, view.terms.subject_id)
            == (terms.agent_id, terms.side, terms.subject_id)
        ]
        if len(same) > 1:
            same = [view for view in same if view.terms.role == terms.role] or same
        if len(same) > 1:
            self._refuse(line.place, "agent", "there are several such mandates; change them one by one in the console")
            return
        old = same[0] if same else None
        evidence = _evidence(line.place, line.evidence)
        if line.end:
            if old is not None:
                end_mandate(self.session, old.series, evidence=evidence, **self._why)
            self.report.add("ended" if old else "unchanged", "mandate", name, line.place)
            return
        new = put_mandate(self.session, terms, series=old.series if old else None, evidence=evidence, **self._why)
        before = _mandate_words(old.terms) if old else {}
        after = _mandate_words(new.terms)
        details = [Detail(key, before.get(key), text) for key, text in after.items() if before.get(key) != text]
        self.report.add(kind_of(details, known=old is not None), "mandate", name, line.place, details)

    @property
    def _why(self) -> dict[str, Any]:
        return {"by": self.said.by, "reason": self.said.reason, "clock": self.said.clock}

    def _refuse(self, place: Place, column: str, message: str) -> None:
        self.problems.add(place.file, place.line, column, message)

    def _once(self, seen: dict[Key, Place], key: Key, place: Place, column: str) -> bool:
        """Refuse what two lines say differently or twice."""
        if key in seen:
            self._refuse(place, column, f"this was said in {seen[key].file}, line {seen[key].line}; say it once")
            return False
        seen[key] = place
        return True

    def _trying(self, place: Place, column: str, act: Callable[..., Found], *given: Any) -> Found | None:
        """What is refused is a problem of the line."""
        try:
            return act(*given)
        except ContrafactError as error:
            self._refuse(place, column, str(error))
            return None


def _details(changes: Iterable[ChangeView]) -> list[Detail]:
    return [Detail(item.field, item.before, item.after) for item in changes]


def _evidence(place: Place, said: str = "") -> str:
    return f"{said} ({place.file}, line {place.line})" if said else f"{place.file}, line {place.line}"


def _first_name(line: PartyLine) -> str:
    """How a line's party is looked up once it is there: by an identifier where the name may be several people's."""
    return next((f"{scheme}:{value}" for scheme, value in line.identifiers.items()), line.name)


def _credits(contributions: Iterable[ContributionView]) -> str | None:
    return ", ".join(f"{c.name} ({c.role}{', voice' if c.voice else ''})" for c in contributions) or None


def _mandate_words(terms: MandateTerms) -> Mapping[str, str]:
    return {
        "role": terms.role,
        "operations": "all" if terms.operations is None else " ".join(sorted(terms.operations)),
        "territories": str(terms.territories),
        "from": f"{terms.valid_from:%Y-%m-%d %H:%M} UTC" if terms.valid_from else "ever since",
        "to": f"{terms.valid_to:%Y-%m-%d %H:%M} UTC" if terms.valid_to else "for ever",
    }
