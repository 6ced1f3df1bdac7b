"""The tree of a remix down to the parties, by way of the remixes that it is made from, and credits for those."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from contrafact.remixes.permission.joining import lineage_of
from contrafact.remixes.permission.sources import Source
from contrafact.remixes.schemas import CreditView, LineageView
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import RemixRow

_DEEPEST: Final = 64


def ancestors(session: Session, row: RemixRow) -> tuple[RemixRow, ...]:
    """The remixes that a remix is made from, nearest first."""
    found: list[RemixRow] = []
    parent_id = row.parent_remix_id
    while parent_id is not None and len(found) < _DEEPEST:
        parent = store.remix(session, parent_id)
        if parent is None:
            break
        found.append(parent)
        parent_id = parent.parent_remix_id
    return tuple(found)


def lineage_of_remix(session: Session, row: RemixRow, sources: Sequence[Source]) -> tuple[LineageView, ...]:
    """The chain of remixes, then the tree from the oldest of them down to the parties."""
    chain = (row, *ancestors(session, row))
    nodes = [
        LineageView(
            kind="remix",
            id=each.id,
            title=each.title,
            detail=None if place == 0 else f"remix by {each.user_name}",
            parent=None if place == 0 else chain[place - 1].id,
        )
        for place, each in enumerate(chain)
    ]
    oldest = chain[-1]
    return (*nodes, *lineage_of(oldest.id, oldest.title, sources)[1:])


def with_parents(session: Session, row: RemixRow, credits: Sequence[CreditView]) -> tuple[CreditView, ...]:
    """Credits with whoever remixed before, after the one who remixed last."""
    before = [
        CreditView(name=each.user_name, role="remixer before", detail=f"“{each.title}”")
        for each in ancestors(session, row)
    ]
    place = next((number for number, item in enumerate(credits, start=1) if item.role == "remixer"), len(credits))
    return (*credits[:place], *before, *credits[place:])
