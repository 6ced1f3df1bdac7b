"""What the operator decides about deliveries, and what is told of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from contrafact.catalogue.ddex.findings import Finding
from contrafact.catalogue.ddex.granting import GrantOptions
from contrafact.catalogue.ddex.limits import Limits

NOTHING_SAID, USUAL = GrantOptions(), Limits()
Outcome = Literal["new", "changed", "blocked", "late", "purged"]
"""``late``: a newer message told of the release before this one came; ``purged``: it was taken back."""


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """What the operator decides about taking messages in."""

    by: str
    grants: GrantOptions = NOTHING_SAID
    sender_holds_masters: bool = False
    """Take the sender for the holder of a whole master where the message names nobody and nobody has stated owners."""
    limits: Limits = USUAL


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What became of one release; ``changes`` are sentences."""

    reference: str
    title: str
    outcome: Outcome
    changes: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class DeliveryReport:
    """What became of a message; ``again`` when it had been taken in before and nothing was done."""

    sender_dpid: str
    message_id: str
    created: datetime
    version: str
    test: bool
    again: bool = False
    outcomes: dict[str, int] = field(default_factory=dict)
    recordings_announced: int = 0
    recordings_known: int = 0
    grants_given: int = 0
    grants_withdrawn: int = 0
