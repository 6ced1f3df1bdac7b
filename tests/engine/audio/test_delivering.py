"""A take keeps its ceiling and its loudness in every format."""

from pathlib import Path

import numpy as np
import pytest

from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.delivering import deliver
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.mastering import master
from contrafact.engine.audio.value import SAMPLE_RATE, Audio


@pytest.fixture(scope="module")
def take() -> Audio:
    """Six seconds of noise pressed hard against the ceiling, whose limited peaks a codec lifts."""
    noise = np.random.default_rng(4).normal(0.0, 0.1, (2, 6 * SAMPLE_RATE)).cumsum(axis=1)
    noise -= np.pad(noise, ((0, 0), (300, 0)))[:, : noise.shape[1]]
    return master(Audio((0.05 * noise).astype(np.float32)), target_lufs=-12.0)


@pytest.mark.parametrize("suffix", [".flac", ".wav", ".mp3", ".m4a", ".opus"])
def test_no_format_passes_the_ceiling(take: Audio, suffix: str, tmp_path: Path) -> None:
    deliver(take, tmp_path / f"take{suffix}")
    heard = measure_loudness(decode(tmp_path / f"take{suffix}"))
    assert heard.true_peak_dbtp <= -1.0
    assert heard.integrated_lufs == pytest.approx(measure_loudness(take).integrated_lufs, abs=0.3)


def test_a_codec_alone_would_have_passed_it(take: Audio, tmp_path: Path) -> None:
    encode(take, tmp_path / "plain.opus")
    assert measure_loudness(decode(tmp_path / "plain.opus")).true_peak_dbtp > -1.0


def test_the_same_take_gives_the_same_file(take: Audio, tmp_path: Path) -> None:
    for name in ("one", "two"):
        deliver(take, tmp_path / f"{name}.mp3", tags={"title": "Song"})
    assert (tmp_path / "one.mp3").read_bytes() == (tmp_path / "two.mp3").read_bytes()
