"""The rights holder's permission matrix: what a song's grants say, edited in place, for one song or for many.

A column of the matrix is a grant: territories, tiers and conditions stand in its head, its operations are the cells.
Holders who granted the same in the same words share a column. Whether a listener may in the end do something is another
question (everybody must agree), and the effective row beside the matrix answers it by the decision itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.accounts.schemas import TIERS
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ownership import SongView
from contrafact.catalogue.values import Holders, RecordingView
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.canonical import digest
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.kit.licences import licence
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import explain, facts_about
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.schemas import ReasonView
from contrafact.rights import service as rights
from contrafact.rights.sentences import phrase
from contrafact.rights.summary import summary, where_words
from contrafact.rights.values import Allowed, Grant, Subject, Terms

OPERATIONS: Final[tuple[Operation, ...]] = get_args(Operation)
State = Literal["yes", "ask", "no"]
"""Allowed, allowed after the owner heard it, not allowed."""


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CellView(_View):
    operation: Operation
    words: str
    state: State


class ColumnView(_View):
    """One grant, or the same grant by several holders."""

    key: str
    series: Mapping[str, int]
    """Each grant's series and version: what an edit is based on."""
    origin: str
    """``licence``, ``declared``, ``owner`` …: with what authority it was given."""
    holders: tuple[str, ...]
    """Names of who gave it, with the side that each speaks for."""
    for_all: bool
    """Whether it speaks for every holder of the recording and of the work."""
    where: str
    tiers: tuple[str, ...] | None
    terms: dict[str, Any]
    cells: tuple[CellView, ...]
    editable: bool
    reason: str | None
    """Why it cannot be edited."""


class EffectiveView(_View):
    """What a listener on one plan may do now, here: the decision's answer."""

    tier: str
    territory: str
    cells: tuple["EffectiveCell", ...]


class EffectiveCell(_View):
    operation: Operation
    outcome: Literal["permit", "deny", "needs_approval"]
    reasons: tuple[ReasonView, ...]


class HolderView(_View):
    party_id: str
    name: str
    role: str
    side: Literal["master", "work"]
    share: str
    where: str
    valid_from: str | None
    valid_to: str | None


class FindingView(_View):
    """A place and a time in which the shares of one side do not sum to one: nothing is decided there."""

    kind: Literal["gap", "overlap"]
    side: Literal["master", "work"]
    sentence: str
    now: bool
    """Whether it is so at this moment."""


class SheetView(_View):
    """Everything about one song's permissions for its owner."""

    song_id: str
    work_id: str
    title: str
    artist: str
    album: str | None
    label: str | None
    isrc: str | None
    status: str
    announced: bool
    """Whether its sound is not here yet: what is granted counts from when it comes."""
    summary: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    withdrawn: tuple[ColumnView, ...]
    effective: tuple[EffectiveView, ...]
    holders: tuple[HolderView, ...]
    findings: tuple[FindingView, ...]
    """Gaps and overlaps of the shares, the earliest first."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a song's grants say, before anybody asks."""

    subject: Subject
    holders: Holders
    summary: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    withdrawn: tuple[ColumnView, ...]


def permissions(session: Session, recording: RecordingView | SongView) -> Permissions:
    """The grants of a song as columns of its matrix."""
    return permissions_of(session, [recording])[recording.id]


def permissions_of(session: Session, songs: Sequence[RecordingView | SongView]) -> dict[str, Permissions]:
    """The same for many songs, by id, in as few queries as for one."""
    held = catalogue.holders_of_many(session, [song.id for song in songs])
    subjects = {song.id: subject_of(song, held[song.id]) for song in songs}
    grants: dict[str, list[Grant]] = {}
    for grant in rights.facts_for(session, tuple(subjects.values())).grants:
        grants.setdefault(grant.subject_id, []).append(grant)
    return {
        song_id: _permissions(subject, held[song_id], [*grants.get(song_id, ()), *grants.get(subject.work_id, ())])
        for song_id, subject in subjects.items()
    }


