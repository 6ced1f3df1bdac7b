"""Where a release may be shown (R11): with its song and its remixer, and in none of the places that are the artist's.

One predicate, so that nobody who builds a list has to remember the rule.
"""

from typing import Final, Literal

Surface = Literal[
    "song_remixes",
    "remixer_page",
    "search",
    "artist_discography",
    "charts",
    "recommendations",
    "content_identification",
]
"""Lists and uses of releases; ``content_identification`` is being a reference by which other sound is claimed."""
_ELIGIBLE: Final[frozenset[Surface]] = frozenset({"song_remixes", "remixer_page", "search"})


def eligible_for(surface: Surface) -> bool:
    """Whether a released remix may appear there.

    A remix is listed as a remix of its song, under who made it, and found by who looks for it. It is no part of the
    original artist's discography, counts in no chart, is recommended to nobody who did not ask for remixes, and is
    never a reference for content identification.
    """
    return surface in _ELIGIBLE
