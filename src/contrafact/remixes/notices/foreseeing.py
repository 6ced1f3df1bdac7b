"""What a step in a dispute or of a notice would do: the very same is done and taken back, so that nothing can differ.

Songs, releases and takes are looked at before and after; nobody is told anything, and nothing is kept.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.standing import status_of
from contrafact.remixes.installation import Installation
from contrafact.remixes.notices import disputing, noticing
from contrafact.remixes.standing import blocking, release_states
from contrafact.remixes.tables import store_releases, store_withdrawals
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights import disputes, notices
from contrafact.rights.clocks import load_clocks
from contrafact.rights.disputes import Claim, Outcome
from contrafact.rights.notice_documents import Target

Deed = Literal["accept", "reject", "restore", "uphold"]
_BY = "nobody"
_WHY = "To see what it would do."


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SongForeseen(_View):
    """A song, and whether it could be remixed before and after."""

    song_id: str
    title: str
    artist: str
    before: str
    after: str


class ReleaseForeseen(_View):
    """A release, and what others would hear of it before and after."""

    release_id: str
    remix_id: str
    title: str
    by: str
    before: str
    after: str
    held: bool
    """Whether something else keeps it where it is."""


class ForeseenView(_View):
    """What a step would do."""

    songs: tuple[SongForeseen, ...]
    releases: tuple[ReleaseForeseen, ...]
    takes_gone: int
    """Takes that their own listeners could not play any more."""
    takes_back: int
    listeners: int
    """Whose takes or releases change."""
    told: tuple[str, ...]
    """Names of the holders who are told."""
    answer_until: AwareDatetime | None = None
    """Until when whose it is can answer."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is to be seen of some songs and takes at one moment."""

    songs: dict[str, str]
    releases: dict[str, str]
    playable: dict[str, bool]


def opening(installation: Installation, subject_id: str) -> ForeseenView:
    """What opening a dispute about a recording or a work would do, whatever side and grounds it has.

    Raises
    ------
    NotFound
        When there is no such recording, or no work with a recording.
    """
    claim = Claim(
        subject_kind="work" if subject_id.startswith("wrk_") else "recording",
        subject_id=subject_id,
        claimant=_BY,
        evidence=_WHY,
        releases=load_clocks(installation.home.root).releases,
    )
    with installation.database.transaction() as session:
        recordings = disputing.recordings_about(session, subject_id)
        rows = store_withdrawals.remixes_of(session, recordings)

        def do() -> None:
            disputing.open_in(installation, session, claim, by=_BY)

        return _foresee(installation, session, recordings, rows, do, _holders(session, recordings))


def ending(installation: Installation, dispute_id: str, outcome: Outcome) -> ForeseenView:
    """What ending a dispute so would do.

    Raises
    ------
    NotFound, Conflict
        There is none; it is over already.
    """
    with installation.database.transaction() as session:
        recordings = disputing.recordings_about(session, disputes.dispute(session, dispute_id).subject_id)
        rows = store_withdrawals.remixes_of(session, recordings)

        def do() -> None:
            # A settlement needs the name of a statement, which changes nothing of what is seen.
            named = _WHY if outcome == "settled" else None
            disputing.resolve_in(installation, session, dispute_id, outcome, _WHY, by=_BY, statement=named)

        return _foresee(installation, session, recordings, rows, do, _holders(session, recordings))


def deed(installation: Installation, notice_id: str, what: Deed) -> ForeseenView:
    """What acting on a notice so would do, its stay-down aside.

    Raises
    ------
    NotFound, Conflict
        There is none, or nothing where it points; it cannot go there from where it is.
    """
    clock = installation.clock
    with installation.database.transaction() as session:
        found = notices.notice(session, notice_id)
        recordings, rows = _reach(session, found.target)

        def do() -> AwareDatetime | None:
            if what == "accept":
                return noticing.accept_in(installation, session, notice_id, by=_BY, text=_WHY).due_at
            if what == "restore":
                noticing.restore_in(installation, session, notice_id, _BY, _WHY)
            elif what == "uphold":
                notices.uphold(session, notice_id, _WHY, by=_BY, clock=clock)
            else:
                notices.reject(session, notice_id, _WHY, by=_BY, clock=clock)
            return None

        # Upheld, what the notice itself holds stays where it is: nothing else keeps it there.
        return _foresee(installation, session, recordings, rows, do, (), by_itself=what == "uphold")


def _reach(session: Session, target: Target | None) -> tuple[tuple[str, ...], list[RemixRow]]:
    if target is None:
        return (), []
    pairs, recordings = noticing.reached_by(session, target)
    return recordings, [row for row, _ in pairs]


def _foresee(
    installation: Installation,
    session: Session,
    recordings: Collection[str],
    rows: Collection[RemixRow],
    do: Callable[[], AwareDatetime | None],
    told: tuple[str, ...],
    *,
    by_itself: bool = False,
) -> ForeseenView:
    release_states.settle(session, installation.clock)
    remixes = {row.id: row for row in rows}
    before = _look(installation, session, recordings, remixes)
    with session.begin_nested() as attempt:
        due = do()
        after = _look(installation, session, recordings, remixes)
        attempt.rollback()
    found = _seen(session, before, after, remixes, by_itself)
    touched = {remixes[item.remix_id].user_id for item in found if item.before != item.after}
    gone = [each for each, there in before.playable.items() if there and not after.playable[each]]
    back = [each for each, there in before.playable.items() if not there and after.playable[each]]
    touched |= {remixes[each].user_id for each in (*gone, *back)}
    songs = []
    for recording_id in recordings:
        song = catalogue.get(session, recording_id)
        songs.append(
            SongForeseen(
                song_id=song.id,
                title=song.title,
                artist=song.artist,
                before=before.songs[song.id],
                after=after.songs[song.id],
            )
        )
    return ForeseenView(
        songs=tuple(songs),
        releases=found,
        takes_gone=len(gone),
        takes_back=len(back),
        listeners=len(touched),
        told=told,
        answer_until=due,
    )


def _look(
    installation: Installation, session: Session, recordings: Collection[str], remixes: Collection[str]
) -> _Sight:
    releases = store_withdrawals.releases_of(session, list(remixes))
    return _Sight(
        {each: status_of(session, each) for each in recordings},
        {row.id: row.state for row in releases.values()},
        {each: blocking.why_not_playable(session, each, installation.clock) is None for each in remixes},
    )


def _seen(
    session: Session, before: _Sight, after: _Sight, remixes: dict[str, RemixRow], by_itself: bool
) -> tuple[ReleaseForeseen, ...]:
    found = []
    for release_id, state in after.releases.items():
        row = store_releases.release(session, release_id)
        assert row is not None  # it was seen a moment ago
        found.append(
            ReleaseForeseen(
                release_id=release_id,
                remix_id=row.remix_id,
                title=remixes[row.remix_id].title,
                by=remixes[row.remix_id].user_name,
                before=before.releases[release_id],
                after=state,
                held=not by_itself and before.releases[release_id] == state and state in ("frozen", "taken_down"),
            )
        )
    return tuple(found)


def _holders(session: Session, recordings: Collection[str]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for held in catalogue.holders_of_many(session, recordings).values():
        names |= {share.party_id: share.name for share in (*held.master, *held.work)}
    return tuple(sorted(set(names.values())))
