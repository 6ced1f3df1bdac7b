"""Cards to choose from: several takes of one recipe, each decided about, none rendered, none paid for."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from contrafact.accounts.schemas import User
from contrafact.engine.arranging import Timeline
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.installation import Installation
from contrafact.remixes.proposals.asking import Asked, ask
from contrafact.remixes.proposals.varying import differences, more_like, variations
from contrafact.remixes.schemas import DecisionView
from contrafact.remixes.showing.views import decision_view

Kin = Literal["variation", "more_like"]
"""Takes of one prompt, or takes like one that was liked."""


class TakeView(BaseModel):
    """One take that could be made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: dict[str, Any]
    differs: str
    """From the first take, or for more of one that was liked from that one; for people."""
    duration_s: float
    operations: tuple[str, ...]
    decision: DecisionView


def recipes_of(recipe: Recipe, count: int, kin: Kin) -> tuple[Recipe, ...]:
    """The recipes of all cards."""
    return variations(recipe, count) if kin == "variation" else more_like(recipe, count)


def offer(
    installation: Installation, song: str, recipe: Recipe, count: int, kin: Kin, user: User
) -> tuple[TakeView, ...]:
    """What ``count`` takes of a recipe would be, and whether this listener may have them.

    Raises
    ------
    BadInput
        For fewer than 2 or more than 4 takes.
    NoSuchSong, WrongCall, NotASong
        As for :func:`contrafact.remixes.proposals.asking.ask`.
    """
    found = recipes_of(recipe, count, kin)
    with installation.database.reading() as session:
        asked = [ask(installation, session, song, each, user) for each in found]
        known = asked[0] if kin == "variation" else ask(installation, session, song, recipe, user)
    return tuple(_view(each, known.timeline) for each in asked)


def _view(asked: Asked, known: Timeline) -> TakeView:
    words = differences(known, asked.timeline)
    if asked.timeline is known:
        differs = "As you said it."
    elif words:
        differs = f"{', '.join(words).capitalize()}."
    else:
        differs = "Sounds the same: nothing in this recipe is played anew."
    return TakeView(
        recipe=asked.recipe.model_dump(mode="json"),
        differs=differs,
        duration_s=asked.timeline.duration_s,
        operations=tuple(use.operation for use in asked.uses),
        decision=decision_view(asked.decision),
    )
