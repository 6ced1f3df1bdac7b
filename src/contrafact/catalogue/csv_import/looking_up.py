"""Whom and what a cell means: parties by name, identifier or id, songs by ISRC, reference or id."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue.announcing import find_song
from contrafact.catalogue.csv_import.lines import Place
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.identifiers import Scheme, iswc
from contrafact.catalogue.ownership import SongView
from contrafact.catalogue.parties import find_party, parties_named
from contrafact.catalogue.values import PartyView
from contrafact.catalogue.views import party_view
from contrafact.kit.errors import ContrafactError


@dataclass(slots=True)
class Lookup:
    """Finds parties and songs; what is not found becomes a problem at its place, once for each line."""

    session: Session
    problems: Problems
    _parties: dict[str, PartyView] = field(default_factory=dict)
    _songs: dict[str, SongView] = field(default_factory=dict)

    def party(self, text: str, place: Place, column: str) -> PartyView | None:
        """The party that a cell names."""
        if text not in self._parties:
            try:
                found = self.find(text)
            except ContrafactError as error:
                self.problems.add(place.file, place.line, column, str(error))
                return None
            self._parties[text] = found
        return self._parties[text]

    def parties(self, texts: tuple[str, ...], place: Place, column: str) -> tuple[PartyView, ...] | None:
        """All of them, or None."""
        found = [self.party(text, place, column) for text in texts]
        return tuple(item for item in found if item is not None) if None not in found else None

    def song(self, text: str, place: Place, column: str = "song") -> SongView | None:
        """The recording that a cell names."""
        if text not in self._songs:
            found = find_song(self.session, text)
            if found is None:
                self.problems.add(
                    place.file,
                    place.line,
                    column,
                    f"there is no recording {text[:60]!r}; take it in first, or tell of it in a file of recordings",
                )
                return None
            self._songs[text] = found
        return self._songs[text]

    def work(self, text: str, place: Place) -> tuple[str, str] | None:
        """Id and title of the work that a cell names, itself or by one of its recordings."""
        row = store.work(self.session, text) if text.startswith("wrk_") else None
        if row is None:
            try:
                row = store.work_by_iswc(self.session, iswc(text))
            except BadSong:
                row = None
        if row is not None:
            return row.id, row.title
        song = self.song(text, place)
        return None if song is None else (song.work_id, song.title)

    def find(self, text: str) -> PartyView:
        """The party of a name, an identifier or an id.

        Raises
        ------
        BadSong
            Nobody, or several, with what to write instead.
        """
        if text.startswith("pty_"):
            row = store.party(self.session, text)
            if row is None:
                raise BadSong(f"there is no party {text!r}")
            return party_view(row)
        scheme, colon, value = text.partition(":")
        schemes: dict[str, Scheme] = {"isni": "isni", "ipi": "ipi", "dpid": "dpid"}
        if colon and scheme.lower() in schemes:
            found = find_party(self.session, {schemes[scheme.lower()]: value})
            if found is None:
                raise BadSong(f"nobody has the {scheme.upper()} {value.strip()[:40]}; name them in a file of parties")
            return found
        named = parties_named(self.session, text)
        if not named:
            raise BadSong(f"nobody is called “{text[:60]}”; name them in a file of parties first")
        if len(named) > 1:
            raise BadSong(f"{len(named)} are called “{text[:60]}”; say which by isni:…, ipi:…, dpid:… or its id pty_…")
        return named[0]
