"""Who took a song apart is noted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recordings", sa.Column("separator", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("recordings", "separator")
