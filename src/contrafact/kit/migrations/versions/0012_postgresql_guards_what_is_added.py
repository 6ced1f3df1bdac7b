"""PostgreSQL refuses to add to evidence what SQLite always refused; titles and single songs' mandates are found fast."""

# ruff: noqa: E501

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

# Chains that go on anywhere but at their heads, postings that do not balance or come late, older versions.
GUARDS: tuple[str, ...] = (
    "CREATE FUNCTION contrafact_decisions_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.previous_sha256 IS DISTINCT FROM COALESCE((SELECT chain_sha256 FROM decisions ORDER BY sequence DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') THEN RAISE EXCEPTION USING MESSAGE = 'a decision continues the chain at its head', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER decisions_next BEFORE INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION contrafact_decisions_next()",
    "CREATE FUNCTION contrafact_ledger_postings_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.transaction_id) OR EXISTS (SELECT 1 FROM ledger_postings WHERE transaction_id = NEW.transaction_id AND position = NEW.position) THEN RAISE EXCEPTION USING MESSAGE = 'a sealed transaction gets no further postings', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER ledger_postings_unsealed BEFORE INSERT ON ledger_postings FOR EACH ROW EXECUTE FUNCTION contrafact_ledger_postings_unsealed()",
    "CREATE FUNCTION contrafact_ledger_transactions_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.total_micros IS DISTINCT FROM (SELECT SUM(amount_micros) FROM ledger_postings WHERE transaction_id = NEW.id AND side = 'debit') OR NEW.total_micros IS DISTINCT FROM (SELECT SUM(amount_micros) FROM ledger_postings WHERE transaction_id = NEW.id AND side = 'credit') THEN RAISE EXCEPTION USING MESSAGE = 'debits and credits of a transaction must be equal', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER ledger_transactions_balanced BEFORE INSERT ON ledger_transactions FOR EACH ROW EXECUTE FUNCTION contrafact_ledger_transactions_balanced()",
    "CREATE FUNCTION contrafact_ledger_transactions_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.sequence IS DISTINCT FROM (SELECT COALESCE(MAX(sequence), 0) + 1 FROM ledger_transactions) OR NEW.previous_hash IS DISTINCT FROM COALESCE((SELECT hash FROM ledger_transactions ORDER BY sequence DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') OR EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.id OR hash = NEW.hash OR usage_event_id = NEW.usage_event_id) THEN RAISE EXCEPTION USING MESSAGE = 'a transaction continues the ledger at its head', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER ledger_transactions_next BEFORE INSERT ON ledger_transactions FOR EACH ROW EXECUTE FUNCTION contrafact_ledger_transactions_next()",
    "CREATE FUNCTION contrafact_mandates_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM mandates WHERE series = NEW.series AND version >= NEW.version OR id = NEW.id) THEN RAISE EXCEPTION USING MESSAGE = 'mandates are never changed', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER mandates_once BEFORE INSERT ON mandates FOR EACH ROW EXECUTE FUNCTION contrafact_mandates_once()",
    "CREATE FUNCTION contrafact_ownership_shares_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.position NOT BETWEEN 0 AND (SELECT share_count - 1 FROM ownership_statements WHERE id = NEW.statement_id) THEN RAISE EXCEPTION USING MESSAGE = 'a statement gets no further shares', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER ownership_shares_counted BEFORE INSERT ON ownership_shares FOR EACH ROW EXECUTE FUNCTION contrafact_ownership_shares_counted()",
    "CREATE FUNCTION contrafact_ownership_statements_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM ownership_statements WHERE subject_id = NEW.subject_id AND version >= NEW.version OR id = NEW.id) THEN RAISE EXCEPTION USING MESSAGE = 'ownership_statements are never changed', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER ownership_statements_once BEFORE INSERT ON ownership_statements FOR EACH ROW EXECUTE FUNCTION contrafact_ownership_statements_once()",
    "CREATE FUNCTION contrafact_people_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM people WHERE party_id = NEW.party_id AND version >= NEW.version OR id = NEW.id) THEN RAISE EXCEPTION USING MESSAGE = 'people are never changed', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER people_once BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION contrafact_people_once()",
    "CREATE FUNCTION contrafact_public_log_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.sequence IS DISTINCT FROM (SELECT COALESCE(MAX(sequence), 0) + 1 FROM public_log) OR NEW.previous_sha256 IS DISTINCT FROM COALESCE((SELECT sha256 FROM public_log ORDER BY sequence DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') THEN RAISE EXCEPTION USING MESSAGE = 'an entry continues the public log at its head', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER public_log_next BEFORE INSERT ON public_log FOR EACH ROW EXECUTE FUNCTION contrafact_public_log_next()",
    "CREATE FUNCTION contrafact_royalty_closings_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number), 0) + 1 FROM royalty_closings) OR NEW.first_sequence IS DISTINCT FROM (SELECT COALESCE(MAX(last_sequence), 0) + 1 FROM royalty_closings) OR NEW.last_sequence < NEW.first_sequence - 1 OR NEW.previous_hash IS DISTINCT FROM COALESCE((SELECT hash FROM royalty_closings ORDER BY number DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') OR EXISTS (SELECT 1 FROM royalty_closings WHERE period >= NEW.period OR hash = NEW.hash) THEN RAISE EXCEPTION USING MESSAGE = 'a period is closed once, after the one before it', ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER royalty_closings_next BEFORE INSERT ON royalty_closings FOR EACH ROW EXECUTE FUNCTION contrafact_royalty_closings_next()",
)
_GUARDED = (
    ("decisions_next", "decisions"),
    ("ledger_postings_unsealed", "ledger_postings"),
    ("ledger_transactions_balanced", "ledger_transactions"),
    ("ledger_transactions_next", "ledger_transactions"),
    ("mandates_once", "mandates"),
    ("ownership_shares_counted", "ownership_shares"),
    ("ownership_statements_once", "ownership_statements"),
    ("people_once", "people"),
    ("public_log_next", "public_log"),
    ("royalty_closings_next", "royalty_closings"),
)


def upgrade() -> None:
    connection = op.get_bind()
    op.create_index(op.f("ix_mandates_principal_id_subject_id"), "mandates", ["principal_id", "subject_id"])
    op.add_column("recordings", sa.Column("title_key", sa.String(length=300), nullable=True))
    op.create_index(op.f("ix_recordings_title_key"), "recordings", ["title_key"])
    titles = connection.execute(sa.text("SELECT id, title FROM recordings ORDER BY id")).all()
    for start in range(0, len(titles), 1_000):
        keys = [{"id": id, "key": _key(title)} for id, title in titles[start : start + 1_000]]
        connection.execute(sa.text("UPDATE recordings SET title_key = :key WHERE id = :id"), keys)
    if connection.dialect.name == "postgresql":
        for statement in GUARDS:
            connection.exec_driver_sql(statement)


def _key(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())[:300]


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for name, table in _GUARDED:
            connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
            connection.exec_driver_sql(f"DROP FUNCTION contrafact_{name}()")
    op.drop_index(op.f("ix_recordings_title_key"), table_name="recordings")
    op.drop_column("recordings", "title_key")
    op.drop_index(op.f("ix_mandates_principal_id_subject_id"), table_name="mandates")
