"""The auditor's guide is true: its queries and arithmetic, written again without our program, agree with the ledger."""

import hashlib
import json
import sqlite3
import tomllib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.royalties import service
from contrafact.royalties.schemas import Payee, Payout, SourcePayout, UsageEvent

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "auditor.md"
CONTRACT = Path(service.__file__).parent / "contracts" / "default-1.toml"


def amounts(row: dict[str, Any], event: dict[str, Any], contract: dict[str, Any]) -> dict[tuple[str, str, str], int]:
    """The guide's arithmetic."""
    basis = json.loads(row["basis"])
    fee = contract["fees_micros"][event["kind"]]
    split = {name: Fraction(share) for name, share in contract["splits"][basis["split"]].items()}
    exact = {
        ("income:platform", "platform", ""): fee * split["platform"],
        ("liabilities:engine", "engine", ""): fee * split["engine"],
        (f"liabilities:remixer:{basis['remixer']['id']}", "remixer", ""): fee * split["remixer"],
    }
    for source in basis["sources"]:
        for side in ("master", "work"):
            part = fee * split["rights"] * Fraction(source["share"]) * Fraction(contract["rights"][side])
            held = Fraction(1)
            for payee in source["payees"]:
                if payee["side"] == side and payee["party_id"] and not source["frozen"]:
                    key = (f"liabilities:party:{payee['party_id']}", f"{side}: {payee['role']}", source["recording_id"])
                    exact[key] = exact.get(key, Fraction(0)) + part * Fraction(payee["share"])
                    held -= Fraction(payee["share"])
            exact[(f"liabilities:suspense:{source['recording_id']}:{side}", side, source["recording_id"])] = part * held
    whole = {key: value.numerator // value.denominator for key, value in exact.items()}
    largest = sorted(exact, key=lambda key: (whole[key] - exact[key], key))
    for key in largest[: fee - sum(whole.values())]:
        whole[key] += 1
    return {key: value for key, value in whole.items() if value}


def test_the_guides_arithmetic_and_hashes_agree_with_the_ledger(
    database: Database, payout: Payout, clock: FixedClock, event: Callable[..., UsageEvent]
) -> None:
    second = SourcePayout("rec_two", Fraction(3, 7), (Payee(None, "?", "label", "master", Fraction(1, 3)),))
    third = SourcePayout("rec_three", Fraction(1, 7), (Payee("pty_x", "Ü “X”", "writer", "work", Fraction(1)),), True)
    first = replace(payout.sources[0], share=Fraction(3, 7))
    mixed = replace(payout, sources=(first, second, third), remixer_name="Zoë 😀")
    with database.transaction() as session:
        for number, which in enumerate((payout, mixed, mixed, payout)):
            user = "usr_ada" if number == 2 else "usr_ben"
            kind = "generation" if number == 3 else "play"
            service.record_usage(session, event(f"k{number}", kind, user=user), which, clock)

    plain = sqlite3.connect(str(database.engine.url.database))
    plain.row_factory = sqlite3.Row
    queries = [line for line in GUIDE.read_text("utf-8").split("\n\n") if line.lstrip().startswith("SELECT")]
    assert len(queries) == 2
    for query in queries:
        assert plain.execute(query).fetchall() == []

    contract = tomllib.loads(CONTRACT.read_text("utf-8"))
    previous = "0" * 64
    transactions = [dict(row) for row in plain.execute("SELECT * FROM ledger_transactions ORDER BY sequence")]
    assert len(transactions) == 4
    for row in transactions:
        use = dict(plain.execute("SELECT * FROM usage_events WHERE id = ?", (row["usage_event_id"],)).fetchone())
        lines = [
            dict(line)
            for line in plain.execute(
                "SELECT * FROM ledger_postings WHERE transaction_id = ? ORDER BY position", (row["id"],)
            )
        ]
        paid = {
            (line["account"], line["role"], line["source_id"] or ""): line["amount_micros"]
            for line in lines
            if line["side"] == "credit"
        }
        assert paid == amounts(row, use, contract)
        columns = ("account", "side", "amount_micros", "party_id", "name", "role", "source_id")
        document = {
            "transaction": {key: as_text(value) for key, value in row.items() if key != "hash"},
            "event": {key: as_text(value) for key, value in use.items()},
            "postings": [[as_text(line[column]) for column in columns] for line in lines],
        }
        # Without numbers and with ASCII keys, RFC 8785 is this.
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(canonical).hexdigest() == row["hash"]
        assert row["previous_hash"] == previous
        previous = row["hash"]
    plain.close()


def as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value
