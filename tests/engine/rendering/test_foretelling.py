"""What the sound check is told of parts that nobody has played yet, against what they sound like."""

import numpy as np
import pytest

from contrafact.engine.arranging.timeline import Automation, Effect, Instrument, Note, Part
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.rendering import Shelf, Sounds
from contrafact.engine.rendering.foretelling import (
    BANDS_HZ,
    KEYS,
    SLOTS_S,
    STROKES,
    VELOCITIES,
    foretold,
    k_weights,
    life_of,
    tables,
)
from contrafact.engine.rendering.kits import KIT_NAMES
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.tracks import Track, Treatment

WINDOW, HOP = 32_768, 4410
STARTS = (44_100, 100_000, 230_000)
CHORDS = tuple(
    Note(bar * 1.5 + step * 0.02, 1.2, pitch, 60 + 9 * step)
    for bar in range(5)
    for step, pitch in enumerate((48, 55, 64, 71))
)
BEATS = tuple(Note(beat * 0.25, 0.1, (36, 42, 38, 42)[beat % 4], 70 + 8 * (beat % 5)) for beat in range(28))
BASS = tuple(Note(beat * 0.5, 0.4, 36 + beat % 5, 88) for beat in range(14))


def part(notes: tuple[Note, ...], instrument: Instrument, *effects: Effect, **others: object) -> Part:
    return Part(name="one", role="chords", instrument=instrument, notes=notes, effects=effects, **others)  # type: ignore[arg-type]


def tone(program: int) -> Instrument:
    return Instrument("soundfont", program)


def kit(name: str) -> Instrument:
    return Instrument("kit", kit=name)


def off_db(one: Part, sounds: Sounds) -> float:
    """How far what is told lies above what is heard, in loudness."""
    treatment = Treatment(one.effects, 1, one.automation)
    track = Track("it", PartSource(one, sounds).read, treatment, Shelf())
    heard = np.mean([hop_powers(Audio(track.window(start, WINDOW))).mean() for start in STARTS])
    told = (foretold(one, STARTS, WINDOW, HOP) @ k_weights()).mean()
    return float(10.0 * np.log10(told / heard))


@pytest.mark.assets
@pytest.mark.parametrize(
    "one",
    [
        part(CHORDS, tone(0)),
        part(CHORDS, tone(48), Effect("highpass", (("cutoff_hz", 240.0),)), Effect("width", (("amount", 1.4),))),
        part(CHORDS, tone(4), Effect("tremolo"), Effect("lowpass", (("cutoff_hz", 900.0),))),
        part(CHORDS, tone(29), Effect("saturation", (("drive_db", 12.0),)), Effect("peak", (("gain_db", 6.0),))),
        part(BASS, tone(33), Effect("compressor", (("threshold_db", -30.0), ("ratio", 4.0))), Effect("low_shelf")),
        part(BASS, tone(38), Effect("bitcrush"), Effect("highpass")),
        part(CHORDS, tone(27), Effect("chorus"), Effect("gate"), Effect("wobble"), Effect("vinyl")),
        part(BEATS, kit("house")),
        part(BEATS, kit("rock"), Effect("high_shelf", (("gain_db", -6.0),)), Effect("compressor")),
        part(CHORDS, tone(50), automation=(Automation("lowpass_hz", ((0.0, 300.0), (6.0, 3000.0))),)),
        part(tuple(Note(0.0, 6.0, pitch, 90, swell=((0.0, -30.0), (6.0, 0.0))) for pitch in (55, 62)), tone(49)),
    ],
    ids=lambda one: "-".join((str(one.instrument.kit or one.instrument.program), *(each.name for each in one.effects))),
)
def test_how_loud_a_part_will_be_is_told_from_its_notes(sounds: Sounds, one: Part) -> None:
    assert abs(off_db(one, sounds)) < 1.6


def test_who_does_not_play_is_not_heard() -> None:
    late = tuple(Note(60.0 + n, 0.5, 60, 90) for n in range(4))
    assert not foretold(part(late, tone(0)), STARTS, WINDOW, HOP).any()
    assert not foretold(part(BEATS, kit("sweeps")), STARTS, WINDOW, HOP).any(), "risers are left out"
    assert foretold(part((), tone(0), Effect("vinyl")), STARTS, WINDOW, HOP).all(), "but dust is always there"


def test_louder_notes_and_more_of_them_are_louder() -> None:
    def loudness(notes: tuple[Note, ...], program: int = 0) -> float:
        return float((foretold(part(notes, tone(program)), STARTS, WINDOW, HOP) @ k_weights()).sum())

    soft, hard = (tuple(Note(n.start_s, n.duration_s, n.pitch, v) for n in CHORDS) for v in (40, 120))
    assert loudness(soft) * 8.0 < loudness(hard)
    assert loudness(CHORDS + CHORDS) == pytest.approx(2.0 * loudness(CHORDS))
    outside = tuple(Note(n.start_s, n.duration_s, 127, n.velocity) for n in CHORDS)
    assert 0.0 < loudness(outside) < np.inf


@pytest.mark.assets
def test_the_table_is_of_the_sounds_that_are_played(sounds: Sounds) -> None:
    """It fails where a kit or the soundfont was changed and ``scripts/learn_levels.py`` has not been run since."""
    tones, strokes = tables()
    shape = (len(VELOCITIES), len(SLOTS_S) - 1, len(BANDS_HZ) - 1)
    assert tones.shape == (128, len(KEYS), *shape)
    assert strokes.shape == (len(KIT_NAMES), len(STROKES), *shape)
    for program in (0, 33, 81, 119):
        sound = sounds.note(program, KEYS[9], VELOCITIES[1], SLOTS_S[-1], rings=False)
        assert np.abs(life_of(sound).astype(int) - tones[program, 9, 1]).max() <= 1
    for number, name in enumerate(KIT_NAMES):
        for piece in (36, 38, 42):
            sound = sounds.kit(name).hit(piece, VELOCITIES[0])
            assert np.abs(life_of(sound).astype(int) - strokes[number, piece - STROKES[0], 0]).max() <= 1, (name, piece)


def test_the_meter_weighs_bands_as_it_weighs_tones() -> None:
    weights = k_weights()
    for band, weight in enumerate(weights):
        hertz = np.geomspace(BANDS_HZ[band], BANDS_HZ[band + 1], 9)[1::2]
        times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
        sound = sum(np.sin(2.0 * np.pi * each * times) for each in hertz) / len(hertz)
        power = float(np.mean(np.asarray(sound) ** 2))
        told = hop_powers(Audio(np.asarray(sound, np.float32)[None, :]))[2:].mean() / power
        assert abs(10.0 * np.log10(weight / told)) < 0.6, band
