"""An owner corrects what was heard, in a real browser and with the keyboard alone.

Leaves a screenshot in ``tests-output/``.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contrafact.assets import AssetStore
from contrafact.engine.listening.corrections import Corrections, parse_key
from contrafact.kit.home import Home
from contrafact.remixes.songs import correcting
from tests.support.home import add_song, new_home, open_home
from tests.support.serving import server

pytestmark = [pytest.mark.assets, pytest.mark.browser]
OUTPUT = Path(__file__).resolve().parents[2] / "tests-output"


@pytest.fixture(scope="module")
def studio(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, str]]:
    """A running server with one song: its address, its home and the song."""
    folder = tmp_path_factory.mktemp("studio")
    home = new_home(folder / "home", asset_store)
    with open_home(home) as installation:
        song = add_song(installation, folder / "one", title="Rain")
    with server(home.root) as (_, address):
        yield address, home.root, song


@pytest.mark.refused(422, 409)
def test_an_owner_corrects_and_withdraws_with_the_keyboard(studio: tuple[str, Path, str], page: Page) -> None:
    address, root, song = studio
    page.goto(f"{address}/#/song/{song}")
    panel = page.get_by_test_id("heard")
    panel.locator("summary").focus()
    page.keyboard.press("Enter")
    tempo = panel.locator("[data-fact=Tempo]")
    expect(tempo).to_have_text("120.0 BPM")

    page.keyboard.press("Tab")
    expect(panel.get_by_label("Tempo")).to_be_focused()
    page.keyboard.type("fast")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("a number from 20 to 400")
    expect(tempo).to_have_text("120.0 BPM")

    page.keyboard.press("Control+A")
    page.keyboard.type("half")
    page.keyboard.press("Tab")
    page.keyboard.type("5000")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("lies outside the recording")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("Corrected")
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(tempo).to_have_text("60.0 BPM")
    expect(page.locator("article p.facts")).to_contain_text("60 BPM")
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / "corrections.png", full_page=True)

    # Meanwhile somebody else says something, which is shown before anything is said over it.
    with open_home(Home(root)) as installation:
        correcting.correct(installation, song, Corrections(key=parse_key("E minor")), by="Grace")
    panel.get_by_label("Tempo").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("were changed meanwhile")
    expect(panel.locator("[data-fact=Key]")).to_have_text("E minor")
    expect(panel.get_by_label("Key")).to_have_value("E minor")

    panel.get_by_test_id("withdraw").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("What was heard holds again")
    expect(tempo).to_have_text("120.0 BPM")
    expect(panel.get_by_test_id("withdraw")).to_be_disabled()
