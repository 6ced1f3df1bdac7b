"""What a decision found, before anybody asks for it in words."""

from typing import Any, NamedTuple

from contrafact.rights.values import Grant, Side, Subject, Use


class Finding(NamedTuple):
    """One thing that speaks against a request, or why it is permitted; ``code`` is one of ``reasons.REASONS``."""

    code: str
    use: Use | None = None
    subject: Subject | None = None
    grant: Grant | None = None
    side: Side | None = None
    party_id: str | None = None
    """Whose consent is missing; told to staff only."""
    data: tuple[Any, ...] = ()
    """What the sentence needs besides, by code; see ``telling``."""


class Against(NamedTuple):
    """One thing that a grant holds against a request, whichever operation it is."""

    code: str
    data: tuple[Any, ...] = ()
