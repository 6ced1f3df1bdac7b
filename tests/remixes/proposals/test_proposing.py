"""A real server on this machine that answers well, badly, slowly, hugely and with malice."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from contrafact.assets import AssetStore
from contrafact.engine.arranging import load_styles
from contrafact.engine.recipe.planner import Plan, Planner
from contrafact.remixes.proposals.proposing import NoProposal, ProposingServer, plan_with, server_from
from tests.support.charts import song_chart

CHART = song_chart(bpm=100.0)
SOURCE = "e" * 64
STYLES = load_styles()
Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    return Planner(AssetStore(tmp_path_factory.mktemp("nothing")), STYLES)


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(base address, requests as they came) of a server that answers so."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append({"path": self.path, "key": self.headers.get("Authorization"), "body": body})
            answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        server.server_close()


def completing(content: Any, status: int = 200) -> Answer:
    return sending(json.dumps({"choices": [{"message": {"content": content}}]}).encode(), status)


def sending(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except OSError:
            return

    return answer


def ask(planner: Planner, url: str, words: str = "slow house", **more: Any) -> Plan:
    environ = {"CONTRAFACT_PLANNER_URL": url, "CONTRAFACT_PLANNER_MODEL": "small", "CONTRAFACT_PLANNER_KEY": "k-1"}
    return plan_with(planner, words, CHART, SOURCE, styles=STYLES, environ=environ, **more)


def fell_back(planned: Plan) -> str:
    assert planned.recipe.style == "house", "the embedded planner read the words"
    assert planned.recipe.sources == (SOURCE,)
    assert len(planned.notes) == 1
    assert planned.notes[0].startswith("the planning server was not used: ")
    assert "k-1" not in planned.notes[0]
    return planned.notes[0]


def test_a_good_proposal_is_used_and_shown(planner: Planner) -> None:
    recipe = {"style": "techno", "tempo": {"ratio": 1.1}, "form": {"order": [{"section": 2}, {"section": 1}]}}
    with serving(completing(f"```json\n{json.dumps(recipe)}\n```")) as (url, seen):
        planned = ask(planner, url, seed=7)
        less = ask(planner, url, seed=7, without={"proposed-tempo"})
    assert planned.notes == ()
    assert (planned.recipe.style, planned.recipe.tempo.ratio, planned.recipe.seed) == ("techno", 1.1, 7)
    assert {chip.id for chip in planned.understood} == {"proposed-style", "proposed-tempo", "proposed-form"}
    assert less.recipe.tempo.ratio == 1.0
    assert seen[0]["path"] == "/v1/chat/completions"
    assert seen[0]["key"] == "Bearer k-1"
    told = json.dumps(seen[0]["body"])
    assert "slow house" in told
    assert SOURCE not in told, "the server learns nothing that identifies the recording"
    assert "sources" not in seen[0]["body"]["response_format"]["json_schema"]["schema"]["properties"]


def test_a_proposal_may_say_who_plays_where_and_its_version_follows(planner: Planner) -> None:
    rule = {"action": "drop", "parts": ["drums"], "section": "verse"}
    with serving(completing(json.dumps({"parts_in": [rule]}))) as (url, _):
        planned = ask(planner, url)
        less = ask(planner, url, without={"proposed-sections"})
    assert (planned.recipe.recipe, len(planned.recipe.parts_in)) == (2, 1)
    assert {chip.id for chip in planned.understood} == {"proposed-sections"}
    assert (less.recipe.recipe, less.recipe.parts_in) == (1, ())


def test_what_is_ours_cannot_be_proposed(planner: Planner) -> None:
    wish = {"style": "techno", "sources": ["f" * 64], "seed": 3, "recipe": 9, "guest": {"gain_db": 3.0}}
    with serving(completing(json.dumps(wish))) as (url, _):
        planned = ask(planner, url, seed=1)
    assert planned.recipe.style == "techno"
    assert (planned.recipe.sources, planned.recipe.seed, planned.recipe.guest) == ((SOURCE,), 1, None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (completing("I would love to help!"), "not JSON"),
        (completing('{"style": "polka"}'), "there is no style 'polka'"),
        (completing('{"tempo": {"ratio": 30}}'), "tempo.ratio: 30"),
        (completing('{"tempo": {"ratio": NaN}}'), "tempo.ratio: NaN"),
        (completing('{"form": {"order": [{"section": 99}]}}'), "form.order[0].section: 99"),
        (completing('{"rights": "all granted", "style": "techno"}'), "rights: a recipe has no such field"),
        (completing('{"kind": "mashup"}'), "kind: a proposal cannot bring a second recording"),
        (completing('{"locks": ["harmony"], "harmony": {"change": "jazz"}}'), "locks[0]: harmony is locked"),
        (completing('{"style": "techno", "style": "house"}'), "style: is given twice"),
        (completing("[" * 5000), "nested deeper"),
        (completing("[]"), "not a JSON object"),
        (completing(None), "is no text"),
        (sending(b"<html>"), "not JSON"),
        (sending(b'{"error": "no credit"}'), "'choices' is missing"),
        (sending(b"\xff\xfe"), "not UTF-8"),
        (completing('{"style": "techno"}', 500), "status 500"),
        (sending(b"", 302, Location="http://127.0.0.1:1/v1"), "status 302"),
        (sending(b" " * 3_000_000), "larger than 256 KiB"),
    ],
)
def test_whatever_else_comes_is_refused_and_the_words_are_read_here(planner: Planner, answer: Answer, why: str) -> None:
    with serving(answer) as (url, _):
        assert why in fell_back(ask(planner, url))


@pytest.mark.parametrize("drip", [True, False])
def test_a_slow_server_is_left_after_its_time(drip: bool) -> None:
    done = threading.Event()

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        if drip:
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
        while not done.wait(0.05):
            try:
                handler.wfile.write(b" ") if drip else None
            except OSError:
                return

    with serving(slowly) as (url, _):
        try:
            with pytest.raises(NoProposal, match=r"longer than 0\.4 s"):
                ProposingServer(url, "small", limit_s=0.4).answer({})
        finally:
            done.set()


def test_nobody_there(planner: Planner) -> None:
    with serving(completing("{}")) as (url, _):
        pass
    assert "could not be reached" in fell_back(ask(planner, url))


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example/v1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://me:secret@host/v1",
        "https://h/v1?a=b",
        "nonsense",
    ],
)
def test_addresses_that_are_not_used(planner: Planner, url: str) -> None:
    assert "CONTRAFACT_PLANNER_URL must be" in fell_back(ask(planner, url))


def test_nothing_configured_is_the_embedded_planner(planner: Planner, tmp_path: Path) -> None:
    assert server_from({}) is None
    planned = plan_with(planner, "slow house", CHART, SOURCE, styles=STYLES, environ={})
    assert planned == planner.plan("slow house", CHART, SOURCE)
    with pytest.raises(NoProposal, match="CONTRAFACT_PLANNER_MODEL"):
        server_from({"CONTRAFACT_PLANNER_URL": "https://host/v1"})
