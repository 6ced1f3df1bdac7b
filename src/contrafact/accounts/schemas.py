"""The values that accounts hand to the other rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tier = Literal["free", "premium"]
TIERS: tuple[Tier, ...] = ("free", "premium")

DEMO_NAME = "Ada"
DEMO_TIER: Tier = "premium"


@dataclass(frozen=True, slots=True)
class User:
    """A listener of this installation."""

    id: str
    name: str
    tier: Tier
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Quota:
    """What a plan gives at once."""

    max_queued: int
    """Remixes that may wait or render at the same time."""
