"""Which names and titles of the catalogue are mentioned in some words."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from contrafact.catalogue import store_mentions as store
from contrafact.catalogue.models import title_key
from contrafact.catalogue.parties import name_key
from contrafact.catalogue.values import RecordingView
from contrafact.catalogue.views import view

_MOST = 200


def recordings_of_artists(session: Session, names: Collection[str]) -> tuple[tuple[str, RecordingView], ...]:
    """Recordings by artists of these names that are here and not withdrawn: name of the artist, recording."""
    keys = {name_key(name) for name in names} - {""}
    return tuple((name, view(session, row)) for name, row in store.recordings_of_artists(session, keys, _MOST))


def titles_among(session: Session, texts: Collection[str]) -> tuple[str, ...]:
    """Titles in the catalogue that are one of these texts, whatever their case, spaces and Unicode form."""
    return tuple(store.titles_among(session, {title_key(text) for text in texts} - {""}, _MOST))
