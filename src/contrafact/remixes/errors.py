"""What can go wrong between asking for a remix and hearing it."""

from contrafact.kit.errors import Conflict, NotFound


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
