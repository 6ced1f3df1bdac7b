"""PostgreSQL without a detour: a reading's statements go by libpq itself, prepared once for each connection.

psycopg puts every statement together anew, looks whether it has to be prepared, and after a rollback forgets all that
is: for a few rows that takes five times as long as sending them off and reading them (25 µs of the CPU and 110).

Each way there and back wakes two processes. So what is asked waits until an answer is wanted, and goes together, in
libpq's pipeline (PostgreSQL manual, section 34.5), the beginning of the transaction with it; and nobody waits for the
rollback that ends a reading: whoever reads next on that connection takes its answer first.
"""

import select
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from psycopg import DataError, Error, OperationalError, errors, pq
from psycopg.adapt import Transformer
from sqlalchemy import CompoundSelect, Dialect, Select

_BEGIN: Final = b"BEGIN ISOLATION LEVEL REPEATABLE READ"
_BEGIN_AS: Final = b"contrafact_begin"
_ROLL_BACK: Final = b"ROLLBACK"
_IDLE: Final = pq.TransactionStatus.IDLE
_OPEN: Final = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)
_FINE: Final = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_BROKEN: Final = pq.ConnStatus.BAD


class Direct:
    """A statement as libpq takes it.

    Parameters
    ----------
    statement : Select or CompoundSelect
        With named parameters: texts, lists of texts, moments, and whole numbers.
    dialect : Dialect
        SQLAlchemy's for psycopg.
    """

    _numbers: Final = count()

    def __init__(self, statement: Select[Any] | CompoundSelect[Any], dialect: Dialect) -> None:
        numbered: Any = type(dialect)
        compiled = statement.compile(dialect=numbered(paramstyle="numeric_dollar"))
        self.text = str(compiled).encode()
        self.prepared_as = f"contrafact_{next(self._numbers)}".encode()
        self._names: Sequence[str] = compiled.positiontup or ()

    def written(self, values: Mapping[str, Any]) -> list[bytes | None]:
        """The values of all parameters in the statement's order, as PostgreSQL reads them from text.

        Raises
        ------
        KeyError
            When one is missing.
        psycopg.DataError
            When a text holds a NUL.
        """
        return [_written(values[name]) for name in self._names]


class Reply:
    """What the server answers to one statement, once it has."""

    __slots__ = ("_reader", "error", "line", "result")

    def __init__(self, line: "Line", reader: Any) -> None:
        self.line, self._reader = line, reader
        self.result: Any = None
        self.error: Exception | None = None

    def rows(self, make: Callable[[Iterable[Any]], Any]) -> list[Any]:
        """The rows as psycopg reads them, each put into ``make``; waits for them.

        Raises
        ------
        psycopg.Error
            When the server refuses, or refused what was asked together with it, or is gone.
        """
        if self.result is None and self.error is None:
            self.line.settle()
        if self.error is not None:
            raise self.error
        # The columns of a prepared statement never change: how each is read is looked up the first time.
        self._reader.set_pgresult(self.result, set_loaders=self._reader.pgresult is None)
        found: list[Any] = self._reader.load_rows(0, self.result.ntuples, make)
        return found


