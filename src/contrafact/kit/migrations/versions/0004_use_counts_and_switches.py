"""The operator's switches. Nothing is switched off in a library that is there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

_TRIGGERS = (
    "CREATE TRIGGER switches_no_update BEFORE UPDATE ON switches "
    "BEGIN SELECT RAISE(ABORT, 'switches are never changed'); END",
    "CREATE TRIGGER switches_no_delete BEFORE DELETE ON switches "
    "BEGIN SELECT RAISE(ABORT, 'switches are never changed'); END",
    "CREATE TRIGGER switches_once BEFORE INSERT ON switches "
    "WHEN EXISTS (SELECT 1 FROM switches WHERE id = NEW.id OR (operation = NEW.operation AND version = NEW.version)) "
    "BEGIN SELECT RAISE(ABORT, 'switches are never changed'); END",
)


def upgrade() -> None:
    op.create_table(
        "switches",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("switch", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_switches_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switches")),
        sa.UniqueConstraint("operation", "version", name=op.f("uq_switches_operation_version")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for trigger in _TRIGGERS:
            op.execute(trigger)


def downgrade() -> None:
    op.drop_table("switches")
