"""The rights holder's console: the matrix by keyboard, somebody else in between, leaving, many songs at once, a switch.

Leaves screenshots in ``tests-output/``.
"""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import shot
from tests.support.serving import call

pytestmark = [pytest.mark.assets, pytest.mark.browser]


def cell(page: Page, operation: str) -> Any:
    return page.locator(f"tr[data-operation={operation}] button.cell")


@pytest.mark.refused(409)
def test_the_matrix_is_edited_by_keyboard_saved_and_not_written_over_somebody_else(
    console: tuple[str, str], page: Page
) -> None:
    address, song = console
    page.goto(f"{address}#/rights/song/{song}")
    expect(page.get_by_test_id("owners")).to_contain_text("100 %")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()

    cell(page, "style").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(cell(page, "tempo_pitch")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell(page, "tempo_pitch")).to_have_text("Ask me")
    expect(page.get_by_test_id("summary")).to_contain_text("It would say")
    page.keyboard.press("Space")
    expect(cell(page, "tempo_pitch")).to_have_text("No")
    expect(page.get_by_test_id("summary")).not_to_contain_text("tempo")

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="All songs").click()
    page.wait_for_function("id => location.hash === `#/rights/song/${id}`", arg=song)
    assert asked == ["You have changes that are not saved. Leave the page without them?"]
    expect(cell(page, "tempo_pitch")).to_have_text("No")

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="It says")).to_be_visible()
    page.reload()
    expect(cell(page, "tempo_pitch")).to_have_text("No")
    expect(page.locator("tr[data-operation=tempo_pitch] .outcome").first).to_have_text("No")

    (column,) = call(address, f"rights/songs/{song}")["columns"]
    put(address, song, {"terms": column["terms"] | {"attribution": "by the band"}, "based_on": column["series"]})
    cell(page, "train").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("changed by somebody else meanwhile")
    expect(cell(page, "train")).to_have_text("Yes")
    shot(page, "rights-conflict")
    page.get_by_test_id("keep-mine").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(cell(page, "train")).to_have_text("Yes")
    (column,) = call(address, f"rights/songs/{song}")["columns"]
    assert "train" not in {allowed["operation"] for allowed in column["terms"]["operations"]}, "it is not saved yet"
    put(address, song, {"terms": {**column["terms"], "share_alike": True}, "based_on": column["series"]})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("changed by somebody else meanwhile")
    page.get_by_role("button", name="Look again").click()
    expect(cell(page, "train")).to_have_text("No")
    (kept,) = call(address, f"rights/songs/{song}")["columns"]
    assert kept["terms"]["attribution"] == "by the band"
    assert not {"train", "tempo_pitch"} & {allowed["operation"] for allowed in kept["terms"]["operations"]}
    page.get_by_test_id("grant-history").locator("summary").click()
    expect(page.get_by_test_id("grant-history")).to_contain_text("version 3")


def test_how_far_an_operation_may_go_and_banned_genres_are_edited_where_they_stand(
    console: tuple[str, str], page: Page
) -> None:
    address, song = console
    page.goto(f"{address}#/rights/song/{song}")
    page.get_by_test_id("bounds-style").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_test_id("bounds")
    dialog.get_by_test_id("least-strength").fill("80")
    dialog.get_by_test_id("most-strength").fill("50")
    expect(dialog).to_contain_text("It lies below the least")
    dialog.get_by_test_id("bounds-done").click()
    expect(dialog).to_be_visible()
    dialog.get_by_test_id("most-strength").fill("lots")
    expect(dialog).to_contain_text("That is no number.")
    dialog.get_by_test_id("least-strength").fill("")
    dialog.get_by_test_id("most-strength").fill("50")
    expect(dialog.get_by_label("What it would say")).to_contain_text("Style: at most 50 % of the full change.")
    dialog.get_by_test_id("bounds-done").click()
    expect(page.get_by_test_id("bounds-style")).to_have_text("≤ 50 %")

    page.get_by_role("button", name="Conditions: Everybody, everywhere").click()
    page.get_by_test_id("genre-search").fill("drum")
    page.get_by_test_id("genre-search").press("Enter")
    page.get_by_test_id("most-take_seconds").fill("60")
    page.get_by_test_id("uses_total").fill("2,5")
    expect(page.get_by_text("Only whole numbers from 0 on.")).to_be_visible()
    page.get_by_test_id("uses_total").fill("250")
    shot(page, "rights-conditions")
    page.get_by_role("button", name="Done").click()
    summary = page.get_by_test_id("summary")
    for said in ("at most 60 seconds long", "At most 250 takes in all.", "Never as drum and bass, nor beside it."):
        expect(summary).to_contain_text(said)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="It says")).to_be_visible()
    (column,) = call(address, f"rights/songs/{song}")["columns"]
    style = next(each for each in column["terms"]["operations"] if each["operation"] == "style")
    assert style["bounds"] == {"strength": {"least": None, "most": 0.5}}
    assert column["terms"]["not_beside"]["genres"] == ["drum-and-bass"]
    assert column["terms"]["limits"]["uses_total"] == 250


