"""Identifiers: a readable prefix and 130 random bits in lower-case base 32 (``rec_…``, ``rmx_…``)."""

import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def new_id(prefix: str) -> str:
    """A new identifier.

    Examples
    --------
    >>> len(new_id("rec"))
    30
    """
    return f"{prefix}_" + "".join([_ALPHABET[byte & 31] for byte in secrets.token_bytes(26)])
