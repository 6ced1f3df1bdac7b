"""${message}."""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels = None
depends_on = None

# What SQLite refuses to change, whoever asks; made after the tables.
TRIGGERS: tuple[str, ...] = (
% for statement in triggers:
    ${repr(statement)},
% endfor
)
# The same for PostgreSQL.
GUARDS: tuple[str, ...] = (
% for statement in guards:
    ${repr(statement)},
% endfor
)


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
    connection = op.get_bind()
    for statement in {"sqlite": TRIGGERS, "postgresql": GUARDS}.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
