"""The drummer: grooves that change with the sections, fills before something new, stops, crashes, an ending.

Every stroke has a rank between 0 and 1, and an amount of drums plays the strokes up to it: percussion and cymbals
first, then the backbeat, the kick, toms, and last what is only ornament. All strokes are drawn whether they sound or
not, so that the strokes of a smaller amount are exactly among those of a larger one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.fitting import Fitted, Songbook, fill_steps, stretched
from contrafact.engine.arranging.notation import SIGN_VELOCITY, Step, parse
from contrafact.engine.arranging.patterns import DRUMS, PERCUSSION, Fill
from contrafact.engine.arranging.players import Stand, Touch
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note

_TOPS = frozenset({"closed-hat", "pedal-hat", "open-hat", "ride", "ride-bell", "side-stick", "brush-swirl"})
_BACKBEAT = frozenset({"snare", "snare2", "clap", "side-stick"})
_RING_S: Mapping[str, float] = {"crash": 2.0, "ride": 0.8, "open-hat": 0.4, "brush-swirl": 0.4, "splash": 1.0}
_ACCENT = 110.0
_PERCUSSION_RANK, _TOPS_RANK, _BACKBEAT_RANK, _KICK_RANK, _REST_RANK = 0.18, 0.15, 0.42, 0.52, 0.5
_GHOST_RANK, _ORNAMENT_RANK = 0.56, 0.62
_SET = frozenset({"kick", "snare", "snare2", "clap"})


class Drummer:
    """Plays the drum set and the percussion of one take."""

    def __init__(self, stand: Stand, amount: float = 1.0) -> None:
        """``amount`` 0..1: up to which rank strokes are played."""
        self._stand = stand
        self._chance = stand.chance.fork("drums")
        self._amount = amount
        self._grooves = Songbook([(groove, groove.lines) for groove in stand.pack.grooves])
        lines = sorted({line for groove in stand.pack.grooves for line in groove.lines})
        self._lines = frozenset(lines)
        self._ranks = {line: self._rank(line) for line in (*DRUMS, *PERCUSSION)}
        self._notes: dict[str, list[Note]] = {"drums": [], "percussion": []}

    def _rank(self, line: str) -> float:
        if line in PERCUSSION:
            return 0.05 + _PERCUSSION_RANK * self._chance.fork("rank", line).unit()
        if line in _TOPS:
            return _TOPS_RANK
        if line in _BACKBEAT:
            return _BACKBEAT_RANK
        return _KICK_RANK if line == "kick" else _REST_RANK

    def play(self) -> tuple[list[Note], list[Note]]:
        """Notes of the set and of the percussion (untidied)."""
        scenes = self._stand.scenes
        for number, scene in enumerate(scenes):
            coming = scenes[number + 1] if number + 1 < len(scenes) else None
            if scene.drums == "end":
                self._ending(scene)
            elif scene.drums == "build":
                self._build(scene)
            elif scene.drums != "out" or scene.fill == "big":
                self._bar(scene, coming)
        return self._notes["drums"], self._notes["percussion"]

    def _choices(self, scene: Scene) -> tuple[Fitted, Fitted]:
        """The section's groove and another: the same whenever its material comes back, changed places in its second
        eight bars.
        """
        bar = scene.bar
        choices = self._grooves.choices(bar.beats, scene.level, bar.division, bar.label)
        chance = self._chance.fork("groove", bar.letter, scene.level)
        main = int(chance.unit() * len(choices))
        other = main + 1 + int(chance.unit() * (len(choices) - 1)) if len(choices) > 1 else main
        if (bar.place // 8) % 2 == 1:
            main, other = other, main
        feel = self._stand.pack.feel
        change = 0.5 if bar.label in feel.half_time else 2.0 if bar.label in feel.double_time else 1.0
        return stretched(choices[main % len(choices)], change), stretched(choices[other % len(choices)], change)

    def _fill_of(self, scene: Scene, coming: Scene | None) -> Fill | None:
        if scene.fill is None:
            return None
        fills = [
            fill
            for fill in self._stand.pack.fills
            if fill.size == scene.fill and scene.level in fill.levels and fill.beats <= scene.bar.beats
        ]
        fills = [fill for fill in fills if fill.division == scene.bar.division] or fills
        label = coming.bar.label if coming and coming.bar.section != scene.bar.section else ""
        meant = [fill for fill in fills if label in fill.into] or [fill for fill in fills if not fill.into]
        return self._chance.fork("fill", scene.bar.section, scene.bar.place).pick(meant) if meant else None

    def _bar(self, scene: Scene, coming: Scene | None) -> None:
        bar = scene.bar
        fill = self._fill_of(scene, coming)
        until = bar.beats - (fill.beats if fill else 1 if scene.stop else 0)
        touch = Touch(self._stand, self._chance.fork("touch", bar.first_beat))
        if scene.drums != "out":
            for line, step, rank in self._written(scene, until, varied=fill is None and not scene.stop):
                if step.position < until - 1e-9:
                    self._hit(touch, scene, line, step, rank)
        if fill:
            for line, step in fill_steps(fill.lines, fill.beats, fill.division, bar.division):
                self._hit(touch, scene, line, replace(step, position=until + step.position), self._ranks[line])
        if scene.crash and self._stand.pack.drums.crash:
            self._hit(touch, scene, self._stand.pack.drums.crash, Step(0.0, 1.0, "x", 1), _REST_RANK)

    def _written(self, scene: Scene, until: int, *, varied: bool) -> Iterator[tuple[str, Step, float]]:
        """The strokes of a bar with their ranks: the groove, turned around at the ends of phrases, and ornaments."""
        bar = scene.bar
        groove, other = self._choices(scene)
        steps = groove.bar(bar.place)
        turn = self._chance.fork("turn", bar.section, bar.place)
        turns, opens = turn.happens(0.55), turn.happens(0.4)
        if varied and scene.drums == "full" and bar.place % 4 == 3 and bar.beats > 2 and turns:
            last = bar.beats - 1
            steps = [item for item in steps if item[1].position < last - 1e-9 or item[0] not in _SET]
            steps += [item for item in other.bar(bar.place) if item[1].position >= last - 1e-9 and item[0] in _SET]
        if varied and bar.place % 4 == 1 and opens and "open-hat" in self._lines:
            steps = [self._opened(item, bar.beats) for item in steps]
        for line, step in steps:
            if scene.drums != "tops" or line in _TOPS or line in PERCUSSION:
                ghost = step.sign == "g" and line in _BACKBEAT
                yield line, step, max(self._ranks[line], _GHOST_RANK) if ghost else self._ranks[line]
        if scene.drums == "full" and scene.level != "low":
            yield from self._ghosts(scene, steps, until)

    @staticmethod
    def _opened(item: tuple[str, Step], beats: int) -> tuple[str, Step]:
        """The last closed hat between beats of a bar, opened."""
        line, step = item
        late = step.position > beats - 1 + 1e-9 and abs(step.position - beats + 0.5) < 1e-6
        return ("open-hat", step) if line == "closed-hat" and late else item

    def _ghosts(self, scene: Scene, steps: list[tuple[str, Step]], until: int) -> Iterator[tuple[str, Step, float]]:
        """Soft strokes of the snare in places that the groove leaves free, more of them where there is more energy."""
        if not any(line == "snare" and step.sign in "Xx" for line, step in steps):
            return
        taken = {round(step.position * 12) for line, step in steps if line in _SET}
        per_beat = 6 if scene.bar.division == 3 else 4
        chance = self._chance.fork("ghosts", scene.bar.letter, scene.bar.place % 8)
        for place in range(per_beat * scene.bar.beats):
            drawn, rank = chance.unit(), chance.unit()
            position = place / per_beat
            clear = not taken & {round(position * 12) + shift for shift in (-1, 0, 1)}
            if place % 2 and clear and position < until and drawn < self._stand.pack.humanise.ghosts * scene.energy:
                step = Step(position, 1.0 / per_beat, "g", per_beat)
                yield "snare", step, _ORNAMENT_RANK + (1.0 - _ORNAMENT_RANK) * rank

    def _hit(self, touch: Touch, scene: Scene, line: str, step: Step, rank: float) -> None:
        beat = scene.bar.first_beat + step.position
        humanise = self._stand.pack.humanise
        lag_ms = humanise.lags_ms.get(line, humanise.snare_lag_ms if line in _BACKBEAT else 0.0)
        # Hats breathe: the off-beat strokes of an even row are a little lighter than those on the beat.
        lean = 0.92 if line in _TOPS and beat % 1.0 > 1e-6 else 1.0
        velocity = touch.force(_ACCENT * SIGN_VELOCITY[step.sign] * lean, scene.energy)
        start = touch.moment(self._stand.time(beat, step.division), lag_ms)
        part, pitch = ("percussion", PERCUSSION[line]) if line in PERCUSSION else ("drums", DRUMS[line])
        if rank <= self._amount:
            self._notes[part].append(Note(start, _RING_S.get(line, 0.2), pitch, velocity))

    def _build(self, scene: Scene) -> None:
        """A roll that doubles its pace in the middle of the build and again towards its end, over cymbals; the kick
        keeps the beat in the first half.
        """
        bar = scene.bar
        touch = Touch(self._stand, self._chance.fork("touch", bar.first_beat))
        through = (bar.place + 0.5) / bar.places
        pace = 1 if through < 0.5 else 2 if through < 0.8 else 4
        roll = next((line for line in ("snare", "clap", "snare2", "side-stick", "high-tom") if line in self._lines), "")
        until = bar.beats - (1 if scene.stop else 0)
        for place in range(until * pace):
            position = place / pace
            step = Step(position, 1.0 / pace, "x" if place % pace == 0 else "o", pace)
            if roll:
                self._hit(touch, scene, roll, step, self._ranks[roll])
            if place % pace == 0 and through < 0.5 and "kick" in self._lines:
                self._hit(touch, scene, "kick", step, self._ranks["kick"])
        for line, step in self._choices(scene)[0].bar(bar.place):
            if (line in _TOPS or line in PERCUSSION) and line != roll and step.position < until - 1e-9:
                self._hit(touch, scene, line, step, self._ranks[line])

    def _ending(self, scene: Scene) -> None:
        """The last bar: one stroke together, and let it ring."""
        if scene.energy < 0.12:
            return
        touch = Touch(self._stand, self._chance.fork("ending"))
        crash = self._stand.pack.drums.crash
        for line in (["kick"] if "kick" in self._lines else []) + ([crash] if crash else []):
            self._hit(touch, scene, line, Step(0.0, 1.0, "x", 1), self._ranks[line])


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
