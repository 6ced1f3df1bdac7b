"""The preview of a withdrawal is exactly what follows: what is down already is not counted as taken down (R5)."""

from datetime import timedelta
from typing import Any, cast

import pytest

from contrafact.accounts.schemas import User
from contrafact.remixes.releases.releasing import unlist
from contrafact.remixes.standing import blocking, release_states
from contrafact.remixes.standing.release_states import Cause, State
from contrafact.remixes.withdrawals.withdrawal_plans import AffectedView, WithdrawalView
from contrafact.remixes.withdrawals.withdrawing import preview, withdraw
from contrafact.rights.values import Grant
from tests.support.claims import made, playable, released, state
from tests.support.house import House

pytestmark = [pytest.mark.assets]

DOWN, OUT = {"fate": "take_down"}, {"fate": "unlist"}
NOTICE = ("notice", "ntc_1")


def hold(house: House, release_id: str, to: State, cause: tuple[str, str] = NOTICE, hours: int = 0) -> Cause:
    held = Cause(cast(Any, cause[0]), cause[1])
    due = house.clock.now() + timedelta(hours=hours) if hours else None
    with house.installation.database.transaction() as session:
        release_states.move(
            session, release_id, to, by="staff", reason="Claimed.", cause=held, clock=house.clock, due_at=due
        )
    return held


def let_go(house: House, release_id: str, cause: Cause) -> None:
    with house.installation.database.transaction() as session:
        release_states.lift(session, release_id, by="staff", reason="Over.", cause=cause, clock=house.clock)


def keep_from_playing(house: House, remix_id: str) -> None:
    with house.installation.database.transaction() as session:
        blocking.block(
            session,
            remix_id,
            cause=cast(Any, NOTICE),
            due_at=house.clock.now(),
            reason="Claimed.",
            by="staff",
            clock=house.clock,
        )


def seen_and_done(house: House, grants: tuple[Grant, ...], user: User) -> tuple[WithdrawalView, list[AffectedView]]:
    """The preview, which withdrawing repeats word by word; and its lines about one listener."""
    series = {grant.series for grant in grants}
    told = preview(house.installation, series)
    assert withdraw(house.installation, series, by="label", reason="Why not.") == told
    return told, [item for item in told.affected if item.user_id == user.id]


def test_r5_a_release_that_a_notice_took_down_is_not_taken_down_again(house: House) -> None:
    grants, user = house.allow(on_withdrawal={**DOWN, "hours": 48}), house.listener("Anna of the notice")
    remix_id, release_id = released(house, user)
    cause = hold(house, release_id, "taken_down")
    keep_from_playing(house, remix_id)
    told, lines = seen_and_done(house, grants, user)
    assert [(item.release_id, item.state, item.becomes, item.due_at) for item in lines] == [
        (release_id, "taken_down", "already", None),
        (None, "taken_down", "already", None),
    ]
    assert "down already" in lines[0].reason
    assert told.counts.get("take_down", 0) == len(
        {item.remix_id for item in told.affected if item.becomes == "take_down"}
    )
    let_go(house, release_id, cause)
    with house.installation.database.transaction() as session:
        blocking.unblock(session, cause=cast(Any, NOTICE), reason="Over.", by="staff", clock=house.clock)
    assert state(house, release_id) == "taken_down", "the withdrawal keeps it where the notice had put it"
    assert not playable(house, remix_id)


def test_r5_a_release_that_two_withdrawals_reach_is_taken_down_by_the_first(house: House) -> None:
    master = house.allow(only="master", on_withdrawal=DOWN)
    work = house.allow(only="work", on_withdrawal=DOWN)
    user = house.listener("Berta of two")
    _, release_id = released(house, user)
    _, first = seen_and_done(house, master, user)
    assert {item.becomes for item in first} == {"take_down"}
    _, second = seen_and_done(house, work, user)
    assert [(item.release_id, item.becomes) for item in second] == [(release_id, "already")]


