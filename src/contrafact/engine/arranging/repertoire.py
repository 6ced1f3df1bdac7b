"""Which of a part's patterns is played where."""

from contrafact.engine.arranging.fitting import Songbook
from contrafact.engine.arranging.notation import Step
from contrafact.engine.arranging.pack import PitchedPart
from contrafact.engine.arranging.players import Stand
from contrafact.engine.arranging.scenes import Scene


class Repertoire:
    """Chooses among a part's patterns: one for each material and level, varied in every other group of bars."""

    def __init__(self, stand: Stand, part: PitchedPart) -> None:
        self._chance = stand.chance.fork("repertoire", part.name)
        self._quiet_under_voice = part.role == "arpeggio"
        self._written = Songbook([(pattern, {"": pattern.steps}) for pattern in part.patterns])

    def steps(self, scene: Scene) -> list[Step]:
        """The steps of one groove bar, positions in beats from its start."""
        if not self._written:
            return [Step(0.0, float(scene.bar.beats), "x", 1)]
        bar = scene.bar
        # Broken chords thin out while somebody sings and fill the rests.
        level = "low" if self._quiet_under_voice and scene.voice > 0.35 else scene.level
        choices = self._written.choices(bar.beats, level, bar.division, bar.label)
        chance = self._chance.fork(bar.letter, level)
        main = int(chance.unit() * len(choices))
        group = bar.place // 4
        likely = 0.6 if group % 4 == 3 else 0.35 if group % 2 == 1 else 0.0
        if len(choices) > 1 and chance.fork(group).happens(likely):
            main += 1 + int(chance.fork("other", group).unit() * (len(choices) - 1))
        return [step for _, step in choices[main % len(choices)].bar(bar.place)]
