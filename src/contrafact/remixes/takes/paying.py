"""Who is owed for a remix: from its take's measured use of each recording to the royalties' own values."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from contrafact.engine.arranging.timeline import SourceUse
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.permission.joining import payout_of
from contrafact.remixes.permission.sources import sources_of
from contrafact.remixes.tables.models import RemixRow, TakeRow
from contrafact.rights.disputes import held_sides
from contrafact.royalties.service import Payout, SourcePayout, source_shares


def owed(session: Session, row: RemixRow, take: TakeRow | None, *, territory: str, at: datetime) -> Payout:
    """Who is owed for a use of a remix, and in what parts.

    Parameters
    ----------
    take : TakeRow or None
        Its measured use divides the money between the recordings of a mash-up. Before there is one, a remix of one
        recording owes all of it to that; a mash-up cannot have been heard then.
    territory, at
        Where and when it was used: who holds a song differs by place and time.
    """
    recipe = Recipe.model_validate_json(row.recipe_json)
    usage = usage_of(json.loads(take.usage_json)) if take is not None else ()
    shares = source_shares(tuple(usage), recipe.sources)
    sources = sources_of(session, row)
    whole = payout_of(sources, shares, recipe.kind, row.user_id, row.user_name, territory=territory, at=at)
    works = {source.recording.id: source.recording.work_id for source in sources}
    held = held_sides(session, works)
    return replace(whole, sources=tuple(_held_back(source, held.get(source.recording_id)) for source in whole.sources))


def _held_back(source: SourcePayout, sides: Collection[str] | None) -> SourcePayout:
    """What is in dispute goes to nobody (R8): all of a recording, or the payees of one side.

    A recording that is frozen for no dispute that is known stays frozen altogether.
    """
    if sides is None:
        return source
    if len(sides) > 1:
        return replace(source, frozen=True)
    payees = tuple(replace(item, party_id=None) if item.side in sides else item for item in source.payees)
    return replace(source, frozen=False, payees=payees)


def usage_of(stored: Iterable[Mapping[str, Any]]) -> tuple[SourceUse, ...]:
    """A take's use of its sources as it is stored with it."""
    return tuple(SourceUse(item["sha256"], item["stem"], item["seconds"], Fraction(item["share"])) for item in stored)
