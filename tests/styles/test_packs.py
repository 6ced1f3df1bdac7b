"""Every pack that comes with Contrafact is complete enough to carry a whole song."""

import pytest

from contrafact.engine.arranging import StylePack, load_styles
from contrafact.engine.rendering import KIT_NAMES

PACKS = load_styles()


def test_the_first_styles_are_still_there() -> None:
    assert set(PACKS) >= {"house", "lo-fi-hip-hop", "drum-and-bass", "bossa-nova", "acoustic-ballad", "synthwave"}


def test_no_word_means_two_styles() -> None:
    words = [word for pack in PACKS.values() for word in pack.words]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.slug)
def test_a_pack_is_complete(pack: StylePack) -> None:
    assert pack.drums.kit in KIT_NAMES
    for beats in (3, 4, 6):
        assert [groove for groove in pack.grooves if groove.beats == beats]
    for level in ("low", "mid", "high"):
        assert len([groove for groove in pack.grooves if groove.beats == 4 and level in groove.levels]) >= 2
        for size in ("small", "big"):
            assert [fill for fill in pack.fills if fill.size == size and level in fill.levels]
    roles = {part.role for part in pack.parts}
    assert {"bass", "chords"} <= roles
    assert roles & {"pad", "arpeggio"}
    for part in pack.parts:
        if part.role in ("bass", "chords"):
            assert {3, 4, 6} <= {pattern.beats for pattern in part.patterns}
            for level in ("low", "mid", "high"):
                assert [pattern for pattern in part.patterns if pattern.beats == 4 and level in pattern.levels]
    use = pack.stems.stems_use()
    assert (use.vocals.keep, use.drums.keep, use.bass.keep, use.other.keep) == (True, False, False, False)
