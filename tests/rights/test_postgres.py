"""PostgreSQL decides as SQLite does: the tables can be made there, grants come back alike, and nobody counts twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.evidence import postgres_guard
from contrafact.kit.migrate import differences, upgrade
from contrafact.rights import keeping, public_log, service, switching
from contrafact.rights.counting import counts_for
from contrafact.rights.decide import decide
from contrafact.rights.models_approvals import GrantUseRow
from contrafact.rights.store_approvals import add_use, newest_use
from contrafact.rights.territories import Territories
from contrafact.rights.values import Facts, Subject, Switch
from tests.support.consent import NOON, ask, terms
from tests.support.postgres import fresh, somebody_waits


@pytest.fixture(scope="module")
def postgres(postgres_url: str) -> Iterator[Database]:
    with fresh(postgres_url, "rights") as made:
        yield made


def test_the_migrations_give_the_tables_of_the_program(postgres: Database) -> None:
    assert differences(postgres) == []
    upgrade(postgres)


def test_r4_a_decision_from_either_database_is_alike(
    postgres: Database, tmp_path: Path, song: Subject, clock: FixedClock
) -> None:
    sqlite = Database.at(tmp_path / "rights.db")
    upgrade(sqlite)
    request = ask("style", "tempo_pitch", territory="JP")
    found = []
    for database in (postgres, sqlite):
        with database.transaction() as session:
            narrow = terms("style", "tempo_pitch", territories={"exclude": ["JP"]}, limits={"uses_total": 5})
            for grant in service.grant_by_all(session, narrow, song, by="test", clock=clock):
                wide = narrow.model_copy(update={"territories": Territories()})
                service.grant_terms(
                    session,
                    wide,
                    side=grant.side,
                    subject_id=grant.subject_id,
                    party_id=grant.party_id,
                    by="test",
                    clock=clock,
                    series=grant.series,
                )
            switching.set_switch(session, Switch(operation="style", percent=100.0), reason="test", by="us", clock=clock)
        with database.reading() as session:
            facts = service.facts_for(session, [song])
            facts = facts.model_copy(update={"switches": switching.switches(session)})
            counts = counts_for(session, {grant.series: song.artist for grant in facts.grants}, "usr_1", NOON)
        assert [grant.version for grant in facts.grants] == [2, 2, 2, 2]
        assert {count.total for count in counts} == {0}
        decision = decide(request, facts)
        assert decision.permitted
        with database.transaction() as session:
            kept = keeping.record(session, decision, clock)
            assert keeping.decision(session, kept.id) == decision
            assert keeping.check_chain(session) == 1
        # ids are drawn anew in each database
        found.append((decision.outcome, [(reason.code, reason.sentence) for reason in decision.reasons]))
    assert found[0] == found[1]
    sqlite.close()


def _use(series: str, remix_id: str) -> GrantUseRow:
    return GrantUseRow(
        series=series,
        kind="take",
        key=remix_id,
        user_id="usr_1",
        artist="abba",
        remix_id=remix_id,
        release_id=None,
        at=NOON,
    )


@pytest.mark.parametrize(("second", "total"), [("rmx_2", 2), ("rmx_1", 1)])
def test_r3_two_first_uses_at_once_are_both_counted_and_the_same_use_once(
    postgres: Database, second: str, total: int
) -> None:
    series = f"grs_at_once_{total}"
    begun = Event()

    def count_second() -> None:
        with postgres.transaction() as session:
            assert newest_use(session, series) is None
            begun.set()
            add_use(session, _use(series, second))

    with ThreadPoolExecutor(1) as pool:
        with postgres.transaction() as session:
            add_use(session, _use(series, "rmx_1"))
            other = pool.submit(count_second)
            assert begun.wait(30.0)
            # The other one stands at the place that this one has taken and not yet kept.
            while not somebody_waits(postgres):
                assert not other.done()
        other.result(30.0)
    with postgres.reading() as session:
        last = newest_use(session, series)
        assert last is not None
        assert (last.place, last.takes) == (total, total)


def _log(session: Session, name: str, _clock: FixedClock) -> None:
    public_log.append(session, {"notice": name, "state": "received"})


def _decision(session: Session, name: str, clock: FixedClock) -> None:
    request = ask("style").model_copy(update={"user_id": name})
    keeping.record(session, decide(request, Facts(subjects=())), clock)


@pytest.mark.parametrize("add", [_log, _decision])
def test_r4_who_adds_to_a_chain_waits_for_who_adds_to_it(
    postgres: Database, clock: FixedClock, add: Callable[[Session, str, FixedClock], None]
) -> None:
    def add_second() -> None:
        with postgres.transaction() as session:
            add(session, "second", clock)

    with postgres.reading() as session:
        before = keeping.check_chain(session), public_log.check(session).entries
    with ThreadPoolExecutor(1) as pool:
        with postgres.transaction() as session:
            add(session, "first", clock)
            other = pool.submit(add_second)
            while not somebody_waits(postgres):
                assert not other.done()
        other.result(30.0)
    with postgres.reading() as session:
        after = keeping.check_chain(session), public_log.check(session).entries
        assert public_log.check(session).ok
    assert sum(after) - sum(before) == 2


def test_a_reading_sees_one_moment_and_keeps_what_is_prepared(postgres: Database, clock: FixedClock) -> None:
    with postgres.reading() as session:
        before = switching.switches(session)
        with postgres.transaction() as other:
            switching.set_switch(other, Switch(operation="export", on=False), reason="test", by="us", clock=clock)
        assert switching.switches(session) == before
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT switches.switch%'")
    for _ in range(30):  # of each of a few connections more often than the driver waits before it prepares
        with postgres.reading() as session:
            assert len(switching.switches(session)) == len(before) + 1
            kept = session.scalar(prepared)
    assert kept == 1


@pytest.mark.parametrize(
    "change", ["UPDATE grants SET status = 'active'", "DELETE FROM grants", "TRUNCATE decisions", "DELETE FROM people"]
)
def test_r4_evidence_is_never_changed(postgres: Database, song: Subject, clock: FixedClock, change: str) -> None:
    with postgres.transaction() as session:
        given = service.grant_by_all(session, terms("cover"), song, by="test", clock=clock)
    with pytest.raises(IntegrityError, match="are never changed"), postgres.transaction() as session:
        session.execute(text(change))
    with postgres.reading() as session:
        there = service.facts_for(session, [song]).grants
    assert all(grant in there for grant in given)


def test_a_missing_guard_is_noticed(postgres: Database) -> None:
    with postgres.transaction() as session:
        session.execute(text("DROP TRIGGER grants_never_changed ON grants"))
    try:
        assert differences(postgres) == [("add_guard", "grants_never_changed on grants")]
    finally:
        with postgres.transaction() as session:
            session.execute(text(postgres_guard("grants")))
    assert differences(postgres) == []
