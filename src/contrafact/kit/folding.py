"""Text compared without regard to case and Unicode form, in Python and in the database alike."""

import sqlite3
import unicodedata
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement


def folded(text: str) -> str:
    """A text as it is compared.

    Examples
    --------
    >>> folded("ÄRZTE"), folded("Ｒａｉｎ")
    ('ärzte', 'rain')
    """
    return unicodedata.normalize("NFKC", text).casefold()


class Folded(FunctionElement[str]):
    """The same of a column, inside of a query; :func:`can_fold` comes first."""

    name = "folded"
    inherit_cache = True
    type = String()


@compiles(Folded)
def _compiled(element: Folded, compiler: Any, **options: Any) -> str:
    return f"folded({compiler.process(element.clauses, **options)})"


@compiles(Folded, "postgresql")
def _compiled_for_postgresql(element: Folded, compiler: Any, **options: Any) -> str:
    return f"lower(normalize({compiler.process(element.clauses, **options)}, NFKC))"


def can_fold(session: Session) -> None:
    """Teach the connection of a session to fold; PostgreSQL can by itself, and ``ß`` stays one there."""
    connection = session.connection().connection.driver_connection
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("folded", 1, _folded_or_none, deterministic=True)


def _folded_or_none(text: str | None) -> str | None:
    return None if text is None else folded(text)
