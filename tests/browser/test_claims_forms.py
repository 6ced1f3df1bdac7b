"""Forms that say first what they do: a notice answered, what it took down brought back, a dispute, a way back.

The remix is there without its sound, for nothing here is heard. Leaves screenshots in ``tests-output/``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contrafact.accounts import service as accounts
from contrafact.assets import AssetStore
from contrafact.kit.clock import SystemClock
from contrafact.remixes.notices import noticing
from contrafact.rights.notice_documents import NoticeDocument
from tests.browser.conftest import shot
from tests.support.claims import released
from tests.support.home import add_song, new_home, open_home
from tests.support.house import House
from tests.support.serving import call, server

pytestmark = [pytest.mark.assets, pytest.mark.browser]
SEEN = 30_000
"""What the server does and takes back waits for its turn on a busy machine."""
NOTICE: dict[str, Any] = {
    "claimant": {"name": "Grace Hopper", "email": "grace@example.org"},
    "work": "Rain",
    "explanation": "The singer is me, and I never agreed.",
    "good_faith": True,
    "accuracy": True,
    "signature": "Grace Hopper",
}


@pytest.fixture
def claimed(asset_store: AssetStore, tmp_path: Path) -> Iterator[tuple[str, str, str, str]]:
    """A server with a song and a release of it that a notice took down; address, song, remix and release."""
    home = new_home(tmp_path / "home", asset_store)
    with open_home(home) as installation:
        song = add_song(installation, tmp_path / "song", grant="none", sections=(("verse", 2), ("chorus", 2)))
        house = House(installation, SystemClock(), song, tmp_path)  # type: ignore[arg-type]
        house.allow(on_withdrawal={"fate": "take_down"})
        with installation.database.transaction() as session:
            ada = accounts.demo_user(session, installation.clock)
        remix, release = released(house, ada)
        document = NoticeDocument.model_validate({**NOTICE, "location": release})
        served = noticing.receive(installation, document, channel="form", by="form")
        noticing.accept(installation, served.id, by="staff")
    with server(home.root) as (_, address):
        yield address, song, remix, release


@pytest.mark.refused(403)
def test_a_notice_is_answered_a_dispute_ends_and_what_went_comes_back(
    claimed: tuple[str, str, str, str], page: Page
) -> None:
    address, song, remix, release = claimed
    answer(page, address, remix)
    come_back_after_the_answer(page, address, release)
    dispute(page, address, song)
    come_back_after_a_withdrawal(page, address, song, release)


def answer(page: Page, address: str, remix: str) -> None:
    """The listener reads why, is told what is missing, and answers by keyboard."""
    page.goto(f"{address}#/remix/{remix}")
    expect(page.get_by_test_id("withheld")).to_contain_text("against the law")
    notice = page.get_by_test_id("my-notice")
    expect(notice).to_contain_text("Grace Hopper served a notice")
    expect(page.get_by_test_id("release-it")).to_have_count(0)
    page.get_by_test_id("answer-open").click()
    form = page.get_by_test_id("counter-notice")
    expect(form).to_contain_text("comes back after 10 to 14 business days")
    page.get_by_test_id("counter-send").click()
    expect(form.locator("[aria-invalid=true]")).to_have_count(7)
    expect(page.get_by_test_id("counter-statement")).to_be_focused()
    shot(page, "claims-counter-notice")
    page.keyboard.type("I sang it myself.")
    for written in ("Ada Lovelace", "ada at home"):
        page.keyboard.press("Tab")
        page.keyboard.type(written)
    page.get_by_test_id("counter-address").fill("1 Short Street, London")
    for name in ("good_faith", "jurisdiction"):
        page.get_by_test_id(f"counter-{name}").check()
    page.get_by_test_id("counter-signature").fill("Ada Lovelace")
    page.get_by_test_id("counter-send").click()
    expect(form.locator("[aria-invalid=true]")).to_have_count(1)
    expect(form).to_contain_text("Give an e-mail address that works.")
    page.get_by_test_id("counter-email").fill("ada@example.org")
    page.get_by_test_id("counter-send").click()
    expect(form).to_contain_text("cannot be changed")
    page.get_by_test_id("counter-send").click()
    expect(notice).to_have_attribute("data-state", "counter_notice", timeout=SEEN)
    expect(page.get_by_test_id("answered")).to_contain_text("Unless an action is filed in court, it comes back on")


def come_back_after_the_answer(page: Page, address: str, release: str) -> None:
    page.goto(f"{address}#/rights/disputes")
    notice = page.locator("[data-notice][data-state=counter_notice]")
    notice.get_by_test_id("claim-restore").click()
    step = page.get_by_test_id("step")
    expect(step.locator(f"[data-release={release}]")).to_have_attribute("data-after", "released", timeout=SEEN)
    step.get_by_test_id("step-do").click()
    expect(step.get_by_test_id("step-reason")).to_be_focused()
    expect(step).to_contain_text("Say why.")
    step.get_by_test_id("step-reason").fill("It was a mistake.")
    step.get_by_test_id("step-do").click()
    expect(step).to_be_hidden(timeout=SEEN)
    assert call(address, f"releases/{release}")["state"] == "released"


def dispute(page: Page, address: str, song: str) -> None:
    """Somebody claims the song; a settlement has to name what was agreed."""
    page.goto(f"{address}#/rights/song/{song}")
    page.get_by_test_id("dispute-this").click()
    form = page.get_by_test_id("open-dispute")
    expect(form.get_by_test_id("foreseen")).to_contain_text("no new remix can be made", timeout=SEEN)
    form.get_by_test_id("dispute-open").click()
    expect(form.get_by_test_id("dispute-claimant")).to_be_focused()
    form.get_by_test_id("dispute-claimant").fill("Zed Records")
    form.get_by_test_id("dispute-side").select_option("master")
    form.get_by_test_id("dispute-evidence").fill("A contract of 1998.")
    expect(form.get_by_test_id("foreseen")).to_contain_text("Money of the recording is held", timeout=SEEN)
    shot(page, "claims-open-dispute")
    form.get_by_test_id("dispute-open").click()
    expect(page.get_by_test_id("song-status")).to_contain_text("in dispute", timeout=SEEN)

    page.get_by_test_id("song-status").get_by_role("link").click()
    page.get_by_test_id("dispute-end").click()
    end = page.get_by_test_id("end-dispute")
    expect(end.get_by_test_id("foreseen")).to_contain_text("can be remixed again", timeout=SEEN)
    end.get_by_test_id("outcome-settled").check()
    end.get_by_test_id("step-reason").fill("They share it.")
    expect(end).to_contain_text("Name the new statement")
    end.get_by_test_id("step-do").click()
    expect(end).to_be_visible()
    end.get_by_test_id("statement").select_option("other")
    end.get_by_test_id("statement-name").fill("agreement of 22 November")
    end.get_by_test_id("step-do").click()
    expect(page.locator("[data-dispute][data-open=false]")).to_contain_text("they agreed", timeout=SEEN)
    assert call(address, f"rights/songs/{song}")["status"] == "active"


def come_back_after_a_withdrawal(page: Page, address: str, song: str, release: str) -> None:
    """A release that a withdrawal took comes back only when everything it does is permitted again."""
    (column,) = call(address, f"rights/songs/{song}")["columns"]
    call(address, "rights/withdrawals", {"series": list(column["series"]), "reason": "Sold."})
    page.goto(f"{address}#/rights/song/{song}")
    uses = page.get_by_test_id("uses")
    uses.get_by_test_id("return-open").click()
    back = page.get_by_test_id("return")
    expect(back).to_contain_text("Not now.", timeout=SEEN)
    expect(back.get_by_test_id("return-do")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    change = {"songs": {"song_ids": [song]}, "change": {"preset": "mine"}, "dry_run": False}
    call(address, "rights/bulk", change)
    uses.get_by_test_id("return-open").click()
    expect(back).to_contain_text("heard by everybody from then on", timeout=SEEN)
    shot(page, "claims-come-back")
    back.get_by_test_id("return-do").click()
    expect(uses.locator("[data-state=released]")).to_have_count(1, timeout=SEEN)
    assert call(address, f"releases/{release}")["state"] == "released"
