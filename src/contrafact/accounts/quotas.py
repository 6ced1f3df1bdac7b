"""What each plan gives: pure functions, so that asking and refusing can be tried without a database."""

from collections.abc import Mapping
from types import MappingProxyType

from contrafact.accounts.errors import QuotaExceeded
from contrafact.accounts.schemas import Quota, Tier

QUOTAS: Mapping[Tier, Quota] = MappingProxyType({"free": Quota(max_queued=1), "premium": Quota(max_queued=8)})


def quota_for(tier: Tier) -> Quota:
    """The quota of a plan."""
    return QUOTAS[tier]


def require_slot(tier: Tier, queued: int) -> None:
    """Refuse another remix while as many are under way as the plan gives.

    Parameters
    ----------
    tier : Tier
    queued : int
        Remixes of this person that wait or render now, at least 0.

    Raises
    ------
    QuotaExceeded
        With the limit and what to do.
    """
    limit = quota_for(tier).max_queued
    if queued >= limit:
        remixes = "remix is" if limit == 1 else "remixes are"
        raise QuotaExceeded(
            f"{limit} {remixes} already being made for you, which is all that the {tier} plan gives at once: "
            "wait until one is ready or cancel one."
        )
