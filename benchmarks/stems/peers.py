"""What separation is measured against: Spleeter's own procedure, median filters, a low-pass."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.ndimage import median_filter
from scipy.signal import butter, sosfiltfilt

from benchmarks.stems.excerpts import Parts
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.separation.spectra import Grid
from contrafact.engine.separation.vocals import VoiceModel


def plain_spleeter(mix: Samples, model: VoiceModel) -> Samples:
    """The voice as Spleeter itself takes it: patches of 512 frames side by side, masks from squared estimates.

    Above the 1024 bins that the network hears the mask is its mean over them (``mask_extension: average``).
    """
    grid, patch, bins = Grid(4096), 512, 1024
    voice = np.zeros_like(mix)
    total = grid.frames(mix.shape[1])
    with ThreadPoolExecutor(max_workers=2) as pool:
        for first in range(0, total, patch):
            spectra = grid.analyse(mix, first, first + patch)
            guess, rest = model.estimates(np.ascontiguousarray(np.abs(spectra[:, :, :bins])), pool)
            mask = (np.square(guess) + 5e-11) / (np.square(guess) + np.square(rest) + 1e-10)
            count = min(patch, total - first)
            kept = spectra[:, :count]
            kept[:, :, :bins] *= mask[:, :count]
            kept[:, :, bins:] *= mask[:, :count].mean(axis=2, keepdims=True)
            grid.add(kept, first, voice)
    return voice


def struck_and_held(sound: Samples) -> tuple[Samples, Samples]:
    """Fitzgerald's median filters (31 by 31 at 2048/512) with soft masks of power 2, each channel by itself."""
    grid = Grid(2048)
    spectra = grid.analyse(sound, 0, grid.frames(sound.shape[1]))
    struck = np.zeros_like(sound)
    for channel, part in enumerate(spectra):
        magnitude = np.abs(part)
        held = np.square(median_filter(magnitude, (31, 1)))
        broad = np.square(median_filter(magnitude, (1, 31)))
        mask = (broad + 1e-12) / (broad + held + 2e-12)
        grid.add((part * mask)[np.newaxis].astype(np.complex64), 0, struck[channel : channel + 1])
    return struck, sound - struck


def low_passed(sound: Samples, hertz: float = 220.0) -> Samples:
    filtered = sosfiltfilt(butter(4, hertz, fs=SAMPLE_RATE, output="sos"), sound, axis=1)
    return np.asarray(filtered, dtype=np.float32)


def baseline(mix: Samples, voice: Samples) -> Parts:
    """Spleeter, then median filters for the drums and a low-pass of the rest for the bass."""
    drums, held = struck_and_held(mix - voice)
    bass = low_passed(held)
    return {"vocals": voice, "drums": drums, "bass": bass, "other": held - bass}


def median_filters_alone(mix: Samples) -> Parts:
    """The same without Spleeter: no voice is found."""
    drums, held = struck_and_held(mix)
    bass = low_passed(held)
    return {"drums": drums, "bass": bass, "other": held - bass}
