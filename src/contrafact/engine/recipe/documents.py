"""Recipes as documents from outside: hostile until parsed strictly, refused with the JSON path of the fault."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import ValidationError

from contrafact.engine.errors import BadInput
from contrafact.engine.json_path import json_path
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.hostile import load_json
from contrafact.engine.recipe.recipe import Recipe

PART_NAMES = ("vocals", "drums", "bass", "other", "melody")
"""What a rule about some sections may name besides instruments: the recording's stems, and the tune."""
LARGEST_BYTES = 1024 * 1024
_LONGEST_VALUE = 60


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
        with path.open("rb") as file:
            # One byte more than a recipe may have: the size that the folder tells may be another by now.
            text = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; check the path") from error
    return parse_recipe(text, path.name)


def parse_recipe(text: bytes, name: str = "the recipe") -> Recipe:
    """The recipe in a JSON document.

    Raises
    ------
    BadInput
        With the first thing that is wrong, as ``path: what is wrong; what to do``.
    """
    if len(text) > LARGEST_BYTES:
        raise BadInput(f"{name} is larger than a recipe can be ({LARGEST_BYTES // 1024} KiB); name a recipe")
    try:
        load_json(text)
    except ValueError as error:
        raise BadInput(f"{name} is not a recipe: {error}") from error
    try:
        # From the text, for only there are arrays tuples in strict mode: no string is a number, no truth is 1.
        return Recipe.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise BadInput(f"{name} is not a recipe: {explain(error)}") from error


def explain(error: ValidationError) -> str:
    """The first fault as ``path: what is wrong; what to do``."""
    first = error.errors(include_url=False)[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    path = json_path(first["loc"])
    given = _as_written(first["input"])
    shown = given if 0 < len(given) <= _LONGEST_VALUE else ""
    match first["type"]:
        case "extra_forbidden":
            text = "a recipe has no such field; leave it out"
        case "missing":
            text = "is missing; add it"
        case "literal_error" | "enum":
            text = f"{shown + ' is not known here' if shown else 'is not known here'}; use {first['ctx']['expected']}"
        case "value_error" if not path:
            # Contradictions name their own path, and some what to do.
            if "; say " in message:
                return message
            return f"{message}; change one of the two" if "locked" in message else f"{message}; change it"
        case "value_error":
            text = f"{message}; change it"
        case "too_long":
            text = f"holds {first['ctx']['actual_length']} items; at most {first['ctx']['max_length']} are allowed"
        case "too_short":
            text = "is empty; name at least one"
        case "finite_number":
            text = "is not a finite number; give one"
        case _:
            hint = message[0].lower() + message[1:] if message else "is wrong"
            text = f"{shown + ': ' if shown else ''}{hint}; correct it"
    return f"{path}: {text}" if path else text


def _as_written(value: object) -> str:
    """A plain value as it stands in JSON (text in single quotes, as everywhere in these sentences), else nothing."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return repr(value) if isinstance(value, int | float | str) else ""


def check_against(
    recipe: Recipe,
    chart: Chart,
    styles: Collection[str] | None = None,
    instruments: Collection[str] | None = None,
    moods: Collection[str] | None = None,
) -> None:
    """Refuse a recipe that names what is not there: sections and bars of the song, styles, instruments, moods.

    Parameters
    ----------
    recipe, chart
        The chart is of the recipe's first source.
    styles, instruments, moods
        Slugs (and for instruments and moods their other words) that exist here; None to leave them unchecked.

    Raises
    ------
    BadInput
        With the JSON path, such as ``form.order[3].section``.
    """
    for fault in _faults(recipe, chart):
        raise BadInput(f"recipe: {fault}")
    named: tuple[tuple[str, Sequence[str], Collection[str] | None, str], ...] = (
        ("style", (recipe.style,) if recipe.style else (), styles, "style"),
        ("instruments_with", recipe.instruments_with, instruments, "instrument"),
        ("instruments_without", recipe.instruments_without, instruments, "instrument"),
        (
            "melody.instrument",
            (recipe.melody.instrument,) if recipe.melody.instrument else (),
            instruments,
            "instrument",
        ),
        ("moods", recipe.moods, moods, "mood"),
    )
    known_parts = None if instruments is None else {*instruments, *PART_NAMES}
    rules = [(f"parts_in[{at}].parts", rule.parts, known_parts, "part") for at, rule in enumerate(recipe.parts_in)]
    for path, slugs, known, what in (*named, *rules):
        if known is None:
            continue
        for place, slug in enumerate(slugs):
            if slug not in known and slug.replace("-", " ") not in known:
                where = f"{path}[{place}]" if path.startswith(("instruments", "moods", "parts_in")) else path
                raise BadInput(f"recipe: {where}: there is no {what} {slug!r} here; use one of {_some(known)}")


def _faults(recipe: Recipe, chart: Chart) -> list[str]:
    """What the song cannot meet, in the order of the document."""
    count = len(chart.sections)
    for place, use in enumerate(recipe.form.order):
        path = f"form.order[{place}]"
        if use.section >= count:
            has = f"the song has {count} sections (0 to {count - 1})" if count else "the song has no sections"
            return [f"{path}.section: {use.section} does not exist; {has}, so use one of those"]
        section = chart.sections[use.section]
        bars = section.last_bar - section.first_bar + 1
        for name, bar in (("first_bar", use.first_bar), ("last_bar", use.last_bar)):
            if bar is not None and bar >= bars:
                return [f"{path}.{name}: {bar} does not exist; section {use.section} has bars 0 to {bars - 1}"]
    for place, rule in enumerate(recipe.parts_in):
        own = sum(section.label == rule.section for section in chart.sections)
        if not own:
            return [f"parts_in[{place}].section: the song has no {rule.section}; use one of {_labels(chart)}"]
        if abs(rule.which) > own:
            return [f"parts_in[{place}].which: {rule.which} does not exist; of {rule.section} the song has {own}"]
    left_out = set(recipe.form.without_sections)
    labels = [chart.sections[use.section].label for use in recipe.form.order] or [one.label for one in chart.sections]
    if labels and left_out >= set(labels):
        return ["form.without_sections: leaves nothing of the song; leave fewer kinds of section out"]
    return []


def _labels(chart: Chart) -> str:
    return ", ".join(dict.fromkeys(section.label for section in chart.sections)) or "none"


def _some(known: Collection[str]) -> str:
    names = sorted(name for name in known if " " not in name)
    return ", ".join(names[:30]) + (" …" if len(names) > 30 else "")
