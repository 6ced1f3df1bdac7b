"""Notice and takedown (R15): what a notice must say, what it does, who is told, how it is answered, what stays down."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.value import Audio
from contrafact.engine.progress import silent
from contrafact.kit.errors import BadInputError, Conflict, NotFound
from contrafact.provenance.staydown import StaysDown
from contrafact.remixes.news import store_inbox
from contrafact.remixes.notices import noticing
from contrafact.remixes.notices.notice_views import NoticeView, check_log, log_page, one_notice, strikes_of
from contrafact.remixes.releases.releasing import release
from contrafact.remixes.songs.library import IngestCall, ingest_file
from contrafact.rights.errors import RightsRefused
from contrafact.rights.notice_documents import CounterNotice, NoticeDocument
from tests.support.claims import ledger, made, paid, playable, released, state
from tests.support.house import House

pytestmark = [pytest.mark.assets]

COMPLETE: dict[str, Any] = {
    "claimant": {"name": "Zoe Zed", "email": "zoe@zed.example", "address": "1 Long Road, Leeds"},
    "work": "Rain (words by Zoe Zed)",
    "explanation": "The remix has my words, and I never allowed that.",
    "good_faith": True,
    "accuracy": True,
    "signature": "Zoe Zed",
}
ANSWER = CounterNotice(
    name="Bea B.",
    address="2 Short Street, Hull",
    email="bea@home.example",
    statement="There are no words in it at all.",
    good_faith=True,
    jurisdiction=True,
    signature="Bea B.",
)


def served(house: House, where: str, **changes: Any) -> NoticeView:
    document = NoticeDocument.model_validate({**COMPLETE, "location": f"https://here.example/r/{where}", **changes})
    return noticing.receive(house.installation, document, channel="form", by="form")


def taken_down(house: House, where: str, **changes: Any) -> NoticeView:
    return noticing.accept(house.installation, served(house, where, **changes).id, by="staff")


def status(house: House) -> str:
    with house.installation.database.reading() as session:
        return catalogue.get(session, house.song).status


def news(house: House, user: User, kind: str) -> list[str]:
    with house.installation.database.reading() as session:
        rows = store_inbox.news(session, user.id, 50, None, False)
        return [row.payload for row in rows if row.kind == kind]


@pytest.mark.parametrize(
    ("lacks", "field"),
    [
        ({"claimant": {"name": "", "email": "z@z.example"}}, "claimant.name"),
        ({"claimant": {"name": "Zoe", "email": "no address"}}, "claimant.email"),
        ({"work": ""}, "work"),
        ({"location": "somewhere on your site"}, "location"),
        ({"explanation": " "}, "explanation"),
        ({"good_faith": False}, "good_faith"),
        ({"accuracy": False}, "accuracy"),
        ({"signature": ""}, "signature"),
    ],
)
def test_r15_a_notice_that_lacks_something_is_told_what_and_has_no_effect(
    house: House, lacks: dict[str, Any], field: str
) -> None:
    house.allow()
    _, release_id = released(house, house.listener("Anna"))
    found = served(house, release_id, **lacks)
    assert (found.state, [item.field for item in found.missing]) == ("incomplete", [field])
    assert found.missing[0].rule
    with pytest.raises(Conflict, match=field):
        noticing.accept(house.installation, found.id, by="staff")
    assert state(house, release_id) == "released"


def test_r15_a_notice_takes_down_tells_why_and_how_to_answer_and_comes_back_when_answered(house: House) -> None:
    house.allow()
    bea = house.listener("Bea")
    remix_id, release_id = released(house, bea)
    found = served(house, release_id)
    assert (found.state, state(house, release_id)) == ("received", "released"), "a person decides"
    assert found.due_at == house.clock.now() + timedelta(hours=24)
    down = noticing.accept(house.installation, found.id, by="staff")
    assert (down.state, down.releases) == ("taken_down", (release_id,))
    assert (state(house, release_id), playable(house, remix_id)) == ("taken_down", False)
    (told,) = news(house, bea, "notice.received")
    for needed in ("restriction", "facts", "ground", "redress", "automated", f"/api/notices/{found.id}/counter"):
        assert needed in told, "a statement of reasons says it (DSA art. 17)"
    assert "Long Road" not in told, "the sender's address is nobody's business"
    with pytest.raises(NotFound):
        noticing.counter(house.installation, found.id, ANSWER, by="Carl", user_id=house.listener("Carl").id)
    answered = noticing.counter(house.installation, found.id, ANSWER, by="Bea", user_id=bea.id)
    assert answered.state == "counter_notice"
    # 22 November 2026 is a Sunday: ten business days later is Friday, 4 December
    assert answered.due_at is not None
    assert answered.due_at.date().isoformat() == "2026-12-04"
    assert state(house, release_id) == "taken_down"
    assert noticing.settle(house.installation) == 0
    house.clock.at = answered.due_at
    assert noticing.settle(house.installation) == 1
    assert (one_notice(house.installation, found.id).state, state(house, release_id)) == ("restored", "released")
    assert playable(house, remix_id)
    assert news(house, bea, "notice.answered")
    assert noticing.settle(house.installation) == 0


def test_r15_an_action_in_court_keeps_it_down(house: House) -> None:
    house.allow()
    user = house.listener("Dora")
    _, release_id = released(house, user)
    down = taken_down(house, release_id)
    noticing.counter(house.installation, down.id, ANSWER, by="Dora", user_id=user.id)
    noticing.uphold(house.installation, down.id, by="staff", text="An action was filed at the court of Leeds.")
    house.clock.at += timedelta(days=60)
    noticing.settle(house.installation)
    assert state(house, release_id) == "taken_down"
    with pytest.raises(Conflict, match="upheld"):
        noticing.counter(house.installation, down.id, ANSWER, by="Dora", user_id=user.id)
    noticing.restore(house.installation, down.id, by="staff", text="The court said no.")
    assert state(house, release_id) == "released"


def test_r15_clocks_reject_what_is_not_completed_and_uphold_what_is_not_answered(house: House) -> None:
    house.allow()
    _, release_id = released(house, house.listener("Emil"))
    down = taken_down(house, release_id)
    poor = served(house, release_id, signature="")
    house.clock.at += timedelta(days=181)
    assert noticing.settle(house.installation) >= 2
    assert one_notice(house.installation, poor.id).state == "rejected"
    assert one_notice(house.installation, down.id).state == "upheld"
    noticing.restore(house.installation, down.id, by="staff")


def test_r15_what_lacked_is_added_and_only_then_the_notice_counts(house: House) -> None:
    house.allow()
    _, release_id = released(house, house.listener("Frida"))
    poor = served(house, release_id, signature="", accuracy=False)
    still = noticing.complete(house.installation, poor.id, {"signature": "Zoe"}, by="form")
    assert [item.field for item in still.missing] == ["accuracy"]
    whole = noticing.complete(house.installation, poor.id, {"accuracy": True}, by="form")
    assert (whole.state, whole.missing) == ("received", ())
    with pytest.raises(BadInputError):
        noticing.complete(house.installation, served(house, "x", work="").id, {"nonsense": 1}, by="form")
    with pytest.raises(Conflict):
        noticing.complete(house.installation, poor.id, {"signature": "Zoe"}, by="form")


def test_r15_the_same_notice_twice_is_one(house: House) -> None:
    assert served(house, "rls_none").id == served(house, "rls_none").id


def test_r15_r6_a_takedown_freezes_the_children_and_spares_the_parents(house: House) -> None:
    house.allow()
    users = [house.listener(name) for name in ("Gina", "Hugo", "Ida")]
    top, top_release = released(house, users[0])
    middle, middle_release = released(house, users[1], 1.12, parent=top)
    low, low_release = released(house, users[2], 1.14, parent=middle)
    down = taken_down(house, middle_release)
    assert [state(house, each) for each in (top_release, middle_release, low_release)] == [
        "released",
        "taken_down",
        "frozen",
    ]
    assert (playable(house, top), playable(house, low)) == (True, True)
    assert strikes_of(house.installation, users[1].id).strikes == 1
    assert strikes_of(house.installation, users[2].id).strikes == 0, "who remixed it did nothing wrong by that"
    with pytest.raises(RightsRefused, match="taken down"):
        house.ask(users[2], 1.2, parent=middle)
    noticing.restore(house.installation, down.id, by="staff")
    assert {state(house, each) for each in (top_release, middle_release, low_release)} == {"released"}
    assert strikes_of(house.installation, users[1].id).strikes == 0


def test_r15_who_is_taken_down_again_and_again_counts_as_a_repeat_infringer(house: House) -> None:
    house.allow()
    user = house.listener("Jon")
    downs = []
    for place in range(3):
        assert not strikes_of(house.installation, user.id).repeat_infringer
        _, release_id = released(house, user, 1.21 + place / 100)
        downs.append(taken_down(house, release_id, work=f"Song {place}"))
    assert strikes_of(house.installation, user.id).repeat_infringer
    for down in downs:
        noticing.restore(house.installation, down.id, by="staff")


def test_r15_a_notice_about_a_recording_takes_every_take_of_it_and_nobody_is_paid_less_for_before(house: House) -> None:
    house.allow()
    user = house.listener("Kim")
    remix_id, release_id = released(house, user)
    alone, queued = made(house, user, 0.95), house.ask(user, 0.93)
    paid(house, remix_id, "before the notice")
    before = ledger(house)
    down = taken_down(house, house.song)
    assert (status(house), state(house, release_id)) == ("withdrawn", "taken_down")
    assert (playable(house, alone), house.remix(queued).status) == (False, "cancelled")
    with pytest.raises(RightsRefused):
        house.ask(user, 1.3)
    assert strikes_of(house.installation, user.id).strikes == 0
    assert ledger(house) == before
    noticing.restore(house.installation, down.id, by="staff")
    assert (status(house), state(house, release_id), playable(house, alone)) == ("active", "released", True)


@pytest.fixture
def file_of_the_song(house: House, tmp_path: Path) -> Path:
    """The song's sound in another file: a little louder, so that its bytes are others."""
    with house.installation.database.reading() as session:
        recording = catalogue.get(session, house.song)
    sound = decode(house.installation.blobs.path(recording.sha256))
    path = tmp_path / "again.mp3"
    encode(Audio(np.asarray(sound.samples * 0.8, np.float32)), path)
    return path


