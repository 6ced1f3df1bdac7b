"""Bring a database to the shape that this version of the program needs.

Several processes may do so at once: on SQLite the whole upgrade is one ``BEGIN IMMEDIATE`` transaction, on PostgreSQL
it holds an advisory lock; who comes second finds nothing left to do.

Alembic is imported only where it works: it takes longer than most commands do, and nearly always there is nothing to
do for it.
"""

import argparse
import importlib
import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, inspect, text

from contrafact.kit.db import Base, Database, UtcDateTime
from contrafact.kit.errors import Conflict
from contrafact.kit.evidence import guarded, insert_guards, postgres_guard

if TYPE_CHECKING:
    from alembic.config import Config

# Named as text and imported only when needed: the kit lies below the slices and must not depend on them.
MODEL_MODULES = (
    "contrafact.accounts.models",
    "contrafact.catalogue.models",
    "contrafact.provenance.models",
    "contrafact.remixes.tables.models",
    "contrafact.remixes.tables.models_blocks",
    "contrafact.remixes.deliveries.models_deliveries",
    "contrafact.remixes.news.models_inbox",
    "contrafact.remixes.tables.models_releases",
    "contrafact.rights.models",
    "contrafact.rights.models_approvals",
    "contrafact.rights.models_disputes",
    "contrafact.rights.models_notices",
    "contrafact.rights.models_switches",
    "contrafact.royalties.models",
)
_SCRIPTS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_305_518_204  # any number that no other program of this database uses

_INSERT_GUARDS_THERE = (
    "SELECT tgname, relname, prosrc FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "JOIN pg_proc ON pg_proc.oid = tgfoid "
    "WHERE NOT tgisinternal AND tgenabled = 'O' AND proname <> 'contrafact_never_changed'"
)
_GUARDS_THERE = (
    "SELECT tgname || ' on ' || relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "JOIN pg_proc ON pg_proc.oid = tgfoid "
    "WHERE NOT tgisinternal AND tgenabled = 'O' AND proname = 'contrafact_never_changed'"
)


def load_models() -> MetaData:
    """The tables of all slices that have some."""
    for name in MODEL_MODULES:
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    return Base.metadata


def load_triggers() -> tuple[str, ...]:
    """The SQLite triggers of all slices: what the ``create_triggers`` of their models gives, where there is one."""
    load_models()
    found: list[str] = []
    for name in MODEL_MODULES:
        create = getattr(sys.modules.get(name), "create_triggers", None)
        found += create() if create is not None else ()
    return tuple(found)


def newest() -> str:
    """The revision of the newest shape: revisions are one line of history, numbered in their files' names."""
    return max(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*_*.py"))


def upgrade(database: Database) -> None:
    """Bring the database to the newest shape; quick when it is there already.

    Raises
    ------
    Conflict
        When the database was made by a newer version of the program.
    StorageFull
        When the disk is full; the database is as before.
    """
    if _is_newest(database):
        return
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = _config()
    scripts = ScriptDirectory.from_config(config)
    with database.transaction() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise Conflict("the database was made by a newer version of Contrafact; install that version")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_newest(database: Database) -> bool:
    with database.reading() as session:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [newest()]


def differences(database: Database) -> list[Any]:
    """How the tables and triggers of the program differ from those of the database; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    metadata = load_models()
    with database.transaction() as session:
        connection = session.connection()
        options = {"compare_type": True, "compare_server_default": True}
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        if connection.dialect.name == "sqlite":
            there = set(connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")))
            wanted = set(load_triggers())
            found += [("add_trigger", sql) for sql in sorted(wanted - there)]
            found += [("remove_trigger", sql) for sql in sorted(there - wanted)]
        elif connection.dialect.name == "postgresql":
            there = set(connection.scalars(text(_GUARDS_THERE)))
            wanted = {f"{table}_never_changed on {table}" for table in guarded(load_triggers())}
            found += [("add_guard", name) for name in sorted(wanted - there)]
            found += [("remove_guard", name) for name in sorted(there - wanted)]
            told = {
                (name, table, source.strip()) for name, table, source in connection.execute(text(_INSERT_GUARDS_THERE))
            }
            meant = {(guard.name, guard.table, guard.source) for guard in insert_guards(load_triggers())}
            found += [("add_insert_guard", f"{name} on {table}") for name, table, _ in sorted(meant - told)]
            found += [("remove_insert_guard", f"{name} on {table}") for name, table, _ in sorted(told - meant)]
    return found


def configure(context: Any, connection: Connection, metadata: MetaData) -> None:
    """Set up Alembic's environment on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=_render,
        render_as_batch=connection.dialect.name == "sqlite",
        # With the explicit BEGIN of kit.db, SQLite rolls DDL back like everything else.
        transactional_ddl=True,
        template_args={name: context.config.attributes.get(name, ()) for name in ("triggers", "guards")},
    )


def _render(kind: str, item: Any, _context: Any) -> str | bool:
    """Revisions name only SQLAlchemy's own types, so that they stay what they are when the program changes."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def write_revision(message: str, revision: str) -> None:
    """For developers: write the revision that makes the database agree with the tables of the program.

    Read and correct it before it is committed: triggers that went or changed have to be dropped by hand.
    """
    from alembic import command

    with tempfile.TemporaryDirectory() as folder:
        database = Database.at(Path(folder) / "empty.db")
        upgrade(database)
        with database.transaction() as session:
            config = _config()
            config.attributes["connection"] = session.connection()
            query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
            there = set(session.connection().scalars(query))
            missing = [sql for sql in load_triggers() if sql not in there]
            config.attributes["triggers"] = missing
            on_insert = [statement for guard in insert_guards(missing) for statement in guard.statements]
            config.attributes["guards"] = [*(postgres_guard(table) for table in guarded(missing)), *on_insert]
            command.revision(config, message=message, autogenerate=True, rev_id=revision)
        database.close()


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the database revision that the tables of the program ask for.")
    parser.add_argument("revision", help="four digits, such as 0002")
    parser.add_argument("message")
    arguments = parser.parse_args()
    write_revision(arguments.message, arguments.revision)
