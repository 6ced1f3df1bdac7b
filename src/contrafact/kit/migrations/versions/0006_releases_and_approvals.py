"""Releases and every move of them, the approval queue, uses of grants that count, the inbox and webhooks.

Remixes get the states ``held`` and ``refused``, and the remix that they are made from; those that are there have none.
"""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

_OLD = "status IN ('queued', 'rendering', 'ready', 'failed', 'cancelled')"
_NEW = "status IN ('queued', 'rendering', 'held', 'ready', 'refused', 'failed', 'cancelled')"

TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER approval_requests_no_update BEFORE UPDATE ON approval_requests BEGIN SELECT RAISE(ABORT, 'approval_requests are never changed'); END",
    "CREATE TRIGGER approval_requests_no_delete BEFORE DELETE ON approval_requests BEGIN SELECT RAISE(ABORT, 'approval_requests are never changed'); END",
    "CREATE TRIGGER approval_requests_once BEFORE INSERT ON approval_requests WHEN EXISTS (SELECT 1 FROM approval_requests WHERE id = NEW.id OR sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'approval_requests are never changed'); END",
    "CREATE TRIGGER approval_answers_no_update BEFORE UPDATE ON approval_answers BEGIN SELECT RAISE(ABORT, 'approval_answers are never changed'); END",
    "CREATE TRIGGER approval_answers_no_delete BEFORE DELETE ON approval_answers BEGIN SELECT RAISE(ABORT, 'approval_answers are never changed'); END",
    "CREATE TRIGGER approval_answers_once BEFORE INSERT ON approval_answers WHEN EXISTS (SELECT 1 FROM approval_answers WHERE id = NEW.id OR sequence = NEW.sequence OR (request_id = NEW.request_id AND place = NEW.place)) BEGIN SELECT RAISE(ABORT, 'approval_answers are never changed'); END",
    "CREATE TRIGGER grant_uses_no_update BEFORE UPDATE ON grant_uses BEGIN SELECT RAISE(ABORT, 'grant_uses are never changed'); END",
    "CREATE TRIGGER grant_uses_no_delete BEFORE DELETE ON grant_uses BEGIN SELECT RAISE(ABORT, 'grant_uses are never changed'); END",
    "CREATE TRIGGER grant_uses_once BEFORE INSERT ON grant_uses WHEN EXISTS (SELECT 1 FROM grant_uses WHERE sequence = NEW.sequence OR (series = NEW.series AND kind = NEW.kind AND key = NEW.key)) BEGIN SELECT RAISE(ABORT, 'grant_uses are never changed'); END",
    "CREATE TRIGGER release_moves_no_update BEFORE UPDATE ON release_moves BEGIN SELECT RAISE(ABORT, 'release_moves are never changed'); END",
    "CREATE TRIGGER release_moves_no_delete BEFORE DELETE ON release_moves BEGIN SELECT RAISE(ABORT, 'release_moves are never changed'); END",
    "CREATE TRIGGER release_moves_once BEFORE INSERT ON release_moves WHEN EXISTS (SELECT 1 FROM release_moves WHERE id = NEW.id OR sequence = NEW.sequence OR (NEW.settles IS NOT NULL AND settles = NEW.settles)) BEGIN SELECT RAISE(ABORT, 'release_moves are never changed'); END",
    "CREATE TRIGGER webhook_attempts_no_update BEFORE UPDATE ON webhook_attempts BEGIN SELECT RAISE(ABORT, 'webhook_attempts are never changed'); END",
    "CREATE TRIGGER webhook_attempts_no_delete BEFORE DELETE ON webhook_attempts BEGIN SELECT RAISE(ABORT, 'webhook_attempts are never changed'); END",
    "CREATE TRIGGER webhook_attempts_once BEFORE INSERT ON webhook_attempts WHEN EXISTS (SELECT 1 FROM webhook_attempts WHERE sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'webhook_attempts are never changed'); END",
)


