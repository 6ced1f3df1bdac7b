"""Which songs somebody means."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which songs are meant: all that is said must fit, without regard to case and Unicode form."""

    words: str = ""
    """Each must occur in the title, artist, album, label or ISRC."""
    label: str | None = None
    artist: str | None = None
    album: str | None = None
    ids: tuple[str, ...] | None = None


EVERYTHING = Wanted()
