"""A take as a file of one's own: made in place (without the service), in the wanted format, signed."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from contrafact.accounts.schemas import User
from contrafact.engine.errors import BadInput, Cancelled
from contrafact.engine.placing import placing
from contrafact.engine.progress import Progress, part
from contrafact.kit.home import scratch_folder
from contrafact.remixes.creations import making
from contrafact.remixes.errors import AwaitsOwner, NotAgreed, NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import sources_of
from contrafact.remixes.slices import exhaust
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import ExportRow

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
    from contrafact.engine.audio.encoding import OUTPUT_SUFFIXES

    if path.suffix.lower() not in OUTPUT_SUFFIXES:
        raise BadInput(f"{path.name}: the format is told by the name; end it with one of {', '.join(OUTPUT_SUFFIXES)}")
    folder = path.absolute().parent
    try:
        writable = not path.is_dir() and folder.is_dir() and os.access(folder, os.W_OK)
    except OSError:  # such as a name that is too long
        writable = False
    if not writable:
        raise BadInput(f"{path} cannot be written; give a file name in a folder that exists and is yours")


Renderer = Callable[[Mapping[str, Any], Progress], dict[str, Any]]
"""From what a worker needs to what :func:`contrafact.remixes.takes.taking.render_take` ends with."""


def renderer(installation: Installation) -> Renderer:
    """Rendering in this process; what sounds is loaded when there is something to render."""

    def render(work: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        from contrafact.remixes.takes.taking import open_bench, render_take

        return exhaust(render_take(open_bench(installation.home.assets), work), progress)

    return render


def make_here(installation: Installation, remix_id: str, render: Renderer, progress: Progress) -> bool:
    """Render and keep a remix without the service; whatever goes wrong is written down, then raised.

    Parameters
    ----------
    render : Renderer
        Such as :func:`renderer`; called only when an equal take is not here already.

    Returns
    -------
    bool
        Whether it was rendered.
    """
    try:
        with scratch_folder(installation.home, "take-") as folder:
            work = making.begin(installation, remix_id, folder, live=False)
            result = {} if work is None else render(work, part(progress, 0.0, 0.95))
            progress(0.96, "signing")
            making.keep(installation, remix_id, result)
        progress(1.0, "ready")
        return work is not None
    except (KeyboardInterrupt, Cancelled):
        making.cancel(installation, remix_id)
        raise
    except BaseException as error:
        making.fail(installation, remix_id, str(error) or type(error).__name__)
        raise


def copy_to(installation: Installation, remix_id: str, user: User, suffix: str, target: BinaryIO) -> None:
    """A finished take in the format of ``suffix``, as it is kept, to an open file."""
    kept = _kept(installation, remix_id, user, suffix)
    with installation.blobs.path(kept.blob_sha256).open("rb") as source:
        shutil.copyfileobj(source, target)
        target.flush()


def export(installation: Installation, remix_id: str, user: User, target: Path) -> Exported:
    """Write a finished take to ``target`` in the format that its name tells, signed; in place by one rename.

    A take is signed once in each format: signatures hold random numbers, and the same remix shall be the same bytes.
    """
    suffix = target.suffix.lower()
    kept = _kept(installation, remix_id, user, suffix)
    _copy(installation.blobs.path(kept.blob_sha256), target)
    if kept.sidecar_sha256 is None:
        return Exported(target, None)
    from contrafact.provenance.formats import sidecar_for

    sidecar = sidecar_for(target)
    _copy(installation.blobs.path(kept.sidecar_sha256), sidecar)
    return Exported(target, sidecar)


def _kept(installation: Installation, remix_id: str, user: User, suffix: str) -> ExportRow:
    # Imported here: who only streams need not wait for it.
    from contrafact.remixes.showing.views import owned
    from contrafact.remixes.standing.blocking import require_playable

    with installation.database.reading() as session:
        row = owned(session, remix_id, user)
        require_playable(session, remix_id, installation.clock)
        if row.status == "held":
            raise AwaitsOwner(
                f"its owners hear this remix first; it waits for them as {remix_id}, and you will be told"
            )
        if row.status == "refused":
            raise NotAgreed(f"an owner does not agree. {row.error}")
        take = store.take(session, row.take_key or "")
        if take is None or row.status != "ready" or row.signed_blob is None:
            raise NotReady("this remix is not ready yet; wait until it is, then try again")
        if suffix == TAKE_SUFFIX:
            return ExportRow(remix_id=remix_id, suffix=suffix, blob_sha256=row.signed_blob, sidecar_sha256=None)
        known = store.export(session, remix_id, suffix)
        if known is not None:
            return known
        sources = sources_of(session, row)
    with scratch_folder(installation.home, "export-") as folder:
        plain, signed = folder / f"take{suffix}", folder / f"signed{suffix}"
        from contrafact.engine.audio.delivering import deliver
        from contrafact.engine.audio.stem_files import read_stem
        from contrafact.remixes.takes.signing import sign_to

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
    with placing(target) as scratch:
        shutil.copyfile(source, scratch)
