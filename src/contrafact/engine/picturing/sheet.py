"""A chart on one sheet: sound, form, bars, keys, chords, tempo, voice and drums over one axis of time.

Nothing of matplotlib is imported before a sheet is drawn, and nothing of its global state is used or changed: figures
are made as objects and drawn by Agg, with the fonts that matplotlib brings. The same chart gives the same bytes.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Chart, KeySpan
from contrafact.engine.naming import clock, key_name
from contrafact.engine.picturing import lanes, players
from contrafact.engine.picturing.paper import INK, LEFT_PX, MUTED, RIGHT_PX, Paper, faded
from contrafact.engine.picturing.sound import Outline, outline, outline_of_peaks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NARROW_PX, _WIDE_PX = 1600, 2800
_PX_PER_S = 10.0
_HEADER_PX, _FOOTER_PX = 84.0, 62.0


def draw_chart(chart: Chart, sound: Audio | Sequence[float] | NDArray[np.float64], title: str = "") -> bytes:
    """Draw a chart on one sheet.

    Parameters
    ----------
    chart : Chart
    sound : Audio, or array-like of float, shape (n,)
        The recording, or its stored peaks (0 to 1) in equal spans.
    title : str
        Written above; signs that the type does not have become boxes.

    Returns
    -------
    bytes
        A PNG, 1600 to 2800 pixels wide by length. What the chart does not hold takes no room.
    """
    stream = io.BytesIO()
    _sheet(chart, sound, title).savefig(stream, format="png", metadata={"Software": None}, facecolor="auto")
    return stream.getvalue()


def _sheet(chart: Chart, sound: Audio | Sequence[float] | NDArray[np.float64], title: str) -> "Figure":
    width = int(np.clip(_PX_PER_S * chart.duration_s, _NARROW_PX, _WIDE_PX))
    notes = chart.melody is not None and bool(chart.melody.notes)
    drums = chart.drums if chart.drums is not None and chart.drums.hits else None
    heights: Final = {
        "form": 30.0,
        "sound": 150.0,
        "bars": 24.0,
        "key": 20.0,
        "chords": 46.0,
        "tempo": 72.0,
        "voice": 120.0 if notes else 22.0 if chart.vocal_regions else 0.0,
        "drums": 132.0 if drums else 0.0,
    }
    gaps = {"form": 4.0, "sound": 2.0, "bars": 10.0, "key": 4.0, "chords": 12.0, "tempo": 12.0, "voice": 12.0}
    tops, at = {}, _HEADER_PX
    for name, height in heights.items():
        tops[name] = at
        at += height + gaps.get(name, 4.0) if height else 0.0
    paper = Paper(width, round(at + _FOOTER_PX), chart.duration_s)
    _header(paper, chart, title)
    lanes.draw_bar_lines(paper, tops["form"], at - tops["form"], chart.bars, chart.sections)
    lanes.draw_sections(paper, tops["form"], heights["form"], chart.sections)
    shape = _outline(sound, paper)
    lanes.draw_waveform(paper, tops["sound"], heights["sound"], shape, chart.sections)
    lanes.draw_bars(paper, tops["bars"], heights["bars"], chart)
    lanes.draw_keys(paper, tops["key"], heights["key"], chart.keys or _whole(chart))
    lanes.draw_chords(paper, tops["chords"], heights["chords"], chart)
    lanes.draw_tempo(paper, tops["tempo"], heights["tempo"], chart)
    if heights["voice"]:
        players.draw_regions(paper, tops["voice"], heights["voice"], chart.vocal_regions, chart.melody)
    how = ""
    if drums is not None:
        how = players.draw_drums(paper, tops["drums"], heights["drums"], drums, chart.bars)
    lanes.draw_clock(paper, at)
    _legend(paper, at + 44, how)
    return paper.figure


def _outline(sound: Audio | Sequence[float] | NDArray[np.float64], paper: Paper) -> Outline:
    if isinstance(sound, Audio):
        return outline(sound, paper.width_px - LEFT_PX - RIGHT_PX)
    return outline_of_peaks(np.asarray(sound, dtype=np.float64))


def _whole(chart: Chart) -> tuple[KeySpan, ...]:
    if chart.duration_s <= 0:
        return ()
    key = chart.key
    return (KeySpan(tonic=key.tonic, mode=key.mode, confidence=key.confidence, start_s=0.0, end_s=chart.duration_s),)


def _header(paper: Paper, chart: Chart, title: str) -> None:
    """Title, facts, and to the right how sure each of them is."""
    certain = (
        ("tempo", chart.tempo.confidence),
        ("metre", chart.metre.confidence),
        ("key", chart.key.confidence),
        (chart.content, chart.content_confidence),
    )
    right = paper.width_px - RIGHT_PX
    left = right - 4 * 120
    axes = paper.figure.add_axes((0.0, 0.0, 1.0, 1.0), facecolor="none")
    axes.set_xlim(0, paper.width_px)
    axes.set_ylim(paper.height_px, 0)
    axes.set_axis_off()
    axes.set_zorder(-2)
    for number, (name, confidence) in enumerate(certain):
        x = left + 120 * number
        paper.write(x, 30, name, 8.0, MUTED)
        paper.write(x + 104, 30, f"{100 * confidence:.0f} %", 8.0, INK, across="right")
        axes.plot([x, x + 104], [40, 40], color="#e6e3dc", lw=3.5, solid_capstyle="butt")
        if confidence > 0:
            axes.plot([x, x + 104 * confidence], [40, 40], color=INK, lw=3.5, solid_capstyle="butt")
    room = left - 40 - LEFT_PX
    named = paper.shortened(paper.known(title) or "untitled", 17.0, room, True)
    paper.write(LEFT_PX, 36, named, 17.0, bold=True, group="title")
    paper.write(LEFT_PX, 62, paper.shortened(_facts(chart), 9.5, right - LEFT_PX), 9.5, INK, group="facts")


def _facts(chart: Chart) -> str:
    tempo = f"{chart.tempo.bpm:.1f}".rstrip("0").rstrip(".") + (" BPM" if chart.tempo.steady else " BPM, not steady")
    others = ", ".join(f"{bpm:.0f}" for bpm, _ in chart.tempo.alternatives[:2])
    facts = [
        tempo + (f" (or {others})" if others else ""),
        " → ".join(dict.fromkeys(span.signature for span in chart.metres)) or chart.metre.signature,
        " → ".join(dict.fromkeys(key_name(key) for key in chart.keys)) or key_name(chart.key),
        f"{chart.loudness.integrated_lufs:.1f} LUFS".replace("-", "−"),
        f"{chart.loudness.true_peak_dbtp:.1f} dBTP".replace("-", "−"),
        clock(chart.duration_s),
    ]
    if chart.swing is not None and chart.swing.ratio >= 0.53:
        facts.insert(2, f"swing {100 * chart.swing.ratio:.0f} %")
    if abs(chart.tuning_cents) >= 3:
        facts.append(f"A = {440 * 2 ** (chart.tuning_cents / 1200):.1f} Hz")
    return "  ·  ".join(facts)


def _legend(paper: Paper, y: float, how: str) -> None:
    """What the colours say."""
    axes = paper.lane(y - 5, 10)
    axes.set_xlim(0, paper.width_px - LEFT_PX - RIGHT_PX)
    x = 0.0
    paper.write(LEFT_PX, y, "quiet", 7.5, MUTED)
    x += paper.width("quiet", 7.5) + 8
    for step in range(40):
        axes.fill_between([x + 2 * step, x + 2 * step + 2.2], 0.1, 0.9, color=lanes.energy_colour(step / 39), lw=0)
    paper.write(LEFT_PX + x + 88, y, "loud section", 7.5, MUTED)
    x += 88 + paper.width("loud section", 7.5) + 36
    for step in range(5):
        axes.fill_between([x + 16 * step, x + 16 * step + 15], 0.1, 0.9, color=faded("#3f7d8c", 1 - step / 4), lw=0)
    paper.write(LEFT_PX + x + 88, y, "certain to guessed", 7.5, MUTED)
    x += 88 + paper.width("certain to guessed", 7.5) + 36
    paper.write(LEFT_PX + x, y, paper.shortened(how, 7.5, paper.width_px - RIGHT_PX - LEFT_PX - x), 7.5, MUTED)
