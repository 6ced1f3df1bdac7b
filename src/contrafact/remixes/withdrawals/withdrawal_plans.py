"""The plan of a withdrawal (R5): every take and release that rests on what goes, and what it becomes. Reading only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.standing import recordings_of_work, status_of
from contrafact.kit.errors import NotFound, WrongCall
from contrafact.kit.licences import licence
from contrafact.remixes.installation import Installation
from contrafact.remixes.proposals.deriving import ParentState
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.withdrawals.resting import Going, Node, Permit, decide_again, fate_of, nodes_of, stricter
from contrafact.rights import service as rights
from contrafact.rights.terms import Fate, OnWithdrawal
from contrafact.rights.values import Decision
from contrafact.royalties import service as royalties

Becomes = Literal["permitted", "keep", "private", "unlist", "take_down", "cancelled", "refused"]
"""``permitted``: another grant permits it (double licensing); ``keep``: the contract lets it stay; ``private``: it is
its listener's alone, and stays so; ``cancelled``: it was being made; ``refused``: it waited for an owner."""
_UNDER_WAY: Final = frozenset({"queued", "rendering"})


class AffectedView(BaseModel):
    """A take, or the release of one, that rested on what goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    remix_id: str
    release_id: str | None
    title: str
    by: str
    user_id: str
    parent_remix_id: str | None
    state: str
    """What it is now: a state of a release, or of a take that was not released."""
    becomes: Becomes
    due_at: AwareDatetime | None
    """When; None is at once, or nothing happens."""
    series: tuple[str, ...]
    """The grants, of those that go, that it rested on."""
    reason: str
    earned_micros: int
    """Booked so far; it stays owed whatever becomes of the take."""


class WithdrawalView(BaseModel):
    """What a withdrawal does, or would do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: tuple[str, ...]
    recordings: tuple[str, ...]
    """Withdrawn altogether."""
    songs: tuple[str, ...]
    """Everything that is touched, by title."""
    licences: tuple[str, ...]
    """Names of the public licences under which it is not offered here any more; what they gave cannot be taken back."""
    at: AwareDatetime
    affected: tuple[AffectedView, ...]
    counts: Mapping[str, int]
    """How many become what."""
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
        touched |= {newest.subject_id} if newest.side != "work" else set(recordings_of_work(session, newest.subject_id))
    for recording_id in whole:
        status_of(session, recording_id)
    return Going(frozenset(active), frozenset(whole), licences), tuple(sorted(touched))


def plan_of(installation: Installation, session: Session, going: Going, touched: Sequence[str]) -> tuple[Planned, ...]:
    """Every take and release that rests on what goes, parents first, with what it becomes."""
    at = installation.clock.now()
    heard: dict[str, ParentState] = {}
    """What will be heard of a take when all is done."""
    whens: dict[str, OnWithdrawal] = {}
    found: list[Planned] = []
    for node in nodes_of(session, touched) if going.series or going.recordings else ():
        found += _plan_for(session, node, going, at, heard, whens)
    return tuple(found)


def _plan_for(
    session: Session,
    node: Node,
    going: Going,
    at: datetime,
    heard: dict[str, ParentState],
    whens: dict[str, OnWithdrawal],
) -> Iterator[Planned]:
    row, release = node.row, node.release
    contract, series = fate_of(node, going)
    above = whens.get(row.parent_remix_id or "")
    whole = bool(going.recordings & {row.recording_id, row.guest_recording_id or ""})
    if not series and not whole and above is None:
        return
    take = _decided(session, row, node.take_permit, going, at, heard)
    shared = _decided(session, row, node.release_permit, going, at, heard) if release is not None else take
    contract = stricter(contract, above) if above is not None else contract
    take_stays = take is not None and take.permitted
    shared_stays = shared is not None and shared.permitted and take_stays
    earned = royalties.earnings(session, row.id).total_micros

    def line(becomes: Becomes, state: str, release_id: str | None, new: Decision | None) -> Planned:
        due = at + timedelta(hours=contract.hours) if becomes in ("unlist", "take_down") and contract.hours else None
        view = AffectedView(
            remix_id=row.id,
            release_id=release_id,
            title=row.title,
            by=row.user_name,
            user_id=row.user_id,
            parent_remix_id=row.parent_remix_id,
            state=state,
            becomes=becomes,
            due_at=due,
            series=series,
            reason=_reason(
                becomes, due, above is not None and not series, None if whole else going.not_offered(series)
            ),
            earned_micros=earned,
        )
        return Planned(node, view, new)

    gone: Fate | None = None
    if release is not None:
        becomes = _for_release(release.state, shared_stays, contract.fate)
        yield line(becomes, release.state, release.id, shared)
        gone = contract.fate if becomes in ("unlist", "take_down") else None
    becomes = _for_take(row.status, take_stays, contract.fate)
    if node.blocked:
        return  # an earlier withdrawal or a notice took it away already
    if release is None or becomes in ("take_down", "cancelled", "refused"):
        yield line(becomes, row.status, None, take)
    if becomes == "take_down" or gone == "take_down":
        heard[row.id] = "taken_down"
        whens[row.id] = contract
    elif gone == "unlist":
        heard[row.id] = "unlisted"


def _decided(
    session: Session, row: RemixRow, permit: Permit | None, going: Going, at: datetime, heard: Mapping[str, ParentState]
) -> Decision | None:
    return None if permit is None else decide_again(session, row, permit, going, at, heard)


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


def _reason(becomes: Becomes, due: datetime | None, by_parent: bool, licence_name: str | None) -> str:
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
    return {
        "permitted": f"{cause} Another permission covers it: nothing changes.",
        "keep": f"{cause} What is released may stay.",
        "private": f"{cause} You may keep it for yourself; it cannot be released.",
        "unlist": f"{cause} It is taken out of all lists{when}.",
        "take_down": f"{cause} It is taken down{when}.",
        "cancelled": f"{cause} It is not made any more.",
        "refused": f"{cause} Its owners need not be asked any more.",
    }[becomes]


def view_of(
    installation: Installation, session: Session, going: Going, touched: Sequence[str], plan: Sequence[Planned]
) -> WithdrawalView:
    affected = tuple(planned.view for planned in plan)
    counts: dict[str, int] = {}
    for item in affected:
        counts[item.becomes] = counts.get(item.becomes, 0) + 1
    earned = {item.remix_id: item.earned_micros for item in affected}
    return WithdrawalView(
        series=tuple(sorted(going.series)),
        recordings=tuple(sorted(going.recordings)),
        licences=tuple(sorted(set(going.licences.values()))),
        songs=tuple(sorted(song.title for song in catalogue.songs_by_id(session, touched).values())),
        at=installation.clock.now(),
        affected=affected,
        counts=dict(sorted(counts.items())),
        listeners=len({item.user_id for item in affected}),
        earned_micros=sum(earned.values()),
        currency=installation.currency,
    )
