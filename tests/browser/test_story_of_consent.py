"""The story of consent in one browser: grant, remix, approval, release, a remix of it, withdrawal, takedown.

The owner, the listener and everybody else sit at one machine: there is no sign-in yet. Where it matters that it is
somebody else who hears (or does not hear any more), a second listener asks the same installation.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contrafact.accounts import service as accounts
from contrafact.assets import AssetStore
from contrafact.kit.home import Home
from contrafact.remixes.errors import Withheld
from contrafact.remixes.releases import heard
from contrafact.remixes.showing.views import ledger_report
from tests.browser.conftest import shot
from tests.support.home import add_song, new_home, open_home
from tests.support.serving import call, server

pytestmark = [pytest.mark.assets, pytest.mark.browser]
MADE = 90_000
PLAYING = "() => [...document.querySelectorAll('audio')].some((sound) => sound.currentTime > 0.2 && !sound.paused)"


@pytest.fixture
def studio(asset_store: AssetStore, tmp_path: Path) -> Iterator[tuple[str, str, Home]]:
    """A running server with one song of which nothing is allowed yet: its address, the song, the home."""
    home = new_home(tmp_path / "home", asset_store)
    with open_home(home) as installation:
        song = add_song(installation, tmp_path / "song", grant="none", sections=(("verse", 2), ("chorus", 2)))
    with server(home.root) as (_, address):
        yield address, song, home


def test_grant_remix_approval_release_remix_of_it_withdrawal_and_takedown(
    studio: tuple[str, str, Home], page: Page
) -> None:
    address, song, home = studio
    grant(page, address, song)

    first = make(page, f"{address}#/song/{song}", "prompt", "make", "10% faster")
    expect(page.get_by_test_id("release")).to_have_attribute("data-state", "none")
    ask_for_release(page)
    assert call(address, f"releases?song_id={song}")["releases"] == []

    approve(page, address, "Nice and quick.")
    page.goto(f"{address}#/remix/{first}")
    panel = page.get_by_test_id("release")
    expect(panel).to_have_attribute("data-state", "released")
    shot(page, "consent-released")

    released = release_of(address, first)
    another_hears(home, released)
    page.goto(f"{address}#/song/{song}")
    entry = page.get_by_test_id("song-releases").locator(f"[data-release={released}]")
    entry.get_by_role("button", name="Play").click()
    page.wait_for_function(PLAYING, timeout=20_000)
    entry.get_by_role("link").click()
    expect(page.get_by_test_id("release-page")).to_have_attribute("data-state", "released")

    second = make(page, f"{address}#/release/{released}", "again-prompt", "again-make", "two semitones higher")
    assert call(address, f"remixes/{second}")["parent_remix_id"] == first
    ask_for_release(page)
    approve(page, address, "")
    child = release_of(address, second)
    assert {each["id"] for each in call(address, f"releases?song_id={song}")["releases"]} == {released, child}

    withdraw(page, address, song, first, second)
    for remix in (first, second):
        page.goto(f"{address}#/remix/{remix}")
        expect(page.get_by_test_id("release")).to_have_attribute("data-state", "unlisted")
    assert call(address, f"releases?song_id={song}")["releases"] == []
    page.goto(f"{address}#/song/{song}?words=slower")
    expect(page.get_by_test_id("refusal")).to_be_visible()
    expect(page.get_by_test_id("make")).to_be_disabled()

    another_hears(home, child)
    take_down(page, address, child, second)
    with pytest.raises(Withheld, match="taken down"):
        another_hears(home, child)
    page.goto(f"{address}#/remix/{first}")
    expect(page.get_by_test_id("release")).to_have_attribute("data-state", "unlisted")

    page.goto(f"{address}#/news")
    expect(page.get_by_test_id("news")).to_contain_text("A notice took your remix down")
    expect(page.get_by_test_id("news")).to_contain_text("A permission was withdrawn")
    shot(page, "consent-news")
    assert call(address, "ledger")["balanced"]
    with open_home(home) as installation:
        report = ledger_report(installation)
    assert (report["balanced"], report["problems"]) == (True, [])
    assert report["transactions"] >= 2


def grant(page: Page, address: str, song: str) -> None:
    """The owner allows changes of tempo and key and remixes of remixes, and wants to hear each release first."""
    page.goto(f"{address}#/rights/song/{song}")
    expect(page.get_by_test_id("summary")).to_contain_text("Nothing may be made of it.")
    page.get_by_role("button", name="Another column").click()
    for operation, clicks in (("tempo_pitch", 1), ("derive_again", 1), ("share_in_app", 2)):
        cell = page.locator(f"tr[data-operation={operation}] button.cell")
        for _ in range(clicks):
            cell.click()
    expect(page.get_by_test_id("summary")).to_contain_text("It would say")
    expect(page.get_by_test_id("summary")).to_contain_text("You approve each release.")
    page.get_by_role("button", name="Conditions: Everybody, everywhere").click()
    page.get_by_label("Releases that are there").select_option("unlist")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="It says")).to_be_visible()
    expect(page.locator("tr[data-operation=share_in_app] .outcome").first).to_have_text("Ask")
    shot(page, "consent-matrix")


def make(page: Page, url: str, prompt: str, button: str, words: str) -> str:
    """Ask for a remix with words on a page, and wait until it is made; returns its id."""
    page.goto(url)
    page.get_by_test_id(prompt).fill(words)
    page.get_by_test_id(prompt).press("Enter")
    page.get_by_test_id(button).click()
    page.wait_for_function("() => location.hash.startsWith('#/remix/')")
    expect(page.get_by_test_id("release")).to_be_visible(timeout=MADE)
    remix: str = page.evaluate("() => location.hash.split('/').pop()")
    return remix


def ask_for_release(page: Page) -> None:
    page.get_by_test_id("release-it").click()
    expect(page.get_by_test_id("release")).to_have_attribute("data-state", "pending")
    expect(page.get_by_test_id("release")).to_contain_text("waits for its owners")


def approve(page: Page, address: str, words: str) -> None:
    """The owner is told, hears the take in place, and agrees for every side that is asked."""
    page.goto(f"{address}#/news")
    page.get_by_test_id("news-owner").click()
    page.get_by_test_id("news").get_by_role("link", name="asks for your approval").first.click()
    waiting = page.get_by_test_id("approvals").locator("article[data-state=open]")
    expect(waiting.first).to_be_visible()
    page.evaluate("() => { void document.querySelector('article[data-state=open] audio').play() }")
    page.wait_for_function(
        "() => document.querySelector('article[data-state=open] audio').currentTime > 0.2", timeout=20_000
    )
    assert page.evaluate("() => [...document.querySelectorAll('audio')].filter((sound) => !sound.paused).length") == 1
    shot(page, "consent-approvals")
    for _ in range(waiting.count()):
        left = waiting.count()
        waiting.first.get_by_test_id("approval-reason").fill(words)
        waiting.first.get_by_test_id("approve").click()
        expect(waiting).to_have_count(left - 1)


def withdraw(page: Page, address: str, song: str, *remixes: str) -> None:
    """The owner looks at what a withdrawal does, and does the very same."""
    page.goto(f"{address}#/rights/song/{song}")
    expect(page.get_by_test_id("uses").locator("[data-state=released]")).to_have_count(len(remixes))
    page.get_by_role("button", name="Conditions: Everybody, everywhere").click()
    page.get_by_test_id("withdraw-open").click()
    affected = page.get_by_test_id("withdraw-affected")
    for remix in remixes:
        expect(affected.locator(f"[data-remix={remix}][data-becomes=unlist]")).to_have_count(1)
    shot(page, "consent-withdrawal")
    page.get_by_test_id("withdraw-next").click()
    page.get_by_test_id("withdraw-reason").fill("The song was sold.")
    page.get_by_test_id("withdraw-do").click()
    expect(page.get_by_test_id("summary")).to_contain_text("Nothing may be made of it.")
    expect(page.get_by_test_id("uses").locator("[data-state=unlisted]")).to_have_count(len(remixes))


def take_down(page: Page, address: str, release: str, remix: str) -> None:
    """Somebody serves a notice; the operator acts on it; its listener reads why."""
    receipt = call(
        address,
        "public/notices",
        {
            "claimant": {"name": "Grace Hopper", "email": "grace@example.org"},
            "work": "Rain",
            "location": release,
            "explanation": "The singer is me, and I never agreed.",
            "good_faith": True,
            "accuracy": True,
            "signature": "Grace Hopper",
        },
    )
    page.goto(f"{address}#/rights/disputes")
    notice = page.locator(f"[data-notice={receipt['id']}]")
    expect(notice).to_have_attribute("data-state", "received")
    notice.get_by_test_id("claim-accept").click()
    step = page.get_by_test_id("step")
    expect(step.locator(f"[data-release={release}]")).to_have_attribute("data-after", "taken_down", timeout=30_000)
    step.get_by_test_id("step-reason").fill("She showed that it is her voice.")
    step.get_by_test_id("step-do").click()
    expect(notice).to_have_attribute("data-state", "taken_down")
    page.goto(f"{address}#/remix/{remix}")
    expect(page.get_by_test_id("release")).to_have_attribute("data-state", "taken_down")
    assert call(address, "public/notices/check")["ok"]


def release_of(address: str, remix: str) -> str:
    """The id of the release of a remix."""
    document: dict[str, Any] = call(address, f"remixes/{remix}")
    found: str = document["release"]["id"]
    return found


def another_hears(home: Home, release: str) -> None:
    """Another listener of the same installation hears a release; raises what that listener is told where it is not."""
    with open_home(home) as installation:
        with installation.database.transaction() as session:
            grace = accounts.ensure_user(session, "Grace", "free", installation.clock)
        view = heard.release(installation, release, grace)
        assert not view.mine
        assert view.remixer == "Ada"
        assert heard.release_audio(installation, release, grace).path.stat().st_size > 10_000
