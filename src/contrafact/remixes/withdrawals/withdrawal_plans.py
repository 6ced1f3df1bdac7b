"""The plan of a withdrawal (R5): every take and release that rests on what goes, and what it becomes. Reading only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.standing import status_of
from contrafact.kit.errors import NotFound, WrongCall
from contrafact.kit.licences import licence
from contrafact.remixes.installation import Installation
from contrafact.remixes.proposals.deriving import ParentState
from contrafact.remixes.standing.release_states import STRICTNESS, State
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import ReleaseRow
from contrafact.remixes.withdrawals.resting import Going, Node, Permit, decide_again, fate_of, nodes_of, stricter
from contrafact.rights import service as rights
from contrafact.rights.terms import Fate, OnWithdrawal
from contrafact.rights.values import Decision
from contrafact.royalties import service as royalties

Becomes = Literal["permitted", "keep", "private", "already", "unlist", "take_down", "cancelled", "refused"]
"""``permitted``: another grant permits it (double licensing); ``keep``: the contract lets it stay; ``private``: it is
its listener's alone, and stays so; ``already``: something else has it where the contract wants it, or will by then;
``cancelled``: it was being made; ``refused``: it waited for an owner."""
_UNDER_WAY: Final = frozenset({"queued", "rendering"})


class AffectedView(BaseModel):
    """A take, or the release of one, that rested on what goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    remix_id: str
    release_id: str | None
    """None for its listener's own take."""
    title: str
    song: str
    """Title and artist of what it is made of."""
    by: str
    user_id: str
    parent_remix_id: str | None
    state: str
    """What it is now: a state of a release, or of a take that was not released."""
    becomes: Becomes
    due_at: AwareDatetime | None
    """When; None is at once, or nothing happens. Of what is ``already`` promised: when that is kept."""
    series: tuple[str, ...]
    """The grants, of those that go, that it rested on."""
    reason: str
    earned_micros: int
    """Booked so far; it stays owed whatever becomes of the take."""


class SongReached(BaseModel):
    """A recording of which nothing new is made any more by what goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    song_id: str
    title: str
    artist: str


class WithdrawalView(BaseModel):
    """What a withdrawal does, or would do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: tuple[str, ...]
    recordings: tuple[str, ...]
    """Withdrawn altogether."""
    songs: tuple[SongReached, ...]
    """Every recording that is touched, by title: of a composition all that were made of it."""
    licences: tuple[str, ...]
    """Names of the public licences under which it is not offered here any more; what they gave cannot be taken back."""
    at: AwareDatetime
    affected: tuple[AffectedView, ...]
    counts: Mapping[str, int]
    """How many remixes become what; one whose release and whose take go is one."""
    remixes: int
    listeners: int
    earned_micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a plan with what is needed to do it."""

    node: Node
    view: AffectedView
    decision: Decision | None
    """What is permitted when it has gone."""
    due_at: datetime | None
    """When its own hold begins, which may be after another's; None is at once."""
    to: State | None = None
    """Where it holds a release."""


def going_of(session: Session, series: Iterable[str], recordings: Iterable[str]) -> tuple[Going, tuple[str, ...]]:
    """What goes, and all recordings that it may touch."""
    chosen, whole = sorted(set(series)), sorted(set(recordings))
    if not chosen and not whole:
        raise WrongCall("say what is withdrawn: grants by their series, or whole recordings")
    touched = set(whole)
    active = set()
    licences = {}
    for one in chosen:
        versions = rights.history(session, one)
        if not versions:
            raise NotFound(f"there is no grant {one!r}")
        newest = versions[-1]
        if newest.status == "active":
            active.add(one)
            if newest.authority == "licence":
                known = licence(newest.terms.licence_id or "")
                licences[one] = known.name if known is not None else newest.terms.licence_id or "a public licence"
        if newest.side == "work":
            touched |= {song.id for song in catalogue.songs_of_work(session, newest.subject_id)}
        else:
            touched |= {newest.subject_id}
    for recording_id in whole:
        status_of(session, recording_id)
    return Going(frozenset(active), frozenset(whole), licences), tuple(sorted(touched))


