"""Excerpts, separated by everybody and compared with what is true."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from benchmarks.stems.estimating import MIX, Everybody
from benchmarks.stems.excerpts import Excerpt
from benchmarks.stems.measures import SILENT_DB, Seconds, level_db, paired, sdr_db, stroke_times, summed

Rows = dict[str, dict[str, dict[str, list[float]]]]
"""Kind of excerpt, who, stem."""
_WITH_CEILING = "those that demucs had"


def quality(excerpts: Iterable[Excerpt], everybody: Everybody) -> dict[str, object]:
    """SDR by kind of excerpt, the level of stems whose truth is silent, and drum strokes kept; with every figure."""
    sdr, leaks = _rows(), _rows()
    timing: dict[str, list[tuple[float, float]]] = defaultdict(list)
    each = []
    for excerpt in excerpts:
        figures = _figures(excerpt, everybody, leaks, timing)
        for who, stems in figures.items():
            for stem, value in stems.items():
                sdr[excerpt.kind][who][stem].append(value)
                each.append((excerpt.name, who, stem, round(value, 2)))
        if any(who.startswith("demucs") for who in figures):
            for who, stems in figures.items():
                for stem, value in stems.items():
                    sdr[_WITH_CEILING][who][stem].append(value)
        told = (f"{who}: " + " ".join(f"{stem} {v:.1f}" for stem, v in stems.items()) for who, stems in figures.items())
        print(f"  {excerpt.name}  " + "; ".join(told), file=sys.stderr, flush=True)
    return {
        "sdr_db": _tables(sdr, high_is_bad=False),
        "silent_stems_db": _tables(leaks, high_is_bad=True),
        "drum_strokes": {who: _strokes(pairs) for who, pairs in timing.items()},
        "each": each,
    }


def _rows() -> Rows:
    return defaultdict(lambda: defaultdict(lambda: defaultdict(list)))


def _figures(
    excerpt: Excerpt, everybody: Everybody, leaks: Rows, timing: dict[str, list[tuple[float, float]]]
) -> Mapping[str, Mapping[str, float]]:
    """SDR by who and stem of what is there, where all of the band is; silent stems and strokes are noted on the way."""
    mix = excerpt.mix
    stripped = excerpt.kind == "without"
    there = {stem: level_db(truth, mix) >= SILENT_DB for stem, truth in excerpt.truth.items()}
    strokes: Seconds | None = stroke_times(excerpt.truth["drums"]) if there["drums"] and not stripped else None
    figures: dict[str, dict[str, float]] = {}
    for who, parts in everybody.estimates(mix, rivals=not stripped, ceiling=not stripped):
        for stem, estimate in parts.items():
            if not there[stem]:
                if who != MIX:
                    leaks["silent"][who][stem].append(level_db(estimate, mix))
            elif not stripped:
                figures.setdefault(who, {})[stem] = sdr_db(excerpt.truth[stem], estimate)
        if strokes is not None:
            timing[who].append(paired(strokes, stroke_times(parts["drums"])))
    return figures


def _strokes(pairs: list[tuple[float, float]]) -> Mapping[str, float]:
    found, off_ms = zip(*pairs, strict=True)
    return {
        "f": round(float(np.mean(found)), 3),
        "off_ms": round(float(np.nanmedian(off_ms)), 1),
        "count": len(found),
    }


def _tables(rows: Rows, *, high_is_bad: bool) -> dict[str, dict[str, dict[str, Mapping[str, float]]]]:
    return {
        kind: {
            who: {stem: summed(values, high_is_bad=high_is_bad) for stem, values in stems.items()}
            for who, stems in table.items()
        }
        for kind, table in rows.items()
    }
