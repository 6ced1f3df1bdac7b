"""Durable jobs behind six verbs, so that the engine underneath can be exchanged.

A job is a kind, a key that makes it unique, plain arguments, and named steps that may each be run again: a step that
was under way when the machine died is started once more, one that had ended is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from contrafact.engine.progress import Progress

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Step:
    """One named part of a job: (job id, arguments, results of the steps before, progress) to a plain result."""

    name: str
    run: Callable[[str, Mapping[str, Any], Mapping[str, Any], Progress], Mapping[str, Any]]
    weight: float = 1.0
    """Its part of the job's progress, relative to the other steps."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a kind of job does, step by step, and what is to be tidied up when it cannot be finished."""

    name: str
    steps: tuple[Step, ...]
    on_failure: Callable[[str, Mapping[str, Any], Exception], None]


@dataclass(frozen=True, slots=True)
class JobStatus:
    id: str
    kind: str
    state: JobState


@dataclass(frozen=True, slots=True)
class JobProgress:
    fraction: float
    stage: str


class Jobs(Protocol):
    """The port."""

    def submit(self, kind: str, key: str, arguments: Mapping[str, Any]) -> str:
        """Begin the job ``key``; the same key twice is one job. Returns its id."""
        ...

    def status(self, job_id: str) -> JobStatus | None: ...

    def progress(self, job_id: str) -> JobProgress | None:
        """How far a job that runs in this process has come; None when nothing is known."""
        ...

    def cancel(self, job_id: str) -> bool:
        """Stop a job for good; False when it had ended."""
        ...

    def resume(self, job_id: str) -> None:
        """Continue a job whose process died, at the step that was interrupted."""
        ...

    def list(self, states: frozenset[JobState] | None = None) -> tuple[JobStatus, ...]: ...
