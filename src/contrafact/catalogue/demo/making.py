"""From the files of a demo song to one recording with its options; the same files give the same bytes."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.catalogue.demo.tracker import Tracker
from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.parts import find_stems
from contrafact.catalogue.values import IngestOptions, KnownPart
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.stem_files import write_stem
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import Audio, Samples

if TYPE_CHECKING:
    from contrafact.catalogue.demo.songs import DemoSong

GUITAR_GAIN = 0.45
"""Guitar and backing peak at 1.55 together; this keeps their sum below full scale for all four songs."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file to take in, and what is to be said about it."""

    path: Path
    options: IngestOptions


@contextmanager
def make(song: "DemoSong", store: AssetStore, scratch: Path) -> Iterator[Made]:
    """Make the recording in a folder of its own that goes afterwards."""
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=scratch, prefix="demo-"))
    try:
        if song.kind == "file":
            yield Made(store.path(song.assets[0], song.file or ""), _options(song))
        elif song.kind == "guitar":
            yield _with_guitar(song, store, folder)
        elif song.kind == "module":
            yield _stems_and_mix(song, folder, _module_stems(song, store))
        else:
            yield _stems_and_mix(song, folder, _own_stems(song))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_guitar(song: "DemoSong", store: AssetStore, folder: Path) -> Made:
    guitar_path = store.path(song.assets[0], "guitar.ogg")
    guitar = decode(guitar_path)
    backing = decode(store.path(song.assets[0], "song.ogg"))
    frames = min(guitar.frames, backing.frames)
    mix = Audio((guitar.samples[:, :frames] + backing.samples[:, :frames]) * np.float32(GUITAR_GAIN))
    path = folder / f"{song.slug}.flac"
    encode(mix, path)
    return Made(path, _options(song, known_parts=(KnownPart("other", guitar_path, GUITAR_GAIN),)))


def _module_stems(song: "DemoSong", store: AssetStore) -> Mapping[StemName, Samples]:
    tracker = Tracker(store)
    path = store.path(song.assets[0], song.file or "")
    everything = frozenset(range(len(tracker.instruments(path))))
    rest = everything - set(song.drums) - set(song.bass)
    groups: Mapping[StemName, frozenset[int]] = {
        "drums": frozenset(song.drums),
        "bass": frozenset(song.bass),
        "other": rest,
    }
    return {name: tracker.render(path, only).samples for name, only in groups.items()}


def _own_stems(song: "DemoSong") -> Mapping[StemName, Samples]:
    if song.folder is None:
        raise BadSong("the project's own song is not part of this installation")
    paths = find_stems(song.folder)
    return {name: decode(path).samples for name, path in paths.items() if name not in song.leave_out}


def _stems_and_mix(song: "DemoSong", folder: Path, stems: Mapping[StemName, Samples]) -> Made:
    """The mix is the sum of the stems, all turned down by one factor where the sum would pass full scale."""
    frames = max(samples.shape[1] for samples in stems.values())
    mix = np.zeros((2, frames), dtype=np.float32)
    for samples in stems.values():
        mix[:, : samples.shape[1]] += samples
    peak = float(np.abs(mix).max(initial=0.0))
    gain = np.float32(1.0 if peak <= 0.98 else 0.98 / peak)
    path = folder / f"{song.slug}.flac"
    encode(Audio(mix * gain), path)
    stems_dir = folder / "stems"
    stems_dir.mkdir()
    for name in STEM_NAMES:
        if name in stems:
            samples = stems[name]
            padded = np.pad(samples, ((0, 0), (0, frames - samples.shape[1]))) * gain
            write_stem(stems_dir / f"{name}.flac", Audio(padded))
    return Made(path, _options(song, stems_dir=stems_dir))


def _options(song: "DemoSong", known_parts: tuple[KnownPart, ...] = (), stems_dir: Path | None = None) -> IngestOptions:
    return IngestOptions(
        title=song.title,
        artist=song.artist,
        album=song.album,
        reference=song.reference,
        licence=song.licence,
        attribution=song.attribution,
        stems_dir=stems_dir,
        known_parts=known_parts,
        credits=song.credits,
    )
