"""``song.toml``: everything that is to be said about the song, from the score itself."""

import json
from typing import Final

from song.score import (
    ARTIST,
    BEATS,
    KEY,
    TEMPO_BPM,
    TITLE,
    chords,
    duration_s,
    lines,
    seconds,
    sections,
    total_bars,
)

_HEAD: Final = """\
# The project's own song; written by `python -m song.make`, not by hand.
#
# Composition, words, arrangement and recording are the project's and dedicated to the public domain (CC0-1.0).
# The mix is the sum of the four stems in this folder.
"""

_CREDITS: Final = """\
# Shares are exact; each side sums to 1. `voice` says whose voice it is: a synthetic one, nobody's here to lend.
credits = [
  { name = "The Contrafact Band", role = "featured artist", kind = "group" },
  { name = "The Contrafact developers", role = "master owner", kind = "organisation", master = "1" },
  { name = "The Contrafact developers", role = "writer", kind = "organisation", work = "1" },
  { name = "Heart (synthetic voice, hibari-tts)", role = "vocals", kind = "unknown", voice = true },
]
"""

_GRANT: Final = """\
# What the holder lets a service do with it. CC0 waives the holder's own rights, so everything that is the holder's to
# allow is allowed, without bounds. It cannot speak for a voice: another rendering of the vocals, a clone of the voice
# and training on it need a grant of the singer, and nobody has given one. docs/decisions/0012-the-projects-own-song.md
[owner]
grant = "open"
not_ours_to_grant = ["vocal_interpretation", "voice_clone", "train"]
"""


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def metadata() -> str:
    """The document, in TOML."""
    bars: list[list[str]] = [[] for _ in range(total_bars())]
    for chord in chords():
        bars[int(chord.beat // BEATS)].append(chord.name)
    out = [
        _HEAD,
        f"title = {_text(TITLE)}",
        f"artist = {_text(ARTIST)}",
        'licence = "CC0-1.0"',
        f"attribution = {_text(f'“{TITLE}” by {ARTIST}, dedicated to the public domain (CC0 1.0)')}",
        'language = "en"',
        f"duration_s = {duration_s():.3f}",
        f"tempo_bpm = {TEMPO_BPM}",
        f"metre = {BEATS}",
        f"key = {_text(KEY)}",
        f"first_beat_s = {seconds(0.0):.3f}",
        "# one string for each bar",
        "chords = [",
        *[f"  {', '.join(_text(' '.join(names)) for names in bars[at : at + 8])}," for at in range(0, len(bars), 8)],
        "]",
        _CREDITS,
        _GRANT,
    ]
    for part in sections():
        out += [
            "[[section]]",
            f"name = {_text(part.name)}",
            f"label = {_text(part.label)}",
            f"bar = {part.bar}",
            f"bars = {part.bars}",
            f"start_s = {seconds(part.bar * BEATS):.3f}",
            "",
        ]
    for line in lines():
        last = line.notes[-1]
        out += [
            "[[line]]",
            f"section = {_text(line.section)}",
            f"start_s = {seconds(line.notes[0].beat):.3f}",
            f"end_s = {seconds(last.beat + last.beats):.3f}",
            f"words = {_text(line.words)}",
            "",
        ]
    return "\n".join(out)
