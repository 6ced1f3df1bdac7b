"""Notes that bend and swell: their pitch and level follow the written curves, and other notes are what they were."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import hilbert

from contrafact.engine.arranging.timeline import Instrument, Note, Part
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering import Sounds
from contrafact.engine.rendering.grid import QUANTUM
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.sampler import Curve, NoteBank
from contrafact.engine.rendering.soundfont import SoundFont
from tests.support.fonts import LOOPED, write_font

HELD = 2 * SAMPLE_RATE
SLIDE: Curve = ((0.0, -200.0), (0.08, 0.0), (0.9, 0.0), (1.0, 30.0), (1.1, -30.0), (1.2, 30.0), (1.9, 0.0))
ARC: Curve = ((0.0, -9.0), (0.4, 0.0), (1.2, 3.0), (1.9, -6.0))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> NoteBank:
    return NoteBank(SoundFont(write_font(Path(tmp_path_factory.mktemp("font")) / "f.sf2", [[LOOPED]])))


def along(points: Curve, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.interp(times_s, [time for time, _ in points], [value for _, value in points]))


def cents_over_time(sound: NDArray[np.float32], root_hz: float) -> NDArray[np.float64]:
    """Pitch of a sine at every frame, cents from ``root_hz``, smoothed over a period or two."""
    phase = np.unwrap(np.angle(hilbert(sound.astype(np.float64))))
    wide = 220
    hertz = (phase[wide:] - phase[:-wide]) / (2 * np.pi * wide) * SAMPLE_RATE
    return np.asarray(1200 * np.log2(np.maximum(hertz, 1.0) / root_hz))


@pytest.mark.parametrize("key", [57, 69, 76])
@pytest.mark.parametrize("tune_cents", [0.0, 23.0])
def test_pitch_follows_the_curve_within_five_cents(bank: NoteBank, key: int, tune_cents: float) -> None:
    sound = bank.note(0, 0, key, 100, HELD, tune_cents, SLIDE)[0, :HELD]
    heard = cents_over_time(sound, 441.0 * 2 ** ((key - 69) / 12 + tune_cents / 1200))
    inside = np.arange(2000, HELD - 2000)
    wanted = along(SLIDE, (inside + 110) / SAMPLE_RATE)
    assert np.abs(heard[inside] - wanted).max() < 5.0


def test_level_follows_the_swell(bank: NoteBank) -> None:
    plain = bank.note(0, 0, 60, 100, HELD)
    swollen = bank.note(0, 0, 60, 100, HELD, swell=ARC)
    hop = 2205

    def levels_db(sound: Samples) -> NDArray[np.float64]:
        frames = sound[0, :HELD].reshape(-1, hop).astype(np.float64)
        return np.asarray(10 * np.log10((frames**2).mean(axis=1)))

    middles = (np.arange(HELD // hop) + 0.5) * hop / SAMPLE_RATE
    wanted = along(ARC, middles)
    assert np.abs(levels_db(swollen) - levels_db(plain) - wanted).max() < 1.0


@given(
    cents=st.lists(st.floats(-400.0, 400.0), min_size=1, max_size=6),
    levels=st.lists(st.floats(-12.0, 6.0), min_size=1, max_size=6),
    held_s=st.floats(0.05, 1.5),
)
@settings(max_examples=30, deadline=None)
def test_bends_and_swells_never_click(bank: NoteBank, cents: list[float], levels: list[float], held_s: float) -> None:
    bend = tuple((n * 0.1, value) for n, value in enumerate(cents))
    swell = tuple((n * 0.1, value) for n, value in enumerate(levels))
    sound = bank.note(0, 0, 69, 100, round(held_s * SAMPLE_RATE), bend=bend, swell=swell)[0].astype(np.float64)
    # A sine of this pitch and level cannot move faster than this from one sample to the next, and no faster does it.
    steepest = np.abs(sound).max() * 2 * np.pi * 441.0 * 2 ** (400 / 1200) / SAMPLE_RATE
    # The attack of half a millisecond is the font's own.
    assert np.abs(np.diff(sound[60:])).max() < 1.5 * steepest + 1e-4
    assert np.isfinite(sound).all()


def test_a_flat_curve_changes_nothing_and_notes_without_one_stay_as_they_were(bank: NoteBank) -> None:
    plain = bank.note(0, 0, 64, 90, SAMPLE_RATE)
    np.testing.assert_allclose(bank.note(0, 0, 64, 90, SAMPLE_RATE, bend=((0.0, 0.0),)), plain, atol=2e-4)
    assert np.array_equal(bank.note(0, 0, 64, 90, SAMPLE_RATE, swell=((0.0, 0.0),)), plain)
    assert np.array_equal(bank.note(0, 0, 64, 90, SAMPLE_RATE), plain)


def test_the_last_value_of_a_curve_holds_to_the_end(bank: NoteBank) -> None:
    up = bank.note(0, 0, 69, 100, SAMPLE_RATE, bend=((0.0, 0.0), (0.5, 100.0)))[0]
    heard = cents_over_time(up, 441.0)
    assert abs(float(np.median(heard[SAMPLE_RATE - 2000 : SAMPLE_RATE - 500])) - 100.0) < 5.0


@pytest.mark.assets
def test_a_part_of_bent_notes_sounds_the_same_from_wherever_it_is_read(sounds: Sounds) -> None:
    notes = tuple(Note(0.31 * n, 0.5, 60 + 2 * n, 90, SLIDE[:3], ARC) for n in range(6))
    part = Part("violin", "melody", Instrument("soundfont", program=40), notes)
    whole = PartSource(part, sounds, 12.0)
    through = np.concatenate([whole.read(n * QUANTUM, (n + 1) * QUANTUM) for n in range(6)], axis=1)
    later = PartSource(part, sounds, 12.0)
    assert np.array_equal(later.read(3 * QUANTUM, 6 * QUANTUM), through[:, 3 * QUANTUM :])
    level = PartSource(
        Part("v", "melody", part.instrument, tuple(Note(n.start_s, 0.5, n.pitch, 90) for n in notes)), sounds
    )
    plain = level.read(0, 6 * QUANTUM)
    assert not np.array_equal(plain, through)


@pytest.mark.assets
@pytest.mark.parametrize("program", [40, 73, 25, 81, 56])
def test_recorded_instruments_bend_by_as_much(sounds: Sounds, program: int) -> None:
    """What a recorded sample's own vibrato does aside: all its partials move by the bend."""
    held_s, size = 1.2, 1 << 19

    def spectrum(cents: float) -> NDArray[np.float64]:
        sound = sounds.note(program, 72, 90, held_s, bend=((0.0, cents),))[0, 6000:50000].astype(np.float64)
        power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size)) ** 2
        # On an axis of cents a bend is a shift.
        axis = 440.0 * 2.0 ** (np.arange(0, 4800, 1.0) / 1200.0) * size / SAMPLE_RATE
        return np.asarray(np.log(np.interp(axis, np.arange(power.size), power) + 1e-9))

    level = spectrum(0.0)
    for cents in (-150.0, 70.0):
        bent = spectrum(cents)
        lags = np.arange(-200, 201)
        middle = slice(200, 4600)
        alike = [float(np.corrcoef(level[middle], bent[200 + lag : 4600 + lag])[0, 1]) for lag in lags]
        assert abs(int(lags[int(np.argmax(alike))]) - cents) <= 5.0
