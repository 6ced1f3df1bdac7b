"""A reading asks past the ORM and with it in one transaction, sees one moment, and leaves nothing behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, bindparam, case, func, select, text
from sqlalchemy.exc import DatabaseError, InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from contrafact.kit.db import Database, UtcDateTime
from contrafact.kit.errors import ContrafactError
from contrafact.kit.reading import Reading
from contrafact.kit.statements import Prepared, among, only

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ["plain", 'a "quoted" one', "back\\slash", "{curly},comma", "NULL", "", "é 😀", "'; DROP TABLE notes; --"]


class _Base(DeclarativeBase):
    pass


class _Note(_Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_notes = _Note.__table__


def _by_name(dialect: str) -> Any:
    late = case((_notes.c.at > bindparam("after"), 1), else_=0).label("late")
    return only(select(_notes.c.id, _notes.c.at, late), _notes.c.id, "names", dialect)


_BY_NAME = Prepared(_by_name)
_COUNT = Prepared(lambda _: select(func.count().label("count")).where(among(_notes.c.id, "names")))
_ONE = Prepared(lambda _: select(_notes.c.id).where(_notes.c.id == bindparam("name")))
_BROKEN = Prepared(lambda _: select(text("nothing AS there FROM nowhere")))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "postgresql":
        made = Database(request.getfixturevalue("postgres_url"))
    else:
        folder: Path = tmp_path_factory.mktemp("reading")
        made = Database.at(folder / "notes.db")
    _Base.metadata.create_all(made.engine)
    with made.transaction() as session:
        session.add_all(_Note(id=name, at=NOON if name else None) for name in NAMES)
    yield made
    _Base.metadata.drop_all(made.engine)
    made.close()


def _asked(session: Session, *names: str, after: datetime = NOON) -> dict[str, tuple[datetime | None, int]]:
    return {row.id: (row.at, row.late) for row in _BY_NAME.rows(session, names=names, after=after)}


def test_every_text_is_found_by_a_reading_and_by_a_transaction(database: Database) -> None:
    expected = {name: (NOON if name else None, 0) for name in NAMES}
    with database.reading() as session:
        assert _asked(session, *NAMES, "unknown") == expected
        assert _asked(session) == {}
    with database.transaction() as session:
        assert _asked(session, *NAMES, "unknown") == expected


def test_a_moment_is_compared_in_utc(database: Database) -> None:
    tokyo = timezone(timedelta(hours=9))
    with database.reading() as session:
        assert _asked(session, "plain", after=datetime(2026, 3, 1, 20, 59, tzinfo=tokyo))["plain"][1] == 1
        assert _asked(session, "plain", after=datetime(2026, 3, 1, 21, tzinfo=tokyo))["plain"][1] == 0


@pytest.mark.parametrize("orm_first", [True, False])
def test_the_orm_reads_in_the_same_transaction(database: Database, orm_first: bool) -> None:
    with database.reading() as session:
        if orm_first:
            assert session.get(_Note, "plain") is not None
        assert set(_asked(session, "plain", "new")) == {"plain"}
        with database.transaction() as other:
            other.add(_Note(id="new", at=None))
        assert session.get(_Note, "new") is None
        assert set(_asked(session, "plain", "new")) == {"plain"}
        assert _COUNT.rows(session, names=["new"])[0].count == 0
    with database.reading() as session:
        assert set(_asked(session, "new")) == {"new"}
    with database.transaction() as other:
        other.delete(other.get_one(_Note, "new"))


def test_what_a_reading_changes_is_seen_in_it_and_then_gone(database: Database) -> None:
    with database.reading() as session:
        session.add(_Note(id="draft", at=None))
        assert set(_asked(session, "draft")) == {"draft"}
    with database.reading() as session:
        assert _asked(session, "draft") == {}


def test_after_an_error_the_next_reading_is_as_new(database: Database) -> None:
    with pytest.raises(DatabaseError), database.reading() as session:
        _BROKEN.rows(session)
    for _ in range(3):
        with database.reading() as session:
            assert set(_asked(session, "plain")) == {"plain"}
    with pytest.raises(KeyError), database.reading() as session:
        _BY_NAME.rows(session, names=["plain"])
    with database.reading() as session:
        assert set(_asked(session, "plain")) == {"plain"}


def test_a_reading_that_has_ended_answers_nothing(database: Database) -> None:
    with database.reading() as session:
        assert set(_asked(session, "plain")) == {"plain"}
    assert isinstance(session, Reading)
    with pytest.raises(InvalidRequestError, match="has ended"):
        _asked(session, "plain")
    with pytest.raises(InvalidRequestError, match="has ended"):
        session.get(_Note, "plain")


def test_readings_within_each_other_do_not_meet(database: Database) -> None:
    with database.reading() as outer, database.reading() as inner:
        assert outer is not inner
        assert _asked(outer, "plain") == _asked(inner, "plain")


def test_a_text_with_a_nul_is_nobodys(database: Database) -> None:
    """Both libraries would read it to the NUL, and find another."""
    for begin in (database.reading, database.transaction):
        with begin() as session:
            assert set(_asked(session, "plain\0hidden", "NULL")) == {"NULL"}


def test_postgresql_is_given_no_single_text_with_a_nul(database: Database) -> None:
    if database.engine.dialect.name == "postgresql":
        with pytest.raises(DatabaseError, match="NUL"), database.reading() as session:
            _ONE.rows(session, name="plain\0hidden")
    with database.reading() as session:
        assert [row.id for row in _ONE.rows(session, name="plain")] == ["plain"]


def test_a_missing_parameter_is_a_defect(database: Database) -> None:
    with database.reading() as session, pytest.raises(KeyError):
        _BY_NAME.rows(session, names=[])


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    made = Database.at(folder / "gone.db")
    folder.rmdir()
    with pytest.raises(ContrafactError, match="cannot be opened"), made.reading():
        raise AssertionError("nothing was opened")
    made.close()


def test_what_is_asked_together_is_answered_each_for_itself(database: Database) -> None:
    with database.reading() as session:
        named, counted = _BY_NAME.ask(session, names=["plain"], after=NOON), _COUNT.ask(session, names=NAMES)
        assert [row.count for row in counted.rows()] == [len(NAMES)]
        later = _COUNT.ask(session, names=["plain"]).send()
        assert [row.id for row in named.rows()] == ["plain"]
        assert session.get(_Note, "plain") is not None
        assert [row.count for row in later.rows()] == [1]
    with database.transaction() as session:
        assert [row.count for row in _COUNT.ask(session, names=NAMES).send().rows()] == [len(NAMES)]


def test_what_is_asked_together_is_of_one_moment(database: Database) -> None:
    with database.reading() as session:
        before = _COUNT.ask(session, names=["new"]).send().rows()
        with database.transaction() as other:
            other.add(_Note(id="new", at=None))
        asked = [_COUNT.ask(session, names=["new"]) for _ in range(2)]
        assert [one.rows()[0].count for one in asked] == [before[0].count] * 2 == [0, 0]
    with database.transaction() as other:
        other.delete(other.get_one(_Note, "new"))


def test_an_answer_that_nobody_reads_does_not_reach_the_next_reading(database: Database) -> None:
    for send in (False, True):
        with database.reading() as session:
            asked = _BY_NAME.ask(session, names=["plain"], after=NOON)
            if send:
                asked.send()
        with database.reading() as session:
            assert set(_asked(session, "NULL")) == {"NULL"}
