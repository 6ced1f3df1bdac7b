"""``serve`` and ``demo`` where they cannot open: told in one sentence, before any work is done."""

import socket
from collections.abc import Iterator

import pytest

from contrafact.commands.ports import listening
from contrafact.kit.errors import Conflict, WrongCall
from tests.support.commands import Command, Home


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("name", ["serve", "demo"])
def test_a_port_that_is_taken_is_told_before_anything_is_begun(
    command: Command, new_home: Home, taken: int, name: str
) -> None:
    done = command(new_home, name, "--port", str(taken))
    assert (done.code, done.out) == (1, "")
    assert f"port {taken} " in done.sentence
    assert f"--port {taken + 1}" in done.sentence
    assert "Fetching" not in done.err
    assert not new_home.state().tables


def test_an_address_that_is_not_this_machine_s_is_a_wrong_call(command: Command, new_home: Home) -> None:
    for host in ("192.0.2.1", "no-such-host.invalid"):
        done = command(new_home, "serve", "--host", host, "--port", "0")
        assert (done.code, done.out) == (2, ""), host
        assert host in done.sentence


def test_whoever_listens_keeps_the_port_and_leaves_it() -> None:
    with listening("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
        with pytest.raises(Conflict):
            listening("127.0.0.1", port)
    with listening("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


def test_the_sixth_version_of_the_address_is_understood() -> None:
    try:
        with listening("::1", 0) as door:
            assert door.family == socket.AF_INET6
    except WrongCall:
        pytest.skip("this machine has no IPv6")
