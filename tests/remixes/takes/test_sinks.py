"""Sound on its way out: whole, in order, at full width, and not kept up by who does not read."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.value import Samples
from contrafact.engine.errors import Cancelled
from contrafact.remixes.takes.sinks import FlacSink, Mp3Sink, WavSink, pcm, wav_header


def tone(frames: int = 44_100) -> Samples:
    time_s = np.arange(frames) / 44_100
    return np.stack([0.5 * np.sin(2 * np.pi * 440 * time_s), 0.25 * np.sin(2 * np.pi * 660 * time_s)]).astype(
        np.float32
    )


@pytest.mark.parametrize("kind", [WavSink, FlacSink, Mp3Sink])
def test_blocks_of_any_size_arrive_as_one_sound(
    tmp_path: Path, kind: type[WavSink] | type[FlacSink] | type[Mp3Sink]
) -> None:
    sound, path = tone(), tmp_path / {WavSink: "out.wav", FlacSink: "out.flac", Mp3Sink: "out.mp3"}[kind]
    target = path.open("wb")
    sink = Mp3Sink(target) if issubclass(kind, Mp3Sink) else kind(target, sound.shape[1])
    for block in np.array_split(sound, [0, 1, 7000, 7000, 30_000], axis=1):
        sink.write(np.ascontiguousarray(block))
    sink.finish()
    sink.wait()
    sink.close()
    got = decode(path)
    if kind is not Mp3Sink:
        assert got.samples.shape == sound.shape
        assert float(np.abs(got.samples - sound).max()) <= 1 / 32767
    else:
        assert abs(got.duration_s - 1.0) < 0.1
        assert float(np.sqrt((got.samples[0] ** 2).mean())) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_who_reads_slowly_does_not_hold_the_renderer_up() -> None:
    reading, writing = os.pipe()
    sink = WavSink(os.fdopen(writing, "wb"), 44_100 * 20)
    for _ in range(20):  # far more than a pipe holds; every write comes back although nobody reads
        sink.write(tone())
    sink.finish()
    got = bytearray()

    def read() -> None:
        while piece := os.read(reading, 1 << 16):
            got.extend(piece)

    thread = threading.Thread(target=read)
    thread.start()
    sink.wait()
    sink.close()
    thread.join(30)
    os.close(reading)
    assert len(got) == 44 + 20 * 44_100 * 4


def test_a_reader_who_has_gone_ends_the_work() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    sink = WavSink(os.fdopen(writing, "wb"), 44_100)
    sink.write(tone())
    with pytest.raises(Cancelled, match="has gone"):
        sink.wait()
    sink.close()


@given(frames=st.integers(0, 2**34))
def test_the_head_never_promises_more_than_its_format_can(frames: int) -> None:
    head = wav_header(frames)
    assert len(head) == 44
    assert int.from_bytes(head[40:44], "little") == min(frames * 4, 2**32 - 1 - 36)


def test_integers_are_as_wide_as_full_scale() -> None:
    edges = np.array([[1.0, -1.0], [0.0, 0.5]], dtype=np.float32)
    assert np.frombuffer(pcm(edges), "<i2").tolist() == [32767, 0, -32767, 16384]
