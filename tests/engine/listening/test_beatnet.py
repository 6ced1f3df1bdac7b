"""The front end is madmom's, and the network does not care how the sound is cut."""

import numpy as np
import pytest
from madmom_infer.audio.signal import FramedSignalProcessor, Signal
from madmom_infer.audio.spectrogram import (
    FilteredSpectrogramProcessor,
    LogarithmicSpectrogramProcessor,
    SpectrogramDifferenceProcessor,
)
from madmom_infer.audio.stft import ShortTimeFourierTransformProcessor
from madmom_infer.processors import SequentialProcessor

from contrafact.assets import AssetStore
from contrafact.engine.listening import beatnet


def test_features_equal_madmoms() -> None:
    mono = np.random.default_rng(0).standard_normal(22_050 * 3).astype(np.float32) * 0.1
    chain = SequentialProcessor(
        (
            FramedSignalProcessor(frame_size=1411, hop_size=441),
            ShortTimeFourierTransformProcessor(),
            FilteredSpectrogramProcessor(num_bands=24, fmin=30, fmax=17000, norm_filters=True),
            LogarithmicSpectrogramProcessor(mul=1, add=1),
            SpectrogramDifferenceProcessor(diff_ratio=0.5, positive_diffs=True, stack_diffs=np.hstack),
        )
    )
    truth = np.asarray(chain(Signal(mono, sample_rate=22_050)))
    np.testing.assert_allclose(beatnet.spectral_features(mono), truth, atol=2e-5)


@pytest.mark.assets
def test_activations_do_not_depend_on_blocks(asset_store: AssetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    models = beatnet.load_weights(asset_store)
    mono = np.random.default_rng(1).standard_normal(22_050 * 4).astype(np.float32) * 0.1
    whole = beatnet.activations(mono, models)
    monkeypatch.setattr(beatnet, "_BLOCK", 37)
    np.testing.assert_allclose(beatnet.activations(mono, models), whole, atol=1e-4)
    assert whole.shape == (3, 200, 2)
    assert (whole.sum(axis=2) <= 1.0 + 1e-5).all()


@pytest.mark.assets
def test_nothing_in_nothing_out(asset_store: AssetStore) -> None:
    assert beatnet.activations(np.zeros(0, np.float32), beatnet.load_weights(asset_store)).shape == (3, 0, 2)
