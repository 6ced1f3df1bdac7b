"""The stay-down registry (R13, R15): what is in it is known by its file, its recipe or its sound, until it ends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from contrafact.engine.audio.value import Audio
from contrafact.engine.fingerprint import Landmarks, landmarks
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade
from contrafact.provenance import staydown
from tests.support.tunes import sped_up, tune

CLOCK = FixedClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.at(tmp_path / "registry.db")
    upgrade(made)
    yield made
    made.close()


def register(database: Database, seed: int, notice: str = "ntc_1", subject: str = "rec_1") -> int:
    with database.transaction() as session:
        return staydown.register(
            session,
            landmarks(tune(seed)),
            kind="recording",
            subject_id=subject,
            notice_id=notice,
            recipe_sha256="a" * 64,
            content_sha256="b" * 64,
            clock=CLOCK,
        )


def look(database: Database, sound: Audio | None = None, **hashes: Any) -> staydown.Hit | None:
    with database.reading() as session:
        return staydown.check(session, None if sound is None else landmarks(sound), **hashes)


def test_r15_an_empty_registry_knows_nothing(database: Database) -> None:
    assert look(database, tune(1), recipe_sha256="a" * 64, content_sha256="b" * 64) is None
    with database.reading() as session:
        assert staydown.anything(session) is False


def test_r15_it_is_known_by_its_file_its_recipe_and_its_sound(database: Database) -> None:
    number = register(database, 1)
    hits = [
        look(database, content_sha256="b" * 64),
        look(database, recipe_sha256="a" * 64),
        look(database, sped_up(tune(1), 1.2)),
    ]
    assert [hit.how for hit in hits if hit is not None] == ["file", "recipe", "sound"]
    assert {hit.number for hit in hits if hit is not None} == {number}
    assert look(database, tune(2), recipe_sha256="c" * 64, content_sha256="d" * 64) is None


def test_r15_who_brings_it_is_told_what_was_known_and_what_to_do(database: Database) -> None:
    register(database, 1)
    with database.reading() as session, pytest.raises(staydown.StaysDown) as refused:
        staydown.require_not_down(session, landmarks(sped_up(tune(1), 1.2)))
    said = str(refused.value)
    for word in ("ntc_1", "1.20 of its speed", "3.2 semitones up", "stays down", "answer the notice"):
        assert word in said
    assert (refused.value.exit_code, refused.value.http_status) == (3, 403)


def test_r15_what_is_restored_may_come_back_and_nothing_else(database: Database) -> None:
    register(database, 1)
    register(database, 2, "ntc_2", "rec_2")
    with database.transaction() as session:
        assert staydown.release_entries(session, "ntc_1", "It was a mistake.", CLOCK) == 1
        assert staydown.release_entries(session, "ntc_1", "It was a mistake.", CLOCK) == 0
    assert look(database, tune(1)) is None
    hit = look(database, tune(2))
    assert hit is not None
    assert hit.subject_id == "rec_2"
    found = look(database, content_sha256="b" * 64)
    assert found is not None
    assert found.notice_id == "ntc_2"


def test_the_same_subject_for_the_same_notice_is_one_entry(database: Database) -> None:
    assert register(database, 1) == register(database, 1)


def test_subjects_can_be_spared(database: Database) -> None:
    register(database, 1)
    with database.reading() as session:
        assert staydown.check(session, landmarks(tune(1)), but=["rec_1"]) is None
        assert staydown.check(session, content_sha256="b" * 64, but=["rec_1"]) is None


def test_what_has_no_sound_is_known_by_its_recipe_alone(database: Database) -> None:
    with database.transaction() as session:
        staydown.register(
            session,
            Landmarks.none(),
            kind="release",
            subject_id="rls_1",
            notice_id="ntc_1",
            recipe_sha256="e" * 64,
            clock=CLOCK,
        )
    assert look(database, tune(1)) is None
    assert look(database, Audio(np.zeros((2, 44_100), np.float32))) is None
    assert look(database, recipe_sha256="e" * 64) is not None


def test_entries_are_never_changed_or_removed(database: Database) -> None:
    register(database, 1)
    for statement in ("UPDATE staydown SET notice_id = 'x'", "DELETE FROM staydown"):
        with pytest.raises(DatabaseError, match="never changed"), database.transaction() as session:
            session.execute(text(statement))


def test_the_index_in_files_answers_alike_and_follows_the_registry(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "staydown"

    def both(seed: int) -> str | None:
        with database.reading() as session:
            marks = landmarks(tune(seed))
            hits = [staydown.check(session, marks, folder=each) for each in (folder, None)]
        assert hits[0] == hits[1]
        return None if hits[0] is None else hits[0].subject_id

    assert both(1) is None
    register(database, 1)
    assert both(1) == "rec_1"
    register(database, 2, "ntc_2", "rec_2")
    assert (both(1), both(2)) == ("rec_1", "rec_2")
    with database.transaction() as session:
        staydown.release_entries(session, "ntc_1", "It was a mistake.", CLOCK)
    assert (both(1), both(2)) == (None, "rec_2")
    assert len(list(folder.iterdir())) == 1, "what is old is cleared away"
    for file in folder.rglob("keys"):
        file.unlink()
    assert both(2) == "rec_2", "it is made anew"
