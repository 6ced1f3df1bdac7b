"""Whom and what a cell means: parties by name, identifier or id, songs by ISRC, reference or id."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue import store_ownership as told
from contrafact.catalogue.announcing import find_song, songs_by_id
from contrafact.catalogue.csv_import.lines import Place
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.identifiers import Scheme, isrc, iswc
from contrafact.catalogue.models import PartyRow
from contrafact.catalogue.ownership import SongView
from contrafact.catalogue.parties import find_party, name_key, parties_named
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
    _nothing: set[str] = field(default_factory=set)
    """What no recording was known by when it was asked for."""

    def learn_parties(self, texts: Iterable[str]) -> None:
        """Ask for many at once whom names mean; of the rest each is asked for when it comes."""
        keys = {text: name_key(text) for text in dict.fromkeys(texts) if text not in self._parties}
        named: dict[str, list[PartyRow]] = {}
        for row in told.parties_of_name_keys(self.session, keys.values()):
            named.setdefault(row.name_key, []).append(row)
        for text, key in keys.items():
            if len(named.get(key, ())) == 1 and not _says_an_id(text):
                self._parties[text] = party_view(named[key][0])

    def learn_songs(self, texts: Iterable[str]) -> None:
        """The same for recordings."""
        wanted = [text for text in dict.fromkeys(texts) if text not in self._songs]
        codes = {text: code for text in wanted if (code := _isrc(text))}
        by_code = told.ids_of_songs(self.session, "isrc", codes.values())
        ids = {text: by_code[code] for text, code in codes.items() if code in by_code}
        for scheme in ("reference", "id"):
            # Asked for last and so counting most: an id, then a reference of one's own, then an ISRC.
            ids |= told.ids_of_songs(self.session, scheme, wanted)
        songs = songs_by_id(self.session, ids.values())
        self._songs |= {text: songs[song_id] for text, song_id in ids.items()}
        self._nothing.update(text for text in wanted if text not in ids)

    def tell(self, song: SongView, texts: Iterable[str]) -> None:
        """Learn of a recording that was told of just now, and by what it is known."""
        self._songs |= dict.fromkeys(texts, song)

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
        found = self.known_song(text)
        if found is None:
            message = f"there is no recording {text[:60]!r}; take it in first, or tell of it in a file of recordings"
            self.problems.add(place.file, place.line, column, message)
        return found

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

    def known_song(self, text: str) -> SongView | None:
        """The recording of an id, a reference or an ISRC, if there is one."""
        if text not in self._songs and text not in self._nothing:
            found = find_song(self.session, text)
            if found is None:
                return None
            self._songs[text] = found
        return self._songs.get(text)

    def named(self, name: str) -> PartyView | None:
        """The only party of that name, if there is one.

        Raises
        ------
        BadSong
            When there are several.
        """
        if name in self._parties:
            return self._parties[name]
        there = parties_named(self.session, name)
        return self.find(name) if len(there) > 1 else next(iter(there), None)

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


def _says_an_id(text: str) -> bool:
    return text.startswith("pty_") or text.partition(":")[0].lower() in ("isni", "ipi", "dpid")


def _isrc(text: str) -> str | None:
    try:
        return isrc(text)
    except BadSong:
        return None
