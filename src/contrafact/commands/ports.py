"""The door that a service opens, tried before any work is done behind it."""

import errno
import socket

from contrafact.kit.errors import Conflict, WrongCall

_BACKLOG = 2048


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens, for the server that is to answer on it.

    Parameters
    ----------
    host : str
        An address of this machine or its name; one with colons is IPv6.
    port : int
        0 lets the system choose.

    Raises
    ------
    WrongCall
        The address is not this machine's, or there is none of that name.
    Conflict
        The port is another program's, or only the administrator may open it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        match error:
            case OSError(errno=errno.EADDRINUSE):
                raise Conflict(
                    f"port {port} of {host} is in use, perhaps by a Contrafact that runs already; "
                    f"end that program, or take another port: --port {port + 1 if port < 65535 else 0}"
                ) from error
            case OSError(errno=errno.EACCES):
                raise Conflict(
                    f"port {port} may be opened by the administrator only; take one above 1023: --port 8000"
                ) from error
            case _:
                raise WrongCall(
                    f"{host!r} is no address of this machine that can be listened on; leave --host out to listen on "
                    "127.0.0.1, or give 0.0.0.0 for all addresses"
                ) from error
