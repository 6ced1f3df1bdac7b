"""What the band plays: strokes and notes on the page, with a player's small unevenness in time and strength."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from benchmarks.truth.harmony import Chord, voicing
from benchmarks.truth.song import TrueHit
from benchmarks.truth.styles import BassLine, Comping, Pattern
from benchmarks.truth.timing import Bar, Page

Role = Literal["comp", "pad", "bass", "solo", "drums"]
KICK: Final = 36
SNARE: Final = 38
CLOSED_HAT: Final = 42
OPEN_HAT: Final = 46
RIDE: Final = 51
CRASH: Final = 49
TOMS: Final = (50, 47, 45, 43)
_HEARD: Final[dict[int, Literal["kick", "snare", "hihat"]]] = {
    KICK: "kick",
    SNARE: "snare",
    CLOSED_HAT: "hihat",
    OPEN_HAT: "hihat",
}
_STRENGTH: Final = {"X": 1.0, "x": 0.78, "o": 0.5}


@dataclass(frozen=True, slots=True)
class Strike:
    """One note of an instrument; ``velocity`` is 1 to 127."""

    role: Role
    key: int
    velocity: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A chord and the beats it holds for."""

    first_beat: float
    beats: float
    chord: Chord


class Band:
    """Collects what is played.

    Parameters
    ----------
    page : Page
    chance : numpy Generator
        Unevenness is drawn from it: 4 ms and 6 velocity steps (standard deviations), drums half of that.
    """

    def __init__(self, page: Page, chance: np.random.Generator) -> None:
        self.page = page
        self.strikes: list[Strike] = []
        self.hits: list[TrueHit] = []
        self._chance = chance
        self._chord: tuple[int, ...] = ()
        self._pad: tuple[int, ...] = ()
        self._bass_key = 36

    def _play(self, role: Role, key: int, strength: float, beat: float, beats: float, late_s: float = 0.0) -> None:
        start = self.page.at(beat)
        stop = self.page.at(beat + beats)
        loose = 0.002 if role == "drums" else 0.004
        start = max(0.0, start + late_s + float(np.clip(self._chance.normal(0.0, loose), -0.009, 0.009)))
        velocity = int(np.clip(round(112 * strength + self._chance.normal(0.0, 4.0)), 20, 127))
        self.strikes.append(Strike(role, key, velocity, start, max(start + 0.04, stop)))
        if role == "drums" and key in _HEARD:
            self.hits.append(TrueHit(start, _HEARD[key], velocity / 127.0))

    def drums(self, bar: Bar, pattern: Pattern, level: float, *, fill: bool, crash: bool, hats_only: bool) -> None:
        """One bar; a fill takes the place of the last beat."""
        steps = 4 if bar.division == 2 else 6
        total = bar.beats * steps
        stop = total - steps if fill else total
        rows = ((KICK, pattern.kick), (SNARE, pattern.snare), (CLOSED_HAT, pattern.hat), (RIDE, pattern.ride))
        for key, row in (*rows, (OPEN_HAT, pattern.open_hat)):
            if hats_only and key in (KICK, SNARE):
                continue
            for step, mark in enumerate(row[:stop]):
                opens = key == CLOSED_HAT and step < len(pattern.open_hat) and pattern.open_hat[step] != "."
                if mark == "." or opens:
                    continue
                strength = _STRENGTH[mark] * level * (1.0 if key in (KICK, SNARE) else 0.85)
                self._play("drums", key, strength, bar.first_beat + step / steps, 0.2)
        if fill:
            self._fill(bar, level)
        if crash:
            self._play("drums", CRASH, 0.85 * level, bar.first_beat, 1.0)

    def _fill(self, bar: Bar, level: float) -> None:
        beat = bar.first_beat + bar.beats - 1
        count = 4 if bar.division == 2 else 3
        kind = int(self._chance.integers(3))
        self._play("drums", KICK, 0.8 * level, beat, 0.2)
        for step in range(count):
            key = SNARE if kind == 0 else TOMS[step] if kind == 1 else (SNARE, TOMS[1], TOMS[2], TOMS[3])[step]
            self._play("drums", key, (0.6 + 0.1 * step) * level, beat + step / count, 0.2)

    def comp(self, bar: Bar, slots: list[Slot], how: Comping, level: float) -> None:
        """One bar of accompaniment."""
        half = 0.5 if bar.division == 2 else 1.0 / 3.0
        for slot in slots:
            self._chord = voicing(slot.chord, 62, self._chord)
            keys = self._chord
            first, last = slot.first_beat, slot.first_beat + slot.beats
            if how == "held":
                self._strum(keys, level, first, slot.beats * 0.97, 0.012)
            elif how == "block":
                for beat in np.arange(first, last - 1e-6, 1.0):
                    self._strum(keys, level * (1.0 if beat == first else 0.8), float(beat), 0.85, 0.0)
            elif how == "strum":
                for number, beat in enumerate(np.arange(first, last - 1e-6, half)):
                    if number % 8 == 1 and slot.beats > 1:
                        continue
                    strong = abs(beat - round(beat)) < 1e-6
                    self._strum(
                        keys if strong else keys[::-1], level * (0.9 if strong else 0.6), float(beat), half, 0.007
                    )
            elif how == "broken":
                order = (0, 1, 2, 1) if len(keys) == 3 else (0, 1, 2, 3)
                for number, beat in enumerate(np.arange(first, last - 1e-6, half)):
                    strength = level * (0.95 if number == 0 else 0.72)
                    self._play("comp", keys[order[number % len(order)]], strength, float(beat), min(2.0, last - beat))
            elif how == "offbeat":
                for beat in np.arange(first + half, last - 1e-6, 1.0):
                    self._strum(keys, level * 0.85, float(beat), half * 0.8, 0.0)
                self._strum(keys, level * 0.6, first, 0.4, 0.0)
            else:
                self._strum(keys, level, first, 0.4, 0.0)
                if slot.beats > 1.4:
                    self._strum(keys, level * 0.8, first + 1.0 + half, 0.35, 0.0)
                if slot.beats > 3.4:
                    self._strum(keys, level * 0.7, first + 3.0 + half, 0.3, 0.0)

    def _strum(self, keys: tuple[int, ...], level: float, beat: float, beats: float, spread_s: float) -> None:
        for number, key in enumerate(keys):
            self._play("comp", key, level * 0.85, beat, beats, number * spread_s)

    def pad(self, slots: list[Slot], level: float) -> None:
        for slot in slots:
            self._pad = voicing(slot.chord, 67, self._pad)
            for key in self._pad:
                self._play("pad", key, 0.75 * level, slot.first_beat, slot.beats * 0.99)

    def bass(self, bar: Bar, slots: list[Slot], how: BassLine, pattern: Pattern, level: float) -> None:
        """One bar; the chord's bass note is always on its first beat."""
        half = 0.5 if bar.division == 2 else 1.0 / 3.0
        for number, slot in enumerate(slots):
            low = self._near(slot.chord.bass)
            fifth = self._above(low, slot.chord)
            first, last = slot.first_beat, slot.first_beat + slot.beats
            if how == "long":
                self._play("bass", low, 0.85 * level, first, slot.beats * 0.97)
            elif how == "roots":
                for beat in np.arange(first, last - 1e-6, 2.0 if bar.beats % 2 == 0 and bar.division == 2 else 1.0):
                    self._play("bass", low, 0.9 * level, float(beat), min(1.9, last - beat) * 0.95)
            elif how == "eighths":
                for beat in np.arange(first, last - 1e-6, half):
                    strong = abs(beat - round(beat)) < 1e-6
                    self._play("bass", low, (0.92 if strong else 0.75) * level, float(beat), half * 0.9)
            elif how == "fifths":
                for step, beat in enumerate(np.arange(first, last - 1e-6, 1.0)):
                    key = fifth if step % 2 and slot.chord.inversion == 0 else low
                    self._play("bass", key, 0.85 * level, float(beat), 0.92)
            elif how == "walking":
                following = slots[number + 1].chord if number + 1 < len(slots) else None
                self._walk(slot, low, following, level)
            else:
                self._with_kick(bar, slot, low, pattern, level)

    def _with_kick(self, bar: Bar, slot: Slot, low: int, pattern: Pattern, level: float) -> None:
        steps = 4 if bar.division == 2 else 6
        places = [step / steps for step, mark in enumerate(pattern.kick) if mark != "."]
        wanted = [bar.first_beat + place for place in places if place < bar.beats]
        inside = sorted({slot.first_beat, *(b for b in wanted if slot.first_beat < b < slot.first_beat + slot.beats)})
        ends = [*inside[1:], slot.first_beat + slot.beats]
        for beat, stop in zip(inside, ends, strict=True):
            self._play("bass", low, 0.9 * level, beat, max(0.15, (stop - beat) * 0.85))

    def _walk(self, slot: Slot, low: int, following: Chord | None, level: float) -> None:
        tones = sorted(key for key in range(30, 50) if key % 12 in slot.chord.pitch_classes)
        key = low
        for step in range(round(slot.beats)):
            self._play("bass", key, 0.85 * level, slot.first_beat + step, 0.9)
            near = [tone for tone in tones if 0 < abs(tone - key) <= 5] or tones
            key = int(near[int(self._chance.integers(len(near)))])
            if step == round(slot.beats) - 2 and following is not None:
                goal = self._near(following.bass)
                key = goal + (1 if key > goal else -1)

    def _near(self, pitch_class: int) -> int:
        self._bass_key = 28 + (pitch_class - 28) % 12
        return self._bass_key

    def _above(self, low: int, chord: Chord) -> int:
        return low + 7 if chord.quality in ("maj", "min", "maj7", "min7", "7") else low + 6

    def solo(self, notes: list[tuple[float, float, int]], level: float) -> None:
        """An instrumental tune: (beat, beats, key)."""
        for beat, beats, key in notes:
            self._play("solo", key, 0.9 * level, beat, beats * 0.95)
