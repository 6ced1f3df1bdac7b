"""One change for many songs: first what it would do, then the very same done, whole or not at all."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from contrafact.catalogue import finding
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.finding import Wanted
from contrafact.catalogue.ownership import SongView
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import NotFound, WrongCall
from contrafact.remixes.console.csv_grants import Withdraw
from contrafact.remixes.console.permitting import (
    ColumnView,
    Permissions,
    State,
    permissions,
    permissions_of,
    set_column,
    with_cells,
)
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import subject_of
from contrafact.rights import service as rights
from contrafact.rights.presets import Preset
from contrafact.rights.summary import summary
from contrafact.rights.territories import Territories
from contrafact.rights.values import Name, Terms

MOST_SONGS: Final = 5_000
"""Changed at once; whoever has more says it by label, artist or album one after the other."""


class _Call(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Selection(_Call):
    """Songs by label, artist and album (all that are said must fit, without regard to case), or by their ids."""

    label: Annotated[str, Field(max_length=300)] | None = None
    artist: Annotated[str, Field(max_length=300)] | None = None
    album: Annotated[str, Field(max_length=300)] | None = None
    song_ids: Annotated[tuple[str, ...], Field(max_length=MOST_SONGS)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Selection":
        if self.label is None and self.artist is None and self.album is None and self.song_ids is None:
            raise ValueError("say which songs: a label, an artist, an album or ids")
        return self

    @property
    def wanted(self) -> Wanted:
        """The same for the catalogue."""
        return Wanted(label=self.label, artist=self.artist, album=self.album, ids=self.song_ids)


class Change(_Call):
    """What to change: a preset, whole terms, or single cells of the permission matrix with where and for whom.

    With cells every column that can be edited is changed; a song that has none gets a new one.
    """

    preset: Preset | None = None
    terms: Terms | None = None
    cells: Mapping[Operation, State] | None = None
    territories: Territories | None = None
    tiers: tuple[Name, ...] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Change":
        kinds = (self.preset is not None, self.terms is not None, self._patches)
        if sum(kinds) != 1:
            raise ValueError("say one of: a preset, terms, or cells with territories and tiers")
        return self

    @property
    def _patches(self) -> bool:
        return self.cells is not None or self.territories is not None or self.tiers is not None

    def applied_to(self, terms: Terms) -> Terms:
        """Terms as they are after the change of cells."""
        changed = with_cells(terms, self.cells or {})
        update: dict[str, object] = {}
        if self.territories is not None:
            update["territories"] = self.territories
        if self.tiers is not None:
            update["tiers"] = self.tiers
        return changed.model_copy(update=update)


class SongChange(_Call):
    """What becomes of one song's permissions, in sentences."""

    song_id: str
    title: str
    artist: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    changed: bool
    note: str | None = None


def selected(session: Session, selection: Selection) -> tuple[SongView, ...]:
    """The songs that are meant, announced or there.

    Raises
    ------
    NotFound
        When an id is no song's, or nothing fits.
    WrongCall
        When more than :data:`MOST_SONGS` fit.
    """
    wanted = selection.wanted
    if wanted.ids is not None:
        known = {song.id for song in finding.songs_found(session, Wanted(ids=wanted.ids))}
        unknown = set(wanted.ids) - known
        if unknown:
            raise NotFound(f"there is no song {min(unknown)!r} in the library")
    count = finding.count_songs(session, wanted)
    if not count:
        raise NotFound("no song of the library fits; look at how label, artist and album are written")
    if count > MOST_SONGS:
        raise WrongCall(f"{count} songs fit; change at most {MOST_SONGS} at once")
    return finding.songs_found(session, wanted)


def change_many(
    installation: Installation,
    selection: Selection,
    change: Change,
    *,
    by: str,
    dry_run: bool,
    withdraw: Withdraw | None = None,
) -> tuple[SongChange, ...]:
    """Change the permissions of songs, all or none; with ``dry_run`` do the very same and take it back.

    Parameters
    ----------
    withdraw : callable, optional
        Withdraws what the preset ``none`` takes back. Without one, nothing new is made, and nothing else follows;
        :func:`~contrafact.remixes.withdrawals.withdrawing.withdraw_in` does all of it.

    Raises
    ------
    NotFound, WrongCall
        As for :func:`selected`, and when a preset cannot be given.
    """
    with installation.database.transaction() as session:
        recordings = selected(session, selection)
        before = permissions_of(session, recordings)
        with session.begin_nested() as attempt:
            if change.preset == "none" and withdraw is not None:
                _take_back(session, recordings, withdraw)
            found = tuple(
                _change(installation, session, recording, change, by, before[recording.id]) for recording in recordings
            )
            if dry_run:
                attempt.rollback()
    return found


def _take_back(session: Session, recordings: Sequence[SongView], withdraw: Withdraw) -> None:
    """Withdraw the presets of these songs together, so that what rests on several of them is decided once."""
    subjects = [subject_of(recording, catalogue.holders(session, recording.id)) for recording in recordings]
    series = rights.presets_on(session, subjects)
    if series:
        withdraw(session, series)


def _change(
    installation: Installation, session: Session, recording: SongView, change: Change, by: str, before: Permissions
) -> SongChange:
    note = None
    if change.preset is not None:
        rights.grant_preset(
            session,
            change.preset,
            subject_of(recording, catalogue.holders(session, recording.id)),
            licence_id=_licence_of(session, recording),
            attribution=_attribution_of(session, recording),
            by=by,
            clock=installation.clock,
        )
    elif change.terms is not None:
        set_column(installation, session, recording, change.terms, based_on=None, by=by)
    else:
        note = _patch(installation, session, recording, before.columns, change, by)
    after = permissions(session, recording)
    return SongChange(
        song_id=recording.id,
        title=recording.title,
        artist=recording.artist,
        before=before.summary,
        after=after.summary,
        changed=[column.series for column in before.columns] != [column.series for column in after.columns],
        note=note,
    )


def _patch(
    installation: Installation,
    session: Session,
    recording: SongView,
    columns: Sequence[ColumnView],
    change: Change,
    by: str,
) -> str | None:
    editable = [column for column in columns if column.editable]
    for column in editable:
        terms = change.applied_to(Terms.model_validate(column.terms))
        set_column(installation, session, recording, terms, based_on=column.series, by=by)
    if not editable:
        terms = change.applied_to(Terms(attribution=_attribution_of(session, recording) or None))
        if summary([terms]) != summary([]):
            set_column(installation, session, recording, terms, based_on=None, by=by)
    if len(editable) < len(columns):
        return "Its public licence stays as it is: what that allows, anybody may do."
    return None


def _licence_of(session: Session, song: SongView) -> str | None:
    """The public licence of a recording; one that is only announced has none that is known."""
    return None if song.announced else catalogue.get(session, song.id).licence_id


def _attribution_of(session: Session, song: SongView) -> str:
    return f"“{song.title}” by {song.artist}" if song.announced else catalogue.get(session, song.id).attribution
