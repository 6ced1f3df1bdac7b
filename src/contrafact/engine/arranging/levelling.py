"""How loud a tune stands over its band: about where a voice would, whatever the style.

The sound check measures what is kept against what is generated; here one generated part leads the others. Their level
is estimated from the notes: power grows with gain, time sounding and the fourth power of velocity, with an offset per
role that was fitted on the packs that come with Contrafact (measured as rendered, K-weighted, one song).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from contrafact.engine.arranging.timeline import Part, Role

_OFFSETS_DB: Mapping[Role, float] = MappingProxyType(
    {"drums": -23.5, "percussion": -30.0, "bass": -20.5, "chords": -18.5, "pad": -17.5, "arpeggio": -19.0}
)
_OTHER_DB = -19.0
_STROKE_S = 0.12
_MIDDLE_VELOCITY = 96.0
_USUAL_BED_DB = -24.0
_SLOPE = 0.6
"""The estimate is good to some decibels: it is followed in part."""
_AT_USUAL_DB = 1.5
_MOST_DB = 4.5


def levelled(tune: Sequence[Part], band: Sequence[Part]) -> tuple[Part, ...]:
    """The parts of the tune with the gain that a band of this loudness asks for; without a band as they are."""
    bed_db = _estimate_db(band)
    if bed_db is None:
        return tuple(tune)
    lift_db = max(0.0, min(_MOST_DB, _AT_USUAL_DB + _SLOPE * (bed_db - _USUAL_BED_DB)))
    return tuple(replace(part, gain_db=round(part.gain_db + lift_db, 3)) for part in tune)


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
