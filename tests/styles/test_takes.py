"""What the packs make of a song, measured on their notes: levels that differ, seeds that differ, bands in balance."""

import numpy as np
import pytest

from contrafact.engine.arranging import StylePack, Timeline, load_styles
from contrafact.engine.arranging.timeline import Part
from contrafact.engine.audio.loudness import gated_lufs, hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering import Sounds
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.processors import Chain
from tests.support.onsets import Arranged, onsets

PACKS = load_styles()
every_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.slug)
BALANCED = [PACKS[slug] for slug in ("house", "jazz-swing", "metal", "reggae")]
"""A machine, a trio, a wall and a bass that leads: rendering all would take a minute."""


def fullness(timeline: Timeline, section: str) -> float:
    """How much sounds in a section: the power and length of all generated notes, a second; strokes last 0.25 s."""
    bars = [bar for bar in timeline.bars if bar.section == section]
    start_s, end_s = bars[0].start_s, bars[-1].end_s
    total = 0.0
    for part in timeline.parts:
        for note in part.notes:
            if start_s <= note.start_s < end_s:
                struck = part.role in ("drums", "percussion")
                total += note.velocity**2 * (0.25 if struck else min(note.duration_s, 0.5))
    return total / (end_s - start_s)


@every_pack
def test_every_level_sounds_and_the_chorus_lifts(pack: StylePack, arranged: Arranged) -> None:
    timeline = arranged(pack.slug, 7)
    levels = [fullness(timeline, section) for section in ("intro", "verse", "chorus")]
    assert min(levels[:2]) > 0.0
    assert max(levels[:2]) < 0.85 * levels[2], levels
    drums = [part for part in timeline.parts if part.role in ("drums", "percussion")]
    played = [
        frozenset((at % 32, pitch) for part in drums for at, pitch in onsets(part, timeline, section))
        for section in ("verse", "chorus")
    ]
    assert played[0] != played[1]


@every_pack
def test_two_seeds_are_two_takes(pack: StylePack, arranged: Arranged) -> None:
    first, second = (
        {part.name: [(round(n.start_s, 2), n.pitch) for n in part.notes] for part in arranged(pack.slug, seed).parts}
        for seed in (7, 8)
    )
    changed = [name for name in first if first[name] != second.get(name)]
    assert "drums" in changed
    assert len(changed) >= len(first) / 2


def heard(part: Part, start_s: float, end_s: float, sounds: Sounds) -> Samples:
    """A part alone through its effects and fader, without room and ducking."""
    source, chain = PartSource(part, sounds), Chain(part.effects, 0)
    sound = source.read(round(start_s * SAMPLE_RATE), round(end_s * SAMPLE_RATE))
    whole = 4096 * (sound.shape[1] // 4096)
    blocks = [chain.process(sound[:, at : at + 4096]) for at in range(0, whole, 4096)]
    return np.asarray(np.concatenate(blocks, axis=1) * np.float32(10.0 ** (part.gain_db / 20.0)))


@pytest.mark.assets
@pytest.mark.parametrize("pack", BALANCED, ids=lambda pack: pack.slug)
def test_drums_bass_and_chords_are_in_balance(pack: StylePack, arranged: Arranged, sounds: Sounds) -> None:
    """In the first two bars of a chorus: nobody drowns the harmony, and the bass carries without covering."""
    timeline = arranged(pack.slug, 7)
    bars = [bar for bar in timeline.bars if bar.section == "chorus"]
    start_s, end_s = bars[0].start_s, bars[1].end_s
    roles = ("drums", "percussion", "bass", "chords", "pad", "arpeggio")
    loud: dict[str, float] = dict.fromkeys(roles, -99.0)
    mix: list[Samples] = []
    for part in timeline.parts:
        if part.role not in roles or not any(start_s <= note.start_s < end_s for note in part.notes):
            continue
        sound = heard(part, start_s, end_s, sounds)
        mix.append(sound)
        loud[part.role] = max(loud[part.role], gated_lufs(hop_powers(Audio(sound))))
    whole = gated_lufs(hop_powers(Audio(np.sum(mix, axis=0))))
    harmony = max(loud[role] for role in ("chords", "pad", "arpeggio")) - whole
    assert -11.5 < harmony < -1.0
    assert -11.0 < loud["bass"] - whole < -1.5
    beat = max(loud["drums"], loud["percussion"]) - whole
    assert -9.0 < beat < -1.0
    assert loud["percussion"] - whole < -6.0
