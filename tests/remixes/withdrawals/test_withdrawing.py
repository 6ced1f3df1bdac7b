"""Withdrawal (R5): nothing new, what is there becomes what its contract names, and nobody's money is touched."""

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.csv_import.exporting import sheet
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.reading import read_sheet
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.remixes.console.bulk import Change, Selection, change_many
from contrafact.remixes.console.cataloguing import take_in, write_out
from contrafact.remixes.news import store_inbox
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.releases.releasing import release
from contrafact.remixes.standing import blocking, release_states
from contrafact.remixes.withdrawals.withdrawal_plans import AffectedView, WithdrawalView
from contrafact.remixes.withdrawals.withdrawing import (
    foresee_return,
    preview,
    reinstate,
    series_of,
    withdraw,
    withdrawer,
)
from contrafact.rights import service as rights
from contrafact.rights.errors import RightsRefused
from contrafact.rights.values import Grant, Terms
from tests.support.claims import ledger, made, paid, playable, released, state
from tests.support.house import EVERYTHING, House

pytestmark = [pytest.mark.assets]

TAKE_DOWN = {"fate": "take_down", "hours": 48}


def series(grants: Iterable[Grant]) -> set[str]:
    return {grant.series for grant in grants}


def only(view: WithdrawalView, remix_id: str) -> AffectedView:
    (found,) = (item for item in view.affected if item.remix_id == remix_id)
    return found


def gone(house: House, grants: Iterable[Grant], reason: str = "We changed our mind.") -> WithdrawalView:
    return withdraw(house.installation, series(grants), by="label", reason=reason)


def a_second_grant(house: House, **terms: Any) -> tuple[Grant, ...]:
    """Another grant by everybody, beside the one that the house gives."""
    what = Terms.model_validate({"operations": [{"operation": item} for item in EVERYTHING], **terms})
    with house.installation.database.transaction() as session:
        return tuple(
            rights.grant_terms(
                session, what, side=side, subject_id=subject, party_id=party, by="test", clock=house.clock
            )
            for side, subject, party in house.holders()
        )


def test_r5_withdrawal_stops_new_work_and_takes_releases_down_when_their_hours_are_over(house: House) -> None:
    grants = house.allow(on_withdrawal=TAKE_DOWN)
    anna = house.listener("Anna")
    remix_id, release_id = released(house, anna)
    told = gone(house, grants)
    line = next(item for item in told.affected if item.release_id == release_id)
    assert (line.becomes, line.due_at, set(line.series)) == (
        "take_down",
        house.clock.now() + timedelta(hours=48),
        series(grants),
    )
    with pytest.raises(RightsRefused, match="withdrawn"):
        house.ask(anna, 0.9)
    assert (state(house, release_id), playable(house, remix_id)) == ("released", True)
    house.clock.at += timedelta(hours=48)
    assert (state(house, release_id), playable(house, remix_id)) == ("taken_down", False)
    with house.installation.database.reading() as session:
        news = [row.kind for row in store_inbox.news(session, anna.id, 50, None, False)]
    assert "grant.withdrawn" in news


def test_r5_a_spreadsheet_that_withdraws_does_all_that_withdrawing_does(house: House) -> None:
    house.allow(on_withdrawal=TAKE_DOWN)
    anna = house.listener("Anna")
    _, release_id = released(house, anna)
    here = house.installation
    lines = list(csv.DictReader(io.StringIO(write_out(here.database)["grants"], newline="")))
    text = sheet("grants", [{**line, "withdraw": "yes"} for line in lines])
    problems = Problems()
    read = read_sheet("grants.csv", text.encode(), problems)
    assert read is not None

    def take(*, dry_run: bool) -> list[str]:
        report = take_in(
            here.database,
            [read],
            by="label",
            reason="sold",
            clock=house.clock,
            dry_run=dry_run,
            withdraw=withdrawer(here, by="label"),
        )
        return report.sentences()

    shown = take(dry_run=True)
    house.clock.at += timedelta(hours=48)
    assert state(house, release_id) == "released"
    assert take(dry_run=False) == shown
    assert state(house, release_id) == "released"
    house.clock.at += timedelta(hours=48)
    assert state(house, release_id) == "taken_down"


