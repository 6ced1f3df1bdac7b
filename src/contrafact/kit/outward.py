"""Calling out to an address that somebody chose: checked first, then called at exactly what was checked.

A host name is resolved once. Unless private networks are allowed, every address that it has must be public, and the
connection goes to one of those: a name that answers otherwise the second time (DNS rebinding) gains nothing. No
redirection is followed, time and size are bounded, nothing of the answer but its status is given back.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from contrafact.kit.errors import WrongCall

LIMIT_S: Final = 15.0
LARGEST_ANSWER_BYTES: Final = 65_536
LONGEST_URL: Final = 2000
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[..., Sequence[tuple[Any, ...]]]


class NotReached(Exception):
    """There was no answer; the message says why, and is fit for a log."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The status of an answer, and how long it asks to be left alone, if it does."""

    status: int
    retry_after_s: int | None


def checked_url(url: str, allow_private: bool = False) -> SplitResult:
    """An address that may be called: https, or http on this machine.

    Raises
    ------
    WrongCall
        With what is wrong.
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        raise WrongCall(f"the address must be at most {LONGEST_URL} plain ASCII characters")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise WrongCall("the address is none; write https://host/path") from error
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise WrongCall("the address must be a plain one such as https://host/path, without names and passwords")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host)):
        raise WrongCall("the address must be https, or http on this machine")
    literal = _literal(host)
    if literal is not None and not allow_private and not is_public(literal) and not _loopback_http(parts):
        raise WrongCall("the address lies in a private network; allow that for it if it is meant")
    return parts


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet; one that carries another inside is judged by that as well."""
    inside: list[Address] = []
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.sixtofour is not None:
            inside.append(address.sixtofour)
        if address.teredo is not None:
            inside += address.teredo
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return all(is_public(one) for one in inside)


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allow_private: bool = False,
    limit_s: float = LIMIT_S,
    resolve: Resolver = socket.getaddrinfo,
) -> Reply:
    """POST to an address, connection and answer within ``limit_s`` seconds altogether.

    Raises
    ------
    WrongCall
        The address may not be called.
    NotReached
        There was no answer in time, or one that is no HTTP.
    """
    parts = checked_url(url, allow_private)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _address(host, port, allow_private, _loopback_http(parts), resolve)
    connection = _Pinned(host, port, address, secure, limit_s)
    late = threading.Event()

    def cut() -> None:
        # A socket's own time limit begins anew with every byte; this one does not.
        late.set()
        with suppress(OSError, AttributeError):
            connection.opened.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(limit_s, cut)
    clock.daemon = True
    clock.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Accept-Encoding": "identity", "Connection": "close"})
        answer = connection.getresponse()
        answer.read(LARGEST_ANSWER_BYTES)
        return Reply(answer.status, _seconds(answer.getheader("Retry-After")))
    except (OSError, http.client.HTTPException, ValueError) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise NotReached(f"it took longer than {limit_s:g} s") from error
        if isinstance(error, ssl.SSLError):
            raise NotReached("its certificate or its TLS is not in order") from error
        raise NotReached("it could not be reached, or does not speak HTTP") from error
    finally:
        clock.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that it goes by."""

    def __init__(self, host: str, port: int, address: str, secure: bool, limit_s: float) -> None:
        super().__init__(host, port, timeout=limit_s)
        self._address, self._secure, self._limit_s = address, secure, limit_s
        self._context = ssl.create_default_context() if secure else None
        self.opened: socket.socket = socket.socket()
        if secure:
            # So that the Host header leaves the usual port out.
            self.default_port = 443

    def connect(self) -> None:
        self.opened.close()
        self.opened = socket.create_connection((self._address, self.port), self._limit_s)
        if self._context is not None:
            self.opened = self._context.wrap_socket(self.opened, server_hostname=self.host)
        self.sock = self.opened

    def close(self) -> None:
        super().close()
        self.opened.close()


def _address(host: str, port: int, allow_private: bool, here_only: bool, resolve: Resolver) -> str:
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotReached("its name is not known") from error
    addresses = [ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found]
    if not addresses:
        raise NotReached("its name is not known")
    for address in addresses:
        if here_only and not address.is_loopback:
            raise WrongCall("http is for this machine only; use https")
        if not here_only and not allow_private and not is_public(address):
            raise WrongCall("its name leads into a private network; allow that for it if it is meant")
    return str(addresses[0])


def _is_this_machine(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" if literal is None else literal.is_loopback


def _loopback_http(parts: SplitResult) -> bool:
    return parts.scheme == "http" and _is_this_machine(parts.hostname or "")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _seconds(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 6:
        return None
    return int(text)
