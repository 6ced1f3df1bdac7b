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

Piece = tuple[Literal["check", "segment"], int, Any]
"""What is asked for, a channel's place among the desk's, and the windows, or the segment's number."""
Sound = Samples | None

_IN_HAND: Final = 2
"""Pieces that are with the other at a time: one to do, one to go on with."""
_AHEAD: Final = 1
"""Segments that are begun before their turn."""


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

    def begin(self) -> None:
        """A take is about to be heard from its beginning: half of its first segments are asked for.

        Those that have something to do, for there is a sound check to be made here meanwhile.
        """
        busy = [place for place in self._places(self._channels) if _work(self._channels[place], 0) > 0]
        left = sum(_work(self._channels[place], 0) for place in busy) / 2
        while busy and left > 0:
            place = busy.pop()
            left -= _work(self._channels[place], 0)
            if not self._shelf.holds(self._channels[place].track.segment_key(0)):
                self._ask((place, 0))

    def hear(self, windows: tuple[int, ...]) -> Sequence[Powers]:
        """Measure all channels; those that have to be heard from the first on here, from the last on there."""
        heard: dict[int, Powers] = {}
        waiting: deque[int] = deque()
        for place, channel in enumerate(self._channels):
            if channel.part is not None or self._shelf.holds(measured_key(channel, windows)):
                heard[place] = measured(channel, windows, self._shelf)
            else:
                waiting.append(place)
        asked: deque[int] = deque()
        willing = True
        while waiting or asked:
            # The last one is begun here sooner than it is asked for.
            while willing and len(waiting) > 1 and len(asked) < _IN_HAND:
                asked.append(waiting.pop())
                self._hands.ask(("check", asked[-1], windows))
            answered = bool(asked) and self._hands.ready(("check", asked[0], windows))
            if waiting and not answered:
                place = waiting.popleft()
                heard[place] = measured(self._channels[place], windows, self._shelf)
            elif answered or not self._begin_one(self._places(self._channels), 0):
                place = asked.popleft()
                willing, powers = self._hands.answer(("check", place, windows))
                if willing:
                    key = measured_key(self._channels[place], windows)
                    heard[place] = self._shelf.value(key, _constant(powers))
                else:
                    waiting.appendleft(place)
        return [heard[place] for place in range(len(self._channels))]

    def segments(self, channels: Sequence[Channel], numbers: Sequence[int]) -> Generator[list[Sound], None, None]:
        """Segment after segment of some of the desk's channels."""
        wanted = self._places(channels)
        for number in numbers:
            coming = range(number, min(number + _AHEAD, numbers[-1]) + 1)
            self._forget(coming)
            while not all((place, number) in self._made for place in wanted):
                self._lend(wanted, coming, _IN_HAND)
                self._take(waiting=False)
                if not any(self._begin_one(wanted, ahead) for ahead in coming) and self._asked:
                    self._take(waiting=True)
            # So much that the other has something to do while this one is mixed.
            self._lend(wanted, coming, max(_IN_HAND, len(wanted) // 2))
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

    def _lend(self, places: Sequence[int], numbers: Sequence[int], most: int) -> None:
        """Ask for what is wanted next, from the last channel on, until so much is asked for."""
        for number in numbers:
            missing = self._open(places, number)
            while missing and len(self._asked) < most:
                self._ask((missing.pop(), number))

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

    def _begin_one(self, places: Sequence[int], number: int) -> bool:
        """Make the first segment of a number that is neither here nor asked for; False when there is none."""
        missing = self._open(places, number)
        if missing:
            self._made[missing[0], number] = self._channels[missing[0]].track.segment(number)
        return bool(missing)


def _work(channel: Channel, number: int) -> int:
    """About what a segment takes that is made for the first time: so many different notes, or one for a recording."""
    if channel.part is None:
        return 1
    first_s, last_s = number * SEGMENT / SAMPLE_RATE, (number + 1) * SEGMENT / SAMPLE_RATE
    begun = (note for note in channel.part.notes if first_s <= note.start_s < last_s)
    return len({(note.pitch, note.velocity // 8) for note in begun})


def _constant(powers: Powers) -> Any:
    return lambda: powers
