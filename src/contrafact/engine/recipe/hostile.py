"""JSON from outside, before anything trusts it: one value per key, finite numbers, no deep nesting, plain UTF-8."""

import json
from typing import Any, NoReturn

from contrafact.engine.json_path import json_path

DEEPEST = 12
"""Levels of brackets; a recipe has five."""
_LONGEST_NUMBER = 40


def load_json(text: bytes) -> Any:
    """The value of a JSON document.

    Raises
    ------
    ValueError
        In words that follow "is not a recipe: …", with the path of the fault where there is one.
    """
    if text.startswith(b"\xef\xbb\xbf"):
        raise ValueError("it begins with a byte order mark; save it as UTF-8 without one")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8; save it as UTF-8") from error
    if not decoded.strip():
        raise ValueError("it is empty; write a JSON object")
    _check_depth(decoded)
    try:
        value = json.loads(
            decoded, object_pairs_hook=_Pairs, parse_constant=_no_constant, parse_int=_integer, parse_float=_decimal
        )
    except json.JSONDecodeError as error:
        raise ValueError(
            f"line {error.lineno}, column {error.colno} is not JSON ({error.msg.lower()}); correct it there"
        ) from error
    return _plain(value, ())


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written, so that a key given twice can be told with its path."""


def _plain(value: Any, path: tuple[int | str, ...]) -> Any:
    if isinstance(value, _Pairs):
        found: dict[str, Any] = {}
        for key, inner in value:
            if key in found:
                raise ValueError(f"{json_path((*path, key))}: is given twice; give it once")
            found[key] = _plain(inner, (*path, key))
        return found
    if isinstance(value, list):
        return [_plain(inner, (*path, place)) for place, inner in enumerate(value)]
    if isinstance(value, _Strange):
        raise ValueError(f"{json_path(path)}: {value.text} is no number that a recipe can have; give a finite one")
    return value


class _Strange:
    """A number that JSON has no place for; found again where its path is known."""

    def __init__(self, text: str) -> None:
        self.text = text if len(text) <= _LONGEST_NUMBER else f"{text[:12]}… ({len(text)} digits)"


def _no_constant(text: str) -> _Strange:
    return _Strange(text)


def _integer(text: str) -> int | _Strange:
    return _Strange(text) if len(text) > _LONGEST_NUMBER else int(text)


def _decimal(text: str) -> float | _Strange:
    value = float(text) if len(text) <= 400 else float("inf")
    return _Strange(text) if value in (float("inf"), float("-inf")) else value


def _check_depth(text: str) -> None:
    """Count brackets outside strings: a parser that recurses would run out of stack."""
    depth = 0
    inside = escaped = False
    for place, character in enumerate(text):
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST:
                _too_deep(place)
        elif character in "]}":
            depth -= 1


def _too_deep(place: int) -> NoReturn:
    raise ValueError(f"it is nested deeper than {DEEPEST} levels at character {place}; a recipe has five")
