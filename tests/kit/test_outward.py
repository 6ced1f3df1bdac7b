"""Calling out: only where it may lead, at exactly what was checked, for so long and no longer."""

import ipaddress
import socket
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.kit.errors import WrongCall
from contrafact.kit.outward import NotReached, checked_url, is_public, post
from tests.support.receiver import receiving


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/hook",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https://example.org:99999/",
        "https://exam ple.org/",
        "https://example.org/\r\nX: y",
        "https://exämple.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "http://localhost.example.org/",
        "https://example.org/" + "x" * 2000,
    ],
)
def test_an_address_that_may_not_be_called_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(WrongCall):
        checked_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/hook?x=1", "http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/"]
)
def test_https_and_this_machine_may_be_called(url: str) -> None:
    assert checked_url(url).geturl() == url


def test_a_private_network_only_where_the_operator_allowed_it() -> None:
    assert checked_url("https://10.0.0.1/", allow_private=True)
    with pytest.raises(WrongCall):
        checked_url("http://10.0.0.1/", allow_private=True)


def _resolving(*addresses: str) -> Any:
    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "::1", "fc00::1", "::ffff:127.0.0.1"]
)
def test_a_public_name_that_leads_home_is_refused(address: str) -> None:
    with pytest.raises(WrongCall, match="private network"):
        post("https://example.org/", {}, b"{}", resolve=_resolving(address))
    with pytest.raises(WrongCall, match="private network"):
        post("https://example.org/", {}, b"{}", resolve=_resolving("93.184.216.34", address))


def test_localhost_that_leads_away_is_refused() -> None:
    with pytest.raises(WrongCall, match="this machine only"):
        post("http://localhost/", {}, b"{}", resolve=_resolving("93.184.216.34"))


def test_the_name_is_asked_for_once_and_the_connection_goes_to_what_was_checked() -> None:
    asked: list[str] = []
    with receiving() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])

        def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        reply = post(f"http://localhost:{port}/hook", {"X-Test": "1"}, b"{}", resolve=resolve)
        assert (reply.status, asked) == (200, ["localhost"])
        headers, body = receiver.got[0]
        assert (headers["host"], headers["x-test"], body) == (f"localhost:{port}", "1", b"{}")


def test_a_redirection_is_told_and_not_followed() -> None:
    with receiving() as receiver, receiving() as other:
        receiver.statuses, receiver.location = [302], other.url
        assert post(receiver.url, {}, b"{}").status == 302
        assert other.got == []


def test_retry_after_is_read_and_nonsense_in_it_is_not() -> None:
    with receiving() as receiver:
        receiver.statuses = [503]
        for said, read in (("120", 120), ("soon", None), ("-1", None), ("9" * 12, None)):
            receiver.retry_after = said
            assert post(receiver.url, {}, b"{}").retry_after_s == read


def test_who_never_answers_is_left_alone_in_time() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    released = threading.Event()

    def dribble() -> None:
        connection, _ = listening.accept()
        while not released.wait(0.02):
            try:
                connection.sendall(b"H")
            except OSError:
                return
        connection.close()

    thread = threading.Thread(target=dribble, daemon=True)
    thread.start()
    try:
        with pytest.raises(NotReached):
            post(f"http://127.0.0.1:{port}/", {}, b"{}", limit_s=0.3)
    finally:
        released.set()
        listening.close()
        thread.join()


def test_nobody_there_and_no_http_are_told_alike() -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    with pytest.raises(NotReached, match="could not be reached"):
        post(f"http://127.0.0.1:{port}/", {}, b"{}")

    def unknown(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror("no such name")

    with pytest.raises(NotReached, match="name is not known"):
        post("https://nobody.example/", {}, b"{}", resolve=unknown)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    nat64 = ipaddress.IPv6Address((0x0064FF9B << 96) | int(address))
    assert is_public(mapped) == is_public(address)
    assert not is_public(nat64) or is_public(address)
    if address.is_private or address.is_loopback or address.is_link_local:
        assert not is_public(address)
