"""SQLite writes one after another by itself: there a turn is nothing to wait for."""

from pathlib import Path

from contrafact.kit.db import Database
from contrafact.kit.turns import wait_turn


def test_in_sqlite_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "turns.db")
    with database.transaction() as session:
        wait_turn(session)
        wait_turn(session)
    database.close()