class Line:
    """One connection that readings use, one after another, in the order in which they ask.

    Parameters
    ----------
    driver : psycopg.Connection
    """

    def __init__(self, driver: Any) -> None:
        self._driver, self._server = driver, driver.pgconn
        self._prepared: dict[bytes, Any] = {}
        self._due: list[Reply] = []
        self._sent = True
        self._unread = False
        """Whether the answer to a rollback lies in the connection."""
        self._astray = False
        """Whether somebody stopped waiting (Ctrl-C) for answers that still come."""
        self._arrival = select.poll()
        self._arrival.register(self._server.socket, select.POLLIN)

    @property
    def broken(self) -> bool:
        """Whether nothing can be asked any more: the server is gone, or nobody knows what was answered."""
        return self._astray or bool(self._server.status == _BROKEN)

    def ask(self, direct: Direct, values: Mapping[str, Any]) -> Reply:
        """Ask a statement in the transaction that is open, or in a new one that sees one moment.

        It goes when an answer is wanted, or with :meth:`send`.

        Raises
        ------
        KeyError, psycopg.DataError
            As of :meth:`Direct.written`.
        psycopg.Error
            When the statement is none, or the server is gone.
        """
        given = direct.written(values)
        self._clear()
        reader = self._prepared.get(direct.prepared_as)
        if reader is None:
            self.settle()
            reader = self._prepare(direct.prepared_as, direct.text)
        if self._sent:
            self.settle()
            begins = self._server.transaction_status == _IDLE
            if begins and _BEGIN_AS not in self._prepared:
                self._prepare(_BEGIN_AS, _BEGIN)
            self._server.enter_pipeline_mode()
            self._sent = False
            if begins:
                self._server.send_query_prepared(_BEGIN_AS, ())
                self._due.append(Reply(self, reader))
        self._server.send_query_prepared(direct.prepared_as, given)
        reply = Reply(self, reader)
        self._due.append(reply)
        return reply

    def send(self) -> None:
        """Let what was asked go now, so that the server works on it while something else is done here."""
        if not self._sent:
            self._sent = True
            self._server.pipeline_sync()
            self._flush()

    def settle(self) -> None:
        """Wait for everything that was asked; after that psycopg may speak again. Errors are the replies'."""
        due, self._due = self._due, []
        try:
            self._clear()
            if due:
                self._astray = True
                self.send()
                self._take(due)
                self._astray = False
        except Error as error:
            # The server is gone: what should have come from it stays away.
            for reply in due:
                if reply.result is None:
                    reply.error = error

    def _take(self, due: Sequence[Reply]) -> None:
        failed: Exception | None = None
        for reply in due:
            result = self._result()
            if result is None or result.status not in _FINE:
                failed = failed or self._error(result)
                reply.error = failed
            else:
                reply.result = result
            while result is not None:
                result = self._result()
        if self._server.status != _BROKEN:
            # One more says that all were answered.
            self._result()
            self._server.exit_pipeline_mode()

    def roll_back(self, *, wait: bool) -> None:
        """Roll back past psycopg, which after its own forgets every statement that the server has prepared.

        It does so lest a table was made and is gone again. Without an open transaction nothing happens.
        """
        self.settle()
        if self.broken or self._server.transaction_status not in _OPEN:
            return
        self._unread = True
        try:
            self._server.send_query(_ROLL_BACK)
            if wait:
                self._clear()
        except Error:
            # The server is gone, and has rolled back what it had.
            self._astray = True

    def _clear(self) -> None:
        """Take the answer to the rollback that ended the reading before."""
        if self._unread:
            self._unread, self._astray = False, True
            while self._result() is not None:
                pass
            self._astray = False

    def _prepare(self, name: bytes, text: bytes) -> Any:
        result = self._server.prepare(name, text)
        if result.status not in _FINE:
            raise self._error(result)
        reader = self._prepared[name] = Transformer(self._driver)
        return reader

    def _result(self) -> Any:
        """The next result, None at the end of a statement's; others run while it is waited for."""
        while self._server.is_busy():
            self._arrival.poll()
            self._server.consume_input()
        return self._server.get_result()

    def _flush(self) -> None:
        """Hand everything to the system; what comes meanwhile is taken, lest both sides wait for each other."""
        while self._server.flush():
            self._arrival.modify(self._server.socket, select.POLLIN | select.POLLOUT)
            try:
                self._arrival.poll()
            finally:
                self._arrival.modify(self._server.socket, select.POLLIN)
            self._server.consume_input()

    def _error(self, result: Any) -> Exception:
        if result is None:
            return OperationalError("the connection to the server is lost")
        return errors.error_from_result(result, encoding=self._driver.info.encoding)


def _written(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it from text."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value.encode()
    elif isinstance(value, datetime):
        text = value.isoformat().encode()
    elif isinstance(value, list):
        text = b"{%s}" % b",".join(map(_quoted, value))
    elif type(value) is int:
        text = b"%d" % value
    else:
        raise TypeError(f"no parameter is a {type(value).__name__}; texts, lists of texts, moments and counts are")
    if b"\0" in text:
        raise DataError("PostgreSQL keeps no text with a NUL in it; leave it out")
    return text


def _quoted(text: str) -> bytes:
    """An item of an array (PostgreSQL manual, section 8.15.6)."""
    return b'"%s"' % text.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"')
