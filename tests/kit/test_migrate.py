"""The migrations lead to exactly the tables of the program, once, whoever comes first."""

import multiprocessing
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from contrafact.catalogue import mentions
from contrafact.kit import migrate
from contrafact.kit.db import Base, Database
from contrafact.kit.errors import Conflict
from contrafact.kit.migrate import differences, load_models, newest, upgrade


def test_the_migrations_give_the_tables_of_the_program(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    upgrade(database)
    assert differences(database) == []
    # batch mode cannot compare these, so they are compared by name: constraints carry the house's naming
    for table in load_models().sorted_tables:
        found = inspect(database.engine)
        assert {item["name"] for item in found.get_unique_constraints(table.name)} == {
            str(item.name) for item in table.constraints if type(item).__name__ == "UniqueConstraint"
        }, table.name
        assert {item["name"] for item in found.get_check_constraints(table.name)} == {
            str(item.name) for item in table.constraints if type(item).__name__ == "CheckConstraint"
        }, table.name
    database.close()


def test_the_newest_revision_is_told_by_the_names_of_the_files() -> None:
    assert newest() == ScriptDirectory(str(Path(migrate.__file__).parent / "migrations")).get_current_head()


def test_upgrading_again_changes_nothing(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    upgrade(database)
    with database.transaction() as session:
        before = session.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all()
    upgrade(database)
    with database.transaction() as session:
        assert session.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all() == before
    assert len(Base.metadata.tables) > 5
    database.close()


def test_a_missing_trigger_is_noticed(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    upgrade(database)
    with database.transaction() as session:
        session.execute(text("DROP TRIGGER grants_no_update"))
    assert [found[0] for found in differences(database)] == ["add_trigger"]
    database.close()


def test_a_database_of_the_first_shape_keeps_its_remixes(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    config = migrate._config()
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0001")
        columns = (
            "id, user_id, user_name, recording_id, title, words, recipe_json, recipe_sha256, decision_sha256, "
            "duties_json, status, duration_s, created_at, provenance"
        )
        session.execute(
            text(
                f"INSERT INTO remixes ({columns}) VALUES ('rmx_1', 'usr_1', 'Ada', 'rec_1', 'Rain', 'house', '{{}}', "
                "'', '', '{}', 'ready', 12.5, '2026-03-01', 'Trusted')"
            )
        )
    upgrade(database)
    assert differences(database) == []
    with database.reading() as session:
        assert session.execute(text("SELECT id, duration_s, chart_blob FROM remixes")).all() == [("rmx_1", 12.5, None)]
    database.close()


def _upgrade(path: str) -> None:
    database = Database.at(Path(path))
    upgrade(database)
    database.close()


def test_several_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_upgrade, args=(str(tmp_path / "contrafact.db"),)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    database = Database.at(tmp_path / "contrafact.db")
    assert differences(database) == []
    database.close()


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    upgrade(database)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer version"):
        upgrade(database)
    database.close()


def test_shares_of_an_earlier_shape_become_first_statements_and_go_back(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    config = migrate._config()
    rows = (
        "parties (id, name, name_key, kind, created_at) VALUES ('pty_a', 'A', 'a', 'person', '2026-03-01')",
        "parties (id, name, name_key, kind, created_at) VALUES ('pty_b', 'B', 'b', 'person', '2026-03-01')",
        "works (id, title, created_at) VALUES ('wrk_1', 'Rain', '2026-03-01')",
        "work_shares (work_id, party_id, role, numerator, denominator) VALUES ('wrk_1', 'pty_a', 'writer', 1, 3)",
        "work_shares (work_id, party_id, role, numerator, denominator) VALUES ('wrk_1', 'pty_b', 'writer', 2, 3)",
    )
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0004")
        for row in rows:
            session.execute(text(f"INSERT INTO {row}"))
    upgrade(database)
    assert differences(database) == []
    with database.reading() as session:
        statements = text("SELECT id, side, subject_id, version, share_count FROM ownership_statements")
        assert session.execute(statements).all() == [("own_1", "work", "wrk_1", 1, 2)]
        shares = text(
            "SELECT party_id, numerator, denominator, include, exclude FROM ownership_shares ORDER BY position"
        )
        assert session.execute(shares).all() == [("pty_a", 1, 3, "Worldwide", ""), ("pty_b", 2, 3, "Worldwide", "")]
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0004")
        shares = text("SELECT party_id, numerator, denominator FROM work_shares ORDER BY party_id")
        assert session.execute(shares).all() == [("pty_a", 1, 3), ("pty_b", 2, 3)]
    upgrade(database)
    assert differences(database) == []
    database.close()


def test_remixes_that_others_point_at_get_their_new_states(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    config = migrate._config()
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0003")
        columns = (
            "id, user_id, user_name, recording_id, title, words, recipe_json, recipe_sha256, decision_sha256, "
            "duties_json, status, duration_s, created_at, provenance"
        )
        values = "'usr_1', 'Ada', 'rec_1', 'Rain', 'house', '{}', '', '', '{}', 'ready', 12.5, '2026-03-01', 'none'"
        session.execute(text(f"INSERT INTO remixes ({columns}) VALUES ('rmx_1', {values})"))
        session.execute(text("INSERT INTO exports (remix_id, suffix, blob_sha256) VALUES ('rmx_1', '.mp3', 'a')"))
    upgrade(database)
    with database.transaction() as session:
        session.execute(text("UPDATE remixes SET status = 'held', parent_remix_id = NULL"))
        assert session.execute(text("SELECT status, asks_first FROM remixes")).all() == [("held", None)]
        assert session.execute(text("SELECT remix_id FROM exports")).all() == [("rmx_1",)]
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert session.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
    for wrong in ("status = 'lost'", "parent_remix_id = 'rmx_none'"):
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(text(f"UPDATE remixes SET {wrong}"))
    database.close()


def test_titles_of_before_are_found_by_their_keys(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    config = migrate._config()
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0011")
        session.execute(text("INSERT INTO works (id, title, created_at) VALUES ('wrk_1', 'x', '2026-03-01')"))
        for number, title in enumerate(("Ｐaper  BOATS", "Straße nach Süden")):
            columns = {
                item["name"]: 1 if item["type"].python_type in (int, float, bool) else "2026-03-01"
                for item in inspect(session.connection()).get_columns("recordings")
                if not item["nullable"]
            }
            columns |= {"id": f"rec_{number}", "sha256": str(number), "work_id": "wrk_1", "status": "active"}
            columns["title"] = title
            names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
            session.execute(text(f"INSERT INTO recordings ({names}) VALUES ({values})"), columns)
    upgrade(database)
    assert differences(database) == []
    with database.reading() as session:
        found = mentions.titles_among(session, ["paper boats", "STRASSE  nach süden", "Rain"])
        plan = session.execute(text("EXPLAIN QUERY PLAN SELECT title FROM recordings WHERE title_key IN ('a', 'b')"))
        assert "ix_recordings_title_key" in str(plan.all())
    assert set(found) == {"Ｐaper  BOATS", "Straße nach Süden"}
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0011")
    upgrade(database)
    assert differences(database) == []
    database.close()


def test_a_ledger_of_an_earlier_shape_is_kept_and_may_give_out_what_it_holds(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    config = migrate._config()
    event = "INSERT INTO usage_events VALUES ('{0}', '{1}', '{0}', 'rmx_1', 'usr_1', '', '2026-03-01', NULL)"
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0008")
        for statement in (
            event.format("use_1", "play"),
            "INSERT INTO ledger_postings VALUES ('txn_1', 0, 'a', 'debit', 5, NULL, '', '', NULL)",
            "INSERT INTO ledger_postings VALUES ('txn_1', 1, 'b', 'credit', 5, NULL, '', '', NULL)",
            f"INSERT INTO ledger_transactions VALUES (1, 'txn_1', 'use_1', 'EUR', 5, 'c', '', '', '{'0' * 64}', 'h')",
        ):
            session.execute(text(statement))
    upgrade(database)
    assert differences(database) == []
    with database.transaction() as session:
        assert session.execute(text("SELECT usage_event_id FROM ledger_transactions")).all() == [("use_1",)]
        assert session.execute(text("SELECT id, kind FROM usage_events")).all() == [("use_1", "play")]
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        session.execute(text(event.format("use_2", "from_suspense")))
    for wrong in (event.format("use_3", "gift"), "DELETE FROM usage_events", event.format("use_1", "play")):
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(text(wrong))
    database.close()
