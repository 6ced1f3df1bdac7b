"""The mix: faders, automation, ducking, sends, the room and the sum, one quantum after another."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from contrafact.engine.arranging.timeline import AutomatedKnob, Timeline
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.balance import DIPS, Balance
from contrafact.engine.rendering.channels import Channel
from contrafact.engine.rendering.ducking import Ducker, duck_gain, kick_frames
from contrafact.engine.rendering.grid import QUANTUM, frame
from contrafact.engine.rendering.kits import pan_gains
from contrafact.engine.rendering.processors import Biquad, Chain, bandpass, highpass
from contrafact.engine.rendering.room import Delay, Reverb
from contrafact.engine.rendering.sweeps import curve_of, factors

_LEAST_DIP_DB: Final = 0.5
"""Less is not worth a filter."""
_DIP_HOP: Final = 512
_LIFT_DB: Final = 2.5
_RESTING_POWER: Final = 10.0**-4.2
_FORWARD: Final = 0.009
"""Share of the way per hop of 12 ms: about 1.3 s to come forward, 0.1 s to step back."""
_BACK: Final = 0.12
_END_FADE: Final = SAMPLE_RATE // 50


class _Strip:
    """One channel's fader, automation, duck and sends."""

    def __init__(self, channel: Channel, bed_gain_db: float) -> None:
        self.place = channel.place
        self._channel = channel
        self._gain_db = channel.gain_db + (bed_gain_db if channel.place in ("rhythm", "bed") else 0.0)
        self._audible = channel.audible
        self._pans: Samples | None = None
        if channel.pan:
            self._pans = np.array(pan_gains(channel.pan), np.float32)[:, None]

    def play(self, sound: Samples, at: int, ducker: Ducker) -> Samples:
        factor = self._level("gain_db", self._gain_db, at)
        if self._channel.duck_db:
            depth = ducker.at(at)
            if depth is not None:
                factor = factor * duck_gain(depth, self._channel.duck_db)
        if self._pans is not None:
            factor = factor * self._pans
        return sound if isinstance(factor, np.float32) and factor == 1.0 else sound * factor

    def send(self, sound: Samples, knob: AutomatedKnob, base_db: float, at: int) -> Samples | None:
        factor = self._level(knob, base_db, at)
        if isinstance(factor, np.float32) and factor == 0.0:
            return None
        return sound * factor

    def sends(self, sound: Samples, at: int) -> tuple[Samples | None, Samples | None]:
        reverb = self.send(sound, "reverb_send_db", self._channel.reverb_send_db, at)
        return reverb, self.send(sound, "delay_send_db", self._channel.delay_send_db, at)

    def _level(self, knob: AutomatedKnob, base_db: float, at: int) -> np.float32 | Samples:
        curve = curve_of(self._channel.automation, knob)
        # A gain's automation adds to the fader; a send's says what the send is.
        return factors(curve, base_db if knob == "gain_db" or curve is None else 0.0, at, at + QUANTUM)


class _RestLift:
    """The band comes forward by :data:`_LIFT_DB` where the singer rests, and steps back at the first word."""

    def __init__(self) -> None:
        self._rest = 1.0

    def process(self, band: Samples, powers: Samples) -> Samples:
        marks = [self._rest]
        for value in powers.tolist():
            resting = value < _RESTING_POWER
            self._rest += (_FORWARD if resting else _BACK) * (float(resting) - self._rest)
            marks.append(self._rest)
        return np.asarray(band * _curve([10.0 ** (_LIFT_DB * mark / 20.0) for mark in marks]))


class _VoiceDip:
    """Dips of the bed while the voice sounds: peaking filters whose depth follows it, as deep as the sound check found
    that the voice needs.
    """

    def __init__(self, dips_db: Sequence[float]) -> None:
        self._bands = [
            (Biquad(bandpass(centre_hz, q)), dip_db)
            for (centre_hz, q, _, _), dip_db in zip(DIPS, dips_db, strict=True)
            if dip_db > _LEAST_DIP_DB
        ]
        self._level = 0.0
        self._depth = 0.0

    def process(self, bed: Samples, powers: Samples) -> Samples:
        marks = [self._depth]
        for value in np.sqrt(powers).tolist():
            speed = 0.35 if value > self._level else 0.04
            self._level += speed * (value - self._level)
            # From -50 dB (no dip) to -30 dB (all of it).
            openness = (20.0 * np.log10(max(self._level, 1e-6)) + 50.0) / 20.0
            self._depth += 0.2 * (min(1.0, max(0.0, float(openness))) - self._depth)
            marks.append(self._depth)
        out = bed
        for band, dip_db in self._bands:
            cut = _curve([10.0 ** (-dip_db * mark / 20.0) - 1.0 for mark in marks])
            out = out + cut * band.process(bed)
        return np.asarray(out)


