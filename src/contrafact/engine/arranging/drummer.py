"""The drummer: grooves that change with the sections, fills before something new, stops, crashes, an ending."""

from collections.abc import Mapping

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.fitting import Fitted, Songbook
from contrafact.engine.arranging.notation import SIGN_VELOCITY, parse
from contrafact.engine.arranging.pack import DRUMS, LEVELS, PERCUSSION, Fill, Level
from contrafact.engine.arranging.players import Stand, Touch
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note

_TOPS = frozenset({"closed-hat", "pedal-hat", "open-hat", "ride", "ride-bell", "side-stick", "brush-swirl"})
_BACKBEAT = frozenset({"snare", "snare2", "clap", "side-stick"})
_RING_S: Mapping[str, float] = {"crash": 2.0, "ride": 0.8, "open-hat": 0.4, "brush-swirl": 0.4, "splash": 1.0}
_ACCENT = 110.0


class Drummer:
    """Plays the drum set and the percussion of one take."""

    def __init__(self, stand: Stand, amount: float = 1.0) -> None:
        """``amount`` 0..1: below 1/4 hats and percussion only, below 1/3 (2/3) never above the low (mid) level."""
        self._stand = stand
        self._chance = stand.chance.fork("drums")
        self._tops_only = amount < 0.25
        self._highest = 0 if amount < 0.34 else 1 if amount < 0.67 else 2
        self._grooves = Songbook([(groove, groove.lines) for groove in stand.pack.grooves])
        self._notes: dict[str, list[Note]] = {"drums": [], "percussion": []}

    def play(self) -> tuple[list[Note], list[Note]]:
        """Notes of the set and of the percussion (untidied)."""
        for scene in self._stand.scenes:
            if scene.drums == "end":
                self._ending(scene)
            elif scene.drums != "out" or scene.fill == "big":
                self._bar(scene)
        return self._notes["drums"], self._notes["percussion"]

    def _level(self, scene: Scene) -> Level:
        return LEVELS[min(LEVELS.index(scene.level), self._highest)]

    def _groove(self, scene: Scene) -> Fitted:
        """The section's groove: the same whenever its material comes back, varied in its second eight bars."""
        bar = scene.bar
        level = self._level(scene)
        choices = self._grooves.choices(bar.beats, level)
        chance = self._chance.fork("groove", bar.letter, level)
        main = int(chance.unit() * len(choices))
        if len(choices) > 1 and (bar.place // 8) % 2 == 1:
            main += 1 + int(chance.unit() * (len(choices) - 1))
        return choices[main % len(choices)]

    def _fill_of(self, scene: Scene) -> Fill | None:
        if scene.fill is None:
            return None
        size = scene.fill
        fills = [
            fill
            for fill in self._stand.pack.fills
            if fill.size == size and self._level(scene) in fill.levels and fill.beats <= scene.bar.beats
        ]
        return self._chance.fork("fill", scene.bar.section, scene.bar.place).pick(fills) if fills else None

    def _bar(self, scene: Scene) -> None:
        bar = scene.bar
        fill = None if self._tops_only else self._fill_of(scene)
        until = bar.beats - (fill.beats if fill else 1 if scene.stop else 0)
        touch = Touch(self._stand, self._chance.fork("touch", bar.first_beat))
        if scene.drums != "out":
            for line, step in self._groove(scene).bar(bar.place):
                tops = scene.drums == "tops" or self._tops_only
                if step.position < until - 1e-9 and (not tops or line in _TOPS or line in PERCUSSION):
                    self._hit(touch, scene, line, bar.first_beat + step.position, step.division, step.sign)
        if fill:
            for line, steps in fill.lines.items():
                for step in parse(steps, fill.beats, 1):
                    self._hit(touch, scene, line, bar.first_beat + until + step.position, step.division, step.sign)
        if scene.crash and self._stand.pack.drums.crash and not self._tops_only:
            self._hit(touch, scene, self._stand.pack.drums.crash, bar.first_beat, 1, "x")

    def _hit(self, touch: Touch, scene: Scene, line: str, beat: float, division: int, sign: str) -> None:
        lag_ms = self._stand.pack.humanise.snare_lag_ms if line in _BACKBEAT else 0.0
        # Hats breathe: the off-beat strokes of an even row are a little lighter than those on the beat.
        lean = 0.92 if line in _TOPS and beat % 1.0 > 1e-6 else 1.0
        velocity = touch.force(_ACCENT * SIGN_VELOCITY[sign] * lean, scene.energy)
        start = touch.moment(self._stand.time(beat, division), lag_ms)
        part, pitch = ("percussion", PERCUSSION[line]) if line in PERCUSSION else ("drums", DRUMS[line])
        self._notes[part].append(Note(start, _RING_S.get(line, 0.2), pitch, velocity))

    def _ending(self, scene: Scene) -> None:
        """The last bar: one stroke together, and let it ring."""
        if self._tops_only or scene.energy < 0.12:
            return
        touch = Touch(self._stand, self._chance.fork("ending"))
        lines = {line for groove in self._stand.pack.grooves for line in groove.lines}
        if "kick" in lines:
            self._hit(touch, scene, "kick", scene.bar.first_beat, 1, "x")
        if self._stand.pack.drums.crash:
            self._hit(touch, scene, self._stand.pack.drums.crash, scene.bar.first_beat, 1, "x")


def percussion_line(stand: Stand, line: str, steps: str, chance: Chance) -> list[Note]:
    """A percussion instrument that the recipe asks for, playing a row of its own over all bars that have drums or a
    voice.
    """
    notes: list[Note] = []
    for scene in stand.scenes:
        if scene.final or scene.drums == "out":
            continue
        touch = Touch(stand, chance.fork(scene.bar.first_beat))
        for position in range(scene.bar.beats):
            for step in parse(steps, 1, 1):
                start = touch.moment(stand.time(scene.bar.first_beat + position + step.position, step.division))
                velocity = touch.force(_ACCENT * SIGN_VELOCITY[step.sign] * 0.85, scene.energy)
                notes.append(Note(start, 0.2, PERCUSSION[line], velocity))
    return notes
