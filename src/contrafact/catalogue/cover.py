"""Cover art drawn from the song itself, for songs that bring no picture: the same chart gives the same drawing.

The key chooses the hue (neighbours on the circle of fifths look alike), minor is darker, the ring is the song read
clockwise from the top: one ray a bar, as long as its section is loud, coloured by the section's material.
"""

import colorsys
import math
import xml.sax.saxutils

from contrafact.engine.listening.chart import Chart, Section

_TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_SIZE = 600
_MOST_RAYS = 240


def cover_svg(chart: Chart, title: str, artist: str) -> str:
    """A square SVG without scripts, links or outside fonts.

    Parameters
    ----------
    chart : Chart
        Key, bars and sections are drawn; silence and speech give a plain disc.
    title, artist : str
        Told to screen readers, not drawn: the page writes them beside the picture.
    """
    fifths = _TONICS.index(chart.key.tonic) * 7 % 12
    hue = (fifths / 12 + (0.04 if chart.key.mode == "minor" else 0.0)) % 1.0
    dark = chart.key.mode == "minor"
    label = xml.sax.saxutils.escape(f"{title} by {artist}", {'"': "&quot;"})
    ground, glow = _colour(hue, 0.10 if dark else 0.20, 0.55), _colour(hue, 0.28 if dark else 0.48, 0.60)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" role="img" aria-label="{label}">',
        f'<defs><radialGradient id="g"><stop offset="0" stop-color="{glow}"/>'
        f'<stop offset="1" stop-color="{ground}"/></radialGradient></defs>',
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="url(#g)"/>',
        *_rays(chart, hue),
        *_core(chart, hue),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _rays(chart: Chart, hue: float) -> list[str]:
    """One ray a bar (a few bars share one in very long songs)."""
    bars = chart.bars
    if not bars or chart.duration_s <= 0:
        return []
    letters = {letter: place for place, letter in enumerate(dict.fromkeys(item.letter for item in chart.sections))}
    step = math.ceil(len(bars) / _MOST_RAYS)
    centre, inner = _SIZE / 2, _SIZE * 0.19
    width = 2 * math.pi * inner / (len(bars) / step) * 0.62
    rays = []
    for bar in bars[::step]:
        section = _section_at(chart, bar.start_s)
        energy = section.energy if section else 0.2
        place = letters.get(section.letter, 0) if section else 0
        angle = 2 * math.pi * bar.start_s / chart.duration_s - math.pi / 2
        beat = 0.5 + 0.5 * math.cos(2 * math.pi * (bar.index % 4) / 4)
        outer = inner + _SIZE * (0.05 + 0.20 * energy + 0.03 * beat)
        x, y = math.cos(angle), math.sin(angle)
        colour = _colour((hue + 0.5 + 0.09 * place) % 1.0, 0.62 + 0.04 * (place % 4), 0.75)
        rays.append(
            f'<line x1="{centre + inner * x:.1f}" y1="{centre + inner * y:.1f}" x2="{centre + outer * x:.1f}" '
            f'y2="{centre + outer * y:.1f}" stroke="{colour}" stroke-width="{min(width, 22):.1f}" '
            f'stroke-linecap="round"/>'
        )
    return rays


def _core(chart: Chart, hue: float) -> list[str]:
    """The disc in the middle; faster songs have more grooves."""
    centre, radius = _SIZE / 2, _SIZE * 0.155
    grooves = max(1, min(9, round(chart.tempo.bpm / 22)))
    rings = [
        f'<circle cx="{centre:.0f}" cy="{centre:.0f}" r="{radius:.1f}" fill="{_colour(hue, 0.07, 0.5)}"/>',
    ]
    for ring in range(1, grooves + 1):
        size = radius * ring / (grooves + 1)
        rings.append(
            f'<circle cx="{centre:.0f}" cy="{centre:.0f}" r="{size:.1f}" fill="none" '
            f'stroke="{_colour(hue, 0.5, 0.6)}" stroke-opacity="0.35" stroke-width="1.5"/>'
        )
    return rings


def _section_at(chart: Chart, time_s: float) -> Section | None:
    return next((item for item in chart.sections if item.start_s <= time_s + 1e-6 < item.end_s), None)


def _colour(hue: float, lightness: float, saturation: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
