"""Polyphonic notes of an accompaniment.

Source: Basic Pitch (Bittner et al., *A lightweight instrument-agnostic model for polyphonic note transcription and
multipitch estimation*, ICASSP 2022), whose network comes through the asset store. It answers how likely each of 88 keys
sounds, and begins to sound, 86 times a second; what is made of that here is this project's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnxruntime
import scipy.fft
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Note
from contrafact.engine.listening.sound import Mono, Resampled
from contrafact.engine.networks import open_network
from contrafact.engine.progress import Progress, silent

Floats = NDArray[np.float32]

_RATE = 22_050
_HOP = 256
_FRAME_S = _HOP / _RATE
_WINDOW = 43_844
_EDGE, _KEPT = 15, 142
"""Frames at a window's edge that are thrown away, and those between, which are kept."""
_KEYS = 88
_LOWEST = 21
_PIECE = 20 * _KEPT
_AHEAD = 5 * _KEPT
"""Notes are sought in pieces of 33 s that see 8 s further; a note that sounds on beyond that is cut there."""
_ONSET, _SOUNDING = 0.5, 0.3
_HELD = 0.55
"""Without an onset a key must be this likely to make a note."""
_GAP = 11
"""Frames below the threshold that end a note."""
_SHORTEST = 8
_SPECTRUM = 4096
_PARTIALS = 4
_BIN = 0.5
"""Semitones that the mean of a key's three bins is taken to move for a whole bin. A bin is a third of a semitone; the
network spreads a pitch over two, so the mean moves two thirds as far as the pitch."""


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """Frames in a row: ``sounding``, ``onset``, ``offset`` (semitones beside the key) and ``power``, each (n, 88)."""

    sounding: Floats
    onset: Floats
    offset: Floats
    power: Floats

    def cut(self, start: int, stop: int) -> "_Heard":
        here = slice(start, stop)
        return _Heard(self.sounding[here], self.onset[here], self.offset[here], self.power[here])


def transcribe(audio: Audio, store: AssetStore, progress: Progress = silent) -> tuple[Note, ...]:
    """Hear the notes of an accompaniment (no drums, no voice, if it can be helped).

    Parameters
    ----------
    audio : Audio
        Any length, rate and number of channels. Memory does not grow with its length.
    store : AssetStore
        With ``basic-pitch``.
    progress : Progress

    Returns
    -------
    tuple of Note
        By start, then pitch; they overlap where chords do. Pitches 21 to 108 with the sounded deviation; confidence is
        the network's own, that the key is struck and sounds.

    Raises
    ------
    contrafact.assets.AssetMissing
        When the model has not been fetched: it is not among those that are fetched by default.
    """
    mono = Mono.of(audio)
    sound = Resampled(mono, audio.sample_rate, _RATE)
    total = -(-sound.frames // _HOP)
    found: list[Note] = []
    if total == 0 or mono.silent:
        store.path("basic-pitch", "nmp.onnx")
        return ()
    busy = np.zeros(_KEYS, np.int64)
    """The frame until which each key sounds already."""
    for first, heard in _pieces(sound, _load(store), total):
        progress(first / total, "hearing notes")
        for start, stop, key in _notes(heard, first, busy, last=first + _PIECE >= total):
            found.append(_note(heard, start - first, stop - first, key, first, float(mono.gain), audio.duration_s))
    progress(1.0, "heard notes")
    return tuple(sorted(found, key=lambda note: (note.start_s, note.pitch_midi)))


def _load(store: AssetStore) -> onnxruntime.InferenceSession:
    return open_network(store.path("basic-pitch", "nmp.onnx"))


def _pieces(sound: Resampled, session: onnxruntime.InferenceSession, total: int) -> Iterator[tuple[int, _Heard]]:
    """Each piece with what follows it, and its first frame."""
    held: list[_Heard] = []
    first = 0
    for at in range(0, total, _KEPT):
        held.append(_window(sound, session, at).cut(0, total - at))
        frames = min(total, at + _KEPT) - first
        if frames >= _PIECE + _AHEAD or at + _KEPT >= total:
            joined = _joined(held)
            while joined.onset.shape[0] > 0:
                yield first, joined
                joined = joined.cut(_PIECE, joined.onset.shape[0])
                first += _PIECE
                if at + _KEPT < total:
                    break
            held = [joined]


def _joined(parts: list[_Heard]) -> _Heard:
    return _Heard(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("sounding", "onset", "offset", "power"))
    )


def _window(sound: Resampled, session: onnxruntime.InferenceSession, at: int) -> _Heard:
    """The kept frames of one window of the network, the first of which is frame ``at``."""
    begin = (at - _EDGE) * _HOP
    span = sound.read(begin, begin + _WINDOW)
    inside = slice(_EDGE, _EDGE + _KEPT)
    if not span.any():
        nothing = np.zeros((_KEPT, _KEYS), np.float32)
        return _Heard(nothing, nothing, nothing, nothing)
    names = ["StatefulPartitionedCall:1", "StatefulPartitionedCall:2", "StatefulPartitionedCall:0"]
    answers = session.run(names, {"serving_default_input_2:0": span[np.newaxis, :, np.newaxis]})
    sounding, onset, contour = (answer[0][inside] for answer in answers)
    # Three bins a semitone, the middle one of each key at its pitch.
    around = contour.reshape(_KEPT, _KEYS, 3)
    offset = (around[:, :, 2] - around[:, :, 0]) / np.maximum(around.sum(axis=2), 1e-3) * _BIN
    return _Heard(sounding, onset, offset.astype(np.float32), _powers(span))


