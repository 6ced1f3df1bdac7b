"""The values of royalties: what was used, who is owed, what was booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

Kind = Literal["generation", "play"]
EntryKind = Literal["generation", "play", "from_suspense"]
"""What a transaction books: a use, or the giving out of money that was held of one."""
Side = Literal["master", "work"]
PostingSide = Literal["debit", "credit"]
PlayState = Literal["listening", "counted", "excluded"]


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """Something that is paid for, with the permission under which it happened."""

    kind: Kind
    key: str
    """Idempotency key: the same key is the same event, however often it arrives (``generation_key``, ``play_key``)."""
    remix_id: str
    user_id: str
    """Who made the remix, or who listened."""
    decision_sha256: str
    """Snapshot of the decision that permitted the remix."""
    occurred_at: datetime
    heard_s: float | None = None
    """Seconds heard, for a play."""


@dataclass(frozen=True, slots=True)
class Payee:
    """A party with a share of one side of a recording.

    ``share`` is of that side (0..1); what the payees of a side leave of 1 is held in suspense, and so is the share of a
    payee whose ``party_id`` is not known.
    """

    party_id: str | None
    name: str
    role: str
    side: Side
    share: Fraction


@dataclass(frozen=True, slots=True)
class SourcePayout:
    """A recording in a take and who is owed for it. ``share`` is of all recordings of the take (together exactly 1)."""

    recording_id: str
    share: Fraction
    payees: tuple[Payee, ...]
    frozen: bool = False
    """Under dispute: all of it is held in suspense."""
    work_only: bool = False
    """Performed anew: nothing of the master sounds, and the work gets all that the rights get."""


@dataclass(frozen=True, slots=True)
class Payout:
    """Who is owed for a use of a take."""

    sources: tuple[SourcePayout, ...]
    remixer_id: str
    remixer_name: str
    territory: str | None = None
    """Where it was used, as far as it is known: who holds a song differs by place."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a transaction."""

    account: str
    side: PostingSide
    amount_micros: int
    party_id: str | None = None
    name: str = ""
    role: str = ""
    source_id: str | None = None
    """The recording that it is for."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one usage event moved. Debits equal credits; ``total_micros`` is either."""

    sequence: int
    id: str
    event_id: str
    kind: EntryKind
    remix_id: str
    currency: str
    total_micros: int
    contract: str
    posted_at: datetime
    hash: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What is still held of one use for one side of one recording."""

    transaction_id: str
    remix_id: str
    decision_sha256: str
    occurred_at: datetime
    territory: str | None
    recording_id: str
    side: Side
    currency: str
    contract: str
    amount_micros: int
    share: Fraction
    """Of the side: what of it nobody was paid."""
    paid: tuple[tuple[str, Fraction], ...]
    """Party and its share of the side that it was paid for this use, in the order of the parties' ids."""
    given_out: int
    """How often something of it was given out before."""


@dataclass(frozen=True, slots=True)
class PlayReport:
    """What a player says: how much of a take has truly sounded in one listening so far."""

    play_id: str
    """Chosen by the player, one for each listening: 1..64 letters, digits, ``-`` and ``_``."""
    remix_id: str
    user_id: str
    heard_s: float
    """Seconds heard since the listening began, in all."""
    take_duration_s: float
    decision_sha256: str


@dataclass(frozen=True, slots=True)
class PlayOutcome:
    """What became of a play report."""

    state: PlayState
    credited_s: float
    """Seconds that are believed: no more than have passed by the clock."""
    required_s: float
    reason: str | None = None
    """Why the play is not paid, when it is excluded."""
    transaction: Transaction | None = None

    @property
    def counted(self) -> bool:
        return self.state == "counted"


@dataclass(frozen=True, slots=True)
class PartyEarnings:
    party_id: str
    """A party, the remixer's user id, or ``platform``, ``engine``, ``suspense``."""
    name: str
    role: str
    amount_micros: int


@dataclass(frozen=True, slots=True)
class Earnings:
    """What one remix has earned; the parties' amounts sum to ``total_micros``."""

    remix_id: str
    currency: str
    total_micros: int
    generations: int
    plays: int
    excluded_plays: int
    """Plays that were seen and not paid."""
    parties: tuple[PartyEarnings, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds."""

    account: str
    name: str
    debit_micros: int
    credit_micros: int

    @property
    def amount_micros(self) -> int:
        """In the account's own direction: what is receivable on assets, what is owed or earned on the others."""
        net = self.debit_micros - self.credit_micros
        return net if self.account.startswith("assets:") else -net


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last transaction of the ledger: kept elsewhere, it proves later that nothing before it was changed."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What the check of the ledger found."""

    balanced: bool
    """Debits equal credits in every transaction and in all."""
    problems: tuple[str, ...]
    transactions: int
    currency: str | None
    accounts: tuple[Balance, ...]
    head: ChainHead
    counted_plays: int
    excluded_plays: int

    @property
    def ok(self) -> bool:
        return self.balanced and not self.problems


@dataclass(frozen=True, slots=True)
class Closing:
    """A month that is closed: the transactions that it has, and the hash of the last one up to then."""

    number: int
    period: str
    first_sequence: int
    last_sequence: int
    head_hash: str
    closed_at: str
    closed_by: str
    hash: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What one kind of booking in one role for one recording came to."""

    booked: EntryKind
    role: str
    recording_id: str | None
    times: int
    amount_micros: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a party earned in a month; ``before_micros`` and ``after_micros`` are what it was owed in all."""

    party_id: str
    name: str
    period: str
    currency: str
    closing: Closing | None
    """None while the month is open: then the statement is provisional."""
    before_micros: int
    lines: tuple[StatementLine, ...]
    total_micros: int
    after_micros: int


def total_micros(postings: Sequence[Posting]) -> int:
    """The sum of the debits."""
    return sum(posting.amount_micros for posting in postings if posting.side == "debit")
