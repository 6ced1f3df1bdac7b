"""Who is served next, when several listeners wait for one process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

AHEAD_S: Final = 15.0
"""So much sound ahead of its listener, a take can wait while others are begun or caught up with."""

_SILENT_TURN_S: Final = 0.25


@dataclass(slots=True)
class _Waiting:
    begun_s: float
    patient: bool
    sound_s: float = 0.0


class Turns:
    """The take whose listener would run dry first has the next turn.

    A listener hears a take from its beginning, so with ``sound_s`` seconds made it lasts until ``begun_s + sound_s``.
    While any take lasts less than :data:`AHEAD_S` from now, the one that ends first is next: a newcomer comes before
    all who have something to listen to. When all are well ahead, the oldest is worked on to its end. Nobody starves:
    the moment at which a waiting take runs dry stays, while those of newcomers lie later and later; and a turn that
    makes no sound counts as a little, so that nobody holds the floor by making none.

    Parameters
    ----------
    clock
        Seconds that only grow. It decides the order of turns and nothing else.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: dict[str, _Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def pressing(self) -> bool:
        """Whether there is anything but patient work."""
        return any(not waiting.patient for waiting in self._waiting.values())

    def begin(self, key: str, patient: bool = False) -> None:
        """Take up a piece of work; a patient one has turns only while there is no other."""
        self._waiting[key] = _Waiting(self._clock(), patient)

    def note(self, key: str, sound_s: float) -> None:
        """So much of it can be listened to now."""
        waiting = self._waiting[key]
        waiting.sound_s = max(sound_s, waiting.sound_s + _SILENT_TURN_S)

    def end(self, key: str) -> None:
        """It is done, or nobody wants it any more."""
        self._waiting.pop(key, None)

    def next(self) -> str:
        """Whose turn it is; there must be somebody."""
        now_s = self._clock()
        impatient = [item for item in self._waiting.items() if not item[1].patient] or list(self._waiting.items())
        # Both orders keep that of arrival where they tie: `min` takes the first of equals.
        urgent = [item for item in impatient if item[1].begun_s + item[1].sound_s < now_s + AHEAD_S]
        if urgent:
            return min(urgent, key=lambda item: item[1].begun_s + item[1].sound_s)[0]
        return min(impatient, key=lambda item: item[1].begun_s)[0]
