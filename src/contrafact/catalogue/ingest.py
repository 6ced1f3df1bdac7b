"""From a file to a song made ready: hash, decode, tags, chart, stems, what the player needs.

All of it happens in a scratch folder, outside any transaction; nothing enters the library before all of it is done.
"""

import errno
import json
import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from contrafact.assets.store import AssetStore
from contrafact.catalogue import parts
from contrafact.catalogue.cover import cover_svg
from contrafact.catalogue.identifiers import isrc, iswc
from contrafact.catalogue.tags import Tags, clean, read_tags
from contrafact.catalogue.values import (
    UNKNOWN_ARTIST,
    Credit,
    IngestOptions,
    PartyKind,
    Prepared,
    StemsOrigin,
    check_shares,
)
from contrafact.engine.audio.decoding import DecodeLimits, decode, probe
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.stem_files import write_stems
from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import Audio
from contrafact.engine.audio.waveform import peaks
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import Progress, part, silent
from contrafact.kit.blobs import sha256_of_file
from contrafact.kit.errors import BadInputError, StorageFull
from contrafact.kit.licences import Licence, recognise
from contrafact.kit.settings import separator_name

WAVEFORM_PEAKS = 800
PLAYBACK_SUFFIX, PLAYBACK_TYPE = ".opus", "audio/ogg; codecs=opus"
# four 24-bit FLAC stems, the playback copy and some room, per frame of stereo sound
_SCRATCH_BYTES_PER_FRAME = 4 * 6 + 2


@dataclass(frozen=True, slots=True)
class Ears:
    """The three slow things that an ingest asks of the engine; tests bring their own."""

    listen: Callable[[Audio, AssetStore, Progress], Chart]
    separate: Callable[[Audio, AssetStore, Progress, Chart], Stems]
    hear_parts: Callable[[Chart, Stems, AssetStore, Progress], Chart]
    separator: str
    """What the second of them is called; it is noted with the song."""

    @classmethod
    def of_engine(cls, separator: str | None = None) -> "Ears":
        """The engine's own, with a separator by name; by default the one that the operator chose.

        Raises
        ------
        contrafact.engine.errors.BadInput
            There is no such separator.
        """
        from contrafact.engine.listening.listen import listen
        from contrafact.engine.listening.parts import hear_parts
        from contrafact.engine.separation.separate import separate
        from contrafact.engine.separation.separators import require_separator

        name = separator or separator_name()
        require_separator(name)

        def split(audio: Audio, store: AssetStore, progress: Progress, chart: Chart) -> Stems:
            return separate(audio, store, progress, chart, name)

        return cls(listen, split, hear_parts, name)


