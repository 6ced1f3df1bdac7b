"""A take as a file of one's own: made in place (without the service), in the wanted format, signed."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.engine.audio.encoding import OUTPUT_SUFFIXES, encode
from contrafact.engine.audio.stem_files import read_stem
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import Progress, part
from contrafact.remixes import making, store
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.signing import sign_to
from contrafact.remixes.taking import TAKE_FILE, Bench, render_take
from contrafact.remixes.views import owned


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the file lies, and its marks when they are a file of their own."""

    path: Path
    sidecar: Path | None


def require_writable(path: Path) -> None:
    """Refuse a format or a place that could not be written, before anything is made.

    Raises
    ------
    BadInput
    """
    if path.suffix.lower() not in OUTPUT_SUFFIXES:
        raise BadInput(f"{path.name}: the format is told by the name; end it with one of {', '.join(OUTPUT_SUFFIXES)}")
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise BadInput(f"{path} cannot be written; give a file name in a folder that exists and is yours")


def make_here(installation: Installation, remix_id: str, bench: Callable[[], Bench], progress: Progress) -> None:
    """Render and keep a remix in this process; whatever goes wrong is written down, then raised.

    Parameters
    ----------
    bench : callable
        Opens the sounds; called only when an equal take is not here already.
    """
    installation.home.scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=installation.home.scratch, prefix="take-"))
    try:
        work = making.begin(installation, remix_id, folder, live=False)
        result: dict[str, Any] = {} if work is None else render_take(bench(), work, part(progress, 0.0, 0.95))
        progress(0.96, "signing")
        making.keep(installation, remix_id, result)
        progress(1.0, "ready")
    except BaseException as error:
        making.fail(installation, remix_id, str(error) or type(error).__name__)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def export(installation: Installation, remix_id: str, user: User, target: Path) -> Exported:
    """Write a finished take to ``target`` in the format that its name tells, signed; in place by one rename."""
    with installation.database.reading() as session:
        row = owned(session, remix_id, user)
        take = store.take(session, row.take_key or "")
        if take is None:
            raise NotReady("this remix is not ready yet; wait until it is, then try again")
        recording = catalogue.get(session, row.recording_id)
        holders = catalogue.holders(session, recording.id)
    folder = Path(tempfile.mkdtemp(dir=installation.home.scratch, prefix="export-"))
    try:
        plain = folder / f"take{target.suffix.lower()}"
        source = folder / TAKE_FILE
        source.symlink_to(installation.blobs.path(take.blob_sha256))
        if plain != source:
            encode(read_stem(source), plain)
        signed = sign_to(installation, row, recording, holders, plain, target)
        return Exported(signed.path, signed.sidecar)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
