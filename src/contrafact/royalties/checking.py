"""Checking the ledger: everything is computed again from what is stored, and nothing stored is believed."""

import json
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from contrafact.kit.errors import ContrafactError
from contrafact.royalties import closing, store
from contrafact.royalties.chain import GENESIS, may_be_untold_cover, read_basis, transaction_hash
from contrafact.royalties.contract import Contract, load_contract
from contrafact.royalties.schemas import ChainHead, Kind, LedgerReport, Posting
from contrafact.royalties.split import postings_for, split_name
from contrafact.royalties.store import StoredTransaction
from contrafact.royalties.suspense import FROM_SUSPENSE, recomputed

_MAX_PROBLEMS = 100


class _Checker:
    """One pass over the chain."""

    def __init__(self, session: Session, anchor: ChainHead | None) -> None:
        self._session = session
        self.head = ChainHead(0, GENESIS)
        self.currency: str | None = None
        self.balanced = True
        self.problems: list[str] = []
        self._anchor = anchor
        self._contracts: dict[str, Contract] = {}

    def take(self, stored: StoredTransaction) -> None:
        """Check one transaction and move on to it."""
        row = stored.transaction
        where = f"Transaction {row['sequence']}"
        for problem in self._chain_problems(stored):
            self.problems.append(f"{where} {problem}")
        for problem in self._balance_problems(stored):
            self.balanced = False
            self.problems.append(f"{where} {problem}")
        try:
            agrees = stored.postings in self._recomputed(stored)
        except (ContrafactError, KeyError, TypeError, ValueError, ZeroDivisionError, StopIteration) as error:
            self.problems.append(f"{where} cannot be computed again from its basis ({error}).")
        else:
            if not agrees:
                self.problems.append(f"{where} paid other amounts than its contract and basis give.")
        self.head = ChainHead(row["sequence"], row["hash"])

    def _chain_problems(self, stored: StoredTransaction) -> Iterator[str]:
        row = stored.transaction
        if row["sequence"] != self.head.sequence + 1:
            yield f"does not follow transaction {self.head.sequence}: something between them is missing."
        if row["previous_hash"] != self.head.hash:
            yield "does not fit the transaction before it."
        if stored.event is None:
            yield "has no usage event."
        else:
            content = {key: value for key, value in row.items() if key != "hash"}
            try:
                unchanged = transaction_hash(content, stored.event, stored.postings) == row["hash"]
            except Exception:  # something that no document can hold was put into a column
                unchanged = False
            if not unchanged:
                yield "was changed after it was booked."
        if self._anchor is not None and row["sequence"] == self._anchor.sequence and row["hash"] != self._anchor.hash:
            yield "is not the one of the head that was kept elsewhere."

    def _balance_problems(self, stored: StoredTransaction) -> Iterator[str]:
        row = stored.transaction
        self.currency = self.currency or row["currency"]
        if row["currency"] != self.currency:
            yield f"is in {row['currency']}, not in {self.currency}."
        debits, credits = (_sum(stored.postings, side) for side in ("debit", "credit"))
        if debits != credits or debits is None:
            yield f"does not balance: {debits} debited, {credits} credited."
        elif debits != row["total_micros"]:
            yield f"moved {debits}, not {row['total_micros']} as it says."

    def _recomputed(self, stored: StoredTransaction) -> tuple[tuple[Posting, ...], ...]:
        """What should have been posted: one answer, and of a use from before covers said that they are one, two."""
        row, event = stored.transaction, stored.event
        if event is None:
            return (stored.postings,)  # reported already
        if event["kind"] == FROM_SUSPENSE:
            return (recomputed(self._session, stored),)
        document = json.loads(row["basis"])
        split, payout = read_basis(document)
        kind: Kind = "play" if event["kind"] == "play" else "generation"
        if split != split_name(kind, event["user_id"], payout):
            raise ValueError("the basis names a split that does not fit the event")
        contract = self._contracts.get(row["contract"])
        if contract is None:
            contract = self._contracts[row["contract"]] = load_contract(row["contract"])
        payouts = [payout]
        if may_be_untold_cover(document):
            sources = tuple(replace(source, work_only=True) for source in payout.sources)
            payouts.append(replace(payout, sources=sources))
        return tuple(postings_for(contract, kind, split, each) for each in payouts)


def check_ledger(session: Session, anchor: ChainHead | None) -> LedgerReport:
    """The report of a full check."""
    checker = _Checker(session, anchor)
    count = 0
    for stored in store.stored_transactions(session):
        checker.take(stored)
        count += 1
    problems = checker.problems
    if anchor is not None and anchor.sequence > checker.head.sequence:
        problems.append(
            f"The ledger ends at transaction {checker.head.sequence}, "
            f"before the head {anchor.sequence} that was kept elsewhere."
        )
    events, lines = store.loose_ends(session)
    if events:
        problems.append(f"{events} usage event(s) were never booked, or their transactions were removed.")
    if lines:
        problems.append(f"{lines} posting(s) belong to no transaction.")
    problems.extend(closing.problems(session))
    problems.extend(_trigger_problems(session))
    paid, counted = store.paid_plays(session), store.count_plays(session, "counted")
    if counted > paid:
        problems.append(f"{counted} plays were counted, but only {paid} were booked.")
    accounts = store.balances(session)
    whole = sum(balance.debit_micros - balance.credit_micros for balance in accounts)
    if len(problems) > _MAX_PROBLEMS:
        problems = [*problems[:_MAX_PROBLEMS], f"… and {len(problems) - _MAX_PROBLEMS} more."]
    return LedgerReport(
        balanced=checker.balanced and whole == 0,
        problems=tuple(problems),
        transactions=count,
        currency=checker.currency,
        accounts=accounts,
        head=checker.head,
        counted_plays=paid,
        excluded_plays=store.count_plays(session, "excluded"),
    )


def _sum(postings: tuple[Posting, ...], side: str) -> int | None:
    """The sum of one side, or None when there is something that is no amount."""
    amounts: list[object] = [posting.amount_micros for posting in postings if posting.side == side]
    whole = [amount for amount in amounts if isinstance(amount, int) and amount > 0]
    return sum(whole) if len(whole) == len(amounts) and whole else None


def _trigger_problems(session: Session) -> Iterator[str]:
    found = store.triggers(session)
    for name, wanted in store.triggers_wanted(session).items():
        if name not in found:
            yield f"The guard {name} of the database is missing: somebody may have changed the ledger's tables."
        elif wanted is not None and found[name] != wanted:
            yield f"The guard {name} of the database was replaced by another."
