"""Two processes at one take: the one that makes it asks, the one that is idle plays some of its tracks.

What was made is laid in a file of the take's folder that both have mapped; that it is there comes with the message.
"""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.errors import EngineError
from contrafact.engine.rendering import Desk, Piece
from contrafact.engine.rendering.grid import SEGMENT
from contrafact.remixes.slices import Colleague, Favour

_FILE: Final = "tracks.f32"
_DEPTH: Final = 3
"""Segments of a track that may be under way: what is asked ahead, what is due, and one to be sure."""


_ALONE: Final = 24
"""After a favour that was declined, pieces that are done without asking: some ten seconds of sound."""


class NotPrepared(EngineError):
    """A process was asked to help with what it does not know."""


@dataclass(slots=True)
class Helping:
    """The take that a process helps with."""

    key: str
    desk: Desk
    files: ExitStack
    tracks: NDArray[np.float32]

    def do(self, piece: Piece) -> Any:
        """Whether a segment, now in the file, sounds at all; ``None`` where it does not."""
        made = self.desk.piece(piece)
        if made is None:
            return None
        _, place, number = piece
        self.tracks[place, number % _DEPTH] = made
        return True


def open_tracks(folder: Path, places: int) -> NDArray[np.float32]:
    """The file between the two, made by whoever comes first; it takes no more room than is written to."""
    path = folder / _FILE
    shape = (max(1, places), _DEPTH, 2, SEGMENT)
    with path.open("ab") as file:
        file.truncate(4 * int(np.prod(shape)))
    return np.memmap(path, np.float32, "r+", shape=shape)


class HandsOf:
    """A colleague as a desk's :class:`~contrafact.engine.rendering.Hands`.

    Parameters
    ----------
    colleague : Colleague
    prepare, favour : Favour
        The first opens the take at the colleague's, with ``arguments``; the second is then asked for each piece, with
        ``key`` and ``piece``.
    arguments : mapping
        Of the take.
    """

    def __init__(self, colleague: Colleague, prepare: Favour, favour: Favour, arguments: Mapping[str, Any]) -> None:
        self._colleague, self._favour = colleague, favour
        self._folder = Path(arguments["folder"])
        self._numbers: dict[tuple[str, int, Any], int | None] = {}
        self._tracks: NDArray[np.float32] | None = None
        self._prepare, self._arguments = prepare, arguments
        self._alone = 0
        """So many pieces are done here before somebody is looked for again."""
        self._seek()

    def open(self, places: int) -> None:
        """Once it is known how many channels the take has."""
        self._tracks = open_tracks(self._folder, places)

    def close(self) -> None:
        """No more is wanted; whoever helped may close what they opened."""
        self._tracks = None
        self._colleague.ask(self._favour, {"key": str(self._folder), "piece": None}, answered=False)
        (self._folder / _FILE).unlink(missing_ok=True)

    def _seek(self) -> None:
        # Nobody waits for the answer: whoever could not prepare will not do what follows.
        self._colleague.ask(self._prepare, self._arguments, first=True, answered=False)

    def ask(self, piece: Piece) -> None:
        self._numbers[piece] = None
        if self._alone:
            self._alone -= 1
            if self._alone == 0:
                self._seek()
            return
        self._numbers[piece] = self._colleague.ask(self._favour, {"key": str(self._folder), "piece": piece})

    def ready(self, piece: Piece) -> bool:
        number = self._numbers[piece]
        return number is None or self._colleague.ready(number)

    def answer(self, piece: Piece) -> tuple[bool, Any]:
        number = self._numbers.pop(piece)
        done, value = (False, None) if number is None else self._colleague.answer(number)
        if number is not None and not done:
            self._alone = _ALONE
        if not done or value is None:
            return done, None
        _, place, at = piece
        assert self._tracks is not None, "opened before a segment is asked for"
        return True, np.array(self._tracks[place, at % _DEPTH])


def let_go(helping: "Helping | None") -> None:
    """Close what somebody helped with."""
    if helping is not None:
        with suppress(OSError):
            helping.files.close()