def _permissions(subject: Subject, holders: Holders, grants: Sequence[Grant]) -> Permissions:
    names = _names(holders)
    active = _groups([grant for grant in grants if grant.status == "active"])
    gone = _groups([grant for grant in grants if grant.status == "withdrawn"])
    return Permissions(
        subject=subject,
        holders=holders,
        summary=summary([group[0].terms for group in active]),
        columns=tuple(_column(subject, names, group) for group in active),
        withdrawn=tuple(_column(subject, names, group) for group in gone),
    )


def sheet(installation: Installation, session: Session, recording: RecordingView | SongView) -> SheetView:
    """The permission sheet of a song: its grants, who holds it, and what listeners may do now."""
    found = permissions(session, recording)
    ruling = rights.Ruling(facts_about(session, [found.subject]))
    return SheetView(
        song_id=recording.id,
        work_id=recording.work_id,
        title=recording.title,
        artist=recording.artist,
        album=recording.album,
        label=recording.label,
        isrc=recording.isrc,
        status=recording.status,
        announced=isinstance(recording, SongView) and recording.announced,
        summary=found.summary,
        columns=found.columns,
        withdrawn=found.withdrawn,
        effective=tuple(_effective(installation, ruling, tier) for tier in TIERS),
        holders=tuple(_holder_views(found.holders)),
        findings=tuple(_findings(installation, found.holders)),
    )


def effective_now(
    installation: Installation, session: Session, recording: RecordingView | SongView
) -> tuple[EffectiveView, ...]:
    """What listeners on each plan may do with a song now, here."""
    subject = subject_of(recording, catalogue.holders(session, recording.id))
    ruling = rights.Ruling(facts_about(session, [subject]))
    return tuple(_effective(installation, ruling, tier) for tier in TIERS)


def _findings(installation: Installation, holders: Holders) -> list[FindingView]:
    at = installation.clock.now()
    return [
        FindingView(
            kind="gap" if found.kind == "gap" else "overlap",
            side=found.side,
            sentence=found.sentence(),
            now=found.holds_at(at),
        )
        for found in catalogue.gaps_and_overlaps(holders)
    ]


def _groups(grants: Sequence[Grant]) -> list[list[Grant]]:
    """Grants that say the same with the same authority, in a lasting order."""
    found: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants:
        found.setdefault((digest(grant.terms.model_dump(mode="json")), grant.authority), []).append(grant)
    return sorted(found.values(), key=lambda group: min(grant.series for grant in group))


def _column(subject: Subject, names: Mapping[str, str], group: Sequence[Grant]) -> ColumnView:
    first = group[0]
    places = {(grant.side, grant.subject_id, grant.party_id) for grant in group}
    needed = {("master", subject.recording_id, holder.party_id) for holder in subject.master}
    needed |= {("work", subject.work_id, holder.party_id) for holder in subject.work}
    reason = _fixed(first)
    told = dict.fromkeys(f"{names.get(grant.party_id, grant.party_id)} ({grant.side})" for grant in group)
    return ColumnView(
        key=min(grant.series for grant in group),
        series={grant.series: grant.version for grant in sorted(group, key=lambda grant: grant.series)},
        origin=first.authority,
        holders=tuple(told),
        for_all=needed <= places,
        where=where_words(first.terms.territories),
        tiers=first.terms.tiers,
        terms=first.terms.model_dump(mode="json"),
        cells=tuple(_cell(first.terms, operation) for operation in OPERATIONS),
        editable=reason is None,
        reason=reason,
    )


def _cell(terms: Terms, operation: Operation) -> CellView:
    allowed = terms.allowed(operation)
    state: State = "no" if allowed is None else "ask" if allowed.needs_approval else "yes"
    return CellView(operation=operation, words=phrase(operation), state=state)


