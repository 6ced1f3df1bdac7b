"""The vocals of the song: the lead, its doubles and harmonies in the choruses, breaths, and the room around them."""

from typing import Final

import numpy as np
import soxr
from scipy.signal import butter, sosfilt

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.processors import shelf
from song.mixing import echo, equalise, gain, room, voice_chain
from song.playing import frames
from song.score import BEAT_S, Line, diatonic, lines
from song.singing import Manner, SungLine, moved, sing
from song.voice_model import VOICE_RATE, Floats, VoiceModel

_SEED: Final = 20_260_101
_DOUBLE_DB: Final = -13.0
_HARMONY_DB: Final = -9.5
_EDGE_S: Final = 0.03
_BREATH_DB: Final = -30.0


def lead_lines(voice: VoiceModel) -> list[tuple[Line, SungLine]]:
    """Every line as the leading voice sings it."""
    return [
        (line, sing(voice, line, Manner(seed=_SEED + number, scoop_semitones=0.7 + 0.8 * line.intensity)))
        for number, line in enumerate(lines())
    ]


def vocals(voice: VoiceModel, lead: list[tuple[Line, SungLine]]) -> Samples:
    """The whole vocals stem, float32 (2, frames)."""
    front = np.zeros(frames(), np.float32)
    back = np.zeros((2, frames()), np.float32)
    for number, (line, sung) in enumerate(lead):
        level = gain(-3.5 * (1.0 - line.intensity))
        _lay(front, _effort(_ready(sung), line.intensity) * level, sung.start_s)
        breath_s = sung.vowels_s[0][0] - 0.42
        if number == 0 or breath_s > lead[number - 1][1].vowels_s[-1][1] + 0.1:
            _lay(front, _breath(number) * level * gain(_BREATH_DB), breath_s)
        _add_company(back, voice, line, number)
    main = voice_chain(np.stack([front, front]))
    company = voice_chain(back) * gain(-20.0)
    loudness = float(np.sqrt((main**2).mean() / max(1e-12, float((company**2).mean()))))
    together = np.asarray(main + company * np.float32(0.26 * loudness), dtype=np.float32)
    wet = echo(together, 0.75 * BEAT_S, 0.35, -27.0)
    return room(wet, 0.42, 0.35, -19.0, 300.0)


def _add_company(back: Samples, voice: VoiceModel, line: Line, number: int) -> None:
    """The same words again, not quite together, and on other notes; to the sides."""
    if not line.harmony:
        return
    seed = _SEED + 1_000 * (number + 1)
    for side, (cents, late_s) in enumerate(((7.0, 0.021), (-8.0, 0.013))):
        manner = Manner(seed + side, detune_cents=cents, late_s=late_s, vibrato_hz=5.2 + 0.5 * side)
        _lay_wide(back, sing(voice, line, manner), -0.75 if side else 0.75, _DOUBLE_DB)
    for place, steps in enumerate(line.harmony):
        other = moved(line, tuple(diatonic(note.pitch, steps) for note in line.notes))
        for side in range(2):
            manner = Manner(
                seed + 10 * (place + 1) + side,
                detune_cents=5.0 - 10.0 * side,
                late_s=0.008 + 0.012 * side,
                vibrato_cents=24.0,
                vibrato_hz=5.3 + 0.3 * side,
                scoop_semitones=0.5,
            )
            _lay_wide(back, sing(voice, other, manner), -0.5 if side else 0.5, _HARMONY_DB - 2.0 * place)


def _ready(sung: SungLine) -> Floats:
    """At 44.1 kHz, without what the network leaves in its silences."""
    sound = soxr.resample(sung.sound, VOICE_RATE, SAMPLE_RATE, quality="VHQ")
    edge = round(_EDGE_S * SAMPLE_RATE)
    time = np.arange(sound.size) / SAMPLE_RATE + sung.start_s
    first, last = sung.vowels_s[0][0] - 0.33, sung.vowels_s[-1][1] + 0.30
    window = np.clip((time - first) / _EDGE_S, 0.0, 1.0) * np.clip((last - time) / 0.12, 0.0, 1.0)
    window[:edge] *= np.linspace(0.0, 1.0, edge)
    return np.asarray(sound * window, dtype=np.float32)


def _effort(sound: Floats, intensity: float) -> Floats:
    """A voice that sings out is brighter, one that confides is darker."""
    tilted = equalise(sound[None], shelf(1_800.0, 5.0 * (intensity - 0.65), high=True))
    return np.asarray(tilted[0], dtype=np.float32)


def _lay(out: Floats, sound: Floats, start_s: float) -> None:
    at = round(start_s * SAMPLE_RATE)
    if at < 0:
        sound, at = sound[-at:], 0
    taken = min(sound.size, out.size - at)
    out[at : at + taken] += sound[:taken]


def _lay_wide(out: Samples, sung: SungLine, pan: float, level_db: float) -> None:
    sound = _ready(sung) * gain(level_db)
    angle = (pan + 1.0) * np.pi / 4.0
    _lay(out[0], np.asarray(sound * np.cos(angle) * np.sqrt(2.0), dtype=np.float32), sung.start_s)
    _lay(out[1], np.asarray(sound * np.sin(angle) * np.sqrt(2.0), dtype=np.float32), sung.start_s)


def _breath(number: int) -> Floats:
    """Air drawn in through an open mouth: noise with the hills of a throat, swelling and stopping."""
    chance = np.random.default_rng([_SEED, 99, number])
    length = round((0.26 + 0.06 * chance.random()) * SAMPLE_RATE)
    noise = chance.standard_normal(length)
    shaped = np.zeros(length)
    for centre, width, level in (
        (900.0, 500.0, 0.5),
        (1_700.0, 700.0, 1.0),
        (3_300.0, 1_200.0, 0.7),
        (6_000, 3e3, 0.3),
    ):
        edges = [centre - width / 2, centre + width / 2]
        shaped += level * sosfilt(butter(1, edges, "bandpass", fs=SAMPLE_RATE, output="sos"), noise)
    place = np.linspace(0.0, 1.0, length)
    swell = np.sin(np.pi * place**1.6) ** 1.5
    return np.asarray(shaped / np.abs(shaped).max() * swell, dtype=np.float32)
