"""DDEX and a running installation: a released remix is told, and what a newer message does not allow is withdrawn."""

import pytest
from lxml import etree
from sqlalchemy import select

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ddex.delivery import take_in
from contrafact.catalogue.ddex.reading import read_message
from contrafact.catalogue.ddex.recordings import SoundRecording
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.remixes.deliveries.delivering import deliver_here
from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions
from contrafact.remixes.releases.releasing import release
from contrafact.remixes.releases.telling import Telling, tell_release
from contrafact.remixes.tables.models_blocks import WithdrawalRow
from tests.support.ern import HEADER, RELEASE, SHARED, TERMS, deal, message, schema
from tests.support.house import House

pytestmark = [pytest.mark.assets]
TELLING = Telling("PADPIDA2013020802I", "PADPIDA2013042401U", "A Shop", "Small Label")


def test_a_released_remix_is_told_with_its_own_file_and_originals(house: House) -> None:
    house.allow()
    bea = house.listener("Bea")
    remix_id = house.make(bea, 1.1)
    with house.installation.database.reading() as session, pytest.raises(Conflict, match="release it first"):
        tell_release(house.installation, session, remix_id, TELLING)
    release_id = release(house.installation, remix_id, bea)
    with house.installation.database.reading() as session:
        told = tell_release(house.installation, session, remix_id, TELLING)
        assert tell_release(house.installation, session, release_id, TELLING) == told
    read = read_message(told)
    assert read.findings == ()
    (song,) = read.message.resources
    assert isinstance(song, SoundRecording)
    assert song.artist_names[0].value == "Bea"
    assert "AI remix by Bea of “Rain” by Ada Lovelace" in song.title_texts[0].value
    assert [one.kind for one in song.related] == ["IsEditedVersionOf"]
    assert song.contains_ai == "Partly"
    file = song.editions[0].technical[0].files[0].file
    assert file is not None
    assert file.hash_sum is not None
    assert house.installation.blobs.has(file.hash_sum.value)
    with take_in(told) as delivery:
        (bundle,) = delivery.releases()
        assert not bundle.blocked
    if SHARED.exists():
        schema("4.3.2").assertValid(etree.fromstring(told))


def test_what_is_not_there_or_not_a_dpid_is_told(house: House) -> None:
    with house.installation.database.reading() as session:
        with pytest.raises(NotFound, match="no remix"):
            tell_release(house.installation, session, "rmx_none", TELLING)
        house.allow()
        bea = house.listener("Dora")
    remix_id = house.make(bea, 1.2)
    release(house.installation, remix_id, bea)
    with house.installation.database.reading() as session, pytest.raises(WrongCall, match="check character"):
        tell_release(house.installation, session, remix_id, Telling("PADPIDA2013020802J", "PADPIDA2013042401U"))


def test_a_newer_message_withdraws_with_all_that_follows(house: House) -> None:
    """The song is there: what rests on a grant that is not repeated gets the fate that its contract names."""
    style = TERMS.replace(
        "<UseType>OnDemandStream", '<UseType Namespace="contrafact" UserDefinedValue="style">UserDefined'
    )
    with house.installation.database.transaction() as session:
        catalogue.set_identifiers(
            session, house.song, {"isrc": "SEABC2600001"}, by="test", reason="test", clock=house.installation.clock
        )
    first = message(releases=RELEASE, deals=deal(style, "R0"))
    header = HEADER.replace("M-1<", "M-2<").replace("2026-03-01T", "2026-03-02T")
    second = message(header=header, releases=RELEASE, deals=deal(releases="R0"))
    options = DeliveryOptions(by="operator")
    with house.installation.database.transaction() as session:
        given = deliver_here(house.installation, session, first, options)
        assert (given.recordings_known, given.grants_given) == (1, 1)
    with house.installation.database.transaction() as session:
        before = len(session.scalars(select(WithdrawalRow)).all())
        assert deliver_here(house.installation, session, second, options).grants_withdrawn == 1
        after = session.scalars(select(WithdrawalRow)).all()
    assert len(after) == before + 1
    assert after[-1].reason == "A newer message of the rights holder does not allow this any more."