def _fixed(grant: Grant) -> str | None:
    """Why a grant cannot be edited; None when it can."""
    if grant.status == "withdrawn":
        return "It was withdrawn; give a new one."
    if grant.authority == "licence":
        known = licence(grant.terms.licence_id or "")
        return (
            f"It is the song's public licence ({known.name if known else grant.terms.licence_id}), which is not edited."
        )
    return None


def _effective(installation: Installation, ruling: rights.Ruling, tier: str) -> EffectiveView:
    decided = [(operation, explain(installation, ruling, operation, tier=tier)) for operation in OPERATIONS]
    return EffectiveView(
        tier=tier,
        territory=installation.territory,
        cells=tuple(
            EffectiveCell(
                operation=operation,
                outcome=decision.outcome,
                reasons=tuple(
                    ReasonView(code=reason.code, operation=reason.operation, sentence=reason.sentence)
                    for reason in decision.reasons
                ),
            )
            for operation, decision in decided
        ),
    )


def _names(holders: Holders) -> dict[str, str]:
    names = {part.party_id: part.name for part in holders.contributions}
    return names | {part.party_id: part.name for part in (*holders.master, *holders.work)}


def _holder_views(holders: Holders) -> list[HolderView]:
    sides: tuple[tuple[Literal["master", "work"], Any], ...] = (("master", holders.master), ("work", holders.work))
    return [
        HolderView(
            party_id=part.party_id,
            name=part.name,
            role=part.role,
            side=side,
            share=str(part.share),
            where=where_words(part.territories),
            valid_from=part.valid_from.isoformat() if part.valid_from else None,
            valid_to=part.valid_to.isoformat() if part.valid_to else None,
        )
        for side, parts in sides
        for part in parts
    ]


def set_column(
    installation: Installation,
    session: Session,
    recording: RecordingView | SongView,
    terms: Terms,
    *,
    based_on: Mapping[str, int] | None,
    by: str,
) -> tuple[Grant, ...]:
    """Give a column new terms, or with ``based_on`` None give a new column by every holder.

    A singer who holds a part of the recording speaks for the own voice as well; one who holds nothing never is spoken
    for.

    Raises
    ------
    Conflict
        When a grant came to another version since it was read.
    NotFound
        When a grant is not one of this song's.
    WrongCall
        When the column cannot be edited.
    """
    subject = subject_of(recording, catalogue.holders(session, recording.id))
    if based_on is None:
        return rights.grant_by_all(session, terms, subject, by=by, clock=installation.clock, with_own_voice=True)
    there = {grant.series: grant for grant in rights.grants_on(session, subject)}
    given = []
    for series, version in sorted(based_on.items()):
        grant = there.get(series)
        if grant is None:
            raise NotFound(f"there is no grant {series!r} on “{recording.title}”")
        if grant.version != version:
            raise Conflict(
                f"“{recording.title}” was changed by somebody else meanwhile; look at it again, then say it again"
            )
        reason = _fixed(grant)
        if reason is not None:
            raise WrongCall(reason)
        given.append(
            rights.grant_terms(
                session,
                terms,
                side=grant.side,
                subject_id=grant.subject_id,
                party_id=grant.party_id,
                by=by,
                clock=installation.clock,
                authority=grant.authority,
                series=series,
            )
        )
    return tuple(given)


def with_cells(terms: Terms, cells: Mapping[Operation, State]) -> Terms:
    """Terms with some operations allowed, asked about or taken away; bounds of those that stay are kept."""
    found = {allowed.operation: allowed for allowed in terms.operations}
    for operation, state in cells.items():
        if state == "no":
            found.pop(operation, None)
        else:
            known = found.get(operation, Allowed(operation=operation))
            found[operation] = known.model_copy(update={"needs_approval": state == "ask"})
    return Terms.model_validate(terms.model_dump() | {"operations": tuple(found.values())})
