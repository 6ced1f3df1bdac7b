"""A worker that has nothing to do lends a hand to one that has."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from contrafact.assets import AssetStore
from contrafact.catalogue import service as catalogue
from contrafact.engine.progress import silent
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.creations.making import work_for
from contrafact.remixes.permission.sources import sources_for
from contrafact.remixes.slices import Colleague, Slice, Slices, exhaust
from contrafact.remixes.takes.taking import open_bench, render_take, warm_up
from contrafact.service.shift import FavourAnswered, Mailbox
from contrafact.service.workers import WorkerPool
from tests.support.home import add_song, new_home, open_home


@dataclass
class State:
    colleague: Colleague | None = None


def warm(settings: Mapping[str, str]) -> State:
    return State()


def whoami(state: State, arguments: Mapping[str, Any]) -> int:
    return os.getpid()


def fail(state: State, arguments: Mapping[str, Any]) -> int:
    raise ValueError("this cannot be done")


def die(state: State, arguments: Mapping[str, Any]) -> int:
    os._exit(9)


FAVOURS = {"whoami": whoami, "fail": fail, "die": die}


def ask_until_found(state: State, arguments: Mapping[str, Any]) -> Slices:
    """Ask whoever is idle who they are, until somebody is; then for a favour."""
    assert state.colleague is not None
    done = False
    while not done:
        yield Slice(0.1, "asking")
        done, other = state.colleague.answer(state.colleague.ask(whoami, {}, first=True))
    told = state.colleague.answer(state.colleague.ask(FAVOURS[arguments["favour"]], {}))
    return {"pid": os.getpid(), "other": other, "told": told}


def ask_once(state: State, arguments: Mapping[str, Any]) -> Slices:
    assert state.colleague is not None
    yield Slice(0.1, "asking")
    return {"told": state.colleague.answer(state.colleague.ask(whoami, {}, first=True))}


@pytest.fixture
def two() -> Iterator[WorkerPool]:
    workers = WorkerPool(2, warm, {}, grace_s=1.0)
    yield workers
    workers.close()


def test_an_idle_worker_does_a_favour(two: WorkerPool) -> None:
    result = two.run("a", ask_until_found, {"favour": "whoami"}, silent)
    assert result["told"] == (True, result["other"])
    assert result["other"] != result["pid"]


def test_what_cannot_be_done_there_is_to_be_done_here(two: WorkerPool) -> None:
    assert two.run("a", ask_until_found, {"favour": "fail"}, silent)["told"] == (False, None)
    assert two.run("b", ask_until_found, {"favour": "whoami"}, silent)["told"][0], "both live on"


def test_a_helper_that_dies_takes_nobody_with_it(two: WorkerPool) -> None:
    result = two.run("a", ask_until_found, {"favour": "die"}, silent)
    assert result["told"] == (False, None)
    again = two.run("b", ask_until_found, {"favour": "whoami"}, silent)
    assert {again["pid"], again["other"]} != {result["pid"], result["other"]}, "another has taken its place"


def test_an_answer_that_nobody_waits_for_is_not_kept() -> None:
    ours, theirs = Pipe()
    mailbox = Mailbox(theirs)
    unwanted = mailbox.ask(whoami, {}, answered=False)
    wanted = mailbox.ask(whoami, {})
    ours.send(FavourAnswered(unwanted, True, 1))
    ours.send(FavourAnswered(wanted, True, 2))
    assert mailbox.answer(wanted) == (True, 2)
    assert not mailbox.ready(unwanted)
    ours.close()
    theirs.close()


def test_one_worker_has_nobody_to_ask() -> None:
    pool = WorkerPool(1, warm, {}, grace_s=1.0)
    try:
        assert pool.run("a", ask_once, {}, silent)["told"] == (False, None)
    finally:
        pool.close()


@pytest.mark.assets
def test_a_take_that_two_processes_made_is_the_same_take(asset_store: AssetStore, tmp_path: Path) -> None:
    with open_home(new_home(tmp_path / "home", asset_store)) as installation:
        song = add_song(installation, tmp_path / "song", sections=(("verse", 4), ("chorus", 4)))
        with installation.database.reading() as session:
            sha256 = catalogue.get(session, song).sha256
            recipe = Recipe(sources=(sha256,), style="funk", seed=3)
            sources = sources_for(session, song, recipe)
        alone = work_for(installation, recipe, sources, tmp_path / "alone", live=False)
        made = [exhaust(render_take(open_bench(installation.home.assets), alone), silent)["path"]]
        pool = WorkerPool(2, warm_up, {"assets": str(installation.home.assets)})
        try:
            # Once it has been made by two at the latest, the other is warm.
            for number in range(2):
                work = work_for(installation, recipe, sources, tmp_path / str(number), live=False)
                made.append(pool.run(str(number), render_take, work, silent)["path"])
            assert [path.name for path in (tmp_path / "1").iterdir()] == ["take.flac"], "nothing is left lying about"
        finally:
            pool.close()
    assert len({hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in made}) == 1
