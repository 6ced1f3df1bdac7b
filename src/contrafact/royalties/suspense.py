"""Money that was held of a use, given to whom it belongs (R8, R21): an entry for each use, beside the one that held it.

What was booked stays as it is. Who is owed is told by who held the side where and when the song was used, as it is
known now; who was paid already is owed only what is lacking. What is still nobody's stays held.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, get_args

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id
from contrafact.kit.money import allocate
from contrafact.royalties import ledger, store
from contrafact.royalties.chain import read_basis
from contrafact.royalties.errors import BadPayout
from contrafact.royalties.schemas import Held, Payee, Posting, Side, SourcePayout, Transaction
from contrafact.royalties.split import known_id, party_account, suspense_account
from contrafact.royalties.store import StoredTransaction

FROM_SUSPENSE = "from_suspense"
LONGEST_REASON = 300
_SUSPENSE = "liabilities:suspense:"


def held_sides(session: Session, recordings: Sequence[str] | None = None) -> tuple[tuple[str, Side, int], ...]:
    """Recording, side and amount of everything that is held, or of these recordings, in the order of the accounts."""
    accounts = None
    if recordings is not None:
        accounts = [suspense_account(recording_id, side) for recording_id in recordings for side in get_args(Side)]
    found: list[tuple[str, Side, int]] = []
    for balance in store.balances(session, accounts):
        if balance.account.startswith(_SUSPENSE) and balance.amount_micros > 0:
            recording_id, _, side = balance.account.removeprefix(_SUSPENSE).rpartition(":")
            found.append((recording_id, "master" if side == "master" else "work", balance.amount_micros))
    return tuple(found)


def held(session: Session, recording_id: str, side: Side) -> Iterator[Held]:
    """Every use of which something is held for a side of a recording, oldest first."""
    for stored in store.transactions_holding(session, suspense_account(recording_id, side)):
        item = standing(session, stored, recording_id, side)
        if item is not None and item.amount_micros > 0:
            yield item


def standing(
    session: Session, stored: StoredTransaction, recording_id: str, side: Side, before: int | None = None
) -> Held | None:
    """What is held of a use for a side of a recording, from what is stored; None when nothing ever was.

    Parameters
    ----------
    before : int, optional
        As it was when the transaction of this number came.
    """
    event, row = stored.event, stored.transaction
    account = suspense_account(recording_id, side)
    amount = sum(p.amount_micros for p in stored.postings if (p.account, p.side) == (account, "credit"))
    if event is None or event["kind"] == FROM_SUSPENSE or amount == 0:
        return None
    _, payout = read_basis(json.loads(row["basis"]))
    share, paid = _unpaid(next(source for source in payout.sources if source.recording_id == recording_id), side)
    times = 0
    while (given := store.transaction_by_key(session, key_of(row["id"], recording_id, side, times + 1))) is not None:
        if before is not None and given.transaction["sequence"] >= before:
            break
        times += 1
        amount -= given.transaction["total_micros"]
        for party_id, part in _given(json.loads(given.transaction["basis"])).items():
            paid[party_id] = paid.get(party_id, Fraction(0)) + part
            share -= part
    return Held(
        transaction_id=row["id"],
        remix_id=event["remix_id"],
        decision_sha256=event["decision_sha256"],
        occurred_at=datetime.fromisoformat(event["occurred_at"]),
        territory=payout.territory,
        recording_id=recording_id,
        side=side,
        currency=row["currency"],
        contract=row["contract"],
        amount_micros=amount,
        share=share,
        paid=tuple(sorted(paid.items())),
        given_out=times,
    )


def due(item: Held, owners: Sequence[Payee]) -> dict[str, Fraction]:
    """What each party gets of what is held, as its share of the side; together at most what is held.

    A party gets what it lacks: its share less what it was paid for this use. Where the lacking parts are more than what
    is held (somebody was paid who should not have been), what is held is divided in their proportion.

    Raises
    ------
    BadPayout
        When shares are negative, sum to more than one, or an id cannot be one.
    """
    shares: dict[str, Fraction] = {}
    for owner in owners:
        if owner.side == item.side and owner.party_id is not None:
            party_id = known_id(owner.party_id, "party")
            shares[party_id] = shares.get(party_id, Fraction(0)) + owner.share
    if sum(shares.values(), Fraction(0)) > 1 or any(owner.share < 0 for owner in owners):
        raise BadPayout(f"The {item.side} shares of {item.recording_id} must be at least 0 and sum to 1 at most.")
    paid = dict(item.paid)
    lacking = {party: share - paid.get(party, Fraction(0)) for party, share in sorted(shares.items())}
    lacking = {party: share for party, share in lacking.items() if share > 0}
    whole = sum(lacking.values(), Fraction(0))
    if whole > item.share:
        lacking = {party: share * item.share / whole for party, share in lacking.items()}
    return lacking


def postings_from(item: Held, given: Mapping[str, Fraction], owners: Sequence[Payee]) -> tuple[Posting, ...]:
    """The postings that give out what is due; none where that is not one micro-unit."""
    if item.share <= 0 or not given:
        return ()
    shares = {f"to {party}": part / item.share for party, part in given.items()}
    # What stays held comes last, so that of two equal remainders a party's is the one that counts.
    shares["~"] = 1 - sum(shares.values(), Fraction(0))
    amounts = allocate(item.amount_micros, shares)
    credits = []
    for party in sorted(given):
        owner = max((o for o in owners if (o.party_id, o.side) == (party, item.side)), key=lambda o: (o.share, o.role))
        if amounts[f"to {party}"] > 0:
            role = f"{item.side}: {owner.role}"
            account = party_account(party)
            amount = amounts[f"to {party}"]
            credits.append(Posting(account, "credit", amount, party, owner.name, role, item.recording_id))
    total = sum(posting.amount_micros for posting in credits)
    if total == 0:
        return ()
    account = suspense_account(item.recording_id, item.side)
    return (Posting(account, "debit", total, "suspense", "Given out", item.side, item.recording_id), *credits)


def give_out(
    session: Session, item: Held, owners: Sequence[Payee], *, by: str, reason: str, clock: Clock
) -> Transaction | None:
    """Book the giving out of what is held of one use; None where nothing of it is due to anybody known.

    Asked for again, nothing is lacking any more and nothing is booked.

    Parameters
    ----------
    owners : sequence of Payee
        Who held the side where and when the song was used, as it is known now.
    by : str
        Who has it given out.
    reason : str
        By what: a settlement, a statement of ownership.

    Raises
    ------
    BadPayout
        When the shares cannot be, or there is no reason.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadPayout(f"Money that was held is given out for a reason of 1 to {LONGEST_REASON} characters.")
    given = due(item, owners)
    postings = postings_from(item, given, owners)
    if not postings:
        return None
    event: dict[str, Any] = {
        "id": new_id("use"),
        "kind": FROM_SUSPENSE,
        "idempotency_key": key_of(item.transaction_id, item.recording_id, item.side, item.given_out + 1),
        "remix_id": item.remix_id,
        "user_id": by[:80],
        "decision_sha256": item.decision_sha256,
        "occurred_at": clock.now().astimezone(UTC).isoformat(),
        "heard_ms": None,
    }
    basis = basis_of(item, owners, given, reason)
    return ledger.append(session, event, postings, basis, item.contract, item.currency, clock)


