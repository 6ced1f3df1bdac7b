"""The states of a release: who may move it where, and what is seen when several have a say.

The remixer's own story goes ``pending`` → ``released`` ⇄ ``unlisted`` → ``taken_down``, or ``pending`` → ``refused``.
Beside it a grant, an owner's answer, a dispute or a notice can *hold* the release lower, each for itself: seen is the
strictest of all. Whoever lets go undoes its own hold and no other, so that a release comes back to where it would be
without it.

Every move is a row that is never changed, a promised one ("in 48 hours") too: keeping or calling it off is another row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast, get_args

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.kit.errors import WrongCall
from contrafact.kit.ids import new_id
from contrafact.remixes.errors import IllegalMove, UnknownRelease
from contrafact.remixes.news.notifying import notify
from contrafact.remixes.tables import store_releases as store
from contrafact.remixes.tables.models_releases import ReleaseMoveRow, ReleaseRow
from contrafact.rights import counting

State = Literal["pending", "released", "unlisted", "frozen", "taken_down", "refused"]
CauseKind = Literal["listener", "decision", "answer", "grant", "dispute", "notice"]

STRICTNESS: Final[Mapping[State, int]] = {
    "released": 0,
    "unlisted": 1,
    "pending": 2,
    "frozen": 3,
    "taken_down": 4,
    "refused": 5,
}
LIVE: Final[frozenset[State]] = frozenset({"pending", "released", "unlisted", "frozen"})
AUDIBLE: Final[frozenset[State]] = frozenset({"released", "unlisted"})
"""States in which others may listen; in the second of them only who knows the address."""
COUNTED: Final[frozenset[State]] = frozenset({"released", "frozen"})
"""States in which it counts against the limits that owners set: what is in the lists, or may come back into them."""
ENDED: Final[frozenset[State]] = frozenset({"taken_down", "refused"})

OWN: Final[Mapping[State | None, frozenset[State]]] = {
    None: frozenset({"pending", "released"}),
    "pending": frozenset({"released", "refused", "taken_down"}),
    "released": frozenset({"unlisted", "taken_down"}),
    "unlisted": frozenset({"released", "taken_down"}),
}
"""Where the remixer's own story may go, by the remixer (``listener``) or a ``decision``."""
HOLDS: Final[frozenset[State]] = frozenset({"unlisted", "frozen", "taken_down"})
"""Where every other cause may hold it."""
_OWN_CAUSES: Final[frozenset[CauseKind]] = frozenset({"listener", "decision"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a release moves: a decision's SHA-256, or the id of a grant's series, an approval request, a dispute, …"""

    kind: CauseKind
    id: str

    def __post_init__(self) -> None:
        if self.kind not in get_args(CauseKind) or not 1 <= len(self.id) <= 64:
            raise WrongCall(f"“{self.kind} {self.id[:80]}” cannot be the cause of a move")

    @property
    def is_own(self) -> bool:
        return self.kind in _OWN_CAUSES


@dataclass(frozen=True, slots=True)
class Standing:
    """What each cause wants of a release, and what is seen."""

    own: State | None
    """The remixer's own story, as if nobody held it; None before it begins."""
    holds: Mapping[Cause, State]

    @property
    def seen(self) -> State | None:
        """The strictest of all."""
        if self.own is None:
            return None
        return max((self.own, *self.holds.values()), key=lambda state: STRICTNESS[state])

    @property
    def reasons(self) -> tuple[Cause, ...]:
        """The causes that hold it where it is seen; none when that is its own story."""
        return tuple(cause for cause, state in self.holds.items() if state == self.seen and state != self.own)


def standing(session: Session, release_id: str) -> Standing:
    """What each cause wants of a release, folded from its moves."""
    own: State | None = None
    holds: dict[Cause, State] = {}
    for row in store.moves(session, release_id):
        if row.kind != "done":
            continue
        cause = _cause_of(row)
        if cause.is_own:
            own = cast(State, row.asks)
        elif row.asks is None:
            holds.pop(cause, None)
        else:
            holds[cause] = cast(State, row.asks)
    return Standing(own, holds)


def begin(session: Session, row: ReleaseRow, *, by: str, reason: str, cause: Cause, clock: Clock) -> ReleaseMoveRow:
    """Keep a new release with the first row of its history; its state is ``pending`` or ``released``."""
    state = cast(State, row.state)
    if state not in OWN[None]:
        raise IllegalMove(f"a release begins pending or released, not {state}")
    session.add(row)
    session.flush()
    move_row = _write(session, row, "done", (None, state, state), (by, reason), cause, clock)
    _tell(session, row, move_row, clock)
    return move_row


def move(
    session: Session,
    release_id: str,
    to: State,
    *,
    by: str,
    reason: str,
    cause: Cause,
    clock: Clock,
    due_at: datetime | None = None,
) -> ReleaseMoveRow | None:
    """Move a release, or hold it; at once, or with ``due_at`` when that moment has come (see :func:`settle`).

    Parameters
    ----------
    to : State
        For the remixer and for decisions the next state of its own story; for every other cause where it holds the
        release (``unlisted``, ``frozen``, ``taken_down``). A cause has one hold: a later move changes it.
    by : str
        Who: a user's id, or the office that did it.
    reason : str
        A sentence that the remixer reads.

    Returns
    -------
    ReleaseMoveRow or None
        The new row of its history; None when the cause wants that already.

    Raises
    ------
    UnknownRelease
        There is no such release.
    IllegalMove
        It cannot go there from where it is.
    """
    row = _existing(session, release_id)
    now = standing(session, release_id)
    _require_allowed(now, to, cause)
    if due_at is not None and due_at > clock.now():
        known = store.promises(session, release_id=release_id, cause=(cause.kind, cause.id))
        if any(item.asks == to and item.due_at == due_at for item in known):
            return None
        seen = cast(State, row.state)
        return _write(session, row, "promised", (seen, to, to), (by, reason), cause, clock, due_at=due_at)
    if (now.own if cause.is_own else now.holds.get(cause)) == to:
        return None
    return _do(session, row, to, (by, reason), cause, clock)


def lift(
    session: Session, release_id: str, *, by: str, reason: str, cause: Cause, clock: Clock
) -> ReleaseMoveRow | None:
    """Let go of a release: undo what this cause wants, promised or done, and nothing that others want.

    Returns
    -------
    ReleaseMoveRow or None
        The new row of its history; None when this cause did not hold it.
    """
    if cause.is_own:
        raise IllegalMove("the remixer's own story is not undone; move it on")
    row = _existing(session, release_id)
    for promise in store.promises(session, release_id=release_id, cause=(cause.kind, cause.id)):
        _call_off(session, row, promise, (by, reason), clock)
    if cause not in standing(session, release_id).holds:
        return None
    return _do(session, row, None, (by, reason), cause, clock)


def due_moves(session: Session, at: datetime) -> tuple[ReleaseMoveRow, ...]:
    """Promised moves whose moment has come, the longest due first."""
    return tuple(store.promises(session, due_by=at))


def settle(session: Session, clock: Clock) -> int:
    """Do every move that became due; returns how many were done.

    Whoever looks at releases calls this first, and the service's own job when nobody looks; done twice is done once.
    """
    done = 0
    for promise in due_moves(session, clock.now()):
        row = _existing(session, promise.release_id)
        now, to, cause = standing(session, row.id), cast(State, promise.asks), _cause_of(promise)
        try:
            _require_allowed(now, to, cause)
        except IllegalMove as error:
            _call_off(session, row, promise, (promise.by, str(error)), clock)
            continue
        _do(session, row, to, (promise.by, promise.reason), cause, clock, settles=promise.id)
        done += 1
    return done


def _require_allowed(now: Standing, to: State, cause: Cause) -> None:
    if cause.is_own:
        if to not in OWN.get(now.own, frozenset()) and to != now.own:
            raise IllegalMove(f"a release that is {_words(now.own)} cannot become {_words(to)}")
        return
    if to not in HOLDS:
        raise IllegalMove(f"a {cause.kind} cannot make a release {_words(to)}; let go of it instead")
    if now.own is None or now.own in ENDED:
        raise IllegalMove(f"a release that is {_words(now.own)} cannot become {_words(to)}")


def _do(
    session: Session,
    row: ReleaseRow,
    asks: State | None,
    said: tuple[str, str],
    cause: Cause,
    clock: Clock,
    settles: str | None = None,
) -> ReleaseMoveRow:
    before = cast(State, row.state)
    now = standing(session, row.id)
    holds = {key: state for key, state in now.holds.items() if key != cause}
    if cause.is_own:
        after = Standing(asks, holds).seen
    else:
        after = Standing(now.own, holds if asks is None else {**holds, cause: asks}).seen
    assert after is not None  # a release has a story from its first row on
    if before in ENDED and after in LIVE and store.live_release(session, row.remix_id) is not None:
        raise IllegalMove("its remix was released anew since; there cannot be two releases of it")
    row.state = after
    if after in AUDIBLE and row.released_at is None:
        row.released_at = clock.now()
    done = _write(session, row, "done", (before, after, asks), said, cause, clock, settles=settles)
    if after not in COUNTED:
        counting.end_release(session, row.id, done.id, clock)
    elif before not in COUNTED and not cause.is_own:
        # A decision that releases it counts by itself, under the grants that it rests on.
        counting.resume_release(session, row.id, done.id, clock)
    if after != before:
        _tell(session, row, done, clock)
    return done


def _call_off(
    session: Session, row: ReleaseRow, promise: ReleaseMoveRow, said: tuple[str, str], clock: Clock
) -> ReleaseMoveRow:
    seen, asked = cast(State, row.state), cast(State, promise.asks)
    return _write(session, row, "called_off", (seen, seen, asked), said, _cause_of(promise), clock, settles=promise.id)


def _words(state: State | None) -> str:
    return "not there yet" if state is None else state.replace("_", " ")


def _write(
    session: Session,
    row: ReleaseRow,
    kind: Literal["done", "promised", "called_off"],
    states: tuple[State | None, State, State | None],
    said: tuple[str, str],
    cause: Cause,
    clock: Clock,
    *,
    due_at: datetime | None = None,
    settles: str | None = None,
) -> ReleaseMoveRow:
    """Keep one row; ``states`` are from, to, and what the cause wants, ``said`` is by whom and why."""
    written = ReleaseMoveRow(
        id=new_id("rmv"),
        release_id=row.id,
        kind=kind,
        from_state=states[0],
        to_state=states[1],
        by=said[0][:80],
        reason=said[1],
        cause_kind=cause.kind,
        cause_id=cause.id,
        at=clock.now(),
        due_at=due_at,
        settles=settles,
        asks=states[2],
    )
    session.add(written)
    session.flush()
    return written


def _tell(session: Session, row: ReleaseRow, move_row: ReleaseMoveRow, clock: Clock) -> None:
    """Tell the remixer, and whoever listens by webhook, where a release went."""
    payload = {
        "release_id": row.id,
        "remix_id": row.remix_id,
        "from": move_row.from_state,
        "to": move_row.to_state,
        "reason": move_row.reason,
        "cause": {"kind": move_row.cause_kind, "id": move_row.cause_id},
    }
    notify(session, "release.moved", to_user=row.user_id, payload=payload, clock=clock)


def _existing(session: Session, release_id: str) -> ReleaseRow:
    row = store.release(session, release_id, locked=True)
    if row is None:
        raise UnknownRelease(f"there is no release {release_id!r}")
    return row


def _cause_of(row: ReleaseMoveRow) -> Cause:
    return Cause(cast(CauseKind, row.cause_kind), row.cause_id)
