"""A perfect answer has perfect scores, each mistake costs its own row, and confidence is binned as it is said."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.hearing.reliability import Bin, bins, monotone, reliability
from benchmarks.hearing.scoring import ROWS, score
from benchmarks.hearing.table import main_table
from benchmarks.peers.protocol import tempo_of
from benchmarks.truth import TrueSong
from benchmarks.truth.song import Span, TrueHit, TrueMetre, TrueNote, TrueSection
from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import Audio

SILENCE = Audio(np.zeros((1, 33 * 44_100), np.float32))
BEATS = 0.5 + 0.5 * np.arange(64, dtype=np.float64)
SONG = TrueSong(
    name="song",
    split="tuning",
    traits=("4/4",),
    audio=SILENCE,
    stems=Stems(SILENCE, SILENCE, SILENCE, SILENCE),
    tempo_bpm=120.0,
    steady=True,
    beats_s=BEATS,
    positions=np.arange(64) % 4 + 1,
    metres=(TrueMetre(0.5, 16.5, 4, 2), TrueMetre(16.5, 24.5, 3, 2), TrueMetre(24.5, 32.5, 4, 2)),
    swing=0.6,
    keys=(Span(0.5, 24.5, "C major"), Span(24.5, 32.5, "D major")),
    chords=(Span(0.5, 16.5, "C:maj"), Span(16.5, 24.5, "A:min7"), Span(24.5, 32.5, "X")),
    sections=(
        TrueSection(0.5, 16.5, 0, 7, "verse", "A"),
        TrueSection(16.5, 24.5, 8, 11, "chorus", "B"),
        TrueSection(24.5, 32.5, 12, 15, "verse", "A"),
    ),
    melody=(TrueNote(1.0, 1.5, 60.0), TrueNote(1.5, 2.0, 62.0)),
    vocal_regions=((1.0, 2.0),),
    drum_hits=(TrueHit(0.5, "kick", 1.0), TrueHit(1.0, "snare", 1.0), TrueHit(0.75, "hihat", 0.5)),
    tuning_cents=0.0,
)


def perfect() -> dict[str, Any]:
    return {
        "beats": BEATS.tolist(),
        "downbeats": SONG.downbeats_s.tolist(),
        "tempo": 120.0,
        "metre": [4, 2],
        "metres": [[0.5, 16.5, 4, 2], [16.5, 24.5, 3, 2], [24.5, 32.5, 4, 2]],
        "key": "C major",
        "keys": [[0.5, 24.5, "C major"], [24.5, 32.5, "D major"]],
        "chords": [[0.0, 16.5, "C:maj", 0.9], [16.5, 24.5, "A:min7", 0.9], [24.5, 33.0, "F:maj", 0.1]],
        "sections": [[0.0, 16.5, "verse", 0.9], [16.5, 24.5, "chorus", 0.9], [24.5, 33.0, "verse", 0.9]],
        "letters": ["A", "B", "A"],
        "vocal_regions": [[1.0, 2.0]],
        "swing": 0.6,
        "melody": [[1.0, 1.4, 60.1, 0.9], [1.51, 2.0, 61.9, 0.9]],
        "drums": [[0.5, "kick", 0.9], [1.0, "snare", 0.9], [0.75, "hihat", 0.9]],
        "confidence": {"tempo": 0.9, "metre": 0.9, "key": 0.9},
    }


def test_a_perfect_answer_is_perfect_in_every_row() -> None:
    for row, value in score(SONG, perfect()).items():
        assert value == pytest.approx(0.0 if row == "swing_error" else 1.0), row


@pytest.mark.parametrize(
    ("change", "worse"),
    [
        ({"beats": (BEATS + 0.1).tolist()}, {"beat_f"}),
        ({"downbeats": (SONG.downbeats_s + 0.5).tolist()}, {"downbeat_f"}),
        ({"tempo": 121.0}, {"tempo"}),
        ({"metre": [3, 2]}, {"metre"}),
        ({"metre": [4, 3]}, {"metre"}),
        ({"metres": [[0.5, 32.5, 4, 2]]}, {"metre_changes"}),
        ({"key": "A minor"}, {"key"}),
        ({"keys": [[0.5, 32.5, "C major"]]}, {"key_changes"}),
        ({"chords": [[0.0, 33.0, "C:maj", 0.9]]}, {"majmin", "sevenths"}),
        ({"chords": [[0.0, 16.5, "C:maj", 0.9], [16.5, 33.0, "A:min", 0.9]]}, {"sevenths"}),
        ({"letters": ["A", "B", "C"]}, {"letters"}),
        ({"swing": None}, {"swing_error"}),
        ({"vocal_regions": []}, {"vocal_f"}),
        ({"melody": [[1.06, 1.4, 60.0, 0.9], [1.5, 2.0, 62.6, 0.9]]}, {"melody_f"}),
        ({"drums": [[0.5, "kick", 0.9], [1.0, "snare", 0.9]]}, {"drum_f", "hihat_f"}),
    ],
)
def test_a_mistake_costs_its_own_row(change: dict[str, Any], worse: set[str]) -> None:
    before, after = score(SONG, perfect()), score(SONG, {**perfect(), **change})
    assert {row for row in ROWS if before[row] != pytest.approx(after[row])} == worse


def test_boundaries_are_judged_within_their_window() -> None:
    sections = [[0.0, 17.5, "verse", 0.9], [17.5, 24.5, "chorus", 0.9], [24.5, 33.0, "verse", 0.9]]
    found = score(SONG, {**perfect(), "sections": sections})
    assert (found["boundary_3s"], found["boundary_0.5s"]) == (1.0, 0.5)
    whole = score(SONG, {**perfect(), "sections": [[0.0, 33.0, "verse", 0.9]], "letters": ["A"]})
    assert (whole["boundary_3s"], whole["boundary_0.5s"]) == (0.0, 0.0)


def test_who_does_not_answer_is_not_judged_and_who_answers_nothing_is_wrong() -> None:
    assert set(score(SONG, {}).values()) == {None}
    nothing = score(SONG, {"beats": [], "melody": [], "chords": [], "drums": []})
    assert [nothing[row] for row in ("beat_f", "melody_f", "majmin", "drum_f")] == [0.0, 0.0, 0.0, 0.0]
    silent = replace(SONG, melody=(), vocal_regions=())
    assert score(silent, perfect())["melody_f"] is None
    assert score(silent, perfect())["vocal_f"] == 0.0


def test_a_peer_that_tells_no_division_is_not_asked_for_it() -> None:
    assert score(SONG, {"metre": [4, None]})["metre"] == 1.0


def test_bins_hold_every_claim_once_and_thin_ones_are_joined() -> None:
    claims = [(0.05, 0.0), (0.3, 0.0), (0.35, 1.0), (0.9, 1.0), (0.95, 1.0), (1.0, 1.0)]
    found = bins(claims, least=2)
    assert sum(row.count for row in found) == len(claims)
    assert [(row.low, row.high, row.count) for row in found] == [(0.0, 0.4, 3), (0.4, 1.0, 3)]
    assert found[0].accuracy == pytest.approx(1 / 3)
    assert monotone(found)
    assert not monotone([Bin(0, 0.5, 9, 0.2, 0.8), Bin(0.5, 1, 9, 0.7, 0.6)])


def test_claims_are_right_where_the_answer_is() -> None:
    wrong = {
        **perfect(),
        "tempo": 60.0,
        "chords": [[0.0, 16.5, "C:min", 0.2], [16.5, 24.5, "A:min", 0.8], [24.5, 33.0, "F:maj", 0.1]],
    }
    found = reliability([SONG], [wrong])
    assert [(row.count, row.accuracy) for row in found["tempo"]] == [(1, 0.0)]
    assert [(row.count, row.accuracy) for row in found["chord"]] == [(2, 0.5)]  # over the X nobody is judged
    assert [(row.count, row.accuracy) for row in found["boundary (0.5 s)"]] == [(2, 1.0)]
    assert [(row.count, row.accuracy) for row in found["melody note"]] == [(2, 1.0)]


def test_a_better_peer_is_marked_in_the_table() -> None:
    mine, other = score(SONG, {**perfect(), "tempo": 60.0}), score(SONG, {"tempo": 120.0})
    lines = main_table({"ours": [mine], "peer": [other]}, ["beat_f", "tempo"])
    assert lines[2] == "| beats F | ≥ 0.97 | **1.000** | – |"
    assert lines[3] == "| tempo within 0.5 % | ≥ 0.97 | 0.000 (short) | 1.000 ! |"


def test_tempo_from_beats_in_coarse_frames() -> None:
    beats = np.round(np.arange(100) * 60 / 101.3, 2).tolist()
    assert tempo_of(beats) == pytest.approx(101.3, rel=0.002)
    assert tempo_of([1.0]) is None
