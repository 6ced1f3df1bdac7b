"""The desk: all buses, sends and the sum, one quantum after another."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from scipy.signal import sosfilt

from contrafact.engine.arranging.timeline import Part, StemBus, Timeline
from contrafact.engine.audio.stems import StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.balance import Balance
from contrafact.engine.rendering.clips import ClipSource
from contrafact.engine.rendering.ducking import Ducker, duck_gain, kick_frames
from contrafact.engine.rendering.grid import QUANTUM, amplitude, frame
from contrafact.engine.rendering.kits import pan_gains
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.processors import Biquad, Chain, bandpass, highpass
from contrafact.engine.rendering.room import Delay, Reverb
from contrafact.engine.rendering.sounds import Sounds

_BED_ROLES: Final = frozenset({"chords", "pad", "arpeggio", "lead", "effects"})
"""Parts that make way for the voice in its own register."""
_DIP_DB: Final = 3.5
_DIP_CENTRE_HZ: Final = 2_200.0
_DIP_Q: Final = 0.6
_DIP_HOP: Final = 512
_LIFT_DB: Final = 2.5
_RESTING_POWER: Final = 10.0**-4.2
_FORWARD: Final = 0.009
"""Share of the way per hop of 12 ms: about 1.3 s to come forward, 0.1 s to step back."""
_BACK: Final = 0.12
_END_FADE: Final = SAMPLE_RATE // 50


class _Sends:
    def __init__(self) -> None:
        self.reverb: Samples = np.zeros((2, QUANTUM), np.float32)
        self.delay: Samples = np.zeros((2, QUANTUM), np.float32)

    def add(self, sound: Samples, reverb: float, delay: float) -> None:
        if reverb > 0.0:
            self.reverb += np.float32(reverb) * sound
        if delay > 0.0:
            self.delay += np.float32(delay) * sound


class _StemChannel:
    def __init__(self, bus: StemBus, timeline: Timeline, stems: StemReader, seed: int) -> None:
        self.bus = bus
        self._source = ClipSource(timeline.clips, bus.stem, stems, timeline.semitones)
        self._chain = Chain(bus.effects, seed)
        self._gain = np.float32(amplitude(bus.gain_db))
        self._sends = amplitude(bus.reverb_send_db), amplitude(bus.delay_send_db)

    def play(self, at: int, depth: Samples, sends: _Sends) -> Samples:
        sound = self._chain.process(self._source.read(at, at + QUANTUM))
        if self._gain != 1.0:
            sound = sound * self._gain
        if self.bus.duck_db:
            sound = sound * duck_gain(depth, self.bus.duck_db)
        sends.add(sound, *self._sends)
        return sound


class _PartChannel:
    def __init__(self, part: Part, timeline: Timeline, sounds: Sounds, bed_gain_db: float, seed: int) -> None:
        self.part = part
        self._source = PartSource(part, sounds, timeline.tuning_cents)
        self._chain = Chain(part.effects, seed)
        left, right = pan_gains(part.pan)
        level = amplitude(part.gain_db) * 10.0 ** (bed_gain_db / 20.0)
        self._gains = (np.array([[left], [right]]) * level).astype(np.float32)
        self._sends = amplitude(part.reverb_send_db), amplitude(part.delay_send_db)

    def play(self, depth: Samples, sends: _Sends) -> Samples:
        sound = self._chain.process(self._source.read()) * self._gains
        if self.part.duck_db:
            sound = sound * duck_gain(depth, self.part.duck_db)
        sends.add(sound, *self._sends)
        return np.asarray(sound)


class _RestLift:
    """The band comes forward by :data:`_LIFT_DB` where the singer rests, and steps back at the first word."""

    def __init__(self) -> None:
        self._rest = 1.0

    def process(self, band: Samples, voice: Samples) -> Samples:
        power = (voice.astype(np.float64) ** 2).mean(axis=0).reshape(-1, _DIP_HOP).mean(axis=1)
        marks = [self._rest]
        for value in power:
            resting = value < _RESTING_POWER
            self._rest += (_FORWARD if resting else _BACK) * (float(resting) - self._rest)
            marks.append(self._rest)
        rest = np.interp(np.arange(band.shape[1]) + 1.0, np.arange(len(marks)) * _DIP_HOP, marks)
        return np.asarray(band * (10.0 ** (_LIFT_DB * rest / 20.0)), dtype=np.float32)


class _VoiceDip:
    """A gentle dip of the bed around 2 kHz while the voice sounds (a peaking filter whose depth follows the voice)."""

    def __init__(self) -> None:
        self._band = bandpass(_DIP_CENTRE_HZ, _DIP_Q)
        self._state = np.zeros((1, 2, 2))
        self._level = 0.0
        self._depth = 0.0

    def process(self, bed: Samples, voice: Samples) -> Samples:
        heard, self._state = sosfilt(self._band, bed.astype(np.float64), axis=1, zi=self._state)
        power = (voice.astype(np.float64) ** 2).mean(axis=0).reshape(-1, _DIP_HOP).mean(axis=1)
        marks = [self._depth]
        for value in np.sqrt(power):
            speed = 0.35 if value > self._level else 0.04
            self._level += speed * (float(value) - self._level)
            # From -50 dB (no dip) to -30 dB (all of it).
            openness = (20.0 * np.log10(max(self._level, 1e-6)) + 50.0) / 20.0
            self._depth += 0.2 * (min(1.0, max(0.0, openness)) - self._depth)
            marks.append(self._depth)
        places = np.arange(len(marks)) * _DIP_HOP
        depth = np.interp(np.arange(bed.shape[1]) + 1.0, places, marks)
        cut = 10.0 ** (-_DIP_DB * depth / 20.0) - 1.0
        return np.asarray(bed + cut * heard, dtype=np.float32)


class Mixer:
    """Plays a timeline forwards, before the master's gain.

    Parameters
    ----------
    timeline : Timeline
    stems : StemReader
    sounds : Sounds
    balance : Balance
        From :func:`contrafact.engine.rendering.balance.sound_check`.
    """

    def __init__(self, timeline: Timeline, stems: StemReader, sounds: Sounds, balance: Balance) -> None:
        self._frames = frame(timeline.duration_s)
        seed = timeline.seed & 0xFFFF_FFFF
        audible = [bus for bus in timeline.buses if amplitude(bus.gain_db) > 0.0]
        self._stems = [_StemChannel(bus, timeline, stems, (seed << 8) + number) for number, bus in enumerate(audible)]
        self._parts = [
            _PartChannel(part, timeline, sounds, balance.bed_gain_db, (seed << 8) + 128 + number)
            for number, part in enumerate(timeline.parts)
            if amplitude(part.gain_db) > 0.0 and part.notes
        ]
        self._ducker = Ducker(kick_frames(timeline.parts))
        self._reverb, self._delay = Reverb(timeline.room), Delay(timeline.room)
        self._dip, self._lift = _VoiceDip(), _RestLift()
        self._chain = Chain(timeline.master.effects, (seed << 8) + 255)
        self._still = Biquad(highpass(20.0)) if self._parts else None
        self._voiced = any(bus.stem == "vocals" for bus in audible)

    def quanta(self) -> Iterator[Samples]:
        """All of the take, float32 (2, QUANTUM) each, the last one shorter."""
        for at in range(0, self._frames, QUANTUM):
            mix = self._chain.process(self._sum(at))
            left = self._frames - at
            if left < QUANTUM + _END_FADE:
                places = np.arange(at, at + QUANTUM)
                if self._parts:
                    mix = mix * np.clip((self._frames - places) / _END_FADE, 0.0, 1.0).astype(np.float32)
            yield mix[:, :left]

    def _sum(self, at: int) -> Samples:
        depth = self._ducker.depth(at, at + QUANTUM)
        sends = _Sends()
        kept = np.zeros((2, QUANTUM), np.float32)
        voice = np.zeros((2, QUANTUM), np.float32)
        for channel in self._stems:
            sound = channel.play(at, depth, sends)
            kept += sound
            if channel.bus.stem == "vocals":
                voice += sound
        if not self._parts:
            return self._with_room(kept, sends)
        rhythm = np.zeros((2, QUANTUM), np.float32)
        bed = np.zeros((2, QUANTUM), np.float32)
        for player in self._parts:
            target = bed if player.part.role in _BED_ROLES else rhythm
            target += player.play(depth, sends)
        if self._voiced:
            bed = self._dip.process(bed, voice)
        generated = rhythm + bed
        if self._voiced:
            generated = self._lift.process(generated, voice)
        if self._still is not None:
            generated = self._still.process(generated)
        return self._with_room(kept + generated, sends)

    def _with_room(self, dry: Samples, sends: _Sends) -> Samples:
        wet = self._reverb.process(sends.reverb)
        echo = self._delay.process(sends.delay)
        if not wet.any() and not echo.any():
            return dry
        return dry + wet + echo
