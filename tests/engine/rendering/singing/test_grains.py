"""The voice resung: exact where nothing is asked, on pitch, with its own throat, as loud, without clicks."""

from dataclasses import replace

import numpy as np
import pytest

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.singing.grains import Singing, resing
from contrafact.engine.rendering.singing.hearing import AROUND, Phrase, hear
from tests.engine.rendering.singing.measures import clicks, level_db, pitch_of, throat_ratio
from tests.support.singing import Manner, Sung, phrases_of, sing
from tests.support.sung_songs import CALM, glide

STEADY = Manner(vibrato_cents=0, drift_cents=0, scoop_semitones=0, reverb_db=-80, breath_db=-60)


def heard(sound: Samples) -> Phrase:
    return hear(np.pad(sound, ((0, 0), (AROUND, AROUND))), 0, ())


def resung(phrase: Phrase, semitones: float, **more: float) -> Samples:
    count = phrase.pitch.midi.size
    asked = Singing(np.full(count, semitones), np.zeros(count), **more)
    return resing(phrase, asked, False)[0, AROUND:-AROUND]


@pytest.fixture(scope="module")
def melody() -> Samples:
    soft = [replace(note, consonant="none") for note in phrases_of(4, count=1) if note.end_s < 4.7]
    return sing(soft, Manner(), 5.0, 4).samples


def test_nothing_asked_nothing_changed(melody: Samples) -> None:
    sound = resung(heard(melody), 0.0)
    assert level_db(sound - melody[0]) < level_db(melody[0]) - 80.0


@pytest.mark.parametrize("base", [45.0, 64.0])
@pytest.mark.parametrize("semitones", [-7.0, 4.0, 5.0, 12.0])
def test_the_pitch_is_the_asked_one(base: float, semitones: float) -> None:
    voice = sing([Sung(0.1, 1.7, base, vowel="a")], STEADY, 1.8, 1).samples
    made = resung(heard(voice), semitones)[round(0.3 * SAMPLE_RATE) : round(1.5 * SAMPLE_RATE)]
    assert pitch_of(made, base + semitones) == pytest.approx(base + semitones, abs=0.05)


@pytest.mark.parametrize("vowel", ["a", "i", "u"])
@pytest.mark.parametrize("semitones", [-5.0, 4.0, 7.0])
def test_the_throat_stays(vowel: str, semitones: float) -> None:
    voice = glide(50.0, 56.0, vowel)
    made = resung(heard(voice), semitones)
    # The same throat singing the other notes is the truth.
    wanted = glide(50.0 + semitones, 56.0 + semitones, vowel)[0]
    assert throat_ratio(wanted, made) == pytest.approx(1.0, abs=0.03)
    assert level_db(made) == pytest.approx(level_db(voice), abs=1.0)


@pytest.mark.parametrize("throat", [-4.0, 2.0, 4.0])
def test_the_throat_moves_alone(throat: float) -> None:
    voice = glide(50.0, 56.0, "a")
    made = resung(heard(voice), 0.0, formant_semitones=throat)
    wanted = glide(50.0, 56.0, "a", throat=2.0 ** (throat / 12.0))[0]
    assert throat_ratio(wanted, made) == pytest.approx(1.0, abs=0.03)


def test_a_click_would_be_found(melody: Samples) -> None:
    broken = melody[0].copy()
    loud = int(np.argmax(np.abs(broken)))
    broken[loud:] -= 0.25
    assert clicks(broken) > clicks(melody[0])


@pytest.mark.parametrize("semitones", [-5.0, 0.4, 3.0, 4.0, 7.0])
def test_no_clicks(melody: Samples, semitones: float) -> None:
    assert clicks(resung(heard(melody), semitones)) <= clicks(melody[0])


def test_what_has_no_pitch_stays_where_it_was() -> None:
    noise = np.random.default_rng(2).standard_normal((1, SAMPLE_RATE)).astype(np.float32) * 0.1
    voice = np.tile(noise, (2, 1))
    made = resung(heard(voice), 7.0)
    assert np.isfinite(made).all()
    # Noise is nobody's pitch: nearly all of it is the same noise.
    alike = float(np.dot(made, voice[0]) / np.sqrt(np.dot(made, made) * np.dot(voice[0], voice[0])))
    assert alike > 0.9


def test_consonants_can_be_left_to_the_lead() -> None:
    hissing = Manner(vibrato_cents=0, reverb_db=-80)
    voice = sing([Sung(0.4, 1.0, 57.0, "fricative"), Sung(1.2, 1.8, 57.0, "fricative")], hissing, 2.0, 5).samples
    phrase = heard(voice)
    hiss = slice(round(0.33 * SAMPLE_RATE), round(0.37 * SAMPLE_RATE))
    softer = resung(phrase, 4.0, consonants_db=-12.0)[hiss]
    assert level_db(softer) == pytest.approx(level_db(resung(phrase, 4.0)[hiss]) - 12.0, abs=1.0)


def test_averaging_periods_takes_air_away() -> None:
    airy = Manner(vibrato_cents=0, drift_cents=0, scoop_semitones=0, reverb_db=-80, breath_db=-12)
    voice = sing([Sung(0.1, 1.9, 57.0)], airy, 2.0, 6).samples
    phrase = heard(voice)
    inner = slice(round(0.4 * SAMPLE_RATE), round(1.6 * SAMPLE_RATE))

    def air_db(sound: Samples) -> float:
        period = SAMPLE_RATE / (440.0 * 2.0 ** ((57.0 - 69.0) / 12.0))
        lag = round(2 * period)
        return level_db(sound[inner][lag:] - sound[inner][:-lag]) - level_db(sound[inner])

    assert air_db(resung(phrase, 0.0, smooth=1.0)) < air_db(resung(phrase, 0.0)) - 2.0


def test_both_sides_get_the_same_grains(melody: Samples) -> None:
    wide = np.stack([melody[0], 0.5 * melody[0]])
    phrase = heard(wide)
    count = phrase.pitch.midi.size
    sides = resing(phrase, Singing(np.full(count, 3.0), np.zeros(count)), True)
    assert np.allclose(sides[1], 0.5 * sides[0], atol=1e-5)


def test_a_voice_with_mirrored_sides_is_heard(melody: Samples) -> None:
    mirrored = np.stack([melody[0], -melody[0]])
    assert level_db(resung(heard(mirrored), 4.0)) == pytest.approx(level_db(melody), abs=1.0)


def test_calm_singing_is_followed() -> None:
    notes = [Sung(0.2, 0.8, 50.0), Sung(0.8, 1.4, 57.0, "nasal"), Sung(1.4, 2.4, 62.0, "plosive")]
    phrase = heard(sing(notes, CALM, 2.6, 7).samples)
    for note, heard_note in zip(notes, phrase.notes, strict=True):
        assert heard_note.pitch == pytest.approx(note.pitch_midi, abs=0.3)
        assert heard_note.start_s - phrase.origin_s - AROUND / SAMPLE_RATE == pytest.approx(note.start_s, abs=0.08)
