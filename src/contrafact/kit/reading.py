"""A session that only reads: on one connection, that what is asked often reaches without a detour.

Of a decision's few rows SQLAlchemy's connection, transaction and result cost more than the database does. So a reading
holds the driver's connection itself; statements that are put together once (:mod:`contrafact.kit.statements`) go by it,
and the ORM joins the same transaction when it is first asked.
"""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection


class Reading(Session):
    """Everything that it reads is of one moment; whatever is changed in it is rolled back.

    Parameters
    ----------
    engine : Engine
        Whose connections, in PostgreSQL, read repeatably, and are not reset by their pool: a reading ends what it
        began.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(expire_on_commit=False)
        self.dialect = engine.dialect
        self._engine = engine
        self._held: PoolProxiedConnection | None = None
        self._driver: Any = None
        self._line: Any = None
        self._joined: Connection | None = None

    @classmethod
    def on(cls, held: PoolProxiedConnection, engine: Engine) -> "Reading":
        """A reading on a connection for this reading alone; whoever gave it takes it back after :meth:`end`.

        A session that the ORM was never asked through is as new, and waits with its connection for the next reading:
        making one takes as long as a statement.
        """
        kept = held.info
        reading = kept.pop(cls, None) or cls(engine)
        reading._held, reading._driver, reading._line = held, held.dbapi_connection, kept.get(_LINE)
        if reading._line is None and engine.dialect.name == "postgresql":
            # Only who uses that database waits for what speaks to it.
            from contrafact.kit.postgres import Line

            reading._line = kept[_LINE] = Line(held.dbapi_connection)
        return reading

    def get_bind(self, *_of: Any, **_told: Any) -> Connection:
        """The same connection, as the ORM speaks to it."""
        if self._held is None:
            raise InvalidRequestError(_ENDED)
        if self._line is not None:
            self._line.settle()
        if self._joined is None:
            self._joined = Connection(self._engine, connection=self._held)
        return self._joined

    @property
    def line(self) -> Any:
        """In PostgreSQL the way to the server (:class:`contrafact.kit.postgres.Line`), elsewhere None."""
        if self._held is None:
            raise InvalidRequestError(_ENDED)
        return self._line

    def begun(self) -> Any:
        """SQLite's connection, in the transaction of this reading."""
        driver = self._driver
        if not driver.in_transaction:
            # Takes no lock yet, so that nothing can go wrong that would have to be told.
            driver.execute("BEGIN")
        return driver

    def end(self) -> None:
        """End the transaction; what was read stays usable, as after a commit."""
        held, line = self._held, self._line
        untouched = self._joined is None and not self.new
        if line is not None:
            # The ORM looks whether it has ended; nobody else waits for that.
            line.roll_back(wait=not untouched)
        if not untouched:
            self.expunge_all()
            self.close()
        self._held = self._driver = self._line = self._joined = None
        if held is None:
            return
        if line is not None and line.broken:
            held.invalidate()
        elif untouched:
            held.info[Reading] = self


_LINE = "contrafact_line"
_ENDED = "this reading has ended; begin another"
