"""The hash chain: every transaction's hash covers its own content and the hash before it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from contrafact.kit.canonical import digest
from contrafact.royalties.contract import SPLIT_NAMES, SplitName
from contrafact.royalties.schemas import Payee, Payout, Posting, SourcePayout

GENESIS = "0" * 64
"""What the first transaction gives as the hash before it."""


def transaction_hash(transaction: dict[str, Any], event: dict[str, Any], postings: Sequence[Posting]) -> str:
    """SHA-256 of the canonical JSON of a transaction with its event and postings.

    Parameters
    ----------
    transaction : dict
        The stored columns but ``hash``.
    event : dict
        The stored columns of its usage event.
    postings : sequence of Posting
        In the stored order.

    Notes
    -----
    Whole numbers are written as text, because JSON's numbers are not exact beyond 2^53.
    """
    return digest(
        {
            "transaction": {key: _exact(value) for key, value in transaction.items()},
            "event": {key: _exact(value) for key, value in event.items()},
            "postings": [
                [p.account, p.side, str(p.amount_micros), p.party_id, p.name, p.role, p.source_id] for p in postings
            ],
        }
    )


def _exact(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def basis_document(split: SplitName, payout: Payout) -> dict[str, Any]:
    """What a split is computed from, as a document.

    What is not always said is named only where it is: documents of before stay what they were.
    """
    where = {} if payout.territory is None else {"territory": payout.territory}
    return {
        "split": split,
        **where,
        "remixer": {"id": payout.remixer_id, "name": payout.remixer_name},
        "sources": [
            {
                "recording_id": source.recording_id,
                "share": str(source.share),
                "frozen": source.frozen,
                **({"work_only": True} if source.work_only else {}),
                "payees": [
                    {
                        "party_id": payee.party_id,
                        "name": payee.name,
                        "role": payee.role,
                        "side": payee.side,
                        "share": str(payee.share),
                    }
                    for payee in source.payees
                ],
            }
            for source in payout.sources
        ],
    }


def read_basis(document: dict[str, Any]) -> tuple[SplitName, Payout]:
    """The inverse of :func:`basis_document`.

    Raises
    ------
    KeyError, TypeError, ValueError, ZeroDivisionError
        When it is not such a document.
    """
    split = next(name for name in SPLIT_NAMES if name == document["split"])
    sources = tuple(
        SourcePayout(
            recording_id=source["recording_id"],
            share=Fraction(source["share"]),
            frozen=source["frozen"],
            work_only=source.get("work_only", False),
            payees=tuple(
                Payee(
                    party_id=payee["party_id"],
                    name=payee["name"],
                    role=payee["role"],
                    side="master" if payee["side"] == "master" else "work",
                    share=Fraction(payee["share"]),
                )
                for payee in source["payees"]
            ),
        )
        for source in document["sources"]
    )
    remixer = document["remixer"]
    return split, Payout(sources, remixer["id"], remixer["name"], document.get("territory"))


def may_be_untold_cover(document: dict[str, Any]) -> bool:
    """Whether a basis comes from before bases said where a use was and that a cover owes the work alone.

    Covers were paid rightly then, but their bases do not say what they are: nobody is owed for a master in them, and no
    territory is told. They are evidence and stay as they are; whoever computes them again has to try both.
    """
    if "territory" in document:
        return False
    sources = document["sources"]
    return not any(
        "work_only" in source or any(payee["side"] == "master" for payee in source["payees"]) for source in sources
    )
