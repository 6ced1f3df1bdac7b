"""Releasing: decided anew, numbered, heard by others here and only here, counted, and taken back."""

from datetime import timedelta
from typing import get_args

import pytest

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.kit.errors import Conflict, WrongCall
from contrafact.remixes.creations import making
from contrafact.remixes.errors import NotReady, Removed, UnknownRelease, UnknownRemix, Withheld
from contrafact.remixes.releases import heard, plays
from contrafact.remixes.releases.releasing import release, unlist
from contrafact.remixes.showing.views import remix_view
from contrafact.remixes.standing.release_states import Cause, lift, move
from contrafact.remixes.standing.surfaces import Surface, eligible_for
from contrafact.remixes.tables import store_releases
from contrafact.rights import service as rights
from contrafact.rights import store as rights_store
from contrafact.rights.errors import RightsRefused
from contrafact.royalties import service as royalties
from tests.support.house import House

pytestmark = [pytest.mark.assets]


def released(house: House, user: User, ratio: float = 1.1) -> tuple[str, str]:
    """A remix and its release."""
    remix_id = house.make(user, ratio)
    return remix_id, release(house.installation, remix_id, user)


def listed(house: House, user: User) -> list[str]:
    return [item.id for item in heard.releases(house.installation, user, song_id=house.song).releases]


def test_others_hear_a_release_and_its_remixer_is_the_listener_who_made_it(house: House) -> None:
    house.allow()
    bea, carl = house.listener("Bea"), house.listener("Carl")
    remix_id, release_id = released(house, bea)
    view = heard.release(house.installation, release_id, carl)
    assert (view.state, view.remixer, view.mine) == ("released", "Bea", False)
    assert view.label == "AI remix by Bea of “Rain” by Ada Lovelace"
    assert [item.name for item in view.credits if item.role == "remixer"] == ["Bea"]
    assert view.audio_url == f"/api/releases/{release_id}/audio"
    assert view.history == (), "only its remixer sees how it came to be"
    assert heard.release_audio(house.installation, release_id, carl).path.stat().st_size > 1000
    with pytest.raises(UnknownRemix):
        making.take_audio(house.installation, remix_id, carl)
    brief = remix_view(house.installation, remix_id, bea).release
    assert brief is not None
    assert (brief.id, brief.state) == (release_id, "released")


def test_releasing_twice_is_once(house: House) -> None:
    house.allow()
    bea = house.listener("Bea")
    remix_id, release_id = released(house, bea)
    assert release(house.installation, remix_id, bea) == release_id


def test_what_is_not_made_and_what_is_somebody_elses_cannot_be_released(house: House) -> None:
    house.allow()
    dora = house.listener("Dora")
    waiting = house.ask(dora, 0.9)
    with pytest.raises(NotReady):
        release(house.installation, waiting, dora)
    making.cancel(house.installation, waiting)
    remix_id = house.make(dora)
    with pytest.raises(UnknownRemix):
        release(house.installation, remix_id, house.listener("Carl"))
    with pytest.raises(NotReady, match="not released"):
        unlist(house.installation, remix_id, dora)


def test_r4_what_was_permitted_when_it_was_asked_is_decided_again_when_it_is_released(house: House) -> None:
    house.allow()
    emil = house.listener("Emil")
    remix_id = house.make(emil)
    house.allow("share_in_app", "download")
    with pytest.raises(RightsRefused) as refused:
        release(house.installation, remix_id, emil)
    assert refused.value.decision.request.purpose == "release"
    assert {reason.code for reason in refused.value.decision.reasons} == {"operation_not_granted"}
    with house.installation.database.reading() as session:
        assert store_releases.newest_release(session, remix_id) is None
        # What was refused is kept too, and anybody can decide it again.
        kept = rights_store.last_decision(session)
        assert kept is not None
        last = rights.replay(kept.snapshot.encode())
    assert (last.outcome, last.request.purpose) == ("deny", "release")


def test_r9_sharing_here_does_not_let_anybody_take_it_away(house: House) -> None:
    house.allow("tempo_pitch", "share_in_app")
    fay = house.listener("Fay")
    remix_id, release_id = released(house, fay)
    with pytest.raises(RightsRefused):
        making.download(house.installation, remix_id, fay)
    view = heard.release(house.installation, release_id, house.listener("Carl"))
    assert not hasattr(view, "download_url")


