"""Recursive filters (second-order sections) without the time that it takes to call them.

A renderer filters short pieces thousands of times. ``scipy.signal.sosfilt`` takes 30 µs a call before it filters, and
``scipy.signal`` nearly a second to import, for its statistics and optimisation. Both are spared here: SciPy's own
compiled loop is loaded by itself from where it lies. Should a SciPy ever have no such file, the public function serves,
to the same bits.
"""

import math
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sections = NDArray[np.float64]
"""Shape (sections, 6): b0 b1 b2 a0 a1 a2 each, with a0 = 1."""
Kernel = Callable[[Sections, Floats, Floats], None]
"""Filters rows in place: (sections, sound (rows, frames), state (rows, sections, 2))."""

Kind = Literal["lowpass", "highpass", "bandpass"]
_KERNEL_FILE: Final = "_sosfilt"
_NYQUIST_SHARE: Final = 0.999


def rest(sections: Sections, rows: int = 2) -> Floats:
    """The state of a filter that has heard nothing, for ``rows`` channels."""
    return np.zeros((rows, len(sections), 2))


def filtered(sections: Sections, sound: NDArray[Any], state: Floats | None = None) -> Floats:
    """Filter the next piece of sound.

    Parameters
    ----------
    sections : float64, shape (sections, 6)
    sound : real, shape (rows, frames) or (frames,)
        Not changed.
    state : float64, shape (rows, sections, 2), optional
        From :func:`rest`; changed in place, so that the next piece goes on where this one ends. Without it the filter
        begins at rest.

    Returns
    -------
    float64, the shape of ``sound``

    Raises
    ------
    ValueError
        When the state is of another shape than the sound and the filter need.
    """
    rows = sound[np.newaxis] if sound.ndim == 1 else sound
    out = np.array(rows, dtype=np.float64, order="C")
    held = rest(sections, len(out)) if state is None else state
    # The compiled loop looks at no bounds.
    if held.shape != (len(out), len(sections), 2) or sections.shape[1:] != (6,) or out.ndim != 2:
        raise ValueError(f"a filter of shape {sections.shape} with a state of {held.shape} cannot take {sound.shape}")
    _kernel(np.ascontiguousarray(sections), out, held)
    return out[0] if sound.ndim == 1 else out


def both_ways(sections: Sections, sound: NDArray[Any]) -> Floats:
    """Filter forwards, then backwards: twice the slope, and nothing comes late. Each way begins settled at the first
    value it meets.

    Parameters
    ----------
    sound : real, shape (rows, frames)
    """
    settled = _settled(sections)[np.newaxis]
    forth = filtered(sections, sound, settled * sound[:, :1, np.newaxis])
    back = forth[:, ::-1]
    return filtered(sections, back, settled * back[:, :1, np.newaxis])[:, ::-1]


def butterworth(order: int, kind: Kind, hertz: float | tuple[float, float], rate: int) -> Sections:
    """A Butterworth filter of order 1 or 2, by the bilinear transform with its edges put right.

    Parameters
    ----------
    order : int
        1 or 2; a bandpass has that many poles on each of its sides.
    kind : Kind
    hertz : float
        Where it is 3 dB down; two values for a bandpass.
    rate : int
        Hz.
    """
    if kind == "bandpass":
        low, high = hertz if isinstance(hertz, tuple) else (hertz, hertz)
        return _bandpass(order, low, high, rate)
    assert not isinstance(hertz, tuple), "a low- or highpass has one edge"
    k = _warped(hertz, rate)
    if order == 1:
        b0 = (k if kind == "lowpass" else 1.0) / (1.0 + k)
        return np.array([[b0, b0 if kind == "lowpass" else -b0, 0.0, 1.0, (k - 1.0) / (k + 1.0), 0.0]])
    norm = 1.0 + math.sqrt(2.0) * k + k * k
    b0, turn = (k * k / norm, 2.0) if kind == "lowpass" else (1.0 / norm, -2.0)
    a1, a2 = 2.0 * (k * k - 1.0) / norm, (1.0 - math.sqrt(2.0) * k + k * k) / norm
    return np.array([[b0, turn * b0, b0, 1.0, a1, a2]])


def _warped(hertz: float, rate: int) -> float:
    return math.tan(math.pi * min(_NYQUIST_SHARE * rate / 2.0, max(0.0, hertz)) / rate)


def _bandpass(order: int, low_hz: float, high_hz: float, rate: int) -> Sections:
    """The lowpass prototype's poles p become the roots of s² - p·width·s + centre²."""
    low, high = _warped(low_hz, rate), _warped(high_hz, rate)
    width, centre = high - low, low * high
    poles: list[complex] = []
    for number in range(order):
        angle = math.pi * (2 * number + order + 1) / (2 * order)
        half = complex(math.cos(angle), math.sin(angle)) * width / 2.0
        split = (half * half - centre) ** 0.5
        poles += [half + split, half - split]
    sections = []
    # Of order 2 each pole has its mirror image among the others; of order 1 the two belong together.
    pairs = [tuple(poles)] if order == 1 else [(pole, pole.conjugate()) for pole in poles if pole.imag > 0.0]
    for one, other in pairs:
        # (s - p)(s - q) with s = (1 - 1/z) / (1 + 1/z), and width·s above it.
        total, product = (one + other).real, (one * other).real
        norm = 1.0 - total + product
        sections.append(
            [width / norm, 0.0, -width / norm, 1.0, 2.0 * (product - 1.0) / norm, (1.0 + total + product) / norm]
        )
    return np.array(sections)


def _settled(sections: Sections) -> Floats:
    """The state, shape (sections, 2), in which a constant 1 has always been going in."""
    state = np.zeros((len(sections), 2))
    level = 1.0
    for row, (b0, b1, b2, _, a1, a2) in enumerate(sections.tolist()):
        out = level * (b0 + b1 + b2) / (1.0 + a1 + a2)
        state[row, 1] = b2 * level - a2 * out
        state[row, 0] = b1 * level - a1 * out + state[row, 1]
        level = out
    return state


def _load_kernel() -> Kernel:
    """The loop inside ``scipy.signal.sosfilt``; it lets go of the interpreter."""
    for folder in scipy.__path__:
        for suffix in EXTENSION_SUFFIXES:
            path = Path(folder) / "signal" / f"{_KERNEL_FILE}{suffix}"
            if path.is_file():
                loader = ExtensionFileLoader(f"scipy.signal.{_KERNEL_FILE}", str(path))
                spec = spec_from_file_location(loader.name, path, loader=loader)
                if spec is not None:
                    module = module_from_spec(spec)
                    loader.exec_module(module)
                    kernel: Kernel | None = getattr(module, _KERNEL_FILE, None)
                    if kernel is not None:
                        return kernel
    return public_kernel


def public_kernel(sections: Sections, sound: Floats, state: Floats) -> None:
    """The same by SciPy's public function."""
    from scipy.signal import sosfilt

    sound[:], left = sosfilt(sections, sound, axis=1, zi=np.moveaxis(state, 1, 0))
    state[:] = np.moveaxis(left, 0, 1)


_kernel: Final[Kernel] = _load_kernel()
