"""Covers: the song performed anew from its chart, by a band, without a sound of the recording."""

from collections.abc import Mapping
from typing import Final

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse

_PLAINEST: Final = ("acoustic-ballad", "folk-acoustic", "soul-ballad", "country", "rock")
"""Styles that suit nearly any song, the first that is there is taken."""


def pack_for(recipe: Recipe, styles: Mapping[str, StylePack]) -> StylePack | None:
    """The pack that a recipe is played in: its style's own; for a cover without a style one that suits any song.

    None for a remix or mash-up without a style, which needs no band.

    Raises
    ------
    BadInput
        When the recipe names a style that is not among ``styles``.
    """
    if recipe.style is not None:
        if recipe.style not in styles:
            raise BadInput(f"recipe: style: there is no style {recipe.style!r}; known are {', '.join(sorted(styles))}")
        return styles[recipe.style]
    if recipe.kind != "cover" or not styles:
        return None
    return next((styles[slug] for slug in _PLAINEST if slug in styles), styles[min(styles)])


def performed(recipe: Recipe, pack: StylePack) -> Recipe:
    """A cover's recipe as its band reads it: in the style of the pack, with no stem of the recording kept."""
    dropped = StemUse(keep=False)
    stems = StemsUse(vocals=dropped, drums=dropped, bass=dropped, other=dropped)
    return recipe.model_copy(update={"style": pack.slug, "stems": stems})
