"""What the rights slice does: give and withdraw grants, gather facts and explain.

The decision itself is :func:`contrafact.rights.decide.decide`, a pure function; :mod:`contrafact.rights.keeping` keeps
what was decided.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.orm import Session

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.kit.ids import new_id
from contrafact.rights import store
from contrafact.rights.decide import decide, replay
from contrafact.rights.extents import require_meant
from contrafact.rights.gathering import Known, known_about, known_for
from contrafact.rights.keeping import DecisionRecord, check_chain, decision, record
from contrafact.rights.models import GrantRow
from contrafact.rights.presets import PRESETS, Preset, preset_terms
from contrafact.rights.ruling import Ruling
from contrafact.rights.values import (
    Authority,
    Decision,
    Facts,
    Grant,
    Price,
    RightsRequest,
    Side,
    Subject,
    Terms,
    Use,
)

__all__ = [
    "PRESETS",
    "DecisionRecord",
    "Known",
    "Ruling",
    "check_chain",
    "decide",
    "decision",
    "explain",
    "facts_for",
    "grant_by_all",
    "grant_preset",
    "grant_terms",
    "grants_on",
    "history",
    "known_about",
    "known_for",
    "presets_on",
    "record",
    "replay",
    "withdraw",
]


def facts_for(session: Session, subjects: Sequence[Subject]) -> Facts:
    """All that is known for a decision about these recordings: they themselves and the current grants on them.

    The subjects (with their holders) come from the catalogue by way of the caller: slices do not read each other's
    tables.
    """
    return Facts(subjects=tuple(subjects), grants=known_about(session, subjects).grants)


def grants_on(session: Session, subject: Subject) -> tuple[Grant, ...]:
    """The newest version of every grant on a recording and its work, withdrawn ones too."""
    return facts_for(session, [subject]).grants


def grant_preset(
    session: Session,
    preset: Preset,
    subject: Subject,
    *,
    licence_id: str | None,
    attribution: str,
    by: str,
    clock: Clock,
) -> tuple[Grant, ...]:
    """Give a preset for all holders of the master and of the work.

    ``mine`` is said by whoever holds the song: where the singer is one of its holders, it speaks for that voice too.
    A singer who holds nothing is never spoken for.

    A preset given before is superseded by a new version; when it says the same, nothing is written. ``none`` withdraws
    the presets that were given before. Grants that came by other ways are left as they are.

    Returns
    -------
    tuple of Grant
        The presets now in force, none after ``none``.

    Raises
    ------
    WrongCall
        When the preset is unknown, or ``open`` comes with a licence that is not known.
    """
    if preset not in PRESETS:
        raise WrongCall(f"there is no preset {preset!r}; use one of {', '.join(PRESETS)}")
    try:
        terms = preset_terms(preset, licence_id, attribution)
    except ValueError as error:
        raise WrongCall(str(error)) from error
    rows = store.current_grants(session, {subject.recording_id, subject.work_id})
    old = {(row.side, row.subject_id, row.party_id): row for row in rows if row.origin.startswith("preset:")}
    if terms is None:
        for row in old.values():
            if row.status == "active":
                _next_version(session, row, status="withdrawn", by=by, clock=clock)
        return ()
    holders = _holders(subject, with_own_voice=preset == "mine")
    for place, row in old.items():
        if place not in holders and row.status == "active":
            # What an earlier preset said for a voice, this one does not say.
            _next_version(session, row, status="withdrawn", by=by, clock=clock)
    given = []
    for side, subject_id, party_id in holders:
        given.append(
            _give(
                session,
                old.get((side, subject_id, party_id)),
                side=side,
                subject_id=subject_id,
                party_id=party_id,
                terms=terms[0],
                authority=terms[1],
                origin=f"preset:{preset}",
                by=by,
                clock=clock,
            )
        )
    return tuple(given)


def presets_on(session: Session, subjects: Sequence[Subject]) -> tuple[str, ...]:
    """The series of all presets in force on these recordings and their works: what the preset ``none`` takes back."""
    ids = {item for subject in subjects for item in (subject.recording_id, subject.work_id)}
    rows = store.current_grants(session, ids)
    return tuple(row.series for row in rows if row.origin.startswith("preset:") and row.status == "active")


def grant_terms(
    session: Session,
    terms: Terms,
    *,
    side: Side,
    subject_id: str,
    party_id: str,
    by: str,
    clock: Clock,
    authority: Authority = "owner",
    series: str | None = None,
) -> Grant:
    """Give a grant in the owner's own terms: a new one, or with ``series`` the next version of one.

    Raises
    ------
    NotFound
        When there is no such series.
    Conflict
        When the series belongs to another party, subject or side.
    WrongCall
        When the terms cannot be meant (:func:`contrafact.rights.extents.faults_in`).
    """
    previous = None
    if series is not None:
        previous = _existing(session, series)
        if (previous.side, previous.subject_id, previous.party_id) != (side, subject_id, party_id):
            raise Conflict("that grant is about something else; give a new one")
    return _give(
        session,
        previous,
        side=side,
        subject_id=subject_id,
        party_id=party_id,
        terms=terms,
        authority=authority,
        origin="terms",
        by=by,
        clock=clock,
    )


def grant_by_all(
    session: Session,
    terms: Terms,
    subject: Subject,
    *,
    by: str,
    clock: Clock,
    authority: Authority = "owner",
    with_own_voice: bool = False,
) -> tuple[Grant, ...]:
    """Give the same terms by every holder of the master and of the work.

    Performers are not spoken for; with ``with_own_voice`` those who hold a part of the master speak for themselves.
    Where a holder has a grant that says just this already, nothing is written.
    """
    text = store.written(terms)
    there = {
        (row.side, row.subject_id, row.party_id): row
        for row in store.current_grants(session, {subject.recording_id, subject.work_id})
        if (row.terms, row.authority, row.status) == (text, authority, "active")
    }
    given = []
    for side, subject_id, party_id in _holders(subject, with_own_voice):
        row = there.get((side, subject_id, party_id))
        given.append(
            store.as_grant(row)
            if row is not None
            else grant_terms(
                session,
                terms,
                side=side,
                subject_id=subject_id,
                party_id=party_id,
                by=by,
                clock=clock,
                authority=authority,
            )
        )
    return tuple(given)


def withdraw(session: Session, series: str, *, by: str, clock: Clock) -> Grant:
    """Withdraw a grant by a new version: nothing new may be made under it from now on.

    Raises
    ------
    NotFound
        When there is no such grant.
    """
    row = _existing(session, series)
    if row.status == "withdrawn":
        return store.as_grant(row)
    return store.as_grant(_next_version(session, row, status="withdrawn", by=by, clock=clock))


def history(session: Session, series: str) -> tuple[Grant, ...]:
    """Every version of a grant, oldest first."""
    return tuple(store.as_grant(row) for row in store.history(session, series))


def explain(
    known: Facts | Ruling,
    operation: Operation,
    *,
    territory: str,
    tier: str,
    paid: bool,
    at: datetime,
    user_id: str = "anybody",
    beside: Sequence[Operation] = (),
    pays: Price | None = None,
) -> Decision:
    """Whether one operation would be allowed in principle, there and then, and why; nothing is recorded.

    Parameters
    ----------
    known : Facts or Ruling
        What is known about the songs; who asks several questions makes it ready once.
    beside : sequence of Operation
        What is done as well: downloading a cover asks others than downloading a remix.
    pays : Price, optional
        What is paid for the song.

    Raises
    ------
    WrongCall
        When the territory, tier or moment is not one.
    """
    try:
        request = RightsRequest(
            operations=tuple(Use(operation=item) for item in (*beside, operation)),
            territory=territory,
            tier=tier,
            paid=paid,
            user_id=user_id,
            at=at,
            pays=pays,
        )
    except ValueError as error:
        raise WrongCall(_first_message(error)) from error
    return (known if isinstance(known, Ruling) else Ruling(known)).decide(request)


def _holders(subject: Subject, with_own_voice: bool = False) -> tuple[tuple[Side, str, str], ...]:
    """Every (side, subject id, party id) whose grant the master and the work need, each once.

    ``with_own_voice`` adds the voice of performers who hold a part of the master themselves.
    """
    places: dict[tuple[Side, str, str], None] = {}
    for holder in subject.master:
        places["master", subject.recording_id, holder.party_id] = None
    for holder in subject.work:
        places["work", subject.work_id, holder.party_id] = None
    if with_own_voice:
        own = {holder.party_id for holder in subject.master}
        for party_id in subject.performers:
            if party_id in own:
                places["voice", subject.recording_id, party_id] = None
    return tuple(places)


def _give(
    session: Session,
    previous: GrantRow | None,
    *,
    side: Side,
    subject_id: str,
    party_id: str,
    terms: Terms,
    authority: Authority,
    origin: str,
    by: str,
    clock: Clock,
) -> Grant:
    text = store.written(terms)
    same = previous is not None and (previous.terms, previous.authority, previous.origin) == (text, authority, origin)
    if previous is not None and same and previous.status == "active":
        return store.as_grant(previous)
    require_meant(terms, "", before=store.as_grant(previous).terms if previous is not None else None)
    row = GrantRow(
        id=new_id("grt"),
        series=previous.series if previous else new_id("grs"),
        version=previous.version + 1 if previous else 1,
        side=side,
        subject_id=subject_id,
        party_id=party_id,
        authority=authority,
        origin=origin,
        status="active",
        terms=text,
        created_at=clock.now(),
        created_by=by,
    )
    session.add(row)
    session.flush()
    return store.as_grant(row)


def _next_version(session: Session, row: GrantRow, *, status: str, by: str, clock: Clock) -> GrantRow:
    following = GrantRow(
        id=new_id("grt"),
        series=row.series,
        version=row.version + 1,
        side=row.side,
        subject_id=row.subject_id,
        party_id=row.party_id,
        authority=row.authority,
        origin=row.origin,
        status=status,
        terms=row.terms,
        created_at=clock.now(),
        created_by=by,
    )
    session.add(following)
    session.flush()
    return following


def _existing(session: Session, series: str) -> GrantRow:
    row = store.newest_of_series(session, series)
    if row is None:
        raise NotFound(f"there is no grant {series!r}")
    return row


def _first_message(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    return str(error)
