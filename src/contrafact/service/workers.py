"""Processes that do the heavy sound work: warm, bounded in number, and stopped for good when asked.

A render holds one core for seconds; in the server's own process it would stall every page. Threads cannot be stopped
from outside, ``ProcessPoolExecutor`` cannot cancel a task that runs: so each worker is a process of its own with a
pipe, told to stop through a flag that its progress reports look at, and killed when it does not listen.
"""

import multiprocessing
import queue
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.synchronize import Event
from typing import Any

from contrafact.engine.errors import BadInput, Cancelled, EngineError
from contrafact.engine.progress import Progress, silent

Warmup = Callable[[Mapping[str, str]], Any]
"""Called once in a new worker with the pool's settings; what it returns is handed to every task."""

Task = Callable[[Any, Mapping[str, Any], Progress], Mapping[str, Any]]
"""Work to do: (what the warm-up made, arguments, progress) to a plain result. A module-level function."""

GRACE_S = 3.0
"""How long a cancelled worker may take to notice before its process is killed."""


class WorkerFailed(EngineError):
    """The work could not be done, for a reason that is the machine's or ours, not the caller's."""


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    stop: Event


@dataclass(slots=True)
class _Run:
    worker: _Worker | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)


class WorkerPool:
    """A fixed number of warm worker processes.

    Parameters
    ----------
    count : int
        Processes, at least 1.
    warmup : Warmup
        Prepares a new process (imports, sounds), off any request's path.
    settings : mapping of str to str
        Given to the warm-up.
    """

    def __init__(self, count: int, warmup: Warmup, settings: Mapping[str, str]) -> None:
        self._context: SpawnContext = multiprocessing.get_context("spawn")
        self._warmup = warmup
        self._settings = dict(settings)
        # The last to come is the first to go: what it has at hand is the freshest.
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._runs: dict[str, _Run] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._count = max(1, count)
        for _ in range(self._count):
            self._idle.put(self._start())

    def run(self, key: str, task: Task, arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Do one piece of work in a worker and wait for it.

        Raises
        ------
        Cancelled
            When :meth:`cancel` was called with the same key, or the pool was closed.
        BadInput, WorkerFailed
            What the task raised, with its own sentence; a worker that died is replaced.
        """
        run = _Run()
        with self._lock:
            if key in self._runs:
                raise WorkerFailed(f"the job {key} is running already")
            self._runs[key] = run
        try:
            worker = self._take_idle(run)
            try:
                return self._attend(worker, run, task, arguments, progress)
            finally:
                self._release(worker)
        finally:
            with self._lock:
                del self._runs[key]

    def rehearse(self, key: str, task: Task, arguments: Mapping[str, Any]) -> bool:
        """Do a piece of work for what it leaves in a worker's memory, beside everything else; its result is not kept.

        Returns False, and does nothing, unless all workers are idle: nobody shall wait for a rehearsal.
        """
        if self._closed or self._idle.qsize() < self._count:
            return False

        def work() -> None:
            with suppress(EngineError):
                self.run(key, task, arguments, silent)

        threading.Thread(target=work, name="rehearsal", daemon=True).start()
        return True

    def cancel(self, key: str) -> bool:
        """Ask the work with this key to stop; True when it was waiting or running."""
        with self._lock:
            run = self._runs.get(key)
            if run is None:
                return False
            run.cancelled.set()
            if run.worker is not None:
                run.worker.stop.set()
        return True

    def close(self) -> None:
        """Stop every worker; whatever still runs ends as cancelled."""
        self._closed = True
        with self._lock:
            for run in self._runs.values():
                run.cancelled.set()
                if run.worker is not None:
                    run.worker.process.kill()
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                break
            _end(worker)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        stop = self._context.Event()
        process = self._context.Process(
            target=_serve, args=(theirs, stop, self._warmup, self._settings), name="contrafact-worker", daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, stop)

    def _take_idle(self, run: _Run) -> _Worker:
        while not run.cancelled.is_set() and not self._closed:
            try:
                worker = self._idle.get(timeout=0.25)
            except queue.Empty:
                continue
            if not worker.process.is_alive():
                worker = self._start()
            with self._lock:
                run.worker = worker
                worker.stop.clear()
            return worker
        raise Cancelled("stopped before it began")

    def _attend(
        self, worker: _Worker, run: _Run, task: Task, arguments: Mapping[str, Any], progress: Progress
    ) -> dict[str, Any]:
        waited_s = 0.0
        try:
            worker.pipe.send((task, dict(arguments)))
            while True:
                if not worker.pipe.poll(0.25):
                    if run.cancelled.is_set():
                        waited_s += 0.25
                        if waited_s >= GRACE_S:
                            worker.process.kill()
                            worker.process.join()
                            raise Cancelled("stopped")
                    continue
                kind, *rest = worker.pipe.recv()
                if kind == "progress":
                    progress(rest[0], rest[1])
                elif kind == "done":
                    return dict(rest[0])
                else:
                    raise _error(rest[0], rest[1])
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            worker.process.join(timeout=GRACE_S)
            if run.cancelled.is_set() or self._closed:
                raise Cancelled("stopped") from error
            code = worker.process.exitcode
            raise WorkerFailed(
                f"the process that rendered this ended early (exit {code}); the machine may be short of memory"
            ) from error

    def _release(self, worker: _Worker) -> None:
        if self._closed:
            _end(worker)
            return
        if not worker.process.is_alive():
            worker.pipe.close()
            worker = self._start()
        self._idle.put(worker)


def _end(worker: _Worker) -> None:
    with suppress(OSError):
        worker.pipe.close()
    worker.process.join(timeout=0.5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _error(kind: str, message: str) -> EngineError:
    if kind == "Cancelled":
        return Cancelled(message)
    return BadInput(message) if kind == "BadInput" else WorkerFailed(message)


def _serve(pipe: Connection, stop: Event, warmup: Warmup, settings: Mapping[str, str]) -> None:
    """A worker's life: warm up, then do what comes down the pipe until the pipe closes."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    state: Any = None
    failure: Exception | None = None
    try:
        state = warmup(settings)
    except Exception as error:
        failure = error
    while True:
        try:
            task, arguments = pipe.recv()
        except (EOFError, OSError):
            return

        def report(fraction: float, stage: str) -> None:
            if stop.is_set():
                raise Cancelled("stopped")
            pipe.send(("progress", fraction, stage))

        try:
            if failure is not None:
                raise failure
            report(0.0, "starting")
            pipe.send(("done", dict(task(state, arguments, report))))
        except Cancelled as error:
            pipe.send(("error", "Cancelled", str(error)))
        except BadInput as error:
            pipe.send(("error", "BadInput", str(error)))
        except Exception as error:
            pipe.send(("error", "WorkerFailed", str(error) or type(error).__name__))
