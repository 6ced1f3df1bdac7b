"""The sums that the training's loss is made of say exactly how wrong shares are."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.separation.refining import FEATURES, GRID, ROWS, STEMS, level_of, row_edges, scale_of
from training.cells import CHANNELS, GRAM, LACKS, MISSED, PAIRS, boil, digest, load

FRAMES = 20_000


def some_sound(seed: int = 0) -> NDArray[np.int16]:
    """Truth and guesses: part of each guess is somebody else's."""
    random = np.random.default_rng(seed)
    true = random.normal(0.0, 2000.0, (STEMS, 2, FRAMES)) * np.array([1.0, 0.5, 2.0, 1.0])[:, None, None]
    mixing = np.full((STEMS, STEMS), 0.1) + 0.6 * np.eye(STEMS)
    guesses = np.einsum("kj,jcf->kcf", mixing, true)
    return np.concatenate([true, guesses]).round().astype(np.int16)


def test_errors_from_sums_are_those_of_the_spectra() -> None:
    sound = some_sound()
    sums, rows, truth = boil(sound)
    columns = GRID.frames(FRAMES)
    assert sums.shape == (columns, ROWS, CHANNELS)
    random = np.random.default_rng(1)
    shares = random.random((STEMS, STEMS, columns, ROWS)).astype(np.float32)
    shares /= shares.sum(axis=0)

    samples = sound.astype(np.float32) / np.float32(32768.0)
    scale = scale_of(level_of(samples[STEMS:]))
    spectra = GRID.analyse(samples.reshape(16, -1), 0, columns).reshape(8, 2, columns, GRID.bins) * scale
    dealt = np.repeat(shares, np.diff(row_edges()), axis=3)
    made = np.einsum("kjtb,jctb->kctb", dealt, spectra[STEMS:])
    wanted = np.square(np.abs(spectra[:STEMS] - made)).sum(axis=(1, 2, 3))

    known = sums[..., LACKS].reshape(columns, ROWS, STEMS - 1, STEMS)
    lacks = np.concatenate([known, -known.sum(axis=2, keepdims=True)], axis=2)
    gram = np.empty((columns, ROWS, STEMS, STEMS))
    for at, (i, j) in enumerate(PAIRS):
        gram[..., i, j] = gram[..., j, i] = sums[..., GRAM][..., at]
    moved = shares.transpose(2, 3, 0, 1) - np.eye(STEMS)
    errors = sums[..., MISSED] + np.einsum(
        "trkj,trkj->trk", moved, np.einsum("trki,trij->trkj", moved, gram) - 2 * lacks
    )
    found = (errors * rows[None, :, None]).sum(axis=(0, 1))
    # samples are whole numbers: the guesses sum to the truth but for their rounding
    assert np.allclose(found, wanted, rtol=1e-3)
    assert np.allclose(truth.sum(axis=0), np.square(np.abs(spectra[:STEMS])).sum(axis=(1, 2, 3)), rtol=1e-4)


def test_volume_makes_no_difference() -> None:
    sound = some_sound()
    loud, _, _ = boil(sound)
    quiet, _, _ = boil((sound // 4).astype(np.int16))
    # but for the rounding to whole numbers, which cells that happen to be nearly empty feel
    assert np.median(np.abs(loud[..., :FEATURES] - quiet[..., :FEATURES])) < 1e-3


def test_silence_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="silent"):
        boil(np.zeros((8, 2, 5000), dtype=np.int16))


def test_digests_are_found_by_their_split(tmp_path: Path) -> None:
    for number, split in ((0, "train"), (1, "validate"), (2, "train")):
        mix = tmp_path / "mixes" / f"{number:05}"
        mix.mkdir(parents=True)
        np.save(mix / "sound.npy", some_sound(number))
        (mix / "about.json").write_text(json.dumps({"split": split}), encoding="utf-8")
        digest(mix, tmp_path / "cells" / mix.name)
    assert [one.name for one in load(tmp_path, "train")] == ["00000", "00002"]
    (held,) = load(tmp_path, "validate")
    sums, rows, truth = boil(some_sound(1))
    assert np.allclose(held.sums, sums, rtol=1e-3, atol=1e-3)
    assert np.array_equal(held.rows, rows)
    assert np.array_equal(held.truth, truth)
