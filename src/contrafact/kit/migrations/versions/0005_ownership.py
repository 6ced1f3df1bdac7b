"""Ownership: shares by territory and time as statements, mandates, people, and recordings told of before their sound.

The shares that are there become the first statement of their recording or work, everywhere and for all time. Going back,
only the latest statements' shares that hold everywhere and always can be kept.
"""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

# What SQLite refuses to change, whoever asks; made after the tables.
TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER ownership_statements_no_update BEFORE UPDATE ON ownership_statements BEGIN SELECT RAISE(ABORT, 'ownership_statements are never changed'); END",
    "CREATE TRIGGER ownership_statements_no_delete BEFORE DELETE ON ownership_statements BEGIN SELECT RAISE(ABORT, 'ownership_statements are never changed'); END",
    "CREATE TRIGGER ownership_statements_once BEFORE INSERT ON ownership_statements WHEN EXISTS (SELECT 1 FROM ownership_statements WHERE subject_id = NEW.subject_id AND version >= NEW.version OR id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ownership_statements are never changed'); END",
    "CREATE TRIGGER ownership_shares_no_update BEFORE UPDATE ON ownership_shares BEGIN SELECT RAISE(ABORT, 'ownership_shares are never changed'); END",
    "CREATE TRIGGER ownership_shares_no_delete BEFORE DELETE ON ownership_shares BEGIN SELECT RAISE(ABORT, 'ownership_shares are never changed'); END",
    "CREATE TRIGGER ownership_shares_once BEFORE INSERT ON ownership_shares WHEN EXISTS (SELECT 1 FROM ownership_shares WHERE statement_id = NEW.statement_id AND position = NEW.position) BEGIN SELECT RAISE(ABORT, 'ownership_shares are never changed'); END",
    "CREATE TRIGGER mandates_no_update BEFORE UPDATE ON mandates BEGIN SELECT RAISE(ABORT, 'mandates are never changed'); END",
    "CREATE TRIGGER mandates_no_delete BEFORE DELETE ON mandates BEGIN SELECT RAISE(ABORT, 'mandates are never changed'); END",
    "CREATE TRIGGER mandates_once BEFORE INSERT ON mandates WHEN EXISTS (SELECT 1 FROM mandates WHERE series = NEW.series AND version >= NEW.version OR id = NEW.id) BEGIN SELECT RAISE(ABORT, 'mandates are never changed'); END",
    "CREATE TRIGGER people_no_update BEFORE UPDATE ON people BEGIN SELECT RAISE(ABORT, 'people are never changed'); END",
    "CREATE TRIGGER people_no_delete BEFORE DELETE ON people BEGIN SELECT RAISE(ABORT, 'people are never changed'); END",
    "CREATE TRIGGER people_once BEFORE INSERT ON people WHEN EXISTS (SELECT 1 FROM people WHERE party_id = NEW.party_id AND version >= NEW.version OR id = NEW.id) BEGIN SELECT RAISE(ABORT, 'people are never changed'); END",
    "CREATE TRIGGER catalogue_changes_no_update BEFORE UPDATE ON catalogue_changes BEGIN SELECT RAISE(ABORT, 'catalogue_changes are never changed'); END",
    "CREATE TRIGGER catalogue_changes_no_delete BEFORE DELETE ON catalogue_changes BEGIN SELECT RAISE(ABORT, 'catalogue_changes are never changed'); END",
    "CREATE TRIGGER catalogue_changes_once BEFORE INSERT ON catalogue_changes WHEN EXISTS (SELECT 1 FROM catalogue_changes WHERE sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'catalogue_changes are never changed'); END",
    "CREATE TRIGGER ownership_shares_counted BEFORE INSERT ON ownership_shares WHEN NEW.position NOT BETWEEN 0 AND (SELECT share_count - 1 FROM ownership_statements WHERE id = NEW.statement_id) BEGIN SELECT RAISE(ABORT, 'a statement gets no further shares'); END",
)

_SIDES = (("master", "master_shares", "recording_id", "recordings"), ("work", "work_shares", "work_id", "works"))
# An id keeps the random part of its subject's: one first statement for each.
_STATEMENTS = (
    "INSERT INTO ownership_statements "
    "(id, side, subject_id, version, share_count, stated_by, reason, evidence, created_at) "
    "SELECT 'own_' || substr(o.id, 5), '{side}', o.id, 1, COUNT(*), 'system', 'as it was taken in', "
    "'shares kept before statements were', o.created_at "
    "FROM {shares} s JOIN {owned} o ON o.id = s.{key} GROUP BY o.id, o.created_at"
)
_SHARES = (
    "INSERT INTO ownership_shares "
    "(statement_id, position, party_id, role, numerator, denominator, include, exclude) "
    "SELECT 'own_' || substr({key}, 5), ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY party_id, role) - 1, "
    "party_id, role, numerator, denominator, 'Worldwide', '' FROM {shares}"
)
_BACK = (
    "INSERT INTO {shares} ({key}, party_id, role, numerator, denominator) "
    "SELECT t.subject_id, s.party_id, s.role, MAX(s.numerator), MAX(s.denominator) "
    "FROM ownership_shares s JOIN ownership_statements t ON t.id = s.statement_id "
    "WHERE t.side = '{side}' AND t.subject_id IN (SELECT id FROM {owned}) AND t.version = "
    "(SELECT MAX(version) FROM ownership_statements n WHERE n.subject_id = t.subject_id) "
    "AND s.include = 'Worldwide' AND s.exclude = '' AND s.valid_from IS NULL AND s.valid_to IS NULL "
    "GROUP BY t.subject_id, s.party_id, s.role HAVING COUNT(*) = 1"
)


