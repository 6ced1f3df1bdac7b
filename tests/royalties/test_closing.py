"""Months are closed one after the other, and statements of them add up to the ledger and never change."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.royalties import service
from contrafact.royalties.models import create_triggers, drop_triggers
from contrafact.royalties.schemas import Payee, Payout, UsageEvent

EventMaker = Callable[..., UsageEvent]


def at(month: int, day: int = 1, year: int = 2026) -> FixedClock:
    return FixedClock(datetime(year, month, day, 12, tzinfo=UTC))


def play(session: Session, event: EventMaker, payout: Payout, key: str, clock: FixedClock) -> None:
    service.record_usage(session, event(key), payout, clock)


def test_r22_a_closed_month_keeps_its_statement_and_what_comes_later_is_on_a_later_one(
    database: Database, payout: Payout, event: EventMaker
) -> None:
    with database.transaction() as session:
        play(session, event, payout, "a", at(3, 1))
        play(session, event, payout, "b", at(3, 31))
        open_one = service.statement(session, "pty_label", "2026-03")
        assert open_one.closing is None
        closed = service.close(session, "2026-03", by="staff", clock=at(4))
        assert (closed.first_sequence, closed.last_sequence) == (1, 2)
        march = service.as_document(service.statement(session, "pty_label", "2026-03"))
        play(session, event, payout, "c", at(3, 31))  # the clock of the machine was put back
        play(session, event, payout, "d", at(4, 2))
        assert service.close(session, "2026-03", by="somebody", clock=at(5)) == closed, "closed once"
        assert service.as_document(service.statement(session, "pty_label", "2026-03")) == march
        april = service.statement(session, "pty_label", "2026-04")
        service.close(session, "2026-04", by="staff", clock=at(5))
        assert [item.period for item in service.closings(session)] == ["2026-03", "2026-04"]
        assert service.check(session).ok
    assert open_one.total_micros == march["total_micros"] == 2 * 1_800
    assert (april.before_micros, april.total_micros, april.after_micros) == (3_600, 3_600, 7_200)
    assert len(march["sha256"]) == 64


def test_a_month_that_is_not_over_out_of_turn_or_none_is_refused(
    database: Database, payout: Payout, event: EventMaker
) -> None:
    with database.transaction() as session:
        play(session, event, payout, "a", at(2))
        with pytest.raises(Conflict, match="not over"):
            service.close(session, "2026-03", by="staff", clock=at(3, 31))
        with pytest.raises(Conflict, match="2026-02 comes next"):
            service.close(session, "2026-03", by="staff", clock=at(4))
        service.close(session, "2026-02", by="staff", clock=at(4))
        with pytest.raises(Conflict, match="2026-03 comes next"):
            service.close(session, "2026-04", by="staff", clock=at(6))
        for wrong in ("2026", "2026-13", "2026-3", "march", "1999-01", "2026-03\n"):
            with pytest.raises(WrongCall, match="no month"):
                service.close(session, wrong, by="staff", clock=at(6))
            with pytest.raises(WrongCall, match="no month"):
                service.statement(session, "pty_label", wrong)


def test_a_year_ends_and_an_empty_month_is_closed_too(database: Database, payout: Payout, event: EventMaker) -> None:
    with database.transaction() as session:
        play(session, event, payout, "a", at(12))
        service.close(session, "2026-12", by="staff", clock=at(1, year=2027))
        empty = service.close(session, "2027-01", by="staff", clock=at(2, year=2027))
        assert (empty.first_sequence, empty.last_sequence) == (2, 1)
        assert service.statement(session, "pty_label", "2027-01").lines == ()
        assert service.check(session).ok


def test_an_empty_ledger_can_be_closed_and_has_no_statements(database: Database) -> None:
    with database.transaction() as session:
        service.close(session, "2026-03", by="staff", clock=at(4))
        assert service.check(session).ok
        with pytest.raises(NotFound, match="pty_label"):
            service.statement(session, "pty_label", "2026-03")


def test_r21_money_given_out_of_suspense_is_on_the_statement_of_the_month_in_which_it_was(
    database: Database, payout: Payout, event: EventMaker
) -> None:
    heir = [Payee("pty_heir", "Heir", "writer", "work", Fraction(1, 2))]
    with database.transaction() as session:
        play(session, event, payout, "a", at(3))
        service.close(session, "2026-03", by="staff", clock=at(4))
        for item in list(service.held(session, "rec_one", "work")):
            service.give_out(session, item, heir, by="staff", reason="Found.", clock=at(4))
        with_line = service.statement(session, "pty_heir", "2026-04")
        suspense = service.statement(session, "suspense", "2026-04")
    (line,) = with_line.lines
    assert (line.booked, line.role, line.recording_id, line.times, line.amount_micros) == (
        "from_suspense", "work: writer", "rec_one", 1, 900,
    )  # fmt: skip
    assert (suspense.before_micros, suspense.total_micros, suspense.after_micros) == (900, -900, 0)


def test_a_statement_as_a_table_is_exact_and_harmless(database: Database, payout: Payout, event: EventMaker) -> None:
    with database.transaction() as session:
        play(session, event, payout, "a", at(3))
        rows = list(csv.DictReader(io.StringIO(service.as_csv(service.statement(session, "pty_artist", "2026-03")))))
    assert [row["role"] for row in rows] == ["master: artist", "work: writer"]
    assert sum(int(row["amount_micros"]) for row in rows) == 900 + 900
    assert {(row["period"], row["party"], row["currency"]) for row in rows} == {("2026-03", "pty_artist", "EUR")}


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE royalty_closings SET last_sequence = 1", "was changed"),
        ("UPDATE royalty_closings SET closed_by = 'x'", "was changed"),
        ("DELETE FROM royalty_closings WHERE number = 1", "does not follow"),
        ("UPDATE ledger_transactions SET hash = 'x' WHERE sequence = 2", "not the one that 2026-03"),
    ],
)
def test_forged_closings_are_found_out(
    database: Database, payout: Payout, event: EventMaker, statement: str, says: str
) -> None:
    with database.transaction() as session:
        for number in range(3):
            play(session, event, payout, f"k{number}", at(3 + number // 2))
        service.close(session, "2026-03", by="staff", clock=at(5))
        service.close(session, "2026-04", by="staff", clock=at(5))
        assert service.check(session).ok
    with pytest.raises(IntegrityError, match="never changed"), database.transaction() as session:
        session.execute(text(statement))
    with database.transaction() as session:
        for line in (*drop_triggers(), statement, *create_triggers()):
            session.execute(text(line))
        report = service.check(session)
    assert any(says in problem for problem in report.problems), report.problems


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=st.lists(st.integers(1, 4), min_size=1, max_size=8).map(sorted))
def test_the_statements_of_all_months_add_up_to_the_ledger(
    new_database: Callable[[], Database], payout: Payout, event: EventMaker, months: list[int]
) -> None:
    with new_database().transaction() as session:
        for number, month in enumerate(months):
            play(session, event, payout, f"k{number}", at(month, 1 + number))
        for month in range(months[0], 5):
            service.close(session, f"2026-{month:02}", by="staff", clock=at(6))
        owed = {item.account.rpartition(":")[2]: item.amount_micros for item in service.balances(session)}
        for party in ("pty_label", "pty_artist", "usr_ada", "platform"):
            found = [service.statement(session, party, f"2026-{month:02}") for month in range(months[0], 5)]
            assert sum(item.total_micros for item in found) == owed[party] == found[-1].after_micros
            assert [item.before_micros for item in found[1:]] == [item.after_micros for item in found[:-1]]
            assert sum(line.times for item in found for line in item.lines if line.role.startswith(("p", "r"))) in (
                0, len(months),
            )  # fmt: skip
        assert service.check(session).ok