def test_r5_the_preset_none_ends_what_is_under_way_as_withdrawing_does(house: House) -> None:
    here = house.installation
    mine, none = (Change.model_validate({"preset": name}) for name in ("mine", "none"))
    selection = Selection(song_ids=(house.song,))
    gone(house, house.allow())  # only the preset permits it from here on
    change_many(here, selection, mine, by="label", dry_run=False)
    anna = house.listener("Anna")
    remix_id, release_id = released(house, anna, 0.95)
    queued = house.ask(anna, 1.05)
    take_back = withdrawer(here, by="label")
    (shown,) = change_many(here, selection, none, by="label", dry_run=True, withdraw=take_back)
    assert house.remix(queued).status == "queued"
    (done,) = change_many(here, selection, none, by="label", dry_run=False, withdraw=take_back)
    assert done == shown
    assert done.changed
    assert house.remix(queued).status == "cancelled"
    assert (state(house, release_id), playable(house, remix_id)) == ("released", True), "presets keep what is there"
    with pytest.raises(RightsRefused):
        house.ask(anna, 1.15)


@pytest.mark.parametrize(
    ("fate", "seen", "private"),
    [("keep", "released", True), ("unlist", "unlisted", True), ("take_down", "taken_down", False)],
)
def test_r5_withdrawal_gives_each_release_the_fate_that_its_contract_names(
    house: House, fate: str, seen: str, private: bool
) -> None:
    grants = house.allow(on_withdrawal={"fate": fate})
    user = house.listener(f"Fate {fate}")
    _, release_id = released(house, user)
    alone = made(house, user, 0.95)
    gone(house, grants)
    assert state(house, release_id) == seen
    assert playable(house, alone) is private
    with pytest.raises(RightsRefused):
        release(house.installation, alone, user)


def test_r5_the_strictest_of_several_contracts_counts_and_then_the_fewest_hours(house: House) -> None:
    lenient = house.allow(only="master", on_withdrawal={"fate": "unlist", "hours": 1})
    strict = house.allow(only="work", on_withdrawal={"fate": "take_down", "hours": 72})
    _, release_id = released(house, house.listener("Bert"))
    told = gone(house, [*lenient, *strict])
    line = next(item for item in told.affected if item.release_id == release_id)
    assert (line.becomes, line.due_at) == ("take_down", house.clock.now() + timedelta(hours=72))


def test_r5_a_release_that_another_grant_permits_stays_and_rests_on_that_one(house: House) -> None:
    first = house.allow(on_withdrawal=TAKE_DOWN)
    user = house.listener("Cleo")
    _, release_id = released(house, user)
    second = a_second_grant(house, on_withdrawal={"fate": "unlist"})
    told = gone(house, first)
    assert {item.becomes for item in told.affected if item.user_id == user.id} == {"permitted"}
    assert state(house, release_id) == "released"
    gone(house, second)
    assert state(house, release_id) == "unlisted", "it rested on the second grant when that one went"


def test_r5_withdrawal_ends_what_is_under_way_and_what_waits_for_an_owner(house: House) -> None:
    grants = house.allow(on_withdrawal={"fate": "keep"})
    user = house.listener("Dina")
    queued = house.ask(user, 1.2)
    grants = house.allow(first=["share_in_app"], on_withdrawal={"fate": "keep"})
    waiting = made(house, user, 1.15)
    pending = release(house.installation, waiting, user)
    assert state(house, pending) == "pending"
    told = gone(house, grants, "Our band split up.")
    assert only(told, queued).becomes == "cancelled"
    row = house.remix(queued)
    assert (row.status, "Our band split up." in (row.error or "")) == ("cancelled", True)
    assert state(house, pending) == "refused"