def test_r13_r15_what_was_taken_down_cannot_be_taken_in_again(house: House, file_of_the_song: Path) -> None:
    down = taken_down(house, house.song, work="Rain itself")
    with pytest.raises(StaysDown, match="stays down") as refused:
        ingest_file(house.installation, file_of_the_song, IngestCall(artist="A", title="B"), silent)
    assert (refused.value.hit.how, refused.value.hit.notice_id) == ("sound", down.id)
    with house.installation.database.reading() as session:
        original = house.installation.blobs.path(catalogue.get(session, house.song).sha256)
    with pytest.raises(StaysDown) as same:
        ingest_file(house.installation, original, IngestCall(), silent)
    assert same.value.hit.how == "file"
    noticing.restore(house.installation, down.id, by="staff")
    assert ingest_file(house.installation, original, IngestCall(), silent)["known"]


def test_r15_the_same_recipe_of_another_listener_stays_down_and_another_recipe_does_not(house: House) -> None:
    house.allow()
    lea, mia = house.listener("Lea"), house.listener("Mia")
    house.clock.at = house.clock.at.replace(year=2026, month=11, day=22)
    _, release_id = released(house, lea, 1.31)
    down = taken_down(house, release_id)
    with pytest.raises(StaysDown, match="made again"):
        release(house.installation, made(house, mia, 1.31), mia)
    assert state(house, release(house.installation, made(house, mia, 1.33), mia)) == "released"
    noticing.restore(house.installation, down.id, by="staff")
    release(house.installation, made(house, mia, 1.31), mia)


