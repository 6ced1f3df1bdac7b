"""Pieces for statements that are put together once and asked often.

Building a statement takes longer than running it, and so does each way to the database and back. So what is asked
often is a constant of its module, always of the same text (the database keeps it prepared), and brings rows of several
kinds at once.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from json.encoder import encode_basestring_ascii
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Dialect,
    Select,
    String,
    TypeDecorator,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    type_coerce,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from contrafact.kit.reading import Reading


class Texts(TypeDecorator[Sequence[str]]):
    """Any number of texts as one parameter: an array in PostgreSQL, JSON elsewhere. One with a NUL is nobody's."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(String())
        # Only who uses that database waits for what speaks to it.
        from sqlalchemy.dialects.postgresql import ARRAY

        return dialect.type_descriptor(ARRAY(String()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        # SQLite's JSON ends a text at a NUL, and would find another; PostgreSQL keeps none with one. No id has it.
        texts = [text for text in value if "\0" not in text]
        return texts if dialect.name == "postgresql" else f"[{','.join(map(encode_basestring_ascii, texts))}]"


class _Among(FunctionElement[bool]):
    """A column and the texts among which it lies."""

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True


@compiles(_Among)
def _in_json(element: _Among, compiler: Any, **words: Any) -> str:
    column, wanted = (compiler.process(clause, **words) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({wanted}))"  # noqa: S608  # compiled pieces


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: Any, **words: Any) -> str:
    column, wanted = (compiler.process(clause, **words) for clause in element.clauses)
    # By way of a subquery, into which no plan looks: else the planner expects less of an array that it sees than of one
    # that it does not see yet, and plans the statement anew each time.
    return f"{column} = ANY (ARRAY(SELECT unnest({wanted})))"


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column of texts is one of those given as the parameter ``name``: any number of them, also none.

    Unlike ``IN`` it has one text however many they are.
    """
    wanted: BindParameter[Sequence[str]] = bindparam(name, type_=Texts())
    return _Among(column, wanted)


class _Listed(FunctionElement[str]):
    """Texts as rows."""

    type = String()
    inherit_cache = True


@compiles(_Listed)
def _each_of_json(element: _Listed, compiler: Any, **words: Any) -> str:
    return f"json_each({compiler.process(next(iter(element.clauses)), **words)})"


@compiles(_Listed, "postgresql")
def _each_of_array(element: _Listed, compiler: Any, **words: Any) -> str:
    return f"unnest(ARRAY(SELECT unnest({compiler.process(next(iter(element.clauses)), **words)})))"


def listed(name: str) -> Any:
    """The texts that are given as the parameter ``name``, as a table of one column, ``value``."""
    wanted: BindParameter[Sequence[str]] = bindparam(name, type_=Texts())
    # In PostgreSQL the column of a function bears the name of the table.
    return _Listed(wanted).table_valued("value", name="value")


def only(query: Select[Any], column: Any, name: str, dialect: str) -> Select[Any]:
    """The rows of a query about one table in which a column is one of the texts given as the parameter ``name``.

    As :func:`among`, where that is the first thing that is looked for: SQLite would make a table of the list and look
    through that, so there it is joined. PostgreSQL, where it is joined, may read the whole of a small table.
    """
    if dialect != "sqlite":
        return query.where(among(column, name))
    wanted = listed(name)
    return query.select_from(wanted).join(column.table, column == wanted.c.value)


class RowShape:
    """One shape for rows of several kinds, so that a ``UNION ALL`` brings them together.

    Parameters
    ----------
    columns
        Name and type of each; a row has NULL where its kind says nothing. The first column of every row, ``kind``, is
        not among them.
    """

    def __init__(self, **columns: TypeEngine[Any]) -> None:
        self._columns = columns

    def of(self, kind: str, **given: ColumnElement[Any]) -> Select[Any]:
        """A select of rows of one kind (a word of the program, never a user's).

        Raises
        ------
        KeyError
            For a column that the shape does not have.
        """
        if unknown := set(given) - set(self._columns):
            raise KeyError(f"rows of this shape have no {sorted(unknown)}")
        columns = (
            type_coerce(given[name] if name in given else cast(null(), _plain(of_type)), of_type).label(name)
            for name, of_type in self._columns.items()
        )
        return select(literal_column(f"'{kind}'", String()).label("kind"), *columns)


class Prepared:
    """A statement of which the text is made once for each kind of database, and then only sent.

    SQLAlchemy finds a compiled statement again by all of its parts, which for a great one takes longer than running it.

    Parameters
    ----------
    build : callable
        Makes the statement for a kind of database (``sqlite``, ``postgresql``): with named parameters, and labels for
        its columns; it may not use ``IN`` with a list.
    """

    def __init__(self, build: Callable[[str], Select[Any] | CompoundSelect[Any]]) -> None:
        self._build = build
        self._made: dict[str, _Made] = {}

    def rows(self, session: Session, **given: Any) -> list[Any]:
        """The rows, as named tuples; what the session has not written yet is written first.

        Raises
        ------
        KeyError
            When a parameter is missing.
        sqlalchemy.exc.DatabaseError
            When the database refuses.
        """
        return self.ask(session, **given).rows()

    def ask(self, session: Session, **given: Any) -> "Asked":
        """The same for who has more to ask, or to do, before the rows are wanted.

        Where a reading's server is another process, what is asked before any rows are read goes there together.

        Raises
        ------
        KeyError, sqlalchemy.exc.DatabaseError
            As of :meth:`rows`, which raises what the database says of it later.
        """
        session.flush()
        if isinstance(session, Reading):
            made, line = self._for(session.dialect), session.line
            values, refusal = made.written(given), session.dialect.loaded_dbapi.Error
            try:
                if line is not None:
                    return Asked(made, (), values, line.ask(made.direct, values), refusal)
                return Asked(made, session.begun().execute(made.text, made.placed(values)).fetchall())
            except refusal as error:
                raise DatabaseError(made.text, values, error) from error
        connection = session.connection()
        made = self._for(connection.dialect)
        # The driver's own cursor: SQLAlchemy's result is made of more than these few rows are.
        parameters, cursor = made.parameters(given), connection.connection.cursor()
        try:
            cursor.execute(made.text, parameters)
            return Asked(made, cursor.fetchall())
        except connection.dialect.loaded_dbapi.Error as error:
            raise DatabaseError(made.text, parameters, error) from error
        finally:
            cursor.close()

    def _for(self, dialect: Dialect) -> "_Made":
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _Made(self._build(dialect.name), dialect)
        return made


class Asked:
    """A statement that was asked; in PostgreSQL the server may not have answered yet, or not been asked."""

    __slots__ = ("_made", "_refusal", "_reply", "_rows", "_values")

    def __init__(
        self,
        made: "_Made",
        rows: Iterable[Sequence[Any]],
        values: Mapping[str, Any] | None = None,
        reply: Any = None,
        refusal: type[Exception] = Exception,
    ) -> None:
        self._made, self._rows, self._values, self._reply, self._refusal = made, rows, values, reply, refusal

    def send(self) -> "Asked":
        """Let it go now: while the server works on it, something else can be done here that asks nothing."""
        if self._reply is not None:
            self._reply.line.send()
        return self

    def rows(self) -> list[Any]:
        """The rows, as of :meth:`Prepared.rows`; to be read before the reading ends."""
        if self._reply is None:
            return self._made.read(self._rows)
        try:
            rows: list[Any] = self._reply.rows(self._made.row)
            return rows
        except self._refusal as error:
            raise DatabaseError(self._made.text, self._values, error) from error


class _Made:
    """The text of a statement for one kind of database, and how its values are written and read."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self.direct = _direct(statement, dialect)
        """How a reading asks it without the driver's own ways, where that pays."""
        self._places = compiled.positiontup
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._writers = {
            name: writer
            for name, bind in compiled.binds.items()
            if (writer := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        columns = list(statement.selected_columns)
        readers = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
        self._readers = [(place, reader) for place, reader in enumerate(readers) if reader is not None]
        # Any: what a row has is what the statement names.
        self._make: Any = _named([str(column.key) for column in columns])
        places = [place for place, _ in self._readers]
        # Twice the first: of one column it would be the value, not a tuple of it.
        self._to_read: Any = itemgetter(*places, places[0]) if places else None
        self._nothing = (None,) * (len(places) + 1)
        self.row: Callable[[Sequence[Any]], Any] = self._row_read if self._readers else self._make
        """A row of the database as a named tuple, its values read."""

    def written(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every parameter, as the database takes it."""
        values = {**self._fixed, **given}
        for name, writer in self._writers.items():
            values[name] = writer(values[name])
        return values

    def placed(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them: by name, or in their order."""
        return values if self._places is None else tuple([values[name] for name in self._places])

    def parameters(self, given: Mapping[str, Any]) -> Any:
        return self.placed(self.written(given))

    def read(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """Rows as named tuples, their values read."""
        return list(map(self.row, rows))

    def _row_read(self, row: Sequence[Any]) -> Any:
        if self._to_read(row) == self._nothing:
            return self._make(row)
        for place, reader in self._readers:
            if row[place] is not None:
                values = row = list(row)
                values[place] = reader(row[place])
        return self._make(row)


def _named(columns: Sequence[str]) -> Any:
    """What makes a named tuple of these columns from a row."""
    made: Any = namedtuple("Row", columns)  # type: ignore[misc]
    return made._make


def _direct(statement: Select[Any] | CompoundSelect[Any], dialect: Dialect) -> Any:
    if dialect.name != "postgresql":
        return None
    # Only who uses that database waits for what speaks to it.
    from contrafact.kit.postgres import Direct

    return Direct(statement, dialect)


def _plain(of_type: TypeEngine[Any]) -> TypeEngine[Any]:
    """The database's own type of a column."""
    return of_type.impl_instance if isinstance(of_type, TypeDecorator) else of_type
