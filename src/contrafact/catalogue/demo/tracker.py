"""Tracker modules rendered with libopenmpt, whole or with only some of their instruments sounding.

Muted instruments still run, so that what is left sounds as in the mix. A fresh module object is made for every
rendering, for muting leaves traces in a used one.

Source: the C interface of libopenmpt 0.6 (``libopenmpt_ext.h``: "interactive" interface).
"""

import ctypes
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.catalogue.errors import BadSong
from contrafact.engine.audio.value import SAMPLE_RATE, Audio

_LIBRARIES = (
    ("libogg", "libogg.so.0"),
    ("libvorbis", "libvorbis.so.0"),
    ("libvorbisfile", "libvorbisfile.so.3"),
    ("libmpg123", "libmpg123.so.0"),
)
_BLOCK_FRAMES = 1 << 16
_MAX_S = 20 * 60.0
_STEREO_SEPARATION_PERCENT = 70
_SEPARATION, _INTERPOLATION = 2, 3  # OPENMPT_MODULE_RENDER_…
_SINC_TAPS = 8


class _Interactive(ctypes.Structure):
    """``openmpt_module_ext_interface_interactive``: nine function pointers, of which one is used."""

    _fields_ = [
        ("set_current_speed", ctypes.c_void_p),
        ("set_current_tempo", ctypes.c_void_p),
        ("set_tempo_factor", ctypes.c_void_p),
        ("get_tempo_factor", ctypes.c_void_p),
        ("set_pitch_factor", ctypes.c_void_p),
        ("get_pitch_factor", ctypes.c_void_p),
        ("set_global_volume", ctypes.c_void_p),
        ("get_global_volume", ctypes.c_void_p),
        ("set_channel_volume", ctypes.c_void_p),
        ("get_channel_volume", ctypes.c_void_p),
        ("set_channel_mute_status", ctypes.c_void_p),
        ("get_channel_mute_status", ctypes.c_void_p),
        (
            "set_instrument_mute_status",
            ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int),
        ),
        ("get_instrument_mute_status", ctypes.c_void_p),
        ("play_note", ctypes.c_void_p),
        ("stop_note", ctypes.c_void_p),
    ]


