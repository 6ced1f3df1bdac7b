"""The soundfont player against a font that the test writes itself, so that every truth is known."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.errors import EngineError
from contrafact.engine.rendering import modulators, voice
from contrafact.engine.rendering.modulators import Modulator
from contrafact.engine.rendering.sampler import Cache, NoteBank
from contrafact.engine.rendering.soundfont import SoundFont, Zone
from tests.support.fonts import LOOPED, write_font


@pytest.mark.parametrize("key", [45, 57, 69, 81, 88])
def test_a_loop_goes_on_at_the_right_pitch(tmp_path: Path, key: int) -> None:
    bank = NoteBank(SoundFont(write_font(tmp_path / "f.sf2", [[LOOPED]])))
    sound = bank.note(0, 0, key, 127, 2 * SAMPLE_RATE)[0, : 2 * SAMPLE_RATE]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 19))
    heard = np.argmax(spectrum) * SAMPLE_RATE / (1 << 19)
    wanted = 441.0 * 2 ** ((key - 69) / 12)
    assert abs(1200 * np.log2(heard / wanted)) < 1.0
    # A clean loop has no step in it: everything but the tone is at least 50 dB down.
    centre = int(np.argmax(spectrum))
    rest = np.concatenate([spectrum[: max(0, centre - 60)], spectrum[centre + 60 :]])
    assert 20 * np.log10(rest.max() / spectrum.max()) < -50


def test_key_and_velocity_ranges_choose_the_zone(tmp_path: Path) -> None:
    low, high = (43, 0 | 59 << 8), (43, 60 | 127 << 8)
    soft = (44, 0 | 63 << 8)
    font = SoundFont(write_font(tmp_path / "f.sf2", [[low, LOOPED], [high, soft, LOOPED]]))
    assert len(font.zones(0, 0, 40, 100)) == 1
    assert len(font.zones(0, 0, 70, 40)) == 1
    assert font.zones(0, 0, 70, 100) == ()


def test_a_note_in_no_zone_is_silent(tmp_path: Path) -> None:
    bank = NoteBank(SoundFont(write_font(tmp_path / "f.sf2", [[(43, 0 | 10 << 8), LOOPED]])))
    sound = bank.note(0, 0, 60, 100, 1000)
    assert sound.shape == (2, 1000)
    assert not sound.any()


def test_preset_generators_are_added(tmp_path: Path) -> None:
    font = SoundFont(write_font(tmp_path / "f.sf2", [[(51, 3), LOOPED]], preset=((51, 4),)))
    assert font.zones(0, 0, 69, 100)[0].parameters()[51] == 7.0


def test_velocity_follows_the_standard_curve(tmp_path: Path) -> None:
    """40 log10(velocity / 127) dB, the default modulator of the specification."""
    bank = NoteBank(SoundFont(write_font(tmp_path / "f.sf2", [[LOOPED, (8, 13_500)]])))
    loud, soft = (float(np.abs(bank.note(0, 0, 69, velocity, 20_000)).max()) for velocity in (127, 64))
    assert 20 * np.log10(soft / loud) == pytest.approx(40 * np.log10(64 / 127), abs=0.3)


def test_release_falls_as_fast_as_written(tmp_path: Path) -> None:
    """96 dB in the release time."""
    one_second = 0
    bank = NoteBank(SoundFont(write_font(tmp_path / "f.sf2", [[LOOPED, (38, one_second)]])))
    sound = bank.note(0, 0, 69, 127, SAMPLE_RATE)[0]

    def at(seconds: float) -> float:
        start = round(seconds * SAMPLE_RATE)
        return float(np.abs(sound[start : start + 200]).max())

    assert 20 * np.log10(at(1.25) / at(0.9)) == pytest.approx(-24.0, abs=0.7)
    assert 20 * np.log10(at(1.5) / at(0.9)) == pytest.approx(-48.0, abs=0.9)


def test_pan_is_constant_power() -> None:
    for pan in (-500.0, -250.0, 0.0, 500.0):
        left, right = voice.gain(Zone(0, ((17, pan),)))
        assert left**2 + right**2 == pytest.approx(1.0)
    assert voice.gain(Zone(0, ((17, -500.0),)))[1] == pytest.approx(0.0)


@given(
    velocity=st.integers(1, 127), key=st.integers(0, 127), source=st.sampled_from((2, 3, 0x102, 0x303, 0x502, 0x402))
)
@settings(max_examples=200, deadline=None)
def test_modulators_stay_within_their_amount(velocity: int, key: int, source: int) -> None:
    assert abs(modulators.evaluate(Modulator(source, 8, 1000, 0), key, velocity)) <= 1000.0 + 1e-9


@given(held=st.lists(st.integers(1, 60_000), min_size=2, max_size=5), memory=st.sampled_from((1, 10**6)))
@settings(max_examples=15, deadline=None)
def test_a_note_never_depends_on_what_is_cached(
    tmp_path_factory: pytest.TempPathFactory, held: list[int], memory: int
) -> None:
    path = write_font(tmp_path_factory.mktemp("font") / "f.sf2", [[LOOPED, (38, -2000), (6, 20), (24, 0)]])
    used = NoteBank(SoundFont(path), memory)
    played = [used.note(0, 0, 60, 90, frames) for frames in held]
    for frames, sound in zip(held, played, strict=True):
        assert np.array_equal(sound, NoteBank(SoundFont(path)).note(0, 0, 60, 90, frames))


def test_a_longer_note_begins_like_a_shorter_one(tmp_path: Path) -> None:
    bank = NoteBank(SoundFont(write_font(tmp_path / "f.sf2", [[LOOPED, (6, 30)]])))
    short, long = bank.note(0, 0, 60, 90, 5_000), bank.note(0, 0, 60, 90, 90_000)
    assert np.allclose(short[:, :5_000], long[:, :5_000], atol=1e-6)


def test_what_is_not_a_font_is_refused(tmp_path: Path) -> None:
    for content in (b"RIFF....WAVEfmt ", b"no", b"RIFF" + struct.pack("<I", 4) + b"sfbk"):
        path = tmp_path / "x.sf2"
        path.write_bytes(content)
        with pytest.raises(EngineError, match="soundfont"):
            SoundFont(path)


def test_an_unknown_program_is_named(tmp_path: Path) -> None:
    font = SoundFont(write_font(tmp_path / "f.sf2", [[LOOPED]]))
    with pytest.raises(EngineError, match="program 77"):
        font.zones(0, 77, 60, 100)


def test_the_cache_keeps_its_limit() -> None:
    cache: Cache[int] = Cache(10)
    for number in range(8):
        cache.put(number, number, 3)
    assert [number for number in range(8) if cache.get(number) is not None] == [5, 6, 7]