def test_r5_a_release_that_is_out_of_the_lists_already_is_told_so(house: House) -> None:
    grants, user = house.allow(on_withdrawal={**OUT, "hours": 5}), house.listener("Carla of the lists")
    remix_id, release_id = released(house, user)
    unlist(house.installation, remix_id, user)
    frozen_remix, frozen = released(house, user, 0.96)
    cause = hold(house, frozen, "frozen", ("dispute", "dsp_1"))
    _, lines = seen_and_done(house, grants, user)
    assert {item.remix_id: (item.state, item.becomes, item.due_at) for item in lines} == {
        remix_id: ("unlisted", "already", None),
        frozen_remix: ("frozen", "already", None),
    }
    assert (state(house, release_id), state(house, frozen)) == ("unlisted", "frozen")
    let_go(house, frozen, cause)
    assert state(house, frozen) == "unlisted"
    assert "when that ends" in next(item.reason for item in lines if item.remix_id == frozen_remix)


def test_r5_what_goes_sooner_by_another_cause_is_told_with_that_moment(house: House) -> None:
    grants, user = house.allow(on_withdrawal={**DOWN, "hours": 48}), house.listener("Dora of the promise")
    _, release_id = released(house, user)
    hold(house, release_id, "taken_down", ("grant", "grs_earlier"), hours=3)
    soon = house.clock.now() + timedelta(hours=3)
    _, lines = seen_and_done(house, grants, user)
    assert [(item.becomes, item.due_at) for item in lines if item.release_id] == [("already", soon)]
    house.clock.at += timedelta(hours=3)
    assert state(house, release_id) == "taken_down"


def test_r5_what_goes_later_by_another_cause_goes_sooner_now(house: House) -> None:
    grants, user = house.allow(on_withdrawal={**DOWN, "hours": 2}), house.listener("Edda of the hurry")
    remix_id, release_id = released(house, user)
    hold(house, release_id, "taken_down", ("grant", "grs_earlier"), hours=30)
    with house.installation.database.transaction() as session:
        later = house.clock.now() + timedelta(hours=30)
        cause: Any = ("grant", "grs_earlier")
        blocking.block(session, remix_id, cause=cause, due_at=later, reason="x", by="x", clock=house.clock)
    soon = house.clock.now() + timedelta(hours=2)
    _, lines = seen_and_done(house, grants, user)
    assert [(item.becomes, item.due_at) for item in lines] == [("take_down", soon), ("take_down", soon)]
    house.clock.at += timedelta(hours=2)
    assert (state(house, release_id), playable(house, remix_id)) == ("taken_down", False)


def test_r5_a_promise_that_fell_due_unseen_is_kept_before_anything_is_foretold(house: House) -> None:
    grants, user = house.allow(on_withdrawal=DOWN), house.listener("Frieda unseen")
    _, release_id = released(house, user)
    hold(house, release_id, "taken_down", hours=1)
    house.clock.at += timedelta(hours=1)
    _, lines = seen_and_done(house, grants, user)
    assert [(item.state, item.becomes) for item in lines if item.release_id] == [("taken_down", "already")]


def test_r5_a_remix_is_counted_once_though_its_release_and_its_take_go(house: House) -> None:
    grants, user = house.allow(on_withdrawal=DOWN), house.listener("Gerda counts")
    before = preview(house.installation, {grant.series for grant in grants})
    released(house, user)
    made(house, user, 0.94)
    told, lines = seen_and_done(house, grants, user)
    assert len(lines) == 3
    assert told.counts["take_down"] - before.counts.get("take_down", 0) == 2
    assert told.remixes - before.remixes == 2


def test_r5_a_withdrawal_names_every_song_that_it_reaches(house: House) -> None:
    grants = house.allow()
    told = preview(house.installation, {grant.series for grant in grants if grant.side == "work"})
    assert [(song.song_id, bool(song.title), bool(song.artist)) for song in told.songs] == [(house.song, True, True)]
    released(house, house.listener("Hanna"))
    told = preview(house.installation, {grant.series for grant in grants})
    assert {item.song for item in told.affected} == {f"{told.songs[0].title} – {told.songs[0].artist}"}


def test_r5_what_may_stay_but_is_down_is_not_said_to_be_heard(house: House) -> None:
    grants, user = house.allow(on_withdrawal={"fate": "keep"}), house.listener("Ida kept down")
    _, release_id = released(house, user)
    hold(house, release_id, "taken_down")
    _, lines = seen_and_done(house, grants, user)
    (line,) = (item for item in lines if item.release_id == release_id)
    assert (line.becomes, "held back by something else" in line.reason) == ("keep", True)
    assert state(house, release_id) == "taken_down"