def test_r11_a_release_is_a_remix_of_the_song_and_nothing_of_the_artists(house: House) -> None:
    house.allow()
    gus = house.listener("Gus")
    _, release_id = released(house, gus)
    shown = heard.release(house.installation, release_id, gus)
    assert "Ada Lovelace" not in {item.name for item in shown.credits if item.role == "remixer"}
    shown_on: tuple[Surface, ...] = ("song_remixes", "remixer_page", "search")
    for surface in shown_on:
        assert eligible_for(surface)
        page = heard.releases(house.installation, gus, surface=surface)
        assert release_id in [item.id for item in page.releases]
    never_on: tuple[Surface, ...] = ("artist_discography", "charts", "recommendations", "content_identification")
    assert {*shown_on, *never_on} == set(get_args(Surface))
    for surface in never_on:
        assert not eligible_for(surface)
        assert heard.releases(house.installation, gus, surface=surface).releases == ()
    with house.installation.database.reading() as session:
        assert [item.id for item in catalogue.list_recordings(session)] == [house.song], "it is no song of the library"


def test_r12_a_release_has_an_isrc_of_its_own_or_says_why_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.allow()
    hal = house.listener("Hal")
    _, without = released(house, hal, 1.21)
    view = heard.release(house.installation, without, hal)
    assert view.isrc is None
    assert view.isrc_note is not None
    assert "prefix" in view.isrc_note
    monkeypatch.setenv("CONTRAFACT_ISRC_PREFIX", "de-abc")
    found = [heard.release(house.installation, released(house, hal, ratio)[1], hal).isrc for ratio in (1.22, 1.23)]
    assert found == ["DEABC2600001", "DEABC2600002"]
    monkeypatch.setenv("CONTRAFACT_ISRC_PREFIX", "DEAB")
    remix_id = house.make(hal, 1.24)
    with pytest.raises(WrongCall, match="registrant's prefix"):
        release(house.installation, remix_id, hal)
    with house.installation.database.reading() as session:
        assert store_releases.newest_release(session, remix_id) is None, "nothing is half-written"


