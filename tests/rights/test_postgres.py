"""PostgreSQL decides as SQLite does: the tables can be made there, and grants come back alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import _postgres
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import differences, upgrade
from contrafact.rights import keeping, service, switching
from contrafact.rights.counting import counts_for
from contrafact.rights.decide import decide
from contrafact.rights.territories import Territories
from contrafact.rights.values import Subject, Switch
from tests.support.consent import NOON, ask, terms

pytestmark = pytest.mark.skipif(_postgres.binaries() is None, reason="no PostgreSQL server is installed")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Database]:
    with _postgres.server() as url:
        made = Database(url)
        upgrade(made)
        yield made
        made.close()


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
