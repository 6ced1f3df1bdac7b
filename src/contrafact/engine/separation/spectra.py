"""Short-time spectra of long recordings, a span of frames at a time, so that memory does not grow with the song."""

from dataclasses import dataclass, field

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.signal import get_window

from contrafact.engine.audio.value import Samples

Spectra = NDArray[np.complex64]
"""complex64, shape (channels, frames, bins)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A periodic-Hann analysis and synthesis grid with four windows over every sample.

    Frame ``k`` starts at sample ``k * hop - 3 * hop``; with that lead every sample, the first included, lies under four
    windows whose squares sum to 1.5, so synthesis needs no division that could blow up at the edges.
    """

    size: int
    window: NDArray[np.float32] = field(init=False, repr=False, compare=False)
    synthesis: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        window = get_window("hann", self.size).astype(np.float32)
        object.__setattr__(self, "window", window)
        object.__setattr__(self, "synthesis", window / np.float32(1.5))

    @property
    def hop(self) -> int:
        return self.size // 4

    @property
    def bins(self) -> int:
        return self.size // 2 + 1

    def frames(self, samples: int) -> int:
        """How many frames cover a sound of this many samples."""
        return max(0, (samples - 1 + 3 * self.hop) // self.hop + 1)

    def analyse(self, samples: Samples, first: int, last: int) -> Spectra:
        """Spectra of frames ``first`` to ``last`` (exclusive); the sound is silent outside its samples."""
        start, stop = self.samples_of(first, last)
        channels, total = samples.shape
        span = np.zeros((channels, stop - start), dtype=np.float32)
        low, high = max(0, start), min(total, stop)
        if low < high:
            span[:, low - start : high - start] = samples[:, low:high]
        return self.spectra_of(span)

    def add(self, spectra: Spectra, first: int, out: Samples) -> None:
        """Synthesise frames starting at ``first`` and add them to ``out``, shape (channels, samples), in place."""
        line = self.sound_of(spectra)
        start = (first - 3) * self.hop
        low, high = max(0, start), min(out.shape[1], start + line.shape[1])
        if low < high:
            out[:, low:high] += line[:, low - start : high - start]

    def samples_of(self, first: int, last: int) -> tuple[int, int]:
        """The samples under frames ``first`` to ``last`` (exclusive); some may lie before or behind the sound."""
        return (first - 3) * self.hop, (last - 4) * self.hop + self.size

    def spectra_of(self, span: Samples) -> Spectra:
        """Spectra of what lies wholly inside ``span``, float32 (channels, (frames + 3) * hop)."""
        windows = np.lib.stride_tricks.sliding_window_view(span, self.size, axis=1)[:, :: self.hop]
        spectra: Spectra = scipy.fft.rfft(windows * self.window, axis=2, overwrite_x=True)
        return spectra

    def sound_of(self, spectra: Spectra) -> Samples:
        """Synthesised frames one over the other, float32 (channels, (frames + 3) * hop); its ends lack neighbours."""
        channels, count, _ = spectra.shape
        pieces = scipy.fft.irfft(spectra, self.size, axis=2)
        pieces *= self.synthesis
        hop = self.hop
        line = np.zeros((channels, count + 3, hop), dtype=np.float32)
        for quarter in range(4):
            line[:, quarter : quarter + count] += pieces[:, :, quarter * hop : (quarter + 1) * hop]
        return line.reshape(channels, -1)