def _powers(span: Floats) -> Floats:
    """Power of the first partials of each key, (kept frames, 88); a new spectrum every eight frames."""
    every = 8
    centres = (_EDGE + np.arange(0, _KEPT, every)) * _HOP
    padded = np.pad(span, (0, _SPECTRUM))
    views = np.lib.stride_tricks.sliding_window_view(padded, _SPECTRUM)[np.maximum(0, centres - _SPECTRUM // 2)]
    window = np.hanning(_SPECTRUM).astype(np.float32)
    power = np.abs(scipy.fft.rfft(views * window, axis=1)) ** 2 * np.float32(2.0 / _SPECTRUM / np.sum(window**2))
    total = np.concatenate([np.zeros((power.shape[0], 1), np.float32), np.cumsum(power, axis=1)], axis=1)
    hertz = 440.0 * 2.0 ** ((np.arange(_KEYS) + _LOWEST - 69.0) / 12.0)
    keys = np.zeros((power.shape[0], _KEYS), np.float32)
    for partial in range(1, _PARTIALS + 1):
        bins = hertz * partial * _SPECTRUM / _RATE
        low = np.clip(np.floor(bins * 2.0 ** (-1.0 / 24.0)).astype(np.int64), 0, power.shape[1] - 1)
        high = np.clip(np.ceil(bins * 2.0 ** (1.0 / 24.0)).astype(np.int64) + 1, low + 1, power.shape[1])
        keys += total[:, high] - total[:, low]
    return np.repeat(keys, every, axis=0)[:_KEPT]


def _notes(heard: _Heard, first: int, busy: NDArray[np.int64], *, last: bool) -> list[tuple[int, int, int]]:
    """Notes that begin in a piece, as (start, stop, key) in frames of the recording; ``busy`` is brought up to date."""
    found = []
    frames = heard.onset.shape[0]
    begins = frames if last else min(frames, _PIECE)
    onset = np.pad(heard.onset, ((1, 1), (0, 0)))
    peaks = (onset[1:-1] >= onset[:-2]) & (onset[1:-1] > onset[2:]) & (onset[1:-1] > _ONSET)
    active = heard.sounding > _SOUNDING
    strong = heard.sounding > _HELD
    for key in np.flatnonzero(peaks.any(axis=0) | strong.any(axis=0)).tolist():
        ends = _ends(active[:, key])
        starts = np.flatnonzero(peaks[:begins, key])
        following = np.flatnonzero(peaks[:, key])
        spans: list[tuple[int, int]] = []
        for start in starts.tolist():
            later = following[following > start + _SHORTEST // 2]
            stop = int(min(ends[min(start + 1, frames - 1)], later[0] if later.size else frames))
            if stop - start >= _SHORTEST and not (spans and start < spans[-1][1]):
                spans.append((start, stop))
        covered = np.zeros(frames, np.bool_)
        covered[: max(0, int(busy[key]) - first)] = True
        for start, stop in spans:
            covered[start:stop] = True
        # What sounds surely though nothing struck it: notes that swell.
        for start in np.flatnonzero(strong[:begins, key] & ~covered[:begins]).tolist():
            if covered[start]:
                continue
            free = np.flatnonzero(covered[start:])
            stop = int(min(ends[start], start + free[0] if free.size else frames))
            covered[start:stop] = True
            if stop - start >= 2 * _SHORTEST:
                spans.append((start, stop))
        spans = [(start, stop) for start, stop in spans if start + first >= busy[key] - _SHORTEST]
        if spans:
            busy[key] = max(busy[key], first + max(stop for _, stop in spans))
        found += [(first + start, first + stop, key) for start, stop in spans]
    return found


def _ends(active: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each frame, where the sound that goes on there ends: before the next ``_GAP`` frames of silence."""
    places = np.flatnonzero(active)
    ends = np.arange(active.size, dtype=np.int64)
    if places.size == 0:
        return ends
    breaks = np.flatnonzero(np.diff(places) > _GAP)
    starts = np.concatenate((places[:1], places[breaks + 1]))
    stops = np.concatenate((places[breaks], places[-1:])) + 1
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        ends[start:stop] = stop
    return ends


def _note(heard: _Heard, start: int, stop: int, key: int, first: int, gain: float, duration_s: float) -> Note:
    sounding = heard.sounding[start:stop, key]
    weight = sounding.astype(np.float64)
    total = float(weight.sum())
    offset = float((weight * heard.offset[start:stop, key]).sum() / total) if total > 0 else 0.0
    struck = float(heard.onset[max(0, start - 1) : start + 2, key].max())
    power = float(heard.power[start:stop, key].mean()) / gain**2
    return Note(
        start_s=min((first + start) * _FRAME_S, duration_s),
        end_s=min((first + stop) * _FRAME_S, duration_s),
        pitch_midi=_LOWEST + key + offset,
        level_db=min(24.0, 10.0 * float(np.log10(max(power, 1e-12)))),
        confidence=min(1.0, max(0.0, 0.5 * struck + 0.5 * float(sounding.mean()))),
    )
