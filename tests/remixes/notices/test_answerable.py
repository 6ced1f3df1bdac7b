"""What a listener is told of a notice that took down a remix of theirs, and whether it can be answered (R15)."""

from datetime import timedelta

import pytest

from contrafact.remixes.errors import UnknownRemix
from contrafact.remixes.notices import answerable, noticing
from tests.remixes.notices.test_noticing import ANSWER, taken_down
from tests.support.claims import released
from tests.support.house import House

pytestmark = [pytest.mark.assets]


def test_r15_its_maker_reads_why_answers_and_reads_when_it_comes_back(house: House) -> None:
    house.allow()
    user, other = house.listener("Rosa"), house.listener("Sam")
    remix_id, release_id = released(house, user)
    assert answerable.notices_about(house.installation, remix_id, user) == ()
    down = taken_down(house, release_id)
    (told,) = answerable.notices_about(house.installation, remix_id, user)
    assert (told.id, told.state, told.answerable, told.reason) == (down.id, "taken_down", True, None)
    assert told.answer_until == down.due_at
    assert told.served_by == "Zoe Zed"
    assert "Long Road" not in told.model_dump_json(), "the sender's address is nobody's business"
    assert {item.field for item in told.needed} == set(type(ANSWER).model_fields)
    assert told.back_after_business_days == (10, 14)
    with pytest.raises(UnknownRemix):
        answerable.notices_about(house.installation, remix_id, other)

    noticing.counter(house.installation, down.id, ANSWER, by="Rosa", user_id=user.id)
    (answered,) = answerable.notices_about(house.installation, remix_id, user)
    assert (answered.answerable, answered.reason) == (False, "You have answered it.")
    assert answered.answer is not None
    assert answered.answer.statement == ANSWER.statement
    assert answered.answer.back_at is not None
    house.clock.at = answered.answer.back_at
    (back,) = answerable.notices_about(house.installation, remix_id, user)
    assert (back.state, back.reason) == ("restored", "What it took down came back.")


def test_r15_what_is_too_late_or_about_the_song_is_said_to_be(house: House) -> None:
    house.allow()
    user = house.listener("Tove")
    remix_id, release_id = released(house, user)
    down = taken_down(house, release_id, work="Something else")
    assert down.due_at is not None
    house.clock.at = down.due_at + timedelta(days=1)
    (late,) = answerable.notices_about(house.installation, remix_id, user)
    assert (late.state, late.answerable) == ("upheld", False)
    assert "nobody answered in time" in (late.reason or "")
    noticing.restore(house.installation, down.id, by="staff")

    song = taken_down(house, house.song, work="The whole song")
    told = {each.id: each for each in answerable.notices_about(house.installation, remix_id, user)}
    assert not told[song.id].answerable
    assert "song's owner" in (told[song.id].reason or "")
    noticing.restore(house.installation, song.id, by="staff")
