"""One piece of one layer, from the kept voice to its sound."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.second_voices import second_voice
from contrafact.engine.arranging.voices import Shift, VoiceLayer, VoicePiece, VoiceTone
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import amplitude, frame
from contrafact.engine.rendering.kits import pan_gains
from contrafact.engine.rendering.singing.colouring import coloured
from contrafact.engine.rendering.singing.contour import bent, shifted
from contrafact.engine.rendering.singing.grains import Singing, resing, wander
from contrafact.engine.rendering.singing.hearing import AROUND, Phrase, quiet, seconds_of
from contrafact.engine.rendering.singing.tracking import CONTROL, Doubles
from contrafact.engine.rendering.singing.vocoding import vocoded

_GROUP_LATE_S: Final = 0.005
"""Standard deviation of when the second of two comes in."""
_GROUP_THROAT: Final = 0.9
"""Standard deviation of their throats' size, in semitones."""
_WANDER_CENTS: Final = 5.0
_WANDER_LATE_S: Final = 0.006
_WANDERS_PER_S: Final = 2.3
_LATEST_S: Final = 0.06
_PLAIN: Final = VoiceTone()


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for all layers of a take; ``a4`` is how far its A lies from 440 Hz, in semitones."""

    seed: int
    a4: float

    def share(self, layer: VoiceLayer, piece: VoicePiece, first: int, last: int) -> Samples:
        """How much of a piece sounds, 0..1, frames ``first`` to ``last`` of its span."""
        return envelope(piece, frame(layer.delay_s), first, last)


@dataclass(frozen=True, slots=True)
class _Member:
    """One singer of a layer; times in frames, pitches in semitones."""

    late: float
    off: float
    throat: float
    pan: float


def perform(
    layer: VoiceLayer,
    piece: VoicePiece,
    context: Context,
    phrase: Callable[[], Phrase],
    plain: Callable[[], Samples],
) -> Samples:
    """The piece's sound from its target start on, float32 (2, frames + AROUND): it may come a little late.

    Parameters
    ----------
    layer, piece
        The piece must be one of the layer's.
    context : Context
    phrase, plain
        The piece's source, heard or only read, each with ``AROUND`` frames before and after.
    """
    source = plain()
    if quiet(source):
        return np.zeros((2, source.shape[1] - AROUND), np.float32)
    late = frame(layer.delay_s)
    if layer.kind == "vocoder":
        sound = vocoded(source, frame(piece.target_start_s) - AROUND, layer.chords, context.a4)
        sound = _placed(np.roll(sound, late, axis=1), layer.pan + piece.pan)
    elif layer.kind in ("copy", "lead") and not _sings(layer, piece):
        sound = _placed(np.roll(source, late, axis=1), layer.pan + piece.pan)
    else:
        sound = _sung(layer, piece, context, phrase())
    sound = coloured(sound, layer.tone, Chance(context.seed, "breath", layer.name, _place(piece)))[:, AROUND:]
    mask = envelope(piece, late, 0, sound.shape[1])
    return np.ascontiguousarray(sound * mask * np.float32(amplitude(piece.gain_db)), dtype=np.float32)


def roughly(layer: VoiceLayer, piece: VoicePiece, sound: Samples, at: int) -> Samples:
    """What of the kept voice ``sound`` has the level of the piece, from ``at`` frames after its beginning on."""
    if layer.kind == "sung":
        sound = np.repeat(sound.mean(axis=0, keepdims=True), 2, axis=0)
    mask = envelope(piece, 0, at, at + sound.shape[1]) * np.float32(amplitude(piece.gain_db))
    return _placed(sound * mask, layer.pan + piece.pan)


def envelope(piece: VoicePiece, late: int, first: int, last: int) -> Samples:
    """Fades of a piece, one value per frame from its target start on."""
    length = frame(piece.source_end_s) - frame(piece.source_start_s)
    rise, fall = max(1, frame(piece.fade_in_s)), max(1, frame(piece.fade_out_s))
    out = np.zeros(last - first, np.float32)
    out[max(0, late - first) : max(0, late + length - first)] = 1.0
    for begin, end in ((late, late + rise), (late + length - fall, late + length)):
        a, b = max(first, begin, late), min(last, end, late + length)
        if a < b:
            at = np.arange(a, b) - late + 0.5
            way = np.minimum(np.minimum(at / rise, (length - at) / fall), 1.0)
            out[a - first : b - first] = np.sin(0.5 * np.pi * way) ** 2
    return out


def _sings(layer: VoiceLayer, piece: VoicePiece) -> bool:
    """Whether a copy of the lead, or the lead itself, has another pitch or throat."""
    tone = replace(layer.tone, brightness=0.0, breath=min(0.0, layer.tone.breath))
    return bool(piece.semitones or layer.shifts or layer.interval or layer.voices > 1 or tone != _PLAIN)


def _place(piece: VoicePiece) -> int:
    return frame(piece.target_start_s)


def _placed(sound: Samples, pan: float) -> Samples:
    left, right = pan_gains(min(1.0, max(-1.0, pan)))
    return np.asarray(sound * np.array([[left], [right]]), dtype=np.float32)


def _sung(layer: VoiceLayer, piece: VoicePiece, context: Context, phrase: Phrase) -> Samples:
    tone = layer.tone
    count = phrase.pitch.midi.size
    moved_s = piece.target_start_s - piece.source_start_s
    shifts = _shifts(layer, phrase, moved_s, context.a4)
    times = seconds_of(phrase, count, CONTROL) + moved_s
    base = piece.semitones + shifted(shifts, times)
    base += bent(phrase.pitch, phrase.notes, phrase.origin_s, tone, layer.scales, context.a4)
    members = _members(layer, context)
    stereo = len(members) == 1 and layer.kind == "lead"
    out: Samples = np.zeros((2, phrase.frames), np.float32)
    for number, member in enumerate(members):
        chance = Chance(context.seed, "singer", layer.name, number, _place(piece))
        off, late = _line(chance, count, layer.kind != "lead")
        singing = Singing(
            semitones=base + member.off + off,
            late=np.clip(member.late + late, -0.5 * AROUND, 0.9 * AROUND),
            formant_semitones=tone.formant_semitones + member.throat,
            consonants_db=tone.consonants_db,
            smooth=max(0.0, -tone.breath),
        )
        sound = resing(phrase, singing, stereo)
        out += sound if stereo else _placed(np.repeat(sound, 2, axis=0), member.pan + piece.pan)
    return np.asarray(out / np.float32(np.sqrt(len(members))))


def _shifts(layer: VoiceLayer, phrase: Phrase, moved_s: float, a4: float) -> tuple[Shift, ...]:
    """Those of the layer, or by its rule on the notes that were heard here."""
    if layer.interval is None:
        return layer.shifts
    notes = [replace(note, start_s=note.start_s + moved_s, end_s=note.end_s + moved_s) for note in phrase.notes]
    return second_voice(notes, layer.scales, layer.interval, a4)


def _line(chance: Chance, count: int, alive: bool) -> tuple[Doubles, Doubles]:
    """How a singer wanders about the line, in semitones and frames: nobody sings twice the same."""
    if not alive:
        return np.zeros(count), np.zeros(count)
    size = int(count * CONTROL / SAMPLE_RATE * _WANDERS_PER_S) + 3
    off = np.array([chance.spread() for _ in range(size)]) * (3.0 * _WANDER_CENTS / 100.0)
    late = np.array([chance.spread() for _ in range(size)]) * (3.0 * _WANDER_LATE_S * SAMPLE_RATE)
    return wander(count, off, _WANDERS_PER_S), wander(count, late, _WANDERS_PER_S)


def _members(layer: VoiceLayer, context: Context) -> list[_Member]:
    late = layer.delay_s * SAMPLE_RATE
    detune = layer.tone.detune_cents / 100.0
    if layer.voices <= 1:
        return [_Member(late, detune, 0.0, layer.pan)]
    found = []
    # Two keep clear of the lead and of each other, a crowd comes in as crowds do.
    scatter = 3.0 * _GROUP_LATE_S * SAMPLE_RATE * np.sqrt(layer.voices - 1.0)
    for number in range(layer.voices):
        chance = Chance(context.seed, "member", layer.name, number)
        # Evenly from side to side, neighbours in number far apart.
        seat = 2.0 * (((number * 5) % layer.voices + 0.5) / layer.voices) - 1.0
        found.append(
            _Member(
                late=min(_LATEST_S * SAMPLE_RATE, late * (0.6 + 0.8 * chance.unit()) + scatter * chance.spread()),
                off=3.0 * detune * chance.spread(),
                throat=3.0 * _GROUP_THROAT * chance.spread(),
                pan=layer.pan + layer.width * seat,
            )
        )
    return found