class Tracker:
    """libopenmpt, loaded from the asset store.

    Raises
    ------
    contrafact.assets.AssetMissing
        When the library was not fetched.
    BadSong
        When it does not load on this machine.
    """

    def __init__(self, store: AssetStore) -> None:
        try:
            # the four libraries that it needs, first and for all to see, so that no system path is searched
            for name, file in _LIBRARIES:
                ctypes.CDLL(str(store.path(name, file)), mode=ctypes.RTLD_GLOBAL)
            self._library = ctypes.CDLL(str(store.path("libopenmpt", "libopenmpt.so.0")))
        except OSError as error:
            raise BadSong(
                f"tracker modules cannot be played on this machine: libopenmpt does not load ({error})"
            ) from None
        self._declare()

    def instruments(self, path: Path) -> tuple[str, ...]:
        """Names of the instruments, or of the samples where the module has no instruments."""
        module = self._open(path)
        try:
            handle = self._library.openmpt_module_ext_get_module(module)
            count = self._library.openmpt_module_get_num_instruments(handle)
            name_of = self._library.openmpt_module_get_instrument_name
            if count == 0:
                count = self._library.openmpt_module_get_num_samples(handle)
                name_of = self._library.openmpt_module_get_sample_name
            return tuple(self._text(name_of(handle, index)) for index in range(count))
        finally:
            self._library.openmpt_module_ext_destroy(module)

    def render(self, path: Path, only: Collection[int] | None = None, longest_s: float = _MAX_S) -> Audio:
        """The module from its beginning to its end, once, at 44.1 kHz.

        Parameters
        ----------
        only : collection of int, optional
            Indices of the instruments that sound; None for all of them. Peaks above 1 are kept.
        longest_s : float
            Where to stop before its end, to a second or two.
        """
        module = self._open(path)
        try:
            handle = self._library.openmpt_module_ext_get_module(module)
            self._library.openmpt_module_set_render_param(handle, _SEPARATION, _STEREO_SEPARATION_PERCENT)
            self._library.openmpt_module_set_render_param(handle, _INTERPOLATION, _SINC_TAPS)
            self._library.openmpt_module_set_repeat_count(handle, 0)
            if only is not None:
                self._mute(module, handle, only)
            return self._rendered(handle, longest_s)
        finally:
            self._library.openmpt_module_ext_destroy(module)

    def _rendered(self, handle: int, longest_s: float) -> Audio:
        blocks: list[np.ndarray[tuple[int, int], np.dtype[np.float32]]] = []
        frames = 0
        while frames < longest_s * SAMPLE_RATE:
            block = np.zeros((_BLOCK_FRAMES, 2), dtype=np.float32)
            got = self._library.openmpt_module_read_interleaved_float_stereo(
                handle, SAMPLE_RATE, _BLOCK_FRAMES, block.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            )
            if got == 0:
                break
            blocks.append(block[:got])
            frames += got
        if not blocks:
            raise BadSong("the tracker module is empty")
        return Audio(np.ascontiguousarray(np.concatenate(blocks).T))

    def _mute(self, module: int, handle: int, only: Collection[int]) -> None:
        interactive = _Interactive()
        size = ctypes.sizeof(interactive)
        found = self._library.openmpt_module_ext_get_interface(module, b"interactive", ctypes.byref(interactive), size)
        if not found:
            raise BadSong("this version of libopenmpt cannot mute instruments; fetch the one in the manifest")
        count = self._library.openmpt_module_get_num_instruments(handle)
        count = count or self._library.openmpt_module_get_num_samples(handle)
        for index in range(count):
            interactive.set_instrument_mute_status(module, index, 0 if index in only else 1)

    def _open(self, path: Path) -> int:
        data = path.read_bytes()
        module: int | None = self._library.openmpt_module_ext_create_from_memory(
            data, len(data), None, None, None, None, None, None, None
        )
        if not module:
            raise BadSong(f"“{path.name}” is not a tracker module that libopenmpt reads")
        return module

    def _text(self, pointer: int | None) -> str:
        if not pointer:
            return ""
        try:
            return ctypes.string_at(pointer).decode("utf-8", "replace")
        finally:
            self._library.openmpt_free_string(pointer)

    def _declare(self) -> None:
        pointer, integer = ctypes.c_void_p, ctypes.c_int32
        signatures: Sequence[tuple[str, type | None, list[object]]] = (
            (
                "openmpt_module_ext_create_from_memory",
                pointer,
                [ctypes.c_char_p, ctypes.c_size_t, *[pointer] * 7],
            ),
            ("openmpt_module_ext_destroy", None, [pointer]),
            ("openmpt_module_ext_get_module", pointer, [pointer]),
            ("openmpt_module_ext_get_interface", ctypes.c_int, [pointer, ctypes.c_char_p, pointer, ctypes.c_size_t]),
            ("openmpt_module_get_num_instruments", integer, [pointer]),
            ("openmpt_module_get_num_samples", integer, [pointer]),
            ("openmpt_module_get_instrument_name", pointer, [pointer, integer]),
            ("openmpt_module_get_sample_name", pointer, [pointer, integer]),
            ("openmpt_module_set_render_param", ctypes.c_int, [pointer, ctypes.c_int, integer]),
            ("openmpt_module_set_repeat_count", ctypes.c_int, [pointer, integer]),
            (
                "openmpt_module_read_interleaved_float_stereo",
                ctypes.c_size_t,
                [pointer, integer, ctypes.c_size_t, ctypes.POINTER(ctypes.c_float)],
            ),
            ("openmpt_free_string", None, [pointer]),
        )
        for name, result, arguments in signatures:
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
