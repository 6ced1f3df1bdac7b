"""Effects, room and ducking: what they do to sounds whose truth is known."""

from collections.abc import Callable

import numpy as np
import pytest

from contrafact.engine.arranging.effects import EFFECTS
from contrafact.engine.arranging.timeline import Effect, EffectName, Instrument, Note, Part, Room
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.errors import EngineError
from contrafact.engine.rendering.ducking import Ducker, duck_gain, kick_frames
from contrafact.engine.rendering.grid import QUANTUM
from contrafact.engine.rendering.processors import Chain, make
from contrafact.engine.rendering.room import Delay, Reverb, impulse_response
from tests.support.readers import sine


def through(process: Callable[[Samples], Samples], sound: Samples) -> Samples:
    return np.concatenate(
        [process(sound[:, at : at + QUANTUM]) for at in range(0, sound.shape[1] - QUANTUM + 1, QUANTUM)], axis=1
    )


def level_db(effect: Effect, hertz: float) -> float:
    sound = sine(hertz, 2.0, 0.1)
    out = through(make(effect, 1).process, sound)
    half = out.shape[1] // 2
    return float(10 * np.log10((out[:, half:] ** 2).mean() / (sound[:, half:] ** 2).mean()))


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_every_effect_of_the_vocabulary_plays_at_its_limits(name: EffectName) -> None:
    noise = np.random.default_rng(1).standard_normal((2, 4 * QUANTUM)).astype(np.float32) * np.float32(0.3)
    knobs = EFFECTS[name]
    for choice in ("default", "low", "high"):
        effect = Effect(name, tuple((knob, float(getattr(limits, choice))) for knob, limits in knobs.items()))
        out = through(make(effect, 5).process, noise.copy())
        assert out.shape == noise.shape
        assert out.dtype == np.float32
        assert np.isfinite(out).all()
        assert float(np.abs(out).max()) < 30.0


@pytest.mark.parametrize(
    ("effect", "hertz", "wanted_db", "within_db"),
    [
        (Effect("highpass", (("cutoff_hz", 200.0),)), 200.0, -3.0, 0.2),
        (Effect("highpass", (("cutoff_hz", 200.0),)), 50.0, -24.0, 1.0),
        (Effect("lowpass", (("cutoff_hz", 1000.0),)), 1000.0, -3.0, 0.2),
        (Effect("low_shelf", (("cutoff_hz", 300.0), ("gain_db", -9.0))), 40.0, -9.0, 0.3),
        (Effect("low_shelf", (("cutoff_hz", 300.0), ("gain_db", -9.0))), 5000.0, 0.0, 0.2),
        (Effect("high_shelf", (("cutoff_hz", 3000.0), ("gain_db", 6.0))), 15000.0, 6.0, 0.4),
        (Effect("high_shelf", (("cutoff_hz", 3000.0), ("gain_db", 6.0))), 100.0, 0.0, 0.2),
        (Effect("peak", (("cutoff_hz", 1000.0), ("gain_db", 7.0), ("q", 2.0))), 1000.0, 7.0, 0.2),
        (Effect("width", (("amount", 0.0),)), 500.0, 0.0, 0.1),
    ],
)
def test_filters_do_what_they_say(effect: Effect, hertz: float, wanted_db: float, within_db: float) -> None:
    assert level_db(effect, hertz) == pytest.approx(wanted_db, abs=within_db)


def test_unknown_effects_and_knobs_are_named() -> None:
    with pytest.raises(EngineError, match="no effect called 'sparkle'"):
        Chain((Effect("sparkle"),), 0)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match="lowpass has no colour"):
        Chain((Effect("lowpass", (("colour", 1.0),)),), 0)


def test_wobble_bends_by_its_depth() -> None:
    out = through(make(Effect("wobble", (("rate_hz", 1.0), ("depth_cents", 30.0))), 3).process, sine(1000.0, 6.0))[0]
    turns = np.flatnonzero((out[:-1] < 0) & (out[1:] >= 0))
    exact = turns + out[turns] / (out[turns] - out[turns + 1])
    hertz = SAMPLE_RATE / np.diff(exact)[200:]
    cents = 1200 * np.log2(hertz / 1000.0)
    assert 15.0 < cents.max() < 33.0
    assert -33.0 < cents.min() < -15.0


def test_the_room_decays_as_long_as_it_is_large() -> None:
    def rt60(size: float) -> float:
        response = impulse_response(size, 0.3)[0]
        energy = np.cumsum(response[::-1] ** 2)[::-1]
        curve = 10 * np.log10(energy / energy[0] + 1e-12)
        t5, t25 = (int(np.argmax(curve < -level)) for level in (5, 25))
        return 3.0 * (t25 - t5) / SAMPLE_RATE

    small, middle, large = rt60(0.0), rt60(0.5), rt60(1.0)
    assert 0.15 < small < middle < large < 4.0
    assert large > 1.8


def test_convolution_by_quanta_equals_convolution_at_once() -> None:
    room = Room(reverb_size=0.4)
    noise = np.random.default_rng(2).standard_normal((2, 6 * QUANTUM)).astype(np.float32)
    wet = through(Reverb(room).process, noise)
    response = impulse_response(room.reverb_size, room.reverb_damping)
    fed = 0.8 * noise[0].astype(np.float64) + 0.6 * noise[1]
    size = 1 << 18
    direct = np.fft.irfft(np.fft.rfft(fed, size) * np.fft.rfft(response[0], size), size)[: wet.shape[1]]
    assert np.abs(wet[0] - direct).max() < 1e-3 * np.abs(direct).max()


def test_echoes_come_in_time_and_change_sides() -> None:
    click = np.zeros((2, 8 * QUANTUM), np.float32)
    click[:, 100] = 1.0
    out = np.abs(through(Delay(Room(delay_s=0.25, delay_feedback=0.5)).process, click))
    step = round(0.25 * SAMPLE_RATE)
    first, second = out[:, 100 + step : 200 + step], out[:, 100 + 2 * step : 200 + 2 * step]
    assert first[0].max() > 10 * first[1].max()
    assert second[1].max() > 10 * second[0].max()
    assert second[1].max() < first[0].max()


def test_the_duck_ends_its_attack_at_the_kick_and_lets_go() -> None:
    ducker = Ducker((SAMPLE_RATE,))
    depth = ducker.depth(0, 2 * SAMPLE_RATE)
    assert depth[SAMPLE_RATE] == pytest.approx(1.0, abs=1e-3)
    assert depth[SAMPLE_RATE - 300] == 0.0
    assert depth[round(1.3 * SAMPLE_RATE)] == 0.0
    assert np.abs(np.diff(depth)).max() < 0.01
    pieces = np.concatenate([ducker.depth(at, at + 1000) for at in range(0, 88_000, 1000)])
    assert np.array_equal(pieces, depth[:88_000])
    assert duck_gain(depth, 6.0).min() == pytest.approx(10 ** (-6 / 20), rel=1e-3)


def test_only_kit_kicks_of_drum_parts_duck() -> None:
    notes = (Note(0.0, 0.1, 36, 100), Note(1.0, 0.1, 38, 100), Note(2.0, 0.1, 35, 100))
    drums = Part("d", "drums", Instrument("kit", kit="house"), notes)
    piano = Part("p", "chords", Instrument("soundfont", 0), (Note(0.5, 0.1, 36, 100),))
    muted = Part("m", "drums", Instrument("kit", kit="house"), (Note(3.0, 0.1, 36, 100),), gain_db=-60.0)
    assert kick_frames((drums, piano, muted)) == (0, 2 * SAMPLE_RATE)
