"""Recipes proposed by a language model that the operator runs or rents: the HTTP part, with limits, and the way back.

Off unless ``CONTRAFACT_PLANNER_URL`` and ``CONTRAFACT_PLANNER_MODEL`` are set. Whatever goes wrong, the embedded
planner reads the words instead, and the plan says so.
"""

import json
import os
import ssl
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR, socket
from urllib.parse import urlsplit

from contrafact.engine.arranging import load_instruments, load_moods
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.planner import Plan, Planner
from contrafact.engine.recipe.proposing import LARGEST_ANSWER_BYTES, plan_of, read_proposal, request_document

DEFAULT_LIMIT_S = 8.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NoProposal(Exception):
    """The server gave nothing to use; the message says why and never holds the key or what the server wrote."""


@dataclass(frozen=True, slots=True)
class ProposingServer:
    """An OpenAI-compatible server.

    Parameters
    ----------
    url : str
        Its base, such as ``https://models.example/v1``; https, or http on this machine.
    model : str
        The name of the model there.
    key : str
        Sent as a bearer token; empty for none.
    limit_s : float
        The longest that one proposal may take, connection and all.
    """

    url: str
    model: str
    key: str = ""
    limit_s: float = DEFAULT_LIMIT_S

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise NoProposal("CONTRAFACT_PLANNER_URL must be https, or http on this machine")
        if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
            raise NoProposal("CONTRAFACT_PLANNER_URL must be a plain address such as https://host/v1")
        if not self.key.isascii() or any(character.isspace() for character in self.key):
            raise NoProposal("CONTRAFACT_PLANNER_KEY must be one word of ASCII")

    def answer(self, document: Mapping[str, object]) -> bytes:
        """The server's answer to a chat completion.

        Raises
        ------
        NoProposal
            When it cannot be reached, is too slow, says anything but 200, or answers with more than a recipe can be.
            Redirections are not followed: the key is meant for one server.
        """
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        connection: HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = HTTPSConnection(parts.hostname, parts.port, timeout=self.limit_s, context=context)
        else:
            connection = HTTPConnection(parts.hostname, parts.port, timeout=self.limit_s)
        late = threading.Event()
        # The connection forgets its socket as soon as the reply will close it; the clock must not.
        opened: list[socket] = []

        def cut() -> None:
            # A socket's own time limit begins anew with every byte; this one does not.
            late.set()
            with suppress(OSError):
                for one in opened:
                    one.shutdown(SHUT_RDWR)

        clock = threading.Timer(self.limit_s, cut)
        clock.daemon = True
        clock.start()
        try:
            headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
            if self.key:
                headers["Authorization"] = f"Bearer {self.key}"
            path = parts.path.rstrip("/") + "/chat/completions"
            connection.connect()
            opened.append(connection.sock)
            connection.request("POST", path, json.dumps(document).encode(), headers)
            reply = connection.getresponse()
            if reply.status != 200:
                raise NoProposal(f"it answered with status {reply.status}")
            text = reply.read(LARGEST_ANSWER_BYTES + 1)
            # What was cut off looks like an end.
            if late.is_set():
                raise NoProposal(f"it took longer than {self.limit_s:g} s")
            return text
        except (OSError, HTTPException, ValueError) as error:
            if late.is_set() or isinstance(error, TimeoutError):
                raise NoProposal(f"it took longer than {self.limit_s:g} s") from error
            raise NoProposal("it could not be reached, or does not speak HTTP") from error
        finally:
            clock.cancel()
            connection.close()


def server_from(environ: Mapping[str, str] | None = None) -> ProposingServer | None:
    """The server that the environment names; None when it names none.

    Raises
    ------
    NoProposal
        When what it names cannot be used.
    """
    env = os.environ if environ is None else environ
    url, model = env.get("CONTRAFACT_PLANNER_URL", "").strip(), env.get("CONTRAFACT_PLANNER_MODEL", "").strip()
    if not url:
        return None
    if not model:
        raise NoProposal("CONTRAFACT_PLANNER_MODEL is missing; name a model of that server")
    return ProposingServer(url, model, env.get("CONTRAFACT_PLANNER_KEY", "").strip())


def plan_with(
    planner: Planner,
    words: str,
    chart: Chart,
    source_sha256: str,
    without: Collection[str] = frozenset(),
    seed: int = 0,
    *,
    styles: Collection[str],
    environ: Mapping[str, str] | None = None,
) -> Plan:
    """The plan that a configured server proposes, else the embedded planner's, which then says why in its notes.

    Raises
    ------
    BadInput
        When the prompt is empty or too long.
    """
    try:
        server = server_from(environ)
        if server is None or not words.strip() or len(words) > 500:
            return planner.plan(words, chart, source_sha256, without, seed)
        instruments, moods = load_instruments(), load_moods()
        document = request_document(words, chart, server.model, styles, instruments, moods)
        answer = server.answer(document)
        return plan_of(read_proposal(answer, chart, source_sha256, seed, styles, instruments, moods), without)
    except NoProposal as error:
        why = str(error)
    except BadInput as error:
        # An empty or too long prompt fails below as well; what a server proposed does not.
        why = f"its proposal was refused ({str(error)[:200]})"
    planned = planner.plan(words, chart, source_sha256, without, seed)
    note = f"the planning server was not used: {why}; the words were read without it"
    return replace(planned, notes=(*planned.notes, note))