def test_r5_money_earned_stays_owed_to_the_last_posting(house: House) -> None:
    grants = house.allow(on_withdrawal=TAKE_DOWN)
    user = house.listener("Egon")
    remix_id, release_id = released(house, user)
    paid(house, remix_id, "heard")
    before = ledger(house)
    told = gone(house, grants)
    (booked,) = {item.earned_micros for item in told.affected if item.remix_id == remix_id}
    assert booked == sum(row.total_micros for row in before[1])
    house.clock.at += timedelta(days=30)
    assert state(house, release_id) == "taken_down"
    assert ledger(house) == before


def test_r5_r6_withdrawal_reaches_remixes_of_remixes_and_spares_those_above(house: House) -> None:
    grants = house.allow(on_withdrawal=TAKE_DOWN)
    frida, gina, hugo = (house.listener(name) for name in ("Frida", "Gina", "Hugo"))
    top, top_release = released(house, frida)
    middle, middle_release = released(house, gina, 1.12, parent=top)
    _, low_release = released(house, hugo, 1.14, parent=middle)
    told = preview(house.installation, series(grants))
    order = [item.release_id for item in told.affected if item.release_id in (top_release, middle_release, low_release)]
    assert order == [top_release, middle_release, low_release], "parents come before their children"
    gone(house, grants)
    house.clock.at += timedelta(hours=48)
    assert {state(house, each) for each in (top_release, middle_release, low_release)} == {"taken_down"}


def test_r6_a_child_that_does_not_rest_on_the_grant_itself_goes_with_its_parent(house: House) -> None:
    """The parent's permit rested on a grant that the child, made under another, never used."""
    first = house.allow(on_withdrawal={"fate": "take_down", "hours": 5}, tiers=["premium"])
    second = a_second_grant(house, tiers=["free"])
    ida, jon = house.listener("Ida"), house.listener("Jon", "free")
    top, top_release = released(house, ida)
    _, low_release = released(house, jon, 1.3, parent=top)
    told = gone(house, first)
    line = next(item for item in told.affected if item.release_id == low_release)
    assert (line.becomes, line.series) == ("take_down", tuple(sorted(series(first))))
    house.clock.at += timedelta(hours=5)
    assert (state(house, top_release), state(house, low_release)) == ("taken_down", "taken_down")
    gone(house, second)


def test_r5_a_new_grant_revives_nothing_but_a_fresh_decision_does(house: House) -> None:
    grants = house.allow(on_withdrawal={"fate": "take_down"})
    remix_id, release_id = released(house, house.listener("Kim"))
    alone = made(house, house.listener("Kim"), 0.92)
    gone(house, grants)
    for one in (release_id, alone):
        with pytest.raises(RightsRefused):
            reinstate(house.installation, one, by="label")
    house.allow()
    assert (state(house, release_id), playable(house, remix_id), playable(house, alone)) == ("taken_down", False, False)
    assert reinstate(house.installation, alone, by="label") is True
    assert playable(house, alone)
    assert reinstate(house.installation, release_id, by="label") is True
    assert (state(house, release_id), playable(house, remix_id)) == ("released", True)
    assert reinstate(house.installation, release_id, by="label") is False
    with pytest.raises(NotFound):
        reinstate(house.installation, "rmx_none", by="label")


def test_r5_what_was_promised_is_called_off_when_it_is_permitted_again_in_time(house: House) -> None:
    grants = house.allow(on_withdrawal=TAKE_DOWN)
    _, release_id = released(house, house.listener("Lea"))
    gone(house, grants)
    house.allow()
    assert reinstate(house.installation, release_id, by="label") is True
    house.clock.at += timedelta(days=9)
    assert state(house, release_id) == "released"


