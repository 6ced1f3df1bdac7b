"""The chord network: blocks read as the whole does, transposed songs read transposed, real chords are heard."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.assets import AssetStore
from contrafact.engine.listening.cqt import CQT_RATE, constant_q
from contrafact.engine.listening.crema import (
    LABELS,
    ROOTS,
    TRANSPOSITIONS,
    chord_likelihoods,
    load_weights,
    transposed,
)
from contrafact.engine.listening.harmony import name_chords
from contrafact.engine.listening.keys import find_keys, main_key

Floats = NDArray[np.float32]
CHORDS = {"A:min": (45, 57, 60, 64), "F:maj": (41, 57, 60, 65), "C:maj": (48, 55, 60, 64), "G:maj": (43, 55, 59, 62)}


def song(seconds_each: float, rounds: int, up: int = 0) -> Floats:
    time = np.arange(int(seconds_each * CQT_RATE)) / CQT_RATE
    parts = []
    for pitches in CHORDS.values():
        tones = [
            np.exp(-time * partial) * np.sin(2 * np.pi * partial * 440.0 * 2 ** ((midi + up - 69) / 12) * time)
            for midi in pitches
            for partial in (1, 2, 3, 4, 5)
        ]
        parts.append(0.05 * np.sum(tones, axis=0))
    return np.tile(np.concatenate(parts), rounds).astype(np.float32)


def test_labels_are_transposed_by_name() -> None:
    assert transposed("A:min7", 4) == "C#:min7"
    assert transposed("C:maj", -1) == "B:maj"
    assert transposed("N", 5) == "N"
    for label in LABELS:
        assert transposed(transposed(label, 7), -7) == label


@pytest.mark.assets
def test_plain_chords_are_heard_in_every_transposition(asset_store: AssetStore) -> None:
    weights = load_weights(asset_store)
    heard = chord_likelihoods(constant_q(song(2.0, 2)), weights, transpositions=(-2, 0, 1))
    frames = np.arange(heard.tags.shape[0])
    truth = [list(CHORDS)[int(frame * 1024 / CQT_RATE / 2.0) % 4] for frame in frames[:-1]]
    # Sevenths are added to plain tones now and then; the root and third are not missed.
    names = [LABELS[index] for index in heard.tags.argmax(axis=1)]
    right = np.mean([name.startswith(true) for name, true in zip(names, truth, strict=False)])
    assert right > 0.85
    for head in (heard.tags, heard.bass, heard.root):
        assert np.allclose(head.sum(axis=1), 1.0, atol=1e-4)
    roots = heard.root[:-1].argmax(axis=1)
    assert np.mean([ROOTS[root] == true[0] for root, true in zip(roots, truth, strict=True) if root < 12]) > 0.85


@pytest.mark.assets
def test_blocks_read_as_the_whole_does(asset_store: AssetStore) -> None:
    weights = load_weights(asset_store)
    long = constant_q(song(2.0, 14))
    assert long.shape[0] > 1200
    whole = chord_likelihoods(long, weights)
    again = chord_likelihoods(long[600:], weights)
    # Away from the place where the second reading begins, both say the same.
    assert np.mean(whole.tags[680:].argmax(axis=1) == again.tags[80:].argmax(axis=1)) > 0.97


@pytest.mark.assets
@pytest.mark.parametrize("frames", [0, 1, 7, 641])
def test_any_length_is_read(asset_store: AssetStore, frames: int) -> None:
    heard = chord_likelihoods(np.full((frames, 252), 0.1, np.float32), load_weights(asset_store))
    assert heard.tags.shape == (frames, 170)
    assert heard.pitch.shape == (frames, 12)
    assert np.isfinite(heard.tags).all()


@pytest.mark.assets
@pytest.mark.parametrize("kind", ["noise", "clicks", "one note", "gliding voice", "silence"])
def test_what_has_no_harmony_is_given_no_chord(asset_store: AssetStore, kind: str) -> None:
    time = np.arange(12 * CQT_RATE) / CQT_RATE
    pitch = 220.0 * 2.0 ** (0.4 * np.sin(2 * np.pi * 0.4 * time) + 0.03 * np.sin(2 * np.pi * 5.5 * time))
    phase = 2 * np.pi * np.cumsum(pitch) / CQT_RATE
    sound = {
        "noise": 0.2 * np.random.default_rng(3).standard_normal(time.size),
        "clicks": 0.8 * (np.arange(time.size) % (CQT_RATE // 2) == 0),
        "one note": 0.2 * np.sin(2 * np.pi * 220.0 * time) * np.exp(-(time % 2.0)),
        "gliding voice": 0.1 * np.sum([np.sin(part * phase) / part for part in range(1, 12)], axis=0),
        "silence": np.zeros(time.size),
    }[kind].astype(np.float32)
    magnitudes = constant_q(sound)
    heard = chord_likelihoods(magnitudes, load_weights(asset_store), TRANSPOSITIONS)
    heard = heard.hushed(magnitudes.max(axis=1) < 1e-4)
    beats = np.arange(0.0, 12.0, 0.5)
    chords = name_chords(heard, beats, np.arange(beats.size) % 4 + 1, 12.0, magnitudes)
    assert sum(chord.end_s - chord.start_s for chord in chords if chord.label == "N") > 10.0
    assert main_key(find_keys(chords, beats[::4], 12.0, magnitudes)).confidence < 0.4
