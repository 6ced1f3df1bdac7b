"""Inside a worker process: several pieces of work under way at once, one slice after another."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from contrafact.engine.errors import BadInput, Cancelled
from contrafact.remixes.slices import Slices
from contrafact.service.turns import Turns

Warmup = Callable[[Mapping[str, str]], Any]
"""Called once in a new worker with the pool's settings; what it returns is handed to every task."""

Task = Callable[[Any, Mapping[str, Any]], Slices]
"""Work to do: (what the warm-up made, arguments) to slices. A module-level function."""

Message = tuple[Any, ...]
"""To the pool: ``("turn", key)``, ``("slice", key, fraction, stage)``, ``("done", key, result)`` or ``("error", key,
kind, sentence)``."""


@dataclass(frozen=True, slots=True)
class Order:
    """To a worker: begin this piece of work; ``task`` None means to stop it."""

    key: str
    task: Task | None = None
    arguments: Mapping[str, Any] | None = None
    patient: bool = False


class Shift:
    """Works on everything that was begun, a slice at a time, and says what came of each.

    Parameters
    ----------
    state
        What the warm-up made.
    clock
        As for :class:`Turns`.
    tell
        Is given each :data:`Message`.
    """

    def __init__(self, state: Any, clock: Callable[[], float], tell: Callable[[Message], None]) -> None:
        self._state = state
        self._turns = Turns(clock)
        self._tell = tell
        self._work: dict[str, Slices] = {}

    def __bool__(self) -> bool:
        return bool(self._work)

    def take(self, order: Order) -> None:
        """Begin or stop a piece of work."""
        if order.task is None:
            self._stop(order.key)
            return
        try:
            if isinstance(self._state, Exception):
                raise self._state
            self._work[order.key] = order.task(self._state, order.arguments or {})
            self._turns.begin(order.key, order.patient)
        except Exception as error:
            self._fail(order.key, error)

    def advance(self) -> None:
        """One slice of whoever is next."""
        key = self._turns.next()
        self._tell(("turn", key))
        try:
            done = next(self._work[key])
        except StopIteration as end:
            self._end(key)
            self._tell(("done", key, end.value))
        except Exception as error:
            self._end(key)
            self._fail(key, error)
        else:
            self._turns.note(key, done.sound_s)
            self._tell(("slice", key, done.fraction, done.stage))

    def _stop(self, key: str) -> None:
        work = self._work.get(key)
        if work is None:
            return
        self._end(key)
        with suppress(Exception):
            work.close()
        self._tell(("error", key, "Cancelled", "stopped"))

    def _end(self, key: str) -> None:
        del self._work[key]
        self._turns.end(key)

    def _fail(self, key: str, error: Exception) -> None:
        known = isinstance(error, BadInput | Cancelled)
        kind = ("Cancelled" if isinstance(error, Cancelled) else "BadInput") if known else "WorkerFailed"
        self._tell(("error", key, kind, str(error) or type(error).__name__))


def serve(pipe: Connection, warmup: Warmup, settings: Mapping[str, str], niceness: int) -> None:
    """A worker's life: warm up, then do what comes down the pipe until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(niceness)
    state: Any
    try:
        state = warmup(settings)
    except Exception as error:
        state = error
    shift = Shift(state, time.monotonic, pipe.send)
    # The pool has gone when the pipe is closed: nobody is left to work for.
    with suppress(EOFError, OSError):
        while True:
            while not shift or pipe.poll():
                shift.take(pipe.recv())
            shift.advance()
