"""The lead melody: notes, register and breaths of a vocal stem."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Melody, Note, Region, Register
from contrafact.engine.listening.pitch import LEVEL_RATE, PITCH_RATE, Voice, follow_voice
from contrafact.engine.listening.segmentation import Evidence, Span, find_notes, loud_level_db, weigh
from contrafact.engine.progress import Progress, part, silent

Doubles = NDArray[np.float64]

_INAUDIBLE_DB = 46.0
"""A stem that had to be raised by more than this holds no singer, only what a separator left."""
_SHORTEST_S = 0.08
_BREATH_S = 0.25
_LONGEST_BREATH_S = 8.0
_DEEP_DB = 20.0
_TRUSTED = 0.5

_CONFIDENCE = np.array([10.5, -5.6, 0.147, 2.41, 0.22])
_CONFIDENCE_BIAS = -6.55
"""Log-odds that a note is right, fitted on 5300 notes of generated songs, true stems and separated ones: what
:func:`note_features` gives."""
_STEM_SLOPE, _STEM_WEIGHT, _STEM_MEAN, _STEM_BIAS = 0.87, 10.2, 0.95, 0.66
"""A note of a stem whose notes are doubtful on the whole (it was separated, several sing) is itself more doubtful."""
_HOPELESS = 0.15
"""Less likely notes are not told: one in fourteen of them is right."""


def hear_melody(vocals: Audio, store: AssetStore, progress: Progress = silent) -> Melody:
    """Hear the lead voice of a vocal stem.

    Parameters
    ----------
    vocals : Audio
        The true stem or a separated one; any length, rate and number of channels.
    store : AssetStore
        With ``swift-f0``.
    progress : Progress

    Returns
    -------
    Melody
        Notes in order that do not overlap, with the pitch as sounded; none, no register and no breaths where nobody
        sings. A note's confidence is the probability that pitch (50 cents) and beginning (50 ms) are right.

    Raises
    ------
    contrafact.assets.AssetMissing
        When the model has not been fetched.
    """
    voice = follow_voice(vocals, store, part(progress, 0.0, 0.9))
    melody = melody_of(voice, vocals.duration_s)
    progress(1.0, "heard the melody")
    return melody


def melody_of(voice: Voice, duration_s: float) -> Melody:
    """The melody of a voice that has been followed; ``duration_s`` is that of the recording."""
    if voice.gain_db > _INAUDIBLE_DB:
        return Melody(notes=(), vocal_register=None, breaths=())
    evidence = weigh(voice)
    loud_db = loud_level_db(voice)
    notes: list[Note] = []
    for span in find_notes(voice, evidence):
        start_s, end_s = span.start / PITCH_RATE, min(duration_s, span.stop / PITCH_RATE)
        if end_s - start_s < _SHORTEST_S:
            continue
        note = _note(voice, evidence, span, start_s, end_s, loud_db)
        if note.confidence >= _HOPELESS:
            notes.append(note)
    notes = _tempered(notes)
    return Melody(notes=tuple(notes), vocal_register=register_of(notes), breaths=breaths_of(notes, voice))


def _tempered(notes: list[Note]) -> list[Note]:
    """The notes with confidence that minds how sure the whole stem is."""
    if not notes:
        return notes
    alone = np.clip([note.confidence for note in notes], 1e-6, 1.0 - 1e-6)
    odds = _STEM_SLOPE * np.log(alone / (1.0 - alone)) + _STEM_WEIGHT * (alone.mean() - _STEM_MEAN) + _STEM_BIAS
    together = 1.0 / (1.0 + np.exp(-odds))
    return [note.model_copy(update={"confidence": float(sure)}) for note, sure in zip(notes, together, strict=True)]


def register_of(notes: Sequence[Note]) -> Register | None:
    """Where the voice moves, notes weighted by how long they sound; doubtful ones only when there are no others."""
    trusted = [note for note in notes if note.confidence >= _TRUSTED] or list(notes)
    if not trusted:
        return None
    pitch = np.array([note.pitch_midi for note in trusted])
    length = np.array([note.end_s - note.start_s for note in trusted])
    order = np.argsort(pitch)
    share = np.cumsum(length[order]) / length.sum()
    low, middle, high = (
        float(pitch[order][min(pitch.size - 1, int(np.searchsorted(share, at)))]) for at in (0.05, 0.5, 0.95)
    )
    return Register(low_midi=low, median_midi=middle, high_midi=high)


def breaths_of(notes: Sequence[Note], voice: Voice) -> tuple[Region, ...]:
    """Gaps of 0.25 to 8 s between notes; the more the level falls in them, the surer they are."""
    found = []
    for before, after in itertools.pairwise(notes):
        gap_s = after.start_s - before.end_s
        if not _BREATH_S <= gap_s <= _LONGEST_BREATH_S:
            continue
        first, last = round(before.end_s * LEVEL_RATE), max(1, round(after.start_s * LEVEL_RATE))
        around = max(before.level_db, after.level_db) + voice.gain_db
        fall = around - float(np.percentile(voice.level_db[first:last], 25.0)) if last > first else 0.0
        sure = min(1.0, max(0.0, fall / _DEEP_DB)) * min(1.0, 0.5 + 0.5 * max(before.confidence, after.confidence))
        found.append(Region(start_s=before.end_s, end_s=after.start_s, confidence=sure))
    return tuple(found)


def _note(voice: Voice, evidence: Evidence, span: Span, start_s: float, end_s: float, loud_db: float) -> Note:
    length = span.stop - span.start
    # The beginning slides in, the end lets go: the pitch is that of the middle.
    lead, tail = min(5, length // 4), min(3, length // 5)
    middle = slice(span.start + lead, span.stop - tail)
    pitch = voice.midi[middle][evidence.voiced[middle] > _TRUSTED].astype(np.float64)
    near = pitch[np.abs(pitch - span.midi) < 1.5]
    centre = float(np.median(near)) if near.size else span.midi
    level = voice.level_db[2 * span.start : 2 * span.stop].astype(np.float64)
    heard_db = float(10.0 * np.log10(np.mean(10.0 ** (level / 10.0))))
    features = note_features(voice, evidence, span, centre, heard_db - loud_db)
    odds = float(features @ _CONFIDENCE) + _CONFIDENCE_BIAS
    return Note(
        start_s=start_s,
        end_s=end_s,
        pitch_midi=min(128.0, max(0.0, centre)),
        level_db=min(24.0, heard_db - voice.gain_db),
        confidence=float(1.0 / (1.0 + np.exp(-odds))),
    )


def note_features(voice: Voice, evidence: Evidence, span: Span, centre: float, level_db: float) -> Doubles:
    """What tells a right note: periodicity, spread of pitch in semitones, level in dB against the loud ones, length
    in seconds up to half a second, and log-odds of an onset where it begins."""
    here = slice(span.start, span.stop)
    spread = float(np.median(np.abs(voice.midi[here] - centre)))
    periodicity = float(np.mean(evidence.voiced[here]))
    length_s = min(0.5, (span.stop - span.start) / PITCH_RATE)
    onset = float(evidence.onset[max(0, span.start - 1) : span.start + 2].max())
    return np.array(
        [periodicity, min(2.0, spread), max(-30.0, min(0.0, level_db)), length_s, min(4.0, max(-6.0, onset))]
    )
