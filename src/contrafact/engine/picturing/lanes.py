"""The lanes of a sheet that show time, form and harmony."""

import colorsys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Bar, Chart, Key, KeySpan, MetreSpan, Section
from contrafact.engine.naming import chord_name, clock, in_flats, key_name, pitch_class
from contrafact.engine.picturing.paper import FAINT, INK, MUTED, Colour, Paper, faded
from contrafact.engine.picturing.sound import Outline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Doubles = NDArray[np.float64]

LABEL_COLOURS: Final = {
    "intro": "#a9bcc9",
    "verse": "#7fa8cf",
    "chorus": "#e58a6b",
    "bridge": "#a99ad1",
    "break": "#c9c08f",
    "solo": "#e8bd62",
    "outro": "#9aa3b2",
}
_ENERGIES: Final = ("#93abc0", "#4f8f9d", "#d9a441", "#dd5a36")
"""The scale of a section's energy, from the quietest to the loudest."""
_GAP_PX = 5.0
_BESIDE_PX = 88.0
"""Where the values of a scale end, beside the lane."""
_SLIM = 0.4
"""How narrow a chord may be, of the height of its type, to have a name: what is narrower would be named by chance."""
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)


def energy_colour(energy: float) -> Colour:
    """Cool for quiet sections, warm for loud ones."""
    from matplotlib.colors import to_rgb

    stops = np.array([to_rgb(colour) for colour in _ENERGIES])
    at = min(1.0, max(0.0, energy)) * (len(stops) - 1)
    red, green, blue = (float(np.interp(at, range(len(stops)), stops[:, channel])) for channel in range(3))
    return red, green, blue, 1.0


def draw_sections(paper: Paper, top: float, height: float, sections: Sequence[Section]) -> None:
    axes = paper.lane(top, height, "form")
    for section in sections:
        width = section.end_s - section.start_s
        colour = faded(LABEL_COLOURS[section.label], section.confidence)
        _box(axes, section.start_s, width, colour)
        room = width * paper.px_per_s - 2 * _GAP_PX
        left, middle = paper.x(section.start_s) + _GAP_PX, top + height / 2
        letter = paper.known(section.letter)
        letter_px = paper.width(letter, 11.0, True)
        if letter_px > room:
            continue
        size = next((size for size in (9.0, 7.5) if letter_px + 5 + paper.width(section.label, size) <= room), None)
        if size is not None:
            paper.write(left, middle, letter, 11.0, bold=True, group="section")
            paper.write(left + letter_px + 5, middle, section.label, size, group="section")
        else:
            paper.write(left + room / 2, middle, letter, 11.0, across="center", bold=True, group="section")


def draw_waveform(paper: Paper, top: float, height: float, sound: Outline, sections: Sequence[Section]) -> None:
    """The outline, its loudest peak filling the lane, each section in the colour of its energy."""
    from matplotlib.collections import PolyCollection

    axes = paper.lane(top, height, "sound", -1.0, 1.0)
    count = sound.peaks.size
    highest = float(sound.peaks.max(initial=0.0))
    if count == 0 or highest <= 0.0:
        axes.axhline(0.0, color=FAINT, lw=1.0)
        return
    span = paper.duration_s / count
    middles = (np.arange(count) + 0.5) * span
    colours = np.tile(np.array(energy_colour(0.3)) * [1, 1, 1, 0.7], (count, 1))
    for section in sections:
        inside = (middles >= section.start_s) & (middles < section.end_s)
        colours[inside] = energy_colour(section.energy)
    left, right = middles - 0.5 * span, middles + 0.5 * span
    for values, opacity in ((sound.peaks, 0.38), (sound.levels, 0.95)):
        tall = np.maximum(values / highest * 0.97, 0.006)
        boxes = np.stack(
            [
                np.stack([left, -tall], axis=1),
                np.stack([right, -tall], axis=1),
                np.stack([right, tall], axis=1),
                np.stack([left, tall], axis=1),
            ],
            axis=1,
        )
        shade = colours.copy()
        shade[:, 3] *= opacity
        axes.add_collection(PolyCollection(list(boxes), facecolors=shade, edgecolors="none", antialiaseds=False))


