"""What was measured, for people."""

from collections.abc import Mapping
from typing import Any

from benchmarks.stems.bare import WANTED_DB
from contrafact.engine.audio.stems import STEM_NAMES

_WIDE = 24


def show(report: Mapping[str, Any]) -> None:
    """Print every part of a report that is there."""
    for figures in report.get("cost", []):
        print(
            "  ".join(
                f"{name} {value if isinstance(value, str) else f'{value:.1f}'}" for name, value in figures.items()
            )
        )
    for part in ("quality", "tracker"):
        if part in report:
            _quality(report[part])
    if "bare" in report:
        _bare(report["bare"])
    if "real" in report:
        _real(report["real"])


def _quality(figures: Mapping[str, Any]) -> None:
    for title, unit in (("sdr_db", "SDR, dB: mean / median / worst decile"), ("silent_stems_db", "dB against the mix")):
        for kind, table in figures[title].items():
            print(f"\n{kind} ({unit})\n{'':{_WIDE}}" + "".join(f"{stem:^26}" for stem in STEM_NAMES))
            for who, stems in table.items():
                print(f"{who:{_WIDE}}" + "".join(_cell(stems.get(stem)) for stem in STEM_NAMES))
    print("\nstrokes of the drum stem beside those of the true one (F within 25 ms, median distance)")
    for who, strokes in figures["drum_strokes"].items():
        print(f"{who:{_WIDE}}{strokes['f']:9.3f}{strokes['off_ms']:9.1f} ms  ({strokes['count']})")


def _cell(cell: Mapping[str, float] | None) -> str:
    if cell is None:
        return f"{'-':^26}"
    return f"{cell['mean']:9.1f} /{cell['median']:6.1f} /{cell['worst_decile']:6.1f} "


def _bare(figures: Mapping[str, Mapping[str, float]]) -> None:
    """Who is louder than he may be, and how many are not."""
    for stem in STEM_NAMES:
        levels = {name: each[stem] for name, each in figures.items() if stem in each}
        loud = {name: level for name, level in levels.items() if level > WANTED_DB}
        print(f"{stem}: absent in {len(levels)}, louder than {WANTED_DB:.0f} dB in {len(loud)}")
        for name, level in loud.items():
            print(f"  {name:{_WIDE}} {level:6.1f}")


def _real(figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    for recording, table in figures.items():
        print(f"\n{recording}")
        for who, measures in table.items():
            print(f"  {who:{_WIDE}}" + "  ".join(f"{name} {value:.2f}" for name, value in measures.items()))
