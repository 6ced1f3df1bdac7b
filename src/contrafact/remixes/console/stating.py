"""Who owns a side of a song, stated in the console: shown with all that it changes first, then done just so.

Trying does the very same in a transaction that is taken back: what would be permitted, and what held money would go to
whom, is what the decision and the ledger say, never a guess of the page.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from contrafact.catalogue import finding
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.csv_import import cells
from contrafact.catalogue.csv_import.cells import Unreadable
from contrafact.catalogue.findings import Finding, findings_of, regions_of
from contrafact.catalogue.identifiers import Scheme
from contrafact.catalogue.ownership import SHARES_AT_MOST, ShareView, SongView, StatedShare, StatedSide, StatementView
from contrafact.catalogue.standing import recordings_of_work
from contrafact.catalogue.values import PartyView
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.kit.territories import Territories
from contrafact.remixes.console.permitting import EffectiveView, effective_now
from contrafact.remixes.installation import Installation
from contrafact.remixes.takes.giving_out import SideGivenOut, give_out_in
from contrafact.rights.summary import where_words

_TRIED: Final = "tried in the console"
_PARTY_SCHEMES: Final[tuple[Scheme, ...]] = ("isni", "ipi", "dpid")
_REGIONS_AT_MOST: Final = 60
"""That are drawn; the sentences tell of all findings, up to :data:`_FINDINGS_AT_MOST`."""
_FINDINGS_AT_MOST: Final = 100
_SONGS_AT_MOST: Final = 100
"""Recordings of one composition of which it is decided what changes: some milliseconds each, at every change typed."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShareSaid(_Value):
    """One share as somebody writes it: ``1/3``, ``50%``; held in ``[valid_from, valid_to)``."""

    party_id: Annotated[str, Field(max_length=40)]
    role: Annotated[str, Field(min_length=1, max_length=64)] = "owner"
    share: Annotated[str, Field(min_length=1, max_length=40)]
    territories: Territories = Territories()
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class Statement(_Value):
    """All shares of one side, and the version of what was stated that they are based on (0: nothing was)."""

    side: StatedSide
    shares: Annotated[tuple[ShareSaid, ...], Field(max_length=SHARES_AT_MOST)]
    based_on: Annotated[int, Field(ge=0)]


class ShareShown(_Value):
    party_id: str
    name: str
    role: str
    share: str
    territories: Territories
    valid_from: datetime | None
    valid_to: datetime | None


class PartShown(_Value):
    """A party's part in one region; ``of_whole`` is for drawing, ``share`` is exact."""

    party_id: str
    name: str
    share: str
    of_whole: float


class RegionShown(_Value):
    """A place and a time in which the same parties hold the same."""

    kind: Literal["gap", "overlap", "whole"]
    where: str
    valid_from: datetime | None
    valid_to: datetime | None
    total: str
    of_whole: float
    now: bool
    parts: tuple[PartShown, ...]


class SideView(_Value):
    """Who holds one side of a song, as it was stated last."""

    side: StatedSide
    version: int
    shares: tuple[ShareShown, ...]
    regions: tuple[RegionShown, ...]
    stated_by: str | None
    stated_at: datetime | None
    reason: str | None
    recordings: int
    """How many recordings it is about: a composition may be that of several."""


class SharesView(_Value):
    """Both sides of a song."""

    song_id: str
    sides: tuple[SideView, SideView]


class PermissionChange(_Value):
    """An operation that a listener on one plan may do afterwards and could not before, or the other way round."""

    operation: str
    tier: str
    before: str
    after: str


class SongChange(_Value):
    """What listeners may do afterwards and could not before, or the other way round, with one recording."""

    song_id: str
    title: str
    artist: str
    permissions: tuple[PermissionChange, ...]


class StatementPreview(_Value):
    """What stating it would do, or did."""

    done: bool
    changed: bool
    regions: tuple[RegionShown, ...]
    findings: tuple[str, ...]
    """Gaps and overlaps in sentences: there nothing is permitted."""
    songs: tuple[SongChange, ...]
    """The song that is looked at, then every other recording of the composition where that is stated."""
    songs_unseen: int
    """Further recordings for which it counts as well, and which were not looked at one by one."""
    territory: str
    given_out: tuple[SideGivenOut, ...]
    """Money that was held and goes to who held the side where and when the song was used; and what stays."""
    currency: str
    version: int


