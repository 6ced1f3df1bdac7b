"""Canonical JSON (RFC 8785) and its SHA-256: the form in which documents are hashed, chained and signed."""

import hashlib
import json
from typing import Any, Final

import rfc8785

_SAFE: Final = 2**53
"""Whole numbers from here on are none of JSON's."""
_WITHOUT_EXPONENT: Final = (1e-4, 1e16)
"""Between which numbers Python writes floats as ECMAScript does."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical_json(value: Any) -> bytes:
    """Bytes of the one canonical JSON form of ``value`` (dict, list, str, int, float, bool, None).

    Raises
    ------
    rfc8785.CanonicalizationError
        For what has no such form: a number that is none, a whole one beyond 2**53, half a character, a key that is no
        text, anything else.
    """
    try:
        # What both would write alike is written by Python's encoder, in a fifth of the time.
        return _encode(_plain(value)).encode()
    except (_Particular, UnicodeEncodeError):
        return rfc8785.dumps(value)


class _Particular(Exception):
    """Something that Python's encoder would write otherwise."""


def _plain(value: Any) -> Any:
    """The same value, with whole numbers for floats that are such."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        found = {}
        for key, item in value.items():
            # Of other keys the order is that of UTF-16.
            if type(key) is not str or not key.isascii():
                raise _Particular
            found[key] = item if type(item) is str else _plain(item)
        return found
    if kind is list or kind is tuple:
        return [item if type(item) is str else _plain(item) for item in value]
    if kind is int and -_SAFE < value < _SAFE:
        return value
    if kind is float:
        least, end = _WITHOUT_EXPONENT
        if value == 0.0 or least <= abs(value) < end:
            return int(value) if value.is_integer() else value
    raise _Particular


def digest(value: Any) -> str:
    """Hexadecimal SHA-256 of :func:`canonical_json`."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def chained(previous_sha256: str, text: str) -> str:
    """The next link of a chain of hashes: the SHA-256, in hexadecimal, of the link before and then the text."""
    return hashlib.sha256(f"{previous_sha256}{text}".encode()).hexdigest()
