"""What the rights slice knows for a decision, gathered in one question to the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from contrafact.rights import store_asked as store
from contrafact.rights.store import grant_of
from contrafact.rights.territories import Territories
from contrafact.rights.values import Approved, Grant, Subject, Switch


@dataclass(frozen=True, slots=True)
class Known:
    """The current version of every grant on some songs, the operator's switches, and what owners said of a take."""

    grants: tuple[Grant, ...]
    switches: tuple[Switch, ...]
    answers: tuple[Approved, ...]


def known_about(session: Session, subjects: Iterable[Subject], recipe_sha256: str | None = None) -> Known:
    """What is known about these recordings and their works, and with a recipe what owners answered about its take.

    For every party and recording or work, each purpose is spoken about by the newest answer that names it: a refused
    release does not take back that its listener may hear the take.
    """
    ids = {item for subject in subjects for item in (subject.recording_id, subject.work_id)}
    grants, switches, answers = [], [], []
    for row in store.known(session, ids, recipe_sha256):
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
