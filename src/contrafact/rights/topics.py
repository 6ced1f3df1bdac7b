"""What a remix may be about that an owner may not want for a song."""

from typing import Final, Literal, get_args

Topic = Literal["political", "sexual", "hate", "violence", "advertising", "religious", "drugs"]
"""Something that words are recognised to ask for; an owner's grant bans topics by these names."""

TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
ALWAYS_REFUSED: Final[frozenset[Topic]] = frozenset({"hate"})
"""Refused whoever the owner is and whatever was granted; all others are the owner's to ban."""
