"""A delivered release is known by every number that was told of it.

What was delivered before says its numbers in its document: they are read from there.
"""

# ruff: noqa: E501

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op
from stdnum import ean
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

revision = "0014"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

# What SQLite refuses to change, whoever asks; made after the tables.
TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER delivered_numbers_no_update BEFORE UPDATE ON delivered_numbers BEGIN SELECT RAISE(ABORT, 'delivered_numbers are never changed'); END",
    "CREATE TRIGGER delivered_numbers_no_delete BEFORE DELETE ON delivered_numbers BEGIN SELECT RAISE(ABORT, 'delivered_numbers are never changed'); END",
    "CREATE TRIGGER delivered_numbers_once BEFORE INSERT ON delivered_numbers WHEN EXISTS (SELECT 1 FROM delivered_numbers WHERE release_id = NEW.release_id AND number = NEW.number) BEGIN SELECT RAISE(ABORT, 'delivered_numbers are never changed'); END",
)
# The same for PostgreSQL.
GUARDS: tuple[str, ...] = (
    "CREATE TRIGGER delivered_numbers_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON delivered_numbers FOR EACH STATEMENT EXECUTE FUNCTION contrafact_never_changed()",
)
_AT_ONCE = 1_000


def upgrade() -> None:
    op.create_table(
        "delivered_numbers",
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("scheme", sa.String(length=300), nullable=False),
        sa.Column("sender_dpid", sa.String(length=18), nullable=False),
        sa.Column("of_track", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["delivered_releases.id"], name=op.f("fk_delivered_numbers_release_id_delivered_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", "number", name=op.f("pk_delivered_numbers")),
    )
    with op.batch_alter_table("delivered_numbers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivered_numbers_sender_dpid_number"), ["sender_dpid", "number"], unique=False
        )
    _fill(op.get_bind())
    connection = op.get_bind()
    for statement in {"sqlite": TRIGGERS, "postgresql": GUARDS}.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)


def _fill(connection: sa.Connection) -> None:
    page = sa.text("SELECT id, sender_dpid, document FROM delivered_releases WHERE id > :after ORDER BY id LIMIT :most")
    add = sa.text(
        "INSERT INTO delivered_numbers (release_id, number, scheme, sender_dpid, of_track) "
        "VALUES (:release_id, :number, :scheme, :sender_dpid, :of_track)"
    )
    after = ""
    while rows := connection.execute(page, {"after": after, "most": _AT_ONCE}).all():
        after = rows[-1].id
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for row in rows:
            release = json.loads(row.document).get("release", {})
            for scheme, number in _numbers(release.get("id", {})):
                found[(row.id, number)] = {
                    "release_id": row.id,
                    "number": number,
                    "scheme": scheme,
                    "sender_dpid": row.sender_dpid,
                    "of_track": "resource" in release,
                }
        if found:
            connection.execute(add, list(found.values()))


def _numbers(ids: dict[str, Any]) -> list[tuple[str, str]]:
    """Scheme and number of all that are right; as the program had them when this revision was written."""
    found = [
        (scheme, f"{scheme}:{normal}")
        for scheme, normal in (("grid", _grid(ids.get("grid", ""))), ("icpn", _icpn(ids.get("icpn", ""))))
        if normal
    ]
    own = [*([ids["catalogue_number"]] if "catalogue_number" in ids else []), *ids.get("proprietary", [])]
    numbers = [(f"id:{one['namespace']}", f"id:{one['namespace']}:{one['value']}") for one in own[:20]]
    return found + [(scheme, number) for scheme, number in numbers if len(number) <= 300]


def _grid(text: str) -> str | None:
    found = re.sub(r"[\s-]", "", text).upper().removeprefix("GRID").removeprefix(":")
    right = re.fullmatch(r"A1[0-9A-Z]{16}", found) is not None and mod_37_36.is_valid(found)
    return found if right else None


def _icpn(text: str) -> str | None:
    found = ean.compact(text)
    if not re.fullmatch(r"[0-9]{12,14}", found) or not found.strip("0"):
        return None
    try:
        return str(ean.validate(found))
    except ValidationError:
        return None


def downgrade() -> None:
    with op.batch_alter_table("delivered_numbers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivered_numbers_sender_dpid_number"))

    op.drop_table("delivered_numbers")
