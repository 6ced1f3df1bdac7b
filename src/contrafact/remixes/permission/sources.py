"""The recordings that a remix is made from: one, or the two of a mash-up, in the order in which its recipe counts."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.values import Holders, RecordingView
from contrafact.engine.recipe.recipe import Recipe
from contrafact.kit.errors import WrongCall
from contrafact.remixes.tables.models import RemixRow


@dataclass(frozen=True, slots=True)
class Source:
    """A recording with all who hold a part of it."""

    recording: RecordingView
    holders: Holders


def sources_for(session: Session, song: str, recipe: Recipe) -> tuple[Source, ...]:
    """The recordings of a recipe that is asked on a song of the library.

    Raises
    ------
    NoSuchSong
        When the song is not in the library.
    WrongCall
        When the recipe is another song's, or its second recording is not in the library; with the path in the recipe.
    """
    first = catalogue.get(session, song)
    if recipe.sources[0] != first.sha256:
        raise WrongCall(
            "sources[0]: the recipe is for another recording; its source must be the SHA-256 of this song's file"
        )
    found = [first]
    for place, sha256 in enumerate(recipe.sources[1:], start=1):
        other = catalogue.find_source(session, sha256)
        if other is None:
            raise WrongCall(f"sources[{place}]: this recording is not in the library; take it in first")
        found.append(other)
    return tuple(Source(recording, catalogue.holders(session, recording.id)) for recording in found)


def sources_of(session: Session, row: RemixRow) -> tuple[Source, ...]:
    """The recordings of a remix with the charts that it was asked with, whatever was corrected since."""
    asked = [(row.recording_id, row.chart_blob)]
    if row.guest_recording_id is not None:
        asked.append((row.guest_recording_id, row.guest_chart_blob))
    found = []
    for recording_id, chart_blob in asked:
        recording = catalogue.get(session, recording_id)
        recording = replace(recording, chart_blob=chart_blob or recording.heard_chart_blob)
        found.append(Source(recording, catalogue.holders(session, recording.id)))
    return tuple(found)
