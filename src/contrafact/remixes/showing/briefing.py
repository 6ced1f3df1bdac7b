"""What the state of a release means, in a sentence."""

from collections.abc import Mapping
from typing import Final, cast

from sqlalchemy.orm import Session

from contrafact.remixes.schemas import ReleaseBrief
from contrafact.remixes.standing.release_states import State
from contrafact.remixes.tables import store_releases
from contrafact.remixes.tables.models_releases import ReleaseRow

SENTENCES: Final[Mapping[State, str]] = {
    "pending": "It waits for its owners: others can hear it once they all agree.",
    "released": "Everybody here can hear it.",
    "unlisted": "It is in no list; who knows its address can hear it.",
    "frozen": "It cannot be heard while a question about it is open.",
    "taken_down": "It was taken down.",
    "refused": "It was not released.",
}


def sentence_of(session: Session, row: ReleaseRow) -> str:
    """What its state means, and why it is so where that is not its own story's usual course."""
    state = cast(State, row.state)
    if state in ("released", "pending"):
        return SENTENCES[state]
    led_there = [
        item.reason
        for item in store_releases.moves(session, row.id)
        if item.kind == "done" and item.to_state == state and item.from_state != state
    ]
    return " ".join([SENTENCES[state], *led_there[-1:]])


def release_brief(session: Session, remix_id: str) -> ReleaseBrief | None:
    """The newest release of a remix, for its maker."""
    row = store_releases.newest_release(session, remix_id)
    if row is None:
        return None
    return ReleaseBrief(id=row.id, state=cast(State, row.state), sentence=sentence_of(session, row), isrc=row.isrc)
