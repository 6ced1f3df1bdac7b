"""Takes in every format, a signer, and a claim."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import pytest
import soundfile as sf

from contrafact.provenance.service import Credit, Licence, Signer, Source, TakeClaim

RATE = 48_000
SUFFIXES = ("wav", "flac", "mp3", "m4a", "opus", "ogg")


def _make_take(path: Path, seconds: float = 0.5, seed: int = 1) -> Path:
    """A quiet noise in the format of the name."""
    samples = 0.1 * np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))
    samples = np.clip(samples, -1, 1).astype(np.float32)
    if path.suffix == ".m4a":
        _make_m4a(path, samples)
    elif path.suffix == ".opus":
        sf.write(path, samples, RATE, format="OGG", subtype="OPUS")
    else:
        sf.write(path, samples, RATE)
    return path


def _make_m4a(path: Path, samples: np.ndarray) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout="stereo")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


def _decoded(path: Path) -> bytes:
    """The sound of a file, as whatever decoder the library has gives it."""
    with av.open(str(path)) as container:
        return b"".join(frame.to_ndarray().tobytes() for frame in container.decode(audio=0))


class TakeMaker(Protocol):
    def __call__(self, path: Path, seconds: float = 0.5, seed: int = 1) -> Path: ...


class Decoder(Protocol):
    def __call__(self, path: Path) -> bytes: ...


@pytest.fixture(scope="session")
def make_take() -> TakeMaker:
    return _make_take


@pytest.fixture(scope="session")
def decoded() -> Decoder:
    return _decoded


@pytest.fixture(scope="session")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("takes")
    return {suffix: _make_take(folder / f"take.{suffix}") for suffix in SUFFIXES}


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "keys"


@pytest.fixture(scope="session")
def signer(keys_dir: Path) -> Signer:
    return Signer.at(keys_dir)


@pytest.fixture(scope="session")
def claim() -> TakeClaim:
    return TakeClaim(
        title="Bossa nova remix of Lets Go Fishin'",
        by="Ada",
        sources=(Source("Lets Go Fishin'", "Karissa Hobbs", "ab" * 32, isrc="SEABC2600001"),),
        recipe_sha256="cd" * 32,
        decision_sha256="ef" * 32,
        engine_version="0.1.0",
        chart_sha256="01" * 32,
        credits=(Credit("Karissa Hobbs", "featured artist"), Credit("Ada", "remixer", "words: slow bossa nova")),
        licence=Licence("CC-BY-3.0", "Creative Commons Attribution 3.0", None, "Karissa Hobbs"),
        remix_id="rmx_test",
    )


def _remux(source: Path, target: Path) -> None:
    """Copy the packets into a new container, as a tool that knows nothing of C2PA does."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = old.streams.audio[0]
        copy = new.add_stream_from_template(stream)
        for packet in old.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                new.mux(packet)


@pytest.fixture(scope="session")
def remux() -> Callable[[Path, Path], None]:
    return _remux