def _curve(marks: list[float]) -> Samples:
    """One value per frame of a quantum from values every :data:`_DIP_HOP` frames."""
    places = np.arange(len(marks)) * _DIP_HOP
    curve: Samples = np.interp(np.arange(QUANTUM) + 1.0, places, marks).astype(np.float32)
    return curve


class Mixer:
    """Mixes a take forwards, before the master's gain.

    Parameters
    ----------
    timeline : Timeline
    channels : sequence of Channel
        Those that are audible; their sound is given to :meth:`mix`.
    balance : Balance
    """

    def __init__(self, timeline: Timeline, channels: Sequence[Channel], balance: Balance) -> None:
        self._frames = frame(timeline.duration_s)
        self._strips = [_Strip(channel, balance.bed_gain_db) for channel in channels]
        self._ducker = Ducker(kick_frames(timeline.parts))
        self._reverb, self._delay = Reverb(timeline.room), Delay(timeline.room)
        self._dip, self._lift = _VoiceDip(balance.dips_db), _RestLift()
        self._master = (timeline.master.effects, ((timeline.seed & 0xFFFF_FFFF) << 8) + 255)
        self._chain: Chain | None = None
        self._generated = any(channel.generated for channel in channels)
        self._voiced = any(channel.place == "voice" for channel in channels)
        self._still = Biquad(highpass(20.0))

    def mix(self, at: int, sounds: Sequence[Samples | None]) -> Samples:
        """The quantum that begins at a frame on the grid; calls go forwards, the first may be anywhere.

        Parameters
        ----------
        at : int
        sounds : sequence
            What each channel's track sounds like there, float32 (2, QUANTUM), or ``None`` for silence.

        Returns
        -------
        float32, shape (2, n)
            ``n`` is QUANTUM, or less at the end of the take.
        """
        if self._chain is None:
            self._chain = Chain(*self._master, at)
        mix = self._chain.process(self._sum(at, sounds))
        left = self._frames - at
        if self._generated and left < QUANTUM + _END_FADE:
            places = np.arange(at, at + QUANTUM)
            mix = mix * np.clip((self._frames - places) / _END_FADE, 0.0, 1.0).astype(np.float32)
        return mix[:, : max(0, left)]

    def _sum(self, at: int, sounds: Sequence[Samples | None]) -> Samples:
        groups: dict[str, Samples] = {}
        wet: dict[str, Samples] = {}
        for strip, sound in zip(self._strips, sounds, strict=True):
            if sound is None:
                continue
            heard = strip.play(sound, at, self._ducker)
            _add(groups, strip.place, heard)
            for name, sent in zip(("reverb", "delay"), strip.sends(heard, at), strict=True):
                if sent is not None:
                    _add(wet, name, sent)
        silence = np.zeros((2, QUANTUM), np.float32)
        voice = groups.get("voice")
        out = groups.get("kept", silence)
        if voice is not None:
            out = out + voice
        if self._generated:
            out = out + self._band(groups, voice, silence)
        if "reverb" in wet or not self._reverb.silent:
            out = out + self._reverb.process(wet.get("reverb", silence))
        if "delay" in wet or not self._delay.silent:
            out = out + self._delay.process(wet.get("delay", silence))
        return out

    def _band(self, groups: dict[str, Samples], voice: Samples | None, silence: Samples) -> Samples:
        """All that is generated, making way for the voice and for what carries the tune in its place."""
        bed, rhythm, tune = groups.get("bed", silence), groups.get("rhythm", silence), groups.get("tune")
        if self._voiced:
            heard = silence if voice is None else voice
            heard = heard if tune is None else heard + tune
            squares = heard.astype(np.float64) ** 2
            powers = squares.mean(axis=0).reshape(-1, _DIP_HOP).mean(axis=1)
            band = self._lift.process(rhythm + self._dip.process(bed, powers), powers)
        else:
            band = rhythm + bed
        return self._still.process(band if tune is None else band + tune)


def _add(sums: dict[str, Samples], name: str, sound: Samples) -> None:
    held = sums.get(name)
    sums[name] = sound if held is None else held + sound
