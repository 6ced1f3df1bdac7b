"""What the form asks of faders and filters, put on the buses of kept stems and on the generated parts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from contrafact.engine.arranging.layout import Form, Turn
from contrafact.engine.arranging.timeline import AutomatedKnob, Automation, Part, StemBus

_RING_S = 1.0
"""How long a note may be heard after its end."""


def directed_buses(buses: tuple[StemBus, ...], form: Form) -> tuple[StemBus, ...]:
    """The buses with the turns of the form (builds, breaths, fades) in their automation; a second recording has what
    moves all that sounds.
    """
    if not form.turns:
        return buses
    return tuple(
        replace(bus, automation=_joined(bus.automation, turns))
        if (turns := [turn for turn in form.turns if bus.stem in turn.stems and (bus.source == 0 or turn.whole)])
        or bus.source == 0
        else bus
        for bus in buses
    )


def directed_parts(parts: tuple[Part, ...], form: Form) -> tuple[Part, ...]:
    """The parts with the form's turns (builds, breaths, a fade to an exact end) added to their automation.

    A part that rests while a knob turns is left alone: a moving filter costs time.
    """
    asked = [turn for turn in form.turns if turn.parts]
    return tuple(
        replace(part, automation=_joined(part.automation, turns))
        if (turns := [turn for turn in asked if _plays_during(part, turn)])
        else part
        for part in parts
    )


def _plays_during(part: Part, turn: Turn) -> bool:
    first_s, last_s = turn.points[0][0], turn.points[-1][0]
    return any(note.start_s < last_s and note.start_s + note.duration_s + _RING_S > first_s for note in part.notes)


def _joined(automation: tuple[Automation, ...], turns: Sequence[Turn]) -> tuple[Automation, ...]:
    """One curve per knob: gains add up, of any other knob the form's own curve counts."""
    curves: dict[AutomatedKnob, list[tuple[float, float]]] = {}
    for turn in turns:
        curves.setdefault(turn.knob, []).extend(turn.points)
    found = {item.knob: item for item in automation}
    for knob, points in curves.items():
        before = found.get(knob)
        curve = tuple((round(time_s, 6), value) for time_s, value in sorted(points))
        found[knob] = Automation(knob, _sum(before.points, curve) if knob == "gain_db" and before else curve)
    return tuple(found.values())


def _sum(one: tuple[tuple[float, float], ...], two: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Two curves of straight lines added."""
    times = sorted({time_s for time_s, _ in (*one, *two)})
    total = np.zeros(len(times))
    for curve in (one, two):
        total += np.interp(times, [time_s for time_s, _ in curve], [value for _, value in curve])
    return tuple((time_s, round(float(value), 4)) for time_s, value in zip(times, total, strict=True))
