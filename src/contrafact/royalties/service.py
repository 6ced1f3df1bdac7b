"""What the other rooms use of royalties."""

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.royalties import checking, ledger, plays, store
from contrafact.royalties.closing import as_csv, as_document, close, closings, statement
from contrafact.royalties.contract import Contract, load_contract
from contrafact.royalties.export import beancount
from contrafact.royalties.plays import play_key
from contrafact.royalties.schemas import (
    Balance,
    ChainHead,
    Closing,
    Earnings,
    Held,
    Kind,
    LedgerReport,
    PartyEarnings,
    Payee,
    Payout,
    PlayOutcome,
    PlayReport,
    Posting,
    Side,
    SourcePayout,
    Statement,
    StatementLine,
    Transaction,
    UsageEvent,
)
from contrafact.royalties.split import source_shares
from contrafact.royalties.suspense import due, give_out, held, held_sides, postings_from

__all__ = [
    "Balance",
    "ChainHead",
    "Closing",
    "Contract",
    "Earnings",
    "Held",
    "Kind",
    "LedgerReport",
    "PartyEarnings",
    "Payee",
    "Payout",
    "PlayOutcome",
    "PlayReport",
    "Posting",
    "Side",
    "SourcePayout",
    "Statement",
    "StatementLine",
    "Transaction",
    "UsageEvent",
    "as_csv",
    "as_document",
    "balances",
    "beancount",
    "check",
    "close",
    "closings",
    "due",
    "earnings",
    "generation_key",
    "give_out",
    "held",
    "held_sides",
    "load_contract",
    "play_key",
    "postings_from",
    "record_usage",
    "report_play",
    "source_shares",
    "statement",
]


def generation_key(remix_id: str) -> str:
    """The idempotency key of the making of a remix."""
    return f"generation:{remix_id}"


def record_usage(
    session: Session, event: UsageEvent, payout: Payout, clock: Clock, contract: Contract | None = None
) -> Transaction:
    """Book a usage event: the same key twice is one transaction, the first.

    Parameters
    ----------
    session : Session
        The caller's transaction; nothing is committed here.
    event : UsageEvent
    payout : Payout
        Who is owed; what is missing in it is held in suspense.
    clock : Clock
        For the moment of booking.
    contract : Contract, optional
        The default contract when not given.

    Raises
    ------
    UsageConflict
        When the key belongs to another kind, remix or person.
    BadPayout
        When shares are negative, sum to more than one, or an id cannot be one.
    CurrencyConflict
        When the ledger is kept in another currency.
    """
    return ledger.book(session, event, payout, clock, contract or load_contract())


def report_play(
    session: Session, report: PlayReport, payout: Payout, clock: Clock, contract: Contract | None = None
) -> PlayOutcome:
    """Take a player's report of a listening; the play is booked once, when enough has been heard.

    Players report what has sounded so far every few seconds, from the start on. A report is believed up to the time
    that has passed since the first of the same listening. Reports may be repeated and may arrive in any order.

    Raises
    ------
    BadPlayReport
        When the report cannot be.
    BadPayout, CurrencyConflict
        As for :func:`record_usage`.
    """
    return plays.take_report(session, report, payout, clock, contract or load_contract())


def earnings(session: Session, remix_id: str) -> Earnings:
    """What a remix has earned, from the ledger's postings alone; the parties' amounts sum to the total."""
    parties = store.remix_parties(session, remix_id)
    counts = store.remix_counts(session, remix_id)
    head = store.head(session)
    return Earnings(
        remix_id=remix_id,
        currency=load_contract().currency if head is None else head[1],
        total_micros=sum(party.amount_micros for party in parties),
        generations=counts.get("generation", 0),
        plays=counts.get("play", 0),
        excluded_plays=store.count_plays(session, "excluded", remix_id=remix_id),
        parties=parties,
    )


def balances(session: Session) -> tuple[Balance, ...]:
    """All accounts in the order of their names. What is receivable equals what is owed and earned."""
    return store.balances(session)


def check(session: Session, anchor: ChainHead | None = None) -> LedgerReport:
    """Compute the whole ledger again and report every disagreement.

    Checked: every transaction follows the one before it, hashes as it did, balances, and pays what its contract gives
    for its basis; every usage event is booked; one currency; the database's guards are in place.

    Parameters
    ----------
    session : Session
    anchor : ChainHead, optional
        A head that was kept elsewhere. Without one a person who rewrites the whole chain, or cuts off its end, is not
        found out.
    """
    return checking.check_ledger(session, anchor)