def upgrade() -> None:
    op.create_table(
        "ownership_statements",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("share_count", sa.Integer(), nullable=False),
        sa.Column("stated_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("side IN ('master', 'work')", name=op.f("ck_ownership_statements_side")),
        sa.CheckConstraint("share_count >= 0", name=op.f("ck_ownership_statements_share_count")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_ownership_statements_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_statements")),
        sa.UniqueConstraint("subject_id", "version", name=op.f("uq_ownership_statements_subject_id_version")),
    )

    op.create_table(
        "ownership_shares",
        sa.Column("statement_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("include", sa.Text(), nullable=False),
        sa.Column("exclude", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=True),
        sa.Column("valid_to", sa.DateTime(), nullable=True),
        sa.CheckConstraint("0 < numerator AND numerator <= denominator", name=op.f("ck_ownership_shares_share")),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_ownership_shares_validity")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_ownership_shares_party_id_parties")),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["ownership_statements.id"],
            name=op.f("fk_ownership_shares_statement_id_ownership_statements"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_ownership_shares")),
    )
    with op.batch_alter_table("ownership_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ownership_shares_party_id"), ["party_id"], unique=False)

    op.create_table(
        "mandates",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("principal_id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=True),
        sa.Column("operations", sa.Text(), nullable=True),
        sa.Column("include", sa.Text(), nullable=False),
        sa.Column("exclude", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=True),
        sa.Column("valid_to", sa.DateTime(), nullable=True),
        sa.Column("stated_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("role IN ('administrator', 'agent', 'distributor')", name=op.f("ck_mandates_role")),
        sa.CheckConstraint("side IN ('master', 'work', 'voice')", name=op.f("ck_mandates_side")),
        sa.CheckConstraint("status IN ('active', 'ended')", name=op.f("ck_mandates_status")),
        sa.CheckConstraint("principal_id <> agent_id", name=op.f("ck_mandates_parties")),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_mandates_validity")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mandates_version")),
        sa.ForeignKeyConstraint(["agent_id"], ["parties.id"], name=op.f("fk_mandates_agent_id_parties")),
        sa.ForeignKeyConstraint(["principal_id"], ["parties.id"], name=op.f("fk_mandates_principal_id_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
        sa.UniqueConstraint("series", "version", name=op.f("uq_mandates_series_version")),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandates_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandates_principal_id_series"), ["principal_id", "series"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("guardians", sa.Text(), nullable=False),
        sa.Column("estate", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("status IN ('living', 'deceased')", name=op.f("ck_people_status")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_people_version")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_people_party_id_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("party_id", "version", name=op.f("uq_people_party_id_version")),
    )

    op.create_table(
        "announced_recordings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("work_id", sa.String(length=40), nullable=False),
        sa.Column("isrc", sa.String(length=12), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("artist", sa.String(length=300), nullable=False),
        sa.Column("album", sa.String(length=300), nullable=True),
        sa.Column("label", sa.String(length=300), nullable=True),
        sa.Column("genres", sa.String(length=1000), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_announced_recordings_work_id_works")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_recordings")),
        sa.UniqueConstraint("isrc", name=op.f("uq_announced_recordings_isrc")),
        sa.UniqueConstraint("reference", name=op.f("uq_announced_recordings_reference")),
    )
    with op.batch_alter_table("announced_recordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announced_recordings_label"), ["label"], unique=False)
        batch_op.create_index(batch_op.f("ix_announced_recordings_work_id"), ["work_id"], unique=False)

    op.create_table(
        "catalogue_changes",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("stated_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("subject IN ('recording', 'work', 'party')", name=op.f("ck_catalogue_changes_subject")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_catalogue_changes")),
    )
    with op.batch_alter_table("catalogue_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_catalogue_changes_subject_id_sequence"), ["subject_id", "sequence"], unique=False
        )

    for side, shares, key, owned in _SIDES:
        for statement in (_STATEMENTS, _SHARES):
            op.execute(statement.format(side=side, shares=shares, key=key, owned=owned))
    op.drop_table("work_shares")
    op.drop_table("master_shares")

    with op.batch_alter_table("contributions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_contributions_recording_id_recordings"), type_="foreignkey")

    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("label", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("genres", sa.String(length=1000), nullable=True))
        batch_op.create_index(batch_op.f("ix_recordings_label"), ["label"], unique=False)

    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in TRIGGERS:
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    # Not in a batch: making the table anew would drop it from under the tables that point to it.
    op.drop_index(op.f("ix_recordings_label"), table_name="recordings")
    op.drop_column("recordings", "genres")
    op.drop_column("recordings", "label")

    op.execute("DELETE FROM contributions WHERE recording_id NOT IN (SELECT id FROM recordings)")
    with op.batch_alter_table("contributions", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_contributions_recording_id_recordings"), "recordings", ["recording_id"], ["id"]
        )

    for side, shares, key, owned in _SIDES:
        _make_shares(shares, key, owned)
        op.execute(_BACK.format(side=side, shares=shares, key=key, owned=owned))

    op.drop_table("ownership_shares")
    op.drop_table("ownership_statements")
    op.drop_table("mandates")
    op.drop_table("people")
    op.drop_table("announced_recordings")
    op.drop_table("catalogue_changes")


def _make_shares(shares: str, key: str, owned: str) -> None:
    op.create_table(
        shares,
        sa.Column(key, sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 < numerator AND numerator <= denominator", name=op.f(f"ck_{shares}_share")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f(f"fk_{shares}_party_id_parties")),
        sa.ForeignKeyConstraint([key], [f"{owned}.id"], name=op.f(f"fk_{shares}_{key}_{owned}")),
        sa.PrimaryKeyConstraint(key, "party_id", "role", name=op.f(f"pk_{shares}")),
    )
    with op.batch_alter_table(shares, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{shares}_party_id"), ["party_id"], unique=False)