def prepare(
    path: Path,
    options: IngestOptions,
    store: AssetStore,
    scratch: Path,
    progress: Progress = silent,
    *,
    limits: DecodeLimits | None = None,
    ears: Ears | None = None,
) -> Prepared:
    """Make a song ready to be admitted.

    Silence and speech are made ready like everything else (their chart says so); it is remixing them that is refused.

    Parameters
    ----------
    path : Path
        Any file that FFmpeg's libraries read, within the limits.
    options : IngestOptions
        What is said about it; the tags fill the rest.
    store : AssetStore
        The models for listening and separating.
    scratch : Path
        Where the prepared files are written, in a new folder.

    Returns
    -------
    Prepared
        Call :meth:`~Prepared.discard` once it was admitted or is not wanted.

    Raises
    ------
    contrafact.engine.errors.BadInput, BadInputError
        Not audio, damaged, beyond a limit, unusable tags, identifiers, stems or shares.
    StorageFull
        The disk is full. As after any error, nothing is left behind.
    """
    ears = ears or Ears.of_engine()
    progress(0.0, "reading")
    info = probe(path, limits)
    said = _said(path, options)
    sha256 = sha256_of_file(path)
    with _scratch_folder(scratch) as folder:
        audio = decode(path, limits, part(progress, 0.01, 0.06))
        _refuse_when_full(folder, audio.frames * _SCRATCH_BYTES_PER_FRAME)
        chart = ears.listen(audio, store, part(progress, 0.06, 0.30))
        delivered, origin = _stems(audio, options, store, ears, chart, part(progress, 0.30, 0.72))
        chart = ears.hear_parts(chart, delivered.stems, store, part(progress, 0.72, 0.85))
        progress(0.86, "keeping the stems")
        stem_files = write_stems(folder / "stems", delivered.stems)
        residual_db = delivered.residual_db
        del delivered
        progress(0.92, "making the playback copy")
        playback = folder / f"playback{PLAYBACK_SUFFIX}"
        gain_db = _write_playback(audio, playback)
        waveform = folder / "waveform.json"
        waveform.write_bytes(_waveform(audio, chart, gain_db))
        chart_file = folder / "chart.json"
        chart_file.write_text(chart.model_dump_json())
        cover, cover_type = _write_cover(folder, said, chart)
        progress(1.0, "ready")
        return Prepared(
            folder=folder,
            source=path,
            sha256=sha256,
            size_bytes=info.size_bytes,
            container=info.container[:64],
            codec=info.codec[:64],
            sample_rate=info.sample_rate,
            channels=info.channels,
            title=said.title,
            artist=said.artist,
            album=said.album,
            isrc=said.isrc,
            iswc=said.iswc,
            reference=said.reference,
            licence_id=said.licence.id if said.licence else None,
            licence_url=said.licence_url,
            attribution=said.attribution,
            credits=said.credits,
            chart=chart,
            stems=stem_files,
            stems_origin=origin,
            separator=None if origin == "owner" else ears.separator,
            stems_residual_db=residual_db,
            chart_file=chart_file,
            playback=playback,
            playback_type=PLAYBACK_TYPE,
            waveform=waveform,
            cover=cover,
            cover_type=cover_type,
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """What options and tags say together, checked."""

    title: str
    artist: str
    album: str | None
    isrc: str | None
    iswc: str | None
    reference: str | None
    licence: Licence | None
    licence_url: str | None
    attribution: str
    credits: tuple[Credit, ...]
    tags: Tags


def _said(path: Path, options: IngestOptions) -> _Said:
    tags = read_tags(path)
    title = clean(options.title or "") or tags.title or clean(path.stem.replace("_", " ")) or "Untitled"
    artist = clean(options.artist or "") or tags.artist or UNKNOWN_ARTIST
    licence, licence_url = tags.licence, tags.licence_url
    if options.licence is not None:
        licence, licence_url = licence_named(options.licence), None
    licence_url = options.licence_url or licence_url or (licence.url if licence else None)
    credits = options.credits or _whole(artist)
    check_shares(credits)
    return _Said(
        title=title,
        artist=artist,
        album=clean(options.album or "") or tags.album,
        isrc=isrc(options.isrc) if options.isrc else _tag_isrc(tags),
        iswc=iswc(options.iswc) if options.iswc else None,
        reference=clean(options.reference or "", 120),
        licence=licence,
        licence_url=licence_url,
        attribution=clean(options.attribution or "", 2000) or attribution_line(title, artist, licence, licence_url),
        credits=credits,
        tags=tags,
    )


def licence_named(name: str) -> Licence:
    """The public licence that somebody names; raises BadInputError for one that is not known."""
    found = recognise(name)
    if found is None:
        raise BadInputError(f"the licence {name!r} is not known; name an SPDX id such as CC-BY-4.0")
    return found


def attribution_line(title: str, artist: str, licence: Licence | None, url: str | None) -> str:
    """Title, author, source and licence, as Creative Commons recommends."""
    if licence is None:
        return f"“{title}” by {artist}"
    return f"“{title}” by {artist}, {licence.name}" + (f" ({url})" if url else "")


def _whole(artist: str) -> tuple[Credit, ...]:
    """The artist holds everything and is who sings, until somebody says otherwise: voices are always somebody's."""
    kind: PartyKind = "unknown" if artist == UNKNOWN_ARTIST else "person"
    return (
        Credit(artist, role="featured artist", kind=kind, master=Fraction(1), voice=True),
        Credit(artist, role="writer", kind=kind, work=Fraction(1)),
    )


def _tag_isrc(tags: Tags) -> str | None:
    """A wrong ISRC in the tags is nobody's fault here: it is left out, while one given by hand is refused."""
    try:
        return isrc(tags.isrc) if tags.isrc else None
    except BadInputError:
        return None


def _stems(
    audio: Audio, options: IngestOptions, store: AssetStore, ears: Ears, chart: Chart, progress: Progress
) -> tuple[parts.Delivered, StemsOrigin]:
    if options.stems_dir is not None and options.known_parts:
        raise BadInputError("give either a folder with all stems or known parts of the mix, not both")
    if options.stems_dir is not None:
        progress(0.0, "reading the owner's stems")
        return parts.deliver(audio, options.stems_dir), "owner"
    if options.known_parts:
        delivered = parts.separate_around(
            audio, options.known_parts, lambda rest: ears.separate(rest, store, progress, chart)
        )
        return delivered, "mixed"
    stems = ears.separate(audio, store, progress, chart)
    return parts.Delivered(stems, parts.residual_db(audio, stems)), "separated"


def _write_playback(audio: Audio, path: Path) -> float:
    """Encode the copy that players get; returns the gain in dB that was needed to keep it below full scale."""
    peak = max(float(audio.samples.max(initial=0.0)), -float(audio.samples.min(initial=0.0)))
    gain = 1.0 if peak <= 1.0 else 1.0 / peak
    encode(audio if gain == 1.0 else Audio(audio.samples * gain), path)
    return 20 * math.log10(gain)


def _waveform(audio: Audio, chart: Chart, gain_db: float) -> bytes:
    """What the player draws and how loud the playback copy is."""
    document = {
        "duration_s": audio.duration_s,
        "peaks": peaks(audio, WAVEFORM_PEAKS),
        "loudness_lufs": round(chart.loudness.integrated_lufs + gain_db, 2),
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _write_cover(folder: Path, said: _Said, chart: Chart) -> tuple[Path, str]:
    if said.tags.picture is not None:
        cover = folder / "cover"
        cover.write_bytes(said.tags.picture.data)
        return cover, said.tags.picture.media_type
    cover = folder / "cover.svg"
    cover.write_text(cover_svg(chart, said.title, said.artist), encoding="utf-8")
    return cover, "image/svg+xml"


@contextmanager
def _scratch_folder(scratch: Path) -> Iterator[Path]:
    """A new folder that stays on success and goes on any error; a full disk is told as what it is."""
    folder: Path | None = None
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=scratch, prefix="ingest-"))
        yield folder
    except BaseException as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _full() from error
        raise


def _refuse_when_full(folder: Path, needed_bytes: int) -> None:
    """Better told now than after a minute of work."""
    if shutil.disk_usage(folder).free < needed_bytes:
        raise _full()


def _full() -> StorageFull:
    return StorageFull("the disk is full; free some space and try again. The library is as before")
