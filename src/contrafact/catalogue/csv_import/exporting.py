"""The catalogue as spreadsheets that can be imported again: into the same catalogue nothing changes.

Parties are named where their name is theirs alone, else by an identifier or their id; recordings by ISRC, else by
reference, else by id. Birthdays are left out: they are personal data, and spreadsheets are passed on.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue.announcing import all_songs
from contrafact.catalogue.asked import holders_of_many
from contrafact.catalogue.csv_import.cells import NOWHERE
from contrafact.catalogue.csv_import.columns import SheetKind, names
from contrafact.catalogue.csv_import.lines import NONE
from contrafact.catalogue.csv_import.reading import escaped
from contrafact.catalogue.mandating import mandates_of, people_of
from contrafact.catalogue.ownership import ShareView, SongView
from contrafact.catalogue.parties import name_key
from contrafact.catalogue.values import Holders, PartyView
from contrafact.catalogue.views import party_view
from contrafact.kit.territories import WORLDWIDE, Territories

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Naming:
    """How parties and songs are written, so that they are found again."""

    parties: Mapping[str, PartyView]
    songs: Mapping[str, SongView]
    shared_names: frozenset[str]

    @classmethod
    def of(cls, session: Session) -> "Naming":
        """Of a whole catalogue."""
        parties = {row.id: party_view(row) for row in store.parties(session)}
        counts = Counter(name_key(party.name) for party in parties.values())
        shared = frozenset(name for name, count in counts.items() if count > 1)
        return cls(parties, {song.id: song for song in all_songs(session)}, shared)

    def party(self, party_id: str) -> str:
        """A party as a cell names it."""
        party = self.parties[party_id]
        lookalike = party.name.startswith("pty_") or ":" in party.name or "|" in party.name
        if name_key(party.name) not in self.shared_names and not lookalike:
            return party.name
        known = (("isni", party.isni), ("ipi", party.ipi), ("dpid", party.dpid))
        return next((f"{scheme}:{value}" for scheme, value in known if value), party.id)

    def song(self, song_id: str) -> str:
        """A recording as a cell names it."""
        song = self.songs[song_id]
        return song.isrc or song.reference or song.id


def exported(session: Session) -> dict[SheetKind, list[Record]]:
    """Every file but the grants', by kind."""
    naming = Naming.of(session)
    holders = holders_of_many(session, naming.songs)
    return {
        "parties": list(_parties(session, naming)),
        "recordings": [_recording(song) for song in naming.songs.values()],
        "performers": list(_performers(naming, holders)),
        "shares": list(_shares(naming, holders)),
        "mandates": in_order(_mandates(session, naming)),
    }


def sheet(kind: SheetKind, records: Iterable[Record]) -> str:
    """One file: RFC 4180, every cell safe to open in a spreadsheet program. Its encoding is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    columns = names(kind)
    writer.writerow(columns)
    for record in records:
        writer.writerow([escaped(record.get(column, "")) for column in columns])
    return text.getvalue()


def in_order(records: Iterable[Record]) -> list[Record]:
    """Records in the order of what they say: ids are random, and two exports of the same should be the same."""
    return sorted(records, key=lambda record: list(record.values()))


def place(territories: Territories) -> str:
    """Territories as a cell says them; empty is worldwide."""
    if not territories.countries():
        return NOWHERE
    include = [WORLDWIDE] if WORLDWIDE in territories.include else sorted(set(territories.include))
    words = [*include, *(f"-{code}" for code in sorted(set(territories.exclude)))]
    return "" if words == [WORLDWIDE] else " ".join(words)


def when(moment: datetime | None) -> str:
    """A moment as a cell says it."""
    if moment is None:
        return ""
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    return f"{moment:%Y-%m-%d}" if midnight else moment.isoformat()


def _parties(session: Session, naming: Naming) -> Iterable[Record]:
    people = {view.party_id: view.facts for view in people_of(session, naming.parties)}
    for party in naming.parties.values():
        facts = people.get(party.id)
        shared = name_key(party.name) in naming.shared_names
        yield {
            "party": party.name,
            "kind": party.kind,
            "isni": party.isni or "",
            "ipi": party.ipi or "",
            "dpid": party.dpid or "",
            "id": party.id if shared and not (party.isni or party.ipi or party.dpid) else "",
            "status": facts.status if facts else "",
            "guardians": _several(naming, facts.guardians) if facts else "",
            "estate": _several(naming, facts.estate) if facts else "",
        }


def _several(naming: Naming, party_ids: Sequence[str]) -> str:
    return "|".join(naming.party(party_id) for party_id in party_ids) or NONE


def _recording(song: SongView) -> Record:
    return {
        "title": song.title,
        "artist": song.artist,
        "isrc": song.isrc or "",
        "reference": song.reference or "",
        "id": "" if song.isrc or song.reference else song.id,
        "album": song.album or "",
        "label": song.label or "",
        "genres": "|".join(song.genres),
        "iswc": song.iswc or "",
    }


def _performers(naming: Naming, holders: Mapping[str, Holders]) -> Iterable[Record]:
    for song_id, found in holders.items():
        for item in found.contributions:
            yield {
                "song": naming.song(song_id),
                "party": naming.party(item.party_id),
                "role": item.role,
                "voice": "yes" if item.voice else "no",
            }


def _shares(naming: Naming, holders: Mapping[str, Holders]) -> Iterable[Record]:
    works: set[str] = set()
    for song_id, found in holders.items():
        yield from in_order(_share(naming, naming.song(song_id), "master", item) for item in found.master)
        if found.work_id not in works:
            works.add(found.work_id)
            song = naming.songs[song_id]
            yield from in_order(_share(naming, song.iswc or naming.song(song_id), "work", item) for item in found.work)


def _share(naming: Naming, song: str, side: str, item: ShareView) -> Record:
    return {
        "song": song,
        "side": side,
        "party": naming.party(item.party_id),
        "share": f"{item.share.numerator}/{item.share.denominator}",
        "role": item.role,
        "territories": place(item.territories),
        "from": when(item.valid_from),
        "to": when(item.valid_to),
    }


def _mandates(session: Session, naming: Naming) -> Iterable[Record]:
    works: dict[str, str] = {}
    for song in naming.songs.values():
        works.setdefault(song.work_id, song.iswc or naming.song(song.id))
    for view in mandates_of(session, naming.parties):
        terms = view.terms
        song_id = terms.subject_id or ""
        yield {
            "principal": naming.party(terms.principal_id),
            "agent": naming.party(terms.agent_id),
            "role": terms.role,
            "side": terms.side,
            "song": works.get(song_id) or (naming.song(song_id) if song_id in naming.songs else song_id),
            "operations": "" if terms.operations is None else " ".join(sorted(terms.operations)),
            "territories": place(terms.territories),
            "from": when(terms.valid_from),
            "to": when(terms.valid_to),
            "evidence": view.evidence,
        }