def basis_of(item: Held, owners: Sequence[Payee], given: Mapping[str, Fraction], reason: str) -> dict[str, Any]:
    """What an entry is computed from, as a document."""
    return {
        "from": {"transaction": item.transaction_id, "recording_id": item.recording_id, "side": item.side},
        "held": {"micros": str(item.amount_micros), "share": str(item.share)},
        "paid": {party: str(share) for party, share in item.paid},
        "owners": [
            {"party_id": o.party_id, "name": o.name, "role": o.role, "share": str(o.share)}
            for o in owners
            if o.side == item.side
        ],
        "given": {party: str(share) for party, share in given.items()},
        "reason": reason,
    }


def recomputed(session: Session, stored: StoredTransaction) -> tuple[Posting, ...]:
    """The postings that an entry must have, from the use that it names and the owners in its basis.

    Raises
    ------
    KeyError, TypeError, ValueError
        When its basis is no such document, or says other things of the use than the ledger does.
    """
    document = json.loads(stored.transaction["basis"])
    about, sequence = document["from"], stored.transaction["sequence"]
    side: Side = "master" if about["side"] == "master" else "work"
    original = store.stored_transaction(session, about["transaction"])
    if original is None or original.transaction["sequence"] >= sequence:
        raise ValueError("it gives out money of a use that was not booked before it")
    item = standing(session, original, about["recording_id"], side, before=sequence)
    if item is None:
        raise ValueError("it gives out money that was never held")
    owners = [
        Payee(owner["party_id"], owner["name"], owner["role"], side, Fraction(owner["share"]))
        for owner in document["owners"]
    ]
    given = due(item, owners)
    key = key_of(item.transaction_id, item.recording_id, side, item.given_out + 1)
    if stored.event is None or stored.event["idempotency_key"] != key:
        raise ValueError("its number does not follow the one before it")
    if document != basis_of(item, owners, given, document["reason"]):
        raise ValueError("the basis says other things of the use than the ledger does")
    return postings_from(item, given, owners)


def key_of(transaction_id: str, recording_id: str, side: Side, number: int) -> str:
    """The idempotency key of the first, second, … giving out of what one use held."""
    return f"suspense:{transaction_id}:{recording_id}:{side}:{number}"


def _unpaid(source: SourcePayout, side: Side) -> tuple[Fraction, dict[str, Fraction]]:
    """What of a side nobody was paid, and who was paid what of it."""
    paid: dict[str, Fraction] = {}
    for payee in source.payees:
        if payee.side == side and payee.party_id and not source.frozen:
            paid[payee.party_id] = paid.get(payee.party_id, Fraction(0)) + payee.share
    return 1 - sum(paid.values(), Fraction(0)), paid


def _given(basis: Mapping[str, Any]) -> dict[str, Fraction]:
    return {party: Fraction(share) for party, share in basis["given"].items()}
