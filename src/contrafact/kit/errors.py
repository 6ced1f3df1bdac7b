"""Errors that a person is told about: what was wrong and what to do, with the codes that machines need."""


class ContrafactError(Exception):
    """Base of every expected failure outside the engine.

    ``exit_code`` ends the command line, ``http_status`` answers the request, ``code`` is a stable word for machines.
    """

    exit_code = 1
    http_status = 500
    code = "failed"


class WrongCall(ContrafactError):
    exit_code, http_status, code = 2, 400, "wrong_call"


class NotFound(ContrafactError):
    exit_code, http_status, code = 2, 404, "not_found"


class Conflict(ContrafactError):
    exit_code, http_status, code = 1, 409, "conflict"


class Refused(ContrafactError):
    """A right is missing; subclasses carry the decision."""

    exit_code, http_status, code = 3, 403, "refused"


class BadInputError(ContrafactError):
    exit_code, http_status, code = 4, 422, "bad_input"


class StorageFull(ContrafactError):
    exit_code, http_status, code = 1, 507, "storage_full"
