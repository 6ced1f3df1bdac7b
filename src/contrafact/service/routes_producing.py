"""Remixes for producers: stems, notes, projects."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from contrafact.accounts.schemas import User
from contrafact.engine.progress import silent
from contrafact.remixes.creations.producing import Format, order, produce
from contrafact.service.dependencies import current_user, workshop
from contrafact.service.workshop import Workshop

router = APIRouter(prefix="/api")
_TYPES = {"mid": "audio/midi", "zip": "application/zip", "dawproject": "application/octet-stream"}


@router.get("/remixes/{remix_id}/export")
def export(
    remix_id: str,
    format: Format,
    shop: Annotated[Workshop, Depends(workshop)],
    user: Annotated[User, Depends(current_user)],
) -> Response:
    """The remix as ``mid`` (notes), ``zip`` (stems and notes) or ``dawproject``; asked of its owners anew."""
    folder = tempfile.TemporaryDirectory(dir=shop.installation.home.scratch, prefix="produce-")
    try:
        place = Path(folder.name)
        told = order(shop.installation, remix_id, user, format, place)
        target = place / f"remix.{format}"
        work = {"order": asdict(told), "kind": format, "target": str(target)}
        shop.work(f"produce:{uuid4().hex}", produce, work, silent)
    except BaseException:
        folder.cleanup()
        raise
    title = "".join(c if c.isalnum() or c in " -_" else "_" for c in told.title)[:80].strip() or "remix"
    return FileResponse(
        target,
        media_type=_TYPES[format],
        filename=f"{title}.{format}",
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(folder.cleanup),
    )
