"""Everything that was ever granted and switched, version by version, for whoever audits it."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from contrafact.rights import store


def all_grants(session: Session, song: tuple[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Every version of every grant in the order in which they came, as plain values, for the audit log.

    Parameters
    ----------
    song : tuple of str, optional
        Ids of a recording and its work, to which the grants are then confined.
    """
    for row in store.all_grants(session, song):
        yield {
            "id": row.id,
            "series": row.series,
            "version": row.version,
            "side": row.side,
            "subject_id": row.subject_id,
            "party_id": row.party_id,
            "authority": row.authority,
            "origin": row.origin,
            "status": row.status,
            "terms": json.loads(row.terms),
            "at": row.created_at.isoformat(),
            "by": row.created_by,
        }


def all_switches(session: Session) -> Iterator[dict[str, Any]]:
    """Every version of every switch in the order in which they came, as plain values, for the audit log."""
    for row in store.all_switches(session):
        yield {
            "id": row.id,
            "operation": row.operation,
            "version": row.version,
            "switch": json.loads(row.switch),
            "reason": row.reason,
            "at": row.created_at.isoformat(),
            "by": row.created_by,
        }
