"""Recordings from lines: told of where they are new, corrected where they are there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from contrafact.catalogue.announcing import announce, songs_by_id
from contrafact.catalogue.announcing_many import AT_ONCE, Announcement, announce_many
from contrafact.catalogue.changing import Said
from contrafact.catalogue.csv_import.lines import Place, RecordingLine
from contrafact.catalogue.csv_import.looking_up import Lookup
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.report import Detail, Report
from contrafact.catalogue.describing import GENRES_AT_MOST, set_identifiers, set_label_and_genres, set_titles
from contrafact.catalogue.identifiers import Scheme
from contrafact.catalogue.ownership import ChangeView
from contrafact.kit.errors import ContrafactError


@dataclass(frozen=True, slots=True)
class RecordingImporter:
    """The recordings of one import."""

    session: Session
    lookup: Lookup
    said: Said
    report: Report
    problems: Problems

    def apply(self, lines: Sequence[RecordingLine]) -> None:
        """Tell of new recordings, and correct those that are there."""
        keys = ((line.id, line.isrc, line.reference) for line in lines)
        self.lookup.learn_songs(key for some in keys for key in some if key)
        new = self._announce_many(lines)
        for line in lines:
            try:
                self._recording(line, line.place in new)
            except ContrafactError as error:
                self._refuse(line.place, "isrc", str(error))

    def _announce_many(self, lines: Sequence[RecordingLine]) -> set[Place]:
        """Tell of new recordings with few queries; where one of them is wrong, of none: each is then told of alone,
        and what is wrong with it at its place."""
        wanted: dict[str, RecordingLine] = {}
        for line in lines:
            key = line.isrc or line.reference
            alone = line.id is None and not (line.isrc and line.reference)
            if key and alone and len(line.genres or ()) <= GENRES_AT_MOST and self.lookup.known_song(key) is None:
                wanted.setdefault(key, line)
        told = list(wanted.values())
        for start in range(0, len(told), AT_ONCE):
            announcements = [
                Announcement(
                    title=line.title,
                    artist=line.artist,
                    isrc=line.isrc,
                    reference=line.reference,
                    album=line.album,
                    iswc=line.iswc,
                    label=line.label or None,
                    genres=line.genres or (),
                )
                for line in told[start : start + AT_ONCE]
            ]
            try:
                announced = announce_many(self.session, announcements, **self._why)
            except ContrafactError:
                return {line.place for line in told[:start]}
            songs = songs_by_id(self.session, [one.recording_id for one in announced])
            for line, one in zip(told[start : start + AT_ONCE], announced, strict=True):
                self.lookup.tell(songs[one.recording_id], [line.isrc or line.reference or ""])
        return {line.place for line in told}

    def _recording(self, line: RecordingLine, new: bool) -> None:
        """``new`` where it was told of just now."""
        keys = [key for key in (line.id, line.isrc, line.reference) if key]
        songs = [song for key in keys if (song := self.lookup.known_song(key))]
        if len({song.id for song in songs}) > 1:
            self._refuse(line.place, "isrc", "ISRC, reference and id are different recordings'; correct one of them")
            return
        if not songs and line.id:
            self._refuse(line.place, "id", f"there is no recording {line.id!r}")
            return
        song = songs[0] if songs else None
        name = f"“{line.title}” by {line.artist}"
        details: list[Detail] = []
        told = [("isrc", line.isrc), ("reference", line.reference), ("album", line.album), ("iswc", line.iswc)]
        if song is not None and new:
            told += [("label", song.label), ("genres", " ".join(song.genres))]
            details = [Detail(field_name, None, value) for field_name, value in told if value]
        elif song is None:
            song = announce(
                self.session,
                title=line.title,
                artist=line.artist,
                album=line.album,
                isrc_code=line.isrc,
                reference=line.reference,
                iswc_code=line.iswc,
                **self._why,
            )
            details = [Detail(field_name, None, value) for field_name, value in told if value]
            new = True
            self.lookup.tell(song, keys)
        else:
            ours: dict[Scheme, str | None] = {"isrc": line.isrc, "reference": line.reference}
            other = {key: value for key, value in ours.items() if value and getattr(song, key) != value}
            if other:
                details += _details(set_identifiers(self.session, song.id, other, **self._why))
            if line.iswc and line.iswc != song.iswc:
                details += _details(set_identifiers(self.session, song.work_id, {"iswc": line.iswc}, **self._why))
            if (line.title, line.artist, line.album or song.album) != (song.title, song.artist, song.album):
                titles = set_titles(
                    self.session, song.id, title=line.title, artist=line.artist, album=line.album, **self._why
                )
                details += _details(titles)
        label = song.label if line.label is None else line.label or None
        genres = song.genres if line.genres is None else line.genres
        if (label, genres) != (song.label, song.genres):
            details += _details(set_label_and_genres(self.session, song.id, label, genres, **self._why))
        self.report.add(
            "added" if new else "changed" if details else "unchanged", "recording", name, line.place, details
        )

    @property
    def _why(self) -> dict[str, Any]:
        return {"by": self.said.by, "reason": self.said.reason, "clock": self.said.clock}

    def _refuse(self, place: Place, column: str, message: str) -> None:
        self.problems.add(place.file, place.line, column, message)


def _details(changes: Iterable[ChangeView]) -> list[Detail]:
    return [Detail(item.field, item.before, item.after) for item in changes]