def draw_bars(paper: Paper, top: float, height: float, chart: Chart) -> None:
    """A ruler: beats, bars, the numbers of as many bars as there is room for, and every change of metre."""
    axes = paper.lane(top, height, "bars")
    bars = chart.bars
    axes.plot([0.0, paper.duration_s], [1.0, 1.0], color=MUTED, lw=0.8, solid_capstyle="butt")
    if not bars:
        return
    bar_px = paper.px_per_s * float(np.median([bar.end_s - bar.start_s for bar in bars]))
    every = _every(bar_px, 4.0)
    ticks = np.array([bar.start_s for bar in bars[::every]])
    axes.vlines(ticks, 0.62, 1.0, color=INK, lw=0.9)
    beat_px = bar_px / max(1, max(len(bar.beats_s) for bar in bars))
    if beat_px >= 4.0:
        beats = np.concatenate([bar.beats_s for bar in bars])
        axes.vlines(beats, 0.82, 1.0, color=MUTED, lw=0.7)
    changes = _metre_changes(chart.metres)
    texts = [(changes[bar.index], bar, True) for bar in bars if bar.index in changes]
    numbered = _every(bar_px, paper.width(str(len(bars)), 7.0) + 2 * _GAP_PX)
    texts += [(str(bar.index + 1), bar, False) for bar in bars[::numbered] if bar.index not in changes]
    taken: list[tuple[float, float]] = []
    for text, bar, signature in texts:
        left = paper.x(bar.start_s) + (2.0 if bar_px > 14 else 0.0)
        right = left + paper.width(text, 7.0, signature)
        if right <= paper.width_px - 4 and all(right + _GAP_PX < a or b + _GAP_PX < left for a, b in taken):
            colour = "#b0413e" if signature else MUTED
            paper.write(left, top + height - 7, text, 7.0, colour, bold=signature, group="bar")
            taken.append((left, right))


def draw_bar_lines(paper: Paper, top: float, height: float, bars: Sequence[Bar], sections: Sequence[Section]) -> None:
    """Lines through all lanes: faint at bars, as many as can be told apart, clearer at sections."""
    axes = paper.lane(top, height)
    axes.set_zorder(-1)
    if bars:
        bar_px = paper.px_per_s * float(np.median([bar.end_s - bar.start_s for bar in bars]))
        axes.vlines([bar.start_s for bar in bars[:: _every(bar_px, 9.0)]], 0.0, 1.0, color=FAINT, lw=0.6)
    edges = sorted({section.start_s for section in sections} | {section.end_s for section in sections})
    crowded = len(edges) > 2 and paper.px_per_s * (edges[-1] - edges[0]) / (len(edges) - 1) < 30
    axes.vlines(edges, 0.0, 1.0, color=FAINT if crowded else "#c9c4b8", lw=0.9)


def draw_keys(paper: Paper, top: float, height: float, keys: Sequence[KeySpan]) -> None:
    axes = paper.lane(top, height, "key")
    for span in keys:
        width = span.end_s - span.start_s
        hue = _hue(pitch_class(span.tonic) or 0, span.mode == "minor")
        _box(axes, span.start_s, width, faded(hue, span.confidence))
        room = width * paper.px_per_s - 2 * _GAP_PX
        name = key_name(span)
        short = name.replace(" major", "").replace(" minor", "m")
        fits = next((text for text in (name, short) if paper.width(text, 8.0) <= room), "")
        if fits:
            paper.write(paper.x(span.start_s) + _GAP_PX, top + height / 2, fits, 8.0, group="key")


