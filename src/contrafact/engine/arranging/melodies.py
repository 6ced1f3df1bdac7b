"""The lead melody handed to an instrument."""

from dataclasses import dataclass

from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.mixing import Mood
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.timeline import Part
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Handed:
    """What an instrument takes over: its part, and the spans of the take in which the voice is silent for it."""

    parts: tuple[Part, ...] = ()
    rests: tuple[tuple[float, float], ...] = ()


def hand_over(chart: Chart, recipe: Recipe, pack: StylePack | None, mood: Mood, form: Form, grid: Grid) -> Handed:
    """The melody as an instrument plays it; nothing where the recipe leaves it to the voice."""
    return Handed()
