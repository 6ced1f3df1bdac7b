"""A remix of a remix: asked of everybody, credited to all who remixed, and ended with what it is made from."""

import pytest

from contrafact.kit.errors import WrongCall
from contrafact.remixes.creations import again, making
from contrafact.remixes.errors import NotReady, Removed, UnknownRemix, Withheld
from contrafact.remixes.proposals.deriving import parents_of
from contrafact.remixes.releases import heard
from contrafact.remixes.releases.releasing import release, unlist
from contrafact.remixes.showing.views import remix_view
from contrafact.remixes.standing.release_states import Cause, move
from contrafact.rights.errors import RightsRefused
from tests.support.house import House

pytestmark = [pytest.mark.assets]


def go_on(house: House, name: str, who: str, ratio: float = 0.9) -> str:
    """A remix of a remix that is made."""
    user = house.listener(who)
    asked = again.ask_again_for(house.installation, name, house.recipe(ratio), "slower", user)
    house.render(asked.remix_id)
    return asked.remix_id


def test_the_chain_leads_to_the_recordings_and_everybody_who_remixed_is_named(house: House) -> None:
    house.allow()
    ada, bea = house.listener("Amy"), house.listener("Bee")
    first = house.make(ada, 1.11)
    first_release = release(house.installation, first, ada)
    second = go_on(house, first_release, "Bee", 0.91)
    second_release = release(house.installation, second, bea)
    third = go_on(house, second, "Cyn", 0.92)
    view = remix_view(house.installation, third, house.listener("Cyn"))
    assert view.parent_remix_id == second
    assert [node.kind for node in view.lineage][:4] == ["remix", "remix", "remix", "recording"]
    assert [node.id for node in view.lineage][:4] == [third, second, first, house.song]
    assert [node.parent for node in view.lineage][:4] == [None, third, second, first]
    assert [(item.name, item.role) for item in view.credits if "remixer" in item.role] == [
        ("Cyn", "remixer"),
        ("Bee", "remixer before"),
        ("Amy", "remixer before"),
    ]
    shown = heard.release(house.installation, second_release, ada)
    assert shown.parent_note is not None
    assert shown.parent_remix_id == first
    with house.installation.database.reading() as session:
        states = [(item.remix_id, item.state) for item in parents_of(session, third)]
    assert states == [(third, "private"), (second, "released"), (first, "released")]


def test_r6_a_remix_of_a_remix_needs_derive_again(house: House) -> None:
    house.allow()
    amy = house.listener("Amy")
    release_id = release(house.installation, house.make(amy, 1.12), amy)
    house.allow("tempo_pitch", "share_in_app")
    with pytest.raises(RightsRefused) as refused:
        go_on(house, release_id, "Bee")
    assert {reason.operation for reason in refused.value.decision.reasons} == {"derive_again"}
    assert refused.value.decision.request.parents == (house_parent(house, release_id),)


def house_parent(house: House, release_id: str) -> str:
    return heard.release(house.installation, release_id, house.listener("Amy")).remix_id


def test_r6_one_holder_of_the_song_who_does_not_agree_is_enough_to_refuse(house: House) -> None:
    house.allow()
    amy = house.listener("Amy")
    release_id = release(house.installation, house.make(amy, 1.13), amy)
    house.allow("tempo_pitch", "share_in_app", only="work")
    with pytest.raises(RightsRefused):
        go_on(house, release_id, "Bee")


def test_somebody_elses_remix_is_only_gone_on_from_when_it_is_out(house: House) -> None:
    house.allow()
    amy = house.listener("Amy")
    remix_id = house.make(amy, 1.14)
    with pytest.raises(UnknownRemix):
        go_on(house, remix_id, "Bee")
    release_id = release(house.installation, remix_id, amy)
    unlist(house.installation, remix_id, amy)
    assert go_on(house, release_id, "Bee", 0.93), "unlisted is for who knows its address"
    unlist(house.installation, remix_id, amy, for_good=True)
    for name in (remix_id, release_id):
        with pytest.raises(Removed):
            go_on(house, name, "Bee", 0.94)
    with pytest.raises(UnknownRemix):
        go_on(house, "rmx_none", "Bee")


def test_r8_what_is_frozen_is_gone_on_from_by_nobody_and_its_children_are_not_released(house: House) -> None:
    house.allow()
    amy, bee = house.listener("Amy"), house.listener("Bee")
    remix_id = house.make(amy, 1.15)
    release_id = release(house.installation, remix_id, amy)
    child = go_on(house, release_id, "Bee", 0.95)
    with house.installation.database.transaction() as session:
        cause = Cause("dispute", "dsp_1")
        move(session, release_id, "frozen", by="o", reason="Two claim it.", cause=cause, clock=house.clock)
    for who in ("Amy", "Bee"):
        with pytest.raises(Withheld):
            go_on(house, release_id if who == "Bee" else remix_id, who, 0.96)
    with pytest.raises(RightsRefused) as refused:
        release(house.installation, child, bee)
    assert "parent_frozen" in {reason.code for reason in refused.value.decision.reasons}


def test_ones_own_private_remix_can_be_gone_on_from_but_not_before_it_is_made(house: House) -> None:
    house.allow()
    amy = house.listener("Amy")
    waiting = house.ask(amy, 1.16)
    with pytest.raises(NotReady):
        go_on(house, waiting, "Amy")
    house.render(waiting)
    child = go_on(house, waiting, "Amy", 0.97)
    assert house.remix(child).parent_remix_id == waiting
    assert go_on(house, waiting, "Amy", 0.97) == child, "asked again it is the one that is there"
    assert house.make(amy, 0.97) != child, "of the song itself it is another"


def test_a_recipe_for_another_song_is_no_remix_of_it(house: House) -> None:
    house.allow()
    amy = house.listener("Amy")
    remix_id = house.make(amy, 1.17)
    other = house.recipe(0.9).model_copy(update={"sources": ("b" * 64,)})
    with pytest.raises(WrongCall, match="sources"):
        again.ask_again_for(house.installation, remix_id, other, "", amy)


def test_the_child_is_made_by_the_chart_that_its_parent_was_made_by(house: House) -> None:
    house.allow()
    amy = house.listener("Amy")
    remix_id = house.make(amy, 1.18)
    child = go_on(house, remix_id, "Amy", 0.98)
    assert house.remix(child).chart_blob == house.remix(remix_id).chart_blob


def test_words_on_a_remix_are_planned_from_what_it_is(house: House) -> None:
    house.allow("tempo_pitch", "derive_again", "style", "arrangement", "stems_use")
    amy = house.listener("Amy")
    remix_id = house.make(amy, 1.2)
    plan = again.plan_again(house.installation, remix_id, "two semitones up", frozenset(), 3, amy)
    assert plan.recipe["tempo"]["ratio"] == pytest.approx(1.2)
    assert plan.recipe["transpose_semitones"] == 2
    assert plan.decision.outcome == "permit"
    assert "derive_again" in plan.operations
    making.cancel(house.installation, remix_id)
