"""Who stays when the network has dealt the guesses out, and who gets what nobody else plays."""

import numpy as np
import pytest

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.separation import confirming
from contrafact.engine.separation.confirming import Guessed, confirmed, given_out
from contrafact.engine.separation.presence import Presence
from contrafact.engine.separation.separators import Parts

SECONDS = 10
TIME_S = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
SILENT = np.zeros((2, TIME_S.size), dtype=np.float32)
EVERYBODY = Presence(vocals=True, drums=True, bass=True)
NOTHING = Guessed(drums=0.0, voice=0.0)


def tone(hertz: float, loud: float = 0.3) -> Samples:
    return np.tile((loud * np.sin(2 * np.pi * hertz * TIME_S)).astype(np.float32), (2, 1))


def clicks(loud: float = 0.3) -> Samples:
    """No drum: a tone of 900 Hz that is heard for 30 ms twice a second."""
    return tone(900.0, loud) * ((TIME_S % 0.5) < 0.03).astype(np.float32)


def level_db(part: Samples, mix: Samples) -> float:
    return float(10 * np.log10(np.square(part).mean(dtype=np.float64) / np.square(mix).mean(dtype=np.float64) + 1e-12))


def test_drums_that_the_network_took_away_are_nobodys() -> None:
    guess = clicks()
    mix = tone(440.0) + guess
    left = Parts(SILENT, guess * np.float32(0.2), SILENT)
    guessed = Guessed.of(Parts(SILENT, guess, SILENT))
    assert not confirmed(EVERYBODY, mix, left, guessed).drums
    assert confirmed(EVERYBODY, mix, Parts(SILENT, guess * np.float32(0.7), SILENT), guessed).drums


def test_faint_drums_have_to_sound_like_some_however_little_was_taken() -> None:
    faint = clicks(0.06)
    mix = tone(440.0) + faint
    assert level_db(faint, mix) < -20.0
    assert not confirmed(EVERYBODY, mix, Parts(SILENT, faint, SILENT), Guessed.of(Parts(SILENT, faint, SILENT))).drums


def test_a_bass_that_the_network_left_hardly_anything_is_none() -> None:
    mix = tone(440.0) + tone(80.0, 0.1)
    assert confirmed(EVERYBODY, mix, Parts(SILENT, SILENT, tone(80.0, 0.02)), NOTHING).bass
    assert not confirmed(EVERYBODY, mix, Parts(SILENT, SILENT, tone(80.0, 0.002)), NOTHING).bass


def test_faint_drums_must_look_more_like_drums_where_nobody_plays_a_bass(monkeypatch: pytest.MonkeyPatch) -> None:
    faint, bass = clicks(0.03), tone(80.0)
    monkeypatch.setattr(confirming, "chances", lambda drums: (1.0, 0.6))
    for low, there in ((bass, True), (SILENT, False)):
        parts = Parts(SILENT, faint, low)
        assert confirmed(EVERYBODY, tone(440.0) + faint + low, parts, Guessed.of(parts)).drums is there


def test_a_voice_of_which_hardly_anything_was_guessed_is_an_instrument_however_much_the_network_adds() -> None:
    mix, lead = tone(110.0), tone(880.0)
    phrase = lead * (TIME_S < 1.0).astype(np.float32)
    refined = Parts(lead.copy(), SILENT, mix)
    for loud, sung in ((0.02, False), (0.1, True)):
        guess = Parts(phrase * np.float32(loud), SILENT, mix)
        assert confirmed(EVERYBODY, mix + lead, refined, Guessed.of(guess)).vocals is sung
    assert confirmed(EVERYBODY, mix + lead, refined, Guessed.of(guess)).bass
    faint = Parts(phrase * np.float32(0.02), SILENT, mix)
    assert confirmed(EVERYBODY, mix + lead, faint, Guessed.of(faint)).vocals


def test_nobody_is_let_in_whom_the_guesses_put_out() -> None:
    nobody = Presence(vocals=False, drums=False, bass=False)
    mix = tone(80.0)
    assert confirmed(nobody, mix, Parts(SILENT, mix, mix), NOTHING) == nobody
    assert confirmed(EVERYBODY, SILENT, Parts(SILENT, SILENT, SILENT), NOTHING) == EVERYBODY


def test_the_attacks_of_a_bass_without_drums_are_the_basss() -> None:
    bass, attacks, faint = tone(80.0), clicks(), tone(440.0, 0.03)
    mix = bass + attacks + faint
    found = given_out(mix, Parts(SILENT.copy(), attacks.copy(), bass.copy()), Presence(True, False, True))
    assert not found.drums.any()
    assert level_db(found.bass - bass - attacks, mix) < -15.0
    # beside others nobody knows whose they are
    loud = tone(440.0)
    found = given_out(mix + loud, Parts(SILENT.copy(), attacks.copy(), bass.copy()), Presence(True, False, True))
    np.testing.assert_array_equal(found.bass, bass)


@pytest.mark.parametrize("player", ["drums", "bass"])
def test_who_plays_alone_gets_what_is_left_over(player: str) -> None:
    its, left_over = tone(80.0), tone(3000.0, 0.01)
    mix = its + left_over
    others = {"drums": player == "drums", "bass": player == "bass"}
    stems = {name: its.copy() if present else SILENT.copy() for name, present in others.items()}
    found = given_out(mix, Parts(SILENT.copy(), **stems), Presence(vocals=True, **others))
    np.testing.assert_array_equal(getattr(found, player), mix)
    assert not found.vocals.any()


def test_a_passage_in_which_somebody_else_is_heard_is_not_played_alone() -> None:
    drums = clicks() * (TIME_S > 5.0).astype(np.float32)
    soft = tone(440.0, 0.005)
    found = given_out(drums + soft, Parts(SILENT.copy(), drums.copy(), SILENT.copy()), Presence(True, True, False))
    np.testing.assert_array_equal(found.drums, drums)


def test_a_full_band_and_a_lone_voice_are_left_as_they_are() -> None:
    vocals, drums, bass = tone(500.0), clicks(), tone(80.0)
    mix = vocals + drums + bass
    parts = Parts(vocals, drums, bass)
    found = given_out(mix, parts, EVERYBODY)
    assert (found.vocals is vocals, found.drums is drums, found.bass is bass) == (True, True, True)
    alone = Presence(vocals=True, drums=True, bass=True, voice_alone=True)
    assert confirmed(alone, mix, parts, Guessed(1.0, 1.0)) == alone
    np.testing.assert_array_equal(given_out(mix, parts, alone).vocals, mix)