def test_r5_a_whole_recording_is_withdrawn(house: House) -> None:
    house.allow(on_withdrawal={"fate": "unlist"})
    user = house.listener("Mia")
    _, release_id = released(house, user)
    told = preview(house.installation, recordings=[house.song])
    assert withdraw(house.installation, recordings=[house.song], by="label", reason="Sold.") == told
    assert state(house, release_id) == "unlisted"
    with pytest.raises(RightsRefused, match="withdrawn by its owner"):
        house.ask(user, 0.97)
    assert reinstate(house.installation, house.song, by="label") is True
    assert state(house, release_id) == "unlisted", "its releases are asked for one by one"
    assert reinstate(house.installation, release_id, by="label") is True
    assert state(house, release_id) == "released"
    assert reinstate(house.installation, house.song, by="label") is False
    withdraw(house.installation, recordings=[house.song], by="label", reason="Sold again.")
    with pytest.raises(RightsRefused):
        house.ask(user, 0.97)
    reinstate(house.installation, house.song, by="label")


def test_many_grants_are_chosen_by_label_artist_album_song_or_party(house: House) -> None:
    grants = house.allow()
    assert series(grants) <= series_of(house.installation, Selection(artist="ada lovelace"))
    party = grants[0].party_id
    assert series_of(house.installation, Selection(song_ids=(house.song,)), party) == series_of(
        house.installation, party_id=party
    )
    with pytest.raises(NotFound):
        series_of(house.installation, Selection(label="Nobody"))
    with pytest.raises(WrongCall):
        series_of(house.installation)


def test_what_cannot_be_withdrawn_is_refused_in_a_sentence(house: House) -> None:
    with pytest.raises(NotFound, match="there is no grant"):
        preview(house.installation, ["grs_none"])
    with pytest.raises(WrongCall, match="say what is withdrawn"):
        withdraw(house.installation, by="label", reason="x")
    grants = house.allow()
    with pytest.raises(WrongCall, match="reason"):
        withdraw(house.installation, series(grants), by="label", reason="  ")


def test_r5_withdrawing_again_finds_nothing_left_to_do(house: House) -> None:
    grants = house.allow(on_withdrawal={"fate": "unlist"})
    released(house, house.listener("Nora"))
    assert gone(house, grants).affected
    again = gone(house, grants)
    assert (again.affected, again.series) == ((), ())


NUMBERS = count(1)
FATES = st.builds(
    lambda fate, hours: {"fate": fate, "hours": hours},
    st.sampled_from(["keep", "unlist", "take_down"]),
    st.sampled_from([0, 24]),
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    master=FATES,
    work=FATES,
    second=st.booleans(),
    depth=st.integers(0, 2),
    sides=st.sampled_from([("master",), ("work",), ("master", "work")]),
)
def test_r5_the_preview_is_exactly_what_withdrawing_does(
    house: House, master: Any, work: Any, second: bool, depth: int, sides: tuple[str, ...]
) -> None:
    given_grants = [*house.allow(only="master", on_withdrawal=master), *house.allow(only="work", on_withdrawal=work)]
    extra = a_second_grant(house, on_withdrawal=work) if second else ()
    number = next(NUMBERS)
    users = [house.listener(f"Olga {number} {place}") for place in range(depth + 1)]
    found = []
    parent: str | None = None
    for place in range(depth + 1):
        parent, release_id = released(house, users[place], 1.05 + 0.01 * place, parent=parent)
        found.append(release_id)
    made(house, users[0], 0.93)
    house.ask(users[-1], 0.91)
    wanted = {grant.series for grant in given_grants if grant.side in sides}
    tables = ledger(house)
    told = preview(house.installation, wanted)
    assert [state(house, each) for each in found] == ["released"] * len(found), "a preview changes nothing"
    assert withdraw(house.installation, wanted, by="label", reason="Why not.") == told
    house.clock.at += timedelta(hours=24)
    seen = {"permitted": "released", "keep": "released", "unlist": "unlisted", "take_down": "taken_down"}
    mine = {user.id for user in users}
    for item in told.affected:
        if item.user_id not in mine:
            # Of another test in the same house: what was promised there has a clock of its own.
            continue
        if item.release_id in found:
            assert state(house, item.release_id) == seen[item.becomes]
        elif item.becomes == "cancelled":
            assert house.remix(item.remix_id).status == "cancelled"
        elif item.release_id is None:
            assert playable(house, item.remix_id) is (item.becomes != "take_down")
    assert ledger(house) == tables
    if second:
        assert {item.becomes for item in told.affected if item.user_id in mine} <= {"permitted"}
        gone(house, extra)


