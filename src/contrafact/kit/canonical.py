"""Canonical JSON (RFC 8785) and its SHA-256: the form in which documents are hashed, chained and signed."""

import hashlib
from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:
    """Bytes of the one canonical JSON form of ``value`` (dict, list, str, int, float, bool, None)."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """Hexadecimal SHA-256 of :func:`canonical_json`."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def chained(previous_sha256: str, text: str) -> str:
    """The next link of a chain of hashes: the SHA-256, in hexadecimal, of the link before and then the text."""
    return hashlib.sha256(f"{previous_sha256}{text}".encode()).hexdigest()
