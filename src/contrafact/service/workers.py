"""Processes that do the heavy sound work: warm, bounded in number, and stopped for good when asked.

A render holds one core for seconds; in the server's own process it would stall every page. Threads cannot be stopped
from outside, ``ProcessPoolExecutor`` cannot cancel a task that runs: so each worker is a process of its own with a
pipe, which works on several takes in turns (:mod:`contrafact.service.shift`), and is killed when it does not listen.

Workers are new processes, or copies of one that has imported what they all need and has done nothing else.
"""

import multiprocessing
import queue
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess, SpawnContext, SpawnProcess
from typing import Any, Final

from contrafact.engine.errors import BadInput, Cancelled, EngineError
from contrafact.engine.progress import Progress, silent
from contrafact.remixes.slices import Favour
from contrafact.service.shift import FavourAnswered, FavourAsked, Message, Order, Task, Warmup, serve

GRACE_S: Final = 10.0
"""How long a worker may take to notice that something was cancelled before its process is killed."""
_MOST_BEGINNINGS: Final = 3
_LISTEN_S: Final = 0.25


class WorkerFailed(EngineError):
    """The work could not be done, for a reason that is the machine's or ours, not the caller's."""


@dataclass(slots=True, eq=False)
class _Run:
    order: Order
    inbox: "queue.SimpleQueue[Message]" = field(default_factory=queue.SimpleQueue)
    worker: "_Worker | None" = None
    cancelled_s: float | None = None
    beginnings: int = 0


