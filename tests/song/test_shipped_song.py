"""The song as it is shipped: whole, in tune with what is said about it, and small."""

import itertools
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from contrafact.assets import AssetStore, Manifest
from contrafact.catalogue.demo.songs import OWN_FOLDER, OWN_METADATA
from contrafact.catalogue.parts import find_stems
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.loudness import integrated_lufs, true_peak_dbtp
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.listening.voice import EVENTS_PER_SECOND, VOICE_RATE, hear_events

FOLDER = Path(__file__).resolve().parents[2] / "src/contrafact/catalogue/demo" / OWN_FOLDER


@pytest.fixture(scope="module")
def stems() -> Mapping[str, Audio]:
    return {name: decode(path) for name, path in find_stems(FOLDER).items()}


@pytest.fixture(scope="module")
def mix(stems: Mapping[str, Audio]) -> Audio:
    return Audio(np.asarray(sum(stem.samples for stem in stems.values()), dtype=np.float32))


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    return tomllib.loads((FOLDER / OWN_METADATA).read_text(encoding="utf-8"))


def test_four_stems_of_one_length_in_five_megabytes(stems: Mapping[str, Audio]) -> None:
    assert set(stems) == set(STEM_NAMES)
    assert len({stem.frames for stem in stems.values()}) == 1
    assert {stem.channels for stem in stems.values()} == {2}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 5_000_000


def test_no_stem_is_empty(stems: Mapping[str, Audio]) -> None:
    assert all(integrated_lufs(stem) > -24.0 for stem in stems.values())


def test_the_sum_is_a_finished_mix(mix: Audio) -> None:
    assert 90.0 <= mix.duration_s <= 150.0
    assert integrated_lufs(mix) == pytest.approx(-14.0, abs=0.5)
    assert true_peak_dbtp(mix) <= -1.0


def test_it_begins_and_ends_in_silence(mix: Audio) -> None:
    assert np.abs(mix.samples[:, : SAMPLE_RATE // 20]).max() < 0.01
    assert np.abs(mix.samples[:, -SAMPLE_RATE // 20 :]).max() < 0.02


def test_the_voice_leads(stems: Mapping[str, Audio]) -> None:
    others = [integrated_lufs(stem) for name, stem in stems.items() if name != "vocals"]
    assert integrated_lufs(stems["vocals"]) > max(others) + 2.0


def test_what_is_said_fits_the_sound(said: Mapping[str, Any], mix: Audio) -> None:
    assert said["duration_s"] == pytest.approx(mix.duration_s, abs=0.01)
    assert said["licence"] == "CC0-1.0"
    assert said["title"]
    assert said["artist"]
    bar_s = 60.0 / said["tempo_bpm"] * said["metre"]
    assert len(said["chords"]) == sum(part["bars"] for part in said["section"])
    assert said["first_beat_s"] + len(said["chords"]) * bar_s < said["duration_s"]
    for part in said["section"]:
        assert part["start_s"] == pytest.approx(said["first_beat_s"] + part["bar"] * bar_s, abs=0.002)


def test_the_lines_follow_one_another(said: Mapping[str, Any]) -> None:
    lines = said["line"]
    names = {part["name"] for part in said["section"]}
    assert all(line["start_s"] < line["end_s"] and line["words"] and line["section"] in names for line in lines)
    assert all(a["end_s"] <= b["start_s"] for a, b in itertools.pairwise(lines))


def test_the_shares_are_whole(said: Mapping[str, Any]) -> None:
    for side in ("master", "work"):
        assert sum(Fraction(credit.get(side, 0)) for credit in said["credits"]) == 1


def test_drums_come_on_the_beat(said: Mapping[str, Any], stems: Mapping[str, Audio]) -> None:
    beat_s = 60.0 / said["tempo_bpm"]
    chorus = next(part for part in said["section"] if part["label"] == "chorus")
    mono = np.abs(stems["drums"].samples).max(axis=0)
    for beat in range(8):
        at = round((chorus["start_s"] + beat * beat_s) * SAMPLE_RATE)
        before, after = mono[at - 4_000 : at - 900].max(), mono[at - 900 : at + 2_200].max()
        assert after > 1.5 * before


@pytest.mark.assets
def test_the_voice_is_heard_as_singing(
    said: Mapping[str, Any], stems: Mapping[str, Audio], asset_store: AssetStore
) -> None:
    mono = soxr.resample(stems["vocals"].samples.mean(axis=0), SAMPLE_RATE, VOICE_RATE).astype(np.float32)
    events = hear_events(mono, asset_store)
    sung = np.zeros(events.singing.size, dtype=bool)
    for line in said["line"]:
        sung[int(line["start_s"] * EVENTS_PER_SECOND) : int(line["end_s"] * EVENTS_PER_SECOND)] = True
    assert (events.singing[sung] > 0.5).mean() > 0.9
    assert (events.speech[sung] > 0.5).mean() < 0.05
    first_s = said["line"][0]["start_s"]
    assert not (events.singing[: int((first_s - 1.0) * EVENTS_PER_SECOND)] > 0.5).any()


@pytest.mark.assets
def test_the_lead_is_in_tune_with_the_score(said: Mapping[str, Any], stems: Mapping[str, Audio]) -> None:
    """The verses, where nothing else is sung: every steady pitch lies on a note of the song's key."""
    from swift_f0 import SwiftF0

    assert said["key"] == "G major"
    part = next(part for part in said["section"] if part["name"] == "verse 1")
    first = round(part["start_s"] * SAMPLE_RATE)
    last = first + round(part["bars"] * 4 * 60.0 / said["tempo_bpm"] * SAMPLE_RATE)
    mono = soxr.resample(stems["vocals"].samples[:, first:last].mean(axis=0), SAMPLE_RATE, VOICE_RATE)
    heard = SwiftF0().detect(mono, VOICE_RATE, 80.0, 800.0)
    midi = 69.0 + 12.0 * np.log2(np.asarray(heard.pitch_hz) / 440.0)
    sure = np.asarray(heard.confidence) > 0.9
    steady = sure[1:-1] & (np.abs(midi[2:] - midi[:-2]) < 0.15)
    notes = midi[1:-1][steady]
    scale = np.array([(7 + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)])
    off = np.abs((notes[:, None] - scale[None] + 6.0) % 12.0 - 6.0).min(axis=1)
    assert notes.size > 300
    assert np.median(off) < 0.12
    assert (off < 0.35).mean() > 0.95


def test_the_manifest_knows_these_very_files() -> None:
    asset = Manifest.packaged().by_name["own-song"]
    assert set(asset.outputs) == {path.name for path in FOLDER.iterdir()}
    for file in asset.files:
        assert sha256(FOLDER.joinpath(file.name).read_bytes()).hexdigest() == file.sha256
