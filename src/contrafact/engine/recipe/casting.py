"""Who plays where nobody was named: a style for a song that needs one, and an instrument for a cover's tune."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.listening.chart import Chart

COVERS = ("acoustic-ballad", "folk-acoustic", "rock", "soul-ballad", "bossa-nova", "country", "jazz-swing")
"""Styles that a band could play on stage, for a cover that names none."""
SURPRISES = ("disco", "house", "bossa-nova", "synthwave", "lo-fi-hip-hop", "funk", "reggae", "jazz-swing", "uk-garage")
"""Styles that suit most songs, for those who leave the choice."""
_BANDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "acoustic-ballad": ("piano",),
        "folk-acoustic": ("guitar", "ukulele", "mandolin", "accordion", "harmonica"),
        "bossa-nova": ("nylon-guitar",),
        "orchestral": ("strings", "violin", "cello", "viola", "harp", "oboe", "clarinet", "horn", "choir"),
        "jazz-swing": ("brass", "trumpet", "saxophone", "trombone", "vibraphone", "upright-bass"),
        "country": ("banjo",),
        "soul-ballad": ("organ", "electric-piano"),
        "synthwave": ("synth", "lead", "pad"),
        "rock": ("electric-guitar",),
    }
)
"""The band in which an instrument is at home."""
_GENTLE = frozenset({"sad", "calm", "romantic", "minimal"})
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


def band_for(instruments: Sequence[str], moods: Sequence[str], styles: Mapping[str, object]) -> str | None:
    """The style in which the first known of some instruments is at home, or that gentle moods ask for."""
    homes = [style for slug in instruments for style, members in _BANDS.items() if slug in members]
    homes += ["acoustic-ballad"] if _GENTLE & set(moods) else []
    return next((style for style in homes if style in styles), None)


def some_style(chart: Chart, styles: Mapping[str, StylePack], seed: int, among: Sequence[str] = ()) -> str | None:
    """A style whose own tempo is near the song's, at plain, half or double time; which of those, the seed says.

    ``among`` names those that are asked for; any where none of them is there.
    """
    wanted = [slug for slug in styles if slug in among] or list(styles)

    def strangeness(slug: str) -> float:
        octaves = abs(math.log2(styles[slug].tempo.typical_bpm / chart.tempo.bpm))
        return round(min(octaves, abs(octaves - 1.0) + 0.1), 6)

    nearest = sorted(wanted, key=lambda slug: (strangeness(slug), slug))[:4]
    return nearest[seed % len(nearest)] if nearest else None


def lead_of(style: str | None, instruments: Mapping[str, object]) -> str:
    """The instrument that sings the tune of a cover."""
    wanted = _LEADS.get(style or "", "piano")
    return wanted if wanted in instruments else "piano"
