"""A text-to-speech voice opened up so that it can sing: its reading of the words and its sound, each by itself.

The voice "heart" of hibari-tts is one network that reads phonemes, decides how long each of them lasts, draws a pitch
and an energy curve, and from all that a spectrum for every 12.5 ms; plain signal processing makes the sound of it. The
network is cut in two where lengths, pitch and energy enter, so that a score can decide them: nothing is stretched or
retuned afterwards.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import hibari  # type: ignore[import-not-found,unused-ignore]
import numpy as np
import onnx
import onnx.utils
import onnxruntime
from hibari import Hibari, dsp  # type: ignore[import-not-found,unused-ignore]
from numpy.typing import NDArray
from onnx import TensorProto, helper

Floats = NDArray[np.float32]

VOICE_RATE: Final = 24_000
"""Hz."""
FRAMES_PER_SECOND: Final = 80
FRAME_SAMPLES: Final = VOICE_RATE // FRAMES_PER_SECOND
_TEXT, _LENGTHS = "/Transpose_22_output_0", "/Cast_32_output_0"
_PITCH, _ENERGY, _TEXT_FRAMES = "f0", "/Mul_62_output_0", "/Reshape_42_output_0"
_SPECTRUM = ("lh", "theta", "ln", "lr", "phi")
SILENT_ENERGY: Final = -9.6


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How the voice would speak a line."""

    phonemes: tuple[str, ...]
    """One symbol each, with a silence before ("^") and after ("$")."""
    text: Floats
    """What the network makes of each phoneme in its context, shape (128, phonemes)."""
    frames: NDArray[np.int64]
    """Natural length of each, in frames of 12.5 ms."""
    pitch_hz: Floats
    """For each frame; 0 where it is unvoiced."""
    energy: Floats
    """For each frame, in the network's own measure (silence -9.6, a loud vowel 8)."""


class VoiceModel:
    """The voice, cut in two."""

    def __init__(self) -> None:
        self._tts = Hibari()
        path = Path(hibari.__file__).parent / "assets" / "hibari.onnx"
        self._reader = _part(path, ["ids", "speed"], [_TEXT, _LENGTHS, _PITCH, _ENERGY])
        self._sounder = _part(path, [_TEXT_FRAMES, _PITCH, _ENERGY], list(_SPECTRUM))

    def phonemes(self, words: str) -> str:
        """The phonemes of a line, in the alphabet of Kokoro."""
        return " ".join(self._tts.phonemize(words))

    def read(self, phonemes: str) -> Reading:
        """How the voice speaks these phonemes by itself."""
        known = [symbol for symbol in phonemes if symbol in self._tts.vocab]
        ids = np.array([self._tts.ids("".join(known))], dtype=np.int64)
        speed = np.array([1.0], dtype=np.float32)
        text, lengths, pitch, energy = self._reader.run(None, {"ids": ids, "speed": speed})
        return Reading(
            phonemes=("^", *known, "$"),
            text=text[0],
            frames=2 * lengths.reshape(-1).astype(np.int64),
            pitch_hz=pitch[0],
            energy=energy[0],
        )

    def sound(
        self, text: Floats, pitch_hz: Floats, energy: Floats, seed: int, source_hz: Floats | None = None
    ) -> Floats:
        """Mono sound at 24 kHz, one frame of 300 samples for each column.

        Parameters
        ----------
        text : float32, shape (128, frames)
        pitch_hz, energy : float32, shape (frames,)
            What the network is told.
        seed : int
            For the noise in the voice.
        source_hz : float32, shape (frames,), optional
            The pitch that sounds, where it is not what the network is told.
        """
        spectrum: list[Any] = self._sounder.run(
            None,
            {
                _TEXT_FRAMES: text[None].astype(np.float32),
                _PITCH: pitch_hz[None].astype(np.float32),
                _ENERGY: energy[None].astype(np.float32),
            },
        )
        source = (pitch_hz if source_hz is None else source_hz).astype(np.float32)
        harmonic, phase, noise, free, free_phase = (part[0] for part in spectrum)
        harmonic = _follow(harmonic, pitch_hz, source)
        free = _clean(free, source)
        chance = np.random.default_rng(seed)
        sound: Floats = dsp.synth(harmonic, phase, noise, free, free_phase, source, chance)
        return sound


_BIN_HZ: Final = VOICE_RATE / dsp.N_FFT
_VOICED_HZ: Final = 40.0
_BREATH_CUT: Final = 0.35
"""Nepers taken from the unvoiced part of voiced sounds: less breath than in speech."""
_LOW_CUT: Final = 1.2
_LOW_HZ: Final = 900.0


def _follow(harmonic: Floats, told_hz: Floats, source_hz: Floats) -> Floats:
    """Let the spectrum's lowest hill go with the pitch that sounds.

    The network puts a hill where it was told that the fundamental is. Below two and a half times the sounding pitch the
    frequency axis is bent so that the sounding fundamental gets the strength of the told one.
    """
    out = harmonic.copy()
    axis = np.arange(harmonic.shape[0]) * _BIN_HZ
    for frame in np.flatnonzero((source_hz > told_hz * 1.02) & (told_hz > _VOICED_HZ)):
        told, sounding = float(told_hz[frame]), float(source_hz[frame])
        bent = np.interp(axis, [0.0, sounding, 2.5 * sounding], [0.0, told, 2.5 * sounding])
        bent = np.where(axis > 2.5 * sounding, axis, bent)
        out[:, frame] = np.interp(bent, axis, harmonic[:, frame])
    return out


def _clean(free: Floats, source_hz: Floats) -> Floats:
    """Less of the free part where the voice sounds: at low frequencies it would hum at the pitch of speech."""
    axis = np.arange(free.shape[0]) * _BIN_HZ
    cut = _BREATH_CUT + _LOW_CUT * np.clip(1.5 - axis / _LOW_HZ, 0.0, 1.0)
    voiced = (source_hz > _VOICED_HZ).astype(np.float64)
    weight = np.convolve(np.pad(voiced, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return np.asarray(free - cut[:, None] * weight[None], dtype=np.float32)


def _part(path: Path, inputs: list[str], outputs: list[str]) -> onnxruntime.InferenceSession:
    model = onnx.load(str(path))
    graph = model.graph
    known = {value.name for value in (*graph.value_info, *graph.input, *graph.output)}
    for name in (_TEXT, _LENGTHS, _ENERGY, _TEXT_FRAMES):
        if name not in known:
            kind = TensorProto.INT64 if name == _LENGTHS else TensorProto.FLOAT
            graph.value_info.append(helper.make_tensor_value_info(name, kind, None))
    part = onnx.utils.Extractor(model).extract_model(inputs, outputs)
    options = onnxruntime.SessionOptions()
    # one thread and one order of adding: the same score gives the same sound
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(part.SerializeToString(), options, providers=["CPUExecutionProvider"])
