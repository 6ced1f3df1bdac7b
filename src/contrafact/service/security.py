"""What every answer and every change must satisfy: headers, host names, and requests that come from our own page."""

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv6Address, ip_address

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
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1", "[::1]")
"""By which names a machine calls itself."""
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


def is_here(request: Request) -> bool:
    """Whether a request comes from this machine and was not passed on by another program.

    The address is that of whoever connected; a reverse proxy connects from here too, but says for whom, or keeps the
    name that it was called by.
    """
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    if forwarded or request.client is None or (request.url.hostname or "") not in LOOPBACK_NAMES:
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


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
