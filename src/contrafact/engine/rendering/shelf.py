"""What was played and may be heard again: bounded, shared by threads and desks, and safe to lose.

Whatever lies here can be made again to the same bits, so what is kept, and for how long, never changes what is heard.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Final

import numpy as np

from contrafact.engine.audio.value import Samples

_DEFAULT_BYTES: Final = 128 * 2**20
_MOST_NUMBERS: Final = 4096
_SMALL: Final = 512
"""What a value is taken to weigh beside its samples."""


class Shelf:
    """The least recently used of all that was made goes first.

    Parameters
    ----------
    memory_bytes : int
        Bound on the sound that is kept; what is being made or mixed comes on top.

    Notes
    -----
    Keys must name all that a value depends on: recordings by their SHA-256, everything else by value.
    """

    def __init__(self, memory_bytes: int = _DEFAULT_BYTES) -> None:
        self._limit = memory_bytes
        self._weight = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, Future[Any]] = {}
        self._numbers: OrderedDict[Hashable, int] = OrderedDict()
        self._next_number = 0
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        return self._weight

    def number(self, what: Hashable) -> int:
        """A short name for a long key (a part's thousand notes): equal keys have equal numbers, others never."""
        with self._lock:
            known = self._numbers.get(what)
            if known is None:
                known = self._next_number
                self._next_number += 1
                self._numbers[what] = known
                while len(self._numbers) > _MOST_NUMBERS:
                    self._numbers.popitem(last=False)
            else:
                self._numbers.move_to_end(what)
            return known

    def holds(self, key: Hashable) -> bool:
        """Whether a value is here now."""
        with self._lock:
            return key in self._values

    def sound(self, key: Hashable, make: Callable[[], Samples | None]) -> Samples | None:
        """The sound of a key, made if it is not here; ``None`` is silence. Read only."""
        found: Samples | None = self.value(key, lambda: _frozen(make()), _weight_of)
        return found

    def value(self, key: Hashable, make: Callable[[], Any], weigh: Callable[[Any], int] = lambda _: _SMALL) -> Any:
        """Any value; threads that ask for what another one is making wait for it. What ``make`` raises is passed on."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found[0]
            future = self._making.get(key)
            mine = future is None
            if future is None:
                future = self._making[key] = Future()
        if not mine:
            return future.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            future.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            weight = weigh(value)
            self._values[key] = (value, weight)
            self._weight += weight
            while self._weight > self._limit and len(self._values) > 1:
                self._weight -= self._values.popitem(last=False)[1][1]
        future.set_result(value)
        return value


def _frozen(sound: Samples | None) -> Samples | None:
    if sound is None or not sound.any():
        return None
    kept = np.ascontiguousarray(sound)
    kept.flags.writeable = False
    return kept


def _weight_of(sound: Samples | None) -> int:
    return _SMALL + (0 if sound is None else sound.nbytes)
