"""Releases, approvals and webhooks on the command line."""

import json
from pathlib import Path

import pytest

from contrafact.catalogue import service as catalogue
from contrafact.kit.clock import SystemClock
from contrafact.kit.home import Home as Folder
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import subject_of
from contrafact.rights import service as rights
from contrafact.rights.values import Terms
from tests.support.commands import Command, Home
from tests.support.receiver import receiving

pytestmark = [pytest.mark.assets]


@pytest.fixture(scope="module")
def granted(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A library of its own, in which everything is allowed."""
    return home.copy(tmp_path_factory.mktemp("released") / "home")


def song_of(home: Home) -> str:
    ((song,),) = home.query("SELECT id FROM recordings")
    return str(song)


def ask_first(home: Home, *operations: str) -> None:
    """The song's owners hear these operations first from now on."""
    with Installation(Folder(home.root)) as opened, opened.database.transaction() as session:
        recording = catalogue.get(session, song_of(home))
        for grant in rights.grants_on(session, subject_of(recording, catalogue.holders(session, recording.id))):
            said = json.loads(grant.terms.model_dump_json())
            for item in said["operations"]:
                item["needs_approval"] = item["operation"] in operations
            rights.grant_terms(
                session,
                Terms.model_validate(said),
                side=grant.side,
                subject_id=grant.subject_id,
                party_id=grant.party_id,
                by="test",
                clock=SystemClock(),
                series=grant.series,
                authority=grant.authority,
            )


def test_a_take_waits_for_its_owner_and_is_then_the_same_command_away(
    granted: Home, command: Command, tmp_path: Path
) -> None:
    ask_first(granted, "tempo_pitch")
    call = ("remix", song_of(granted), "two semitones up", "-o")
    waits = command(granted, *call, tmp_path / "up.flac")
    assert (waits.code, "owners hear this remix first" in waits.sentence) == (3, True), waits
    assert not (tmp_path / "up.flac").exists()
    listed = command(granted, "approvals", "list", "--json").document
    assert listed["open"] >= 1
    for item in listed["approvals"]:
        assert item["words"] == "two semitones up"
        heard = command(granted, "approvals", "hear", item["id"], "-o", tmp_path / "take.flac")
        assert heard.code == 0
        assert (tmp_path / "take.flac").read_bytes()[:4] == b"fLaC"
        done = command(granted, "approvals", "approve", item["id"], "--reason", "Lovely.", "--json")
        assert (done.code, done.document["state"]) == (0, "approved")
    assert "Nobody is asked" in command(granted, "approvals", "list").err
    assert command(granted, *call, tmp_path / "up.flac").code == 0
    assert (tmp_path / "up.flac").stat().st_size > 1000
    ask_first(granted)


def test_a_refusal_is_told_with_its_reason(granted: Home, command: Command, tmp_path: Path) -> None:
    ask_first(granted, "tempo_pitch")
    call = ("remix", song_of(granted), "three semitones up", "-o", tmp_path / "up.flac")
    assert command(granted, *call).code == 3
    (request, *_) = command(granted, "approvals", "list", "--json").document["approvals"]
    assert command(granted, "approvals", "refuse", request["id"]).code == 2, "a refusal needs a reason"
    said = command(granted, "approvals", "refuse", request["id"], "--reason", "Not this song.")
    assert said.code == 0
    assert command(granted, *call).code == 3
    everything = command(granted, "approvals", "list", "--all")
    assert "refused" in everything.out
    assert command(granted, "approvals", "approve", "apr_none").code == 2
    assert command(granted, "approvals", "approve", request["id"], "--in", "XX").code == 2
    assert command(granted, "approvals", "approve", request["id"], "--until", "soon").code == 2
    ask_first(granted)


def test_release_unlist_and_a_remix_of_it(granted: Home, command: Command, tmp_path: Path) -> None:
    made = command(granted, "remix", song_of(granted), "four semitones up", "-o", tmp_path / "a.flac", "--json")
    remix_id = made.document["id"]
    out = command(granted, "release", remix_id, "--json")
    assert (out.code, out.document["state"], out.document["isrc"]) == (0, "released", None)
    said = command(granted, "release", remix_id)
    assert "Everybody here can hear it." in said.err
    child = command(granted, "remix", out.document["id"], "a bit slower", "-o", tmp_path / "b.flac", "--json")
    assert child.code == 0, child
    assert child.document["parent_remix_id"] == remix_id
    assert child.document["recipe"]["transpose_semitones"] == 4
    assert child.document["recipe"]["tempo"]["ratio"] < 1.0
    assert (
        command(granted, "remix", remix_id, "faster", "--with", song_of(granted), "-o", tmp_path / "c.flac").code == 2
    )
    assert command(granted, "unlist", remix_id, "--json").document["state"] == "unlisted"
    gone = command(granted, "unlist", remix_id, "--for-good")
    assert (gone.code, "took it back" in gone.err) == (0, True)
    assert command(granted, "unlist", remix_id).code == 1
    assert command(granted, "release", "rmx_none").code == 2


def test_webhooks(granted: Home, command: Command) -> None:
    with receiving() as receiver:
        added = command(granted, "webhooks", "add", receiver.url, "--kind", "release.moved", "--json")
        assert added.document["secret"].startswith("whsec_")
        done = command(granted, "webhooks", "test", added.document["id"])
        assert (done.code, receiver.verified(0, added.document["secret"])) == (0, True)
        receiver.statuses = [500]
        failed = command(granted, "webhooks", "test", added.document["id"], "--json")
        assert (failed.code, failed.document["state"]) == (1, "given_up")
        (listed,) = command(granted, "webhooks", "list", "--json").document["webhooks"]
        assert "secret" not in listed
        assert [item["state"] for item in listed["newest"]] == ["given_up", "delivered"]
        assert receiver.url in command(granted, "webhooks", "list").out
        assert command(granted, "webhooks", "remove", added.document["id"]).code == 0
        assert "Nobody is told" in command(granted, "webhooks", "list").err
    assert command(granted, "webhooks", "add", "http://example.org/").code == 2
    assert command(granted, "webhooks", "add", "https://example.org/", "--kind", "weather").code == 2
    assert command(granted, "webhooks", "test", "whk_none").code == 2