@dataclass(slots=True, eq=False)
class _Worker:
    process: SpawnProcess | ForkServerProcess
    pipe: Connection
    started: threading.Event = field(default_factory=threading.Event)
    """Set once there is a process, or it is known that there will be none."""
    sending: threading.Lock = field(default_factory=threading.Lock)
    runs: dict[str, _Run] = field(default_factory=dict)
    turn: str = ""
    used_s: float = 0.0
    ready: bool = False
    """Whether it has warmed up."""
    helper: "_Worker | None" = None
    """Who does the favours that it asks for."""
    favours: "set[tuple[_Worker, int]]" = field(default_factory=set)
    """Those that it does: for whom, and their numbers."""

    @property
    def busy(self) -> int:
        """Whoever rehearses is idle for others: what it has played is at hand for them."""
        return sum(not run.order.patient for run in self.runs.values())

    def send(self, order: Order | FavourAsked | FavourAnswered) -> None:
        # One that has just died is noticed by whoever listens to it.
        with self.sending, suppress(OSError):
            self.pipe.send(order)


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
    niceness : int
        How far the processes stand back for others on the machine, 0 to 19.
    grace_s : float
        See :data:`GRACE_S`.
    preload : sequence of str
        Modules that one process imports of which the workers are then copies: several cost hardly more than one. By
        default each worker is a new process that imports for itself. One of these processes serves all pools of this
        process, and imports what the first of them named.
    """

    def __init__(
        self,
        count: int,
        warmup: Warmup,
        settings: Mapping[str, str],
        niceness: int = 0,
        grace_s: float = GRACE_S,
        preload: Sequence[str] = (),
    ) -> None:
        self._context = _context(preload)
        self._warmup, self._settings = warmup, dict(settings)
        self._niceness, self._grace_s = niceness, grace_s
        self._runs: dict[str, _Run] = {}
        self._lock = threading.RLock()
        self._closed = False
        self._workers = [self._start() for _ in range(max(1, count))]

    @property
    def warm(self) -> bool:
        """Whether every worker has warmed up."""
        with self._lock:
            return bool(self._workers) and all(worker.ready for worker in self._workers)

    def run(self, key: str, task: Task, arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Do one piece of work in a worker, in turns with others, and wait for it.

        Raises
        ------
        Cancelled
            When :meth:`cancel` was called with the same key, or the pool was closed.
        BadInput, WorkerFailed
            What the task raised, with its own sentence; a worker that died is replaced.
        """
        return self._run(Order(key, task, dict(arguments)), progress)

    def rehearse(self, key: str, task: Task, arguments: Mapping[str, Any]) -> bool:
        """Do a piece of work for what it leaves in a worker's memory, beside everything else; its result is not kept.

        Returns False, and does nothing, unless all workers are idle: nobody shall wait for a rehearsal.
        """
        with self._lock:
            if self._closed or self._runs:
                return False

        def work() -> None:
            with suppress(EngineError):
                self._run(Order(key, task, dict(arguments), patient=True), silent)

        threading.Thread(target=work, name="rehearsal", daemon=True).start()
        return True

    def cancel(self, key: str) -> bool:
        """Ask the work with this key to stop; True when it was waiting or running."""
        with self._lock:
            run = self._runs.get(key)
            if run is None:
                return False
            run.cancelled_s = run.cancelled_s or time.monotonic()
            worker = run.worker
        if worker is not None:
            worker.send(Order(key))
        return True

    def close(self) -> None:
        """Stop every worker; whatever still runs ends as cancelled."""
        with self._lock:
            self._closed = True
            workers, self._workers = self._workers, []
        for worker in workers:
            worker.started.wait()
            if worker.process.pid is not None:
                worker.process.kill()
        for worker in workers:
            if worker.process.pid is not None:
                worker.process.join()

    def _run(self, order: Order, progress: Progress) -> dict[str, Any]:
        run = _Run(order)
        with self._lock:
            if self._closed:
                raise Cancelled("stopped before it began")
            if order.key in self._runs:
                raise WorkerFailed(f"the job {order.key} is running already")
            self._runs[order.key] = run
        try:
            self._begin(run)
            return self._attend(run, progress)
        finally:
            with self._lock:
                del self._runs[order.key]
                if run.worker is not None:
                    run.worker.runs.pop(order.key, None)

    def _begin(self, run: _Run) -> None:
        """Give a run to the worker with the least to do; of equals to the one that was used last and is warm."""
        with self._lock:
            if self._closed:
                raise Cancelled("stopped before it began")
            worker = min(self._workers, key=lambda each: (each.busy, -each.used_s))
            worker.runs[run.order.key] = run
            worker.used_s = time.monotonic()
            run.worker = worker
            run.beginnings += 1
        # Outside the lock: a worker in the middle of a slice takes a large order only when it has ended.
        worker.send(run.order)
        if run.cancelled_s is not None:
            worker.send(Order(run.order.key))

    def _attend(self, run: _Run, progress: Progress) -> dict[str, Any]:
        key = run.order.key
        while True:
            try:
                kind, _, *rest = run.inbox.get(timeout=_LISTEN_S)
            except queue.Empty:
                self._watch(run)
                continue
            if kind == "slice":
                try:
                    progress(rest[0], rest[1])
                except BaseException:
                    self.cancel(key)
                    raise
            elif kind == "done":
                return dict(rest[0])
            elif kind == "error":
                raise _error(rest[0], rest[1])
            elif not self._begin_again(run, rest[0]):
                raise WorkerFailed(
                    f"the process that rendered this ended early (exit {rest[1]}); the machine may be short of memory"
                )

    def _watch(self, run: _Run) -> None:
        """Kill the worker of a cancelled run that does not listen."""
        late = run.cancelled_s is not None and time.monotonic() - run.cancelled_s >= self._grace_s
        if late and run.worker is not None and run.worker.process.pid is not None:
            run.worker.process.kill()

    def _begin_again(self, run: _Run, culprit: str) -> bool:
        """After a worker's death: True when the run goes on with another worker."""
        with self._lock:
            if self._closed or run.cancelled_s is not None:
                raise Cancelled("stopped")
            if culprit == run.order.key or run.beginnings >= _MOST_BEGINNINGS:
                return False
        self._begin(run)
        return True

    def _pass_on(self, asker: _Worker, number: int, favour: Favour, arguments: Mapping[str, Any], first: bool) -> None:
        """A favour goes to a worker that nobody waits for: the same one until another is looked for."""
        with self._lock:
            if first:
                idle = (each for each in self._workers if each is not asker and each.ready and not each.busy)
                asker.helper = next(idle, None)
            helper = asker.helper
            if helper is not None and (helper.busy or helper not in self._workers):
                helper = None
            if helper is not None:
                helper.favours.add((asker, number))
        if helper is None:
            asker.send(FavourAnswered(number, done=False))
        else:
            helper.send(FavourAsked(id(asker), number, favour, arguments))

    def _answer(self, helper: _Worker, asker: int, number: int, done: bool, value: Any) -> None:
        with self._lock:
            found = next((item for item in helper.favours if id(item[0]) == asker and item[1] == number), None)
            if found is not None:
                helper.favours.discard(found)
        if found is not None:
            found[0].send(FavourAnswered(number, done, value))

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=serve,
            args=(theirs, self._warmup, self._settings, self._niceness),
            name="contrafact-worker",
            daemon=True,
        )
        worker = _Worker(process, ours)

        def begin() -> None:
            try:
                process.start()
            finally:
                theirs.close()
                worker.started.set()

        def live() -> None:
            try:
                begin()
            finally:
                self._listen(worker)

        # Who is to be copied has to be ready first, which nobody shall wait for.
        copied = isinstance(process, ForkServerProcess)
        if not copied:
            begin()
        task = live if copied else lambda: self._listen(worker)
        threading.Thread(target=task, name="contrafact-worker", daemon=True).start()
        return worker

    def _listen(self, worker: _Worker) -> None:
        """Pass on what a worker says until it is dead; then replace it and tell those whom it worked for."""
        with suppress(EOFError, OSError):
            while True:
                message: Message = worker.pipe.recv()
                if message[0] == "turn":
                    worker.turn = message[1]
                    continue
                if message[0] == "ready":
                    worker.ready = True
                    continue
                if message[0] == "ask":
                    self._pass_on(worker, *message[1:])
                    continue
                if message[0] == "favour":
                    self._answer(worker, *message[1:])
                    continue
                with self._lock:
                    run = worker.runs.get(message[1])
                if run is not None:
                    run.inbox.put(message)
        if worker.process.pid is not None:
            worker.process.join()
        with self._lock:
            worker.pipe.close()
            left, favours = list(worker.runs.values()), list(worker.favours)
            worker.runs.clear()
            worker.favours.clear()
            if not self._closed:
                self._workers[self._workers.index(worker)] = self._start()
        for asker, number in favours:
            asker.send(FavourAnswered(number, done=False))
        for run in left:
            run.inbox.put(("lost", run.order.key, worker.turn, worker.process.exitcode))


def _context(preload: Sequence[str]) -> SpawnContext | ForkServerContext:
    # Python 3.11.0 lets everybody on the machine talk to a process that is to be copied (CVE-2022-42919).
    if not preload or sys.version_info < (3, 11, 1):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context


def _error(kind: str, message: str) -> EngineError:
    if kind == "Cancelled":
        return Cancelled(message)
    return BadInput(message) if kind == "BadInput" else WorkerFailed(message)
