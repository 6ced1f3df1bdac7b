"""One take's tracks made by two processes: what one asks of the other, in what order, and what it does meanwhile.

Threads of one interpreter take turns at its lock; processes do not. A track depends on nothing but itself, so whoever
makes it makes the same bits, and whatever is not done elsewhere is done here. Nobody waits while there is something to
make that will be wanted: the beginning of a take during its sound check, what comes next while it is mixed.
"""

from collections import deque
from collections.abc import Generator, Sequence
from typing import Any, Final, Literal, Protocol

from contrafact.engine.audio.value import Samples
from contrafact.engine.rendering.balance import Powers, measured, measured_key
from contrafact.engine.rendering.channels import Channel
from contrafact.engine.rendering.shelf import Shelf

Piece = tuple[Literal["check", "segment"], int, Any]
"""What is asked for, a channel's place among the desk's, and the windows, or the segment's number."""
Sound = Samples | None

_IN_HAND: Final = 2
"""Pieces of a sound check that are with the other at a time: one to do, one to go on with."""
_AHEAD: Final = 1
"""Segments that are asked for before their turn."""
_BEGINNING: Final = range(2)
"""Segments that whoever hears a take from its beginning waits for, some twelve seconds."""
_MIXING: Final = 4.0
_KEPT: Final = 3.0
"""What mixing, and reading a recorded stem, is about, where a part without effects is 1."""


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
        self._lent: frozenset[int] = _lighter_half(channels)
        self._early: set[tuple[int, int]] = set()
        """Places and numbers of segments that were asked for during the sound check."""
        self._begun: set[tuple[int, int]] = set()
        """Those that were made here before their turn: once, however little the shelf holds."""

    def hear(self, windows: tuple[int, ...]) -> Sequence[Powers]:
        """Measure all channels: from the first on here, from the last on there, until the two meet.

        Who measured a channel has its notes at hand, so segments are shared in the same way. Whoever has measured
        everything begins with these: the take is about to be heard from its beginning.
        """
        heard: dict[int, Powers] = {}
        waiting: deque[int] = deque()
        for place, channel in enumerate(self._channels):
            if self._shelf.holds(measured_key(channel, windows)):
                heard[place] = measured(channel, windows, self._shelf)
            else:
                waiting.append(place)
        asked: deque[int] = deque()
        lent: set[int] = set()
        willing = True
        while waiting or asked:
            while willing and waiting and len(asked) < _IN_HAND:
                asked.append(waiting.pop())
                self._hands.ask(("check", asked[-1], windows))
            answered = bool(asked) and self._hands.ready(("check", asked[0], windows))
            if waiting and not answered:
                place = waiting.popleft()
                heard[place] = measured(self._channels[place], windows, self._shelf)
                continue
            if not waiting and willing:
                self._ask_early(lent)
            if not answered and self._begin_one(set(heard) - lent, _BEGINNING):
                continue
            place = asked.popleft()
            willing, powers = self._hands.answer(("check", place, windows))
            if willing:
                lent.add(place)
                key = measured_key(self._channels[place], windows)
                heard[place] = self._shelf.value(key, _constant(powers))
            else:
                waiting.appendleft(place)
        if lent:
            self._lent = frozenset(lent)
        return [heard[place] for place in range(len(self._channels))]

    def segments(self, channels: Sequence[Channel], numbers: Sequence[int]) -> Generator[list[Sound], None, None]:
        """Segment after segment of some of the desk's channels."""
        places = {id(channel): place for place, channel in enumerate(self._channels)}
        lent = [channel for channel in channels if places[id(channel)] in self._lent]
        own = {places[id(channel)] for channel in channels} - self._lent
        asked, self._early = self._early, set()

        def ask(number: int) -> None:
            for channel in lent:
                place = places[id(channel)]
                if (place, number) not in asked and not self._shelf.holds(channel.track.segment_key(number)):
                    asked.add((place, number))
                    self._hands.ask(("segment", place, number))

        for number in numbers:
            coming = range(number, min(number + _AHEAD, numbers[-1]) + 1)
            for ahead in coming:
                ask(ahead)
            here = {id(one): one.track.segment(number) for one in channels if (places[id(one)], number) not in asked}
            for channel in channels:
                place = places[id(channel)]
                if (place, number) in asked:
                    piece: Piece = ("segment", place, number)
                    while not self._hands.ready(piece) and self._begin_one(own, coming):
                        pass
                    done, sound = self._hands.answer(piece)
                    track = channel.track
                    here[id(channel)] = track.given(number, sound) if done else track.segment(number)
            yield [here[id(channel)] for channel in channels]

    def _ask_early(self, lent: set[int]) -> None:
        """Ask for the first segment of what was measured there, behind what is still to be measured."""
        first = _BEGINNING[0]
        for place in sorted(lent):
            channel = self._channels[place]
            known = (place, first) in self._early or self._shelf.holds(channel.track.segment_key(first))
            if channel.audible and not known:
                self._early.add((place, first))
                self._hands.ask(("segment", place, first))

    def _begin_one(self, places: set[int], numbers: Sequence[int]) -> bool:
        """Make the segment of some channels that is wanted first; False when there is none left."""
        for number in numbers:
            for place in sorted(places):
                track = self._channels[place].track
                wanted = self._channels[place].audible and (place, number) not in self._begun
                if wanted and not self._shelf.holds(track.segment_key(number)):
                    self._begun.add((place, number))
                    track.segment(number)
                    return True
        return False


def _constant(powers: Powers) -> Any:
    return lambda: powers


def _lighter_half(channels: Sequence[Channel]) -> frozenset[int]:
    """About half of the work, for somebody who does not mix."""
    weights = [1.0 + len(channel.track.effects) + (0.0 if channel.generated else _KEPT) for channel in channels]
    here, there = _MIXING, 0.0
    lent: set[int] = set()
    for place in sorted(range(len(channels)), key=lambda place: (-weights[place], place)):
        if there < here:
            there += weights[place]
            lent.add(place)
        else:
            here += weights[place]
    return frozenset(lent)
