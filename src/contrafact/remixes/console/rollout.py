"""The operator's rollout controls over what is made here: what a switch would touch, and setting it.

Switching off stops what is new at once. What is being made is stopped by whoever runs it; what others hear stays as it
is and is listed, because taking it down is another decision, with causes and clocks of its own.
"""

import json
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.engine.recipe.recipe import Operation
from contrafact.remixes.installation import Installation
from contrafact.remixes.proposals.deriving import state_of
from contrafact.remixes.tables import store_uses
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights import keeping, switching
from contrafact.rights.sentences import phrase
from contrafact.rights.summary import where_words
from contrafact.rights.values import Switch


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TouchedView(_View):
    """A take that rests on the operation."""

    remix_id: str
    title: str
    by: str
    song_id: str
    status: str
    state: str
    """What others may hear of it."""


class SwitchView(_View):
    """How an operation is rolled out, and what rests on it now."""

    operation: Operation
    words: str
    switch: Switch | None
    """None where nothing was ever switched: on for everybody."""
    sentence: str
    possible: bool
    impossible: str | None


class AffectedView(_View):
    """Everything that a switch touches."""

    operation: Operation
    under_way: tuple[TouchedView, ...]
    released: tuple[TouchedView, ...]
    private: int
    """Finished takes that only their listeners hear."""


def switch_views(installation: Installation, session: Session, operations: Sequence[Operation]) -> list[SwitchView]:
    """How operations are rolled out."""
    there = {each.operation: each for each in switching.switches(session)}
    found = []
    for operation in operations:
        able = installation.capability(operation)
        found.append(
            SwitchView(
                operation=operation,
                words=phrase(operation),
                switch=there.get(operation),
                sentence=sentence(there.get(operation)),
                possible=able.possible,
                impossible=able.sentence,
            )
        )
    return found


def sentence(switch: Switch | None) -> str:
    """How an operation is rolled out, for people.

    Examples
    --------
    >>> sentence(Switch(operation="style", percent=10, salt="spring"))
    'On for 10 % of all listeners, everywhere.'
    """
    if switch is None:
        return "On for everybody."
    if not switch.on:
        return "Off for everybody."
    part = "everybody" if switch.percent >= 100 else f"{switch.percent:g} % of all listeners"
    plans = "" if switch.tiers is None else f" on {' and '.join(switch.tiers) or 'no plan'}"
    begin = f" from {switch.valid_from:%Y-%m-%d %H:%M} UTC" if switch.valid_from else ""
    end = f" until {switch.valid_to:%Y-%m-%d %H:%M} UTC" if switch.valid_to else ""
    return f"On for {part}{plans}, {where_words(switch.territories)}{begin}{end}."


def affected(session: Session, operation: Operation) -> AffectedView:
    """Every take that rests on an operation: those being made, those that others hear, and how many are private."""
    under_way, released, private = [], [], 0
    for row in store_uses.alive(session):
        if operation not in _asked(session, row):
            continue
        state = state_of(session, row.id)
        if row.status in store_uses.UNFINISHED:
            under_way.append(_touched(row, state))
        elif state in ("released", "unlisted", "frozen"):
            released.append(_touched(row, state))
        elif state == "private":
            private += 1
    return AffectedView(operation=operation, under_way=tuple(under_way), released=tuple(released), private=private)


def _asked(session: Session, row: RemixRow) -> set[str]:
    snapshot = keeping.snapshot_by_hash(session, row.decision_sha256)
    if snapshot is None:
        return set()
    return {use["operation"] for use in json.loads(snapshot)["request"]["operations"]}


def _touched(row: RemixRow, state: Literal["private", "released", "unlisted", "frozen", "taken_down"]) -> TouchedView:
    return TouchedView(
        remix_id=row.id, title=row.title, by=row.user_name, song_id=row.recording_id, status=row.status, state=state
    )
