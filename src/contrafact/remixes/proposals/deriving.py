"""Remixes of remixes: the chain that leads to the recordings, and what becomes of it."""

from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy.orm import Session

from contrafact.remixes.tables import store, store_releases
from contrafact.rights.values import Parent

ParentState = Literal["private", "released", "unlisted", "frozen", "taken_down"]
_STATES: Final[Mapping[str, ParentState]] = {
    "released": "released",
    "unlisted": "unlisted",
    "frozen": "frozen",
    "taken_down": "taken_down",
}
_DEEPEST: Final = 64
"""No honest chain is longer; a longer one would be a fault in the data."""


def parents_of(session: Session, remix_id: str | None) -> tuple[Parent, ...]:
    """The remixes that something made from ``remix_id`` is made from: that one itself, its parent, and so on.

    Parameters
    ----------
    remix_id : str or None
        The nearest parent; None for what is made from recordings alone.

    Returns
    -------
    tuple of Parent
        Nearest first, each with what others may hear of it now.
    """
    found: list[Parent] = []
    while remix_id is not None and len(found) < _DEEPEST:
        row = store.remix(session, remix_id)
        if row is None:
            break
        found.append(Parent(remix_id=row.id, user_id=row.user_id, state=state_of(session, row.id)))
        remix_id = row.parent_remix_id
    return tuple(found)


def state_of(session: Session, remix_id: str) -> ParentState:
    """What others may hear of a remix: one whose release is awaited or was refused is still its maker's alone."""
    release = store_releases.newest_release(session, remix_id)
    if release is None:
        return "private"
    return _STATES.get(release.state, "private")
