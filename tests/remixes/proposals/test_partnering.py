"""Partners for a mash-up in a real library: the best first, whatever order charts are read in, with who allows it."""

from pathlib import Path

import pytest

from contrafact.assets import AssetStore
from contrafact.catalogue import service as catalogue
from contrafact.engine.arranging.compatibility import best_match
from contrafact.engine.errors import BadInput
from contrafact.kit.clock import FixedClock
from contrafact.kit.errors import NotFound
from contrafact.remixes.installation import Installation
from contrafact.remixes.proposals.partnering import partners
from contrafact.remixes.songs.library import demo_listener
from tests.remixes.conftest import NOON
from tests.support.home import add_song, new_home, open_home

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def library(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("partners")
    made = open_home(new_home(folder / "home", asset_store), FixedClock(NOON))
    for number, grant in enumerate(("mine", "mine", "none")):
        add_song(made, folder / str(number), title=f"Song {number}", seed=number, grant=grant)  # type: ignore[arg-type]
    return made


def ids(library: Installation) -> list[str]:
    with library.database.reading() as session:
        return [each.id for each in catalogue.list_recordings(session)]


def test_the_best_are_found_and_told_with_who_allows_them(library: Installation) -> None:
    bed, free, locked = ids(library)
    user = demo_listener(library)
    found = partners(library, bed, user)
    assert found.voices == 2
    assert {each.id for each in found.partners} == {free, locked}
    assert [each.fit for each in found.partners] == sorted((each.fit for each in found.partners), reverse=True)
    by_id = {each.id: each for each in found.partners}
    assert by_id[free].mashup.outcome == "permit"
    assert by_id[locked].mashup.outcome == "deny"
    assert by_id[locked].mashup.reasons
    with library.database.reading() as session:
        charts = [catalogue.chart_of(catalogue.get(session, each), library.blobs) for each in (bed, free)]
    assert by_id[free].fit == best_match(charts[0], charts[1]).score


def test_the_one_that_is_asked_for_is_the_best_of_all(library: Installation) -> None:
    user = demo_listener(library)
    for song in ids(library):
        every = partners(library, song, user).partners
        assert partners(library, song, user, most=1).partners == every[:1]


def test_a_song_that_is_alone_has_no_partners(asset_store: AssetStore, tmp_path: Path) -> None:
    with open_home(new_home(tmp_path / "home", asset_store), FixedClock(NOON)) as alone:
        song = add_song(alone, tmp_path / "songs")
        found = partners(alone, song, demo_listener(alone))
    assert (found.partners, found.voices) == ((), 0)


def test_wrong_calls_are_told(library: Installation) -> None:
    user = demo_listener(library)
    for most in (0, 25):
        with pytest.raises(BadInput, match="1 to 24"):
            partners(library, ids(library)[0], user, most)
    with pytest.raises(NotFound):
        partners(library, "rec_nothing", user)
