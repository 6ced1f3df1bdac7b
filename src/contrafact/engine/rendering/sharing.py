"""One take's tracks made by two processes: what one asks of the other, in what order, and what it does meanwhile.

Threads of one interpreter take turns at its lock; processes do not. A track depends on nothing but itself, so whoever
makes it makes the same bits, and whatever is not done elsewhere is done here. Channels are shared from both ends, until
the two meet: who has played a channel has its notes at hand. Nobody waits while there is something to make that will be
wanted.
"""

from collections import deque
from collections.abc import Generator, Sequence
from typing import Any, Final, Literal, Protocol

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.balance import Powers, measured, measured_key
from contrafact.engine.rendering.channels import Channel
from contrafact.engine.rendering.grid import SEGMENT
from contrafact.engine.rendering.shelf import Shelf

Piece = tuple[Literal["segment"], int, int]
"""What is asked for, a channel's place among the desk's, and the segment's number."""
Sound = Samples | None

_IN_HAND: Final = 3
"""Pieces that are with the other at a time: one to do, some to go on with."""
_AHEAD: Final = 1
"""Segments that are begun before their turn."""
_KEPT_S, _STROKE_S = 2.0, 0.5
"""What reading a recording and making a stroke count for, beside a second of a note."""
_LIGHT_S: Final = 8.0
"""What is soon done."""


class Hands(Protocol):
    """Somebody else with a desk for the same take."""

    def ask(self, piece: Piece) -> None:
        """Ask for :meth:`Desk.piece`; returns at once."""
        ...

    def ready(self, piece: Piece) -> bool:
        """Whether :meth:`answer` would not have to wait."""
        ...

    def answer(self, piece: Piece) -> tuple[bool, Any]:
        """What was asked for, once; or (False, None) where it has to be done here."""
        ...


class Sharing:
    """The channels of a desk, some of them played by another process.

    Parameters
    ----------
    channels : sequence of Channel
    shelf : Shelf
        Where what comes back is kept, as if it had been made here.
    hands : Hands
    """

    def __init__(self, channels: Sequence[Channel], shelf: Shelf, hands: Hands) -> None:
        self._channels, self._shelf, self._hands = channels, shelf, hands
        self._asked: deque[tuple[int, int]] = deque()
        """Places and numbers of the segments that are with the other, in the order in which it makes them."""
        self._made: dict[tuple[int, int], Sound] = {}
        """Segments of this turn and the next, however little the shelf holds."""

    def hear(self, windows: tuple[int, ...]) -> Sequence[Powers]:
        """Measure all channels, while the other begins with the take, which is about to be heard."""
        wanted = self._places(self._channels)
        heard = []
        for channel in self._channels:
            if not self._shelf.holds(measured_key(channel, windows)):
                self.begin(wanted)
            heard.append(measured(channel, windows, self._shelf))
        return heard

    def begin(self, places: Sequence[int] | None = None) -> None:
        """See to it that the other has something to do of a take that is heard from its beginning."""
        self._take(waiting=False)
        self._lend(self._places(self._channels) if places is None else places, range(_AHEAD + 1))

    def segments(self, channels: Sequence[Channel], numbers: Sequence[int]) -> Generator[list[Sound], None, None]:
        """Segment after segment of some of the desk's channels."""
        wanted = self._places(channels)
        for number in numbers:
            coming = range(number, min(number + _AHEAD, numbers[-1]) + 1)
            self._forget(coming)
            while not all((place, number) in self._made for place in wanted):
                self._lend(wanted, coming)
                self._take(waiting=False)
                begun = any(self._begin_one(wanted, each, light=each != number) for each in coming)
                if not begun and self._asked:
                    self._take(waiting=True)
            # The other has something to do while this one is mixed.
            self._lend(wanted, coming)
            made = {place: self._made.pop((place, number)) for place in wanted}
            yield [made[place] for place in wanted]

    def _places(self, channels: Sequence[Channel]) -> list[int]:
        places = {id(channel): place for place, channel in enumerate(self._channels)}
        return [places[id(channel)] for channel in channels if channel.audible]

    def _ask(self, segment: tuple[int, int]) -> None:
        self._asked.append(segment)
        self._hands.ask(("segment", *segment))

    def _open(self, places: Sequence[int], number: int) -> list[int]:
        """Those of whom a segment is neither here nor asked for; what lies on the shelf is taken down."""
        missing = []
        for place in places:
            if (place, number) in self._made or (place, number) in self._asked:
                continue
            track = self._channels[place].track
            if self._shelf.holds(track.segment_key(number)):
                self._made[place, number] = track.segment(number)
            else:
                missing.append(place)
        return missing

    def _lend(self, places: Sequence[int], numbers: Sequence[int]) -> None:
        """Ask for what is wanted next and takes some time, from the last channel on."""
        for number in numbers:
            for place in reversed(self._open(places, number)):
                if len(self._asked) >= _IN_HAND:
                    return
                if _work_s(self._channels[place], number) > 0.0:
                    self._ask((place, number))

    def _take(self, *, waiting: bool) -> None:
        """Take what is ready; if ``waiting``, the first in any case."""
        while self._asked:
            piece: Piece = ("segment", *self._asked[0])
            if not waiting and not self._hands.ready(piece):
                return
            waiting = False
            place, number = self._asked.popleft()
            done, sound = self._hands.answer(piece)
            track = self._channels[place].track
            self._made[place, number] = track.given(number, sound) if done else track.segment(number)

    def _forget(self, numbers: Sequence[int]) -> None:
        """Let go of segments that somebody wanted who has gone elsewhere in the take."""
        while any(number not in numbers for _, number in self._asked):
            self._take(waiting=True)
        self._made = {segment: sound for segment, sound in self._made.items() if segment[1] in numbers}

    def _begin_one(self, places: Sequence[int], number: int, *, light: bool) -> bool:
        """Make the first segment of a number that is neither here nor asked for; False when there is none.

        ``light``: only one that what is waited for need not wait for.
        """
        for place in self._open(places, number):
            if not light or _work_s(self._channels[place], number) < _LIGHT_S:
                self._made[place, number] = self._channels[place].track.segment(number)
                return True
        return False


def _work_s(channel: Channel, number: int) -> float:
    """About what a segment takes that is made for the first time: seconds of notes that begin in it, each once."""
    if channel.part is None:
        return _KEPT_S
    first_s, last_s = number * SEGMENT / SAMPLE_RATE, (number + 1) * SEGMENT / SAMPLE_RATE
    begun = [note for note in channel.part.notes if first_s <= note.start_s < last_s]
    if channel.part.instrument.kind == "kit":
        return _STROKE_S * len({(note.pitch, note.velocity // 8) for note in begun})
    different = {(note.pitch, note.velocity // 8, round(2.0 * note.duration_s)) for note in begun}
    return sum(0.5 * halves + 1.0 for _, _, halves in different)
