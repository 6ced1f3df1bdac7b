"""Air and light: more of what is asked for, the voice's own loudness, the same in every process."""

from itertools import pairwise

import numpy as np
import pytest

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.voices import VoiceTone
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.singing.colouring import coloured
from tests.engine.rendering.singing.measures import level_db
from tests.support.sung_songs import glide


@pytest.fixture(scope="module")
def voice() -> Samples:
    return glide(52.0, 57.0, "e")


def made(voice: Samples, breath: float = 0.0, brightness: float = 0.0) -> Samples:
    return coloured(voice, VoiceTone(breath=breath, brightness=brightness), Chance(1, "air"))


def test_nothing_asked_nothing_done(voice: Samples) -> None:
    assert np.array_equal(made(voice), voice)


def test_air_grows_follows_the_voice_and_leaves_it(voice: Samples) -> None:
    airs = [made(voice, breath) - voice for breath in (0.25, 0.5, 1.0)]
    levels = [level_db(air) for air in airs]
    assert all(after > before + 4.0 for before, after in pairwise(levels))
    assert -40.0 < levels[-1] - level_db(voice) < -8.0
    # Where nobody sings nobody breathes.
    gap = np.concatenate([voice[:, : SAMPLE_RATE // 2], np.zeros_like(voice[:, : SAMPLE_RATE // 2])], axis=1)
    assert level_db(made(gap, 1.0)[:, round(0.55 * SAMPLE_RATE) :]) < -120.0


def test_air_is_wide_and_seeded(voice: Samples) -> None:
    air = made(voice, 1.0) - voice
    assert abs(float(np.corrcoef(air)[0, 1])) < 0.2
    assert np.array_equal(made(voice, 1.0), made(voice, 1.0))
    assert not np.array_equal(made(voice, 1.0), coloured(voice, VoiceTone(breath=1.0), Chance(2, "air")))


def test_brightness_tilts_and_stays_about_as_loud(voice: Samples) -> None:
    def tilt_db(sound: Samples) -> float:
        power = np.abs(np.fft.rfft(sound[0])) ** 2
        hertz = np.fft.rfftfreq(sound.shape[1], 1.0 / SAMPLE_RATE)
        return float(10.0 * np.log10(power[hertz > 4_000.0].sum() / power[hertz < 1_000.0].sum()))

    tilts = [tilt_db(made(voice, brightness=brightness)) for brightness in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    assert all(after > before + 2.0 for before, after in pairwise(tilts))
    for brightness in (-1.0, 1.0):
        assert level_db(made(voice, brightness=brightness)) == pytest.approx(level_db(voice), abs=3.0)
