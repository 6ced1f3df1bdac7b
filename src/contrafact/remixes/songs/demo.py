"""The demo: Ada's library of openly licensed songs and the project's own, each with what its owner allows."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from contrafact.assets.errors import AssetError
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.demo.songs import DemoSong, demo_songs, ingest_demo_song
from contrafact.catalogue.service import Admission
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import Progress, part
from contrafact.kit.errors import BadInputError
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.songs.library import demo_listener, give_preset
from contrafact.rights import service as rights
from contrafact.rights.values import Terms


@dataclass(frozen=True, slots=True)
class Report:
    """What the set-up did: songs that are there, how many of them are new, and what had to be left out."""

    there: int
    added: int
    problems: tuple[str, ...]


def set_up(installation: Installation, *, offline: bool, progress: Progress) -> Report:
    """Take the demo songs in; quick when they are there. A song that cannot be taken in is left out and told.

    Parameters
    ----------
    offline : bool
        Only the songs that need nothing fetched.
    """
    demo_listener(installation)
    songs = [song for song in demo_songs(installation.assets) if song.offline or not offline]
    added, problems = 0, []
    for place, song in enumerate(songs):
        span = part(progress, place / len(songs), (place + 1) / len(songs))
        span(0.0, song.title)
        try:
            added += ingest_one(installation, song, span).created
        except (BadInput, BadInputError, AssetError) as error:
            problems.append(f"“{song.title}”: {error}")
    progress(1.0, "ready")
    return Report(len(songs) - len(problems), added, tuple(problems))


def ingest_one(installation: Installation, song: DemoSong, progress: Progress) -> Admission:
    """Take one demo song in, with its grants in the same transaction."""

    def grant(session: Session, admission: Admission) -> None:
        _grant(installation, session, song, admission)

    def titled(fraction: float, stage: str) -> None:
        progress(fraction, f"{song.title}: {stage}")

    return ingest_demo_song(
        song,
        database=installation.database,
        blobs=installation.blobs,
        assets=installation.assets,
        scratch=installation.home.scratch,
        clock=installation.clock,
        progress=titled,
        also=grant,
    )


def _grant(installation: Installation, session: Session, song: DemoSong, admission: Admission) -> None:
    recording = admission.recording
    if song.grant == "open":
        give_preset(installation, session, recording, "open")
        return
    rights.grant_by_all(
        session,
        Terms.model_validate(song.terms),
        subject_of(recording, catalogue.holders(session, recording.id)),
        by="demo",
        clock=installation.clock,
    )
