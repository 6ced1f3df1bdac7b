"""What can go wrong with usage and money."""

from contrafact.kit.errors import BadInputError, Conflict, ContrafactError


class BadContract(ContrafactError):
    """A contract's data do not make sense; nothing was booked."""

    code = "bad_contract"


class BadPayout(ContrafactError):
    """The shares to be paid do not make sense; nothing was booked."""

    code = "bad_payout"


class BadPlayReport(BadInputError):
    """A player reports something that cannot be."""

    code = "bad_play_report"


class UsageConflict(Conflict):
    """The idempotency key belongs to another usage event."""

    code = "usage_conflict"


class CurrencyConflict(ContrafactError):
    """The ledger is kept in another currency than the contract's; nothing was booked."""

    code = "currency_conflict"
