"""PostgreSQL's own way of a reading: what is asked together, and what becomes of it when something fails."""

import signal
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Integer, String, cast, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from contrafact.kit.db import Database
from contrafact.kit.statements import Prepared, among


class _Base(DeclarativeBase):
    pass


class _Note(_Base):
    __tablename__ = "notes_beside"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)


class _StoppedError(Exception):
    pass


_COUNT = Prepared(lambda _: select(func.count().label("count")).where(among(_Note.__table__.c.id, "names")))
_FAILING = Prepared(
    lambda _: select(cast(1 / (func.count() - 1), Integer).label("failed")).select_from(_Note.__table__)
)
_SLOW = Prepared(lambda _: select(func.pg_sleep(3).label("slow")))


@pytest.fixture(scope="module")
def postgres(postgres_url: str) -> Iterator[Database]:
    made = Database(postgres_url)
    _Base.metadata.create_all(made.engine)
    with made.transaction() as session:
        session.add(_Note(id="plain"))
    yield made
    _Base.metadata.drop_all(made.engine)
    made.close()


def _count(session: Session) -> int:
    found: int = _COUNT.rows(session, names=["plain", "unknown"])[0].count
    return found


def test_what_is_asked_beside_a_statement_that_fails_is_not_answered(postgres: Database) -> None:
    with postgres.reading() as session:
        before = _COUNT.ask(session, names=["plain"])
        failing, after = _FAILING.ask(session), _COUNT.ask(session, names=["plain"])
        assert before.rows()[0].count == 1
        for asked in (failing, after, failing):
            with pytest.raises(DatabaseError, match="division by zero"):
                asked.rows()
    with postgres.reading() as session:
        assert _count(session) == 1


def test_more_than_the_way_there_holds_is_sent(postgres: Database) -> None:
    """Far more than the buffers of a socket, while the server has more to say than fits there, too."""
    many = [f"{number:064d}" for number in range(40_000)]
    with postgres.reading() as session:
        asked = [_COUNT.ask(session, names=[*many, "plain"]) for _ in range(3)]
        assert [one.rows()[0].count for one in asked] == [1, 1, 1]


def test_who_stops_waiting_leaves_no_answer_to_the_next(postgres: Database) -> None:
    def stop(_signal: int, _frame: object) -> None:
        raise _StoppedError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(_StoppedError), postgres.reading() as session:
            _SLOW.rows(session)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with postgres.reading() as session:
        assert _count(session) == 1


_BACKEND = text("SELECT pg_backend_pid()")
_CUT = text("SELECT pg_terminate_backend(:pid, 5000)")


def _ask_and_cut(postgres: Database, session: Session, when: str, pid: object) -> None:
    if when != "idle":
        assert session.scalar(_BACKEND) == pid
    if when == "read":
        assert _count(session) == 1
    with postgres.transaction() as other:
        other.execute(_CUT, {"pid": pid})
    _count(session)


@pytest.mark.parametrize("when", ["idle", "asked", "read"])
def test_after_the_server_cut_a_connection_the_next_reading_has_another(postgres: Database, when: str) -> None:
    with postgres.reading() as session:
        cut = session.scalar(_BACKEND)
    with pytest.raises(DatabaseError), postgres.reading() as session:
        _ask_and_cut(postgres, session, when, cut)
    with postgres.reading() as session:
        assert _count(session) == 1
        assert session.scalar(_BACKEND) != cut


def test_a_reading_holds_nothing_in_the_server_when_it_is_over(postgres: Database) -> None:
    """Nobody waits for the rollback, and yet no old rows are kept for who is not there any more."""
    open_ones = text("SELECT count(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid = :pid")
    with postgres.reading() as session:
        pid = session.scalar(_BACKEND)
    with postgres.reading() as session:
        assert _count(session) == 1
        with postgres.transaction() as other:
            assert other.scalar(open_ones, {"pid": pid}) == 1
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with postgres.transaction() as other:
            if other.scalar(open_ones, {"pid": pid}) == 0:
                return
    raise AssertionError("the transaction of a reading that is over is still open")
