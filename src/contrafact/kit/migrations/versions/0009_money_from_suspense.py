"""Money that was held can be given out, and months can be closed."""
# ruff: noqa: E501  # statements are kept as the database keeps them

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

_BEFORE = "kind IN ('generation', 'play')"
_AFTER = "kind IN ('generation', 'play', 'from_suspense')"
_CLOSINGS = (
    "CREATE TRIGGER royalty_closings_no_update BEFORE UPDATE ON royalty_closings BEGIN SELECT RAISE(ABORT, 'royalty_closings are never changed'); END",
    "CREATE TRIGGER royalty_closings_no_delete BEFORE DELETE ON royalty_closings BEGIN SELECT RAISE(ABORT, 'royalty_closings are never changed'); END",
    "CREATE TRIGGER royalty_closings_next BEFORE INSERT ON royalty_closings WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM royalty_closings) OR NEW.first_sequence IS NOT (SELECT COALESCE(MAX(last_sequence), 0) + 1 FROM royalty_closings) OR NEW.last_sequence < NEW.first_sequence - 1 OR NEW.previous_hash IS NOT COALESCE((SELECT hash FROM royalty_closings ORDER BY number DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') OR EXISTS (SELECT 1 FROM royalty_closings WHERE period >= NEW.period OR hash = NEW.hash) BEGIN SELECT RAISE(ABORT, 'a period is closed once, after the one before it'); END",
)


def upgrade() -> None:
    _change_kinds(_BEFORE, _AFTER)
    op.create_table(
        "royalty_closings",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("first_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.String(length=32), nullable=False),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_royalty_closings")),
        sa.UniqueConstraint("hash", name=op.f("uq_royalty_closings_hash")),
        sa.UniqueConstraint("period", name=op.f("uq_royalty_closings_period")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in _CLOSINGS:
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.exec_driver_sql("SELECT 1 FROM usage_events WHERE kind = 'from_suspense' LIMIT 1").first():
        raise RuntimeError("money was given out of suspense; a ledger forgets nothing, so there is no way back")
    op.drop_table("royalty_closings")
    _change_kinds(_AFTER, _BEFORE)


def _change_kinds(before: str, after: str) -> None:
    """Say anew which kinds there are, in place: the ledger points to the events, so the table cannot be made anew.

    SQLite's own way for a constraint that changes: https://www.sqlite.org/lang_altertable.html, section 7.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_usage_events_kind"), "usage_events", type_="check")
        op.create_check_constraint(op.f("ck_usage_events_kind"), "usage_events", after)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    done = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'usage_events' AND instr(sql, ?)",
        (before, after, before),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
    if done.rowcount != 1:
        raise RuntimeError("the table of usage events is not as the revision before left it")
