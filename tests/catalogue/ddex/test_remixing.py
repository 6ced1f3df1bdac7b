"""A released remix is told in ERN 4.3.2: what a machine did, what it is made of, who is credited, where it is heard."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contrafact.catalogue.ddex.delivery import check_message, take_in
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.granting import propose
from contrafact.catalogue.ddex.reading import read_message
from contrafact.catalogue.ddex.recordings import SoundRecording
from contrafact.catalogue.ddex.releases import Release
from contrafact.catalogue.ddex.remixing import (
    Original,
    Person,
    RemixRelease,
    Sending,
    SoundFile,
    remix_message,
    write_remix,
)
from contrafact.catalogue.ddex.values import Message
from contrafact.catalogue.errors import BadIdentifier
from contrafact.kit.territories import Territories
from tests.support.ern import SHARED, schema

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
SERVICE = Person("pty_service", "Our Service", dpid="PADPIDA2013020802I")
ADA = Person("pty_ada", "Ada", isni="000000012281955X")
BOB = Person("pty_bob", "Bob & <Sons>")
SENDING = Sending("msg_1", "rls_1", SERVICE, Person("pty_shop", "A Shop", dpid="PADPIDA2013042401U"), NOW)
RAIN = Original("IsEditedVersionOf", "rec_1", "Rain", (ADA,), isrc="SE-ABC-26-00001", iswc="T-034.524.680-1")
SUN = Original("ContainsSamplesFrom", "rec_2", "Sun", (BOB,))
REMIX = RemixRelease(
    reference="rls_1",
    recording_reference="tak_1",
    title="Rain",
    remixer=Person("usr_bea", "Bea"),
    label=Person("pty_label", "Small Label"),
    originals=(RAIN,),
    duration_s=Decimal("190.5"),
    released_at=NOW,
    genre="Bossa Nova",
    p_line="Small Label",
    c_line="Small Label",
    file=SoundFile("tak_1.flac", "ab" * 32, 12_345_678, "flac", "", 2, 44_100, 16),
    engine=Person("contrafact", "Contrafact 0.1"),
    isrc="SEXYZ2600001",
)
VARIANTS = {
    "a remix": REMIX,
    "without an ISRC": replace(REMIX, isrc=None),
    "a mash-up": replace(REMIX, originals=(RAIN, SUN)),
    "a cover": replace(REMIX, originals=(replace(RAIN, relation="IsCoverOf"),)),
    "nothing by a machine": replace(REMIX, contains_ai="None"),
    "for downloads": replace(REMIX, beyond=("download",)),
    "for others": replace(REMIX, beyond=("download", "export")),
    "not in Japan": replace(REMIX, territories=Territories(exclude=("JP",))),
    "in two countries but one": replace(REMIX, territories=Territories(include=("DE", "FR"), exclude=("FR",))),
    "for a time": replace(REMIX, valid_to=datetime(2027, 3, 1, tzinfo=UTC)),
    "of one's own song": replace(REMIX, remixer=ADA),
    "of an unknown codec": replace(REMIX, file=SoundFile("x", "ab" * 32, 1, "opus", "webm")),
}
needs_schema = pytest.mark.skipif(
    not SHARED.exists(), reason="DDEX's schemas are not in ../shared/data of this checkout"
)


def song_of(message: Message) -> SoundRecording:
    (song,) = message.resources
    assert isinstance(song, SoundRecording)
    return song


def release_of(message: Message) -> Release:
    (release,) = message.releases
    assert isinstance(release, Release)
    return release


@needs_schema
@pytest.mark.parametrize("name", VARIANTS)
def test_the_message_of_a_remix_is_valid_against_the_official_schema(name: str) -> None:
    schema("4.3.2").assertValid(etree.fromstring(write_remix(VARIANTS[name], SENDING)))


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_written_is_read_again_and_breaks_no_rule(name: str) -> None:
    message = remix_message(VARIANTS[name], SENDING)
    data = write_remix(VARIANTS[name], SENDING)
    read = read_message(data)
    assert read.findings == ()
    assert read.message == message
    assert check_message(message) == ()
    with take_in(data) as delivery:
        assert list(delivery.findings) == []


def test_r10_the_message_says_what_a_machine_did() -> None:
    message = remix_message(REMIX, SENDING)
    song = song_of(message)
    assert (song.contains_ai, release_of(message).contains_ai) == ("Partly", "Partly")
    (machine,) = (one for one in song.contributors if one.special is not None)
    assert machine.special is not None
    assert (machine.special.value, machine.ai) == ("GenerativeAI", "All")
    (engine,) = (one for one in song.contributors if one.party == "PEngine")
    assert engine.roles[0].value.user_defined == "RemixEngine"
    assert song.editions[0].technical[0].files[0].file is not None
    hash_sum = song.editions[0].technical[0].files[0].file.hash_sum
    assert hash_sum is not None
    assert (hash_sum.algorithm.value, hash_sum.value) == ("SHA-256", "ab" * 32)
    by_hand = song_of(remix_message(VARIANTS["nothing by a machine"], SENDING))
    assert by_hand.contains_ai == "None"
    assert all(one.special is None and one.ai is None for one in by_hand.contributors)


def test_r11_the_original_artist_is_credited_and_never_shown_as_the_artist_of_the_remix() -> None:
    message = remix_message(VARIANTS["a mash-up"], SENDING)
    song, release = song_of(message), release_of(message)
    for shown in (song, release):
        assert [artist.party for artist in shown.artists] == ["PRemixer"]
        assert [name.value for name in shown.artist_names] == ["Bea"]
        assert shown.title_texts[0].value == "Rain (AI remix by Bea of “Rain” by Ada and “Sun” by Bob & <Sons>)"
    names = {party.reference: party.names[0].full.value for party in message.parties}
    credited = {names[one.party]: one.roles[0].value.value for one in song.contributors if one.party}
    assert credited["Ada"] == credited["Bob & <Sons>"] == "RemixedArtist"
    assert credited["Bea"] == "Remixer"
    cover = song_of(remix_message(VARIANTS["a cover"], SENDING))
    assert cover.title_texts[0].value == "Rain (AI cover by Bea of “Rain” by Ada)"


def test_r12_a_remix_has_its_own_isrc_and_is_linked_to_what_it_is_made_of() -> None:
    song = song_of(remix_message(VARIANTS["a mash-up"], SENDING))
    assert song.editions[0].ids[0].isrc == "SEXYZ2600001"
    assert [relation.kind for relation in song.related] == ["IsEditedVersionOf", "ContainsSamplesFrom"]
    assert song.related[0].id is not None
    assert song.related[0].id.isrc == "SEABC2600001"
    assert song.related[1].id is not None
    assert song.related[1].id.proprietary[0].value == "rec_2"
    assert [work.iswc for work in song.work_ids] == ["T0345246801"]
    assert [version.value for version in song.versions] == ["RemixVersion"]
    assert song.is_cover is False
    assert song.rights_controllers == ()
    cover = song_of(remix_message(VARIANTS["a cover"], SENDING))
    assert ([one.kind for one in cover.related], cover.is_cover, cover.versions) == (["IsCoverOf"], True, ())
    without = song_of(remix_message(VARIANTS["without an ISRC"], SENDING)).editions[0].ids[0]
    assert without.isrc is None
    assert [(one.value, one.namespace) for one in without.proprietary] == [("tak_1", "PADPIDA2013020802I")]


def test_r9_the_deals_are_those_of_a_walled_garden_unless_more_was_granted() -> None:
    def uses(remix: RemixRelease) -> list[tuple[list[str], bool]]:
        (deals,) = remix_message(remix, SENDING).deals
        terms = [deal.terms for deal in deals.deals if deal.terms is not None]
        return [([use.value for use in one.use_types], bool(one.channels)) for one in terms]

    assert uses(REMIX) == [(["OnDemandStream"], True)]
    assert uses(VARIANTS["for downloads"]) == [(["OnDemandStream", "PermanentDownload"], True)]
    assert uses(VARIANTS["for others"]) == [
        (["OnDemandStream", "PermanentDownload"], True),
        (["OnDemandStream"], False),
    ]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_message_of_a_remix_grants_nobody_a_remix_of_it(name: str) -> None:
    with take_in(write_remix(VARIANTS[name], SENDING)) as delivery:
        (bundle,) = delivery.releases()
        grants, _ = propose([deal for deals in bundle.deals() for deal in deals.deals])
    assert grants
    assert all(grant.about == "original" and grant.operations == () for grant in grants)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"originals": ()}, "at least one recording"),
        ({"duration_s": Decimal(0)}, "duration is zero"),
        ({"isrc": "SE1"}, "not an ISRC"),
        ({"remixer": Person("usr", "Bea", isni="0000000122819551")}, "wrong check digit"),
        ({"remixer": Person("usr", "Bea\x00")}, "control character"),
        ({"territories": Territories(include=())}, "nowhere"),
    ],
)
def test_a_release_that_breaks_a_rule_is_not_written(change: dict[str, object], told: str) -> None:
    with pytest.raises((BadMessage, BadIdentifier), match=told):
        write_remix(replace(REMIX, **change), SENDING)  # type: ignore[arg-type]


def test_a_sender_without_a_dpid_cannot_send() -> None:
    with pytest.raises(BadMessage, match="no DPID"):
        write_remix(REMIX, replace(SENDING, sender=Person("x", "X")))


def test_the_same_release_gives_the_same_bytes() -> None:
    assert write_remix(REMIX, SENDING) == write_remix(replace(REMIX), replace(SENDING))


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(
    lambda text: text.strip() == text and "\ufffe" not in text and "\uffff" not in text
)
people = st.builds(Person, key=st.from_regex(r"pty_[a-z0-9]{1,6}", fullmatch=True), name=names)
originals = st.builds(
    Original,
    relation=st.sampled_from(["IsEditedVersionOf", "IsCoverOf", "ContainsSamplesFrom"]),
    reference=st.from_regex(r"rec_[a-z0-9]{1,6}", fullmatch=True),
    title=names,
    artists=st.lists(people, max_size=2).map(tuple),
    isrc=st.one_of(st.none(), st.from_regex(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", fullmatch=True)),
)


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        replace,
        st.just(REMIX),
        title=names,
        remixer=people,
        originals=st.lists(originals, min_size=1, max_size=3).map(tuple),
        duration_s=st.decimals("0.001", "86400", places=3),
        contains_ai=st.sampled_from(["All", "None", "Partly"]),
    )
)
def test_whatever_is_written_is_read_again_the_same(remix: RemixRelease) -> None:
    message = remix_message(remix, SENDING)
    data = write_remix(remix, SENDING)
    read = read_message(data)
    assert read.message == message
    assert read.findings == ()
    assert write_remix(remix, SENDING) == data
    if SHARED.exists():
        schema("4.3.2").assertValid(etree.fromstring(data))
