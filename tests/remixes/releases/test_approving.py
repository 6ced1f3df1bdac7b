"""Takes and releases that owners hear first: held, asked about, answered, refused, lapsed, cancelled, thought over."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from contrafact.accounts.errors import QuotaExceeded
from contrafact.accounts.schemas import User
from contrafact.kit.errors import Conflict, WrongCall
from contrafact.remixes.creations import exporting, making
from contrafact.remixes.errors import AwaitsOwner, NotReady
from contrafact.remixes.news import store_inbox
from contrafact.remixes.releases import heard, plays, questions
from contrafact.remixes.releases.answering import answer, look_after, settle
from contrafact.remixes.releases.approving import conclude
from contrafact.remixes.releases.releasing import conclude_release, release, unlist
from contrafact.remixes.showing.views import remix_view, take_waveform
from contrafact.remixes.standing.blocking import TakenAway
from contrafact.rights import approvals
from contrafact.rights.approvals import Conditions, Request
from contrafact.rights.errors import RightsRefused
from contrafact.rights.territories import Territories
from contrafact.royalties import service as royalties
from tests.support.house import House

pytestmark = [pytest.mark.assets]


@pytest.fixture(autouse=True)
def _nobody_waits(house: House) -> Iterator[None]:
    """What a test left waiting is cancelled, so that the next one finds an empty queue."""
    yield
    with house.installation.database.transaction() as session:
        for request in approvals.queue(session):
            approvals.cancel(session, request.occasion_id, reason="Test over.", by="test", clock=house.clock)


def asked(house: House, occasion: str) -> tuple[Request, ...]:
    with house.installation.database.reading() as session:
        return approvals.requests_for(session, occasion)


def agree(house: House, occasion: str, conditions: Conditions | None = None) -> None:
    for request in asked(house, occasion):
        if request.state in ("open", "approved"):
            answer(house.installation, request.id, "approved", reason="", by="owner", conditions=conditions)
        if any(item.state == "cancelled" for item in asked(house, occasion)):
            return


def generations(house: House, remix_id: str) -> int:
    with house.installation.database.reading() as session:
        return royalties.earnings(session, remix_id).generations


def news(house: House, user: User) -> list[tuple[str, dict[str, object]]]:
    with house.installation.database.reading() as session:
        found = store_inbox.news(session, user.id, 50, None, False)
        return [(item.kind, json.loads(item.payload)) for item in found]


def test_a_take_that_owners_hear_first_is_held_and_nobody_hears_it(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    ann = house.listener("Ann")
    remix_id = house.make(ann, 1.11)
    row = house.remix(remix_id)
    assert (row.status, row.signed_blob) == ("held", None)
    assert generations(house, remix_id) == 0
    view = remix_view(house.installation, remix_id, ann, live_url="/live")
    assert (view.status, view.stage, view.audio_url, view.live_url) == ("held", "waiting for the owner", None, None)
    with pytest.raises(NotReady):
        making.take_audio(house.installation, remix_id, ann)
    with pytest.raises(NotReady):
        take_waveform(house.installation, remix_id, ann)
    with pytest.raises(AwaitsOwner):
        exporting.export(house.installation, remix_id, ann, house.folder / "leak.flac")
    with pytest.raises(NotReady):
        plays.report(house.installation, remix_id, "play-held1", 5.0, ann)
    with pytest.raises(NotReady):
        release(house.installation, remix_id, ann)


def test_owners_see_what_they_need_and_all_must_agree(house: House) -> None:
    grants = house.allow(first=["tempo_pitch"])
    bob = house.listener("Bob")
    remix_id = house.make(bob, 1.12)
    requests = asked(house, remix_id)
    assert {(item.party_id, item.side, item.subject_id) for item in requests} == {
        (grant.party_id, grant.side, grant.subject_id) for grant in grants
    }
    assert len(requests) == 2, "the master and the work are two answers"
    first = requests[0]
    assert (first.purpose, first.state, first.asked_by) == ("request", "open", "Bob")
    assert first.due_at == house.clock.now() + timedelta(days=14)
    assert first.about["words"] == "faster"
    assert first.about["label"] == "AI remix by Bob of “Rain” by Ada Lovelace"
    (operation,) = first.about["operations"]
    assert operation == {"operation": "tempo_pitch", "extent": {"tempo_ratio": 1.12, "semitones": 0.0}}
    answer(house.installation, first.id, "approved", reason="", by="owner")
    assert house.remix(remix_id).status == "held", "one of two does not do"
    answer(house.installation, requests[1].id, "approved", reason="", by="owner")
    row = house.remix(remix_id)
    assert (row.status, row.provenance) == ("ready", "Trusted")
    assert row.decision_sha256 != first.decision_sha256, "its marks name the decision that let it out"
    assert generations(house, remix_id) == 1
    assert ("approval.answered", "approved") in [(kind, told.get("answer")) for kind, told in news(house, bob)]
    answer(house.installation, requests[1].id, "approved", reason="", by="owner")
    conclude(house.installation, remix_id)
    assert generations(house, remix_id) == 1, "twice is once"


def test_a_refusal_is_the_end_and_its_listener_is_told_why(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    cid = house.listener("Cid")
    remix_id = house.make(cid, 1.13)
    one, other = asked(house, remix_id)
    with pytest.raises(WrongCall, match="reason"):
        answer(house.installation, one.id, "refused", reason=" ", by="owner")
    answer(house.installation, one.id, "refused", reason="It is too fast for her.", by="owner")
    row = house.remix(remix_id)
    assert (row.status, row.error) == ("refused", "It is too fast for her.")
    assert asked(house, remix_id)[1].state == "cancelled"
    with pytest.raises(Conflict, match="nothing to answer"):
        answer(house.installation, other.id, "approved", reason="", by="owner")
    assert generations(house, remix_id) == 0
    told = [item for kind, item in news(house, cid) if kind == "approval.answered"]
    assert told[0]["reason"] == "It is too fast for her."
    with pytest.raises(RightsRefused):
        house.ask(cid, 1.13)
    assert house.remix(house.ask(cid, 1.131)).status == "queued", "another recipe is another question"


def test_nobody_answers_and_it_lapses_to_a_no(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAFACT_APPROVAL_DAYS", "3")
    house.allow(first=["tempo_pitch"])
    dan = house.listener("Dan")
    remix_id = house.make(dan, 1.14)
    requests = asked(house, remix_id)
    answer(house.installation, requests[0].id, "approved", reason="", by="owner")
    before = house.clock.at
    house.clock.at = before + timedelta(days=3) - timedelta(seconds=1)
    assert settle(house.installation) == 0
    assert house.remix(remix_id).status == "held"
    house.clock.at = before + timedelta(days=3)
    with pytest.raises(Conflict):
        answer(house.installation, requests[1].id, "approved", reason="", by="owner")
    row = house.remix(remix_id)
    assert (row.status, row.error) == ("refused", "Nobody answered in time.")
    assert [item.state for item in asked(house, remix_id)] == ["approved", "lapsed"]
    assert settle(house.installation) == 0
    again = house.make(dan, 1.14)
    assert again != remix_id
    assert len(asked(house, again)) == 1, "who has agreed is not asked again"
    house.clock.at = before


def test_a_deadline_that_is_no_number_is_refused_and_nothing_is_half_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.allow(first=["share_in_app"])
    eve = house.listener("Eve")
    remix_id = house.make(eve, 1.15)
    monkeypatch.setenv("CONTRAFACT_APPROVAL_DAYS", "soon")
    with pytest.raises(WrongCall, match="CONTRAFACT_APPROVAL_DAYS"):
        release(house.installation, remix_id, eve)
    assert remix_view(house.installation, remix_id, eve).release is None


def test_cancelled_while_waiting(house: House) -> None:
    house.allow(first=["tempo_pitch"], limits={"uses_per_listener_month": 1})
    flo = house.listener("Flo")
    remix_id = house.make(flo, 1.16)
    making.cancel(house.installation, remix_id)
    assert house.remix(remix_id).status == "cancelled"
    assert {item.state for item in asked(house, remix_id)} == {"cancelled"}
    with pytest.raises(Conflict, match="does not want it"):
        answer(house.installation, asked(house, remix_id)[0].id, "approved", reason="", by="owner")
    assert house.ask(flo, 1.161), "its count was given back"


def test_a_grant_that_is_withdrawn_while_an_owner_thinks_ends_it(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    gil = house.listener("Gil")
    remix_id, other = house.make(gil, 1.17), house.make(gil, 1.171)
    house.withdraw()
    agree(house, remix_id)
    row = house.remix(remix_id)
    assert row.status == "refused"
    assert row.error is not None
    assert "withdrawn" in row.error
    look_after(house.installation)
    assert house.remix(other).status == "refused", "also when nobody answers"
    assert generations(house, remix_id) == 0


def test_an_owner_who_agrees_in_another_place_only_has_not_agreed(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    hob = house.listener("Hob")
    remix_id = house.make(hob, 1.18)
    agree(house, remix_id, Conditions(territories=Territories(include=("JP",))))
    row = house.remix(remix_id)
    assert (row.status, row.error) == ("refused", questions.NOT_COVERED)


def test_listen_only_lets_its_listener_hear_it_and_asks_again_for_others(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    ivy = house.listener("Ivy")
    remix_id = house.make(ivy, 1.19)
    agree(house, remix_id, Conditions(listen_only=True))
    assert house.remix(remix_id).status == "ready"
    release_id = release(house.installation, remix_id, ivy)
    assert heard.release(house.installation, release_id, ivy).state == "pending"
    with pytest.raises(WrongCall, match="listen_only"):
        agree(house, release_id, Conditions(listen_only=True))
    answer(house.installation, asked(house, release_id)[0].id, "refused", reason="Keep it to yourself.", by="owner")
    view = heard.release(house.installation, release_id, ivy)
    assert view.state == "refused"
    assert view.sentence.endswith("Keep it to yourself.")
    assert house.remix(remix_id).status == "ready", "a refused release takes nothing back"
    assert making.take_audio(house.installation, remix_id, ivy).sha256


def test_an_approval_that_ends_lets_nothing_out_afterwards(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    jim = house.listener("Jim")
    remix_id = house.make(jim, 1.2)
    until = house.clock.now() + timedelta(days=1)
    with pytest.raises(WrongCall, match="valid_to"):
        agree(house, remix_id, Conditions(valid_to=house.clock.now()))
    agree(house, remix_id, Conditions(valid_to=until))
    assert house.remix(remix_id).status == "ready"
    before = house.clock.at
    house.clock.at = until
    release_id = release(house.installation, remix_id, jim)
    assert heard.release(house.installation, release_id, jim).state == "pending"
    house.clock.at = before


def test_release_by_approval_waits_and_is_let_out_by_the_last_owner(house: House) -> None:
    house.allow(first=["share_in_app"])
    kai, lou = house.listener("Kai"), house.listener("Lou")
    remix_id = house.make(kai, 1.21)
    assert house.remix(remix_id).status == "ready", "only its release is asked about"
    release_id = release(house.installation, remix_id, kai)
    assert release(house.installation, remix_id, kai) == release_id
    assert len(asked(house, release_id)) == 2
    assert release_id not in [item.id for item in heard.releases(house.installation, lou).releases]
    agree(house, release_id)
    agree(house, release_id)
    conclude_release(house.installation, release_id)
    assert heard.release(house.installation, release_id, lou).state == "released"


def test_r4_a_release_that_waited_too_long_is_decided_by_what_holds_when_it_is_approved(house: House) -> None:
    house.allow(first=["share_in_app"])
    may = house.listener("May")
    release_id = release(house.installation, house.make(may, 1.22), may)
    house.allow("tempo_pitch")
    agree(house, release_id)
    view = heard.release(house.installation, release_id, may)
    assert (view.state, view.released_at) == ("refused", None)


def test_a_release_is_taken_back_while_it_waits(house: House) -> None:
    house.allow(first=["share_in_app"])
    ned = house.listener("Ned")
    remix_id = house.make(ned, 1.23)
    release_id = release(house.installation, remix_id, ned)
    unlist(house.installation, remix_id, ned, for_good=True)
    assert {item.state for item in asked(house, release_id)} == {"cancelled"}
    assert heard.release(house.installation, release_id, ned).state == "taken_down"


def test_an_owner_thinks_again_and_the_grant_says_what_becomes_of_releases(house: House) -> None:
    house.allow(first=["share_in_app"], on_withdrawal={"fate": "take_down", "hours": 24})
    oda, lou = house.listener("Oda"), house.listener("Lou")
    remix_id = house.make(oda, 1.24)
    release_id = release(house.installation, remix_id, oda)
    agree(house, release_id)
    request = asked(house, release_id)[0]
    answer(house.installation, request.id, "refused", reason="I do not like it any more.", by="owner")
    assert heard.release(house.installation, release_id, lou).state == "released", "within 24 hours"
    before = house.clock.at
    house.clock.at = before + timedelta(hours=24)
    view = heard.release(house.installation, release_id, oda)
    assert view.state == "taken_down"
    assert view.sentence.endswith("I do not like it any more.")
    answer(house.installation, request.id, "approved", reason="Well, then.", by="owner")
    assert heard.release(house.installation, release_id, lou).state == "released"
    assert [item.answer for item in asked(house, release_id)[0].answers] == ["approved", "refused", "approved"]
    house.clock.at = before


def test_a_crash_between_the_answer_and_what_follows_is_made_good(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    pam = house.listener("Pam")
    remix_id = house.make(pam, 1.25)
    with house.installation.database.transaction() as session:
        for request in approvals.requests_for(session, remix_id):
            approvals.answer(session, request.id, "approved", reason="", by="owner", clock=house.clock)
    assert house.remix(remix_id).status == "held"
    look_after(house.installation)
    assert house.remix(remix_id).status == "ready"
    assert generations(house, remix_id) == 1


def test_another_listener_with_the_same_recipe_needs_no_second_answer(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    agree(house, house.make(house.listener("Ria"), 1.26))
    assert house.remix(house.make(house.listener("Sue"), 1.26)).status == "ready"


def test_nobody_buries_owners_in_questions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_WAITING", 2)
    house.allow(first=["tempo_pitch"])
    tim = house.listener("Tim")
    house.make(tim, 1.27)
    with pytest.raises(QuotaExceeded, match="owners have 2"):
        house.ask(tim, 1.28)


def test_an_approval_of_a_take_that_is_withdrawn_ends_the_take_where_the_grant_says_so(house: House) -> None:
    house.allow(first=["tempo_pitch"], on_withdrawal={"fate": "take_down", "hours": 1})
    una = house.listener("Una")
    remix_id = house.make(una, 1.33)
    agree(house, remix_id)
    request = asked(house, remix_id)[0]
    answer(house.installation, request.id, "refused", reason="Not any more.", by="owner")
    assert making.take_audio(house.installation, remix_id, una).sha256, "within the hour"
    before = house.clock.at
    house.clock.at = before + timedelta(hours=1)
    with pytest.raises(TakenAway, match="Not any more"):
        making.take_audio(house.installation, remix_id, una)
    answer(house.installation, request.id, "approved", reason="", by="owner")
    assert making.take_audio(house.installation, remix_id, una).sha256
    house.clock.at = before


def test_two_owners_at_once_let_it_out_once(house: House) -> None:
    house.allow(first=["tempo_pitch"])
    val = house.listener("Val")
    remix_id = house.make(val, 1.34)
    one, other = asked(house, remix_id)
    wrong: list[Exception] = []

    def agreeing(request: Request) -> None:
        try:
            for _ in range(3):
                answer(house.installation, request.id, "approved", reason="", by="owner")
                conclude(house.installation, remix_id)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=agreeing, args=(request,)) for request in (one, other, one)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert house.remix(remix_id).status == "ready"
    assert generations(house, remix_id) == 1
    assert [len(item.answers) for item in asked(house, remix_id)] == [1, 1]
    told = [item for kind, item in news(house, val) if kind == "approval.answered"]
    assert len(told) == 1
