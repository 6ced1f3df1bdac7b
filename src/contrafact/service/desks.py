"""Takes at the mixing desk, for listeners: who may move what, and the sound of it, stretch by stretch."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from contrafact.accounts.schemas import User
from contrafact.engine.arranging import Timeline
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import silent
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.creations import making
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import Source, sources_of
from contrafact.remixes.proposals.asking import ask
from contrafact.remixes.showing.views import owned
from contrafact.remixes.standing.blocking import require_playable
from contrafact.remixes.takes.desk import LONGEST_S, open_desks, sound_at
from contrafact.rights.errors import RightsRefused
from contrafact.service.workers import WorkerPool

_MOST_PERMITTED: Final = 256


class Fader(BaseModel):
    """One fader: a stem of the recording that is kept, or what is played or sung anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["stem", "part", "voice"]
    name: str
    """As a recipe's ``stems`` or ``levels`` names it."""
    label: str
    gain_db: float


class DeskView(BaseModel):
    """What can be moved while a take sounds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    duration_s: float
    faders: tuple[Fader, ...]
    recipe: dict[str, Any]


class Desks:
    """One process that plays any stretch of any take.

    Parameters
    ----------
    installation : Installation

    Notes
    -----
    There are no sessions: a stretch is a function of recipe and place, and what is at hand in the process only makes it
    quick. The process starts with :meth:`open` and stands before those that render.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._pool: WorkerPool | None = None
        self._lock = threading.Lock()
        self._permitted: dict[tuple[str, str], None] = {}
        self._asking = ThreadPoolExecutor(2, "desk")

    def open(self) -> WorkerPool:
        """Start the process, unless it runs."""
        with self._lock:
            if self._pool is None:
                self._pool = WorkerPool(1, open_desks, {"assets": str(self._installation.home.assets)})
            return self._pool

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.close()
        self._asking.shutdown(cancel_futures=True)

    def view(self, remix_id: str, user: User) -> DeskView:
        """The faders of a remix as they stand.

        Raises
        ------
        UnknownRemix, NotReady
            There is none of this listener, or it was not made.
        """
        self.open()
        recipe, sources, song = self._remix(remix_id, user)
        with self._installation.database.reading() as session:
            asked = ask(self._installation, session, song, recipe, user, sources=sources, remix_id=remix_id)
        timeline = asked.timeline
        return DeskView(
            duration_s=timeline.duration_s, faders=_faders(recipe, timeline), recipe=recipe.model_dump(mode="json")
        )

    def cancel(self, key: str) -> None:
        """Nobody waits for this stretch any more; what is under way ends, what waits is not begun."""
        with self._lock:
            pool = self._pool
        if pool is not None:
            pool.cancel(key)

    def sound(self, remix_id: str, recipe: Recipe | None, span_s: tuple[float, float], user: User, key: str) -> bytes:
        """A stretch of a remix as WAV, with the faders of ``recipe`` when one is given; ``key`` is for :meth:`cancel`.

        Raises
        ------
        UnknownRemix, NotReady
            There is none of this listener, or it was not made.
        BadInput
            The stretch is not in the take or too long, or the recipe differs in more than its faders.
        RightsRefused
            The listener may not hear it so.
        Cancelled
            It was cancelled.
        """
        from_s, to_s = span_s
        if not from_s < to_s <= from_s + LONGEST_S:
            raise BadInput(f"from {from_s:g} s to {to_s:g} s: ask for a stretch of at most {LONGEST_S:g} s")
        own, sources, song = self._remix(remix_id, user)
        playing = recipe or own
        if _without_faders(playing) != _without_faders(own):
            raise BadInput("recipe: at the desk only stems.*.gain_db and levels may differ from the remix's own")
        # Asked beside the playing, so that a fader need not wait for it; nothing is given out before the answer.
        permission = None
        if playing != own:
            permission = self._asking.submit(self._require, (remix_id, playing.digest()), playing, sources, song, user)
        folder = self._installation.home.scratch / "desk"
        work = making.work_for(self._installation, playing, sources, folder, live=False)
        charts = "/".join(source.recording.chart_blob for source in sources)
        arguments = {**work, "key": f"{playing.digest()}/{charts}", "from_s": from_s, "to_s": to_s}
        done = self.open().run(key, sound_at, arguments, silent)
        if permission is not None:
            permission.result()
        return bytes(done["wav"])

    def _remix(self, remix_id: str, user: User) -> tuple[Recipe, tuple[Source, ...], str]:
        with self._installation.database.reading() as session:
            row = owned(session, remix_id, user)
            require_playable(session, remix_id, self._installation.clock)
            if row.status in ("failed", "cancelled", "refused"):
                raise NotReady("this remix was not made, so there is nothing to hear")
            if row.asks_first and row.status != "ready":
                raise NotReady("its owner hears this remix first; wait until it was approved")
            return Recipe.model_validate_json(row.recipe_json), sources_of(session, row), row.recording_id

    def _require(
        self, place: tuple[str, str], recipe: Recipe, sources: tuple[Source, ...], song: str, user: User
    ) -> None:
        """Refuse what is not permitted; asked once for each position of a remix's faders."""
        with self._lock:
            if place in self._permitted:
                return
        with self._installation.database.reading() as session:
            row = owned(session, place[0], user)
            parent = row.parent_remix_id
            asked = ask(
                self._installation, session, song, recipe, user, sources=sources, parent=parent, remix_id=row.id
            )
        if not asked.decision.permitted:
            raise RightsRefused(asked.decision)
        with self._lock:
            self._permitted[place] = None
            while len(self._permitted) > _MOST_PERMITTED:
                self._permitted.pop(next(iter(self._permitted)))


def _without_faders(recipe: Recipe) -> dict[str, Any]:
    document: dict[str, Any] = recipe.model_dump(mode="json")
    for stem in document["stems"].values():
        stem["gain_db"] = 0.0
    document["levels"] = []
    return document


def _faders(recipe: Recipe, timeline: Timeline) -> tuple[Fader, ...]:
    levels: Mapping[str, float] = {level.part: level.gain_db for level in recipe.levels}
    stems = recipe.stems.model_dump(mode="json")
    kept = dict.fromkeys(bus.stem for bus in timeline.buses)
    found = [
        Fader(kind="stem", name=stem, label=f"{stem.capitalize()} as recorded", gain_db=stems[stem]["gain_db"])
        for stem in kept
    ]
    made: list[tuple[Literal["part", "voice"], str]] = [("part", part.name) for part in timeline.parts]
    made += [("voice", layer.name) for layer in timeline.voices]
    found += [Fader(kind=kind, name=name, label=_label(name), gain_db=levels.get(name, 0.0)) for kind, name in made]
    return tuple({(fader.kind, fader.name): fader for fader in found}.values())


def _label(name: str) -> str:
    return name.replace("-", " ").capitalize()
