"""The job port on DBOS: durable workflows in a SQLite (or PostgreSQL) file of their own."""

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from contrafact.engine.errors import Cancelled
from contrafact.engine.progress import Progress
from contrafact.service.jobs import JobKind, JobProgress, JobState, JobStatus

_STATES: Mapping[str, JobState] = {
    "ENQUEUED": "queued",
    "DELAYED": "queued",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}
_VERSION = "1"
"""Names the shape of the steps: DBOS continues only jobs of its own version, so raise it when steps change."""


class DbosJobs:
    """Jobs that outlive the process.

    Parameters
    ----------
    database : Path
        DBOS keeps its own file, apart from the library's: it uses another journal mode.
    kinds : iterable of JobKind
        All that this process can do.
    interrupt : callable
        Told the id of a job that is cancelled, to stop its work at once.

    Notes
    -----
    DBOS holds one instance per process; :meth:`close` gives it back. Progress lives in memory: a job that starts
    again after a crash reports from its interrupted step on.
    """

    def __init__(self, database: Path, kinds: Iterable[JobKind], interrupt: Callable[[str], bool]) -> None:
        from dbos import DBOS

        self._dbos = DBOS
        self._kinds = {kind.name: kind for kind in kinds}
        self._interrupt = interrupt
        self._progress: dict[str, JobProgress] = {}
        self._lock = threading.Lock()
        database.parent.mkdir(parents=True, exist_ok=True)
        DBOS(
            config={
                "name": "contrafact",
                "system_database_url": f"sqlite:///{database}",
                "application_version": _VERSION,
                "executor_id": "local",
                "log_level": "WARNING",
                "run_migrations": True,
            }
        )

        # DBOS marks the function that it wraps, which a bound method does not allow.
        def job(kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
            return self._work(kind, arguments)

        self._workflow = DBOS.workflow(name="contrafact.job")(job)
        DBOS.launch()

    def submit(self, kind: str, key: str, arguments: Mapping[str, Any]) -> str:
        from dbos import SetWorkflowID

        if kind not in self._kinds:
            raise ValueError(f"there is no kind of job named {kind!r}")
        with SetWorkflowID(key):
            self._dbos.start_workflow(self._workflow, kind, dict(arguments))
        return key

    def status(self, job_id: str) -> JobStatus | None:
        found = self._dbos.get_workflow_status(job_id)
        return None if found is None else _status(found)

    def progress(self, job_id: str) -> JobProgress | None:
        with self._lock:
            return self._progress.get(job_id)

    def cancel(self, job_id: str) -> bool:
        status = self.status(job_id)
        if status is None or status.state not in ("queued", "running"):
            return False
        self._dbos.cancel_workflow(job_id)
        self._interrupt(job_id)
        return True

    def resume(self, job_id: str) -> None:
        self._dbos.resume_workflow(job_id)

    def list(self, states: frozenset[JobState] | None = None) -> tuple[JobStatus, ...]:
        found = (_status(status) for status in self._dbos.list_workflows(sort_desc=True))
        return tuple(status for status in found if states is None or status.state in states)

    def close(self) -> None:
        """Let go of DBOS; unfinished jobs continue when the next process starts."""
        self._dbos.destroy(destroy_registry=True)

    def _work(self, kind_name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        job_id = str(self._dbos.workflow_id)
        kind = self._kinds[kind_name]
        results: dict[str, Any] = {}
        try:
            whole, done = sum(step.weight for step in kind.steps), 0.0
            for step in kind.steps:
                progress = self._reporter(job_id, done / whole, step.weight / whole)
                done += step.weight
                results[step.name] = self._dbos.run_step(
                    {"name": step.name}, _plain(step.run), job_id, arguments, dict(results), progress
                )
        except Cancelled:
            raise
        except Exception as error:
            # DBOS ends a cancelled workflow by an exception of its own: only a real failure is written down as one.
            status = self._dbos.get_workflow_status(job_id)
            if status is None or status.status != "CANCELLED":
                kind.on_failure(job_id, arguments, error)
            raise
        finally:
            with self._lock:
                self._progress.pop(job_id, None)
        return results

    def _reporter(self, job_id: str, start: float, width: float) -> Progress:
        def report(fraction: float, stage: str) -> None:
            with self._lock:
                self._progress[job_id] = JobProgress(start + width * min(1.0, max(0.0, fraction)), stage)

        return report


def _plain(run: Callable[..., Mapping[str, Any]]) -> Callable[..., dict[str, Any]]:
    def step(*arguments: Any) -> dict[str, Any]:
        return dict(run(*arguments))

    return step


def _status(found: Any) -> JobStatus:
    arguments = (found.input or {}).get("args") or ("",)
    return JobStatus(found.workflow_id, str(arguments[0]), _STATES.get(found.status, "failed"))
