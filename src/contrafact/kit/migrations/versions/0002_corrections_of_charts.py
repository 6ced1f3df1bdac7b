"""Corrections of charts, and which chart a remix was made from.

Remixes that are there already keep no chart: they were made from what was heard.
"""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None

# What SQLite refuses to change, whoever asks; made after the tables.
TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections are never changed'); END",
    "CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections are never changed'); END",
    "CREATE TRIGGER corrections_once BEFORE INSERT ON corrections WHEN EXISTS (SELECT 1 FROM corrections WHERE id = NEW.id OR (recording_id = NEW.recording_id AND version = NEW.version)) BEGIN SELECT RAISE(ABORT, 'corrections are never changed'); END",
)


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("heard_blob", sa.String(length=64), nullable=False),
        sa.Column("chart_blob", sa.String(length=64), nullable=False),
        sa.Column("tempo_bpm", sa.Float(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("metre", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_corrections_version")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_corrections_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("recording_id", "version", name=op.f("uq_corrections_recording_id_version")),
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrections_chart_blob"), ["chart_blob"], unique=False)

    with op.batch_alter_table("remixes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chart_blob", sa.String(length=64), nullable=True))

    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in TRIGGERS:
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    with op.batch_alter_table("remixes", schema=None) as batch_op:
        batch_op.drop_column("chart_blob")

    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corrections_chart_blob"))

    op.drop_table("corrections")