def plan_of(installation: Installation, session: Session, going: Going, touched: Sequence[str]) -> tuple[Planned, ...]:
    """Every take and release that rests on what goes, parents first, with what it becomes."""
    nodes = nodes_of(session, touched) if going.series or going.recordings else ()
    songs = catalogue.songs_by_id(session, {node.row.recording_id for node in nodes})
    told = {song.id: f"{song.title} – {song.artist}" for song in songs.values()}
    making = _Making(session, going, installation.clock.now(), told)
    return tuple(planned for node in nodes for planned in making.of(node))


@dataclass(slots=True)
class _Making:
    """A plan in the making: what was found of parents counts for their children."""

    session: Session
    going: Going
    at: datetime
    songs: Mapping[str, str]
    heard: dict[str, ParentState] = field(default_factory=dict)
    """What will be heard of a take when all is done."""
    whens: dict[str, OnWithdrawal] = field(default_factory=dict)
    """The contracts by which takes go."""

    def of(self, node: Node) -> Iterator[Planned]:
        """What becomes of one take, and of its release."""
        row, release = node.row, node.release
        contract, series = fate_of(node, self.going)
        above = self.whens.get(row.parent_remix_id or "")
        whole = bool(self.going.recordings & {row.recording_id, row.guest_recording_id or ""})
        if not series and not whole and above is None:
            return
        take = self._decided(row, node.take_permit)
        shared = self._decided(row, node.release_permit) if release is not None else take
        contract = stricter(contract, above) if above is not None else contract
        take_stays = take is not None and take.permitted
        shared_stays = shared is not None and shared.permitted and take_stays
        line = _Line(
            node,
            self.songs.get(row.recording_id, ""),
            series,
            royalties.earnings(self.session, row.id).total_micros,
            above is not None and not series,
            None if whole else self.going.not_offered(series),
            self.at,
            self.at + timedelta(hours=contract.hours),
        )
        gone: Fate | None = None
        if release is not None:
            becomes = _for_release(release.state, shared_stays, contract.fate)
            yield line.of_release(release, becomes, shared)
            gone = contract.fate if becomes in ("unlist", "take_down") else None
        becomes = _for_take(row.status, take_stays, contract.fate)
        if release is None or becomes in ("take_down", "cancelled", "refused"):
            yield from line.of_take(becomes, take)
        if becomes == "take_down" or gone == "take_down":
            self.heard[row.id] = "taken_down"
            self.whens[row.id] = contract
        elif gone == "unlist":
            self.heard[row.id] = "unlisted"

    def _decided(self, row: RemixRow, permit: Permit | None) -> Decision | None:
        return None if permit is None else decide_again(self.session, row, permit, self.going, self.at, self.heard)


@dataclass(frozen=True, slots=True)
class _Line:
    """What lines about one take and its release have in common."""

    node: Node
    song: str
    series: tuple[str, ...]
    earned_micros: int
    by_parent: bool
    licence_name: str | None
    at: datetime
    due_at: datetime
    """When the contract's hours are over."""

    def of_release(self, release: ReleaseRow, becomes: Becomes, new: Decision | None) -> Planned:
        if becomes not in ("unlist", "take_down"):
            return self._line(becomes, release.state, release.id, new)
        wanted: State = "unlisted" if becomes == "unlist" else "taken_down"
        state = cast(State, release.state)
        if STRICTNESS[state] >= STRICTNESS[wanted]:
            # It is kept there from now on, whoever else lets go of it.
            return self._line("already", state, release.id, new, to=wanted)
        sooner = [(due, to) for to, due in self.node.promised if STRICTNESS[to] >= STRICTNESS[wanted]]
        first = min(sooner, default=None)
        if first is not None and first[0] <= self.due_at:
            return self._line("already", state, release.id, new, first[0], self.due_at, wanted, first[1])
        return self._line(becomes, state, release.id, new, self.due_at, self.due_at, wanted)

    def of_take(self, becomes: Becomes, new: Decision | None) -> Iterator[Planned]:
        blocked, gone = self.node.blocked_at, self.node.gone_at
        if gone is not None and (becomes != "take_down" or gone <= self.due_at):
            return  # an earlier withdrawal has taken it away, or will by then
        if blocked is None or (becomes == "take_down" and blocked > self.due_at):
            due = self.due_at if becomes == "take_down" else None
            yield self._line(becomes, self.node.row.status, None, new, due, due)
        elif becomes == "take_down":
            yield self._line("already", "taken_down", None, new, blocked, self.due_at if blocked > self.at else None)
        elif becomes != "private":  # which is what it is not while something else keeps it from being played
            yield self._line(becomes, self.node.row.status, None, new)

    def _line(
        self,
        becomes: Becomes,
        state: str,
        release_id: str | None,
        new: Decision | None,
        when: datetime | None = None,
        own: datetime | None = None,
        to: State | None = None,
        by_then: State = "taken_down",
    ) -> Planned:
        row = self.node.row
        due = when if when is not None and when > self.at else None
        view = AffectedView(
            remix_id=row.id,
            release_id=release_id,
            title=row.title,
            song=self.song,
            by=row.user_name,
            user_id=row.user_id,
            parent_remix_id=row.parent_remix_id,
            state=state,
            becomes=becomes,
            due_at=due,
            series=self.series,
            reason=_reason(becomes, due, self.by_parent, self.licence_name, by_then if due is not None else state),
            earned_micros=self.earned_micros,
        )
        return Planned(self.node, view, new, own, to)


