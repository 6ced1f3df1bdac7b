"""Shaping, choosing and mixing in a real browser, over a real server. Leaves screenshots in ``tests-output/``."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from contrafact.assets import AssetStore
from tests.browser.conftest import shot
from tests.browser.test_story import SOUNDING
from tests.support.home import add_song, new_home, open_home
from tests.support.serving import server

pytestmark = [pytest.mark.assets, pytest.mark.browser]
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def song(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page of a song that may be remixed."""
    folder = tmp_path_factory.mktemp("shaping")
    home = new_home(folder / "home", asset_store)
    with open_home(home) as installation:
        found = add_song(
            installation, folder / "one", title="Rain", sections=(("intro", 4), ("verse", 8), ("chorus", 8))
        )
        add_song(installation, folder / "two", title="Snow", seed=5, grant="none")
        add_song(installation, folder / "three", title="Hail", seed=7)
    with server(home.root) as (_, address):
        yield f"{address}#/song/{found}?words=house,%20keep%20the%20voice"


def opened(page: Page, song: str) -> None:
    page.goto(song)
    expect(page.get_by_test_id("make")).to_be_enabled(timeout=PATIENCE_MS)
    page.locator("[data-testid=shape] > summary").click()
    expect(page.get_by_test_id("strength")).to_have_count(6)


def group(page: Page, title: str) -> None:
    page.locator(f"[data-testid=group][data-title='{title}'] > summary").click()


def test_a_lock_holds_its_component(page: Page, song: str) -> None:
    opened(page, song)
    rhythm = page.locator("[data-testid=strength][data-component=rhythm]")
    expect(rhythm.get_by_role("slider")).to_be_enabled()
    rhythm.get_by_test_id("lock").click()
    expect(rhythm.get_by_role("slider")).to_be_disabled()
    expect(rhythm).to_contain_text("Locked: it stays as recorded.")
    expect(page.get_by_test_id("make")).to_be_enabled(timeout=PATIENCE_MS)
    page.get_by_test_id("unshape").click()
    expect(rhythm.get_by_role("slider")).to_be_enabled(timeout=PATIENCE_MS)


def test_sections_are_moved_with_the_keyboard_and_read_out(page: Page, song: str) -> None:
    opened(page, song)
    group(page, "Form and length")
    blocks = page.get_by_test_id("block")
    order = [blocks.nth(place).get_attribute("data-section") for place in range(blocks.count())]
    assert order == [str(place) for place in range(len(order))]
    first = blocks.first.locator("[data-do=move]")
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(blocks.nth(1)).to_have_attribute("data-section", "0")
    expect(blocks.nth(1).locator("[data-do=move]")).to_be_focused()
    expect(page.get_by_test_id("live-region")).to_contain_text("2 of")
    page.keyboard.press("d")
    expect(blocks).to_have_count(len(order) + 1)
    page.keyboard.press("Delete")
    expect(blocks).to_have_count(len(order))
    page.get_by_test_id("sections-restore").click()
    expect(blocks.first).to_have_attribute("data-section", "0")
    shot(page, "shaping")


def test_who_plays_in_some_sections_and_a_fade_are_said_and_taken_back(page: Page, song: str) -> None:
    page.goto(f"{song},%20no%20drums%20in%20the%20verse,%20long%20fade%20out")
    expect(page.get_by_test_id("make")).to_be_enabled(timeout=PATIENCE_MS)
    expect(page.get_by_text("without drums in every verse").first).to_be_visible()
    page.locator("[data-testid=shape] > summary").click()
    group(page, "Form and length")
    rules = page.get_by_test_id("in-sections")
    expect(rules.get_by_role("listitem")).to_have_text(["without drums in every verse×"])
    expect(page.get_by_role("group", name="Fade out").get_by_label("Long")).to_be_checked()
    rules.get_by_label("With or without").select_option("add")
    rules.get_by_label("Who").select_option("piano")
    rules.get_by_label("Which section").select_option(label="the chorus")
    rules.get_by_test_id("add-rule").click()
    expect(rules.get_by_role("listitem")).to_have_count(2)
    expect(rules.get_by_role("listitem").nth(1)).to_contain_text("with piano in the first chorus")
    shot(page, "in-some-sections")
    rules.get_by_label("Take back: without drums in every verse").click()
    expect(rules.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_test_id("make")).to_be_enabled(timeout=PATIENCE_MS)


def test_another_songs_voice_is_chosen_and_let_go(page: Page, song: str) -> None:
    page.goto(song)
    expect(page.get_by_test_id("make")).to_be_enabled(timeout=PATIENCE_MS)
    page.locator("[data-testid=partners] > summary").click()
    partners = page.get_by_test_id("partner")
    expect(partners).to_have_count(2, timeout=PATIENCE_MS)
    expect(partners.last).to_contain_text("Snow")
    expect(partners.last.get_by_role("radio")).to_be_disabled()
    expect(partners.last).to_contain_text("nobody has allowed")
    partners.first.get_by_role("radio").check()
    expect(page.get_by_test_id("notes")).to_contain_text("Mash-up", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("make")).to_be_enabled(timeout=PATIENCE_MS)
    shot(page, "partners")
    page.get_by_role("radio", name="Its own").check()
    expect(page.get_by_test_id("notes")).to_have_count(0, timeout=PATIENCE_MS)


def test_a_take_is_chosen_heard_anywhere_and_mixed_while_it_plays(page: Page, song: str) -> None:
    page.goto(song)
    expect(page.get_by_test_id("make")).to_be_enabled(timeout=PATIENCE_MS)
    page.get_by_test_id("offer").click()
    cards = page.get_by_test_id("take-card")
    expect(cards).to_have_count(3, timeout=PATIENCE_MS)
    expect(cards.first).to_contain_text("As you said it.")
    cards.nth(1).get_by_role("button", name="Play take 2").click()
    expect(cards.nth(1).get_by_role("link", name="Choose")).to_be_visible(timeout=PATIENCE_MS)
    shot(page, "takes")
    cards.nth(1).get_by_role("link", name="Choose").click()
    page.wait_for_function(SOUNDING, timeout=PATIENCE_MS)
    # A jump to a place that may not have been made yet.
    page.get_by_role("slider", name="Position in the remix").fill("20")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-testid=time]').textContent.split(':')[1]) >= 21",
        timeout=PATIENCE_MS,
    )
    page.locator("[data-testid=faders] > summary").click()
    drums = page.locator("[data-testid=fader][data-name=drums]").get_by_role("slider")
    expect(drums).to_be_enabled(timeout=PATIENCE_MS)
    # A jump while the faders are open: the desk goes there, the finished file waits until they are closed.
    expect(page.get_by_test_id("download")).to_be_enabled(timeout=PATIENCE_MS)
    page.wait_for_function("() => document.querySelector('audio[data-role=take]').paused", timeout=PATIENCE_MS)
    page.get_by_role("slider", name="Position in the remix").fill("3")
    if page.get_by_test_id("play").get_attribute("aria-label") == "Play":  # it had come to its end
        page.get_by_test_id("play").click()
    page.wait_for_function(
        "() => [5, 6, 7].includes(Number(document.querySelector('[data-testid=time]').textContent.split(':')[1]))",
        timeout=PATIENCE_MS,
    )
    with page.expect_response(
        lambda answer: answer.url.endswith("/sound") and "-60" in (answer.request.post_data or ""), timeout=PATIENCE_MS
    ) as answer:
        drums.fill("-30")
    assert answer.value.status == 200
    expect(page.get_by_test_id("keep-mix")).to_be_enabled()
    shot(page, "faders")
