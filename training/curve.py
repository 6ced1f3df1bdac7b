"""The curve of a training, drawn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from training.measure import NAMES

_COLOURS = ("tab:red", "tab:blue", "tab:green", "tab:orange")


def draw(history: Sequence[dict[str, Any]], file: Path) -> None:
    """Loss, and SDR of the refined stems over the dotted one of the first guesses, against minutes."""
    matplotlib.use("agg")
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    minutes = [one["minutes"] for one in history]
    left.plot(minutes, [one["loss"] for one in history], "k.-")
    left.set(xlabel="minutes", title="loss on crops (running mean)")
    for name, colour in zip(NAMES, _COLOURS, strict=True):
        for kind, style in (("guessed", ":"), ("refined", ".-")):
            there = [(one["minutes"], one[kind][name]) for one in history if one[kind][name] is not None]
            if there:
                right.plot(*zip(*there, strict=True), style, color=colour, label=name if kind == "refined" else None)
    right.set(xlabel="minutes", title="SDR of held-out mixes, dB (dotted: first guesses)")
    right.legend()
    figure.savefig(file, dpi=100)
