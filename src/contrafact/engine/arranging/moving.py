"""Knobs that move with the sections: a filter that opens through an intro, a low cut before a drop."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.settings import Channel, Move, StemTreatment
from contrafact.engine.arranging.timeline import AutomatedKnob, Automation

LIFT = 0.08
"""Least rise in energy from one section to the next that is felt as a lift."""
_OPEN = {"gain_db": 0.0, "lowpass_hz": 20000.0, "highpass_hz": 20.0}
_SNAP_S = 0.03
"""How long a knob takes to come back to rest, so that nothing clicks."""

Span = tuple[float, float]


def automation_of(channel: Channel | StemTreatment, scenes: Sequence[Scene]) -> tuple[Automation, ...]:
    """The moves of a channel over the scenes of a take, one automation per knob; none for moves that never happen.

    Where moves of one knob overlap, the one written first is made.
    """
    sends = {"reverb_send_db": channel.reverb_send_db, "delay_send_db": channel.delay_send_db}
    knobs: dict[AutomatedKnob, list[tuple[Span, Move]]] = {}
    for move in channel.moves:
        taken = knobs.setdefault(move.knob, [])
        for span in spans_of(move, scenes):
            if all(span[1] <= other[0] or other[1] <= span[0] for other, _ in taken):
                taken.append((span, move))
    rest = {**_OPEN, **sends}
    return tuple(Automation(knob, tuple(_points(made, rest[knob]))) for knob, made in knobs.items() if made)


def spans_of(move: Move, scenes: Sequence[Scene]) -> list[Span]:
    """Where in the take a move is made, seconds."""
    sections = [list(bars) for _, bars in groupby(scenes, key=lambda scene: scene.bar.section)]
    found: list[Span] = []
    for number, bars in enumerate(sections):
        if move.when == "section":
            if bars[0].bar.label in move.sections:
                found.append((bars[0].bar.start_s, bars[-1].bar.end_s))
        elif number + 1 < len(sections):
            coming = sections[number + 1][0]
            wanted = not move.sections or coming.bar.label in move.sections
            if wanted and coming.energy - bars[0].energy >= LIFT:
                found.append((bars[max(0, len(bars) - move.bars)].bar.start_s, bars[-1].bar.end_s))
    return found


def _points(made: list[tuple[Span, Move]], rest: float) -> Iterator[tuple[float, float]]:
    """The corners of a curve that rests, moves through its spans and comes back, in order."""
    ordered = sorted(made, key=lambda item: item[0])
    for place, ((start_s, end_s), move) in enumerate(ordered):
        joined = place > 0 and start_s - ordered[place - 1][0][1] <= 2 * _SNAP_S
        if start_s > _SNAP_S and not joined:
            yield round(start_s - _SNAP_S, 6), rest
        yield round(start_s, 6), move.start
        # The last value is reached, and left, just before the next section begins.
        yield round(end_s - _SNAP_S, 6), move.end
        if place + 1 == len(ordered) or ordered[place + 1][0][0] - end_s > 2 * _SNAP_S:
            yield round(end_s, 6), rest
