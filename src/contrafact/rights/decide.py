"""The decision: a pure function of the request and the facts.

Rules (numbers as in the project's rule list; ``docs/guides/rights.md`` tells them with their reasons and tests)
------------------------------------------------------------------------------------------------------------
R1  Default deny. The shares that are held there and then sum to exactly one, and each operation needs a grant of every
    holder of the master, of every holder of the work, and for voice operations of every performer whose voice it is.
    One missing share denies; who is missing is told to staff only. A cover uses the composition only: it, and what
    happens with the take, needs the holders of the work alone.
R2  Operations are separate; none implies another.
R3  A grant holds when who gave it may speak for the holder, in its territories, in ``[from, to)``, for its tiers,
    within its bounds and counts, beside nobody whom it bans, for no topic that it bans, at its price, and, where it
    asks for that, once the owner has approved.
R6  Strictest wins: all subjects of the request must permit, and all of their duties bind. What a remix is made from
    must be there to be made from, and ``derive_again`` granted by all.
R7  For a minor's voice a guardian speaks until the 18th birthday, for the voice of one who has died the estate.
Besides: the operator's switches, and topics that are refused whoever the owner is.
"""

import json

from contrafact.rights.earlier import decide_earlier
from contrafact.rights.ruling import RULES, Ruling
from contrafact.rights.values import RULES_VERSION, Decision, Facts, RightsRequest


def decide(request: RightsRequest, facts: Facts, rules: int = RULES_VERSION) -> Decision:
    """Decide whether everything that is asked is allowed.

    Who asks many questions about the same facts makes a :class:`~contrafact.rights.ruling.Ruling` of them first.

    Parameters
    ----------
    request : RightsRequest
        All operations that the recipe performs, with their measured extent, and who asks from where and when.
    facts : Facts
        The recordings touched and the current version of their grants. The decision depends on nothing else.
    rules : int
        1 and 2 decide as it was done before, for replaying what was decided then: 1 before covers were told from uses
        of the master, 2 before mandates, counts, bans, prices, approvals, lineage and switches.

    Returns
    -------
    Decision
        ``permit`` only when every operation on every subject is granted by every holder. A denial carries every
        blocking reason, a permit one reason per operation and subject.

    Raises
    ------
    ValueError
        When there are no such rules.
    """
    if not 1 <= rules <= RULES_VERSION:
        raise ValueError(f"there are no rules {rules}; there are 1 to {RULES_VERSION}")
    return Ruling(facts).decide(request) if rules == RULES else decide_earlier(request, facts, rules)


def replay(snapshot: bytes) -> Decision:
    """Decide again from a stored snapshot.

    Raises
    ------
    ValueError
        When the snapshot is not one, was made by other rules, or does not give the same decision again.
    """
    document = json.loads(snapshot)
    if not isinstance(document, dict) or document.pop("snapshot", None) != 1:
        raise ValueError("this is not a decision's snapshot")
    rules = document.get("rules")
    if not isinstance(rules, int) or not 1 <= rules <= RULES_VERSION:
        raise ValueError(f"the snapshot was made by rules {rules}; these are rules 1 to {RULES_VERSION}")
    request = RightsRequest.model_validate(document.get("request"))
    again = decide(request, Facts.model_validate(document.get("facts")), rules)
    if again.snapshot != snapshot:
        raise ValueError("the snapshot does not give the same decision again: it was altered")
    return again
