"""Mixes: the same for the same number, of four stems that sum to them, and kept as training reads them."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.truth.band import Strike
from benchmarks.truth.singer import Task
from benchmarks.truth.tuning_styles import TUNING_STYLES
from contrafact.assets import AssetStore
from contrafact.engine.arranging import load_styles
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.separation.vocals import VoiceModel
from training.data.__main__ import main
from training.data.arranged import arranged_score
from training.data.chance import chance_of, weighed
from training.data.keeping import first_guesses, folder_of, keep, missing
from training.data.mixing import _KINDS, Mix, Players, make_mix
from training.data.modules import OpenModule, cut_out
from training.data.orchestra import open_orchestra, play_drums, play_line
from training.data.score import Line, Score, drawn_score
from training.data.singers import open_lines, sung
from training.data.sources import read_sources
from training.data.synths import play_synth, power_chords

_RATE = 24_000


@pytest.fixture(scope="module")
def players(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> Players:
    """A small house: one soundfont, a hummed line in every key, and a module of three tones."""
    folder = tmp_path_factory.mktemp("lines")
    time = np.arange(_RATE) / _RATE
    for tonic in range(12):
        hum = np.sin(2 * np.pi * 220.0 * 2.0 ** (((tonic - 9) % 12) / 12.0) * time)
        np.savez(folder / f"{tonic:04d}.npz", sound=(20_000 * hum).astype(np.int16), first_s=0.1, tonic=tonic)
    tones = np.sin(2 * np.pi * np.array([900.0, 60.0, 400.0])[:, None] * np.arange(30 * SAMPLE_RATE) / SAMPLE_RATE)
    module = OpenModule("mentalguy-mentalgroove", np.repeat(8000 * tones[:, None], 2, axis=1).astype(np.int16))
    orchestra = open_orchestra(asset_store, ("general-midi-soundfont",))
    return Players(orchestra, open_lines(folder), (module,))


def strikes(role: str = "comp", keys: tuple[int, ...] = (60, 64, 67)) -> list[Strike]:
    return [Strike(role, key, 100, 0.5 * beat, 0.5 * beat + 0.4) for beat in range(4) for key in keys]  # type: ignore[arg-type]


def pitch_hz(sound: NDArray[np.float32]) -> float:
    """Of the strongest partial."""
    spectrum = np.abs(np.fft.rfft(sound.sum(axis=0) * np.hanning(sound.shape[1]), 2**19))
    return float(np.argmax(spectrum) * SAMPLE_RATE / 2**19)


@pytest.mark.parametrize("number", [3, 8])
def test_a_mix_is_the_same_for_the_same_number_and_its_stems_are_within_range(players: Players, number: int) -> None:
    mix = make_mix(players, 11, number, (5.0, 6.0))
    again = make_mix(players, 11, number, (5.0, 6.0))
    np.testing.assert_array_equal(mix.truth, again.truth)
    assert mix.about == again.about
    assert mix.truth.dtype == np.float32
    assert np.isfinite(mix.truth).all()
    assert 0.4 < max(np.abs(mix.truth).max(), np.abs(mix.truth.sum(axis=0)).max()) < 1.0
    assert set(mix.about["sources"]) <= set(read_sources())
    for place, stem in enumerate(("vocals", "drums", "bass")):
        assert mix.truth[place].any() == (stem in mix.about["present"])


def numbers_of(kind: str, count: int) -> list[int]:
    """The first numbers that are mixes of a kind."""
    drawn = (number for number in range(1000) if weighed(chance_of(0, number, "kind"), _KINDS) == kind)
    return list(islice(drawn, count))


def test_a_voice_has_one_player_beside_it_at_most(players: Players) -> None:
    mixes = [make_mix(players, 0, number, (20.0, 21.0)) for number in numbers_of("voice", 6)]
    assert all(mix.about["present"][0] == "vocals" for mix in mixes)
    assert {tuple(mix.about["present"]) for mix in mixes} == {("vocals",), ("vocals", "other")}
    assert {"clipped" in mix.about["effects"] for mix in mixes} == {True, False}


def test_another_number_is_another_mix(players: Players) -> None:
    one, other = (make_mix(players, 11, number, (3.0, 4.0)) for number in (3, 4))
    assert one.about["songs"] != other.about["songs"]


def test_a_mix_is_kept_in_whole_steps_with_both_sums_alike(players: Players, tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    truth = (0.2 * chance.standard_normal((4, 2, 8000))).astype(np.float32)
    guesses = np.roll(truth, 1, axis=0)
    about = {"number": 7, "sources": ["sung-lines"]}
    place = keep(Mix(truth, about), guesses, read_sources(), tmp_path)
    sound = np.load(place / "sound.npy", mmap_mode="r")
    assert place == folder_of(tmp_path, 7)
    assert (sound.dtype, sound.shape) == (np.dtype(np.int16), (8, 2, 8000))
    assert np.abs(sound[:4].astype(int).sum(axis=0) - sound[4:].astype(int).sum(axis=0)).max() <= 4
    told = json.loads((place / "about.json").read_text())
    assert told["sources"] == [{"name": "sung-lines", "licence": "Apache-2.0"}]
    assert missing(tmp_path, range(6, 9)) == [6, 8]
    assert [each.name for each in tmp_path.iterdir()] == ["mixes"]


def test_a_run_that_has_nothing_left_to_make_says_so_and_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silence = np.zeros((4, 2, 100), np.float32)
    for number in (4, 5):
        keep(Mix(silence, {"number": number, "sources": []}), silence, {}, tmp_path)
    main(["--out", str(tmp_path), "--first", "4", "--count", "2"])
    assert "2 of 2 mixes" in capsys.readouterr().err


def test_loud_guesses_lower_truth_and_guesses_alike(tmp_path: Path) -> None:
    truth = np.full((4, 2, 100), 0.2, np.float32)
    guesses = np.stack([truth[0] * 8, truth[0] * -6, truth[0], truth[0]])
    sound = np.load(keep(Mix(truth, {"number": 0, "sources": []}), guesses, {}, tmp_path) / "sound.npy")
    assert sound[4, 0, 0] == pytest.approx(0.999 * 32_767, abs=1)
    assert sound[0, 0, 0] == pytest.approx(0.999 * 32_767 / 8, abs=1)


def test_nothing_is_kept_that_no_manifest_names(tmp_path: Path) -> None:
    silence = np.zeros((4, 2, 100), np.float32)
    with pytest.raises(ValueError, match="a-friends-tape"):
        keep(Mix(silence, {"number": 0, "sources": ["a-friends-tape"]}), silence, read_sources(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_first_guesses_are_the_engines_and_sum_to_the_mix(asset_store: AssetStore) -> None:
    chance = np.random.default_rng(2)
    mix = (0.1 * chance.standard_normal((2, 2 * SAMPLE_RATE))).astype(np.float32)
    guesses = first_guesses(mix, VoiceModel(asset_store))
    assert guesses.shape == (4, 2, 2 * SAMPLE_RATE)
    np.testing.assert_allclose(guesses.sum(axis=0), mix, atol=1e-5)


def inside(score: Score, seconds: float) -> None:
    assert score.seconds == pytest.approx(seconds, rel=0.35)
    for line in score.lines:
        assert all(strike.start_s < strike.end_s <= score.seconds + 3.0 for strike in line.strikes)
        assert all(1 <= strike.velocity <= 127 for strike in line.strikes)
    assert all(
        before.end_s <= after.start_s + 1e-6 for before, after in zip(score.tasks, score.tasks[1:], strict=False)
    )


def test_drawn_songs_use_styles_of_the_tuning_split_only() -> None:
    seen = set()
    for seed in range(12):
        score = drawn_score(np.random.default_rng(seed), 20.0)
        inside(score, 20.0)
        seen.add(str(score.facts["style"]))
    assert seen <= {*TUNING_STYLES, "drawn"}
    assert "drawn" in seen
    assert len(seen) > 2


def test_arranged_songs_have_drums_bass_and_others_in_many_styles() -> None:
    seen, roles = set(), set()
    for seed in range(6):
        score = arranged_score(np.random.default_rng(seed), 12.0)
        inside(score, 12.0)
        seen.add(str(score.facts["style"]))
        roles |= {line.role for line in score.lines}
    assert seen <= set(load_styles())
    assert len(seen) > 3
    assert roles == {"drums", "bass", "comp", "pad", "solo"}


@pytest.mark.parametrize("kind", ["bass", "keys", "pad", "lead", "pluck", "drive"])
def test_synthesizers_sound_while_notes_last(kind: str) -> None:
    frames = 4 * SAMPLE_RATE
    for seed in range(5):
        sound = play_synth(kind, strikes(), frames, 0.0, np.random.default_rng(seed))
        assert sound.shape == (2, frames)
        assert np.isfinite(sound).all()
        early, late = np.square(sound[:, : 2 * SAMPLE_RATE]).sum(), np.square(sound[:, 3 * SAMPLE_RATE :]).sum()
        assert early > 20.0 * late


def test_a_plucked_string_is_in_tune() -> None:
    one = [Strike("comp", 57, 100, 0.0, 1.5)]
    for seed in range(4):
        heard = pitch_hz(play_synth("pluck", one, 2 * SAMPLE_RATE, 0.0, np.random.default_rng(seed)))
        partial = heard / 220.0
        assert 1200 * abs(np.log2(partial / max(1, round(partial)))) < 12.0


def test_power_chords_keep_the_lowest_note_and_add_fifth_and_octave() -> None:
    keys = [strike.key for strike in power_chords(strikes(keys=(60, 64, 67)))]
    assert keys == [48, 55, 60] * 4


def test_drums_and_lines_say_what_they_were_played_on(players: Players) -> None:
    frames = 2 * SAMPLE_RATE
    drums = [Line("drums", strikes("drums", (36, 42, 49, 56)))]
    named = set(read_sources())
    for seed in range(4):
        sound, used = play_drums(players.orchestra, drums, frames, np.random.default_rng(seed))
        assert sound.any()
        assert used <= named
        sound, used = play_line(players.orchestra, Line("comp", strikes()), frames, 0.0, np.random.default_rng(seed))
        assert sound.any()
        assert used <= named


def test_sung_lines_come_at_phrases_in_the_key_of_the_song(players: Players) -> None:
    tasks = [Task(start, start + 1.0, 60, False, True, 1.0) for start in (0.5, 3.0)]
    score = Score([], tasks, "alto", 6.0, {"key": "D major"}, frozenset())
    in_key = 0
    for seed in range(16):
        sound, used = sung(players.lines, score, 6 * SAMPLE_RATE, 0.0, np.random.default_rng(seed))
        if used != {"sung-lines"} or not sound.any():
            continue
        assert not sound[:, : int(0.35 * SAMPLE_RATE)].any()
        away = 12 * np.log2(pitch_hz(sound) / 293.66)
        in_key += abs(away - round(away / 12) * 12) < 0.2
    assert in_key >= 3


def test_a_store_without_lines_names_the_command_that_fills_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"training\.data\.sung_lines --out"):
        open_lines(tmp_path / "lines")


def test_a_place_of_a_module_keeps_its_stems_apart(players: Players) -> None:
    found = cut_out(players.modules[0], 5 * SAMPLE_RATE, np.random.default_rng(4))
    heard = {stem: pitch_hz(sound) for stem, sound in found.items()}
    assert all(sound.shape == (2, 5 * SAMPLE_RATE) for sound in found.values())
    assert heard["drums"] / heard["bass"] == pytest.approx(15.0, rel=0.02)
    assert heard["other"] / heard["bass"] == pytest.approx(400.0 / 60.0, rel=0.02)
