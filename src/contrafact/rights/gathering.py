"""What the rights slice knows for a decision, gathered in one question to the database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from contrafact.rights import store_asked as store
from contrafact.rights.counting import ask_counts
from contrafact.rights.store import grant_of
from contrafact.rights.terms import NO_LIMITS
from contrafact.rights.territories import Territories
from contrafact.rights.values import Approved, Grant, RightsRequest, Subject, Switch, UseCount

_LIMITED: Final = '"limits":{'
_OFTEN: Final = re.compile(r'"(?:uses|releases)_[a-z_]+":[0-9]')
"""What stands in the text of terms that limit how often; where it stands in others, more is counted than is told."""


@dataclass(frozen=True, slots=True)
class Known:
    """The current version of every grant on some songs, the operator's switches, what owners said of a take, and how
    often the grants were used that limit that."""

    grants: tuple[Grant, ...]
    switches: tuple[Switch, ...]
    answers: tuple[Approved, ...]
    counts: tuple[UseCount, ...] = ()


def known_about(session: Session, subjects: Iterable[Subject]) -> Known:
    """What is known about these recordings and their works whoever asks; nothing is counted."""
    return _known(_rows(session, subjects, None), None)


def known_for(
    session: Session, subjects: Iterable[Subject], request: RightsRequest, remix_id: str | None = None
) -> Known:
    """What is known about these recordings and their works for one request, and what owners answered about its take.

    For every party and recording or work, each purpose is spoken about by the newest answer that names it: a refused
    release does not take back that its listener may hear the take.

    Parameters
    ----------
    remix_id : str, optional
        The remix that is there and is asked about again: what it counts itself does not count against it.
    """
    ordered = sorted(subjects, key=lambda item: item.recording_id)
    rows = _rows(session, ordered, request.recipe_sha256)
    likely = _artists(ordered, [row for row in rows if row.kind == "grant" and _limits(row.text)])
    # The database counts while the terms are read.
    counted = ask_counts(session, likely, request.user_id, request.at, remix_id)
    known = _known(rows, request.recipe_sha256)
    limited = [grant for grant in known.grants if grant.terms.limits is not NO_LIMITS and grant.terms.limits.counted]
    if not limited:
        return known
    artists = _artists(ordered, limited)
    if not artists.keys() <= likely.keys():
        counted = ask_counts(session, artists, request.user_id, request.at, remix_id)
    return replace(known, counts=counted(artists))


def _rows(session: Session, subjects: Iterable[Subject], recipe_sha256: str | None) -> Sequence[Any]:
    ids = {item for subject in subjects for item in (subject.recording_id, subject.work_id)}
    return store.known(session, ids, recipe_sha256)


def _limits(text: str) -> bool:
    # The first is in few, and a tenth of the work to look for.
    return _LIMITED in text and _OFTEN.search(text) is not None


def _artists(subjects: Sequence[Subject], limited: Sequence[Any]) -> dict[str, str]:
    """The series of grants that limit how often they are used, each with its song's artist; nobody asks for others'."""
    found: dict[str, str] = {}
    for subject in subjects if limited else ():
        for grant in limited:
            if grant.subject_id in (subject.recording_id, subject.work_id):
                found.setdefault(grant.series, subject.artist)
    return found


def _known(rows: Sequence[Any], recipe_sha256: str | None) -> Known:
    grants, switches, answers = [], [], []
    for row in rows:
        if row.kind == "grant":
            grants.append(grant_of(row, row.text))
        elif row.kind == "switch":
            switches.append(Switch.model_validate_json(row.text))
        else:
            answers.append(row)
    said = _newest(answers, recipe_sha256) if recipe_sha256 is not None else ()
    return Known(tuple(grants), tuple(switches), said)


def _newest(answers: Sequence[Any], recipe_sha256: str) -> tuple[Approved, ...]:
    found: list[Approved] = []
    spoken: dict[tuple[str, str], set[str]] = {}
    for row in sorted(answers, key=lambda answer: -answer.version):
        heard = spoken.setdefault((row.party_id, row.subject_id), set())
        purposes = [purpose for purpose in row.authority.split(",") if purpose not in heard]
        heard.update(purposes)
        if purposes:
            document = {
                "id": row.id,
                "party_id": row.party_id,
                "subject_id": row.subject_id,
                "recipe_sha256": recipe_sha256,
                "answer": row.status,
                "territories": Territories.model_validate_json(row.text),
                "valid_to": row.valid_to,
                "purposes": tuple(purposes),
            }
            found.append(Approved.model_validate(document))
    return tuple(found)
