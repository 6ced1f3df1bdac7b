"""Who owns a song is stated in the console: by keyboard, on a phone, in dark and light, and beside another tab."""

from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import shot
from tests.support.serving import call

pytestmark = [pytest.mark.assets, pytest.mark.browser]


def master(address: str, song: str) -> dict[str, Any]:
    side: dict[str, Any] = call(address, f"rights/songs/{song}/shares")["sides"][0]
    return side


def opened(page: Page, address: str, song: str) -> Any:
    page.goto(f"{address}#/rights/song/{song}")
    page.get_by_test_id("state-master").click()
    dialog = page.get_by_test_id("state-shares")
    expect(dialog.get_by_test_id("share-line")).to_have_count(len(master(address, song)["shares"]))
    return dialog


@pytest.mark.refused(400, 422)
def test_a_gap_is_drawn_said_and_filled_by_keyboard_before_anything_is_saved(
    console: tuple[str, str], page: Page
) -> None:
    address, song = console
    dialog = opened(page, address, song)
    save = dialog.get_by_test_id("share-save")
    expect(save).to_have_attribute("aria-disabled", "true")
    dialog.get_by_test_id("share-part").fill("two thirds")
    expect(dialog.get_by_role("alert")).to_contain_text("is no share; write a fraction such as 1/3")
    dialog.get_by_test_id("share-part").fill("2/3")
    seen = dialog.get_by_test_id("share-preview")
    expect(seen.locator("li[data-kind=gap]")).to_contain_text("nobody ≈ 33.33 %")
    expect(seen).to_contain_text("The shares do not add up")
    expect(seen.get_by_test_id("share-permission")).to_contain_text("Free plan and Add-on, in DE: yes → no for style")
    dialog.get_by_test_id("share-reason").fill("The contract of 1 March.")
    expect(save).to_have_attribute("aria-disabled", "true")
    expect(dialog).to_contain_text("The shares do not add up: mend them, or say that it is meant.")
    assert master(address, song)["version"] == 1, "only looked at"

    dialog.get_by_test_id("add-share").press("Enter")
    line = dialog.get_by_test_id("share-line").nth(1)
    who = line.get_by_test_id("party-search")
    expect(who).to_be_focused()
    page.keyboard.type("Zed Records")
    line.get_by_test_id("party-new").press("Enter")
    line.get_by_test_id("party-isni").fill("0000 0001 2281 9551")
    line.get_by_test_id("party-add").press("Enter")
    expect(line.get_by_role("alert")).to_contain_text("wrong check digit")
    line.get_by_test_id("party-isni").fill("0000 0001 2281 955X")
    line.get_by_test_id("party-add").press("Enter")
    expect(line.get_by_test_id("party-add")).to_have_count(0)
    line.get_by_test_id("share-part").fill("1/3")
    expect(seen.locator("li[data-kind=whole]")).to_contain_text("Zed Records ≈ 33.33 %")
    expect(seen.locator("li[data-kind=gap]")).to_have_count(0)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shot(page, f"shares-{scheme}")
    save.click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_test_id("owners")).to_contain_text("Zed Records")
    assert [share["share"] for share in master(address, song)["shares"]] in (["2/3", "1/3"], ["1/3", "2/3"])
    # Whoever is in the catalogue is found there.
    dialog = opened(page, address, song)
    dialog.get_by_test_id("add-share").click()
    dialog.get_by_test_id("party-search").nth(2).type("zed")
    expect(dialog.get_by_role("option")).to_contain_text("ISNI 000000012281955X")
    page.keyboard.press("Enter")
    expect(dialog.get_by_test_id("party-search").nth(2)).to_have_value("Zed Records")


@pytest.mark.refused(409)
def test_what_another_tab_stated_is_told_and_kept(console: tuple[str, str], page: Page) -> None:
    address, song = console
    dialog = opened(page, address, song)
    assert page.context.browser is not None
    other = page.context.browser.new_page()
    there = opened(other, address, song)
    there.get_by_test_id("share-part").first.fill("1/1")
    while there.get_by_test_id("share-line").count() > 1:
        there.get_by_test_id("share-remove").last.click()
    there.get_by_test_id("share-reason").fill("Bought out.")
    there.get_by_test_id("share-save").and_(other.locator("[aria-disabled=false]")).click()
    expect(there).to_be_hidden()
    stated = master(address, song)
    other.close()

    dialog.get_by_test_id("share-until").first.fill("2027-12-31")
    conflict = dialog.locator(".conflict")
    expect(conflict).to_contain_text("stated by somebody else meanwhile")
    expect(conflict).to_contain_text("100 %")
    expect(dialog.get_by_test_id("share-save")).to_have_attribute("aria-disabled", "true")
    assert master(address, song) == stated
    conflict.get_by_test_id("keep-mine").click()
    expect(conflict).to_have_count(0)
    expect(dialog.get_by_test_id("share-until").first).to_have_value("2027-12-31")
    expect(dialog.get_by_test_id("share-preview")).to_contain_text("until")
    asked: list[str] = []

    def leave(question: Dialog) -> None:
        asked.append(question.message)
        question.accept()

    page.once("dialog", leave)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert asked == ["What you wrote is not saved. Leave it?"]
    assert master(address, song) == stated


def test_the_form_fits_a_phone(console: tuple[str, str], page: Page) -> None:
    address, song = console
    page.set_viewport_size({"width": 390, "height": 844})
    dialog = opened(page, address, song)
    dialog.get_by_test_id("add-share").click()
    dialog.get_by_test_id("share-where").first.click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shot(page, f"shares-phone-{scheme}")
    wide = dialog.evaluate(
        "node => [...node.querySelectorAll('*')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)"
        ".map(each => each.className || each.tagName)"
    )
    assert wide == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
