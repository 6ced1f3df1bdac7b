"""Every pack that comes with Contrafact is complete enough to carry a whole song."""

from collections.abc import Sequence

import pytest

from contrafact.engine.arranging import StylePack, load_styles
from contrafact.engine.arranging.pack import DRUMS, LEVELS, PERCUSSION
from contrafact.engine.rendering import KIT_NAMES, Sounds

PACKS = load_styles()
SLUGS = """
    acoustic-ballad afrobeats ambient boom-bap bossa-nova chiptune country disco drum-and-bass folk-acoustic funk house
    jazz-swing lo-fi-hip-hop metal orchestral punk reggae reggaeton rock samba soul-ballad synthwave techno trap
    uk-garage
""".split()
every_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.slug)

RANGES = {
    range(8): (21, 108),  # pianos, harpsichord, clavinet
    range(8, 16): (48, 108),  # celesta to dulcimer
    range(16, 24): (36, 96),  # organs, accordion, harmonica
    range(24, 32): (40, 88),  # guitars
    range(32, 40): (24, 60),  # basses
    range(40, 41): (55, 96),  # violin
    range(41, 42): (48, 88),  # viola
    range(42, 43): (36, 76),  # cello
    range(43, 44): (28, 60),  # double bass
    range(44, 46): (28, 96),  # a string section, tremolo or plucked
    range(46, 47): (24, 103),  # harp
    range(47, 48): (36, 57),  # timpani
    range(48, 52): (28, 96),  # string sections
    range(52, 55): (43, 84),  # choirs
    range(56, 57): (54, 86),  # trumpet
    range(57, 58): (40, 72),  # trombone
    range(59, 60): (54, 82),  # muted trumpet
    range(60, 61): (41, 77),  # horns
    range(61, 64): (40, 84),  # brass sections
    range(64, 68): (44, 88),  # saxophones
    range(68, 72): (34, 91),  # oboe to clarinet
    range(72, 80): (60, 100),  # flutes and whistles
    range(80, 104): (28, 96),  # synthesisers
    range(104, 112): (48, 96),  # banjo, fiddle and relatives
}
"""General MIDI programs and what their players can reach."""


def test_the_twenty_six_styles_are_there() -> None:
    assert list(PACKS) == SLUGS


def test_no_word_means_two_styles() -> None:
    words = [word for pack in PACKS.values() for word in pack.words]
    assert len(words) == len(set(words))
    names = [pack.name for pack in PACKS.values()]
    assert len(names) == len(set(names))


@every_pack
def test_a_pack_is_complete(pack: StylePack) -> None:
    assert pack.drums.kit in KIT_NAMES
    assert pack.humanise.timing_ms <= 4.0
    for beats in (3, 4, 6):
        assert [groove for groove in pack.grooves if groove.beats == beats and groove.division == 2]
    assert len(pack.fills) >= 4
    for level in LEVELS:
        grooves = [g for g in pack.grooves if (g.beats, g.division) == (4, 2) and level in g.levels and not g.sections]
        assert len(grooves) >= 2, level
        for size in ("small", "big"):
            assert [fill for fill in pack.fills if fill.size == size and level in fill.levels]
    roles = {part.role for part in pack.parts}
    assert {"bass", "chords"} <= roles
    assert roles & {"pad", "arpeggio"}
    assert roles & {"lead", "counter"}
    for part in pack.parts:
        if part.role in ("bass", "chords"):
            assert {3, 4, 6} <= {pattern.beats for pattern in part.patterns}
            for level in LEVELS:
                assert [pattern for pattern in part.patterns if pattern.beats == 4 and level in pattern.levels]
    use = pack.stems.stems_use()
    assert (use.vocals.keep, use.drums.keep, use.bass.keep, use.other.keep) == (True, False, False, False)


@every_pack
def test_no_two_grooves_are_the_same(pack: StylePack) -> None:
    written = [tuple(sorted(groove.lines.items())) for groove in pack.grooves]
    assert len(written) == len(set(written))
    assert len({groove.name for groove in pack.grooves}) == len(pack.grooves)


@every_pack
def test_instruments_stay_where_their_players_can_reach(pack: StylePack) -> None:
    for part in pack.parts:
        low, high = next(reach for programs, reach in RANGES.items() if part.program in programs)
        assert low <= part.low < part.high <= high, part.name
        if part.role in ("chords", "pad", "arpeggio") and part.voicing != "power":
            assert part.low >= 47, f"{part.name}: chords this low are mud"


def lines_of(pack: StylePack) -> set[str]:
    written: Sequence[object] = [*pack.grooves, *pack.fills]
    crash = {pack.drums.crash} if pack.drums.crash else set()
    return {line for item in written for line in getattr(item, "lines", {})} | crash


@pytest.mark.assets
@every_pack
def test_every_drum_that_a_pack_writes_sounds_in_its_kit(pack: StylePack, sounds: Sounds) -> None:
    kit = sounds.kit(pack.drums.kit)
    for line in lines_of(pack):
        number = DRUMS[line] if line in DRUMS else PERCUSSION[line]
        assert abs(kit.hit(number, 112)).max() > 0.01, line
