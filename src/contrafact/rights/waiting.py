"""Who has to be asked before something may be heard: read from a decision that says ``needs_approval``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from contrafact.rights import store, store_approvals
from contrafact.rights.ownership import Side
from contrafact.rights.terms import KEEP, OnWithdrawal
from contrafact.rights.values import Decision

RELEASE_OPERATIONS: Final = frozenset({"share_in_app", "export"})
"""Approval of these is asked for each release, of any other operation for each take."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A party that has to be asked, about what, and by which of its grants."""

    party_id: str
    side: Side
    subject_id: str
    grant_ids: tuple[str, ...]


def whom_to_ask(decided: Decision) -> tuple[Wanted, ...]:
    """The parties that a ``needs_approval`` waits for: those whose chosen grant asks first and who have not agreed."""
    request, chosen = decided.request, set(decided.grants)
    found: dict[tuple[str, Side, str], list[str]] = {}
    for grant in decided.facts.grants:
        if grant.id not in chosen:
            continue
        asking = [
            allowed.operation
            for use in request.operations
            if (allowed := grant.terms.allowed(use.operation)) is not None
            and allowed.needs_approval
            and (request.purpose == "release" or allowed.operation not in RELEASE_OPERATIONS)
        ]
        if asking and not _agreed(decided, grant.party_id, grant.subject_id):
            found.setdefault((grant.party_id, grant.side, grant.subject_id), []).append(grant.id)
    return tuple(Wanted(party, side, subject, tuple(ids)) for (party, side, subject), ids in sorted(found.items()))


def _agreed(decided: Decision, party_id: str, subject_id: str) -> bool:
    request = decided.request
    return any(
        item.answer == "approved"
        and (item.party_id, item.subject_id) == (party_id, subject_id)
        and item.recipe_sha256 == request.recipe_sha256
        and request.purpose in item.purposes
        and item.territories.covers(request.territory)
        and (item.valid_to is None or request.at < item.valid_to)
        for item in decided.facts.approvals
    )


def fate_of(session: Session, grant_ids: Sequence[str]) -> OnWithdrawal:
    """What becomes of releases when an approval under these grants is taken back: the strictest that they name."""
    order = {"keep": 0, "unlist": 1, "take_down": 2}
    found = [store.as_grant(row).terms.on_withdrawal for row in store_approvals.grants(session, grant_ids)]
    return max(found, key=lambda each: (order[each.fate], -each.hours), default=KEEP)
