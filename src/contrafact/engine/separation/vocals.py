"""The voice, by Deezer's Spleeter (two U-Nets, one for the voice and one for everything else) on onnxruntime.

Source: Hennequin et al., *Spleeter: a fast and efficient music source separation tool with pre-trained models*, JOSS
5(50), 2020. The weights come through the asset store as ``spleeter-2stems``.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Samples
from contrafact.engine.networks import open_network
from contrafact.engine.progress import Progress
from contrafact.engine.separation.spectra import Grid, Spectra

_GRID = Grid(4096)
_PATCH_FRAMES = 512
_PATCH_BINS = 1024
_TOP_BINS = 256
"""The mask above 11 kHz, which the network does not hear, follows the mean of this many bins below."""
_FLOOR = 1e-10

Magnitude = NDArray[np.float32]


class VoiceModel:
    """The two networks, loaded. Safe to use from one thread at a time; two processes may each hold one."""

    def __init__(self, store: AssetStore) -> None:
        self._sessions = [
            open_network(store.path("spleeter-2stems", f"{stem}.onnx")) for stem in ("vocals", "accompaniment")
        ]

    def estimates(self, magnitude: Magnitude, pool: ThreadPoolExecutor) -> tuple[Magnitude, Magnitude]:
        """The magnitudes of the voice and of everything else, as the networks guess them.

        Parameters
        ----------
        magnitude : float32, shape (2, 512, 1024)
            One patch of the 4096-point spectrum.
        """
        voice, rest = (job.result()[0][0] for job in self.begin(magnitude, pool))
        return voice, rest

    def begin(self, magnitude: Magnitude, pool: ThreadPoolExecutor) -> "list[Future[list[Magnitude]]]":
        """Set both networks to work on a patch, as ``estimates`` does; each answers [[its magnitudes]]."""
        patch = magnitude[np.newaxis]
        return [pool.submit(session.run, ["estimate"], {"magnitude": patch}) for session in self._sessions]


def voice_mask(voice: Magnitude, rest: Magnitude) -> Magnitude:
    """The part of each bin that is voice, 0..1, from both magnitudes, which are used up.

    The estimates count to the power of 1.5. Spleeter squares them, which is right for parts that are independent and
    estimated well; where the network is unsure of a voice the softer mask loses less, and a clear voice is as clean.
    """
    voice *= np.sqrt(voice)
    rest *= np.sqrt(rest)
    rest += voice
    rest += _FLOOR
    voice += _FLOOR / 2
    voice /= rest
    return voice


def separate_voice(samples: Samples, model: VoiceModel, progress: Progress) -> Samples:
    """The voice of a stereo recording.

    Parameters
    ----------
    samples : float32, shape (2, frames)
        44.1 kHz.

    Returns
    -------
    float32, shape (2, frames)
        What is left when it is subtracted is the accompaniment.
    """
    out = np.zeros(samples.shape, dtype=np.float32)
    total = _GRID.frames(samples.shape[1])
    with ThreadPoolExecutor(max_workers=2) as pool:
        coming = pool.submit(_patch, samples, 0, total)
        going: Future[None] | None = None
        for first in range(0, total, _PATCH_FRAMES):
            progress(first / total, "separating the voice")
            spectra, magnitude = coming.result()
            # While the networks are at this patch, whoever is done first makes the next one ready and ends the last.
            networks = model.begin(magnitude, pool)
            if first + _PATCH_FRAMES < total:
                coming = pool.submit(_patch, samples, first + _PATCH_FRAMES, total)
            voice, rest = (network.result()[0][0] for network in networks)
            if going is not None:
                going.result()
            going = pool.submit(_keep_voice, spectra, voice, rest, first, out)
        if going is not None:
            going.result()
    return out


def _patch(samples: Samples, first: int, total: int) -> tuple[Spectra, Magnitude]:
    """Spectra of a patch, of the frames that there are, and the magnitudes that the networks see."""
    spectra = _GRID.analyse(samples, first, first + _PATCH_FRAMES)
    magnitude = np.abs(spectra[:, :, :_PATCH_BINS])
    return spectra[:, : total - first], magnitude


def _keep_voice(spectra: Spectra, voice: Magnitude, rest: Magnitude, first: int, out: Samples) -> None:
    """Add what is voice in a patch to ``out``; spectra and magnitudes are used up."""
    mask = voice_mask(voice, rest)[:, : spectra.shape[1]]
    spectra[:, :, :_PATCH_BINS] *= mask
    spectra[:, :, _PATCH_BINS:] *= mask[:, :, -_TOP_BINS:].mean(axis=2, keepdims=True)
    _GRID.add(spectra, first, out)
