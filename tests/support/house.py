"""A house with one song, listeners, and owners who say what they allow; remixes are made without waiting for the band.

The first take is really rendered; later ones get the same sound under their own recipes, since what is tried here is
who may hear it, not what it sounds like.
"""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contrafact.accounts import service as accounts
from contrafact.accounts.schemas import User
from contrafact.assets import AssetStore
from contrafact.catalogue import service as catalogue
from contrafact.engine.progress import Progress, silent
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.kit.clock import FixedClock
from contrafact.remixes.creations import making
from contrafact.remixes.creations.exporting import make_here, renderer
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights import service as rights
from contrafact.rights.ownership import Side
from contrafact.rights.values import Grant, Terms
from tests.support.home import add_song, copy_home, new_home, open_home

EVERYTHING: tuple[Operation, ...] = ("tempo_pitch", "share_in_app", "derive_again", "download", "arrangement", "style")


@dataclass
class House:
    """One installation; ``allow`` is said by the holders of the song, all alike or one of them."""

    installation: Installation
    clock: FixedClock
    song: str
    folder: Path
    _series: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _sound: dict[str, Any] = field(default_factory=dict)

    def listener(self, name: str, tier: str = "premium") -> User:
        with self.installation.database.transaction() as session:
            return accounts.ensure_user(session, name, tier, self.clock)

    def holders(self) -> list[tuple[Side, str, str]]:
        """Side, subject and party of everybody who has to agree."""
        with self.installation.database.reading() as session:
            recording = catalogue.get(session, self.song)
            subject = subject_of(recording, catalogue.holders(session, recording.id))
        found: list[tuple[Side, str, str]] = [("master", self.song, item.party_id) for item in subject.master]
        return found + [("work", subject.work_id, item.party_id) for item in subject.work]

    def allow(
        self, *operations: Operation, first: Iterable[Operation] = (), only: Side | None = None, **terms: Any
    ) -> tuple[Grant, ...]:
        """Give the next version of everybody's grant; of ``first`` the owners hear each take before anybody else."""
        asked = set(first)
        said = [{"operation": item, "needs_approval": item in asked} for item in operations or EVERYTHING]
        what = Terms.model_validate({"operations": said, **terms})
        given = []
        with self.installation.database.transaction() as session:
            for side, subject_id, party_id in self.holders():
                if only is not None and side != only:
                    continue
                key = (side, subject_id, party_id)
                grant = rights.grant_terms(
                    session,
                    what,
                    side=side,
                    subject_id=subject_id,
                    party_id=party_id,
                    by="test",
                    clock=self.clock,
                    series=self._series.get(key),
                )
                self._series[key] = grant.series
                given.append(grant)
        return tuple(given)

    def withdraw(self) -> None:
        with self.installation.database.transaction() as session:
            for series in self._series.values():
                rights.withdraw(session, series, by="test", clock=self.clock)

    def recipe(self, ratio: float = 1.1) -> Recipe:
        with self.installation.database.reading() as session:
            recording = catalogue.get(session, self.song)
        return Recipe.model_validate({"sources": (recording.sha256,), "tempo": {"ratio": ratio}})

    def ask(self, user: User, ratio: float = 1.1, *, parent: str | None = None, words: str = "faster") -> str:
        """Ask for a remix; it waits to be made."""
        recipe = self.recipe(ratio)
        return making.ask_for(self.installation, self.song, recipe, words, user, parent=parent).remix_id

    def make(self, user: User, ratio: float = 1.1, *, parent: str | None = None) -> str:
        """Ask for a remix and make it."""
        remix_id = self.ask(user, ratio, parent=parent)
        self.render(remix_id)
        return remix_id

    def render(self, remix_id: str) -> None:
        make_here(self.installation, remix_id, self._render, silent)

    def _render(self, work: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        if not self._sound:
            made = renderer(self.installation)(work, progress)
            kept = self.folder / "take.flac"
            shutil.copyfile(made["path"], kept)
            self._sound.update({**made, "path": str(kept)})
        return dict(self._sound)

    def remix(self, remix_id: str) -> RemixRow:
        with self.installation.database.reading() as session:
            row = store.remix(session, remix_id)
            assert row is not None
            return row


def build_house(folder: Path, assets: AssetStore, clock: FixedClock) -> tuple[Path, str]:
    """A home with a song whose owners have said nothing yet, to be copied; and the song's id."""
    with open_home(new_home(folder / "home", assets), clock) as installation:
        song = add_song(installation, folder / "song", grant="none")
    return folder / "home", song


def open_house(built: tuple[Path, str], folder: Path, clock: FixedClock) -> House:
    """A house of one's own, as it was built."""
    template, song = built
    return House(open_home(copy_home(template, folder / "home"), clock), clock, song, folder)
