"""What the catalogue refuses."""

from contrafact.kit.errors import BadInputError, Conflict, NotFound


class NoSuchSong(NotFound):
    """Nothing in the library goes by that id, ISRC or file."""


class BadSong(BadInputError):
    """Tags, identifiers, stems or shares that cannot be taken as they are."""


class NoSuchParty(NotFound):
    """Nobody in the catalogue goes by that id."""


class NoSuchMandate(NotFound):
    """No mandate goes by that id."""


class BadIdentifier(BadSong):
    """An ISRC, ISWC, ISNI, IPI, DPID, GRid or ICPN that is none."""


class BadOwnership(BadInputError):
    """Shares, mandates or facts of people that cannot be."""


class TakenIdentifier(Conflict):
    """An identifier belongs to another recording, work or party already."""
