"""Disputes, notices, what keeps recordings and takes from being used, the public log, and what shall not come back."""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

# What SQLite refuses to change, whoever asks; made after the tables.
TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER staydown_no_update BEFORE UPDATE ON staydown BEGIN SELECT RAISE(ABORT, 'staydown are never changed'); END",
    "CREATE TRIGGER staydown_no_delete BEFORE DELETE ON staydown BEGIN SELECT RAISE(ABORT, 'staydown are never changed'); END",
    "CREATE TRIGGER staydown_once BEFORE INSERT ON staydown WHEN EXISTS (SELECT 1 FROM staydown WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'staydown are never changed'); END",
    "CREATE TRIGGER staydown_ends_no_update BEFORE UPDATE ON staydown_ends BEGIN SELECT RAISE(ABORT, 'staydown_ends are never changed'); END",
    "CREATE TRIGGER staydown_ends_no_delete BEFORE DELETE ON staydown_ends BEGIN SELECT RAISE(ABORT, 'staydown_ends are never changed'); END",
    "CREATE TRIGGER staydown_ends_once BEFORE INSERT ON staydown_ends WHEN EXISTS (SELECT 1 FROM staydown_ends WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'staydown_ends are never changed'); END",
    "CREATE TRIGGER withdrawals_no_update BEFORE UPDATE ON withdrawals BEGIN SELECT RAISE(ABORT, 'withdrawals are never changed'); END",
    "CREATE TRIGGER withdrawals_no_delete BEFORE DELETE ON withdrawals BEGIN SELECT RAISE(ABORT, 'withdrawals are never changed'); END",
    "CREATE TRIGGER withdrawals_once BEFORE INSERT ON withdrawals WHEN EXISTS (SELECT 1 FROM withdrawals WHERE id = NEW.id OR sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'withdrawals are never changed'); END",
    "CREATE TRIGGER take_blocks_no_update BEFORE UPDATE ON take_blocks BEGIN SELECT RAISE(ABORT, 'take_blocks are never changed'); END",
    "CREATE TRIGGER take_blocks_no_delete BEFORE DELETE ON take_blocks BEGIN SELECT RAISE(ABORT, 'take_blocks are never changed'); END",
    "CREATE TRIGGER take_blocks_once BEFORE INSERT ON take_blocks WHEN EXISTS (SELECT 1 FROM take_blocks WHERE sequence = NEW.sequence OR (remix_id = NEW.remix_id AND cause_kind = NEW.cause_kind AND cause_id = NEW.cause_id AND place = NEW.place)) BEGIN SELECT RAISE(ABORT, 'take_blocks are never changed'); END",
    "CREATE TRIGGER take_block_ends_no_update BEFORE UPDATE ON take_block_ends BEGIN SELECT RAISE(ABORT, 'take_block_ends are never changed'); END",
    "CREATE TRIGGER take_block_ends_no_delete BEFORE DELETE ON take_block_ends BEGIN SELECT RAISE(ABORT, 'take_block_ends are never changed'); END",
    "CREATE TRIGGER take_block_ends_once BEFORE INSERT ON take_block_ends WHEN EXISTS (SELECT 1 FROM take_block_ends WHERE block = NEW.block) BEGIN SELECT RAISE(ABORT, 'take_block_ends are never changed'); END",
    "CREATE TRIGGER disputes_no_update BEFORE UPDATE ON disputes BEGIN SELECT RAISE(ABORT, 'disputes are never changed'); END",
    "CREATE TRIGGER disputes_no_delete BEFORE DELETE ON disputes BEGIN SELECT RAISE(ABORT, 'disputes are never changed'); END",
    "CREATE TRIGGER disputes_once BEFORE INSERT ON disputes WHEN EXISTS (SELECT 1 FROM disputes WHERE id = NEW.id OR sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'disputes are never changed'); END",
    "CREATE TRIGGER dispute_events_no_update BEFORE UPDATE ON dispute_events BEGIN SELECT RAISE(ABORT, 'dispute_events are never changed'); END",
    "CREATE TRIGGER dispute_events_no_delete BEFORE DELETE ON dispute_events BEGIN SELECT RAISE(ABORT, 'dispute_events are never changed'); END",
    "CREATE TRIGGER dispute_events_once BEFORE INSERT ON dispute_events WHEN EXISTS (SELECT 1 FROM dispute_events WHERE id = NEW.id OR sequence = NEW.sequence OR (dispute_id = NEW.dispute_id AND place = NEW.place)) BEGIN SELECT RAISE(ABORT, 'dispute_events are never changed'); END",
    "CREATE TRIGGER recording_holds_no_update BEFORE UPDATE ON recording_holds BEGIN SELECT RAISE(ABORT, 'recording_holds are never changed'); END",
    "CREATE TRIGGER recording_holds_no_delete BEFORE DELETE ON recording_holds BEGIN SELECT RAISE(ABORT, 'recording_holds are never changed'); END",
    "CREATE TRIGGER recording_holds_once BEFORE INSERT ON recording_holds WHEN EXISTS (SELECT 1 FROM recording_holds WHERE sequence = NEW.sequence OR (cause_kind = NEW.cause_kind AND cause_id = NEW.cause_id AND recording_id = NEW.recording_id)) BEGIN SELECT RAISE(ABORT, 'recording_holds are never changed'); END",
    "CREATE TRIGGER recording_hold_ends_no_update BEFORE UPDATE ON recording_hold_ends BEGIN SELECT RAISE(ABORT, 'recording_hold_ends are never changed'); END",
    "CREATE TRIGGER recording_hold_ends_no_delete BEFORE DELETE ON recording_hold_ends BEGIN SELECT RAISE(ABORT, 'recording_hold_ends are never changed'); END",
    "CREATE TRIGGER recording_hold_ends_once BEFORE INSERT ON recording_hold_ends WHEN EXISTS (SELECT 1 FROM recording_hold_ends WHERE hold = NEW.hold) BEGIN SELECT RAISE(ABORT, 'recording_hold_ends are never changed'); END",
    "CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, 'notices are never changed'); END",
    "CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices BEGIN SELECT RAISE(ABORT, 'notices are never changed'); END",
    "CREATE TRIGGER notices_once BEFORE INSERT ON notices WHEN EXISTS (SELECT 1 FROM notices WHERE id = NEW.id OR sequence = NEW.sequence OR document_sha256 = NEW.document_sha256) BEGIN SELECT RAISE(ABORT, 'notices are never changed'); END",
    "CREATE TRIGGER notice_events_no_update BEFORE UPDATE ON notice_events BEGIN SELECT RAISE(ABORT, 'notice_events are never changed'); END",
    "CREATE TRIGGER notice_events_no_delete BEFORE DELETE ON notice_events BEGIN SELECT RAISE(ABORT, 'notice_events are never changed'); END",
    "CREATE TRIGGER notice_events_once BEFORE INSERT ON notice_events WHEN EXISTS (SELECT 1 FROM notice_events WHERE id = NEW.id OR sequence = NEW.sequence OR (notice_id = NEW.notice_id AND place = NEW.place)) BEGIN SELECT RAISE(ABORT, 'notice_events are never changed'); END",
    "CREATE TRIGGER notice_targets_no_update BEFORE UPDATE ON notice_targets BEGIN SELECT RAISE(ABORT, 'notice_targets are never changed'); END",
    "CREATE TRIGGER notice_targets_no_delete BEFORE DELETE ON notice_targets BEGIN SELECT RAISE(ABORT, 'notice_targets are never changed'); END",
    "CREATE TRIGGER notice_targets_once BEFORE INSERT ON notice_targets WHEN EXISTS (SELECT 1 FROM notice_targets WHERE notice_id = NEW.notice_id AND release_id = NEW.release_id) BEGIN SELECT RAISE(ABORT, 'notice_targets are never changed'); END",
    "CREATE TRIGGER public_log_no_update BEFORE UPDATE ON public_log BEGIN SELECT RAISE(ABORT, 'public_log are never changed'); END",
    "CREATE TRIGGER public_log_no_delete BEFORE DELETE ON public_log BEGIN SELECT RAISE(ABORT, 'public_log are never changed'); END",
    "CREATE TRIGGER public_log_once BEFORE INSERT ON public_log WHEN EXISTS (SELECT 1 FROM public_log WHERE sequence = NEW.sequence OR sha256 = NEW.sha256) BEGIN SELECT RAISE(ABORT, 'public_log are never changed'); END",
    "CREATE TRIGGER public_log_next BEFORE INSERT ON public_log WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM public_log) OR NEW.previous_sha256 IS NOT COALESCE((SELECT sha256 FROM public_log ORDER BY sequence DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'an entry continues the public log at its head'); END",
)


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("grounds", sa.String(length=16), nullable=False),
        sa.Column("claimant", sa.String(length=300), nullable=False),
        sa.Column("claimant_party_id", sa.String(length=40), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("releases", sa.String(length=8), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("releases IN ('play', 'freeze')", name=op.f("ck_disputes_releases")),
        sa.CheckConstraint("side IN ('master', 'work', 'both')", name=op.f("ck_disputes_side")),
        sa.CheckConstraint("subject_kind IN ('recording', 'work')", name=op.f("ck_disputes_subject_kind")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_disputes")),
        sa.UniqueConstraint("id", name=op.f("uq_disputes_id")),
    )
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputes_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "form_counters",
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("window_start", sa.DateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 1", name=op.f("ck_form_counters_count")),
        sa.PrimaryKeyConstraint("form", "sender", "window_start", name=op.f("pk_form_counters")),
    )
    with op.batch_alter_table("form_counters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_counters_window_start"), ["window_start"], unique=False)

    op.create_table(
        "notices",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("channel IN ('form', 'file', 'staff')", name=op.f("ck_notices_channel")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_notices")),
        sa.UniqueConstraint("document_sha256", name=op.f("uq_notices_document_sha256")),
        sa.UniqueConstraint("id", name=op.f("uq_notices_id")),
    )
    op.create_table(
        "public_log",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_public_log")),
        sa.UniqueConstraint("previous_sha256", name=op.f("uq_public_log_previous_sha256")),
        sa.UniqueConstraint("sha256", name=op.f("uq_public_log_sha256")),
    )
    op.create_table(
        "recording_holds",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("cause_kind", sa.String(length=8), nullable=False),
        sa.Column("cause_id", sa.String(length=64), nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("wants", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("before IN ('active', 'frozen', 'withdrawn')", name=op.f("ck_recording_holds_before")),
        sa.CheckConstraint("cause_kind IN ('dispute', 'notice', 'owner')", name=op.f("ck_recording_holds_cause_kind")),
        sa.CheckConstraint("wants IN ('frozen', 'withdrawn')", name=op.f("ck_recording_holds_wants")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_recording_holds")),
        sa.UniqueConstraint(
            "cause_kind", "cause_id", "recording_id", name=op.f("uq_recording_holds_cause_kind_cause_id_recording_id")
        ),
    )
    with op.batch_alter_table("recording_holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_holds_recording_id"), ["recording_id"], unique=False)

    op.create_table(
        "staydown",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("recipe_sha256", sa.String(length=64), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("landmarks", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('release', 'recording')", name=op.f("ck_staydown_kind")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staydown")),
    )
    with op.batch_alter_table("staydown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staydown_content_sha256"), ["content_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_staydown_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staydown_recipe_sha256"), ["recipe_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_staydown_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "staydown_keys",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "number", "place", name=op.f("pk_staydown_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "withdrawals",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("id", name=op.f("uq_withdrawals_id")),
    )
    op.create_table(
        "dispute_events",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("dispute_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("statement", sa.String(length=120), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(kind = 'resolved') = (outcome IS NOT NULL)", name=op.f("ck_dispute_events_outcome")),
        sa.CheckConstraint("kind IN ('opened', 'note', 'resolved')", name=op.f("ck_dispute_events_kind")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('upheld', 'rejected', 'settled')", name=op.f("ck_dispute_events_outcomes")
        ),
        sa.CheckConstraint("place >= 1", name=op.f("ck_dispute_events_place")),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_events_dispute_id_disputes")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_dispute_events")),
        sa.UniqueConstraint("dispute_id", "place", name=op.f("uq_dispute_events_dispute_id_place")),
        sa.UniqueConstraint("id", name=op.f("uq_dispute_events_id")),
    )
    op.create_table(
        "notice_events",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'incomplete', 'accepted', 'rejected', 'taken_down', 'counter_notice', 'restored', 'upheld')",
            name=op.f("ck_notice_events_state"),
        ),
        sa.CheckConstraint("place >= 1", name=op.f("ck_notice_events_place")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_events_notice_id_notices")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_notice_events")),
        sa.UniqueConstraint("id", name=op.f("uq_notice_events_id")),
        sa.UniqueConstraint("notice_id", "place", name=op.f("uq_notice_events_notice_id_place")),
    )
    with op.batch_alter_table("notice_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_events_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "notice_targets",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("remix_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_targets_notice_id_notices")),
        sa.PrimaryKeyConstraint("notice_id", "release_id", name=op.f("pk_notice_targets")),
    )
    with op.batch_alter_table("notice_targets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_targets_release_id"), ["release_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_targets_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recording_hold_ends",
        sa.Column("hold", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold"], ["recording_holds.sequence"], name=op.f("fk_recording_hold_ends_hold_recording_holds")
        ),
        sa.PrimaryKeyConstraint("hold", name=op.f("pk_recording_hold_ends")),
    )
    op.create_table(
        "staydown_ends",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["staydown.number"], name=op.f("fk_staydown_ends_number_staydown")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staydown_ends")),
    )
    op.create_table(
        "take_blocks",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("remix_id", sa.String(length=40), nullable=False),
        sa.Column("cause_kind", sa.String(length=8), nullable=False),
        sa.Column("cause_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("cause_kind IN ('grant', 'notice', 'dispute')", name=op.f("ck_take_blocks_cause_kind")),
        sa.ForeignKeyConstraint(["remix_id"], ["remixes.id"], name=op.f("fk_take_blocks_remix_id_remixes")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_take_blocks")),
        sa.UniqueConstraint(
            "remix_id",
            "cause_kind",
            "cause_id",
            "place",
            name=op.f("uq_take_blocks_remix_id_cause_kind_cause_id_place"),
        ),
    )
    with op.batch_alter_table("take_blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_take_blocks_remix_id"), ["remix_id"], unique=False)

    op.create_table(
        "take_block_ends",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["block"], ["take_blocks.sequence"], name=op.f("fk_take_block_ends_block_take_blocks")),
        sa.PrimaryKeyConstraint("block", name=op.f("pk_take_block_ends")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in TRIGGERS:
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("take_block_ends")
    with op.batch_alter_table("take_blocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_take_blocks_remix_id"))

    op.drop_table("take_blocks")
    op.drop_table("staydown_ends")
    op.drop_table("recording_hold_ends")
    with op.batch_alter_table("notice_targets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_targets_user_id"))
        batch_op.drop_index(batch_op.f("ix_notice_targets_release_id"))

    op.drop_table("notice_targets")
    with op.batch_alter_table("notice_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_events_state_due_at"))

    op.drop_table("notice_events")
    op.drop_table("dispute_events")
    op.drop_table("withdrawals")
    op.drop_table("staydown_keys")
    with op.batch_alter_table("staydown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staydown_subject_id"))
        batch_op.drop_index(batch_op.f("ix_staydown_recipe_sha256"))
        batch_op.drop_index(batch_op.f("ix_staydown_notice_id"))
        batch_op.drop_index(batch_op.f("ix_staydown_content_sha256"))

    op.drop_table("staydown")
    with op.batch_alter_table("recording_holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_holds_recording_id"))

    op.drop_table("recording_holds")
    op.drop_table("public_log")
    op.drop_table("notices")
    with op.batch_alter_table("form_counters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_counters_window_start"))

    op.drop_table("form_counters")
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disputes_subject_id"))

    op.drop_table("disputes")
