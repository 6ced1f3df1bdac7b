"""The whole story in a real browser: pick, ask, hear, compare, credits, earnings, download, and a refusal.

Leaves screenshots in ``tests-output/``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contrafact.assets import AssetStore
from contrafact.provenance.service import verify
from tests.browser.conftest import shot
from tests.support.home import add_song, new_home, open_home
from tests.support.serving import call, server

pytestmark = [pytest.mark.assets, pytest.mark.browser]
SOUNDING = "() => Number(document.querySelector('[data-testid=level]')?.dataset.peakDbfs ?? -999) > -50"


@pytest.fixture(scope="module")
def studio(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A running server with one song that may be remixed and one that may not; its address and home."""
    folder = tmp_path_factory.mktemp("studio")
    home = new_home(folder / "home", asset_store)
    with open_home(home) as installation:
        add_song(installation, folder / "one", title="Rain")
        add_song(installation, folder / "two", title="Not yours", grant="none", seed=1)
    with server(home.root) as (_, address):
        yield address, home.root


def test_pick_ask_hear_compare_and_be_paid(studio: tuple[str, Path], page: Page, tmp_path: Path) -> None:
    address, home = studio
    page.goto(address)
    expect(page.get_by_test_id("song-card")).to_have_count(2)
    shot(page, "songs")
    page.get_by_test_id("song-card").filter(has_text="Rain").click()
    page.get_by_test_id("prompt").fill("slow bossa nova, keep the voice")
    page.get_by_test_id("prompt").press("Enter")
    expect(page.get_by_test_id("chip")).to_have_count(3)
    page.get_by_test_id("chip").filter(has_text="slow").get_by_test_id("chip-remove").click()
    expect(page.get_by_test_id("chip").filter(has_text="slow")).to_have_attribute("data-removed", "true")
    expect(page.get_by_test_id("make")).to_be_enabled()
    shot(page, "plan")
    page.get_by_test_id("make").click()

    page.wait_for_function("() => document.querySelector('audio[data-role=take]')?.currentTime > 0.2", timeout=90_000)
    page.wait_for_function(SOUNDING, timeout=30_000)
    remix = page.evaluate("() => location.hash.split('/').pop()")
    page.wait_for_function(
        "id => fetch(`/api/remixes/${id}`).then(r => r.json()).then(r => r.status === 'ready')",
        arg=remix,
        timeout=120_000,
    )
    expect(page.get_by_test_id("download")).to_be_enabled(timeout=30_000)
    shown = _samples(page, f"/api/remixes/{remix}/audio")
    assert shown["rms"] > 0.01
    assert shown["duration_s"] > 10

    toggle = page.get_by_test_id("ab-toggle")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("b")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("credits")).to_contain_text("Ada Lovelace")
    expect(page.get_by_test_id("lineage")).to_contain_text("Rain")
    expect(page.get_by_test_id("provenance")).to_contain_text("trusted")
    ledger = call(address, "ledger")
    pool = next(item["amount_micros"] for item in ledger["accounts"] if item["account"].startswith("assets:"))
    expect(page.get_by_test_id("earnings-total")).to_have_attribute("data-micros", str(pool))
    shot(page, "remix")
    with page.expect_download() as downloading:
        page.get_by_test_id("download").click()
    file = tmp_path / "download.flac"
    downloading.value.save_as(file)
    assert verify(file, home / "keys").trusted


def test_what_is_not_allowed_is_shown_disabled_with_the_reason(studio: tuple[str, Path], page: Page) -> None:
    address, _ = studio
    page.goto(address)
    page.get_by_test_id("song-card").filter(has_text="Not yours").click()
    page.get_by_test_id("prompt").fill("house")
    page.get_by_test_id("prompt").press("Enter")
    refusal = page.get_by_test_id("refusal")
    expect(refusal).to_be_visible()
    expect(refusal).to_contain_text("does not allow")
    expect(page.get_by_test_id("make")).to_be_disabled()
    shot(page, "refused")


def test_it_fits_a_phone(studio: tuple[str, Path], page: Page) -> None:
    address, _ = studio
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    expect(page.get_by_test_id("song-card")).to_have_count(2)
    page.get_by_test_id("song-card").filter(has_text="Rain").click()
    expect(page.get_by_test_id("prompt")).to_be_visible()
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390, f"the page is {width} px wide on a phone"
    shot(page, "phone")


def _samples(page: Page, url: str) -> dict[str, Any]:
    """What the browser itself decodes from a file."""
    found: dict[str, Any] = page.evaluate(
        """async url => {
            const bytes = await (await fetch(url)).arrayBuffer();
            const sound = await new OfflineAudioContext(2, 1, 44100).decodeAudioData(bytes);
            const samples = sound.getChannelData(0);
            let sum = 0;
            for (const sample of samples) sum += sample * sample;
            return { duration_s: sound.duration, rms: Math.sqrt(sum / samples.length) };
        }""",
        url,
    )
    return found
