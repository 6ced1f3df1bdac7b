"""Stay-down (R15, and of R13 the gate): what was taken down is known again, whatever was done to its sound.

Three ways to know it, the cheap ones first: the same file, the same recipe, the same landmarks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from contrafact.engine.fingerprint import Landmarks, Match, Rows, find, reference_keys
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Refused
from contrafact.provenance import store_staydown as store
from contrafact.provenance.models import StaydownEndRow, StaydownRow
from contrafact.provenance.staydown_index import index_of

Kind = Literal["release", "recording"]
How = Literal["file", "recipe", "sound"]


@dataclass(frozen=True, slots=True)
class Hit:
    """That something is what was taken down."""

    number: int
    notice_id: str
    kind: Kind
    subject_id: str
    how: How
    match: Match | None = None
    """How its sound agrees; None when it was known otherwise."""

    @property
    def sentence(self) -> str:
        """For whoever wanted to bring it."""
        what = {
            "file": "This is the file of a recording that was taken down",
            "recipe": "This is a remix that was taken down, made again",
            "sound": "This holds the sound of something that was taken down",
        }[self.how]
        where = ""
        if self.match is not None:
            changes = []
            if abs(self.match.speed - 1) >= 0.01:
                changes.append(f"played at {self.match.speed:.2f} of its speed")
            if abs(self.match.semitones) >= 0.25:
                way = "up" if self.match.semitones > 0 else "down"
                changes.append(f"{abs(self.match.semitones):.1f} semitones {way}")
            where = f" ({self.match.seconds:.0f} s of it{', ' if changes else ''}{', '.join(changes)})"
        return (
            f"{what}{where}, after the notice {self.notice_id}; it stays down. "
            "If that is a mistake, answer the notice, or ask whoever runs this service."
        )


class StaysDown(Refused):
    """Something that was taken down came again."""

    code = "stays_down"

    def __init__(self, hit: Hit) -> None:
        self.hit = hit
        super().__init__(hit.sentence)


def register(
    session: Session,
    marks: Landmarks,
    *,
    kind: Kind,
    subject_id: str,
    notice_id: str,
    clock: Clock,
    recipe_sha256: str | None = None,
    content_sha256: str | None = None,
) -> int:
    """Keep a sound from coming back; the same subject for the same notice is one entry. Returns its number."""
    for row in store.entries_of_notice(session, notice_id):
        if (row.kind, row.subject_id) == (kind, subject_id):
            return row.number
    row = StaydownRow(
        kind=kind,
        subject_id=subject_id,
        notice_id=notice_id,
        recipe_sha256=recipe_sha256,
        content_sha256=content_sha256,
        duration_s=marks.duration_s,
        landmarks=marks.packed(),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    store.add_keys(session, Rows.of_entry(row.number, reference_keys(marks)))
    return row.number


def release_entries(session: Session, notice_id: str, reason: str, clock: Clock) -> int:
    """Let everything come back that a notice kept down; returns how many entries ended."""
    rows = store.entries_of_notice(session, notice_id)
    for row in rows:
        session.add(StaydownEndRow(number=row.number, reason=reason[:300], ended_at=clock.now()))
        store.remove_keys(session, row.number)
    session.flush()
    return len(rows)


def check(
    session: Session,
    marks: Landmarks | None = None,
    *,
    recipe_sha256: str | None = None,
    content_sha256: str | None = None,
    but: Iterable[str] = (),
    folder: Path | None = None,
) -> Hit | None:
    """Whether something was taken down; None when it was not.

    Parameters
    ----------
    marks : Landmarks, optional
        Of its sound.
    recipe_sha256, content_sha256 : str, optional
        Of its recipe, and of its file's bytes.
    but : iterable of str
        Subjects that do not count: a recording that is there may be compared with what was taken down beside it.
    folder : Path, optional
        Where the index of all sounds lies, so that a look reads little of it; made anew from the database when it is
        missing or old. Without one the whole index is put together in memory.
    """
    spared = frozenset(but)
    if content_sha256 is not None:
        row = store.entry_by(session, "content_sha256", content_sha256, spared)
        if row is not None:
            return _hit(row, "file", None)
    if recipe_sha256 is not None:
        row = store.entry_by(session, "recipe_sha256", recipe_sha256, spared)
        if row is not None:
            return _hit(row, "recipe", None)
    if marks is None or not store.any_entry(session):
        return None
    found = find(marks, index_of(session, folder), lambda number: _landmarks(session, number))
    for item in found:
        row = store.entry(session, item.entry)
        if row is not None and row.subject_id not in spared:
            return _hit(row, "sound", item.match)
    return None


def anything(session: Session) -> bool:
    """Whether anything was taken down that must not come back."""
    return store.any_entry(session)


def require_not_down(
    session: Session,
    marks: Landmarks | None = None,
    *,
    recipe_sha256: str | None = None,
    content_sha256: str | None = None,
    folder: Path | None = None,
) -> None:
    """Refuse what was taken down; as :func:`check` looks for it.

    Raises
    ------
    StaysDown
        With the sentence for whoever brings it.
    """
    hit = check(session, marks, recipe_sha256=recipe_sha256, content_sha256=content_sha256, folder=folder)
    if hit is not None:
        raise StaysDown(hit)


def _landmarks(session: Session, number: int) -> Landmarks:
    row = store.entry(session, number)
    if row is None:
        return Landmarks.none()
    return Landmarks.unpacked(row.landmarks, row.duration_s)


def _hit(row: StaydownRow, how: How, match: Match | None) -> Hit:
    kind: Kind = "release" if row.kind == "release" else "recording"
    return Hit(row.number, row.notice_id, kind, row.subject_id, how, match)
