"""Recipes as the planner would write them for a style, for every test that arranges."""

from typing import Any

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.recipe.recipe import Recipe

SHA = "ab" * 32


def recipe_for(pack: StylePack | None, **changes: Any) -> Recipe:
    """The pack's own strengths and stems (everything kept without a pack), with ``changes`` on top."""
    fields: dict[str, Any] = {"sources": (SHA,), "seed": 7}
    if pack is not None:
        fields |= {"style": pack.slug, "strengths": pack.strengths, "stems": pack.stems.stems_use()}
    return Recipe(**(fields | changes))
