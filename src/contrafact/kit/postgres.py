"""PostgreSQL without a detour: a reading's statements go by libpq itself, prepared once for each connection.

psycopg puts every statement together anew, looks whether it has to be prepared, and after a rollback forgets all that
is: for a few rows that takes five times as long as sending them off and reading them (25 µs of the CPU and 110).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from psycopg import DataError, errors, pq
from psycopg.adapt import Transformer
from sqlalchemy import CompoundSelect, Dialect, Select

_BEGIN: Final = b"BEGIN ISOLATION LEVEL REPEATABLE READ"
_IDLE: Final = pq.TransactionStatus.IDLE
_OPEN: Final = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)
_FINE: Final = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


def begin(driver: Any) -> None:
    """Begin a transaction that sees one moment, where none is open.

    Raises
    ------
    psycopg.Error
        When the server refuses or is gone.
    """
    if driver.pgconn.transaction_status == _IDLE:
        _fine(driver.pgconn.exec_(_BEGIN), driver)


def roll_back(driver: Any) -> None:
    """Roll back past psycopg, which after its own forgets every statement that the server has prepared.

    It does so lest a table was made and is gone again. Without an open transaction nothing happens.
    """
    if driver.pgconn.transaction_status in _OPEN:
        driver.pgconn.exec_(b"ROLLBACK")


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
        self._text = str(compiled).encode()
        self._names: Sequence[str] = compiled.positiontup or ()
        self._prepared_as = f"contrafact_{next(self._numbers)}".encode()

    def rows(self, driver: Any, kept: dict[Any, Any], values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows, as psycopg reads them.

        Parameters
        ----------
        driver : psycopg.Connection
            In a transaction.
        kept : dict
            What is remembered about that connection: whether the statement is prepared there.
        values : mapping of str to object
            Of every parameter.

        Raises
        ------
        psycopg.Error
            When the server refuses or is gone, or a text holds a NUL.
        """
        reader = kept.get(self._prepared_as)
        if reader is None:
            _fine(driver.pgconn.prepare(self._prepared_as, self._text), driver)
            reader = kept[self._prepared_as] = Transformer(driver)
        given = [_written(values[name]) for name in self._names]
        result = _fine(driver.pgconn.exec_prepared(self._prepared_as, given), driver)
        reader.set_pgresult(result)
        found: Sequence[Sequence[Any]] = reader.load_rows(0, result.ntuples, tuple)
        return found


def _fine(result: Any, driver: Any) -> Any:
    if result.status not in _FINE:
        raise errors.error_from_result(result, encoding=driver.info.encoding)
    return result


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
