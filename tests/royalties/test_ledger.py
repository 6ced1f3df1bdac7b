"""Every use is booked once, whatever arrives twice or out of order, and the database keeps what was written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.royalties import service
from contrafact.royalties.errors import BadPayout, CurrencyConflict, UsageConflict
from contrafact.royalties.models import create_triggers, drop_triggers, trigger_names
from contrafact.royalties.schemas import Payout, Transaction, UsageEvent, total_micros
from tests.support.postgres import fresh, somebody_waits

EventMaker = Callable[..., UsageEvent]


def test_a_generation_and_a_play_are_booked_and_earn(
    database: Database, payout: Payout, clock: FixedClock, event: EventMaker
) -> None:
    with database.transaction() as session:
        made = service.record_usage(session, event(service.generation_key("rmx_one"), "generation"), payout, clock)
        played = service.record_usage(session, event(service.play_key("usr_ben", "rmx_one", "p1")), payout, clock)
    assert (made.sequence, made.total_micros, made.currency, made.contract) == (1, 40_000, "EUR", "default@1")
    assert (played.sequence, played.total_micros, played.kind) == (2, 6_000, "play")
    assert total_micros(played.postings) == 6_000
    with database.transaction() as session:
        earned = service.earnings(session, "rmx_one")
        report = service.check(session)
        balances = service.balances(session)
    assert (earned.total_micros, earned.generations, earned.plays, earned.currency) == (46_000, 1, 1, "EUR")
    assert sum(party.amount_micros for party in earned.parties) == earned.total_micros
    by_role = {(party.party_id, party.role): party.amount_micros for party in earned.parties}
    assert by_role[("usr_ada", "remixer")] == 300
    assert by_role[("platform", "platform")] == 8_000 + 1_200
    assert by_role[("suspense", "work")] == 6_400 + 900
    assert report.ok
    assert (report.transactions, report.head.sequence, report.head.hash) == (2, 2, played.hash)
    assert report.accounts == balances
    pool = next(balance for balance in balances if balance.account == "assets:addon-pool")
    assert pool.amount_micros == 46_000
    assert sum(balance.amount_micros for balance in balances if balance is not pool) == 46_000


def test_an_empty_ledger_is_in_order(database: Database) -> None:
    with database.transaction() as session:
        report = service.check(session)
        earned = service.earnings(session, "rmx_none")
    assert report.ok
    assert (report.transactions, report.currency, report.head.sequence) == (0, None, 0)
    assert (earned.total_micros, earned.parties, earned.currency) == (0, (), "EUR")


def test_the_same_key_is_the_same_transaction(
    database: Database, payout: Payout, clock: FixedClock, event: EventMaker
) -> None:
    with database.transaction() as session:
        first = service.record_usage(session, event("k"), payout, clock)
        later = replace(event("k"), heard_s=99.0)
        assert service.record_usage(session, later, replace(payout, remixer_name="Somebody"), clock) == first
        assert service.check(session).transactions == 1


@pytest.mark.parametrize("other", [{"kind": "generation"}, {"remix": "rmx_two"}, {"user": "usr_eve"}])
def test_a_key_that_means_something_else_is_a_conflict(
    database: Database, payout: Payout, clock: FixedClock, event: EventMaker, other: dict[str, str]
) -> None:
    with database.transaction() as session:
        service.record_usage(session, event("k"), payout, clock)
        with pytest.raises(UsageConflict):
            service.record_usage(session, event("k", **other), payout, clock)
        assert service.check(session).ok


def test_nothing_is_booked_when_the_payout_cannot_be(
    database: Database, payout: Payout, clock: FixedClock, event: EventMaker
) -> None:
    half = replace(payout, sources=(replace(payout.sources[0], share=Fraction(1, 2)),))
    with database.transaction() as session:
        with pytest.raises(BadPayout):
            service.record_usage(session, event("k"), half, clock)
        with pytest.raises(BadPayout):
            service.record_usage(session, event(""), payout, clock)
        with pytest.raises(ValueError, match="timezone"):
            service.record_usage(session, replace(event("k"), occurred_at=clock.at.replace(tzinfo=None)), payout, clock)
        report = service.check(session)
    assert report.ok
    assert report.transactions == 0


def test_one_ledger_has_one_currency(database: Database, payout: Payout, clock: FixedClock, event: EventMaker) -> None:
    dollars = replace(service.load_contract(), currency="USD")
    with database.transaction() as session:
        service.record_usage(session, event("k"), payout, clock)
        with pytest.raises(CurrencyConflict, match="use a contract in EUR"):
            service.record_usage(session, event("l"), payout, clock, dollars)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrivals=st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["rmx_one", "rmx_two"])), min_size=1, max_size=30
    )
)
def test_duplicates_and_disorder_change_nothing(
    arrivals: list[tuple[str, str]],
    new_database: Callable[[], Database],
    payout: Payout,
    clock: FixedClock,
    event: EventMaker,
) -> None:
    """The oracle is a set: an event counts once, however often and in whatever order it arrives."""
    database = new_database()
    with database.transaction() as session:
        for key, remix in arrivals:
            user = "usr_ada" if key in "ab" else "usr_ben"
            service.record_usage(session, event(f"{remix}:{key}", "play", remix, user), payout, clock)
        report = service.check(session)
        assert report.ok, report.problems
        assert report.transactions == len(set(arrivals))
        for remix in ("rmx_one", "rmx_two"):
            expected = len({arrival for arrival in arrivals if arrival[1] == remix})
            earned = service.earnings(session, remix)
            assert (earned.plays, earned.total_micros) == (expected, 6_000 * expected)
            assert sum(party.amount_micros for party in earned.parties) == earned.total_micros


def test_threads_at_once_make_one_chain(
    database: Database, payout: Payout, clock: FixedClock, event: EventMaker
) -> None:
    def book(number: int) -> Transaction:
        with database.transaction() as session:
            return service.record_usage(session, event(f"k{number % 10}"), payout, clock)

    with ThreadPoolExecutor(4) as pool:
        booked = list(pool.map(book, range(20)))
    assert len({transaction.id for transaction in booked}) == 10
    with database.transaction() as session:
        report = service.check(session)
    assert report.ok, report.problems
    assert report.transactions == 10


def test_a_failure_after_booking_leaves_nothing(
    database: Database, payout: Payout, clock: FixedClock, event: EventMaker
) -> None:
    def crash() -> None:
        with database.transaction() as session:
            service.record_usage(session, event("k"), payout, clock)
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        crash()
    with database.transaction() as session:
        assert service.check(session).transactions == 0


@pytest.fixture
def booked(database: Database, payout: Payout, clock: FixedClock, event: EventMaker) -> Database:
    with database.transaction() as session:
        for number in range(3):
            service.record_usage(session, event(f"k{number}"), payout, clock)
    return database


def run(session: Session, statement: str) -> None:
    session.connection().exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE usage_events SET heard_ms = 1",
        "DELETE FROM usage_events",
        "INSERT OR REPLACE INTO usage_events SELECT * FROM usage_events",
        "UPDATE ledger_transactions SET total_micros = 1",
        "DELETE FROM ledger_transactions",
        "INSERT OR REPLACE INTO ledger_transactions SELECT * FROM ledger_transactions",
        "UPDATE ledger_postings SET amount_micros = amount_micros + 1",
        "DELETE FROM ledger_postings",
        "INSERT OR REPLACE INTO ledger_postings SELECT * FROM ledger_postings",
        # One more line in a sealed transaction.
        "INSERT INTO ledger_postings (transaction_id, position, account, side, amount_micros, name, role) "
        "SELECT id, 99, 'liabilities:party:thief', 'credit', 1, '', '' FROM ledger_transactions LIMIT 1",
        # A transaction without postings, at the head.
        "INSERT INTO ledger_transactions SELECT sequence + 1, 'txn_x', usage_event_id || 'x', currency, total_micros, "
        "contract, basis, posted_at, hash, 'x' FROM ledger_transactions ORDER BY sequence DESC LIMIT 1",
        # A second transaction of one event.
        "INSERT INTO ledger_transactions SELECT sequence + 1, 'txn_x', usage_event_id, currency, total_micros, "
        "contract, basis, posted_at, hash, 'x' FROM ledger_transactions ORDER BY sequence DESC LIMIT 1",
        "INSERT INTO ledger_postings VALUES ('txn_new', 0, 'a', 'debit', 0, NULL, '', '', NULL)",
        "INSERT INTO ledger_postings VALUES ('txn_new', 0, 'a', 'debit', -5, NULL, '', '', NULL)",
        "INSERT INTO ledger_postings VALUES ('txn_new', 0, 'a', 'both', 5, NULL, '', '', NULL)",
    ],
)
def test_the_database_refuses_to_change_what_is_written(booked: Database, statement: str) -> None:
    with pytest.raises(IntegrityError), booked.transaction() as session:
        run(session, statement)
    with booked.transaction() as session:
        report = service.check(session)
    assert report.ok, report.problems
    assert report.transactions == 3


def test_the_database_refuses_a_transaction_that_does_not_balance(booked: Database) -> None:
    lines = (
        "INSERT INTO ledger_postings VALUES ('txn_new', 0, 'assets:addon-pool', 'debit', 10, NULL, '', '', NULL)",
        "INSERT INTO ledger_postings VALUES ('txn_new', 1, 'income:platform', 'credit', 9, NULL, '', '', NULL)",
        "INSERT INTO usage_events VALUES ('use_new', 'play', 'new', 'rmx', 'usr', '', '', 0)",
    )
    head = (
        "INSERT INTO ledger_transactions SELECT sequence + 1, 'txn_new', 'use_new', currency, 10, contract, basis, "
        "posted_at, hash, 'x' FROM ledger_transactions ORDER BY sequence DESC LIMIT 1"
    )

    def attempt(*statements: str) -> None:
        with booked.transaction() as session:
            for statement in statements:
                run(session, statement)

    with pytest.raises(IntegrityError, match="must be equal"):
        attempt(*lines, head)
    # Postings alone do not survive the end of the transaction.
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        attempt(lines[0])


def test_a_migration_can_take_the_guards_away_and_put_them_back(booked: Database) -> None:
    with booked.transaction() as session:
        for statement in drop_triggers():
            session.execute(text(statement))
        assert len(service.check(session).problems) == len(trigger_names())
        for statement in create_triggers():
            session.execute(text(statement))
        assert service.check(session).ok


def test_two_bookings_at_once_in_postgresql_are_both_booked_and_the_same_one_once(
    postgres_url: str, payout: Payout, clock: FixedClock, event: EventMaker
) -> None:
    with fresh(postgres_url, "ledger_at_once") as database, ThreadPoolExecutor(1) as pool:

        def book(key: str) -> Transaction:
            with database.transaction() as session:
                return service.record_usage(session, event(key), payout, clock)

        for first, second, sequence in (("k1", "k2", 2), ("k3", "k3", 3)):
            with database.transaction() as session:
                booked = service.record_usage(session, event(first), payout, clock)
                other = pool.submit(book, second)
                while not somebody_waits(database):
                    assert not other.done()
            assert (other.result(30.0).sequence, other.result().id == booked.id) == (sequence, first == second)
        with database.transaction() as session:
            assert service.check(session).problems == ()
