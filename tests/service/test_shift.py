"""Eight real takes in one process: the order of their turns, whatever the machine's speed."""

from pathlib import Path

import pytest

from contrafact.assets import AssetStore
from contrafact.catalogue import service as catalogue
from contrafact.engine.progress import silent
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse
from contrafact.remixes.creations.making import work_for
from contrafact.remixes.permission.sources import sources_for
from contrafact.remixes.slices import exhaust
from contrafact.remixes.takes.taking import open_bench, render_take
from contrafact.service.shift import Message, Order, Shift
from tests.support.home import add_song, new_home, open_home

pytestmark = [pytest.mark.assets]
LISTENERS = 8
VOICE_ALONE = StemsUse(drums=StemUse(keep=False), bass=StemUse(keep=False), other=StemUse(keep=False))


class Clock:
    """A machine on which every question for the time finds it a little later."""

    now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 0.05
        return self.now_s


@pytest.fixture(scope="module")
def messages(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    folder = tmp_path_factory.mktemp("turns")
    told: list[Message] = []
    with open_home(new_home(folder / "home", asset_store)) as installation:
        song = add_song(installation, folder / "song", sections=(("verse", 4), ("chorus", 4)))
        with installation.database.reading() as session:
            sha256 = catalogue.get(session, song).sha256
            sources = sources_for(session, song, Recipe(sources=(sha256,)))
        bench = open_bench(installation.home.assets)
        shift = Shift(bench, Clock(), told.append)
        for number in range(LISTENERS):
            recipe = Recipe(sources=(sha256,), style="house", stems=VOICE_ALONE, seed=number)
            work = work_for(installation, recipe, sources, folder / str(number), live=False)
            shift.take(Order(str(number), render_take, work))
        while shift:
            shift.advance()
        alone = work_for(installation, recipe, sources, folder / "alone", live=False)
        told.append(("alone", "alone", exhaust(render_take(bench, alone), silent)))
    return told


def keys(messages: list[Message], kind: str) -> list[str]:
    return [message[1] for message in messages if message[0] == kind]


def test_all_takes_are_made(messages: list[Message]) -> None:
    assert [message for message in messages if message[0] == "error"] == []
    assert sorted(keys(messages, "done")) == [str(number) for number in range(LISTENERS)]


def test_every_listener_hears_something_before_any_take_is_mastered(messages: list[Message]) -> None:
    mixed = [
        (message[1], place) for place, message in enumerate(messages) if message[0] == "slice" and message[2] > 0.02
    ]
    first: dict[str, int] = {}
    for key, place in mixed:
        first.setdefault(key, place)
    mastered = next(
        place for place, message in enumerate(messages) if message[0] == "slice" and message[3] == "mastering"
    )
    assert len(first) == LISTENERS
    assert max(first.values()) < mastered


def test_nobody_has_a_second_block_before_everybody_has_a_first(messages: list[Message]) -> None:
    blocks = [
        message[1] for message in messages if message[0] == "slice" and message[3] == "mixing" and message[2] > 0.02
    ]
    assert sorted(blocks[:LISTENERS]) == [str(number) for number in range(LISTENERS)]


def test_the_oldest_is_finished_first(messages: list[Message]) -> None:
    assert keys(messages, "done") == [str(number) for number in range(LISTENERS)]


def test_takes_that_take_turns_do_not_mix(messages: list[Message]) -> None:
    results = {message[1]: message[2] for message in messages if message[0] in ("done", "alone")}
    sounds = {key: Path(result["path"]).read_bytes() for key, result in results.items()}
    assert sounds["alone"] == sounds[str(LISTENERS - 1)]
    assert len(set(sounds.values())) == LISTENERS, "each has its own seed"
