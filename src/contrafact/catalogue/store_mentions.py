"""Queries for names and titles that somebody mentions."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.catalogue.models import ContributionRow, PartyRow, RecordingRow
from contrafact.catalogue.values import ARTIST_ROLES


def recordings_of_artists(session: Session, name_keys: Collection[str], most: int) -> list[tuple[str, RecordingRow]]:
    """Recordings that are here with the name of their artist, for artists whose name key is one of these."""
    query = (
        select(PartyRow.name, RecordingRow)
        .join(ContributionRow, ContributionRow.party_id == PartyRow.id)
        .join(RecordingRow, RecordingRow.id == ContributionRow.recording_id)
        .where(PartyRow.name_key.in_(name_keys), ContributionRow.role.in_(ARTIST_ROLES))
        .where(RecordingRow.status != "withdrawn")
        .order_by(PartyRow.name, RecordingRow.created_at, RecordingRow.id)
        .limit(most)
    )
    return [(name, row) for name, row in session.execute(query)]


def titles_among(session: Session, title_keys: Collection[str], most: int) -> list[str]:
    """Titles of recordings whose key is one of these."""
    query = (
        select(RecordingRow.title)
        .where(RecordingRow.title_key.in_(title_keys))
        .order_by(RecordingRow.title)
        .distinct()
        .limit(most)
    )
    return list(session.scalars(query))
