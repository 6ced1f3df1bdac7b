"""What the benchmark prints."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from benchmarks.hearing.reliability import Bin, monotone
from benchmarks.hearing.scoring import Scores

TARGETS: Final = {
    "beat_f": 0.97,
    "downbeat_f": 0.92,
    "metre": 0.95,
    "tempo": 0.97,
    "key": 0.92,
    "majmin": 0.88,
    "sevenths": 0.75,
    "boundary_3s": 0.75,
    "boundary_0.5s": 0.60,
    "melody_f": 0.80,
}
NAMES: Final = {
    "beat_f": "beats F",
    "downbeat_f": "downbeats F",
    "metre": "metre right",
    "tempo": "tempo within 0.5 %",
    "key": "key (MIREX weighted)",
    "majmin": "chords, major and minor",
    "sevenths": "chords, sevenths",
    "boundary_3s": "boundaries F, 3 s",
    "boundary_0.5s": "boundaries F, 0.5 s",
    "melody_f": "lead melody notes F (true vocal stem)",
    "drum_f": "drum strokes F, 50 ms (true drum stem)",
    "kick_f": "… kick",
    "snare_f": "… snare",
    "hihat_f": "… hi-hat",
    "swing_error": "swing, mean error (0 is best)",
    "letters": "repeated sections, pairwise F",
    "labels": "section labels right",
    "key_changes": "key changes found",
    "metre_changes": "metre changes found",
    "vocal_f": "vocal regions F",
}
Column = Sequence[Scores]


def mean(column: Column, row: str) -> float | None:
    values = [scores[row] for scores in column if scores[row] is not None]
    return float(np.mean([value for value in values if value is not None])) if values else None


def main_table(columns: Mapping[str, Column], rows: Sequence[str]) -> list[str]:
    """Markdown: one row per figure, ours first; a peer that is better than ours is marked."""
    names = list(columns)
    lines = [f"| | target | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for row in rows:
        values = [mean(columns[name], row) for name in names]
        if all(value is None for value in values):
            continue
        ours = values[0]
        cells = [_cell(value) for value in values]
        for number, value in enumerate(values[1:], start=1):
            if value is not None and ours is not None and _better(row, value, ours):
                cells[number] += " !"
        target = TARGETS.get(row)
        if target is not None and ours is not None:
            cells[0] = f"**{cells[0]}**" if ours >= target else f"{cells[0]} (short)"
        lines.append(f"| {NAMES[row]} | {'' if target is None else f'≥ {target:.2f}'} | {' | '.join(cells)} |")
    return lines


def _better(row: str, one: float, other: float) -> bool:
    return one < other - 0.0005 if row == "swing_error" else one > other + 0.0005


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def trait_table(column: Column, traits: Sequence[Sequence[str]], rows: Sequence[str]) -> list[str]:
    """Ours by what is special about the songs."""
    groups: dict[str, list[Scores]] = {}
    for scores, names in zip(column, traits, strict=True):
        for name in names:
            groups.setdefault("swing" if name.startswith("swing ") else name, []).append(scores)
    lines = [f"| trait | songs | {' | '.join(rows)} |", f"|---|---|{'---|' * len(rows)}"]
    for name, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        lines.append(f"| {name} | {len(group)} | {' | '.join(_cell(mean(group, row)) for row in rows)} |")
    return lines


def reliability_table(found: Mapping[str, Sequence[Bin]]) -> list[str]:
    """Confidence against accuracy; each cell is accuracy and the number of claims."""
    lines = ["| claim | confidence: right (claims) | monotone |", "|---|---|---|"]
    for kind, rows in found.items():
        cells = ", ".join(f"{row.low:.1f}–{row.high:.1f}: {row.accuracy:.2f} ({row.count})" for row in rows)
        lines.append(f"| {kind} | {cells} | {'yes' if monotone(rows) else 'no'} |")
    return lines
