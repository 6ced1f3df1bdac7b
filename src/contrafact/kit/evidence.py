"""Tables whose rows are evidence: added, never changed, never removed."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_NEVER_UPDATED: Final = re.compile(r"CREATE TRIGGER (\w+)_no_update BEFORE UPDATE ON \1 ")


def append_only(tables: Mapping[str, str]) -> tuple[str, ...]:
    """SQLite triggers that refuse to change or remove rows; the guard on INSERT is for ``INSERT OR REPLACE``.

    Parameters
    ----------
    tables : mapping of str to str
        Table name to the SQL condition under which a row like ``NEW`` is there already, such as ``id = NEW.id``. Both
        are the program's own words, never a user's.
    """
    statements = []
    for table, taken in tables.items():
        never = f"BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
        statements += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {never}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {never}",
            f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} "  # noqa: S608  # our own tables
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) {never}",
        ]
    return tuple(statements)


def guarded(triggers: Iterable[str]) -> tuple[str, ...]:
    """The tables of which these triggers of SQLite refuse to change rows, in order."""
    found = (_NEVER_UPDATED.match(statement) for statement in triggers)
    return tuple(sorted(match[1] for match in found if match is not None))


def postgres_guard(table: str) -> str:
    """The PostgreSQL trigger that refuses to change or remove rows, or to empty the table.

    That no row is added twice is what unique keys are for: there is no ``INSERT OR REPLACE`` to guard against. The
    function that it calls was made by revision 0011.
    """
    return (
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION contrafact_never_changed()"
    )
