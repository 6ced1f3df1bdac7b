"""Other chords under the same song: what a recipe's harmony asks for, as chord spans of the take."""

from contrafact.engine.arranging.grid import Grid
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe


def reharmonised(grid: Grid, chart: Chart, recipe: Recipe) -> Grid:
    """The grid with the chords that generated parts shall play; the same grid where the recipe changes none."""
    return grid
