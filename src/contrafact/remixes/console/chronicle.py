"""What was ever granted on one song, version by version, in sentences for its owner."""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import finding
from contrafact.catalogue import service as catalogue
from contrafact.rights import logbook
from contrafact.rights.summary import summary
from contrafact.rights.values import Terms

_TO_THE_SECOND: Final = len("2026-03-01T12:00:00")


class VersionView(BaseModel):
    """One version of one party's grant, or of the same grants by several that were given in one go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: tuple[str, ...]
    version: int
    status: Literal["active", "withdrawn"]
    origin: str
    parties: tuple[str, ...]
    by: str
    at: datetime
    summary: tuple[str, ...]


class ChronicleView(BaseModel):
    """Newest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    song_id: str
    versions: tuple[VersionView, ...]


def chronicle(session: Session, song: str) -> ChronicleView:
    """Every version of every grant on a song and its work; what was said at once in the same words is one entry.

    Raises
    ------
    NoSuchSong
        When the song is not in the library.
    """
    recording = finding.song(session, song)
    found: dict[tuple[str, str, str, int, str], VersionView] = {}
    rows = list(logbook.all_grants(session, (recording.id, recording.work_id)))
    names = catalogue.names_of(session, {row["party_id"] for row in rows})
    for row in rows:
        terms = Terms.model_validate(row["terms"])
        # One go gives one version to each side within the same moment, give or take some microseconds.
        key = (row["at"][:_TO_THE_SECOND], row["by"], row["status"], row["version"], terms.model_dump_json())
        party = f"{names.get(row['party_id'], row['party_id'])} ({row['side']})"
        before = found.get(key)
        found[key] = VersionView(
            series=(*(before.series if before else ()), row["series"]),
            version=row["version"],
            status=row["status"],
            origin=row["origin"],
            parties=(*(before.parties if before else ()), party),
            by=row["by"],
            at=row["at"],
            summary=summary([terms]),
        )
    return ChronicleView(song_id=recording.id, versions=tuple(reversed(found.values())))
