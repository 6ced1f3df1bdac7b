"""A take as a file of one's own: made in place (without the service), in the wanted format, signed."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from contrafact.accounts.schemas import User
from contrafact.engine.audio.delivering import deliver
from contrafact.engine.audio.encoding import OUTPUT_SUFFIXES
from contrafact.engine.audio.stem_files import read_stem
from contrafact.engine.errors import BadInput, Cancelled
from contrafact.engine.progress import Progress, part
from contrafact.kit.home import scratch_folder
from contrafact.provenance.formats import sidecar_for
from contrafact.remixes import making, store
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.models import ExportRow
from contrafact.remixes.signing import sign_to
from contrafact.remixes.sinks import Mp3Sink, SoundSink, WavSink
from contrafact.remixes.slices import exhaust
from contrafact.remixes.sources import sources_of
from contrafact.remixes.taking import Bench, Listener, render_take
from contrafact.remixes.views import owned

TAKE_SUFFIX = ".flac"
"""The format in which takes are kept, signed as they are made."""


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
    try:
        writable = not path.is_dir() and folder.is_dir() and os.access(folder, os.W_OK)
    except OSError:  # such as a name that is too long
        writable = False
    if not writable:
        raise BadInput(f"{path} cannot be written; give a file name in a folder that exists and is yours")


def make_here(
    installation: Installation,
    remix_id: str,
    bench: Callable[[], Bench],
    progress: Progress,
    listener: Listener | None = None,
) -> None:
    """Render and keep a remix in this process; whatever goes wrong is written down, then raised.

    Parameters
    ----------
    bench : callable
        Opens the sounds; called only when an equal take is not here already.
    listener : Listener, optional
        Hears it as it is rendered; not asked when an equal take is here already.
    """
    try:
        with scratch_folder(installation.home, "take-") as folder:
            work = making.begin(installation, remix_id, folder, live=False)
            result: dict[str, Any] = {} if work is None else _rendered(bench(), work, progress, listener)
            progress(0.96, "signing")
            making.keep(installation, remix_id, result)
        progress(1.0, "ready")
    except (KeyboardInterrupt, Cancelled):
        making.cancel(installation, remix_id)
        raise
    except BaseException as error:
        making.fail(installation, remix_id, str(error) or type(error).__name__)
        raise


def _rendered(bench: Bench, work: Mapping[str, Any], progress: Progress, listener: Listener | None) -> dict[str, Any]:
    return exhaust(render_take(bench, work, listener), part(progress, 0.0, 0.95))


def stream_here(
    installation: Installation,
    remix_id: str,
    user: User,
    bench: Callable[[], Bench],
    target: BinaryIO,
    suffix: str,
    progress: Progress,
) -> None:
    """Make a remix in this process and send it on as it is rendered, at about the level that its master will have.

    One that is here already is sent as it is kept. The target is closed at the end.

    Parameters
    ----------
    target : binary file
        Such as standard output.
    suffix : str
        ``.wav`` or ``.mp3``.

    Raises
    ------
    Cancelled
        Whoever listened has gone before all was rendered; nothing is kept or paid for.
    """
    opened: list[WavSink | Mp3Sink] = []

    def listen(frames: int) -> SoundSink:
        opened.append(WavSink(target, frames) if suffix == ".wav" else Mp3Sink(target))
        return opened[0]

    try:
        make_here(installation, remix_id, bench, progress, listen)
        if opened:
            opened[0].wait()
            return
        kept = _kept(installation, remix_id, user, suffix)
        with installation.blobs.path(kept.blob_sha256).open("rb") as source:
            shutil.copyfileobj(source, target)
            target.flush()
    finally:
        for sink in opened:
            sink.close()


def export(installation: Installation, remix_id: str, user: User, target: Path) -> Exported:
    """Write a finished take to ``target`` in the format that its name tells, signed; in place by one rename.

    A take is signed once in each format: signatures hold random numbers, and the same remix shall be the same bytes.
    """
    suffix = target.suffix.lower()
    kept = _kept(installation, remix_id, user, suffix)
    _copy(installation.blobs.path(kept.blob_sha256), target)
    if kept.sidecar_sha256 is None:
        return Exported(target, None)
    sidecar = sidecar_for(target)
    _copy(installation.blobs.path(kept.sidecar_sha256), sidecar)
    return Exported(target, sidecar)


def _kept(installation: Installation, remix_id: str, user: User, suffix: str) -> ExportRow:
    with installation.database.reading() as session:
        row = owned(session, remix_id, user)
        take = store.take(session, row.take_key or "")
        if take is None or row.signed_blob is None:
            raise NotReady("this remix is not ready yet; wait until it is, then try again")
        if suffix == TAKE_SUFFIX:
            return ExportRow(remix_id=remix_id, suffix=suffix, blob_sha256=row.signed_blob, sidecar_sha256=None)
        known = store.export(session, remix_id, suffix)
        if known is not None:
            return known
        sources = sources_of(session, row)
    with scratch_folder(installation.home, "export-") as folder:
        plain, signed = folder / f"take{suffix}", folder / f"signed{suffix}"
        deliver(read_stem(installation.blobs.path(take.blob_sha256)), plain)
        done = sign_to(installation, row, sources, plain, signed)
        made = ExportRow(
            remix_id=remix_id,
            suffix=suffix,
            blob_sha256=installation.blobs.put_file(done.path).sha256,
            sidecar_sha256=installation.blobs.put_file(done.sidecar).sha256 if done.sidecar else None,
        )
    with installation.database.transaction() as session:
        # Two at once: the first that is kept is the file.
        known = store.export(session, remix_id, suffix)
        if known is None:
            session.add(made)
        return known or made


def _copy(source: Path, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.stem[:40]}.", suffix=".part")
    os.close(handle)
    try:
        shutil.copyfile(source, name)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
