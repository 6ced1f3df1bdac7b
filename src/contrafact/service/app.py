"""The HTTP service: the API under ``/api``, health, and the built studio at ``/``."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from contrafact import __version__
from contrafact.assets.errors import AssetError
from contrafact.engine.errors import BadInput, EngineError
from contrafact.engine.json_path import json_path
from contrafact.kit.errors import ContrafactError
from contrafact.remixes.schemas import DecisionView
from contrafact.remixes.showing.views import decision_view
from contrafact.rights.errors import RightsRefused
from contrafact.service import (
    routes_approvals,
    routes_corrections,
    routes_disputes,
    routes_notices,
    routes_ownership,
    routes_producing,
    routes_releases,
    routes_remixes,
    routes_rights,
    routes_rollout,
    routes_royalties,
    routes_songs,
    routes_withdrawal,
)
from contrafact.service.security import LOOPBACK_NAMES, guard
from contrafact.service.workshop import Workshop


def create_app(workshop: Workshop, hosts: Iterable[str] = LOOPBACK_NAMES) -> FastAPI:
    """The service over one workshop, which it closes when it ends.

    Parameters
    ----------
    workshop : Workshop
        The installation with its jobs and workers.
    hosts : iterable of str
        Host names that it answers for; ``*`` for any.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        workshop.warm_up()
        yield
        workshop.close()

    app = FastAPI(
        title="Contrafact",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.workshop = workshop
    app.middleware("http")(guard(hosts))
    app.include_router(routes_songs.router)
    app.include_router(routes_corrections.router)
    app.include_router(routes_remixes.router)
    app.include_router(routes_producing.router)
    app.include_router(routes_releases.router)
    app.include_router(routes_approvals.router)
    app.include_router(routes_rights.router)
    app.include_router(routes_ownership.router)
    app.include_router(routes_rollout.router)
    app.include_router(routes_withdrawal.router)
    app.include_router(routes_disputes.router)
    app.include_router(routes_notices.router)
    app.include_router(routes_royalties.router)
    _add_health(app, workshop)
    _add_errors(app)
    studio = studio_folder()
    if studio is not None:
        app.mount("/", _Studio(directory=studio, html=True), name="studio")
    return app


class _Studio(StaticFiles):
    """The built studio: files with a hash in their name never change, the page itself is asked for anew."""

    def file_response(self, full_path: str | PathLike[str], *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        hashed = "assets" in Path(full_path).parts
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


def studio_folder() -> Path | None:
    """Where the built studio lies; None when it has not been built."""
    folder = Path(str(resources.files("contrafact.service"))) / "static"
    return folder if (folder / "index.html").is_file() else None


def _add_health(app: FastAPI, workshop: Workshop) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthy() -> JSONResponse:
        problems = workshop.problems()
        return JSONResponse(
            {"status": "ok" if not problems else "failing", "problems": problems}, 503 if problems else 200
        )

    @app.get("/readyz", include_in_schema=False)
    def ready() -> JSONResponse:
        return JSONResponse({"status": "ok"}, 200)


def _add_errors(app: FastAPI) -> None:
    def answer(status: int, code: str, message: str, decision: DecisionView | None = None) -> JSONResponse:
        shown = None if decision is None else decision.model_dump(mode="json")
        return JSONResponse({"error": {"code": code, "message": message, "decision": shown}}, status)

    @app.exception_handler(ContrafactError)
    def expected(_: Request, error: ContrafactError) -> Response:
        decision = decision_view(error.decision) if isinstance(error, RightsRefused) else None
        return answer(error.http_status, error.code, str(error), decision)

    @app.exception_handler(BadInput)
    def bad_input(_: Request, error: BadInput) -> Response:
        return answer(422, "bad_input", str(error))

    @app.exception_handler(EngineError)
    @app.exception_handler(AssetError)
    def failed(_: Request, error: Exception) -> Response:
        return answer(500, "failed", str(error))

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        message = str(first["msg"]).removeprefix("Value error, ")
        place = [part for part in first["loc"] if part != "body"]
        if place[:1] == ["recipe"] and first["type"] != "missing":
            # A document from outside: the path counts from the recipe itself, as it does in a file.
            path = json_path(place[1:])
            return answer(422, "bad_input", f"{path}: {message}" if path else message)
        return answer(400, "wrong_call", f"{json_path(place) or 'the request'}: {message}")

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> Response:
        return answer(error.status_code, "not_found" if error.status_code == 404 else "http", str(error.detail))