def _for_release(state: str, stays: bool, fate: Fate) -> Becomes:
    if stays:
        return "permitted"
    return "refused" if state == "pending" else fate


def _for_take(status: str, stays: bool, fate: Fate) -> Becomes:
    if stays:
        return "permitted"
    if status in _UNDER_WAY:
        return "cancelled"
    if status == "held":
        return "refused"
    return "take_down" if fate == "take_down" else "private"


def _reason(becomes: Becomes, due: datetime | None, by_parent: bool, licence_name: str | None, state: str) -> str:
    """What its listener reads; ``state`` is where it is already, or will be when it is due."""
    when = f" on {due:%d %B %Y at %H:%M} UTC" if due is not None else ""
    if licence_name is not None and becomes in ("keep", "private", "cancelled"):
        cause = f"The song is not offered here under {licence_name} any more."
        lasting = f"What {licence_name} allowed you stays allowed"
        return {
            "keep": f"{cause} What was made under it stays.",
            "private": f"{cause} {lasting}: you may keep it, and share it elsewhere as that licence says. It cannot be "
            "released here.",
            "cancelled": f"{cause} It is not made any more.",
        }[becomes]
    cause = "What it was made from goes." if by_parent else "An owner of the song withdrew a permission."
    if becomes == "keep" and state not in ("released", "unlisted"):
        return f"{cause} What is released may stay; this one is held back by something else, and stays so."
    if becomes == "already":
        return f"{cause} {_already(state, when)}"
    return {
        "permitted": f"{cause} Another permission covers it: nothing changes.",
        "keep": f"{cause} What is released may stay.",
        "private": f"{cause} You may keep it for yourself; it cannot be released.",
        "unlist": f"{cause} It is taken out of all lists{when}.",
        "take_down": f"{cause} It is taken down{when}.",
        "cancelled": f"{cause} It is not made any more.",
        "refused": f"{cause} Its owners need not be asked any more.",
    }[becomes]


def _already(state: str, when: str) -> str:
    if state == "frozen" and not when:
        return "It is held back already; when that ends, it stays out of all lists."
    where = "out of all lists" if state == "unlisted" else "held back" if state == "frozen" else "down"
    if when:
        return f"It is to be {where}{when} already, and stays so."
    return f"It is {where} already, and stays so."


def view_of(
    installation: Installation, session: Session, going: Going, touched: Sequence[str], plan: Sequence[Planned]
) -> WithdrawalView:
    affected = tuple(planned.view for planned in plan)
    counts: dict[str, int] = {}
    for _, becomes in {(item.remix_id, item.becomes) for item in affected}:
        counts[becomes] = counts.get(becomes, 0) + 1
    songs = sorted(
        catalogue.songs_by_id(session, touched).values(), key=lambda song: (song.title, song.artist, song.id)
    )
    earned = {item.remix_id: item.earned_micros for item in affected}
    return WithdrawalView(
        series=tuple(sorted(going.series)),
        recordings=tuple(sorted(going.recordings)),
        licences=tuple(sorted(set(going.licences.values()))),
        songs=tuple(SongReached(song_id=song.id, title=song.title, artist=song.artist) for song in songs),
        at=installation.clock.now(),
        affected=affected,
        counts=dict(sorted(counts.items())),
        remixes=len(earned),
        listeners=len({item.user_id for item in affected}),
        earned_micros=sum(earned.values()),
        currency=installation.currency,
    )
