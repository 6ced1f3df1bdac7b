"""What a recipe asks of the song's own voice, as layers of the timeline."""

from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.arranging.voices import VoiceLayer
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe


def sing(
    chart: Chart, recipe: Recipe, pack: StylePack | None, form: Form, grid: Grid, clips: tuple[Clip, ...]
) -> tuple[VoiceLayer, ...]:
    """Layers of the kept voice; none where the recipe leaves it as it is, or no voice is kept."""
    return ()
