"""Who plays where nobody was named: a style for a song that needs one, and an instrument for a cover's tune."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.listening.chart import Chart

_COVERS = ("acoustic-ballad", "folk-acoustic", "rock", "soul-ballad", "bossa-nova", "country", "jazz-swing")
"""Styles that a band could play on stage, for a cover that names none."""
_LEADS: Mapping[str, str] = MappingProxyType(
    {
        "house": "lead",
        "techno": "lead",
        "drum-and-bass": "lead",
        "uk-garage": "lead",
        "trap": "lead",
        "synthwave": "lead",
        "chiptune": "lead",
        "reggaeton": "lead",
        "boom-bap": "electric-piano",
        "lo-fi-hip-hop": "electric-piano",
        "disco": "strings",
        "funk": "saxophone",
        "soul-ballad": "saxophone",
        "jazz-swing": "trumpet",
        "bossa-nova": "flute",
        "samba": "flute",
        "reggae": "trumpet",
        "afrobeats": "saxophone",
        "rock": "electric-guitar",
        "punk": "electric-guitar",
        "metal": "electric-guitar",
        "country": "violin",
        "folk-acoustic": "violin",
        "orchestral": "violin",
        "ambient": "flute",
        "acoustic-ballad": "violin",
    }
)


def some_style(chart: Chart, styles: Mapping[str, StylePack], seed: int, live: bool = False) -> str | None:
    """A style whose own tempo is near the song's, at plain, half or double time; which of those, the seed says.

    With ``live`` one that a band would play on a stage.
    """
    wanted = [slug for slug in styles if not live or slug in _COVERS] or list(styles)

    def strangeness(slug: str) -> float:
        octaves = abs(math.log2(styles[slug].tempo.typical_bpm / chart.tempo.bpm))
        return round(min(octaves, abs(octaves - 1.0) + 0.1), 6)

    nearest = sorted(wanted, key=lambda slug: (strangeness(slug), slug))[:4]
    return nearest[seed % len(nearest)] if nearest else None


def lead_of(style: str | None, instruments: Mapping[str, object]) -> str:
    """The instrument that sings the tune of a cover."""
    wanted = _LEADS.get(style or "", "piano")
    return wanted if wanted in instruments else "piano"
