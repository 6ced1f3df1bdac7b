"""What an import changes, or would change: the same words and the same document for both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from contrafact.catalogue.csv_import.lines import Place

Kind = Literal["added", "changed", "ended", "unchanged"]
What = Literal["party", "person", "recording", "performers", "shares", "mandate", "grant"]


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is different: from what to what; None is nothing."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one party, recording, statement, mandate or grant."""

    kind: Kind
    what: What
    name: str
    details: tuple[Detail, ...]
    place: Place
    """Of the first line that says it."""

    def sentence(self) -> str:
        said = {"party": "party", "person": "about", "performers": "performers of", "shares": "shares of"}
        head = f"{self.kind}: {said.get(self.what, self.what)} {self.name}"
        if not self.details:
            return head
        return head + "".join(f"\n    {_detail(item)}" for item in self.details)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is not wrong, but that its owner should know."""

    place: Place
    message: str


@dataclass(slots=True)
class Report:
    """All changes in the order in which they are made."""

    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, kind: Kind, what: What, name: str, place: Place, details: Iterable[Detail] = ()) -> None:
        self.changes.append(Change(kind, what, name, tuple(details), place))

    def note(self, place: Place, message: str) -> None:
        self.notes.append(Note(place, message))

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind of change."""
        found = {"added": 0, "changed": 0, "ended": 0, "unchanged": 0}
        for change in self.changes:
            found[change.kind] += 1
        return found

    def as_document(self) -> dict[str, Any]:
        """For machines."""
        return {
            "counts": self.counts,
            "changes": [
                {
                    "kind": change.kind,
                    "what": change.what,
                    "name": change.name,
                    "file": change.place.file,
                    "line": change.place.line,
                    "details": [
                        {"field": item.field, "before": item.before, "after": item.after} for item in change.details
                    ],
                }
                for change in self.changes
            ],
            "notes": [
                {"file": note.place.file, "line": note.place.line, "message": note.message} for note in self.notes
            ],
        }

    def sentences(self) -> list[str]:
        """For people: what is different, what should be known, and how many stay as they are."""
        found = [change.sentence() for change in self.changes if change.kind != "unchanged"]
        found += [f"note: {note.place.file}, line {note.place.line}: {note.message}" for note in self.notes]
        counts = self.counts
        told = ", ".join(
            f"{counts[kind]} {kind}" for kind in ("added", "changed", "ended", "unchanged") if counts[kind]
        )
        return [*found, told or "nothing in it"]


def kind_of(details: Sequence[Detail], *, known: bool) -> Kind:
    """What becomes of something with these differences, that was there before or not."""
    if not details:
        return "unchanged"
    return "changed" if known else "added"


def _detail(item: Detail) -> str:
    if item.before is None:
        return f"{item.field}: {item.after}"
    return f"{item.field}: {item.before} → {'nothing' if item.after is None else item.after}"