def upgrade() -> None:
    op.create_table(
        "approval_requests",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("occasion_id", sa.String(length=40), nullable=False),
        sa.Column("remix_id", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("grant_ids", sa.Text(), nullable=False),
        sa.Column("recipe_sha256", sa.String(length=64), nullable=False),
        sa.Column("decision_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("purpose IN ('request', 'release')", name=op.f("ck_approval_requests_purpose")),
        sa.CheckConstraint("side IN ('master', 'work', 'voice')", name=op.f("ck_approval_requests_side")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_approval_requests")),
        sa.UniqueConstraint("id", name=op.f("uq_approval_requests_id")),
    )
    with op.batch_alter_table("approval_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_requests_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_requests_occasion_id"), ["occasion_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_approval_requests_party_id_sequence"), ["party_id", "sequence"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_approval_requests_recipe_sha256"), ["recipe_sha256"], unique=False)

    op.create_table(
        "grant_uses",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("artist", sa.String(length=320), nullable=False),
        sa.Column("remix_id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("takes", sa.Integer(), nullable=False),
        sa.Column("out", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('take', 'returned', 'released', 'ended')", name=op.f("ck_grant_uses_kind")),
        sa.CheckConstraint("takes >= 0 AND out >= 0", name=op.f("ck_grant_uses_totals")),
        sa.UniqueConstraint("series", "place", name=op.f("uq_grant_uses_series_place")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_grant_uses")),
        sa.UniqueConstraint("series", "kind", "key", name=op.f("uq_grant_uses_series_kind_key")),
    )
    with op.batch_alter_table("grant_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_uses_release_id"), ["release_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_uses_remix_id"), ["remix_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_uses_series_user_id"), ["series", "user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_uses_user_id_artist"), ["user_id", "artist"], unique=False)

    op.create_table(
        "isrc_counters",
        sa.Column("prefix", sa.String(length=5), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.CheckConstraint("given >= 0 AND given <= 99999", name=op.f("ck_isrc_counters_given")),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_isrc_counters")),
    )
    op.create_table(
        "notifications",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("party_id", sa.String(length=40), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (party_id IS NULL)", name=op.f("ck_notifications_whom")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_notifications")),
        sa.UniqueConstraint("id", name=op.f("uq_notifications_id")),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notifications_party_id_sequence"), ["party_id", "sequence"], unique=False)
        batch_op.create_index(batch_op.f("ix_notifications_user_id_sequence"), ["user_id", "sequence"], unique=False)

    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(length=120), nullable=False),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhooks_removed_at"), ["removed_at"], unique=False)

    op.create_table(
        "approval_answers",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("territories", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.DateTime(), nullable=True),
        sa.Column("purposes", sa.String(length=20), nullable=False),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('approved', 'refused', 'lapsed', 'cancelled')", name=op.f("ck_approval_answers_answer")
        ),
        sa.CheckConstraint("place >= 1", name=op.f("ck_approval_answers_place")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["approval_requests.id"], name=op.f("fk_approval_answers_request_id_approval_requests")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_approval_answers")),
        sa.UniqueConstraint("id", name=op.f("uq_approval_answers_id")),
        sa.UniqueConstraint("request_id", "place", name=op.f("uq_approval_answers_request_id_place")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name=op.f("ck_webhook_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id_webhooks")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_webhook_deliveries_id")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_state_next_at"), ["state", "next_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_webhook_deliveries_webhook_id_sequence"), ["webhook_id", "sequence"], unique=False
        )

    op.create_table(
        "releases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("remix_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("isrc", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("decision_sha256", sa.String(length=64), nullable=False),
        sa.Column("duties_json", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'released', 'unlisted', 'frozen', 'taken_down', 'refused')",
            name=op.f("ck_releases_state"),
        ),
        sa.ForeignKeyConstraint(["remix_id"], ["remixes.id"], name=op.f("fk_releases_remix_id_remixes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("isrc", name=op.f("uq_releases_isrc")),
    )
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_releases_one_live",
            ["remix_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('pending', 'released', 'unlisted', 'frozen')"),
            postgresql_where=sa.text("state IN ('pending', 'released', 'unlisted', 'frozen')"),
        )
        batch_op.create_index(batch_op.f("ix_releases_remix_id"), ["remix_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_releases_state_released_at"), ["state", "released_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_releases_user_id"), ["user_id"], unique=False)

    op.create_table(
        "webhook_attempts",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], name=op.f("fk_webhook_attempts_delivery_id_webhook_deliveries")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_webhook_attempts")),
    )
    with op.batch_alter_table("webhook_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_attempts_delivery_id"), ["delivery_id"], unique=False)

    op.create_table(
        "release_moves",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause_kind", sa.String(length=16), nullable=False),
        sa.Column("cause_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("settles", sa.String(length=40), nullable=True),
        sa.Column("asks", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "asks IS NULL OR asks IN ('pending', 'released', 'unlisted', 'frozen', 'taken_down', 'refused')",
            name=op.f("ck_release_moves_asks"),
        ),
        sa.CheckConstraint(
            "from_state IS NULL OR from_state IN ('pending', 'released', 'unlisted', 'frozen', 'taken_down', 'refused')",
            name=op.f("ck_release_moves_from_state"),
        ),
        sa.CheckConstraint(
            "to_state IN ('pending', 'released', 'unlisted', 'frozen', 'taken_down', 'refused')",
            name=op.f("ck_release_moves_to_state"),
        ),
        sa.CheckConstraint("kind IN ('done', 'promised', 'called_off')", name=op.f("ck_release_moves_kind")),
        sa.CheckConstraint("(kind = 'promised') = (due_at IS NOT NULL)", name=op.f("ck_release_moves_promise")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_moves_release_id_releases")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_release_moves")),
        sa.UniqueConstraint("id", name=op.f("uq_release_moves_id")),
        sa.UniqueConstraint("settles", name=op.f("uq_release_moves_settles")),
    )
    with op.batch_alter_table("release_moves", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_release_moves_cause_kind_cause_id"), ["cause_kind", "cause_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_release_moves_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_release_moves_release_id_sequence"), ["release_id", "sequence"], unique=False
        )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        # Named with the column: SQLite adds no constraint to a table that is there.
        connection.exec_driver_sql(
            "ALTER TABLE remixes ADD COLUMN parent_remix_id VARCHAR(40) "
            "CONSTRAINT fk_remixes_parent_remix_id_remixes REFERENCES remixes (id)"
        )
    else:
        op.add_column("remixes", sa.Column("parent_remix_id", sa.String(length=40), nullable=True))
        op.create_foreign_key("fk_remixes_parent_remix_id_remixes", "remixes", "remixes", ["parent_remix_id"], ["id"])
    op.add_column("remixes", sa.Column("asks_first", sa.Boolean(), nullable=True))
    op.add_column("remixes", sa.Column("asked_besides", sa.String(length=120), nullable=True))
    op.create_index("ix_remixes_parent_remix_id", "remixes", ["parent_remix_id"])
    _allow(_OLD, _NEW)
    if connection.dialect.name == "sqlite":
        for statement in TRIGGERS:
            connection.exec_driver_sql(statement)


def _allow(before: str, after: str) -> None:
    """Exchange the condition on a remix's status.

    SQLite cannot, and to make the table anew would break the rows that point at it (foreign keys cannot be switched off
    inside a transaction). Its manual's way for a change that leaves the rows as they are is to edit the schema's text:
    https://www.sqlite.org/lang_altertable.html#otheralter
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_remixes_status"), "remixes", type_="check")
        op.create_check_constraint(op.f("ck_remixes_status"), "remixes", after)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    done = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'remixes' AND instr(sql, ?)",
        (before, after, before),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
    if done.rowcount != 1:
        raise RuntimeError("the table of remixes is not as the revision before left it")


def downgrade() -> None:
    for table in (
        "release_moves",
        "webhook_attempts",
        "releases",
        "webhook_deliveries",
        "approval_answers",
        "webhooks",
        "notifications",
        "isrc_counters",
        "grant_uses",
        "approval_requests",
    ):
        op.drop_table(table)
    op.drop_index("ix_remixes_parent_remix_id", "remixes")
    with op.batch_alter_table("remixes", table_args=(sa.CheckConstraint(_OLD, name="ck_remixes_status"),)) as batch:
        batch.drop_column("asked_besides")
        batch.drop_column("asks_first")
        batch.drop_column("parent_remix_id")
