"""Recipes as files: hostile until parsed strictly."""

from pathlib import Path

from pydantic import ValidationError

from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.recipe import Recipe

LARGEST_BYTES = 64 * 1024


def read_recipe(path: Path) -> Recipe:
    """The recipe in a JSON file.

    Raises
    ------
    BadInput
        When the file cannot be read, is too large, is not JSON, or is not a recipe; with the field that is wrong.
    """
    try:
        if not path.is_file() and path.exists():
            raise BadInput(f"{path} is not an ordinary file; name a recipe (JSON)")
        if path.stat().st_size > LARGEST_BYTES:
            raise BadInput(f"{path.name} is larger than a recipe can be ({LARGEST_BYTES // 1024} KiB); name a recipe")
        text = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; check the path") from error
    return parse_recipe(text, path.name)


def parse_recipe(text: bytes, name: str = "the recipe") -> Recipe:
    """The recipe in a JSON document; raises :class:`BadInput` with the first thing that is wrong."""
    try:
        return Recipe.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(place) for place in first["loc"])
        raise BadInput(f"{name} is not a recipe: {where + ': ' if where else ''}{first['msg']}") from error
