"""The operator's switches: which listeners an operation is switched on for."""

import hashlib
from decimal import Decimal

from contrafact.rights.findings import Finding
from contrafact.rights.values import RightsRequest, Switch, Use

COHORTS = 10_000
"""Listeners are told apart in hundredths of a percent."""


def cohort(user_id: str, salt: str = "") -> int:
    """A listener's stable number from 0 to 9999: the SHA-256 of ``salt:user_id`` modulo 10 000.

    Examples
    --------
    >>> cohort("usr_1", "house") == cohort("usr_1", "house")
    True
    """
    return int.from_bytes(hashlib.sha256(f"{salt}:{user_id}".encode()).digest()) % COHORTS


def in_cohort(user_id: str, percent: float, salt: str = "") -> bool:
    """Whether a listener belongs to the first ``percent`` (0 to 100) of all; percent counts as it is written."""
    if percent >= 100.0:
        return True
    return cohort(user_id, salt) < Decimal(repr(percent)) * 100


def held_back(switch: Switch, use: Use, request: RightsRequest) -> Finding | None:
    """Why the operator does not let this listener do this now; None where the operation is on."""
    if not switch.on:
        return Finding("switched_off", use)
    at = request.at
    if (switch.valid_from is not None and at < switch.valid_from) or (
        switch.valid_to is not None and at >= switch.valid_to
    ):
        return Finding("not_switched_on", use, data=("time",))
    if not switch.territories.covers(request.territory):
        return Finding("not_switched_on", use, data=("territory",))
    if switch.tiers is not None and request.tier not in switch.tiers:
        return Finding("not_switched_on", use, data=("tier",))
    if not in_cohort(request.user_id, switch.percent, switch.salt):
        return Finding("not_switched_on", use, data=("cohort",))
    return None