def shares_view(installation: Installation, session: Session, song_id: str) -> SharesView:
    """Who holds what of a song, ready to be stated anew.

    Raises
    ------
    NotFound
        When there is no such song.
    """
    song = finding.song(session, song_id)
    master, work = (_side_view(installation, session, side, song.id, song.work_id) for side in ("master", "work"))
    return SharesView(song_id=song.id, sides=(master, work))


def state(
    installation: Installation,
    song_id: str,
    said: Statement,
    *,
    by: str,
    reason: str = _TRIED,
    evidence: str = "",
    findings_are_meant: bool = False,
    dry_run: bool = False,
) -> StatementPreview:
    """State who holds a side of a song, and give out what was held for want of an owner; all of it or nothing.

    Parameters
    ----------
    findings_are_meant : bool
        Whether gaps and overlaps that remain are known: without it, a statement that has some is refused.
    dry_run : bool
        Do the very same and take it back.

    Raises
    ------
    Conflict
        When somebody stated the side meanwhile.
    WrongCall
        When a share cannot be read, or the shares do not add up and nobody said that this is meant.
    BadOwnership, NoSuchParty, NotFound
        As of :func:`contrafact.catalogue.service.state_shares`.
    """
    with installation.database.transaction() as session:
        song = finding.song(session, song_id)
        subject_id = song.id if said.side == "master" else song.work_id
        stated = catalogue.statements_of(session, subject_id)
        version = stated[-1].version if stated else 0
        if version != said.based_on:
            raise Conflict(
                f"who holds the {said.side} was stated by somebody else meanwhile; look at it again, then say it again"
            )
        shares = tuple(_stated(place, share) for place, share in enumerate(said.shares, start=1))
        songs = _songs(session, said.side, song)
        seen = songs[:_SONGS_AT_MOST]
        before = [effective_now(installation, session, each) for each in seen]
        with session.begin_nested() as attempt:
            now = catalogue.state_shares(
                session, subject_id, shares, by=by, reason=reason, clock=installation.clock, evidence=evidence
            )
            found = findings_of(said.side, now.shares)
            if found and not dry_run and not findings_are_meant:
                raise WrongCall(
                    f"the shares do not add up ({found[0].sentence()}); nothing is permitted there: mend them, or say "
                    "that it is meant"
                )
            recordings = (song.id,) if said.side == "master" else tuple(recordings_of_work(session, song.work_id))
            given = give_out_in(installation, session, recordings, by=by, reason="Who holds it was stated.")
            preview = StatementPreview(
                done=not dry_run,
                changed=now.version != version,
                regions=_regions(installation, said.side, now.shares),
                findings=tuple(each.sentence() for each in found[:_FINDINGS_AT_MOST]),
                songs=tuple(
                    SongChange(
                        song_id=each.id,
                        title=each.title,
                        artist=each.artist,
                        permissions=tuple(_changes(was, effective_now(installation, session, each))),
                    )
                    for each, was in zip(seen, before, strict=True)
                ),
                songs_unseen=len(songs) - len(seen),
                territory=installation.territory,
                given_out=tuple(one for one in given if one.side == said.side),
                currency=installation.currency,
                version=now.version,
            )
            if dry_run:
                attempt.rollback()
    return preview


def _songs(session: Session, side: StatedSide, song: SongView) -> tuple[SongView, ...]:
    """All recordings for which the side counts, those that are announced too; the one that is looked at first."""
    if side == "master":
        return (song,)
    return (song, *(each for each in catalogue.songs_of_work(session, song.work_id) if each.id != song.id))


def _stated(place: int, said: ShareSaid) -> StatedShare:
    try:
        share = cells.share(said.share.strip())
    except Unreadable as error:
        raise WrongCall(f"shares[{place - 1}].share: {error}") from error
    return StatedShare(said.party_id, said.role.strip(), share, said.territories, said.valid_from, said.valid_to)


