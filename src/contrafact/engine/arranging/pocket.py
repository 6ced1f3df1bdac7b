"""The pocket: where in seconds a place in the groove lies, by the swing of song or style and the kept drums' time."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.notation import swung
from contrafact.engine.arranging.settings import Feel
from contrafact.engine.listening.chart import Chart, Swing
from contrafact.engine.listening.groove import typical_groove

_STRAIGHT = 0.5
_SURE_SWING = 0.3
_AUDIBLE_SWING = 0.58
"""A voice alone brings its swing along only where nobody could miss it."""
_PULL_S = 0.028
"""How far the kept drummer's own place may lie from the written one and still be meant by it."""
_PULL_BEATS = 0.2


@dataclass(frozen=True)
class Pocket:
    """Positions in groove beats to seconds.

    ``share`` and ``unit`` are the swing (see :func:`notation.swung`); ``struck_s`` are the places, in order, at which
    drums that are kept are struck.
    """

    grid: Grid
    share: float = _STRAIGHT
    unit: int = 2
    struck_s: tuple[float, ...] = ()

    def time(self, beat: float, division: int) -> float:
        """Seconds of a position in groove beats that is written on ``division`` steps a beat."""
        whole = int(beat + 1e-9)
        plain_s = self.grid.time(whole + swung(max(0.0, beat - whole), division, self.share, self.unit))
        if not self.struck_s:
            return plain_s
        at = bisect_left(self.struck_s, plain_s)
        nearest_s = min(self.struck_s[max(0, at - 1) : at + 1], key=lambda time_s: abs(time_s - plain_s))
        beat_s = self.grid.time(whole + 1.0) - self.grid.time(float(whole))
        return nearest_s if abs(nearest_s - plain_s) <= min(_PULL_S, _PULL_BEATS * beat_s) else plain_s


def choose_swing(
    feel: Feel, song: Swing | None, grid_feel: float, chance: Chance, *, band: bool, voice: bool
) -> tuple[float, int]:
    """Share and unit of the swing of a take.

    Parameters
    ----------
    feel
        The style's own.
    song
        As heard; None where nothing told.
    grid_feel
        At which multiple of the song's tempo the style is felt.
    band, voice
        Whether instruments, or the voice, of the recording go on playing: what is kept is followed.
    """
    unit = 2 if feel.swing_unit == "eighth" else 4
    own = feel.swing
    if feel.swing_range is not None:
        low, high = feel.swing_range
        own = low + chance.unit() * (high - low)
    if song is None or song.confidence < _SURE_SWING:
        return own, unit
    heard = round((2 if song.level == "eighth" else 4) / grid_feel)
    if band or (voice and song.ratio >= _AUDIBLE_SWING):
        # Its off-beats may be beats here (a style at double time): those lie where the song's beats put them.
        return (song.ratio, heard) if heard >= 2 else (_STRAIGHT, unit)
    return own, unit


def struck_places(chart: Chart, form: Form, grid: Grid) -> tuple[float, ...]:
    """Where in the take the recording's drums are usually struck, section by section, in order."""
    return tuple(sorted(set(_struck(chart, form, grid))))


def _struck(chart: Chart, form: Form, grid: Grid) -> Iterator[float]:
    if chart.drums is None:
        return
    typical = {
        section.first_bar: typical_groove(chart.drums, section.first_bar, section.last_bar)
        for section in chart.sections
    }
    for bar in grid.bars:
        home = next(
            (
                section.first_bar
                for section in chart.sections
                if bar.source_bar is not None and section.first_bar <= bar.source_bar <= section.last_bar
            ),
            None,
        )
        groove = typical.get(home) if home is not None else None
        if groove is None or not bar.beats_s or groove.steps % len(bar.beats_s):
            continue
        per_beat = groove.steps // len(bar.beats_s)
        ends = (*bar.beats_s[1:], bar.end_s)
        for step in range(groove.steps):
            if groove.kick[step] + groove.snare[step] + groove.hihat[step] > 0:
                beat, inside = divmod(step, per_beat)
                start_s = bar.beats_s[beat]
                late_s = groove.offsets_ms[step] / 1000.0 / form.ratio
                yield round(start_s + inside / per_beat * (ends[beat] - start_s) + late_s, 6)
