"""Sending sound: finished files in ranges, and a take that is still being made as it grows."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
from starlette.responses import FileResponse, Response, StreamingResponse

_CHUNK = 64 * 1024
_POLL_S = 0.05
IMMUTABLE = "private, max-age=31536000, immutable"


def finished(path: Path, media_type: str, *, filename: str | None = None, etag: str | None = None) -> Response:
    """A file that will never change, with ranges; ``filename`` makes it a download."""
    headers = {"Cache-Control": IMMUTABLE}
    if etag is not None:
        headers["ETag"] = f'"{etag}"'
    return FileResponse(path, media_type=media_type, filename=filename, headers=headers)


def growing(path: Path, media_type: str, ended: Callable[[], bool]) -> Response:
    """A file that another process still writes: what there is at once, then the rest as it comes, until ``ended()``."""
    headers = {"Cache-Control": "no-store", "Accept-Ranges": "none"}
    return StreamingResponse(_follow(path, ended), media_type=media_type, headers=headers)


async def _follow(path: Path, ended: Callable[[], bool]) -> AsyncIterator[bytes]:
    position = 0
    while True:
        # Asked before reading: what is written before the end is always sent.
        last = await anyio.to_thread.run_sync(ended)
        chunk = await anyio.to_thread.run_sync(_read, path, position)
        if chunk:
            position += len(chunk)
            yield chunk
        elif last:
            return
        else:
            await anyio.sleep(_POLL_S)


def _read(path: Path, position: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(position)
            return file.read(_CHUNK)
    except FileNotFoundError:
        return b""
