"""How loud a tune stands: where the voice stood whose place it takes, or over its band where a voice would.

The sound check measures what is kept against the band; what leads is put in its place here. Where something of the
recording sounds, that place is the singer's own level. In a cover it is that of the band, estimated from its notes:
power grows with gain, time sounding and the fourth power of velocity, with an offset per role that was fitted on the
packs that come with Contrafact (measured as rendered, K-weighted, one song).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from contrafact.engine.arranging.timeline import Part, Role, StemBus
from contrafact.engine.listening.chart import Chart

_OFFSETS_DB: Mapping[Role, float] = MappingProxyType(
    {"drums": -23.5, "percussion": -30.0, "bass": -20.5, "chords": -18.5, "pad": -17.5, "arpeggio": -19.0}
)
_OTHER_DB = -19.0
_STROKE_S = 0.12
_MIDDLE_VELOCITY = 96.0
_USUAL_BED_DB = -24.0
_SLOPE = 0.6
"""The estimate is good to some decibels: it is followed in part."""
_AT_USUAL_DB = 2.0
_MOST_DB = 5.0
_LINE_LUFS = -25.0
"""Loudness of a line of middling notes at a gain of 0 dB."""
_VOICE_OFFSET_DB = 2.0
"""From the mean power of a singer's notes (one channel) to the loudness of the voice."""
_LOUDEST_DB = 12.0


def levelled(tune: Sequence[Part], band: Sequence[Part], voice_db: float | None = None) -> tuple[Part, ...]:
    """The parts of the tune at the level that leads.

    Parameters
    ----------
    tune
        Their gains are meant against a voice in that place.
    band
        Everybody else who is newly played.
    voice_db
        Loudness of the song's voice in the take, LUFS, where something of the recording sounds; else None.
    """
    if voice_db is not None:
        lift_db = voice_db - _LINE_LUFS
    else:
        bed_db = _estimate_db(band)
        above_db = 0.0 if bed_db is None else _AT_USUAL_DB + _SLOPE * (bed_db - _USUAL_BED_DB)
        lift_db = max(0.0, min(_MOST_DB, above_db))
    return tuple(replace(part, gain_db=round(min(_LOUDEST_DB, part.gain_db + lift_db), 3)) for part in tune)


def voice_lufs(chart: Chart, lift_db: float, buses: Sequence[StemBus]) -> float | None:
    """About the loudness of the song's singer in a take, from the heard notes; None where nothing is kept or sung.

    ``lift_db`` is what clips are raised by; the fader of the voice's bus counts where there is one.
    """
    if not buses or chart.melody is None or not chart.melody.notes:
        return None
    lengths = [note.end_s - note.start_s for note in chart.melody.notes]
    energy = sum(
        length * 10.0 ** (note.level_db / 10.0) for note, length in zip(chart.melody.notes, lengths, strict=True)
    )
    own_db = 10.0 * math.log10(max(1e-9, energy / max(1e-9, sum(lengths))))
    fader_db = next((bus.gain_db for bus in buses if bus.stem == "vocals" and bus.source == 0), 0.0)
    return own_db + _VOICE_OFFSET_DB + lift_db + fader_db


def _estimate_db(band: Sequence[Part]) -> float | None:
    """About the mean level of a band over the time that it plays, in dB below full scale."""
    starts = [note.start_s for part in band for note in part.notes]
    if not starts:
        return None
    ends = [note.start_s + note.duration_s for part in band for note in part.notes]
    whole_s = max(1.0, max(ends) - min(starts))
    power = 0.0
    for part in band:
        if part.role == "effects":
            continue
        struck = part.instrument.kind == "kit"
        energy = sum(
            (_STROKE_S if struck else note.duration_s) * (note.velocity / _MIDDLE_VELOCITY) ** 4 for note in part.notes
        )
        offset_db = part.gain_db + _OFFSETS_DB.get(part.role, _OTHER_DB)
        power += energy / whole_s * 10.0 ** (offset_db / 10.0)
    return 10.0 * math.log10(power) if power > 0.0 else None
