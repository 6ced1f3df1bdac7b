"""The running service's own state: the installation, the workers, the jobs, and the takes that are being made."""

import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contrafact.accounts.schemas import User
from contrafact.engine.errors import Cancelled
from contrafact.engine.progress import Progress
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.creations import making
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import sources_for
from contrafact.remixes.schemas import RemixView
from contrafact.remixes.showing import views
from contrafact.remixes.takes.taking import LIVE_FILE, rehearse_take, render_take, warm_up
from contrafact.service.dbos_jobs import DbosJobs
from contrafact.service.desks import Desks
from contrafact.service.jobs import JobKind, Step
from contrafact.service.shift import Task
from contrafact.service.tending import Tender
from contrafact.service.workers import WorkerPool

REMIX = "remix"
_RUNNING = ("queued", "rendering")


class Workshop:
    """Takes remixes through their job: render in a worker process, then keep (sign, store, post), each step repeatable.

    Parameters
    ----------
    installation : Installation
        Closed with the workshop.
    workers : int or None
        Processes that render; by default one per core, at most four.
    """

    def __init__(self, installation: Installation, workers: int | None = None) -> None:
        self.installation = installation
        count = workers if workers is not None else min(4, os.cpu_count() or 1)
        settings = {"assets": str(installation.home.assets)}
        # Renderers stand back for whoever answers the pages and moves the faders.
        self._pool = WorkerPool(count, warm_up, settings, niceness=5)
        self.desks = Desks(installation)
        kind = JobKind(REMIX, (Step("render", self._render, 19.0), Step("keep", self._keep, 1.0)), self._failed)
        self._tender = Tender(installation)
        kinds = (kind, self._tender.kind())
        self._jobs = DbosJobs(installation.home.jobs_database, kinds, self._pool.cancel)

    def warm_up(self) -> None:
        """Take up what an earlier process left, and load what the first request would wait for, beside the requests."""
        self.desks.open()
        for remix_id in views.under_way(self.installation):
            # A remix whose process died before its job was begun has none; one that has a job is not begun again.
            self.render(remix_id)
        self._tender.open(self._jobs.submit)
        threading.Thread(target=self.installation.warm_up, name="warm-up", daemon=True).start()

    def close(self) -> None:
        """Stop; jobs that are not finished go on when the service starts again."""
        self._tender.close()
        self._jobs.close()
        self._pool.close()
        self.desks.close()
        self.installation.close()

    def problems(self) -> list[str]:
        """What keeps the service from working, in sentences; empty when all is well."""
        return self.installation.problems()

    def render(self, remix_id: str) -> None:
        """Begin the remix's job; twice is once."""
        self._jobs.submit(REMIX, remix_id, {"remix_id": remix_id})

    def work(self, key: str, task: Task, arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Do a piece of work in a worker and wait for it; fair to the takes that are being made."""
        return self._pool.run(key, task, arguments, progress)

    def rehearse(self, song_id: str, recipe: Recipe) -> None:
        """Let an idle worker look at a remix that was planned and may be asked for in a moment."""
        with self.installation.database.reading() as session:
            sources = sources_for(session, song_id, recipe)
        folder = self._folder("rehearsal")
        work = making.work_for(self.installation, recipe, sources, folder, live=False)
        charts = ":".join(source.recording.chart_blob for source in sources)
        self._pool.rehearse(f"rehearsal:{charts}:{recipe.digest()}", rehearse_take, work)

    def tend(self) -> bool:
        """Make a job of what is due without anybody asking for it; False when nothing is."""
        return self._tender.look(self._jobs.submit)

    def cancel(self, remix_id: str) -> None:
        """Stop a remix that is being made; one that has ended stays as it is."""
        making.cancel(self.installation, remix_id)
        self._jobs.cancel(remix_id)

    def is_rendering(self, remix_id: str) -> bool:
        return views.status_of(self.installation, remix_id) in _RUNNING

    def live_path(self, remix_id: str) -> Path:
        """Where the take grows while it is rendered."""
        return self._folder(remix_id) / LIVE_FILE

    def view(self, remix_id: str, user: User) -> RemixView:
        """The remix as its listener sees it, with the progress of its job."""
        progress = self._jobs.progress(remix_id)
        live = f"/api/remixes/{remix_id}/live" if self.live_path(remix_id).is_file() else None
        fraction, stage = (0.0, "waiting") if progress is None else (progress.fraction, progress.stage)
        return views.remix_view(self.installation, remix_id, user, fraction=fraction, stage=stage, live_url=live)

    def _folder(self, remix_id: str) -> Path:
        return self.installation.home.scratch / remix_id

    def _render(
        self, job: str, arguments: Mapping[str, Any], results: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        remix_id = str(arguments["remix_id"])
        work = making.begin(self.installation, remix_id, self._folder(remix_id))
        if work is None:
            return {}
        return self._pool.run(job, render_take, work, progress)

    def _keep(
        self, job: str, arguments: Mapping[str, Any], results: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        remix_id = str(arguments["remix_id"])
        progress(0.0, "signing")
        if views.status_of(self.installation, remix_id) == "cancelled":
            raise Cancelled("stopped")
        making.keep(self.installation, remix_id, results["render"])
        progress(1.0, "ready")
        shutil.rmtree(self._folder(remix_id), ignore_errors=True)
        return {}

    def _failed(self, job: str, arguments: Mapping[str, Any], error: Exception) -> None:
        remix_id = str(arguments["remix_id"])
        making.fail(self.installation, remix_id, str(error))
        shutil.rmtree(self._folder(remix_id), ignore_errors=True)
