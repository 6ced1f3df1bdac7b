"""Tables whose rows are evidence: added, never changed, never removed."""

from collections.abc import Mapping


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
