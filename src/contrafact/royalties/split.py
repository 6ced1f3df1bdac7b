"""From a fee to postings: pure, exact, and the same for the same input.

The tree of exact shares is multiplied out to its leaves first and the amount is allocated once over all leaves, so that
rounding happens at one place, by the largest remainder, and moves no leaf by more than one micro-unit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from contrafact.engine.arranging.timeline import SourceUse
from contrafact.kit.money import allocate
from contrafact.royalties.contract import Contract, SplitName
from contrafact.royalties.errors import BadPayout
from contrafact.royalties.schemas import Kind, Payout, Posting, Side, SourcePayout

POOL = "assets:addon-pool"
"""What subscribers' remix add-on owes to the ledger: every use is a claim on it."""
PLATFORM = "income:platform"
ENGINE = "liabilities:engine"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", re.ASCII)


def party_account(party_id: str) -> str:
    """What is owed to a party."""
    return f"liabilities:party:{party_id}"


def remixer_account(user_id: str) -> str:
    """What is owed to a listener who remixed."""
    return f"liabilities:remixer:{user_id}"


def suspense_account(recording_id: str, side: Side) -> str:
    """What is held for somebody with a right in a recording who is not known yet."""
    return f"liabilities:suspense:{recording_id}:{side}"


def source_shares(usage: Sequence[SourceUse], sources: Sequence[str]) -> dict[str, Fraction]:
    """The part of each recording in a take, from what the timeline says sounds in it.

    Parameters
    ----------
    usage : sequence of SourceUse
        Of ``Timeline.usage()``, of one or several timelines' stems.
    sources : sequence of str
        SHA-256 of the recordings of the recipe, at least one.

    Returns
    -------
    dict
        Recording to share, together exactly 1. A take in which nothing of any recording sounds (all parts newly
        played) still has its sources as the song that it is a version of: then they share alike.

    Raises
    ------
    BadPayout
        When something sounds that the recipe does not name.
    """
    if not sources or len(set(sources)) != len(sources):
        raise BadPayout("A take needs at least one recording, each named once.")
    totals = dict.fromkeys(sources, Fraction(0))
    for use in usage:
        if use.sha256 not in totals:
            raise BadPayout("The take uses a recording that its recipe does not name, so it cannot be paid for.")
        totals[use.sha256] += use.share
    whole = sum(totals.values(), Fraction(0))
    if whole == 0:
        return dict.fromkeys(sources, Fraction(1, len(sources)))
    return {source: share / whole for source, share in totals.items()}


@dataclass(frozen=True, slots=True)
class _Leaf:
    account: str
    role: str
    source_id: str
    party_id: str
    name: str


def split_name(kind: Kind, user_id: str, payout: Payout) -> SplitName:
    """Which split of the contract a use falls under."""
    if kind == "play" and user_id == payout.remixer_id:
        return "own_play"
    return kind


def postings_for(contract: Contract, kind: Kind, split: SplitName, payout: Payout) -> tuple[Posting, ...]:
    """The postings of one use: the pool is debited with the fee, everybody who is owed is credited.

    Raises
    ------
    BadPayout
        When the shares cannot be: negative, or together above 1.
    """
    fee = contract.fees_micros[kind]
    shares: dict[tuple[str, str, str], tuple[_Leaf, Fraction]] = {}
    for leaf, share in _leaves(contract, split, payout):
        # A party may hold one role twice (two deals): one line.
        key = (leaf.account, leaf.role, leaf.source_id)
        known, before = shares.get(key, (leaf, Fraction(0)))
        shares[key] = (known, before + share)
    owed = [shares[key] for key in sorted(shares)]
    ordered = [leaf for leaf, share in owed if share > 0]
    amounts = allocate(fee, {f"{index:08d}": share for index, share in enumerate(s for _, s in owed if s > 0)})
    credits = tuple(
        Posting(leaf.account, "credit", amount, leaf.party_id, leaf.name, leaf.role, leaf.source_id or None)
        for leaf, amount in zip(ordered, amounts.values(), strict=True)
        if amount > 0
    )
    return (Posting(POOL, "debit", fee, None, "Remix add-on", "pool"), *credits)


def _leaves(contract: Contract, name: SplitName, payout: Payout) -> Iterator[tuple[_Leaf, Fraction]]:
    split = contract.splits[name]
    yield _Leaf(PLATFORM, "platform", "", "platform", "Platform"), split.platform
    yield _Leaf(ENGINE, "engine", "", "engine", "Engine"), split.engine
    remixer = known_id(payout.remixer_id, "remixer")
    yield _Leaf(remixer_account(remixer), "remixer", "", remixer, payout.remixer_name), split.remixer
    total = sum((source.share for source in payout.sources), Fraction(0))
    if total != 1 or any(source.share < 0 for source in payout.sources):
        raise BadPayout(f"The recordings' shares of a take must be at least 0 and sum to 1, not to {total}.")
    for source in payout.sources:
        known_id(source.recording_id, "recording")
        sides: Mapping[Side, Fraction] = {"master": contract.master, "work": contract.work}
        if source.work_only:
            sides = {"work": contract.master + contract.work}
        for side, part in sides.items():
            for leaf, share in _side_leaves(source, side):
                yield leaf, split.rights * source.share * part * share


def _side_leaves(source: SourcePayout, side: Side) -> Iterator[tuple[_Leaf, Fraction]]:
    """The payees of one side; what is nobody's, unknown or under dispute is held, never given to the others."""
    payees = [payee for payee in source.payees if payee.side == side]
    total = sum((payee.share for payee in payees), Fraction(0))
    if total > 1 or any(payee.share < 0 for payee in payees):
        raise BadPayout(
            f"The {side} shares of recording {source.recording_id} must be at least 0 "
            f"and sum to 1 at most, not to {total}."
        )
    held = Fraction(1) - total
    for payee in payees:
        if source.frozen or not payee.party_id:
            held += payee.share
            continue
        party = known_id(payee.party_id, "party")
        yield _Leaf(party_account(party), f"{side}: {payee.role}", source.recording_id, party, payee.name), payee.share
    name = "Held under dispute" if source.frozen else "Held until the owner is known"
    yield _Leaf(suspense_account(source.recording_id, side), side, source.recording_id, "suspense", name), held


def known_id(text: str, what: str) -> str:
    """The id; it becomes part of an account's name, in which a colon has a meaning.

    Raises
    ------
    BadPayout
        When it cannot be one.
    """
    if not _ID.fullmatch(text):
        raise BadPayout(f"“{text[:40]}” cannot be the id of a {what}.")
    return text
