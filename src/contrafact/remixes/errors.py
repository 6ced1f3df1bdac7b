"""What can go wrong between asking for a remix and hearing it."""

from contrafact.kit.errors import BadInputError, Conflict, NotFound, Refused
from contrafact.rights.values import Decision


class RefusedByRights(Refused):
    """The owner does not allow it (or has to be asked first); carries the decision with every reason."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        blocking = [reason.sentence for reason in decision.reasons]
        super().__init__(" ".join(dict.fromkeys(blocking)) or "This is not allowed.")


class UnknownRemix(NotFound):
    code = "unknown_remix"


class NothingToRemix(BadInputError):
    """Silence, speech or noise."""

    code = "not_a_song"


class NotReady(Conflict):
    code = "not_ready"
