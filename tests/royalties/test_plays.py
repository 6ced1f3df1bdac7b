"""A play is counted once, when enough has been heard by the clock on the wall; claims beyond that are not believed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.royalties import service
from contrafact.royalties.errors import BadPlayReport
from contrafact.royalties.plays import believed_ms, required_ms
from contrafact.royalties.schemas import Payout, PlayOutcome, PlayReport

RULES = service.load_contract().plays
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Player:
    """A listener's player: reports what it is told to, at the hour it is told."""

    def __init__(self, database: Database, payout: Payout, duration_s: float = 180.0, user: str = "usr_ben") -> None:
        self.clock = FixedClock(START)
        self._database, self._payout, self._duration_s, self._user = database, payout, duration_s, user

    def report(self, play_id: str, heard_s: float, at_s: float, remix: str = "rmx_one") -> PlayOutcome:
        self.clock.at = START + timedelta(seconds=at_s)
        report = PlayReport(play_id, remix, self._user, heard_s, self._duration_s, "ab" * 32)
        with self._database.transaction() as session:
            return service.report_play(session, report, self._payout, self.clock)

    def listen(self, play_id: str, from_s: float, remix: str = "rmx_one") -> PlayOutcome:
        """An honest listening of 30 s with a report every 5 s."""
        outcomes = [self.report(play_id, 5.0 * step, from_s + 5.0 * step, remix) for step in range(7)]
        return outcomes[-1]

    def plays(self, remix: str = "rmx_one") -> tuple[int, int]:
        with self._database.transaction() as session:
            assert service.check(session).ok
            earned = service.earnings(session, remix)
        return earned.plays, earned.excluded_plays


@pytest.fixture
def player(database: Database, payout: Payout) -> Player:
    return Player(database, payout)


def test_an_honest_listening_is_counted_at_thirty_seconds_and_once(player: Player) -> None:
    states = [player.report("p1", 5.0 * step, 5.0 * step).state for step in range(1, 12)]
    assert states == ["listening"] * 5 + ["counted"] * 6
    assert player.plays() == (1, 0)
    again = player.report("p1", 55.0, 60.0)
    assert again.counted
    assert again.transaction is not None
    assert again.transaction.sequence == 1
    assert player.listen("p2", 100.0).counted
    assert player.plays() == (2, 0)


def test_a_claim_beyond_the_clock_is_not_believed(player: Player) -> None:
    first = player.report("p1", 3600.0, 0.0)
    assert (first.state, first.credited_s) == ("listening", 6.0)
    assert player.report("p1", 3600.0, 23.9).state == "listening"
    assert player.plays() == (0, 0)
    # From here on it cannot be told from an honest player that began six seconds before its first report.
    assert player.report("p1", 3600.0, 24.0).counted
    assert player.plays() == (1, 0)


def test_time_that_passes_without_listening_is_not_listening(player: Player) -> None:
    player.report("p1", 0.0, 0.0)
    assert player.report("p1", 4.0, 3600.0).state == "listening"
    assert player.plays() == (0, 0)


def test_a_clock_that_steps_back_takes_nothing_away(player: Player) -> None:
    player.report("p1", 5.0, 0.0)
    player.report("p1", 20.0, 15.0)
    back = player.report("p1", 21.0, -100.0)
    assert (back.state, back.credited_s) == ("listening", 20.0)


@pytest.mark.parametrize(
    ("duration_s", "heard_s", "counted"), [(12.0, 11.6, True), (12.0, 11.4, False), (0.3, 0.1, True)]
)
def test_a_short_take_counts_when_all_of_it_was_heard(
    database: Database, payout: Payout, duration_s: float, heard_s: float, counted: bool
) -> None:
    player = Player(database, payout, duration_s)
    player.report("p1", 0.0, 0.0)
    assert player.report("p1", heard_s, 15.0).counted is counted


def test_two_people_may_use_one_play_id(database: Database, payout: Payout) -> None:
    assert Player(database, payout, user="usr_ben").listen("same", 0.0).counted
    assert Player(database, payout, user="usr_cid").listen("same", 0.0).counted
    player = Player(database, payout)
    assert player.listen("same", 0.0, "rmx_two").counted
    assert (player.plays(), player.plays("rmx_two")) == ((2, 0), (1, 0))


