"""Tables whose rows are evidence: added, never changed, never removed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_ON_INSERT: Final = re.compile(
    r"CREATE TRIGGER (?P<name>\w+) BEFORE INSERT ON (?P<table>\w+) WHEN (?P<refused>.+) "
    r"BEGIN SELECT RAISE\(ABORT, '(?P<message>[^']+)'\); END",
    re.DOTALL,
)
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

    That no row is added twice is what unique keys are for: there is no ``INSERT OR REPLACE`` to guard against. What
    else must not be added :class:`InsertGuard` refuses. The function that it calls was made by revision 0011.
    """
    return (
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION contrafact_never_changed()"
    )


@dataclass(frozen=True, slots=True)
class InsertGuard:
    """What PostgreSQL refuses to add to a table, told from the trigger of SQLite that refuses the same.

    Two transactions at once each see the rows as they were before the other: of those the unique keys let one through.
    """

    name: str
    table: str
    refused: str
    """The condition, in PostgreSQL's words: ``IS NOT`` between values is ``IS DISTINCT FROM`` there."""
    message: str

    @property
    def source(self) -> str:
        """The body of the function that the trigger calls."""
        return (
            f"BEGIN IF {self.refused} THEN RAISE EXCEPTION USING MESSAGE = '{self.message}', "
            "ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END"
        )

    @property
    def statements(self) -> tuple[str, str]:
        """What makes the function and the trigger."""
        return (
            f"CREATE FUNCTION contrafact_{self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {self.source} $$",
            f"CREATE TRIGGER {self.name} BEFORE INSERT ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION contrafact_{self.name}()",
        )


def insert_guards(triggers: Iterable[str]) -> tuple[InsertGuard, ...]:
    """The guards of PostgreSQL for these triggers of SQLite, by name.

    A trigger that only asks whether a row with the same key is there already (``…_once``, for ``INSERT OR REPLACE``)
    needs none: that is what unique keys are for, and whoever lets a row yield to one that is there must not be refused.
    """
    return tuple(sorted(_insert_guards(triggers), key=lambda guard: guard.name))


def _insert_guards(triggers: Iterable[str]) -> Iterator[InsertGuard]:
    for statement in triggers:
        found = _ON_INSERT.fullmatch(statement)
        if found is None:
            continue
        name, table, refused, message = found.group("name", "table", "refused", "message")
        if name == f"{table}_once" and ">=" not in refused:
            continue
        yield InsertGuard(name, table, re.sub(r"\bIS NOT(?! NULL)", "IS DISTINCT FROM", refused), message)