def draw_chords(paper: Paper, top: float, height: float, chart: Chart) -> None:
    """Boxes in the colour of their root; names across where they fit, upright where not, left out where crowded."""
    axes = paper.lane(top, height, "chords")
    spans = [chord for chord in chart.chords if chord.end_s > chord.start_s]
    boxes, colours = [], []
    taken = -np.inf
    for chord in spans:
        flats = in_flats(_key_at(chart, chord.start_s))
        name = paper.known(chord_name(chord, flats))
        if not name:
            continue
        root = pitch_class(chord.label.partition(":")[0].partition("/")[0]) or 0
        boxes.append((chord.start_s, chord.end_s - chord.start_s))
        colours.append(faded(_hue(root, chord.label.partition(":")[2].startswith(("min", "dim", "hdim"))),
                             chord.confidence))  # fmt: skip
        room = (chord.end_s - chord.start_s) * paper.px_per_s
        middle = paper.x(0.5 * (chord.start_s + chord.end_s))
        across = next((size for size in (8.0, 7.0, 6.0) if paper.width(name, size) + 4 <= room), None)
        upright = next((size for size in (7.0, 6.0) if paper.width(name, size) <= height - 2), None)
        if across is not None:
            paper.write(middle, top + height / 2, name, across, across="center", group="chord")
            taken = middle + paper.width(name, across) / 2
        elif upright is not None:
            thick = upright * 1.5
            if room >= _SLIM * thick and middle - thick / 2 > taken + 1:
                paper.write(middle, top + height / 2, name, upright, across="center", upright=True, group="chord")
                taken = middle + thick / 2
    if boxes:
        from matplotlib.collections import PolyCollection

        # A hairline of paper between neighbours, where it is not all that would be left of them.
        slim = [(start, max(0.5 * width, width - 1.0 / paper.px_per_s)) for start, width in boxes]
        corners = [[(s, 0.0), (s + w, 0.0), (s + w, 1.0), (s, 1.0)] for s, w in slim]
        axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors="none"))


def draw_tempo(paper: Paper, top: float, height: float, chart: Chart) -> None:
    points = [(point.time_s, point.bpm) for point in chart.tempo_curve] or [(0.0, chart.tempo.bpm)]
    times, bpm = np.array(points).T
    low, high = np.percentile(bpm, [1, 99])
    middle, reach = 0.5 * (low + high), max(0.6 * (high - low), 0.04 * float(np.median(bpm)))
    axes = paper.lane(top, height, "tempo", middle - reach, middle + reach)
    for value in (middle - 0.75 * reach, middle, middle + 0.75 * reach):
        axes.axhline(value, color=FAINT, lw=0.6, zorder=0)
        y = top + height * (0.5 - 0.5 * (value - middle) / reach)
        paper.write(_BESIDE_PX, y, f"{value:.1f}" if reach < 8 else f"{value:.0f}", 6.5, MUTED, across="right")
    stretched = np.append(times, paper.duration_s), np.append(bpm, bpm[-1])
    held = np.clip(stretched[1], middle - reach, middle + reach)
    axes.plot(stretched[0], held, color=faded("#7a3b69", chart.tempo.confidence), lw=1.8, solid_joinstyle="round")


def draw_clock(paper: Paper, top: float) -> None:
    """Minutes and seconds under all lanes."""
    axes = paper.lane(top, 6)
    hours = paper.duration_s >= 3600
    room = paper.width(clock(paper.duration_s, hours), 8.0) + 24
    step = next((step for step in _TICKS_S if step * paper.px_per_s >= room), _TICKS_S[-1])
    ticks = np.arange(0.0, paper.duration_s + 1e-6, step)
    axes.plot([0.0, paper.duration_s], [1.0, 1.0], color=MUTED, lw=0.9)
    axes.vlines(ticks, 0.0, 1.0, color=MUTED, lw=0.9)
    for tick in ticks:
        paper.write(paper.x(tick), top + 18, clock(tick, hours), 8.0, MUTED, across="center", group="clock")


def _box(axes: "Axes", start_s: float, width_s: float, colour: Colour) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((start_s, 0.0), width_s, 1.0, facecolor=colour, edgecolor="#fcfbf8", lw=1.2))


def _every(step_px: float, room_px: float) -> int:
    """The power of two of steps of this width that leaves so much room."""
    every = 1
    while every * step_px < room_px and every < 1 << 20:
        every *= 2
    return every


def _metre_changes(metres: Sequence[MetreSpan]) -> dict[int, str]:
    return {span.first_bar: span.signature for span in metres} if len(metres) > 1 else {}


def _key_at(chart: Chart, seconds: float) -> Key:
    return next((span for span in chart.keys if span.start_s <= seconds < span.end_s), chart.key)


def _hue(pitch: int, minor: bool) -> tuple[float, float, float]:
    """Neighbours in the circle of fifths are neighbours in colour; minor chords are deeper."""
    hue = (0.09 + (7 * (pitch + (3 if minor else 0)) % 12) / 12.0) % 1.0
    return colorsys.hls_to_rgb(hue, 0.68 if minor else 0.76, 0.38 if minor else 0.55)
