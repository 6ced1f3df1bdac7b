"""What every answer and every change must satisfy: headers, host names, and requests that come from our own page."""

from collections.abc import Awaitable, Callable, Iterable

from fastapi import Request, Response
from starlette.responses import JSONResponse

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Handler = Callable[[Request], Awaitable[Response]]


def guard(hosts: Iterable[str]) -> Callable[[Request, Handler], Awaitable[Response]]:
    """A middleware that adds the headers, refuses foreign host names and cross-site changes.

    The host check stops DNS rebinding; ``Sec-Fetch-Site`` and ``Origin`` stop cross-site requests without tokens.
    """
    allowed = frozenset(hosts)

    async def middleware(request: Request, call_next: Handler) -> Response:
        refusal = _refusal(request, allowed)
        response = refusal if refusal is not None else await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def _refusal(request: Request, allowed: frozenset[str]) -> Response | None:
    host = request.url.hostname or ""
    if "*" not in allowed and host not in allowed:
        return _error(421, "wrong_host", f"this server does not answer for the host name {host[:80]!r}")
    if request.method in _SAFE_METHODS:
        return None
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return _error(403, "cross_site", "this change was asked for by another site; open the studio and try again")
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        return _error(403, "cross_site", "this change was asked for by another site; open the studio and try again")
    return None


def _error(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, "decision": None}}, status)