def test_r12_an_isrc_is_never_given_twice_nor_one_of_a_recording(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.allow()
    ian = house.listener("Ian")
    monkeypatch.setenv("CONTRAFACT_ISRC_PREFIX", "QZXYZ")
    remix_id, release_id = released(house, ian, 1.31)
    first = heard.release(house.installation, release_id, ian).isrc
    unlist(house.installation, remix_id, ian, for_good=True)
    again = release(house.installation, remix_id, ian)
    second = heard.release(house.installation, again, ian).isrc
    assert (first, second) == ("QZXYZ2600001", "QZXYZ2600002")
    assert again != release_id
    release(house.installation, remix_id, ian)
    unlist(house.installation, remix_id, ian)
    release(house.installation, remix_id, ian)
    assert heard.release(house.installation, again, ian).isrc == second, "listing it again does not number it anew"


def test_unlisted_it_is_only_for_who_knows_its_address(house: House) -> None:
    house.allow()
    jo, carl = house.listener("Jo"), house.listener("Carl")
    remix_id, release_id = released(house, jo)
    assert release_id in listed(house, carl)
    unlist(house.installation, remix_id, jo)
    unlist(house.installation, remix_id, jo)
    assert release_id not in listed(house, carl)
    assert heard.release(house.installation, release_id, carl).state == "unlisted"
    assert release(house.installation, remix_id, jo) == release_id
    assert release_id in listed(house, carl)


def test_what_is_held_or_gone_is_not_heard_and_says_so(house: House) -> None:
    house.allow()
    kim, carl = house.listener("Kim"), house.listener("Carl")
    remix_id, release_id = released(house, kim)
    dispute = Cause("dispute", "dsp_9")
    with house.installation.database.transaction() as session:
        move(session, release_id, "frozen", by="o", reason="Two claim it.", cause=dispute, clock=house.clock)
    for listen in (heard.release, heard.release_audio, heard.release_waveform):
        with pytest.raises(Withheld, match="while a question"):
            listen(house.installation, release_id, carl)
    assert heard.release(house.installation, release_id, kim).sentence.endswith("Two claim it.")
    assert release_id not in listed(house, carl)
    with pytest.raises(Withheld):
        plays.report_release(house.installation, release_id, "play-0001", 5.0, carl)
    with house.installation.database.transaction() as session:
        lift(session, release_id, by="o", reason="Resolved.", cause=dispute, clock=house.clock)
    assert release_id in listed(house, carl)
    unlist(house.installation, remix_id, kim, for_good=True)
    with pytest.raises(Removed):
        heard.release(house.installation, release_id, carl)
    with pytest.raises(UnknownRelease):
        heard.release(house.installation, "rls_none", carl)


def test_what_a_notice_took_down_is_not_released_anew(house: House) -> None:
    house.allow()
    lea = house.listener("Lea")
    remix_id, release_id = released(house, lea)
    with house.installation.database.transaction() as session:
        cause = Cause("notice", "ntc_9")
        move(session, release_id, "taken_down", by="o", reason="A notice.", cause=cause, clock=house.clock)
    with pytest.raises(Conflict, match="stays down"):
        release(house.installation, remix_id, lea)


def test_a_promised_move_is_done_by_whoever_looks_first(house: House) -> None:
    house.allow()
    mo, carl = house.listener("Mo"), house.listener("Carl")
    _, release_id = released(house, mo)
    with house.installation.database.transaction() as session:
        due = house.clock.now() + timedelta(hours=1)
        cause = Cause("grant", "grs_9")
        move(session, release_id, "unlisted", by="o", reason="W.", cause=cause, clock=house.clock, due_at=due)
    assert release_id in listed(house, carl)
    house.clock.at += timedelta(hours=1)
    assert release_id not in listed(house, carl)


def test_plays_of_others_are_paid_and_the_remixer_earns_by_them_alone(house: House) -> None:
    house.allow()
    nan, carl = house.listener("Nan"), house.listener("Carl")
    remix_id, release_id = released(house, nan)
    needed = 30.0

    def play(user: User, play_id: str) -> bool:
        plays.report_release(house.installation, release_id, play_id, 0.0, user)
        house.clock.at += timedelta(seconds=needed)
        return plays.report_release(house.installation, release_id, play_id, needed, user)

    def remixer_micros() -> int:
        with house.installation.database.reading() as session:
            found = royalties.earnings(session, remix_id)
        return sum(item.amount_micros for item in found.parties if item.role == "remixer")

    assert play(nan, "play-nan1")
    assert remixer_micros() == 0, "nobody earns by listening to oneself"
    assert play(carl, "play-carl")
    assert remixer_micros() > 0
    assert heard.release(house.installation, release_id, carl).plays == 2
    with house.installation.database.reading() as session:
        assert royalties.check(session).ok


def test_dilution_a_listener_has_no_more_releases_of_a_song_than_its_owner_set(house: House) -> None:
    house.allow(limits={"releases_per_listener": 1})
    ole, pia = house.listener("Ole"), house.listener("Pia")
    first, first_release = released(house, ole, 1.41)
    second = house.make(ole, 1.42)
    with pytest.raises(RightsRefused):
        release(house.installation, second, ole)
    released(house, pia, 1.41)
    unlist(house.installation, first, ole)
    second_release = release(house.installation, second, ole)
    with pytest.raises(RightsRefused):
        release(house.installation, first, ole)
    assert heard.release(house.installation, first_release, ole).state == "unlisted"
    unlist(house.installation, second, ole, for_good=True)
    assert release(house.installation, first, ole) == first_release
    assert second_release != first_release


def test_dilution_takes_of_a_month_are_limited_and_what_was_not_made_is_given_back(house: House) -> None:
    house.allow(limits={"uses_per_listener_month": 1})
    quin = house.listener("Quin")
    cancelled = house.ask(quin, 1.51)
    with pytest.raises(RightsRefused):
        house.ask(quin, 1.52)
    making.cancel(house.installation, cancelled)
    house.make(quin, 1.53)
    with pytest.raises(RightsRefused):
        house.ask(quin, 1.54)
    before = house.clock.at
    house.clock.at = before + timedelta(days=31)
    house.make(quin, 1.55)
    house.clock.at = before
