"""What labels delivered by DDEX: messages, releases, recordings, the grants that came of them, and whom senders mean."""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

# What SQLite refuses to change, whoever asks; made after the tables.
TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER delivered_messages_no_update BEFORE UPDATE ON delivered_messages BEGIN SELECT RAISE(ABORT, 'delivered_messages are never changed'); END",
    "CREATE TRIGGER delivered_messages_no_delete BEFORE DELETE ON delivered_messages BEGIN SELECT RAISE(ABORT, 'delivered_messages are never changed'); END",
    "CREATE TRIGGER delivered_messages_once BEFORE INSERT ON delivered_messages WHEN EXISTS (SELECT 1 FROM delivered_messages WHERE id = NEW.id OR (sender_dpid = NEW.sender_dpid AND message_key = NEW.message_key)) BEGIN SELECT RAISE(ABORT, 'delivered_messages are never changed'); END",
    "CREATE TRIGGER delivered_releases_no_update BEFORE UPDATE ON delivered_releases BEGIN SELECT RAISE(ABORT, 'delivered_releases are never changed'); END",
    "CREATE TRIGGER delivered_releases_no_delete BEFORE DELETE ON delivered_releases BEGIN SELECT RAISE(ABORT, 'delivered_releases are never changed'); END",
    "CREATE TRIGGER delivered_releases_once BEFORE INSERT ON delivered_releases WHEN EXISTS (SELECT 1 FROM delivered_releases WHERE id = NEW.id OR (message_id = NEW.message_id AND reference = NEW.reference)) BEGIN SELECT RAISE(ABORT, 'delivered_releases are never changed'); END",
    "CREATE TRIGGER delivered_recordings_no_update BEFORE UPDATE ON delivered_recordings BEGIN SELECT RAISE(ABORT, 'delivered_recordings are never changed'); END",
    "CREATE TRIGGER delivered_recordings_no_delete BEFORE DELETE ON delivered_recordings BEGIN SELECT RAISE(ABORT, 'delivered_recordings are never changed'); END",
    "CREATE TRIGGER delivered_recordings_once BEFORE INSERT ON delivered_recordings WHEN EXISTS (SELECT 1 FROM delivered_recordings WHERE message_id = NEW.message_id AND reference = NEW.reference) BEGIN SELECT RAISE(ABORT, 'delivered_recordings are never changed'); END",
    "CREATE TRIGGER delivered_grants_no_update BEFORE UPDATE ON delivered_grants BEGIN SELECT RAISE(ABORT, 'delivered_grants are never changed'); END",
    "CREATE TRIGGER delivered_grants_no_delete BEFORE DELETE ON delivered_grants BEGIN SELECT RAISE(ABORT, 'delivered_grants are never changed'); END",
    "CREATE TRIGGER delivered_grants_once BEFORE INSERT ON delivered_grants WHEN EXISTS (SELECT 1 FROM delivered_grants WHERE release_id = NEW.release_id AND recording_id = NEW.recording_id AND slot = NEW.slot) BEGIN SELECT RAISE(ABORT, 'delivered_grants are never changed'); END",
    "CREATE TRIGGER delivered_parties_no_update BEFORE UPDATE ON delivered_parties BEGIN SELECT RAISE(ABORT, 'delivered_parties are never changed'); END",
    "CREATE TRIGGER delivered_parties_no_delete BEFORE DELETE ON delivered_parties BEGIN SELECT RAISE(ABORT, 'delivered_parties are never changed'); END",
    "CREATE TRIGGER delivered_parties_once BEFORE INSERT ON delivered_parties WHEN EXISTS (SELECT 1 FROM delivered_parties WHERE sender_dpid = NEW.sender_dpid AND party_key = NEW.party_key) BEGIN SELECT RAISE(ABORT, 'delivered_parties are never changed'); END",
)


def upgrade() -> None:
    op.create_table(
        "delivered_messages",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sender_dpid", sa.String(length=18), nullable=False),
        sa.Column("message_key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("message_created", sa.DateTime(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivered_messages")),
        sa.UniqueConstraint("sender_dpid", "message_key", name=op.f("uq_delivered_messages_sender_dpid_message_key")),
    )
    with op.batch_alter_table("delivered_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivered_messages_sha256"), ["sha256"], unique=False)

    op.create_table(
        "delivered_parties",
        sa.Column("sender_dpid", sa.String(length=18), nullable=False),
        sa.Column("party_key", sa.String(length=400), nullable=False),
        sa.Column("party_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("sender_dpid", "party_key", name=op.f("pk_delivered_parties")),
    )
    op.create_table(
        "delivered_recordings",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["delivered_messages.id"],
            name=op.f("fk_delivered_recordings_message_id_delivered_messages"),
        ),
        sa.PrimaryKeyConstraint("message_id", "reference", name=op.f("pk_delivered_recordings")),
    )
    with op.batch_alter_table("delivered_recordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivered_recordings_recording_id"), ["recording_id"], unique=False)

    op.create_table(
        "delivered_releases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("sender_dpid", sa.String(length=18), nullable=False),
        sa.Column("release_key", sa.String(length=300), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("message_created", sa.DateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["delivered_messages.id"], name=op.f("fk_delivered_releases_message_id_delivered_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivered_releases")),
        sa.UniqueConstraint("message_id", "reference", name=op.f("uq_delivered_releases_message_id_reference")),
    )
    with op.batch_alter_table("delivered_releases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivered_releases_sender_dpid_release_key_message_created"),
            ["sender_dpid", "release_key", "message_created"],
            unique=False,
        )

    op.create_table(
        "delivered_grants",
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["delivered_releases.id"], name=op.f("fk_delivered_grants_release_id_delivered_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", "recording_id", "slot", name=op.f("pk_delivered_grants")),
    )
    with op.batch_alter_table("delivered_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivered_grants_series"), ["series"], unique=False)

    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in TRIGGERS:
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    with op.batch_alter_table("delivered_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivered_grants_series"))

    op.drop_table("delivered_grants")
    with op.batch_alter_table("delivered_releases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivered_releases_sender_dpid_release_key_message_created"))

    op.drop_table("delivered_releases")
    with op.batch_alter_table("delivered_recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivered_recordings_recording_id"))

    op.drop_table("delivered_recordings")
    op.drop_table("delivered_parties")
    with op.batch_alter_table("delivered_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivered_messages_sha256"))

    op.drop_table("delivered_messages")