def test_a_grant_that_is_withdrawn_while_a_dispute_freezes_leaves_both_their_word(house: House) -> None:
    grants = house.allow(on_withdrawal={"fate": "unlist"})
    _, release_id = released(house, house.listener("Pia"))
    cause = release_states.Cause("dispute", "dsp_1")
    with house.installation.database.transaction() as session:
        release_states.move(
            session, release_id, "frozen", by="staff", reason="Claimed.", cause=cause, clock=house.clock
        )
    gone(house, grants)
    assert state(house, release_id) == "frozen"
    with house.installation.database.transaction() as session:
        release_states.lift(session, release_id, by="staff", reason="Over.", cause=cause, clock=house.clock)
    assert state(house, release_id) == "unlisted"
    with pytest.raises(Conflict):
        raise blocking.TakenAway("a sentence")


def test_r5_a_public_licence_is_not_withdrawn_but_only_not_offered_here_any_more(house: House) -> None:
    house.withdraw()
    user = house.listener("Lena")
    with house.installation.database.transaction() as session:
        recording = catalogue.get(session, house.song)
        subject = subject_of(recording, catalogue.holders(session, house.song))
        grants = rights.grant_preset(
            session, "open", subject, licence_id="CC-BY-SA-4.0", attribution="Ada", by="test", clock=house.clock
        )
    remix_id, release_id = released(house, user)
    alone = made(house, user, 0.95)
    queued = house.ask(user, 1.3)
    told = preview(house.installation, series(grants))
    assert told.licences == ("CC BY-SA 4.0",)
    becomes = {item.remix_id: item.becomes for item in told.affected if item.user_id == user.id}
    assert becomes == {remix_id: "keep", alone: "private", queued: "cancelled"}
    said = only(told, alone).reason
    assert "not offered here under CC BY-SA 4.0 any more" in said
    assert "stays allowed" in said
    assert "withdrew" not in " ".join(item.reason for item in told.affected)
    done = gone(house, grants, "We host only our own songs now.")
    assert done == told
    assert state(house, release_id) == "released", "what was made under a public licence is not taken back"
    assert playable(house, remix_id)
    assert playable(house, alone)
    with pytest.raises(RightsRefused):
        house.ask(user, 0.85)
    with house.installation.database.reading() as session:
        news = [row.payload for row in store_inbox.news(session, user.id, 50, None, False)]
    assert any("The reason given: We host only our own songs now." in payload for payload in news)


def test_r5_what_would_come_back_is_told_before_it_does(house: House) -> None:
    grants = house.allow(on_withdrawal={"fate": "take_down"})
    _, release_id = released(house, house.listener("Mona"))
    gone(house, grants)
    assert state(house, release_id) == "taken_down"
    held = foresee_return(house.installation, release_id, by="label")
    assert (held.permitted, held.comes_back, held.state) == (False, False, "taken_down")
    assert held.sentences
    house.allow()
    seen = foresee_return(house.installation, release_id, by="label")
    assert (seen.permitted, seen.comes_back, seen.state, seen.sentences) == (True, True, "released", ())
    assert state(house, release_id) == "taken_down", "looking changes nothing"
    assert reinstate(house.installation, release_id, by="label")
    assert state(house, release_id) == "released"
