"""A job outlives the process that began it: a real process is killed in the middle of a real job."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from contrafact.engine.errors import BadInput, Cancelled
from contrafact.engine.progress import Progress
from contrafact.service.dbos_jobs import DbosJobs
from contrafact.service.jobs import JobKind, Step

SCRIPT = """
import sys, threading
from pathlib import Path
from contrafact.service.dbos_jobs import DbosJobs
from contrafact.service.jobs import JobKind, Step

folder = Path(sys.argv[1])
hang = sys.argv[2] == "hang"

def first(job, arguments, results, progress):
    with (folder / "first").open("a") as file:
        file.write("x")
    return {"made": 7}

def second(job, arguments, results, progress):
    print("second", flush=True)
    if hang:
        threading.Event().wait()
    (folder / "second").write_text(str(results["first"]["made"] + arguments["add"]))
    done.set()
    return {}

done = threading.Event()
kind = JobKind("sum", (Step("first", first), Step("second", second)), lambda *a: None)
jobs = DbosJobs(folder / "jobs.db", [kind], lambda job: False)
if hang:
    jobs.submit("sum", "job-1", {"add": 5})
assert done.wait(60)
"""


def test_a_killed_job_continues_at_its_interrupted_step(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    with subprocess.Popen([*command, "hang"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "second"
        os.kill(process.pid, signal.SIGKILL)
    subprocess.run([*command, "go"], check=True, timeout=60, capture_output=True)
    assert (tmp_path / "second").read_text() == "12"
    assert (tmp_path / "first").read_text() == "x", "a step that had ended was done again"


class _Bench:
    """A job that waits until it is let go, or fails, as its arguments say."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self.failures: list[str] = []
        self.interrupted: list[str] = []
        self.runs = 0

    def work(
        self, job: str, arguments: Mapping[str, Any], results: Mapping[str, Any], progress: Progress
    ) -> dict[str, Any]:
        self.runs += 1
        progress(0.25, "mixing")
        self.begun.set()
        if arguments.get("fail"):
            raise BadInput("not a song")
        assert self.let_go.wait(30)
        if job in self.interrupted:
            raise Cancelled("stopped")
        return {"ok": True}

    def interrupt(self, job: str) -> bool:
        self.interrupted.append(job)
        self.let_go.set()
        return True

    def failed(self, job: str, arguments: Mapping[str, Any], error: Exception) -> None:
        self.failures.append(f"{job}: {error}")

    def jobs(self, folder: Path) -> DbosJobs:
        kind = JobKind("work", (Step("work", self.work),), self.failed)
        return DbosJobs(folder / "jobs.db", [kind], self.interrupt)


def _wait_for_end(jobs: DbosJobs, job: str) -> str:
    from dbos import DBOS

    handle: Any = DBOS.retrieve_workflow(job)
    with suppress(Exception):
        handle.get_result()
    status = jobs.status(job)
    assert status is not None
    return status.state


def test_progress_done_and_twice_the_same_key(tmp_path: Path) -> None:
    bench = _Bench()
    jobs = bench.jobs(tmp_path)
    try:
        jobs.submit("work", "j1", {})
        jobs.submit("work", "j1", {})
        assert bench.begun.wait(30)
        progress = jobs.progress("j1")
        assert progress is not None
        assert (progress.fraction, progress.stage) == (0.25, "mixing")
        assert [s.id for s in jobs.list(frozenset({"running"}))] == ["j1"]
        bench.let_go.set()
        assert _wait_for_end(jobs, "j1") == "done"
        assert bench.runs == 1
        assert not jobs.cancel("j1"), "an ended job cannot be cancelled"
    finally:
        jobs.close()


def test_cancel_interrupts_and_is_not_a_failure(tmp_path: Path) -> None:
    bench = _Bench()
    jobs = bench.jobs(tmp_path)
    try:
        jobs.submit("work", "j1", {})
        assert bench.begun.wait(30)
        assert jobs.cancel("j1")
        assert _wait_for_end(jobs, "j1") == "cancelled"
        assert bench.interrupted == ["j1"]
        assert bench.failures == []
    finally:
        jobs.close()


def test_a_failure_is_told_once_with_its_sentence(tmp_path: Path) -> None:
    bench = _Bench()
    jobs = bench.jobs(tmp_path)
    try:
        jobs.submit("work", "j1", {"fail": True})
        assert _wait_for_end(jobs, "j1") == "failed"
        assert bench.failures == ["j1: not a song"]
        with pytest.raises(ValueError, match="no kind of job"):
            jobs.submit("dance", "j2", {})
        assert jobs.status("nobody") is None
    finally:
        jobs.close()
