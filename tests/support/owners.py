"""A catalogue with parties and announced songs: ownership needs no sound."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from contrafact.catalogue import service
from contrafact.catalogue.ownership import SongView, StatedShare
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade
from contrafact.kit.territories import Territories

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def day(text: str) -> datetime:
    """Midnight, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def place(text: str) -> Territories:
    """``Worldwide -JP`` or ``DE AT``."""
    words = text.split()
    include = tuple(word for word in words if not word.startswith("-"))
    return Territories(include=include, exclude=tuple(word[1:] for word in words if word.startswith("-")))


@dataclass
class Owners:
    """One catalogue; parties are known by their names."""

    database: Database
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        return {"by": "Ada", "reason": "the contract says so", "clock": self.clock}

    def party(self, session: Session, name: str) -> str:
        if name not in self.ids:
            self.ids[name] = service.put_party(session, name, "person", **self.said).id
        return self.ids[name]

    def song(self, session: Session, reference: str = "song-1", **more: Any) -> SongView:
        return service.announce(session, title="Rain", artist="The Band", reference=reference, **more, **self.said)

    def share(self, session: Session, name: str, share: str, where: str = "Worldwide", **more: Any) -> StatedShare:
        return StatedShare(self.party(session, name), "owner", Fraction(share), place(where), **more)


@cache
def _empty() -> bytes:
    """A catalogue in which nothing is, made once for each process: making the tables takes longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "contrafact.db"
        database = Database.at(path)
        upgrade(database)
        database.close()
        return path.read_bytes()


def open_owners(path: Path) -> Owners:
    path.mkdir(parents=True, exist_ok=True)
    (path / "contrafact.db").write_bytes(_empty())
    return Owners(Database.at(path / "contrafact.db"))
