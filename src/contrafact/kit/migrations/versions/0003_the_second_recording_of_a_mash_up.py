"""The second recording of a mash-up. Remixes that are there already have none."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("remixes", schema=None) as batch:
        batch.add_column(sa.Column("guest_recording_id", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("guest_chart_blob", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("remixes", schema=None) as batch:
        batch.drop_column("guest_chart_blob")
        batch.drop_column("guest_recording_id")
