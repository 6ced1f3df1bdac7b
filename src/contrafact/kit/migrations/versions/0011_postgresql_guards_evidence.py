"""PostgreSQL refuses to change evidence, as SQLite always did."""

from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

_FUNCTION = (
    "CREATE FUNCTION contrafact_never_changed() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' are never changed', "
    "ERRCODE = 'integrity_constraint_violation'; END $$"
)
_TABLES = (
    "approval_answers",
    "approval_requests",
    "catalogue_changes",
    "corrections",
    "decisions",
    "delivered_grants",
    "delivered_messages",
    "delivered_parties",
    "delivered_recordings",
    "delivered_releases",
    "dispute_events",
    "disputes",
    "grant_uses",
    "grants",
    "ledger_postings",
    "ledger_transactions",
    "mandates",
    "notice_events",
    "notice_targets",
    "notices",
    "ownership_shares",
    "ownership_statements",
    "people",
    "public_log",
    "recording_hold_ends",
    "recording_holds",
    "release_moves",
    "royalty_closings",
    "staydown",
    "staydown_ends",
    "switches",
    "take_block_ends",
    "take_blocks",
    "usage_events",
    "webhook_attempts",
    "withdrawals",
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(_FUNCTION)
    for table in _TABLES:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION contrafact_never_changed()"
        )


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in _TABLES:
        connection.exec_driver_sql(f"DROP TRIGGER {table}_never_changed ON {table}")
    connection.exec_driver_sql("DROP FUNCTION contrafact_never_changed()")
