"""The rights holder's console: catalogue, permission matrix, bulk edit, what if, uses, audit log.

All of it is the owner's; until there is sign-in, that is whoever sits at the machine.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from contrafact.accounts.schemas import User
from contrafact.catalogue import finding
from contrafact.remixes.console import auditing, bulk, chronicle, listing, permitting, using, wondering
from contrafact.remixes.schemas import WhatIfView
from contrafact.remixes.withdrawals import withdrawing
from contrafact.rights.extents import require_meant
from contrafact.rights.summary import country_name, summary
from contrafact.rights.territories import COUNTRIES
from contrafact.rights.values import Terms
from contrafact.service.dependencies import NO_REMIX, NO_SONG, Answers, owner, workshop
from contrafact.service.streaming import finished
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api/rights", tags=["rights"])
Shop = Annotated[Workshop, Depends(workshop)]
Owner = Annotated[User, Depends(owner)]
_OWNER: Answers = {403: {"description": "The request does not come from the owner."}}
_EDIT: Answers = {
    **_OWNER,
    **NO_SONG,
    409: {"description": "A grant came to another version since it was read; look again."},
    422: {"description": "The terms cannot be meant; the message begins with the place of the fault."},
}


class ColumnCall(BaseModel):
    """A column of the matrix as it shall be: whole terms, and what they are based on."""

    model_config = ConfigDict(extra="forbid")

    terms: Terms
    based_on: Annotated[Mapping[str, int], Field(max_length=500)] | None = None
    """Series and version of every grant of the column, as they were read; None gives a new column."""


class BulkCall(BaseModel):
    """One change for many songs; first with ``dry_run``, which does all of it and takes it back."""

    model_config = ConfigDict(extra="forbid")

    songs: bulk.Selection
    change: bulk.Change
    dry_run: bool = True


class CountryView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str


class CountriesView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    countries: tuple[CountryView, ...]


class SummaryCall(BaseModel):
    """The columns of a matrix as they would be."""

    model_config = ConfigDict(extra="forbid")

    terms: Annotated[tuple[Terms, ...], Field(max_length=100)]


class SummaryView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sentences: tuple[str, ...]


class BulkView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    dry_run: bool
    changed: int
    songs: tuple[bulk.SongChange, ...]


@router.get("/countries")
def countries() -> CountriesView:
    """Every country that a grant can name, by its English name."""
    named = sorted((country_name(code), code) for code in COUNTRIES)
    return CountriesView(countries=tuple(CountryView(code=code, name=name) for name, code in named))


@router.get("/songs", responses=_OWNER)
def songs(
    shop: Shop,
    _: Owner,
    words: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> listing.CatalogueView:
    """The catalogue, each song with what its grants say; ``words`` finds in title, artist, album, label and ISRC."""
    with shop.installation.database.reading() as session:
        return listing.catalogue_page(session, words, start)


@router.get("/names", responses=_OWNER)
def names(
    shop: Shop, _: Owner, facet: finding.Facet, words: Annotated[str, Query(max_length=200)] = ""
) -> listing.NamesView:
    """Labels, artists or albums in which all words occur, for choosing many songs at once; at most fifty."""
    with shop.installation.database.reading() as session:
        return listing.names(session, facet, words)


@router.get("/songs/{song_id}", responses={**_OWNER, **NO_SONG})
def sheet(song_id: str, shop: Shop, _: Owner) -> permitting.SheetView:
    """A song's permission matrix, its holders, and what listeners may do now."""
    with shop.installation.database.reading() as session:
        return permitting.sheet(shop.installation, session, finding.song(session, song_id))


@router.put("/songs/{song_id}/column", responses=_EDIT)
def set_column(song_id: str, call: ColumnCall, shop: Shop, user: Owner) -> permitting.SheetView:
    """Give a column of the matrix new terms, or give a new column; every version is kept."""
    require_meant(call.terms, "terms")
    with shop.installation.database.transaction() as session:
        recording = finding.song(session, song_id)
        permitting.set_column(shop.installation, session, recording, call.terms, based_on=call.based_on, by=user.name)
        return permitting.sheet(shop.installation, session, recording)


@router.post("/summary", responses=_OWNER)
def summarise(call: SummaryCall, _: Owner) -> SummaryView:
    """What columns would say in plain sentences, before they are given."""
    return SummaryView(sentences=summary(call.terms))


@router.post("/bulk", responses=_EDIT)
def change_many(call: BulkCall, shop: Shop, user: Owner) -> BulkView:
    """Change the permissions of all songs of a label, an artist or an album, all or none."""
    if call.change.terms is not None:
        require_meant(call.change.terms, "change.terms")
    withdraw = withdrawing.withdrawer(shop.installation, by=user.name)
    found = bulk.change_many(
        shop.installation, call.songs, call.change, by=user.name, dry_run=call.dry_run, withdraw=withdraw
    )
    return BulkView(dry_run=call.dry_run, changed=sum(each.changed for each in found), songs=found)


@router.post("/what-if", responses={**_OWNER, **NO_SONG})
def what_if(question: wondering.Question, shop: Shop, _: Owner) -> WhatIfView:
    """May such a listener do this, there and then; the same answer as ``contrafact rights explain``."""
    with shop.installation.database.reading() as session:
        return wondering.what_if(shop.installation, session, question)


@router.get("/songs/{song_id}/uses", responses={**_OWNER, **NO_SONG})
def uses(song_id: str, shop: Shop, _: Owner, start: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> using.UsesView:
    """Every take that was made of a song, with its sound, newest first."""
    with shop.installation.database.reading() as session:
        return using.uses(shop.installation, session, song_id, start)


@router.get("/songs/{song_id}/history", responses={**_OWNER, **NO_SONG})
def history(song_id: str, shop: Shop, _: Owner) -> chronicle.ChronicleView:
    """Every version of every grant on a song, the newest first; what was withdrawn as well."""
    with shop.installation.database.reading() as session:
        return chronicle.chronicle(session, song_id)


@router.get("/uses/{remix_id}/audio", responses={**_OWNER, **NO_REMIX, 200: {"content": {"audio/flac": {}}}})
def use_audio(remix_id: str, shop: Shop, _: Owner) -> Response:
    """The sound of a take, for the owners of its songs."""
    sound = using.heard_by_owner(shop.installation, remix_id)
    return finished(sound.path, sound.media_type, etag=sound.sha256)


@router.get(
    "/audit",
    responses={**_OWNER, **NO_SONG, 200: {"content": {"application/x-ndjson": {}, "text/csv": {}}}},
    response_class=Response,
)
def audit(
    shop: Shop, _: Owner, form: Literal["jsonl", "csv"] = "jsonl", song_id: str | None = None
) -> StreamingResponse:
    """The audit log: every grant, switch and decision, of one song or of all; to be kept elsewhere."""
    with shop.installation.database.reading() as session:
        song = None if song_id is None else finding.song(session, song_id)

    def lines() -> Iterator[bytes]:
        with shop.installation.database.reading() as session:
            found = auditing.entries(session, None if song is None else (song.id, song.work_id))
            yield from auditing.as_lines(found) if form == "jsonl" else auditing.as_table(found)

    name = f"contrafact-audit{f'-{song.id}' if song else ''}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    media_type = "application/x-ndjson" if form == "jsonl" else "text/csv; charset=utf-8"
    return StreamingResponse(lines(), media_type=media_type, headers=headers)
