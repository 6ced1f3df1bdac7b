"""The audit log: every grant, switch and decision in the order in which it came, as one document per line.

What is written can be checked without this program: decisions carry their canonical snapshot, its SHA-256 and the
chain of hashes (each link is the SHA-256 of the link before and the snapshot's), grants and
switches all their versions.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.kit.text import no_formula
from contrafact.rights import keeping, logbook
from contrafact.rights.values import DISTRIBUTION_OPERATIONS

COLUMNS = ("kind", "at", "id", "by", "subject", "outcome", "summary", "sha256")


def entries(session: Session, song: tuple[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Every entry of the log: grants by version, switches by version, then decisions along their chain.

    Parameters
    ----------
    song : tuple of str, optional
        Ids of a recording and its work, to which grants and decisions are then confined; the links of the chain that
        are left out are named by their number.
    """
    for grant in logbook.all_grants(session, song):
        yield {"kind": "grant", **grant}
    if song is None:
        for switch in logbook.all_switches(session):
            yield {"kind": "switch", **switch}
    for kept in keeping.kept(session):
        document = json.loads(kept.snapshot)
        touched = {each["recording_id"] for each in document["facts"]["subjects"]}
        if song is None or song[0] in touched:
            yield {
                "kind": "decision",
                "number": kept.sequence,
                "id": kept.id,
                "at": kept.recorded_at.isoformat(),
                "by": kept.user_id,
                "purpose": kept.purpose,
                "outcome": kept.outcome,
                "snapshot_sha256": kept.snapshot_sha256,
                "previous_sha256": kept.previous_sha256,
                "chain_sha256": kept.chain_sha256,
                "snapshot": document,
            }


def as_lines(found: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """One canonical JSON document a line (RFC 8785, then a line feed)."""
    for entry in found:
        yield canonical_json(entry) + b"\n"


def as_table(found: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """The same as CSV for a spreadsheet: what happened, without the snapshots. No cell begins a formula."""
    yield _row(COLUMNS)
    for entry in found:
        yield _row(_cells(entry))


def _cells(entry: Mapping[str, Any]) -> tuple[str, ...]:
    kind, at, by = str(entry["kind"]), str(entry["at"]), str(entry["by"])
    if kind == "decision":
        asked = [use["operation"] for use in entry["snapshot"]["request"]["operations"]]
        away = [name for name in asked if name in DISTRIBUTION_OPERATIONS]
        subjects = " + ".join(f"{each['title']} – {each['artist']}" for each in entry["snapshot"]["facts"]["subjects"])
        codes = ", ".join(sorted({reason["code"] for reason in entry["snapshot"]["reasons"]}))
        told = f"{entry['purpose']}: {', '.join(name for name in asked if name not in away)}"
        told = f"{told}; {', '.join(away)}" if away else told
        return kind, at, str(entry["id"]), by, subjects, f"{entry['outcome']} ({codes})", told, entry["snapshot_sha256"]
    if kind == "grant":
        operations = ", ".join(each["operation"] for each in entry["terms"]["operations"])
        subject = f"{entry['side']} {entry['subject_id']} of {entry['party_id']}"
        told = f"{entry['series']} version {entry['version']} ({entry['origin']}): {operations}"
        return kind, at, str(entry["id"]), by, subject, str(entry["status"]), told, ""
    state = "on" if entry["switch"]["on"] else "off"
    return kind, at, str(entry["id"]), by, str(entry["operation"]), state, str(entry["reason"]), ""


def _row(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(map(no_formula, cells))
    return text.getvalue().encode()
