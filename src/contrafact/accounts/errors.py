"""What can go wrong with people and their plans."""

from contrafact.kit.errors import BadInputError, Conflict, ContrafactError, NotFound


class UnknownUser(NotFound):
    code = "unknown_user"


class BadUser(BadInputError):
    """A name or a tier that cannot be."""

    code = "bad_user"


class AmbiguousUser(Conflict):
    """A name that looks like somebody else's identifier."""

    code = "ambiguous_user"


class QuotaExceeded(ContrafactError):
    """A person asks for more at once than the plan gives; asking again later may succeed."""

    exit_code, http_status, code = 1, 429, "quota_exceeded"
