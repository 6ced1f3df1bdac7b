"""Kick, snare and hi-hat in a drum stem, and the groove that they make.

``kick`` is the bass drum. ``snare`` is what plays its role: snare, clap, rim shot, side stick, brush slap. ``hihat`` is
what keeps time: the hi-hat closed, open or by foot, and ride cymbals. Crashes, toms and hand percussion are none of
them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Chart, Drum, Drums, Hit
from contrafact.engine.listening.drum_model import DrumModel, load_model
from contrafact.engine.listening.groove import find_groove
from contrafact.engine.listening.strokes import find_strokes, loud_passages
from contrafact.engine.progress import Progress, silent

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_DRUMS: Final[tuple[Drum, ...]] = ("kick", "snare", "hihat")
_BODY: Final = {"kick": slice(0, 5), "snare": slice(4, 24), "hihat": slice(22, 32)}
"""Bands of the stroke's picture by which its strength is told."""
_HEARD: Final = {"kick": 0.5, "snare": 0.5, "hihat": 0.5}
_CLEAR: Final = 0.75
"""A drum that is played is now and then heard clearly: where the clearest quarter of its hits are no surer than this on
average, it was noise that sounded like it."""
_APART_S: Final = 0.03
"""Two strokes of one drum that are nearer are one."""
_UNHEARD_DB: Final = -24.0
"""A stem whose loud passages lie this far below the recording's loudness holds no drums that anybody could hear."""
_TOUCH: Final = 0.625
"""Amplitude to strength, as a keyboard's velocity to loudness: half the strength is a third of the amplitude."""
_HARDEST: Final = 95.0


def hear_drums(drums: Audio, chart: Chart, progress: Progress = silent) -> Drums:
    """Hear what the drums play.

    Parameters
    ----------
    drums : Audio
        The drum stem, delivered or separated; any rate and number of channels, from the recording's start.
    chart : Chart
        Of the recording: its bars carry the groove, its loudness tells a stem that holds no more than traces.
    progress : Progress

    Returns
    -------
    Drums
        Hits in order of time, two of one drum never within 30 ms; ``confidence`` is the chance that the hit is there.
        Without hits, and without groove, where nothing is drummed.
    """
    progress(0.0, "listening to the drums")
    loud = loud_passages(drums)
    if loud <= 0.0 or 20.0 * np.log10(loud) < chart.loudness.integrated_lufs + _UNHEARD_DB:
        progress(1.0, "listened to the drums")
        return Drums(hits=(), groove=())
    model = load_model()
    times, levels, impressions, odds = _strokes(drums, model, progress)
    hits: list[Hit] = []
    if times.size:
        chances = model.compare(impressions, odds)
        # Hi-hat and ride keep the same time: a stroke of either is one of the hi-hat's role.
        chances[:, 2] = np.maximum(chances[:, 2], chances[:, 3])
        for column, drum in enumerate(_DRUMS):
            hits += _hits(drum, times, levels, chances[:, column])
    hits.sort(key=lambda hit: (hit.time_s, _DRUMS.index(hit.drum)))
    groove = find_groove(hits, chart.bars, chart.metre.division)
    progress(1.0, "listened to the drums")
    return Drums(hits=tuple(hits), groove=groove)


def _strokes(drums: Audio, model: DrumModel, progress: Progress) -> tuple[Doubles, Floats, Floats, Floats]:
    """Times, levels, impressions and odds of every candidate of the stem."""
    times, levels, impressions, odds = [], [], [], []
    for done, strokes in find_strokes(drums):
        seen, first = model.glance(strokes.pictures)
        times.append(strokes.times_s)
        levels.append(strokes.levels)
        impressions.append(seen)
        odds.append(first)
        progress(0.95 * done, "listening to the drums")
    if not times:
        none = np.zeros((0, 0), np.float32)
        return np.zeros(0), none, none, none
    return np.concatenate(times), np.concatenate(levels), np.concatenate(impressions), np.concatenate(odds)


def _hits(drum: Drum, times: Doubles, levels: Floats, chances: Floats) -> list[Hit]:
    heard = np.flatnonzero(chances >= _HEARD[drum])
    heard = heard[np.argsort(times[heard], kind="stable")]
    kept: list[int] = []
    for at in heard.tolist():
        if kept and times[at] - times[kept[-1]] < _APART_S:
            if chances[at] > chances[kept[-1]]:
                kept[-1] = at
        else:
            kept.append(at)
    if not kept or float(np.sort(chances[kept])[-max(1, len(kept) // 4) :].mean()) < _CLEAR:
        return []
    amplitude = np.sqrt(np.square(levels[kept, _BODY[drum]]).sum(axis=1))
    hardest = float(np.percentile(amplitude, _HARDEST))
    strength = np.clip((amplitude / max(hardest, 1e-9)) ** _TOUCH, 0.02, 1.0)
    return [
        Hit(
            time_s=max(0.0, round(float(times[at]), 4)),
            drum=drum,
            strength=round(float(hard), 3),
            confidence=round(float(min(1.0, chances[at])), 3),
        )
        for at, hard in zip(kept, strength, strict=True)
    ]