def test_r15_the_public_log_holds_what_was_done_and_nobodys_name(house: House) -> None:
    house.allow()
    user = house.listener("Nora Nameless")
    _, release_id = released(house, user, 1.41)
    down = taken_down(house, release_id)
    noticing.counter(house.installation, down.id, ANSWER, by="Nora Nameless", user_id=user.id)
    noticing.restore(house.installation, down.id, by="staff Sam")
    page = log_page(house.installation, limit=5)
    states = [item.entry["state"] for item in page.entries if item.entry["notice"] == down.id]
    assert states == ["restored", "counter_notice", "taken_down", "accepted", "received"]
    everything = str(log_page(house.installation, limit=10_000))
    for private in ("Zoe", "zed.example", "Leeds", "Bea", "Hull", "Nora", "Sam", user.id, "my words"):
        assert private not in everything
    assert page.next is not None
    older = log_page(house.installation, page.next, 5)
    assert older.entries[0].number == page.entries[-1].number - 1
    report = check_log(house.installation, page.head)
    assert (report.ok, report.entries) == (True, page.entries[0].number)


def test_r15_a_log_that_was_altered_is_found_out(house: House) -> None:
    served(house, "rls_none", work="Something else")
    head = log_page(house.installation).head
    database = house.installation.database
    with pytest.raises(DatabaseError, match="never changed"), database.transaction() as session:
        session.execute(text("UPDATE public_log SET entry = '{}' WHERE sequence = 1"))
    with database.transaction() as session:
        guards = session.execute(
            text("SELECT sql FROM sqlite_master WHERE tbl_name = 'public_log' AND type = 'trigger'")
        )
        statements = [row[0] for row in guards]
        for name in ("no_update", "no_delete"):
            session.execute(text(f"DROP TRIGGER public_log_{name}"))
        session.execute(text("CREATE TEMP TABLE kept AS SELECT * FROM public_log"))
        session.execute(text("UPDATE public_log SET entry = '{}' WHERE sequence = 1"))
    assert "Entry 1 was changed" in check_log(house.installation).problems[0]
    with database.transaction() as session:
        session.execute(text("DELETE FROM public_log WHERE sequence = (SELECT MAX(sequence) FROM public_log)"))
        session.execute(
            text("UPDATE public_log SET entry = (SELECT entry FROM kept WHERE sequence = 1) WHERE sequence = 1")
        )
    assert check_log(house.installation).ok, "a log that only lost its end looks whole"
    assert not check_log(house.installation, head).ok, "but not to who kept its head"
    with database.transaction() as session:
        for statement in statements:
            if "no_update" in statement or "no_delete" in statement:
                session.execute(text(statement))


def test_a_counter_notice_that_lacks_something_is_refused_with_what(house: House) -> None:
    house.allow()
    user = house.listener("Olga")
    _, release_id = released(house, user, 1.43)
    down = taken_down(house, release_id)
    for field in ("name", "address", "email", "statement", "good_faith", "jurisdiction", "signature"):
        lacking = ANSWER.model_copy(update={field: type(getattr(ANSWER, field))()})
        with pytest.raises(BadInputError, match=f"^{field}: "):
            noticing.counter(house.installation, down.id, lacking, by="Olga", user_id=user.id)
    noticing.restore(house.installation, down.id, by="staff")


def test_notices_that_point_nowhere_are_refused_when_somebody_wants_to_act_on_them(house: House) -> None:
    for place in ("rls_" + "a" * 26, "rmx_" + "a" * 26, "rec_" + "a" * 26, "wrk_" + "a" * 26):
        found = served(house, place)
        with pytest.raises(NotFound):
            noticing.accept(house.installation, found.id, by="staff")
        done = noticing.reject(house.installation, found.id, by="staff", text="There is no such thing here.")
        assert done.state == "rejected"