def test_many_songs_are_changed_after_it_was_shown_what_changes(console: tuple[str, str], page: Page) -> None:
    address, song = console
    page.goto(f"{address}#/rights")
    page.get_by_test_id("bulk-open").click()
    page.get_by_test_id("bulk-name").fill("ada lovelace")
    page.get_by_test_id("bulk-download").select_option("no")
    expect(page.get_by_test_id("bulk-do")).to_have_attribute("aria-disabled", "true")
    page.get_by_test_id("bulk-try").click()
    expect(page.get_by_test_id("bulk-changes")).to_contain_text("Rain")
    shot(page, "rights-bulk")
    assert granted(address, song) >= {"download"}
    page.get_by_test_id("bulk-do").click()
    expect(page.get_by_test_id("bulk")).to_be_hidden()
    assert "download" not in granted(address, song)


def test_an_operation_is_switched_off_with_a_reason_and_every_question_says_so(
    console: tuple[str, str], page: Page
) -> None:
    address, song = console
    page.goto(f"{address}#/rights/rollout")
    row = page.locator("li[data-operation=style]")
    row.get_by_role("button", name="off at once").click()
    save = page.get_by_test_id("switch-save")
    expect(save).to_have_attribute("aria-disabled", "true")
    page.get_by_test_id("switch-reason").fill("the court asked")
    save.click()
    expect(row).to_have_attribute("data-on", "false")
    expect(row).to_contain_text("Off for everybody.")
    page.goto(f"{address}#/rights/what-if?operation=style&tier=premium&song={song}")
    expect(page.get_by_test_id("what-if-answer").locator(".big")).to_have_text("No")
    page.get_by_test_id("what-if-operation").select_option("arrangement")
    expect(page.get_by_test_id("what-if-answer").locator(".big")).to_have_text("Yes")


def test_a_take_that_its_owner_hears_first_is_held_and_then_heard_without_asking_again(
    console: tuple[str, str], page: Page
) -> None:
    address, song = console
    (column,) = call(address, f"rights/songs/{song}")["columns"]
    said = [{"operation": "tempo_pitch", "needs_approval": True}, {"operation": "share_in_app"}]
    put(address, song, {"terms": column["terms"] | {"operations": said}, "based_on": column["series"]})
    page.goto(f"{address}#/song/{song}?words=two semitones higher")
    expect(page.get_by_test_id("refusal")).to_have_attribute("data-outcome", "needs_approval")
    page.get_by_test_id("make").click()
    expect(page.get_by_test_id("ended")).to_have_attribute("data-status", "held", timeout=90_000)
    shot(page, "rights-held")
    for asked in call(address, "approvals")["approvals"]:
        call(address, f"approvals/{asked['id']}/approve", {"reason": "Go ahead."})
    expect(page.get_by_test_id("release")).to_have_attribute("data-state", "none", timeout=30_000)
    expect(page.get_by_test_id("play")).to_be_enabled()


@pytest.mark.parametrize("room", ["", "/approvals", "/rollout", "/disputes", "/what-if"])
def test_every_room_fits_a_phone(console: tuple[str, str], page: Page, room: str) -> None:
    address, song = console
    page.set_viewport_size({"width": 390, "height": 844})
    for place in (f"rights{room}", f"rights/song/{song}") if not room else (f"rights{room}",):
        page.goto(f"{address}#/{place}")
        if "song" in place:
            for _ in range(3):
                page.get_by_role("button", name="Another column").click()
            page.evaluate("() => window.scrollTo(0, 0)")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        width = page.evaluate("() => document.documentElement.scrollWidth")
        assert width <= 390, f"{place} is {width} px wide on a phone"


def put(address: str, song: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        f"{address}api/rights/songs/{song}/column",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def granted(address: str, song: str) -> set[str]:
    sheet = call(address, f"rights/songs/{song}")
    return {allowed["operation"] for column in sheet["columns"] for allowed in column["terms"]["operations"]}
