"""The desk: a timeline's tracks and its mix, from anywhere, for as long as somebody listens."""

import math
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.limiting import Limiter
from contrafact.engine.audio.mastering import master
from contrafact.engine.audio.stems import StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import Progress, silent
from contrafact.engine.rendering.balance import Balance, Powers, check, measured
from contrafact.engine.rendering.channels import Channel, channels_of
from contrafact.engine.rendering.grid import QUANTUM, SEGMENT, amplitude, frame
from contrafact.engine.rendering.mixer import Mixer
from contrafact.engine.rendering.sharing import Hands, Piece, Sharing, Sound
from contrafact.engine.rendering.shelf import Shelf
from contrafact.engine.rendering.sounds import Sounds

_LONGEST_S: Final = 3600.0
_BLOCK_S: Final = 4.0
_MIX_SHARE: Final = 0.85
_NOTHING_LUFS: Final = -69.0
_MOST_GAIN_DB: Final = 24.0
_AHEAD: Final = 2
"""Segments that are made while one is mixed."""
_RUN_UP_S: Final = 0.8
"""What a mix that begins in the middle is played for before it is heard, and longer for its echoes."""
_LONGEST_RUN_UP_S: Final = 6.0
_ECHO_FLOOR_DB: Final = -50.0


class Desk:
    """A take at a mixing desk.

    Parameters
    ----------
    timeline : Timeline
    stems : StemReader or sequence of StemReader
        Of the recording, or of each of ``timeline.sources`` in their order. Read from several threads.
    sounds : Sounds or AssetStore
        Where the generated parts' sounds are; a worker keeps one ``Sounds`` to save decoding them again.
    shelf : Shelf, optional
        Where tracks are kept for the next listener; by default one of the desk's own.
    threads : int
        How many work on tracks. The sound does not depend on it, and on the interpreters of today its time hardly
        does: two threads take turns at the interpreter's lock, and half as much processor time again.
    balance : Balance, optional
        A sound check made before.
    hands : Hands, optional
        Another process that makes some of the tracks; it too changes nothing but the time.

    Raises
    ------
    BadInput
        For a timeline without length, or longer than an hour, or a source without stems.
    AssetMissing
        When a part needs sounds that have not been fetched (raised when it is first played).

    Notes
    -----
    Opening costs a few milliseconds; nothing is played before it is asked for. A desk may be used by one thread at a
    time, a shelf by many.
    """

    def __init__(
        self,
        timeline: Timeline,
        stems: StemReader | Sequence[StemReader],
        sounds: Sounds | AssetStore,
        shelf: Shelf | None = None,
        threads: int = 1,
        balance: Balance | None = None,
        hands: Hands | None = None,
    ) -> None:
        if not 0.0 < timeline.duration_s <= _LONGEST_S or frame(timeline.duration_s) < 1:
            raise BadInput(
                f"a take of {timeline.duration_s:g} s cannot be rendered; ask for a length between a moment and an hour"
            )
        self.timeline = timeline
        self._stems: tuple[StemReader, ...] = tuple(stems) if isinstance(stems, Sequence) else (stems,)
        self._sounds = Sounds.of(sounds)
        self._shelf = shelf or Shelf()
        self._threads = threads
        self._channels = channels_of(timeline, self._stems, self._sounds, self._shelf)
        self._balance = balance
        self._sharing = None if hands is None else Sharing(self._channels, self._shelf, hands)

    @property
    def frames(self) -> int:
        """Length of the take at 44.1 kHz."""
        return frame(self.timeline.duration_s)

    @property
    def balance(self) -> Balance:
        """The sound check, made when it is first asked for (about 0.1 s)."""
        if self._balance is None:
            if self._sharing is not None:
                self._sharing.begin()
            hear = self._hear if self._sharing is None else self._sharing.hear
            self._balance = check(self.timeline, self._channels, self._shelf, hear)
        return self._balance

    @property
    def preview_gain_db(self) -> float:
        """About the gain that the master will give, from the sound check; 0 when there is nothing to hear."""
        return preview_gain_db(self.timeline, self.balance)

    def with_faders(self, timeline: Timeline) -> "Desk":
        """A desk for another timeline with this one's stems, sounds, shelf and threads.

        Whatever track both timelines have in common is not played again: where only gains, pans, sends, ducking, the
        room, the master or ``gain_db`` automation differ, that is all of them.
        """
        return Desk(timeline, self._stems, self._sounds, self._shelf, self._threads)

    def blocks(self, from_s: float = 0.0, block_s: float = _BLOCK_S) -> Iterator[Audio]:
        """The mix before the master, from a place to the end, in blocks that end on bar lines.

        From 0 on, all blocks put together are the whole mix, bit by bit, whatever ``block_s``, threads or shelf. From
        elsewhere it is the same music, with effects and echoes settled by a run-up of 1 to 6 s.

        Parameters
        ----------
        from_s : float
            Within the take, or nothing comes.
        block_s : float
            Least length of a block; it then goes on to the next bar line.
        """
        first = max(0, frame(from_s))
        if first >= self.frames:
            return
        yield from _regroup(self._from(first), first, _cuts(self.timeline, first, block_s))

    def live(self, from_s: float = 0.0, block_s: float = _BLOCK_S) -> Iterator[Audio]:
        """The take to be heard while it is still being rendered: near its final loudness, never above the ceiling.

        Same music and total length as :meth:`blocks`; only the level is an estimate (about 1 dB), and blocks end some
        milliseconds off the bar lines, as long as the limiter looks ahead.
        """
        limiter = Limiter(self.timeline.master.ceiling_dbtp, self.preview_gain_db)
        for block in self.blocks(from_s, block_s):
            ready = limiter.process(block.samples)
            if ready.shape[1]:
                yield Audio(ready)
        rest = limiter.finish()
        if rest.shape[1]:
            yield Audio(rest)

    def sound(self, start_s: float, stop_s: float) -> Audio:
        """A stretch of the take as :meth:`live` sounds there, cut to the take; a pure function of timeline and place.

        Raises
        ------
        BadInput
            For a stretch that holds nothing of the take.
        """
        first, last = max(0, frame(start_s)), min(self.frames, frame(stop_s))
        if first >= last:
            length_s = self.timeline.duration_s
            raise BadInput(f"the take has no sound from {start_s:g} s to {stop_s:g} s; it is {length_s:g} s long")
        begin = max(0, first - QUANTUM)
        end = min(self.frames, last + QUANTUM)
        limiter = Limiter(self.timeline.master.ceiling_dbtp, self.preview_gain_db)
        heard: list[Samples] = []
        at = begin
        for quantum in self._from(begin):
            heard.append(limiter.process(quantum[:, : end - at]))
            at += quantum.shape[1]
            if at >= end:
                break
        heard.append(limiter.finish())
        return Audio(np.ascontiguousarray(np.concatenate(heard, axis=1)[:, first - begin : last - begin]))

    def take(self, progress: Progress = silent) -> Audio:
        """The finished take: mixed from the beginning, then mastered to the timeline's target.

        Returns
        -------
        Audio
            44.1 kHz stereo, exactly ``round(duration_s * 44100)`` frames; at the target loudness, below the true-peak
            ceiling.
        """
        mix = np.zeros((2, self.frames), np.float32)
        at = 0
        for quantum in self._from(0):
            mix[:, at : at + quantum.shape[1]] = quantum
            at += quantum.shape[1]
            progress(_MIX_SHARE * at / self.frames, "rendering")
        progress(_MIX_SHARE, "mastering")
        target = self.timeline.master
        mastered = master(Audio(mix), target_lufs=target.integrated_lufs, ceiling_dbtp=target.ceiling_dbtp)
        progress(1.0, "mastering")
        return mastered

    @property
    def places(self) -> int:
        """How many channels there are, silent ones too."""
        return len(self._channels)

    def piece(self, piece: Piece) -> Sound:
        """What somebody asked for who has the same take at another desk: see :class:`Hands`.

        Returns
        -------
        ndarray or None
            Float32 (2, SEGMENT), ``None`` where it is silent.
        """
        _, place, number = piece
        return self._channels[place].track.segment(number)

    def _hear(self, windows: tuple[int, ...]) -> Sequence[Powers]:
        def hear(channel: Channel) -> Powers:
            return measured(channel, windows, self._shelf)

        if self._threads == 1:
            return [hear(channel) for channel in self._channels]
        with ThreadPoolExecutor(self._threads, "sound check") as pool:
            return list(pool.map(hear, self._channels))

    def _from(self, first: int) -> Iterator[Samples]:
        """The mix from a frame on, float32 (2, up to QUANTUM) each."""
        start = first // QUANTUM
        begin = max(0, start - _run_up(self.timeline))
        audible = [channel for channel in self._channels if channel.audible]
        mixer = Mixer(self.timeline, audible, self.balance)
        for quantum, sounds in self._tracks(audible, begin):
            mixed = mixer.mix(quantum * QUANTUM, sounds)
            if quantum == start:
                yield mixed[:, first - start * QUANTUM :]
            elif quantum > start:
                yield mixed

    def _tracks(self, channels: Sequence[Channel], begin: int) -> Iterator[tuple[int, list[Sound]]]:
        """Quantum by quantum what all tracks sound like, made a little ahead of who asks."""
        last = -(-self.frames // QUANTUM)
        per_segment = SEGMENT // QUANTUM
        numbers = range(begin // per_segment, -(-last // per_segment))
        for number, segments in zip(numbers, self._segments(channels, numbers), strict=True):
            for quantum in range(max(begin, number * per_segment), min(last, (number + 1) * per_segment)):
                at = (quantum - number * per_segment) * QUANTUM
                yield quantum, [None if one is None else one[:, at : at + QUANTUM] for one in segments]

    def _segments(self, channels: Sequence[Channel], numbers: Sequence[int]) -> Generator[list[Sound], None, None]:
        if self._sharing is not None:
            yield from self._sharing.segments(channels, numbers)
            return
        if self._threads == 1:
            for number in numbers:
                yield [channel.track.segment(number) for channel in channels]
            return
        pool = ThreadPoolExecutor(self._threads, "tracks")
        try:
            waiting: deque[list[Future[Sound]]] = deque()
            for number in numbers:
                waiting.append([pool.submit(channel.track.segment, number) for channel in channels])
                if len(waiting) > _AHEAD:
                    yield [future.result() for future in waiting.popleft()]
            while waiting:
                yield [future.result() for future in waiting.popleft()]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def preview_gain_db(timeline: Timeline, balance: Balance) -> float:
    """About the gain that the master will give, from the sound check; 0 when there is nothing to hear."""
    if balance.mix_lufs <= _NOTHING_LUFS:
        return 0.0
    return min(_MOST_GAIN_DB, max(-_MOST_GAIN_DB, timeline.master.integrated_lufs - balance.mix_lufs))


def _run_up(timeline: Timeline) -> int:
    """Quanta after which a mix that began in the middle is what it would be."""
    seconds = _RUN_UP_S
    sends = [(bus.reverb_send_db, bus.delay_send_db) for bus in timeline.buses]
    sends += [(part.reverb_send_db, part.delay_send_db) for part in timeline.parts]
    sends += [(layer.reverb_send_db, layer.delay_send_db) for layer in timeline.voices]
    if any(amplitude(reverb_db) > 0.0 for reverb_db, _ in sends):
        seconds = max(seconds, 0.5 + 2.0 * timeline.room.reverb_size)
    if any(amplitude(delay_db) > 0.0 for _, delay_db in sends):
        feedback = min(0.85, max(0.01, timeline.room.delay_feedback))
        echoes = 1.0 + _ECHO_FLOOR_DB / 20.0 / math.log10(feedback)
        seconds = max(seconds, echoes * timeline.room.delay_s)
    return math.ceil(min(_LONGEST_RUN_UP_S, seconds) * SAMPLE_RATE / QUANTUM)


def _cuts(timeline: Timeline, first: int, block_s: float) -> list[int]:
    """Where blocks end, behind ``first``."""
    total, least = frame(timeline.duration_s), max(QUANTUM, frame(block_s))
    cuts: list[int] = []
    last = first
    for bar in timeline.bars:
        at = frame(bar.end_s)
        if not first < at < total:
            continue
        while at - last > 2 * least:
            last += least
            cuts.append(last)
        if at - last >= least:
            cuts.append(at)
            last = at
    while total - last > 2 * least:
        last += least
        cuts.append(last)
    return [*cuts, total]


def _regroup(quanta: Iterator[Samples], first: int, cuts: list[int]) -> Iterator[Audio]:
    waiting: list[Samples] = []
    start = at = first
    for quantum in quanta:
        waiting.append(quantum)
        at += quantum.shape[1]
        while cuts and at >= cuts[0]:
            joined = np.concatenate(waiting, axis=1)
            size = cuts[0] - start
            yield Audio(joined[:, :size], SAMPLE_RATE)
            waiting, start = [joined[:, size:]], cuts.pop(0)
