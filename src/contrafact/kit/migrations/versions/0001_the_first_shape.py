"""the first shape."""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

# What SQLite refuses to change, whoever asks; made after the tables.
TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER grants_no_update BEFORE UPDATE ON grants BEGIN SELECT RAISE(ABORT, 'grants are never changed'); END",
    "CREATE TRIGGER grants_no_delete BEFORE DELETE ON grants BEGIN SELECT RAISE(ABORT, 'grants are never changed'); END",
    "CREATE TRIGGER grants_once BEFORE INSERT ON grants WHEN EXISTS (SELECT 1 FROM grants WHERE id = NEW.id OR (series = NEW.series AND version = NEW.version)) BEGIN SELECT RAISE(ABORT, 'grants are never changed'); END",
    "CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END",
    "CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END",
    "CREATE TRIGGER decisions_once BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END",
    "CREATE TRIGGER decisions_next BEFORE INSERT ON decisions WHEN NEW.previous_sha256 IS NOT COALESCE((SELECT chain_sha256 FROM decisions ORDER BY sequence DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'a decision continues the chain at its head'); END",
    "CREATE TRIGGER usage_events_no_update BEFORE UPDATE ON usage_events BEGIN SELECT RAISE(ABORT, 'usage_events are never changed'); END",
    "CREATE TRIGGER usage_events_no_delete BEFORE DELETE ON usage_events BEGIN SELECT RAISE(ABORT, 'usage_events are never changed'); END",
    "CREATE TRIGGER usage_events_once BEFORE INSERT ON usage_events WHEN EXISTS (SELECT 1 FROM usage_events WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key) BEGIN SELECT RAISE(ABORT, 'usage_events are never changed'); END",
    "CREATE TRIGGER ledger_transactions_no_update BEFORE UPDATE ON ledger_transactions BEGIN SELECT RAISE(ABORT, 'ledger_transactions are never changed'); END",
    "CREATE TRIGGER ledger_transactions_no_delete BEFORE DELETE ON ledger_transactions BEGIN SELECT RAISE(ABORT, 'ledger_transactions are never changed'); END",
    "CREATE TRIGGER ledger_transactions_next BEFORE INSERT ON ledger_transactions WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM ledger_transactions) OR NEW.previous_hash IS NOT COALESCE((SELECT hash FROM ledger_transactions ORDER BY sequence DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') OR EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.id OR hash = NEW.hash OR usage_event_id = NEW.usage_event_id) BEGIN SELECT RAISE(ABORT, 'a transaction continues the ledger at its head'); END",
    "CREATE TRIGGER ledger_transactions_balanced BEFORE INSERT ON ledger_transactions WHEN NEW.total_micros IS NOT (SELECT SUM(amount_micros) FROM ledger_postings WHERE transaction_id = NEW.id AND side = 'debit') OR NEW.total_micros IS NOT (SELECT SUM(amount_micros) FROM ledger_postings WHERE transaction_id = NEW.id AND side = 'credit') BEGIN SELECT RAISE(ABORT, 'debits and credits of a transaction must be equal'); END",
    "CREATE TRIGGER ledger_postings_no_update BEFORE UPDATE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'ledger_postings are never changed'); END",
    "CREATE TRIGGER ledger_postings_no_delete BEFORE DELETE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'ledger_postings are never changed'); END",
    "CREATE TRIGGER ledger_postings_unsealed BEFORE INSERT ON ledger_postings WHEN EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.transaction_id) OR EXISTS (SELECT 1 FROM ledger_postings WHERE transaction_id = NEW.transaction_id AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'a sealed transaction gets no further postings'); END",
)


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("chain_sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_decisions")),
        sa.UniqueConstraint("chain_sha256", name=op.f("uq_decisions_chain_sha256")),
        sa.UniqueConstraint("id", name=op.f("uq_decisions_id")),
        sa.UniqueConstraint("previous_sha256", name=op.f("uq_decisions_previous_sha256")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_snapshot_sha256"), ["snapshot_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("side IN ('master', 'work', 'voice')", name=op.f("ck_grants_side")),
        sa.CheckConstraint("status IN ('active', 'withdrawn')", name=op.f("ck_grants_status")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_grants_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("series", "version", name=op.f("uq_grants_series_version")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grants_subject_id_side_party_id"), ["subject_id", "side", "party_id"], unique=False
        )

    op.create_table(
        "listening_sessions",
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("remix_id", sa.String(length=80), nullable=False),
        sa.Column("play_id", sa.String(length=64), nullable=False),
        sa.Column("first_reported_at", sa.DateTime(), nullable=False),
        sa.Column("last_reported_at", sa.DateTime(), nullable=False),
        sa.Column("credited_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.CheckConstraint("state IN ('listening', 'counted', 'excluded')", name=op.f("ck_listening_sessions_state")),
        sa.PrimaryKeyConstraint("user_id", "remix_id", "play_id", name=op.f("pk_listening_sessions")),
    )
    with op.batch_alter_table("listening_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_listening_sessions_remix_state", ["remix_id", "state"], unique=False)
        batch_op.create_index("ix_listening_sessions_user_day", ["user_id", "day", "state"], unique=False)

    op.create_table(
        "parties",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("isni", sa.String(length=16), nullable=True),
        sa.Column("ipi", sa.String(length=11), nullable=True),
        sa.Column("dpid", sa.String(length=18), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'group', 'organisation', 'unknown')", name=op.f("ck_parties_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("dpid", name=op.f("uq_parties_dpid")),
        sa.UniqueConstraint("ipi", name=op.f("uq_parties_ipi")),
        sa.UniqueConstraint("isni", name=op.f("uq_parties_isni")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_name_key"), ["name_key"], unique=False)

    op.create_table(
        "takes",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("loudness_lufs", sa.Float(), nullable=False),
        sa.Column("true_peak_dbtp", sa.Float(), nullable=False),
        sa.Column("usage_json", sa.Text(), nullable=False),
        sa.Column("waveform_json", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_takes")),
    )
    op.create_table(
        "usage_events",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("idempotency_key", sa.String(length=240), nullable=False),
        sa.Column("remix_id", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("decision_sha256", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", sa.String(length=32), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('generation', 'play')", name=op.f("ck_usage_events_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_events")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_usage_events_idempotency_key")),
    )
    with op.batch_alter_table("usage_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usage_events_remix_id"), ["remix_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=320), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("tier IN ('free', 'premium')", name=op.f("ck_users_tier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name_key", name=op.f("uq_users_name_key")),
    )
    op.create_table(
        "works",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("iswc", sa.String(length=11), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works")),
        sa.UniqueConstraint("iswc", name=op.f("uq_works_iswc")),
    )
    op.create_table(
        "ledger_transactions",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("usage_event_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_micros", sa.BigInteger(), nullable=False),
        sa.Column("contract", sa.String(length=48), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.String(length=32), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("total_micros > 0", name=op.f("ck_ledger_transactions_total")),
        sa.ForeignKeyConstraint(
            ["usage_event_id"], ["usage_events.id"], name=op.f("fk_ledger_transactions_usage_event_id_usage_events")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_ledger_transactions")),
        sa.UniqueConstraint("hash", name=op.f("uq_ledger_transactions_hash")),
        sa.UniqueConstraint("id", name=op.f("uq_ledger_transactions_id")),
        sa.UniqueConstraint("usage_event_id", name=op.f("uq_ledger_transactions_usage_event_id")),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("work_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("isrc", sa.String(length=12), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("artist", sa.String(length=300), nullable=False),
        sa.Column("album", sa.String(length=300), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("container", sa.String(length=64), nullable=False),
        sa.Column("codec", sa.String(length=64), nullable=False),
        sa.Column("sample_rate", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.Column("tempo_bpm", sa.Float(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("metre", sa.Integer(), nullable=False),
        sa.Column("has_vocals", sa.Boolean(), nullable=False),
        sa.Column("loudness_lufs", sa.Float(), nullable=False),
        sa.Column("true_peak_dbtp", sa.Float(), nullable=False),
        sa.Column("licence_id", sa.String(length=64), nullable=True),
        sa.Column("licence_url", sa.String(length=500), nullable=True),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("stems_origin", sa.String(length=16), nullable=False),
        sa.Column("stems_residual_db", sa.Float(), nullable=False),
        sa.Column("chart_blob", sa.String(length=64), nullable=False),
        sa.Column("playback_blob", sa.String(length=64), nullable=False),
        sa.Column("playback_type", sa.String(length=64), nullable=False),
        sa.Column("waveform_blob", sa.String(length=64), nullable=False),
        sa.Column("cover_blob", sa.String(length=64), nullable=False),
        sa.Column("cover_type", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'frozen', 'withdrawn')", name=op.f("ck_recordings_status")),
        sa.CheckConstraint("duration_s > 0", name=op.f("ck_recordings_duration")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_recordings_work_id_works")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("isrc", name=op.f("uq_recordings_isrc")),
        sa.UniqueConstraint("reference", name=op.f("uq_recordings_reference")),
        sa.UniqueConstraint("sha256", name=op.f("uq_recordings_sha256")),
    )
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recordings_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_recordings_work_id"), ["work_id"], unique=False)

    op.create_table(
        "remixes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("recipe_json", sa.Text(), nullable=False),
        sa.Column("recipe_sha256", sa.String(length=64), nullable=False),
        sa.Column("decision_sha256", sa.String(length=64), nullable=False),
        sa.Column("duties_json", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("take_key", sa.String(length=64), nullable=True),
        sa.Column("signed_blob", sa.String(length=64), nullable=True),
        sa.Column("provenance", sa.String(length=12), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'rendering', 'ready', 'failed', 'cancelled')", name=op.f("ck_remixes_status")
        ),
        sa.ForeignKeyConstraint(["take_key"], ["takes.key"], name=op.f("fk_remixes_take_key_takes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remixes")),
    )
    with op.batch_alter_table("remixes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remixes_recording_id"), ["recording_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remixes_user_id_created_at"), ["user_id", "created_at"], unique=False)

    op.create_table(
        "work_shares",
        sa.Column("work_id", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 < numerator AND numerator <= denominator", name=op.f("ck_work_shares_share")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_work_shares_party_id_parties")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_work_shares_work_id_works")),
        sa.PrimaryKeyConstraint("work_id", "party_id", "role", name=op.f("pk_work_shares")),
    )
    with op.batch_alter_table("work_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_shares_party_id"), ["party_id"], unique=False)

    op.create_table(
        "contributions",
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("is_voice", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_contributions_party_id_parties")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_contributions_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("recording_id", "position", name=op.f("pk_contributions")),
    )
    with op.batch_alter_table("contributions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contributions_party_id"), ["party_id"], unique=False)

    op.create_table(
        "exports",
        sa.Column("remix_id", sa.String(length=40), nullable=False),
        sa.Column("suffix", sa.String(length=8), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("sidecar_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["remix_id"], ["remixes.id"], name=op.f("fk_exports_remix_id_remixes")),
        sa.PrimaryKeyConstraint("remix_id", "suffix", name=op.f("pk_exports")),
    )
    op.create_table(
        "ledger_postings",
        sa.Column("transaction_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.String(length=80), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=True),
        sa.CheckConstraint("side IN ('debit', 'credit')", name=op.f("ck_ledger_postings_side")),
        sa.CheckConstraint("amount_micros > 0", name=op.f("ck_ledger_postings_amount")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transactions.id"],
            name=op.f("fk_ledger_postings_transaction_id_ledger_transactions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("transaction_id", "position", name=op.f("pk_ledger_postings")),
    )
    with op.batch_alter_table("ledger_postings", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_postings_account", ["account"], unique=False)

    op.create_table(
        "master_shares",
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 < numerator AND numerator <= denominator", name=op.f("ck_master_shares_share")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_master_shares_party_id_parties")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_master_shares_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("recording_id", "party_id", "role", name=op.f("pk_master_shares")),
    )
    with op.batch_alter_table("master_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_master_shares_party_id"), ["party_id"], unique=False)

    op.create_table(
        "stems",
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name=op.f("fk_stems_recording_id_recordings")),
        sa.PrimaryKeyConstraint("recording_id", "name", name=op.f("pk_stems")),
    )
    with op.batch_alter_table("stems", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stems_blob"), ["blob"], unique=False)

    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in TRIGGERS:
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    with op.batch_alter_table("stems", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stems_blob"))

    op.drop_table("stems")
    with op.batch_alter_table("master_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_master_shares_party_id"))

    op.drop_table("master_shares")
    with op.batch_alter_table("ledger_postings", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_postings_account")

    op.drop_table("ledger_postings")
    op.drop_table("exports")
    with op.batch_alter_table("contributions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contributions_party_id"))

    op.drop_table("contributions")
    with op.batch_alter_table("work_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_shares_party_id"))

    op.drop_table("work_shares")
    with op.batch_alter_table("remixes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remixes_user_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_remixes_recording_id"))

    op.drop_table("remixes")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recordings_work_id"))
        batch_op.drop_index(batch_op.f("ix_recordings_created_at"))

    op.drop_table("recordings")
    op.drop_table("ledger_transactions")
    op.drop_table("works")
    op.drop_table("users")
    with op.batch_alter_table("usage_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usage_events_remix_id"))

    op.drop_table("usage_events")
    op.drop_table("takes")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parties_name_key"))

    op.drop_table("parties")
    with op.batch_alter_table("listening_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_listening_sessions_user_day")
        batch_op.drop_index("ix_listening_sessions_remix_state")

    op.drop_table("listening_sessions")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_subject_id_side_party_id"))

    op.drop_table("grants")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_user_id"))
        batch_op.drop_index(batch_op.f("ix_decisions_snapshot_sha256"))

    op.drop_table("decisions")