def test_the_remixers_own_plays_pay_the_remixer_nothing(database: Database, payout: Payout) -> None:
    outcome = Player(database, payout, user="usr_ada").listen("p1", 0.0)
    assert outcome.transaction is not None
    assert outcome.transaction.total_micros == 6_000
    assert not [posting for posting in outcome.transaction.postings if posting.role == "remixer"]


def test_plays_above_the_days_cap_are_seen_and_not_paid_and_tomorrow_is_another_day(player: Player) -> None:
    outcomes = [player.listen(f"p{number}", 100.0 * number) for number in range(RULES.per_user_remix_day + 2)]
    assert [outcome.state for outcome in outcomes] == ["counted"] * 10 + ["excluded"] * 2
    assert outcomes[-1].reason == "10 plays of one remix by one person are paid in a day"
    assert outcomes[-1].transaction is None
    assert player.plays() == (10, 2)
    assert player.listen("elsewhere", 3000.0, "rmx_two").counted
    assert player.listen("tomorrow", 86_400.0).counted
    # What was excluded stays so, also tomorrow.
    assert player.report("p11", 60.0, 86_500.0).state == "excluded"
    assert player.plays() == (11, 2)


def test_the_cap_over_all_remixes(database: Database, payout: Payout) -> None:
    contract = service.load_contract()
    tight = replace(contract, plays=replace(contract.plays, per_user_day=2))
    clock = FixedClock(START)
    states = []
    for number in range(3):
        report = PlayReport("p", f"rmx_{number}", "usr_ben", 0.0, 60.0, "ab" * 32)
        with database.transaction() as session:
            service.report_play(session, report, payout, clock, tight)
            clock.at += timedelta(seconds=40)
            states.append(service.report_play(session, replace(report, heard_s=31.0), payout, clock, tight).state)
    assert states == ["counted", "counted", "excluded"]


@pytest.mark.parametrize(
    "bad",
    [
        {"play_id": ""},
        {"play_id": "x" * 65},
        {"play_id": "a:b"},
        {"play_id": "a\n"},
        {"play_id": "é"},
        {"heard_s": -1.0},
        {"heard_s": float("nan")},
        {"heard_s": float("inf")},
        {"heard_s": 1e9},
        {"take_duration_s": 0.0},
        {"take_duration_s": float("nan")},
    ],
)
def test_reports_that_cannot_be_are_refused_and_leave_nothing(
    database: Database, payout: Payout, bad: dict[str, object]
) -> None:
    good = {"play_id": "p", "remix_id": "r", "user_id": "u", "heard_s": 1.0, "take_duration_s": 60.0}
    report = PlayReport(**{**good, "decision_sha256": "", **bad})  # type: ignore[arg-type]
    with database.transaction() as session:
        with pytest.raises(BadPlayReport) as caught:
            service.report_play(session, report, payout, FixedClock(START))
        assert caught.value.http_status == 422
        assert session.connection().exec_driver_sql("SELECT count(*) FROM listening_sessions").scalar() == 0


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(-10, 600)), min_size=1, max_size=20))
def test_what_is_believed_never_falls_and_never_exceeds_the_clock(reports: list[tuple[float, float]]) -> None:
    believed, latest = 0, 0.0
    for claimed_s, since_first_s in reports:
        before = believed
        believed = believed_ms(claimed_s, before, timedelta(seconds=since_first_s), RULES)
        latest = max(latest, since_first_s)
        assert before <= believed <= latest * 1000 + RULES.first_report_grace_ms


@given(st.floats(0.001, 10_000))
def test_what_is_required_is_never_more_than_the_take_and_never_more_than_thirty_seconds(duration_s: float) -> None:
    needed = required_ms(duration_s, RULES)
    assert 1 <= needed <= 30_000
    assert needed <= max(1, duration_s * 1000)
    if duration_s >= 31:
        assert needed == 30_000


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.permutations(range(9)), repeats=st.lists(st.integers(0, 8), max_size=5))
def test_reports_of_one_listening_in_any_order_make_one_play(
    steps: list[int], repeats: list[int], new_database: Callable[[], Database], payout: Payout
) -> None:
    """Reports arrive late and twice; the last to arrive comes when 45 s have passed."""
    player = Player(new_database(), payout)
    player.report("p1", 0.0, 0.0)
    for arrived, step in enumerate([*steps, *repeats]):
        player.report("p1", 5.0 * step, 45.0 + arrived)
    assert player.plays() == (1, 0)
