"""Parties by name and identifier."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from contrafact.catalogue import store
from contrafact.catalogue import store_ownership as told
from contrafact.catalogue.changing import Said, line, log
from contrafact.catalogue.errors import BadIdentifier, TakenIdentifier
from contrafact.catalogue.identifiers import CHECKS, Scheme
from contrafact.catalogue.models import PartyRow, text_key
from contrafact.catalogue.owning import check_words
from contrafact.catalogue.values import PartyKind, PartyView
from contrafact.catalogue.views import party_view
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id


def find_party(session: Session, identifiers: Mapping[Scheme, str]) -> PartyView | None:
    """The party that has these identifiers (those that it has; others it may still be given).

    Raises
    ------
    BadIdentifier
        One that is none.
    TakenIdentifier
        When they are different parties'.
    """
    found: dict[str, PartyRow] = {}
    for scheme, value in identifiers.items():
        row = told.party_by(session, scheme, CHECKS[scheme](value))
        if row is not None:
            found[row.id] = row
    if len(found) > 1:
        names = " and ".join(f"“{row.name}”" for row in found.values())
        raise TakenIdentifier(f"these identifiers belong to different parties, {names}; correct one of them")
    return next((party_view(row) for row in found.values()), None)


def parties_named(session: Session, name: str) -> tuple[PartyView, ...]:
    """All parties of that name, however it is written in upper and lower case, oldest first."""
    return tuple(party_view(row) for row in told.parties_of_name_key(session, name_key(name)))


def parties_like(session: Session, words: str, most: int = 12) -> tuple[PartyView, ...]:
    """Parties whose name begins so, or who have that identifier or id; at most ``most``, by name.

    Case, Unicode form and spaces of names do not count.
    """
    text = words.strip()
    found = {row.id: row for row in told.parties_beginning(session, name_key(text), most)} if text else {}
    if text.startswith("pty_") and (row := store.party(session, text)) is not None:
        found[row.id] = row
    for scheme in ("isni", "ipi", "dpid"):
        try:
            value = CHECKS[scheme](text)
        except BadIdentifier:
            continue
        if (row := told.party_by(session, scheme, value)) is not None:
            found[row.id] = row
    return tuple(party_view(row) for row in found.values())


def names_of(session: Session, party_ids: Iterable[str]) -> dict[str, str]:
    """The names of parties by id; who is not known is left out."""
    found = ((party_id, store.party(session, party_id)) for party_id in sorted(set(party_ids)))
    return {party_id: row.name for party_id, row in found if row is not None}


def put_party(session: Session, name: str, kind: PartyKind, *, by: str, reason: str, clock: Clock) -> PartyView:
    """A new party, even where others have the same name; identifiers are given with :func:`set_identifiers`."""
    check_words(reason)
    name = line("name", name)
    row = PartyRow(id=new_id("pty"), name=name, name_key=name_key(name), kind=kind, created_at=clock.now())
    session.add(row)
    session.flush()
    log(session, "party", row.id, "added", None, name, Said(by, reason, clock))
    return party_view(row)


def name_key(name: str) -> str:
    """A name folded for finding: case, Unicode form and spaces do not count."""
    return text_key(name)
