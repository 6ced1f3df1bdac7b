"""A soundfont that a test writes itself, so that every truth about its notes is known."""

import struct
from pathlib import Path

import numpy as np

from contrafact.engine.audio.value import SAMPLE_RATE

PERIOD = 100
"""Frames of the looped sine: 441 Hz at its root key."""


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body


def write_font(path: Path, zones: list[list[tuple[int, int]]], preset: tuple[tuple[int, int], ...] = ()) -> Path:
    """Bank 0, program 0: one instrument with these zones (generator, amount) of one looped sine at key 69."""
    wave = np.sin(2 * np.pi * np.arange(10 * PERIOD) / PERIOD) * 16384
    pcm = wave.astype("<i2").tobytes() + bytes(92)
    generators, bags = b"", b""
    for zone in zones:
        bags += struct.pack("<HH", len(generators) // 4, 0)
        for operator, amount in (*zone, (53, 0)):
            generators += struct.pack("<Hh", operator, amount)
    bags += struct.pack("<HH", len(generators) // 4, 0)
    generators += bytes(4)
    preset_generators = b"".join(struct.pack("<Hh", *pair) for pair in (*preset, (41, 0)))
    name = b"sine".ljust(20, b"\0")
    header = name + struct.pack("<IIIIIBbHH", 0, 10 * PERIOD, 2 * PERIOD, 8 * PERIOD, SAMPLE_RATE, 69, 0, 0, 1)
    pdta = b"".join(
        (
            chunk(b"phdr", name + bytes(18) + bytes(20) + struct.pack("<HHHIII", 0, 0, 1, 0, 0, 0)),
            chunk(b"pbag", struct.pack("<HHHH", 0, 0, len(preset_generators) // 4, 0)),
            chunk(b"pmod", bytes(10)),
            chunk(b"pgen", preset_generators + bytes(4)),
            chunk(b"inst", name + struct.pack("<H", 0) + bytes(20) + struct.pack("<H", len(zones))),
            chunk(b"ibag", bags),
            chunk(b"imod", bytes(10)),
            chunk(b"igen", generators),
            chunk(b"shdr", header + bytes(46)),
        )
    )  # fmt: skip
    body = b"sfbk" + chunk(b"LIST", b"sdta" + chunk(b"smpl", pcm)) + chunk(b"LIST", b"pdta" + pdta)
    path.write_bytes(chunk(b"RIFF", body))
    return path


LOOPED = (54, 1)
"""The generator that lets a zone repeat its loop for as long as the key is held."""
