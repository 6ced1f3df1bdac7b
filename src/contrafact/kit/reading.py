"""A session that only reads: on one connection, that what is asked often reaches without a detour.

Of a decision's few rows SQLAlchemy's connection, transaction and result cost more than the database does. So a reading
holds the driver's connection itself; statements that are put together once (:mod:`contrafact.kit.statements`) go by it,
and the ORM joins the same transaction when it is first asked.
"""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, InvalidRequestError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection


class Reading(Session):
    """Everything that it reads is of one moment; whatever is changed in it is rolled back.

    Parameters
    ----------
    engine : Engine
        Whose connections, in PostgreSQL, read repeatably.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(expire_on_commit=False)
        self.dialect = engine.dialect
        self.kept: dict[Any, Any] = {}
        """What is remembered about the connection as long as it is open."""
        self._engine = engine
        self._held: PoolProxiedConnection | None = None
        self._driver: Any = None
        self._joined: Connection | None = None

    @classmethod
    def on(cls, held: PoolProxiedConnection, engine: Engine) -> "Reading":
        """A reading on a connection for this reading alone; whoever gave it takes it back after :meth:`end`.

        A session that the ORM was never asked through is as new, and waits with its connection for the next reading:
        making one takes as long as a statement.
        """
        reading = held.info.pop(cls, None) or cls(engine)
        reading._held, reading._driver, reading.kept = held, held.dbapi_connection, held.info
        return reading

    def get_bind(self, *_of: Any, **_told: Any) -> Connection:
        """The same connection, as the ORM speaks to it."""
        if self._joined is None:
            if self._held is None:
                raise InvalidRequestError("this reading has ended; begin another")
            self._joined = Connection(self._engine, connection=self._held)
        return self._joined

    def begun(self) -> Any:
        """The driver's connection, in the transaction of this reading.

        Raises
        ------
        sqlalchemy.exc.DatabaseError
            When the database refuses to begin one.
        """
        driver = self._driver
        if driver is None:
            raise InvalidRequestError("this reading has ended; begin another")
        if self.dialect.name == "sqlite":
            if not driver.in_transaction:
                # Takes no lock yet, so that nothing can go wrong that would have to be told.
                driver.execute("BEGIN")
        elif self.dialect.name == "postgresql":
            from contrafact.kit import postgres

            try:
                postgres.begin(driver)
            except self.dialect.loaded_dbapi.Error as error:
                raise DatabaseError("BEGIN", None, error) from error
        return driver

    def end(self) -> None:
        """End the transaction; what was read stays usable, as after a commit."""
        if self.dialect.name == "postgresql":
            from contrafact.kit import postgres

            postgres.roll_back(self._driver)
        untouched = self._joined is None and not self.new
        if not untouched:
            self.expunge_all()
            self.close()
        kept, self._held, self._driver, self._joined, self.kept = self.kept, None, None, None, {}
        if untouched:
            kept[Reading] = self