def _side_view(
    installation: Installation, session: Session, side: StatedSide, recording_id: str, work_id: str
) -> SideView:
    stated = catalogue.statements_of(session, recording_id if side == "master" else work_id)
    newest: StatementView | None = stated[-1] if stated else None
    shares = newest.shares if newest is not None else ()
    return SideView(
        side=side,
        version=newest.version if newest is not None else 0,
        shares=tuple(
            ShareShown(
                party_id=item.party_id,
                name=item.name,
                role=item.role,
                # A plain “1” may be a part or percent, and would be refused when it comes back.
                share=f"{item.share.numerator}/{item.share.denominator}",
                territories=item.territories,
                valid_from=item.valid_from,
                valid_to=item.valid_to,
            )
            for item in shares
        ),
        regions=_regions(installation, side, shares),
        stated_by=newest.by if newest is not None else None,
        stated_at=newest.at if newest is not None else None,
        reason=newest.reason if newest is not None else None,
        recordings=1 if side == "master" else len(catalogue.songs_of_work(session, work_id)),
    )


def _regions(installation: Installation, side: StatedSide, shares: Sequence[ShareView]) -> tuple[RegionShown, ...]:
    """What is drawn: first what does not add up, then what holds now, then the rest."""
    at = installation.clock.now()
    found = sorted(regions_of(side, shares), key=lambda each: (each.kind == "whole", not each.holds_at(at)))
    return tuple(_region(each, at) for each in found[:_REGIONS_AT_MOST])


def _region(found: Finding, at: datetime) -> RegionShown:
    return RegionShown(
        kind=found.kind,
        where=where_words(found.territories),
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        total=str(found.total),
        of_whole=float(found.total),
        now=found.holds_at(at),
        parts=tuple(
            PartShown(party_id=claim.party_id, name=claim.name, share=str(claim.share), of_whole=float(claim.share))
            for claim in found.claims
        ),
    )


def _changes(before: Sequence[EffectiveView], after: Sequence[EffectiveView]) -> Iterator[PermissionChange]:
    for was, now in zip(before, after, strict=True):
        for old, new in zip(was.cells, now.cells, strict=True):
            if old.outcome != new.outcome:
                yield PermissionChange(operation=old.operation, tier=was.tier, before=old.outcome, after=new.outcome)


class PartyFound(_Value):
    """A party of the catalogue, by whom its name alone may not tell it apart."""

    party_id: str
    name: str
    kind: str
    isni: str | None
    ipi: str | None
    dpid: str | None


class NewParty(_Value):
    """Somebody whom the catalogue does not know yet; identifiers are checked."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Literal["person", "group", "organisation"] = "person"
    isni: Annotated[str, Field(max_length=40)] | None = None
    ipi: Annotated[str, Field(max_length=40)] | None = None
    dpid: Annotated[str, Field(max_length=40)] | None = None


def parties_found(session: Session, words: str) -> tuple[PartyFound, ...]:
    """Parties whose name begins with some words, or that have the identifier: for choosing an owner."""
    return tuple(_party(view) for view in catalogue.parties_like(session, words))


def add_party(installation: Installation, said: NewParty, *, by: str) -> PartyFound:
    """Let somebody become known, with the identifiers.

    Raises
    ------
    BadIdentifier, TakenIdentifier
        As of :func:`contrafact.catalogue.service.set_identifiers`; nothing was written.
    """
    why: dict[str, Any] = {"by": by, "reason": "named as an owner in the console", "clock": installation.clock}
    given: dict[Scheme, str | None] = {}
    for scheme in _PARTY_SCHEMES:
        if value := getattr(said, scheme):
            given[scheme] = value
    with installation.database.transaction() as session:
        made = catalogue.put_party(session, said.name, said.kind, **why)
        if given:
            catalogue.set_identifiers(session, made.id, given, **why)
        found = next((each for each in catalogue.parties_like(session, made.id)), None)
        if found is None:
            raise NotFound(f"there is no party {made.id!r}")
        return _party(found)


def _party(view: PartyView) -> PartyFound:
    return PartyFound(party_id=view.id, name=view.name, kind=view.kind, isni=view.isni, ipi=view.ipi, dpid=view.dpid)
