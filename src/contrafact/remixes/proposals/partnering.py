"""Partners for a mash-up: whose voice of the library goes over a song's bars, best first, and whether it may."""

import heapq
from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.values import RecordingView
from contrafact.engine.arranging.compatibility import Match, Pulse, best_imaginable, best_match, sentence
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.verdict import require_song
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import facts_about, subjects_of
from contrafact.remixes.permission.sources import Source
from contrafact.remixes.schemas import OperationView
from contrafact.remixes.showing.views import operation_view

MOST_PARTNERS: Final = 24
_LIST_ROUNDING: Final = 1e-3
"""The library's list rounds tempi, so a score that it promises may be exceeded by so much."""


class PartnerView(BaseModel):
    """A song whose voice may be laid over this one's bars."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    artist: str
    tempo_bpm: float
    key: str
    cover_url: str
    fit: float
    """0 (they fight) to 1 (made for each other): by tempo, key and the chords that would meet."""
    sentence: str
    """What happens to the voice: how far it is transposed, and how fast it goes."""
    semitones: int
    speed: float
    mashup: OperationView
    """Whether the owners of both songs allow it in principle; the plan has the last word."""


class PartnersView(BaseModel):
    """What a listener may choose from, and how many songs were looked through."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    partners: tuple[PartnerView, ...]
    voices: int
    """Songs of the library, besides this one, in which somebody sings."""


def partners(installation: Installation, song: str, user: User, most: int = 8) -> PartnersView:
    """The songs of the library whose voices go best over a song's bars; nothing is rendered or recorded.

    The search is exact: what the list knows of a song (tempo and key) bounds how well it can fit at best, and charts
    are read from the most promising on until no other song can be better than those found.

    Parameters
    ----------
    song : str
        Its id in the library.
    user : User
        Whose plan and place the permissions are told for.
    most : int
        1 to 24.

    Raises
    ------
    BadInput
        ``most`` is out of range.
    NoSuchSong
        There is no such song.
    NotASong
        The recording is silence, speech or noise, which has no bars to sing over.
    """
    if not 1 <= most <= MOST_PARTNERS:
        raise BadInput(f"{most} partners cannot be asked for; ask for 1 to {MOST_PARTNERS}")
    with installation.database.reading() as session:
        bed = catalogue.get(session, song)
        chart = catalogue.chart_of(bed, installation.blobs)
        require_song(chart)
        singers = [each for each in catalogue.list_recordings(session) if each.id != bed.id and _sings(each)]
        found = _best(installation, bed, chart, singers, most)
        under = Source(bed, catalogue.holders(session, bed.id))
        views = []
        for match, guest in found:
            both = subjects_of((under, Source(guest, catalogue.holders(session, guest.id))))
            facts = facts_about(session, both)
            views.append(_view(guest, match, operation_view(installation, facts, "mashup", user, ("stems_use",))))
    return PartnersView(partners=tuple(views), voices=len(singers))


def _sings(recording: RecordingView) -> bool:
    return recording.has_vocals and recording.content == "music" and recording.status != "withdrawn"


def _best(
    installation: Installation, bed: RecordingView, chart: Chart, singers: Sequence[RecordingView], most: int
) -> list[tuple[Match, RecordingView]]:
    """The best fitting, best first; of equals the one that came first."""
    pulse = _pulse_of(bed)
    promising = sorted(
        ((best_imaginable(pulse, _pulse_of(guest)), -place) for place, guest in enumerate(singers)), reverse=True
    )
    kept: list[tuple[float, int, Match]] = []
    for promise, behind in promising:
        if promise == 0.0 or (len(kept) == most and promise + _LIST_ROUNDING < kept[0][0]):
            break
        over = catalogue.chart_of(singers[-behind], installation.blobs)
        match = best_match(chart, over)
        item = (match.score, behind, match)
        if len(kept) < most:
            heapq.heappush(kept, item)
        elif item[:2] > kept[0][:2]:
            heapq.heapreplace(kept, item)
    return list(_in_order(kept, singers))


def _in_order(
    kept: list[tuple[float, int, Match]], singers: Sequence[RecordingView]
) -> Iterator[tuple[Match, RecordingView]]:
    for _, behind, match in sorted(kept, key=lambda item: item[:2], reverse=True):
        yield match, singers[-behind]


def _pulse_of(recording: RecordingView) -> Pulse:
    tonic, _, mode = recording.key.partition(" ")
    return Pulse(recording.tempo_bpm, tonic, mode == "minor")


def _view(guest: RecordingView, match: Match, mashup: OperationView) -> PartnerView:
    return PartnerView(
        id=guest.id,
        title=guest.title,
        artist=guest.artist,
        tempo_bpm=guest.tempo_bpm,
        key=guest.key,
        cover_url=f"/api/songs/{guest.id}/cover",
        fit=match.score,
        sentence=sentence(match),
        semitones=match.semitones,
        speed=match.speed,
        mashup=mashup,
    )
