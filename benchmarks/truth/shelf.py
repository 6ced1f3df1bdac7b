"""Songs kept on disk once they are rendered, so that a benchmark and its readers share the work.

Each lies in ``<folder>/<fingerprint>/``: ``truth.json``, ``audio.flac`` (24 bit) and one 16-bit FLAC per stem, exactly
as they were made. A folder appears whole, by one rename; two processes may render at once.
"""

import fcntl
import hashlib
import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import soundfile

from benchmarks._sounds import read_sound
from benchmarks.truth.catalogue import settings_of
from benchmarks.truth.harmony import tonic_of
from benchmarks.truth.making import make
from benchmarks.truth.progressions import PROGRESSIONS
from benchmarks.truth.settings import GENERATOR, SongSettings
from benchmarks.truth.song import Span, Split, TrueHit, TrueMetre, TrueNote, TrueSection, TrueSong
from benchmarks.truth.sounds import open_sounds
from benchmarks.truth.styles import STYLES
from contrafact.assets import AssetStore
from contrafact.engine.audio.stems import STEM_NAMES, Stems
from contrafact.engine.audio.value import SAMPLE_RATE

Progress = Callable[[int, int], None]


def fingerprint(settings: SongSettings) -> str:
    """Names a song's sound and truth: a digest of its settings, the notes it draws from and the generator's number."""
    progressions = PROGRESSIONS[settings.split, tonic_of(settings.key)[1], settings.colour]
    facts = repr((GENERATOR, sorted(asdict(settings).items()), STYLES[settings.style], progressions))
    return hashlib.sha256(facts.encode()).hexdigest()[:20]


def _nothing(done: int, total: int) -> None:
    return None


def load(
    split: Split,
    store: AssetStore,
    folder: Path,
    wanted: Callable[[SongSettings], bool] = lambda settings: True,
    progress: Progress = _nothing,
) -> Iterator[TrueSong]:
    """The songs of a split one by one, rendered in two processes where they are not yet on the shelf.

    Parameters
    ----------
    folder : Path
        Usually ``$CONTRAFACT_HOME/truth``.
    wanted
        Leaves out the songs for which it answers False.
    progress
        Called with songs rendered and songs to render.

    Raises
    ------
    AssetMissing
        When songs have to be rendered and a soundfont is not here.
    """
    chosen = [settings for settings in settings_of(split) if wanted(settings)]
    prepare(chosen, store, folder, progress)
    for settings in chosen:
        yield read(settings, folder)


def prepare(chosen: list[SongSettings], store: AssetStore, folder: Path, progress: Progress = _nothing) -> None:
    """Render what is missing."""
    missing = [settings for settings in chosen if not _there(settings, folder)]
    if not missing:
        return
    open_sounds(store)
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(settings, store.root, folder) for settings in missing]
    with multiprocessing.get_context("spawn").Pool(min(2, len(jobs))) as pool:
        for done, _ in enumerate(pool.imap_unordered(_render, jobs), start=1):
            progress(done, len(jobs))


def _render(job: tuple[SongSettings, Path, Path]) -> None:
    settings, root, folder = job
    with (folder / f".{fingerprint(settings)}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two benchmarks at once share the work
        if not _there(settings, folder):
            keep(make(settings, open_sounds(AssetStore(root))), settings, folder)


def _there(settings: SongSettings, folder: Path) -> bool:
    return (folder / fingerprint(settings) / "truth.json").exists()


def keep(song: TrueSong, settings: SongSettings, folder: Path) -> None:
    """Put a song on the shelf; nothing half written is ever seen there."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as name:
        place = Path(name) / "song"
        place.mkdir()
        soundfile.write(place / "audio.flac", song.audio.samples.T, SAMPLE_RATE, subtype="PCM_24")
        for stem in STEM_NAMES:
            soundfile.write(place / f"{stem}.flac", song.stems[stem].samples.T, SAMPLE_RATE, subtype="PCM_16")
        facts = _facts(song)
        (place / "truth.json").write_text(json.dumps({"settings": asdict(settings), **facts}), encoding="utf-8")
        target = folder / fingerprint(settings)
        try:
            place.rename(target)
        except OSError:
            if not (target / "truth.json").exists():  # not another process's finished song
                shutil.rmtree(target, ignore_errors=True)
                place.rename(target)


def read(settings: SongSettings, folder: Path) -> TrueSong:
    """A song from the shelf."""
    place = folder / fingerprint(settings)
    facts: dict[str, Any] = json.loads((place / "truth.json").read_text(encoding="utf-8"))
    stems = Stems(**{stem: read_sound(place / f"{stem}.flac") for stem in STEM_NAMES})
    return TrueSong(
        name=facts["name"],
        split=cast(Split, facts["split"]),
        traits=tuple(facts["traits"]),
        audio=read_sound(place / "audio.flac"),
        stems=stems,
        tempo_bpm=facts["tempo_bpm"],
        steady=facts["steady"],
        beats_s=np.array(facts["beats_s"], dtype=np.float64),
        positions=np.array(facts["positions"], dtype=np.int64),
        metres=tuple(TrueMetre(*row) for row in facts["metres"]),
        swing=facts["swing"],
        keys=tuple(Span(*row) for row in facts["keys"]),
        chords=tuple(Span(*row) for row in facts["chords"]),
        sections=tuple(TrueSection(*row) for row in facts["sections"]),
        melody=tuple(TrueNote(*row) for row in facts["melody"]),
        vocal_regions=tuple((start, stop) for start, stop in facts["vocal_regions"]),
        drum_hits=tuple(TrueHit(*row) for row in facts["drum_hits"]),
        tuning_cents=facts["tuning_cents"],
    )


def _facts(song: TrueSong) -> dict[str, Any]:
    rows = {
        name: [list(asdict(item).values()) for item in getattr(song, name)]
        for name in ("metres", "keys", "chords", "sections", "melody", "drum_hits")
    }
    return {
        "name": song.name,
        "split": song.split,
        "traits": song.traits,
        "tempo_bpm": song.tempo_bpm,
        "steady": song.steady,
        "beats_s": song.beats_s.tolist(),
        "positions": song.positions.tolist(),
        "swing": song.swing,
        "vocal_regions": song.vocal_regions,
        "tuning_cents": song.tuning_cents,
        **rows,
    }
