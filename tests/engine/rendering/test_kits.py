"""Drum kits: data that loads, strokes that strike."""

import numpy as np
import pytest

from contrafact.engine.arranging.pack import DRUMS, PERCUSSION
from contrafact.engine.arranging.timeline import Instrument, Note, Part
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.errors import EngineError
from contrafact.engine.rendering import KIT_NAMES, Sounds
from contrafact.engine.rendering.grid import QUANTUM
from contrafact.engine.rendering.kits import load_kit, pan_gains
from contrafact.engine.rendering.parts import PartSource

PIECES = tuple(
    sorted({*DRUMS.values(), *PERCUSSION.values(), *range(35, 58), *range(60, 71), 73, 74, 76, 83, 85, 86, 87})
)


def brightness(sound: Samples) -> float:
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE)
    return float((power * hertz).sum() / power.sum())


@pytest.mark.assets
@pytest.mark.parametrize("name", KIT_NAMES)
def test_every_piece_of_every_kit_sounds_at_once_and_dies_away(sounds: Sounds, name: str) -> None:
    kit = sounds.kit(name)
    for key in PIECES:
        level = np.abs(kit.hit(key, 112)).max(axis=0)
        assert np.isfinite(level).all()
        assert 0.01 < level.max() < 1.0, key
        assert float(np.argmax(level > 0.1 * level.max())) / SAMPLE_RATE < 0.006, key
        assert level[-1] < 1e-3, key


@pytest.mark.assets
@pytest.mark.parametrize("name", KIT_NAMES)
def test_velocity_makes_strokes_louder_and_not_duller(sounds: Sounds, name: str) -> None:
    kit = sounds.kit(name)
    for key in (36, 38, 42):
        hits = [kit.hit(key, velocity) for velocity in (30, 60, 90, 120)]
        powers = [float((hit.astype(np.float64) ** 2).sum()) for hit in hits]
        assert powers == sorted(powers), key
        assert brightness(hits[0]) < 1.1 * brightness(hits[-1]), key


@pytest.mark.assets
def test_a_closed_hat_stops_an_open_one(sounds: Sounds) -> None:
    def played(*notes: Note) -> Samples:
        source = PartSource(Part("h", "drums", Instrument("kit", kit="house"), notes), sounds)
        return source.read(0, 4 * QUANTUM)

    ringing = played(Note(0.0, 0.1, 46, 100))
    choked = played(Note(0.0, 0.1, 46, 100), Note(0.2, 0.1, 42, 1))
    after = slice(round(0.32 * SAMPLE_RATE), round(0.5 * SAMPLE_RATE))
    assert (choked[:, after] ** 2).sum() < 0.01 * (ringing[:, after] ** 2).sum()
    before = slice(0, round(0.19 * SAMPLE_RATE))
    assert np.array_equal(choked[:, before], ringing[:, before])


@pytest.mark.assets
def test_seeking_finds_the_same_notes(sounds: Sounds) -> None:
    notes = tuple(Note(n * 0.3, 0.1, 36, 100) for n in range(20))
    part = Part("k", "drums", Instrument("kit", kit="dnb"), notes)
    straight = PartSource(part, sounds).read(0, 9 * QUANTUM)
    assert np.array_equal(straight[:, 8 * QUANTUM :], PartSource(part, sounds).read(8 * QUANTUM, 9 * QUANTUM))


def test_kits_are_whole_and_unknown_ones_are_named() -> None:
    for name in KIT_NAMES:
        data = load_kit(name)
        assert 36 in data.pieces
        assert all(limit.up_to <= 127 for piece in data.pieces.values() for limit in piece.layers)
    for name in ("polka", "../house", ""):
        with pytest.raises(EngineError, match="no drum kit"):
            load_kit(name)


def test_pan_keeps_power_and_the_middle() -> None:
    assert pan_gains(0.0) == pytest.approx((1.0, 1.0))
    for pan in (-1.0, -0.4, 0.7, 1.0, 5.0):
        left, right = pan_gains(pan)
        assert left**2 + right**2 == pytest.approx(2.0)
