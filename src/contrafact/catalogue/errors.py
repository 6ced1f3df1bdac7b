"""What the catalogue refuses."""

from contrafact.kit.errors import BadInputError, NotFound


class NoSuchSong(NotFound):
    """Nothing in the library goes by that id, ISRC or file."""


class BadSong(BadInputError):
    """Tags, identifiers, stems or shares that cannot be taken as they are."""
