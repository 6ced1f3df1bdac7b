"""Blobs: bytes kept under the SHA-256 of their content, so that the same bytes are kept once and never change.

A blob appears whole or not at all: bytes are streamed to ``incoming/`` and renamed into place only when all of them
have arrived and their hash is the promised one.
"""

import errno
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore

from contrafact.kit.errors import BadInputError, ContrafactError, NotFound, StorageFull
from contrafact.kit.ids import new_id

CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NO_SPACE = tuple(f"(os error {code})" for code in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT))


@dataclass(frozen=True, slots=True)
class Blob:
    """A kept blob: its name is the hexadecimal SHA-256 of its bytes."""

    sha256: str
    size_bytes: int


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in chunks.

    Raises
    ------
    BadInputError
        When there is no such file, it is a directory, or it may not be read.
    """
    hasher = hashlib.sha256()
    for chunk in _chunks(path):
        hasher.update(chunk)
    return hasher.hexdigest()


class BlobStore:
    """A content-addressed store in a local folder.

    Parameters
    ----------
    root : Path
        Made when missing. Several processes may use one store at once.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _storage_error(error) from error
        self._store = LocalStore(str(root))

    def put(self, data: bytes) -> Blob:
        """Keep some bytes. Keeping the same bytes again changes nothing.

        Raises
        ------
        StorageFull
            When the disk or the quota is full; nothing is left behind.
        """
        return self._put(hashlib.sha256(data).hexdigest(), [data])

    def put_file(self, path: Path) -> Blob:
        """Keep the bytes of a file, streamed with bounded memory.

        Raises
        ------
        StorageFull
            When the disk or the quota is full; nothing is left behind.
        BadInputError
            When the file cannot be read, or changed while it was being read.
        """
        return self._put(sha256_of_file(path), _chunks(path))

    def has(self, sha256: str) -> bool:
        try:
            obstore.head(self._store, _key(sha256))
        except FileNotFoundError:
            return False
        return True

    def path(self, sha256: str) -> Path:
        """Where the blob lies on this machine, for reading only.

        Raises
        ------
        NotFound
            When there is no such blob.
        """
        path = self._root / _key(sha256)
        if not path.is_file():
            raise NotFound(f"the stored bytes {sha256[:12]}… are missing; restore them from a backup or ingest again")
        return path

    def get(self, sha256: str) -> bytes:
        """All bytes of a (small) blob; see :meth:`path` for errors."""
        return self.path(sha256).read_bytes()

    def remove(self, sha256: str) -> None:
        """Forget a blob; no error when it is not there. Only for blobs that nothing refers to."""
        self._forget(_key(sha256))

    def all(self) -> Iterator[Blob]:
        """Every kept blob, in no particular order."""
        for batch in obstore.list(self._store, "sha256"):
            for item in batch:
                yield Blob(item["path"].rsplit("/", 1)[-1], int(item["size"]))

    def sweep_incoming(self, older_than: timedelta = timedelta(days=1), now: datetime | None = None) -> int:
        """Delete what killed processes left half-sent; returns how many files went."""
        limit = (now or datetime.now(UTC)) - older_than
        gone = 0
        incoming = self._root / "incoming"
        for path in incoming.iterdir() if incoming.is_dir() else ():
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _forget(self, key: str) -> None:
        with suppress(FileNotFoundError):
            obstore.delete(self._store, key)

    def _put(self, sha256: str, chunks: Iterable[bytes]) -> Blob:
        key = _key(sha256)
        try:
            known = obstore.head(self._store, key)
            return Blob(sha256, int(known["size"]))
        except FileNotFoundError:
            pass
        incoming = f"incoming/{new_id('blob')}"
        hasher, size = hashlib.sha256(), 0
        try:
            with obstore.open_writer(self._store, incoming) as writer:
                for chunk in chunks:
                    hasher.update(chunk)
                    size += len(chunk)
                    writer.write(chunk)
            if hasher.hexdigest() != sha256:
                raise BadInputError("the file changed while it was being read; try again when nothing writes to it")
            obstore.rename(self._store, incoming, key, overwrite=False)
        except AlreadyExistsError:
            self._forget(incoming)  # another process kept the same bytes first: they are the same bytes
        except (OSError, BaseError) as error:
            self._forget(incoming)
            raise _storage_error(error) from error
        except BaseException:
            self._forget(incoming)
            raise
        return Blob(sha256, size)


def _key(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise NotFound("a blob's name is 64 hexadecimal digits")
    return f"sha256/{sha256[:2]}/{sha256}"


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        raise BadInputError(f"there is no file {path.name!r}; check the path") from None
    except IsADirectoryError:
        raise BadInputError(f"{path.name!r} is a directory; name one audio file") from None
    except OSError as error:
        raise BadInputError(f"{path.name!r} cannot be read ({error.strerror})") from error


def _storage_error(error: BaseException) -> ContrafactError:
    text = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
    if full or any(code in text for code in _NO_SPACE):
        return StorageFull("the disk is full; free some space and try again. Nothing was kept")
    return ContrafactError(
        f"the blob store cannot be written: {text.splitlines()[0] if text else type(error).__name__}"
    )
