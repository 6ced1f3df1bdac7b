"""``contrafact serve`` and ``contrafact demo``."""

import socket
import threading
import webbrowser
from typing import TYPE_CHECKING

import click

from contrafact.commands.console import progress_bar, say
from contrafact.commands.ports import listening

if TYPE_CHECKING:
    import uvicorn

    from contrafact.remixes.installation import Installation

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
port_option = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command()
@host_option
@port_option
def serve(host: str, port: int) -> None:
    """Run the service and the studio.

    \b
    Example:
      contrafact serve --port 8080
    """
    from contrafact.kit.home import Home
    from contrafact.remixes.installation import Installation

    listening(host, port).close()
    _run(Installation(Home.from_environment()), host, port, opens_page=False)


@click.command()
@click.option("--offline", is_flag=True, help="Fetch no songs: only the project's own, which came with it.")
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@click.option("--no-serve", is_flag=True, help="Only set up: fetch and ingest.")
@host_option
@port_option
def demo(offline: bool, no_open: bool, no_serve: bool, host: str, port: int) -> None:
    """Fetch assets and demo songs, ingest them with their licences, serve, and open the studio.

    \b
    Examples:
      contrafact demo
      contrafact demo --offline --no-open
    """
    from contrafact.assets.errors import AssetError
    from contrafact.assets.fetching import fetch
    from contrafact.kit.home import Home
    from contrafact.remixes.installation import Installation
    from contrafact.remixes.songs.demo import set_up

    if not no_serve:
        # Better told now than after the minutes that the first time takes.
        listening(host, port).close()
    installation = Installation(Home.from_environment())
    with progress_bar("Fetching models and sounds") as progress:
        fetch(installation.assets, None, progress, group="engine")
    missed: list[AssetError] = []
    if not offline:
        with progress_bar("Fetching songs") as progress:
            fetch(installation.assets, None, progress, group="demo", missed=missed.append)
    with progress_bar("Listening to the songs") as progress:
        report = set_up(installation, offline=offline, progress=progress)
    say(f"{report.there} songs in the library, {report.added} of them new.")
    for problem in (*map(str, missed), *report.problems):
        say(f"Left out: {problem}")
    if missed:
        say("What is missing is fetched when this is run again.")
    if no_serve:
        installation.close()
        return
    _run(installation, host, port, opens_page=not no_open)


def _run(installation: "Installation", host: str, port: int, *, opens_page: bool) -> None:
    import uvicorn

    from contrafact.service.app import create_app, studio_folder
    from contrafact.service.security import LOOPBACK_NAMES
    from contrafact.service.workshop import Workshop

    if host not in _LOOPBACK:
        say("Warning: there is no sign-in yet. Whoever reaches this address is the demo listener.")
    if studio_folder() is None:
        say("The studio is not built (run `make`); the API works without it.")
    hosts = LOOPBACK_NAMES if host in _LOOPBACK else (*LOOPBACK_NAMES, host, "*")
    # Opened before there is a workshop, which begins with the work that an earlier process left.
    with listening(host, port) as door:
        app = create_app(Workshop(installation), hosts)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3)
        _announcing(config, host, opens_page).run([door])


def _announcing(config: "uvicorn.Config", host: str, opens_page: bool) -> "uvicorn.Server":
    """A server that tells its address once it answers; the port is known only then when the system chose it."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.started:
                return
            port = self.servers[0].sockets[0].getsockname()[1]
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
            say(f"The studio is open at {address}  (stop with Ctrl+C)")
            if opens_page:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    return Server(config)
