"""Inside a worker process: several pieces of work under way at once, one slice after another."""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from contrafact.engine.errors import BadInput, Cancelled
from contrafact.remixes.slices import Favour, Helped, Slices
from contrafact.service.turns import Turns

Warmup = Callable[[Mapping[str, str]], Any]
"""Called once in a new worker with the pool's settings; what it returns is handed to every task."""

Task = Callable[[Any, Mapping[str, Any]], Slices]
"""Work to do: (what the warm-up made, arguments) to slices. A module-level function."""

Message = tuple[Any, ...]
"""To the pool: ``("ready",)``, ``("turn", key)``, ``("slice", key, fraction, stage)``, ``("done", key, result)``,
``("error", key, kind, sentence)``, ``("ask", number, favour, arguments, first)`` or ``("favour", asker, number, done,
value)``."""

_LONGEST_WAIT_S: Final = 30.0
"""No favour takes that long: whoever waits does it without help."""


@dataclass(frozen=True, slots=True)
class Order:
    """To a worker: begin this piece of work; ``task`` None means to stop it."""

    key: str
    task: Task | None = None
    arguments: Mapping[str, Any] | None = None
    patient: bool = False


@dataclass(frozen=True, slots=True)
class FavourAsked:
    """To a worker: do this beside, if there is nothing else to do."""

    asker: int
    number: int
    favour: Favour
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FavourAnswered:
    """To a worker: what came of a favour."""

    number: int
    done: bool
    value: Any = None


class Mailbox:
    """What comes down the pipe, sorted; and this worker's :class:`~contrafact.remixes.slices.Colleague`."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._next = 0
        self._answers: dict[int, tuple[bool, Any]] = {}
        self._awaited: set[int] = set()
        self.orders: deque[Order] = deque()
        self.favours: deque[FavourAsked] = deque()

    def read(self, wait_s: float | None = 0.0) -> bool:
        """Take the next message, if there is one within ``wait_s`` (None: as long as it takes)."""
        if not self._pipe.poll(wait_s):
            return False
        message = self._pipe.recv()
        if isinstance(message, FavourAsked):
            self.favours.append(message)
        elif isinstance(message, FavourAnswered):
            if message.number in self._awaited:
                self._awaited.discard(message.number)
                self._answers[message.number] = (message.done, message.value)
        else:
            self.orders.append(message)
        return True

    def ask(self, favour: Favour, arguments: Mapping[str, Any], *, first: bool = False, answered: bool = True) -> int:
        self._next += 1
        if answered:
            self._awaited.add(self._next)
        self._pipe.send(("ask", self._next, favour, dict(arguments), first))
        return self._next

    def ready(self, number: int) -> bool:
        while number not in self._answers and self.read():
            pass
        return number in self._answers

    def answer(self, number: int) -> tuple[bool, Any]:
        until_s = time.monotonic() + _LONGEST_WAIT_S
        while number not in self._answers:
            if not self.read(max(0.0, until_s - time.monotonic())):
                return False, None
        return self._answers.pop(number)

    def oblige(self, state: Any) -> None:
        """Do the favour that was asked for first."""
        asked = self.favours.popleft()
        try:
            value = asked.favour(state, asked.arguments)
        except Exception:
            # Whoever asked does it there, and says there what is wrong with it.
            self._pipe.send(("favour", asked.asker, asked.number, False, None))
        else:
            self._pipe.send(("favour", asked.asker, asked.number, True, value))

    def decline(self) -> None:
        """There is no time for favours any more."""
        while self.favours:
            asked = self.favours.popleft()
            self._pipe.send(("favour", asked.asker, asked.number, False, None))


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

    @property
    def pressing(self) -> bool:
        """Whether anybody waits for what is under way."""
        return self._turns.pressing

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
    shift, mailbox = Shift(state, time.monotonic, pipe.send), Mailbox(pipe)
    if isinstance(state, Helped):
        state.colleague = mailbox
    # The pool has gone when the pipe is closed: nobody is left to work for.
    with suppress(EOFError, OSError):
        pipe.send(("ready",))
        while True:
            idle = not (shift or mailbox.orders or mailbox.favours)
            while mailbox.read(None if idle else 0.0):
                idle = False
            while mailbox.orders:
                shift.take(mailbox.orders.popleft())
            if shift.pressing:
                mailbox.decline()
            if mailbox.favours:
                mailbox.oblige(state)
            elif shift:
                shift.advance()
