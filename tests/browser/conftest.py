"""A real browser that complains about every error on a page."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from contrafact.assets import AssetStore
from tests.support.home import add_song, new_home, open_home
from tests.support.serving import CHROMIUM_FLAGS, server

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OUTPUT = Path(__file__).resolve().parents[2] / "tests-output"


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page; at its end nothing may have gone wrong but what a test's mark ``refused`` names by HTTP status."""
    mark = request.node.get_closest_marker("refused")
    meant = tuple(f"status of {status} " for status in (mark.args if mark else ()))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        yield opened
        browser.close()
    assert [text for text in complaints if not any(one in text for one in meant)] == []


def shot(page: Page, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def console(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A running server with one song of which its owner allowed what one's own song allows; address and song."""
    folder = tmp_path_factory.mktemp("console")
    home = new_home(folder / "home", asset_store)
    with open_home(home) as installation:
        song = add_song(installation, folder / "song", sections=(("verse", 2), ("chorus", 2)))
    with server(home.root) as (_, address):
        yield address, song
