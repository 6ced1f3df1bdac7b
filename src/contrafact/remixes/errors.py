"""What can go wrong between asking for a remix and hearing it."""

from contrafact.kit.errors import Conflict, ContrafactError, NotFound, Refused


class UnknownRemix(NotFound):
    """There is none, or it is somebody else's."""

    code = "unknown_remix"


class NotReady(Conflict):
    """It is not made yet, or was never made."""

    code = "not_ready"


class UnknownRelease(NotFound):
    """There is none, or it is not for this listener."""

    code = "unknown_release"


class IllegalMove(Conflict):
    """A release cannot go from where it is to where it was sent."""

    code = "illegal_move"


class Withheld(ContrafactError):
    """A release that may not be heard now, by a right of somebody else (RFC 7725: 451)."""

    exit_code, http_status, code = 3, 451, "withheld"


class Removed(ContrafactError):
    """A release that its remixer took back."""

    exit_code, http_status, code = 1, 410, "removed"


class AwaitsOwner(Refused):
    """A take that is made, and that its owners hear before its listener does."""

    code = "awaits_owner"


class NotAgreed(Refused):
    """A take that is made, and that an owner does not want to be heard."""

    code = "not_agreed"
