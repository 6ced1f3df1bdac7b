import os
import queue
import sys
import threading
from collections.abc import Iterator, Mapping
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from contrafact.engine.errors import BadInput, Cancelled
from contrafact.engine.progress import silent
from contrafact.remixes.slices import Slice, Slices
from contrafact.service.workers import WorkerFailed, WorkerPool


def warm(settings: Mapping[str, str]) -> str:
    return settings["greeting"]


def greet(state: str, arguments: Mapping[str, Any]) -> Slices:
    yield Slice(0.5, "greeting")
    return {"words": f"{state} {arguments['name']}", "pid": os.getpid()}


def refuse(state: str, arguments: Mapping[str, Any]) -> Slices:
    yield Slice(0.1, "reading")
    raise BadInput("this is not a song")


def die(state: str, arguments: Mapping[str, Any]) -> Slices:
    if Path(arguments["waits_for"]).exists():
        os._exit(9)
    yield Slice(0.1, "waiting")
    yield from die(state, arguments)
    return {}


def spin(state: str, arguments: Mapping[str, Any]) -> Slices:
    """Goes on until it is stopped; one that does not listen never ends its second slice."""
    yield Slice(0.1, "spinning")
    while True:
        if arguments["listens"]:
            yield Slice(0.1, "spinning")
        else:
            sum(range(1000))


def wait_for(state: str, arguments: Mapping[str, Any]) -> Slices:
    while not Path(arguments["path"]).exists():
        yield Slice(0.1, "waiting")
    return {"pid": os.getpid()}


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    workers = WorkerPool(1, warm, {"greeting": "hello"}, grace_s=1.0)
    yield workers
    workers.close()


def test_work_comes_back_with_its_progress(pool: WorkerPool) -> None:
    seen: list[tuple[float, str]] = []
    result = pool.run("a", greet, {"name": "Ada"}, lambda f, s: seen.append((f, s)))
    assert result["words"] == "hello Ada"
    assert result["pid"] != os.getpid()
    assert (0.5, "greeting") in seen


def test_a_worker_is_kept_for_the_next_piece(pool: WorkerPool) -> None:
    first = pool.run("a", greet, {"name": "Ada"}, silent)
    assert pool.run("b", greet, {"name": "Bo"}, silent)["pid"] == first["pid"]


def test_bad_input_keeps_its_sentence(pool: WorkerPool) -> None:
    with pytest.raises(BadInput, match="not a song"):
        pool.run("a", refuse, {}, silent)


def test_a_worker_that_dies_is_replaced(pool: WorkerPool) -> None:
    with pytest.raises(WorkerFailed, match="ended early"):
        pool.run("a", die, {"waits_for": "/"}, silent)
    assert pool.run("b", greet, {"name": "Bo"}, silent)["words"] == "hello Bo"


def test_who_shares_a_worker_with_one_that_dies_begins_again(pool: WorkerPool, tmp_path: Path) -> None:
    begun, results = threading.Event(), queue.SimpleQueue[dict[str, Any]]()
    path = tmp_path / "now"

    def wait() -> None:
        results.put(pool.run("b", wait_for, {"path": str(path)}, lambda f, s: begun.set()))

    first = pool.run("first", greet, {"name": "Ada"}, silent)["pid"]
    thread = threading.Thread(target=wait)
    thread.start()
    assert begun.wait(30)
    with pytest.raises(WorkerFailed, match="ended early"):
        pool.run("a", die, {"waits_for": "/"}, silent)
    path.touch()
    assert results.get(timeout=30)["pid"] != first
    thread.join(30)


def test_two_pieces_of_work_share_one_worker(pool: WorkerPool) -> None:
    begun = threading.Event()

    def keep_busy() -> None:
        with pytest.raises(Cancelled):
            pool.run("a", spin, {"listens": True}, lambda f, s: begun.set())

    thread = threading.Thread(target=keep_busy)
    thread.start()
    assert begun.wait(30)
    assert pool.run("b", greet, {"name": "Bo"}, silent)["words"] == "hello Bo"
    assert pool.cancel("a")
    thread.join(30)


@pytest.mark.parametrize("listens", [True, False])
def test_cancel_stops_work_that_listens_and_work_that_does_not(pool: WorkerPool, listens: bool) -> None:
    begun = threading.Event()
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            pool.run("a", spin, {"listens": listens}, lambda f, s: begun.set())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)
    assert pool.cancel("a")
    thread.join(30)
    assert isinstance(outcome[0], Cancelled)
    assert pool.run("b", greet, {"name": "Bo"}, silent)["words"] == "hello Bo"


def test_cancelling_nothing_says_so(pool: WorkerPool) -> None:
    assert not pool.cancel("nothing")


def test_a_rehearsal_is_done_only_when_nobody_else_is_served(pool: WorkerPool) -> None:
    begun = threading.Event()

    def serve() -> None:
        with pytest.raises(Cancelled):
            pool.run("a", spin, {"listens": True}, lambda f, s: begun.set())

    thread = threading.Thread(target=serve)
    thread.start()
    assert begun.wait(30)
    assert not pool.rehearse("r", greet, {"name": "nobody"})
    pool.cancel("a")
    thread.join(30)
    assert pool.rehearse("r", greet, {"name": "nobody"})
    assert pool.run("b", greet, {"name": "Bo"}, silent)["words"] == "hello Bo"


def has_imported(state: str, arguments: Mapping[str, Any]) -> Slices:
    yield Slice(0.5, "looking")
    return {"here": arguments["module"] in sys.modules, "pid": os.getpid(), "parent": os.getppid()}


@pytest.fixture
def copies() -> Iterator[WorkerPool]:
    """Two workers that are copies of a process with a module in it that nobody else imports."""
    # the one that a test before this began, if any, has other modules
    forkserver._forkserver._stop()  # type: ignore[attr-defined]
    workers = WorkerPool(2, warm, {"greeting": "hello"}, grace_s=1.0, preload=("sched",))
    yield workers
    workers.close()
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def test_copies_have_what_was_imported_once(copies: WorkerPool, tmp_path: Path) -> None:
    waiting = threading.Thread(target=copies.run, args=("a", wait_for, {"path": str(tmp_path / "go")}, silent))
    waiting.start()
    one = copies.run("b", has_imported, {"module": "sched"}, silent)
    (tmp_path / "go").touch()
    waiting.join()
    assert one["here"]
    assert one["parent"] != os.getpid(), "its parent is the process that it is a copy of"


def test_a_copy_that_dies_is_replaced(copies: WorkerPool, tmp_path: Path) -> None:
    (tmp_path / "now").touch()
    for _ in range(2):
        with pytest.raises(WorkerFailed, match="ended early"):
            copies.run("a", die, {"waits_for": str(tmp_path / "now")}, silent)
    assert copies.run("b", greet, {"name": "Bo"}, silent)["words"] == "hello Bo"


def test_a_copy_that_does_not_listen_is_killed(copies: WorkerPool) -> None:
    def stop(fraction: float, stage: str) -> None:
        if stage == "spinning":
            copies.cancel("a")

    with pytest.raises(Cancelled):
        copies.run("a", spin, {"listens": False}, stop)


def test_copies_are_gone_with_their_pool_however_early_it_closes() -> None:
    early = WorkerPool(2, warm, {"greeting": "hello"}, preload=("sched",))
    early.close()
    with pytest.raises(Cancelled):
        early.run("a", greet, {"name": "Ada"}, silent)
