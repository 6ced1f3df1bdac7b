"""Tracks: what a stem, a part or a layer of the voice sounds like through its own effects, before its fader.

A track is cut into segments of three seconds at absolute places. Each is a pure function of what the track depends on:
it is played with a run-up as long as its effects remember, so segments may be made in any order, by any thread, or
again.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from contrafact.engine.arranging.timeline import AutomatedKnob, Automation, Effect
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import QUANTUM, SEGMENT
from contrafact.engine.rendering.processors import (
    Chain,
    Processor,
    adds_sound,
    delay_of,
    highpass,
    lowpass,
    remembered_s,
)
from contrafact.engine.rendering.shelf import Shelf
from contrafact.engine.rendering.sweeps import Sections, SweptFilter, curve_of
from contrafact.engine.rendering.sweeps import remembered_s as swept_s

Source = Callable[[int, int], Samples]
"""Absolute start and stop frame (the start may lie before 0) to float32 (2, n); the same however spans are cut."""
_SWEPT: tuple[tuple[AutomatedKnob, Sections], ...] = (("lowpass_hz", lowpass), ("highpass_hz", highpass))


@dataclass(frozen=True, slots=True)
class Treatment:
    """What happens to a source on its own track: effects, then filters that are swept."""

    effects: tuple[Effect, ...] = ()
    seed: int = 0
    automation: tuple[Automation, ...] = ()

    @property
    def run_up(self) -> int:
        """Frames, in whole quanta, that must be played before a segment for it to be right."""
        seconds = remembered_s(self.effects)
        for knob, _ in _SWEPT:
            sweep = curve_of(self.automation, knob)
            seconds += swept_s(sweep) if sweep else 0.0
        return -(-int(seconds * SAMPLE_RATE) // QUANTUM) * QUANTUM

    def open(self, at: int) -> list[Processor]:
        """Processors, as they are at a frame on the grid after silence."""
        processors: list[Processor] = [Chain(self.effects, self.seed, at)] if self.effects else []
        for knob, sections in _SWEPT:
            sweep = curve_of(self.automation, knob)
            if sweep is not None:
                processors.append(SweptFilter(sweep, sections, at))
        return processors


class Track:
    """One track.

    Parameters
    ----------
    key : hashable
        All that the source depends on, by value.
    source : Source
    treatment : Treatment
    shelf : Shelf
        Where segments are kept.
    rough : Source, optional
        The source at about its level, for less: what is only measured is read from here.
    """

    def __init__(
        self, key: Hashable, source: Source, treatment: Treatment, shelf: Shelf, rough: Source | None = None
    ) -> None:
        sweeps = tuple(curve_of(treatment.automation, knob) for knob in ("lowpass_hz", "highpass_hz"))
        self.number = shelf.number((key, treatment.effects, treatment.seed, sweeps))
        self.effects = treatment.effects
        self._source, self._treatment, self._shelf = source, treatment, shelf
        self._rough = rough or source
        self._run_up = treatment.run_up
        self._delay = delay_of(treatment.effects)
        self._own_sound = adds_sound(treatment.effects)

    def segment(self, number: int) -> Samples | None:
        """Segment ``number`` from 0, float32 (2, SEGMENT), read only; ``None`` where it is silent."""
        return self._shelf.sound(self.segment_key(number), lambda: self._play(self._source, number * SEGMENT, SEGMENT))

    def given(self, number: int, sound: Samples | None) -> Samples | None:
        """Segment ``number`` as another process made it."""
        return self._shelf.sound(self.segment_key(number), lambda: sound)

    def segment_key(self, number: int) -> Hashable:
        """Under what a segment lies on the shelf."""
        return ("segment", self.number, number)

    def window(self, start: int, frames: int) -> Samples:
        """About what a span sounds like that starts on the grid of quanta, to be measured; not kept."""
        sound = self._play(self._rough, start, frames)
        return np.zeros((2, frames), np.float32) if sound is None else sound

    def glance(self, start: int, frames: int) -> float:
        """About the mean square of a span before the track's effects."""
        sound = self._rough(start, start + frames)
        return float(np.mean(sound.astype(np.float64) ** 2))

    def _play(self, source: Source, start: int, frames: int) -> Samples | None:
        # Before the take there is nothing; at its beginning every effect is at rest.
        begin = max(-QUANTUM if self._delay else 0, start - self._run_up)
        sound = source(begin + self._delay, start + frames + self._delay)
        if not self._own_sound and not sound.any():
            return None
        processors = self._treatment.open(begin)
        if not processors:
            return sound
        out = np.empty((2, frames), np.float32)
        for at in range(begin, start + frames, QUANTUM):
            piece = sound[:, at - begin : at - begin + QUANTUM]
            for processor in processors:
                piece = processor.process(piece)
            if at >= start:
                out[:, at - start : at - start + piece.shape[1]] = piece
        return out
