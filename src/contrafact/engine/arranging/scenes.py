"""What happens in every bar of the take before a single note is chosen: how much energy, which drums, fills, stops,
the ending.
"""

from dataclasses import dataclass, replace
from typing import Literal

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.grid import Grid, GrooveBar
from contrafact.engine.arranging.pack import Level

DrumMode = Literal["full", "tops", "out", "build", "end"]

_PRIOR = {
    "intro": 0.35,
    "verse": 0.45,
    "chorus": 0.88,
    "bridge": 0.55,
    "break": 0.22,
    "solo": 0.72,
    "outro": 0.40,
}
"""Energy that listeners expect of a section, whatever the recording's loudness says."""
_LOW, _HIGH = 0.42, 0.70
_EDGE_ENERGY, _BUILD_ENERGY = 0.45, (0.35, 0.8)
"""Energy of what the form adds to the song: bars for mixing, and a build from its start to its end."""
_TAIL_S = 6.0
_LONGEST_STOP_S = 0.55
"""A beat longer than this, left empty, is a hole and not a breath."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One groove bar with its direction notes."""

    bar: GrooveBar
    energy: float
    level: Level
    drums: DrumMode
    fill: Literal["small", "big"] | None
    stop: bool
    """The last beat is silent: a breath before the next section."""
    crash: bool
    voice: float
    """Share of the bar in which the voice sings."""
    final: bool


def level_of(energy: float) -> Level:
    return "low" if energy < _LOW else "mid" if energy < _HIGH else "high"


def _section_energies(grid: Grid, shift: float) -> dict[int, float]:
    """Energy per appearance of a section: half what was heard, half what its name promises, with an arc over the
    whole.
    """
    firsts: dict[int, GrooveBar] = {}
    for bar in grid.groove:
        firsts.setdefault(bar.section, bar)
    around = {
        number: _BUILD_ENERGY[0] if bar.role == "build" else _EDGE_ENERGY
        for number, bar in firsts.items()
        if bar.role != "song"
    }
    firsts = {number: bar for number, bar in firsts.items() if bar.role == "song"}
    energies = {number: 0.5 * bar.energy + 0.5 * _PRIOR.get(bar.label, 0.5) for number, bar in firsts.items()}
    if not energies:
        return around
    total_s = grid.beat_s[-1] or 1.0
    if max(energies.values()) - min(energies.values()) < 0.15:
        # A song heard as one long stretch still gets a shape: it opens quietly and is fullest before its end.
        for number, bar in firsts.items():
            through = bar.start_s / total_s
            energies[number] += -0.12 if through < 0.15 else 0.12 if 0.6 <= through < 0.87 else 0.0
    lift = max(0.0, 0.8 - max(energies.values())) * 0.8
    verses = [number for number, bar in firsts.items() if bar.label == "verse"]
    choruses = [number for number, bar in firsts.items() if bar.label == "chorus"]
    for number in energies:
        energies[number] += lift + shift
        if verses and number == verses[0] and len(verses) > 1:
            energies[number] -= 0.06
        if len(choruses) > 1 and number == choruses[-1]:
            energies[number] += 0.10
    return around | {number: min(1.0, max(0.0, energy)) for number, energy in energies.items()}


def _drum_mode(bar: GrooveBar, energy: float, chance: Chance, opens: DrumMode) -> DrumMode:
    through = bar.place / bar.places
    if bar.role != "song":
        return "build" if bar.role == "build" else "full"
    fork = chance.fork("mode", bar.section)
    if bar.label == "intro" and bar.section == 0 and bar.places >= 4:
        return "tops" if opens == "out" and through >= 0.5 else opens
    if bar.label == "break" and bar.places >= 2:
        return "out" if through < 0.5 else "tops"
    if bar.label == "bridge" and bar.places >= 4 and fork.happens(0.5):
        return "tops" if through < 0.5 else "full"
    if bar.label == "outro" and bar.places >= 4:
        return "full" if through < 0.5 else "tops"
    return "full" if energy >= 0.12 else "tops"


def _fill(
    bar: GrooveBar, mode: DrumMode, upward: float | None, chance: Chance
) -> tuple[Literal["small", "big"] | None, bool]:
    """The fill of a bar and whether it ends in a stop; ``upward`` is the rise in energy to the next section, None if
    there is none.
    """
    last = bar.place == bar.places - 1
    if mode == "build":
        # The breath before the drop; nothing else interrupts a build.
        return None, last and bar.beats >= 3
    if last and upward is not None:
        brief = bar.end_s - bar.start_s <= _LONGEST_STOP_S * bar.beats
        if upward > 0.08 and mode == "full" and bar.places >= 4 and brief and chance.happens(0.22):
            return None, True
        return ("big" if upward > 0.03 or mode in ("out", "tops") else "small"), False
    if mode != "full" or last:
        return None, False
    if bar.place % 8 == 7:
        return ("small", False) if chance.happens(0.8) else (None, False)
    if bar.place % 4 == 3:
        return ("small", False) if chance.happens(0.35) else (None, False)
    return None, False


def _last_bar(grid: Grid) -> int:
    """The bar in which the band ends: the last with a harmony, when only a short tail (a fade, a room) comes after."""
    sounding = [number for number, bar in enumerate(grid.groove) if (at := grid.chord(bar.start_s)) and at.tones]
    if sounding and grid.groove[-1].end_s - grid.groove[sounding[-1]].end_s <= _TAIL_S:
        return sounding[-1]
    return len(grid.groove) - 1


def direct(grid: Grid, chance: Chance, energy_shift: float, opens: DrumMode = "out") -> tuple[Scene, ...]:
    """The scenes of a take in order, up to the bar in which the band ends.

    Parameters
    ----------
    energy_shift
        What the recipe's moods add to the energy of everything.
    opens
        What the drums play in an intro; ``out`` lets the cymbals in half way.
    """
    energies = _section_energies(grid, energy_shift)
    scenes: list[Scene] = []
    groove = grid.groove if grid.loops else grid.groove[: _last_bar(grid) + 1]
    for number, bar in enumerate(groove):
        energy = energies[bar.section]
        if bar.role == "build":
            energy += (_BUILD_ENERGY[1] - _BUILD_ENERGY[0]) * bar.place / max(1, bar.places - 1)
        elif bar.role == "song" and bar.places >= 16 and bar.place >= bar.places // 2:
            energy = min(1.0, energy + 0.06)
        following = energies.get(bar.section + 1)
        mode = _drum_mode(bar, energy, chance, opens)
        fill, stop = _fill(
            bar, mode, None if following is None else following - energy, chance.fork("fill", bar.section, bar.place)
        )
        final = number == len(groove) - 1 and not grid.loops
        scenes.append(
            Scene(
                bar=bar,
                energy=energy,
                level=level_of(energy),
                drums="end" if final else mode,
                fill=None if final else fill,
                stop=stop and not final,
                crash=bar.place == 0 and bar.section > 0 and energy >= 0.45 and mode == "full",
                voice=grid.sung(bar.start_s, bar.end_s),
                final=final,
            )
        )
    return tuple(_tempered(scenes))


def _tempered(scenes: list[Scene]) -> list[Scene]:
    """No fill in a bar whose next bar has no drums to arrive at, except the build into a section."""
    found = []
    for place, scene in enumerate(scenes):
        after = scenes[place + 1] if place + 1 < len(scenes) else None
        arrives = after is not None and after.drums in ("full", "build")
        found.append(scene if arrives or scene.fill is None else replace(scene, fill=None, stop=False))
    return found
