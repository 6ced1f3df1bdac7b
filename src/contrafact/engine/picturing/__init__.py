"""A chart as a picture."""

from contrafact.engine.picturing.sheet import draw_chart

__all__ = ["draw_chart"]
