"""The demo catalogue: real songs under their true licences, and the project's own."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.orm import Session

from contrafact.assets.store import AssetStore
from contrafact.catalogue.admission import Admission
from contrafact.catalogue.demo.making import make
from contrafact.catalogue.ingest import Ears
from contrafact.catalogue.service import find_by_reference, ingest
from contrafact.catalogue.values import Credit, PartyKind
from contrafact.engine.progress import Progress, part, silent
from contrafact.kit.blobs import BlobStore
from contrafact.kit.clock import Clock
from contrafact.kit.db import Database

OWN_FOLDER = "song"
OWN_METADATA = "song.toml"


@dataclass(frozen=True, slots=True)
class DemoSong:
    """One song of the demo catalogue, as its table describes it."""

    slug: str
    kind: Literal["file", "guitar", "module", "own"]
    title: str
    artist: str
    album: str | None
    licence: str | None
    """SPDX id; None where the owner's own terms hold."""
    attribution: str | None
    grant: Literal["open", "terms"]
    terms: Mapping[str, Any]
    """The owner's terms in the shape of the rights' ``Terms``, when ``grant`` is ``terms``."""
    assets: tuple[str, ...]
    """Names of the assets that it needs; none for the project's own songs."""
    file: str | None
    drums: tuple[int, ...]
    bass: tuple[int, ...]
    leave_out: tuple[str, ...]
    credits: tuple[Credit, ...]
    folder: Path | None
    """Where the project's own stems lie."""

    @property
    def reference(self) -> str:
        return f"demo:{self.slug}"

    @property
    def offline(self) -> bool:
        """Whether it needs nothing fetched but the engine's models."""
        return not self.assets

    def missing(self, store: AssetStore) -> tuple[str, ...]:
        """The assets that have still to be fetched for it."""
        return tuple(name for name in self.assets if not store.has(name))


def demo_songs(store: AssetStore, own_folder: Path | None = None) -> tuple[DemoSong, ...]:
    """All demo songs, in the order in which they should be taken in.

    Parameters
    ----------
    store : AssetStore
        Asked only for the attribution lines of its manifest; nothing needs to be fetched.
    own_folder : Path, optional
        Where the project's own song lies; by default in this package. It holds ``song.toml`` (``title``, ``artist``,
        ``licence``, ``attribution`` and ``[[credits]]`` as in ``songs.toml``) and the stems ``vocals``, ``drums``,
        ``bass`` and ``other`` in any format that is read. Without it the own songs are left out.
    """
    here = resources.files(__package__)
    table = tomllib.loads((here / "songs.toml").read_text(encoding="utf-8"))
    own = _own(own_folder or Path(str(here)) / OWN_FOLDER)
    return tuple(_song(entry, store, own) for entry in table["song"] if entry["kind"] != "own" or own is not None)


def ingest_demo_song(
    song: DemoSong,
    *,
    database: Database,
    blobs: BlobStore,
    assets: AssetStore,
    scratch: Path,
    clock: Clock,
    progress: Progress = silent,
    also: Callable[[Session, Admission], None] | None = None,
    ears: Ears | None = None,
) -> Admission:
    """Take a demo song in; quick when it is there already (``also`` is then not called again).

    Raises
    ------
    contrafact.assets.AssetMissing
        When an asset was not fetched; see :meth:`DemoSong.missing`.
    contrafact.engine.errors.BadInput, BadInputError, StorageFull
        As of :func:`contrafact.catalogue.service.ingest`.
    """
    with database.transaction() as session:
        known = find_by_reference(session, song.reference)
    if known is not None:
        return Admission(known, created=False)
    with make(song, assets, scratch) as made:
        return ingest(
            made.path,
            made.options,
            database=database,
            blobs=blobs,
            assets=assets,
            scratch=scratch,
            clock=clock,
            progress=part(progress, 0.1, 1.0),
            also=also,
            ears=ears,
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said about a song, by the table or by the project's own song."""

    title: str
    artist: str
    licence: str
    attribution: str | None
    credits: tuple[Credit, ...]
    folder: Path | None = None


def _own(folder: Path) -> _Said | None:
    """The project's own song, when this installation ships it."""
    metadata = folder / OWN_METADATA
    if not metadata.is_file():
        return None
    said = tomllib.loads(metadata.read_text(encoding="utf-8"))
    return _Said(
        said["title"],
        said["artist"],
        said.get("licence", "CC0-1.0"),
        said.get("attribution"),
        _credits(said["credits"]),
        folder,
    )


def _song(entry: Mapping[str, Any], store: AssetStore, own: _Said | None) -> DemoSong:
    if entry["kind"] == "own" and own is not None:
        said = own
    else:
        attribution = store.info(entry["assets"][0]).attribution
        said = _Said(entry["title"], entry["artist"], entry["licence"], attribution, _credits(entry["credits"]))
    version = entry.get("version")
    own_terms = entry["grant"] == "terms"
    return DemoSong(
        slug=entry["slug"],
        kind=entry["kind"],
        title=f"{said.title} ({version})" if version else said.title,
        artist=said.artist,
        album=entry.get("album"),
        licence=None if own_terms else said.licence,
        attribution=None if own_terms else said.attribution,
        grant=entry["grant"],
        terms=entry.get("terms", {}),
        assets=tuple(entry.get("assets", ())),
        file=entry.get("file"),
        drums=tuple(entry.get("drums", ())),
        bass=tuple(entry.get("bass", ())),
        leave_out=tuple(entry.get("leave_out", ())),
        credits=said.credits,
        folder=said.folder,
    )


def _credits(entries: list[Mapping[str, Any]]) -> tuple[Credit, ...]:
    credits = []
    for entry in entries:
        kind: PartyKind = entry.get("kind", "person")
        credits.append(
            Credit(
                name=entry["name"],
                role=entry["role"],
                kind=kind,
                master=Fraction(entry.get("master", 0)),
                work=Fraction(entry.get("work", 0)),
                voice=bool(entry.get("voice", False)),
            )
        )
    return tuple(credits)
