"""Layers of the voice as the mixer reads them."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging.second_voices import second_voice
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.arranging.voices import (
    Interval,
    Shift,
    VoiceChord,
    VoiceLayer,
    VoiceNote,
    VoicePiece,
    VoiceScale,
    VoiceTone,
)
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.singing.hearing import hear
from contrafact.engine.rendering.singing.layers import LayerTrack, open_layers
from contrafact.engine.rendering.singing.tracking import CONTROL, lowered, track
from tests.engine.rendering.singing.measures import level_db, pitch_of
from tests.support.singing import Manner, Sung, sing
from tests.support.sung_songs import CALM, reader

NOTES = (Sung(0.3, 1.0, 57.0), Sung(1.0, 1.7, 59.0, vowel="e"), Sung(1.7, 2.6, 60.0, vowel="o"))
HEARD = tuple(VoiceNote(note.start_s, note.end_s, note.pitch_midi) for note in NOTES)
WHOLE = (VoicePiece(0.2, 2.7, 0.2, fade_in_s=0.02, fade_out_s=0.05),)
C_MAJOR = VoiceScale(0.0, 99.0, (0, 2, 4, 5, 7, 9, 11), (0, 4, 7))
KINDS = (
    VoiceLayer("harmony-1", "sung", WHOLE, shifts=(Shift(0.0, 3.0), Shift(1.0, 4.0)), pan=-0.4, notes=HEARD),
    VoiceLayer("double", "sung", WHOLE, voices=2, width=1.0, delay_s=0.024, tone=VoiceTone(detune_cents=7.0)),
    VoiceLayer("lead", "lead", WHOLE, tone=VoiceTone(formant_semitones=2.0, breath=0.5, tuning=0.5)),
    VoiceLayer("vocoder", "vocoder", WHOLE, chords=(VoiceChord(0.0, 9.0, (48, 55, 60, 64)),)),
    VoiceLayer("chops", "copy", (VoicePiece(1.1, 1.3, 3.0, semitones=2.0, pan=0.3), VoicePiece(0.4, 0.6, 3.25))),
)


def take(*layers: VoiceLayer, seed: int = 1) -> Timeline:
    return Timeline("0" * 64, 5.0, (), (), (), (), voices=layers, seed=seed)


def track_of(layer: VoiceLayer, voice: Samples, seed: int = 1) -> LayerTrack:
    (track,) = open_layers(take(layer, seed=seed), reader(voice))
    return track


def whole(layer: VoiceLayer, voice: Samples) -> Samples:
    return track_of(layer, voice).read(0, 5 * SAMPLE_RATE)


@pytest.fixture(scope="module")
def voice() -> Samples:
    return sing(list(NOTES), CALM, 3.0, 2).samples


@pytest.fixture(scope="module")
def wholes(voice: Samples) -> dict[str, Samples]:
    return {layer.name: whole(layer, voice) for layer in KINDS}


@settings(max_examples=12)
@given(st.data())
def test_cuts_and_order_change_nothing(voice: Samples, wholes: dict[str, Samples], data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(KINDS))
    cuts = sorted(data.draw(st.lists(st.integers(0, 5 * SAMPLE_RATE), min_size=1, max_size=5)))
    spans = list(zip([0, *cuts], [*cuts, 5 * SAMPLE_RATE], strict=True))
    track = track_of(layer, voice)
    for start, stop in data.draw(st.permutations(spans)):
        assert np.array_equal(track.read(start, stop), wholes[layer.name][:, start:stop])


@pytest.mark.parametrize("layer", KINDS, ids=lambda layer: layer.name)
def test_silence_stays_silence_and_noise_stays_finite(layer: VoiceLayer) -> None:
    silence = np.zeros((2, 3 * SAMPLE_RATE), np.float32)
    assert not whole(layer, silence).any()
    noise = np.random.default_rng(1).standard_normal(silence.shape).astype(np.float32) * 0.2
    made = whole(layer, noise)
    assert np.isfinite(made).all()
    assert level_db(made) < level_db(noise) + 3.0


@pytest.mark.parametrize("layer", KINDS, ids=lambda layer: layer.name)
def test_the_level_is_known_before_it_is_sung(layer: VoiceLayer, voice: Samples, wholes: dict[str, Samples]) -> None:
    asked: list[tuple[int, int]] = []

    def loud(start: int, stop: int) -> Samples:
        asked.append((start, stop))
        return reader(voice)(start, stop)

    (track,) = open_layers(take(layer), reader(np.zeros_like(voice)), loud)
    about = track.rough(0, 5 * SAMPLE_RATE)
    assert level_db(about) == pytest.approx(level_db(wholes[layer.name]), abs=2.5)
    assert asked


DIGEST = """
import hashlib
from tests.engine.rendering.singing.test_layers import CALM, KINDS, NOTES, sing, whole
voice = sing(list(NOTES), CALM, 3.0, 2).samples
print(hashlib.sha256(b"".join(whole(layer, voice).tobytes() for layer in KINDS)).hexdigest())
"""


def test_other_processes_and_threads_sing_the_same_bytes(wholes: dict[str, Samples]) -> None:
    here = hashlib.sha256(b"".join(wholes[layer.name].tobytes() for layer in KINDS)).hexdigest()
    threads = {"PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "3", "OMP_NUM_THREADS": "3"}
    there = subprocess.run(
        [sys.executable, "-c", DIGEST], env={**os.environ, **threads}, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_without_layers_there_are_no_tracks(voice: Samples) -> None:
    assert open_layers(take(), reader(voice)) == ()
    assert open_layers(take(replace(KINDS[0], gain_db=-60.0)), reader(voice)) == ()
    assert open_layers(take(replace(KINDS[0], pieces=())), reader(voice)) == ()


def test_a_harmony_sings_its_intervals(wholes: dict[str, Samples]) -> None:
    made = wholes["harmony-1"].mean(axis=0)
    for note, semitones in zip(NOTES, (3.0, 4.0, 4.0), strict=True):
        inner = made[round((note.start_s + 0.2) * SAMPLE_RATE) : round((note.end_s - 0.15) * SAMPLE_RATE)]
        assert pitch_of(inner, note.pitch_midi + semitones) == pytest.approx(note.pitch_midi + semitones, abs=0.15)


def test_a_piece_is_panned_once(voice: Samples) -> None:
    piece = VoicePiece(0.4, 0.9, 3.0, pan=0.4)
    apart = []
    for semitones in (0.0, 2.0):
        left, right = whole(VoiceLayer("chops", "copy", (replace(piece, semitones=semitones),), pan=0.1), voice)
        apart.append(level_db(right) - level_db(left))
    assert apart[0] == pytest.approx(apart[1], abs=0.3)


def test_pan_goes_to_its_side(wholes: dict[str, Samples]) -> None:
    left, right = wholes["harmony-1"]
    assert level_db(left) > level_db(right) + 3.0


def test_the_lead_is_the_kept_voice_outside_its_pieces(voice: Samples) -> None:
    layer = VoiceLayer("lead", "lead", (VoicePiece(1.0, 1.7, 1.0),), tone=VoiceTone(formant_semitones=3.0))
    made, kept = whole(layer, voice), reader(voice)(0, 5 * SAMPLE_RATE)
    assert np.array_equal(made[:, :SAMPLE_RATE], kept[:, :SAMPLE_RATE])
    later = round(1.75 * SAMPLE_RATE)
    assert np.array_equal(made[:, later:], kept[:, later:])
    inside = slice(round(1.1 * SAMPLE_RATE), round(1.6 * SAMPLE_RATE))
    assert level_db(made[:, inside] - kept[:, inside]) > level_db(kept[:, inside]) - 20.0


def test_a_lead_that_changes_nothing_is_the_voice(voice: Samples) -> None:
    made = whole(VoiceLayer("lead", "lead", WHOLE), voice)
    kept = reader(voice)(0, 5 * SAMPLE_RATE)
    assert level_db(made - kept) < level_db(kept) - 60.0


def contour(sound: Samples, note: Sung) -> np.ndarray:
    heard = track(lowered(sound.mean(axis=0)))
    inner = slice(
        round((note.start_s + 0.15) * SAMPLE_RATE / CONTROL), round((note.end_s - 0.1) * SAMPLE_RATE / CONTROL)
    )
    return np.asarray(heard.midi[inner])


def test_tuning_draws_to_the_scale_and_more_of_it_more() -> None:
    off = [Sung(0.3, 1.3, 57.35), Sung(1.3, 2.5, 59.7)]
    voice = sing(off, CALM, 3.0, 2).samples
    notes = tuple(VoiceNote(note.start_s, note.end_s, note.pitch_midi) for note in off)
    layer = VoiceLayer("lead", "lead", WHOLE, notes=notes, scales=(C_MAJOR,))
    astray = []
    for tuning in (0.0, 0.3, 0.6, 1.0):
        made = whole(replace(layer, tone=VoiceTone(tuning=tuning)), voice)
        astray.append(
            np.mean([abs(np.median(contour(made, note)) - aim) for note, aim in zip(off, (57.0, 60.0), strict=True)])
        )
    assert all(after < before - 0.05 for before, after in pairwise(astray))
    assert astray[-1] < 0.06


def test_vibrato_is_scaled_about_its_centre() -> None:
    shaking = Manner(vibrato_cents=60.0, drift_cents=0.0, scoop_semitones=0.0, reverb_db=-80.0, breath_db=-50.0)
    note = Sung(0.3, 2.5, 60.0)
    voice = sing([note], shaking, 3.0, 2).samples
    held = Sung(0.9, 2.4, 60.0)
    layer = VoiceLayer("lead", "lead", WHOLE, notes=(VoiceNote(0.3, 2.5, 60.0),))
    depths = {}
    for vibrato in (0.0, 0.5, 1.0, 1.6):
        made = contour(whole(replace(layer, tone=VoiceTone(vibrato=vibrato)), voice), held)
        depths[vibrato] = float(np.std(made))
        assert float(np.mean(made)) == pytest.approx(60.0, abs=0.06)
    assert depths[0.0] < 0.25 * depths[1.0]
    assert depths[0.5] == pytest.approx(0.5 * depths[1.0], rel=0.25)
    assert depths[1.6] == pytest.approx(1.6 * depths[1.0], rel=0.25)


def test_a_choir_is_wide_and_as_loud_as_one(voice: Samples) -> None:
    choir = VoiceLayer("choir", "sung", WHOLE, voices=8, width=1.0, tone=VoiceTone(detune_cents=10.0))
    made, kept = whole(choir, voice), reader(voice)(0, 5 * SAMPLE_RATE)

    def width_db(sound: Samples) -> float:
        return level_db(sound[:1] - sound[1:]) - level_db(sound[:1] + sound[1:])

    assert width_db(made) > -12.0 > width_db(kept)
    assert level_db(made) == pytest.approx(level_db(kept), abs=2.5)
    # Nobody sings the same twice: another seed, another choir, equal seeds the same one.
    again = track_of(choir, voice).read(0, 5 * SAMPLE_RATE)
    other = track_of(choir, voice, seed=2).read(0, 5 * SAMPLE_RATE)
    assert np.array_equal(made, again)
    assert not np.array_equal(made, other)


def test_the_vocoder_sings_the_chord(voice: Samples) -> None:
    chords = (VoiceChord(0.0, 1.35, (48, 55, 60, 64)), VoiceChord(1.35, 9.0, (50, 57, 62, 65)))
    made = whole(VoiceLayer("vocoder", "vocoder", WHOLE, chords=chords), voice).mean(axis=0)

    def share(first_s: float, last_s: float, classes: set[int]) -> float:
        """Share of the power below 700 Hz within 40 cents of some partial up to the third of the pitch classes."""
        part = made[round(first_s * SAMPLE_RATE) : round(last_s * SAMPLE_RATE)]
        power = np.abs(np.fft.rfft(part * np.hanning(part.size), 1 << 17)) ** 2
        hertz = np.fft.rfftfreq(1 << 17, 1.0 / SAMPLE_RATE)
        low = (hertz > 100.0) & (hertz < 400.0)
        midi = 69.0 + 12.0 * np.log2(hertz[low] / 440.0)
        near = np.zeros(midi.size, bool)
        for one in classes:
            near |= np.abs((midi - one + 6.0) % 12.0 - 6.0) < 0.4
        return float(power[low][near].sum() / power[low].sum())

    assert share(0.5, 1.3, {0, 4, 7}) > 0.8 > share(0.5, 1.3, {2, 5, 9})
    assert share(1.5, 2.5, {2, 5, 9}) > 0.8 > share(1.5, 2.5, {0, 4, 7})


def test_the_vocoder_moves_with_the_mouth(voice: Samples) -> None:
    made = whole(KINDS[3], voice)
    rest, sung = slice(0, round(0.15 * SAMPLE_RATE)), slice(round(0.5 * SAMPLE_RATE), 2 * SAMPLE_RATE)
    assert level_db(made[:, rest]) < level_db(made[:, sung]) - 40.0
    assert level_db(made[:, sung]) == pytest.approx(level_db(voice[:, sung]), abs=3.0)


def test_chops_are_heard_on_their_step(voice: Samples) -> None:
    made = np.abs(whole(KINDS[4], voice)).max(axis=0)
    for piece in KINDS[4].pieces:
        start = round(piece.target_start_s * SAMPLE_RATE)
        loud = made[start : start + round(0.1 * SAMPLE_RATE)].max()
        onset = start - 2000 + int(np.argmax(made[start - 2000 : start + 4000] > 0.25 * loud))
        assert abs(onset - start) < 0.005 * SAMPLE_RATE


def test_what_the_chart_does_not_know_is_heard(voice: Samples) -> None:
    """A harmony by rule finds the same intervals as one whose notes are given."""
    interval = Interval(2, 40, 80)
    told = second_voice(HEARD, (C_MAJOR,), interval, 0.0)
    ruled = VoiceLayer("harmony-1", "sung", WHOLE, interval=interval, scales=(C_MAJOR,))
    made = whole(ruled, voice).mean(axis=0)
    for note, shift in zip(NOTES, told, strict=True):
        inner = made[round((note.start_s + 0.2) * SAMPLE_RATE) : round((note.end_s - 0.15) * SAMPLE_RATE)]
        wanted = note.pitch_midi + shift.semitones
        assert pitch_of(inner, wanted) == pytest.approx(wanted, abs=0.2)


def test_the_notes_guide_the_ear() -> None:
    # Two octaves of the same sound are nearly as likely; the chart decides.
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    partials = [np.sin(2.0 * np.pi * 110.0 * n * time) * (1.0 if n % 2 == 0 else 0.05) for n in range(1, 9)]
    doubtful = np.sum(partials, axis=0)
    sound = np.tile((0.1 * doubtful).astype(np.float32), (2, 1))
    free = hear(sound, 0, ())
    led = hear(sound, 0, (VoiceNote(-1.0, 2.0, 57.0),))
    assert np.median(led.pitch.midi) == pytest.approx(57.0, abs=0.2)
    low = hear(sound, 0, (VoiceNote(-1.0, 2.0, 45.0),))
    assert np.median(low.pitch.midi) == pytest.approx(45.0, abs=0.2)
    assert free.pitch.voiced.mean() > 0.8
