"""A message that takes a release back is read strictly: by numbers that are right, and nothing is guessed."""

import tracemalloc
from pathlib import Path

import pytest
from lxml import etree

from contrafact.catalogue.ddex.delivery import take_in
from contrafact.catalogue.ddex.errors import BadMessage, IsPurge
from contrafact.catalogue.ddex.purging import read_purge
from tests.support.ern import HEADER, SHARED, message, purge, schema

IDS = (
    "<GRid>A12425GABC1234002M</GRid><ICPN>4006381333931</ICPN>"
    '<CatalogNumber Namespace="PADPIDA2013020802I">SL-1</CatalogNumber>'
    '<ProprietaryId Namespace="PADPIDA2013020802I">R1-of-M1</ProprietaryId>'
)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official schema is not there")
@pytest.mark.parametrize("version", ["4.3", "4.3.2"])
def test_what_is_valid_by_the_official_schema_is_read(version: str) -> None:
    data = purge(IDS, version=version)
    schema(version).assertValid(etree.fromstring(data))
    found = read_purge(data)
    assert (found.envelope.version, found.header.message_id, found.release.titles[0].text) == (version, "M-1", "Rain")
    assert tuple(number.key for number in found.numbers) == (
        "grid:A12425GABC1234002M",
        "icpn:4006381333931",
        "id:PADPIDA2013020802I:SL-1",
        "id:PADPIDA2013020802I:R1-of-M1",
    )
    assert found.findings == ()


def test_a_release_is_not_expected_where_one_is_taken_back_nor_the_other_way_round(tmp_path: Path) -> None:
    with pytest.raises(IsPurge, match="takes one back"):
        take_in(purge())
    with pytest.raises(BadMessage, match="the message is a NewReleaseMessage"):
        read_purge(message())
    file = tmp_path / "purge.xml"
    file.write_bytes(purge())
    assert [number.key for number in read_purge(file).numbers] == ["icpn:4006381333931"]


GOOD = purge()
REFUSED = {
    "no numbers": (purge(""), "titles alone do not say which one"),
    "a wrong check digit": (purge("<ICPN>4006381333932</ICPN>"), "titles alone do not say which one"),
    "no release": (GOOD.replace(b"PurgedRelease>", b"Something>"), "no PurgedRelease"),
    "two releases": (
        GOOD.replace(b"</PurgedRelease>", b"</PurgedRelease><PurgedRelease/>"),
        "PurgedRelease is here a second time",
    ),
    "no header": (purge(header=""), "no MessageHeader"),
    "a header without a sender": (
        purge(header=HEADER.replace("<PartyId>PADPIDA2013020802I</PartyId><PartyName>", "<PartyName>")),
        "MessageHeader cannot be read",
    ),
    "a document type": (b"<!DOCTYPE a>" + GOOD[39:], "document type declaration"),
    "broken": (GOOD[:-20], "broken"),
    "deep": (GOOD.replace(b"<Title>", b"<a>" * 200 + b"<Title>"), "deep"),
    "many elements": (GOOD.replace(b"<Title>", b"<a/>" * 50_100 + b"<Title>"), "elements; split"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused_in_little_memory(name: str) -> None:
    data, words = REFUSED[name]
    tracemalloc.start()
    try:
        with pytest.raises(BadMessage) as caught:
            read_purge(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 << 20
    assert words in str(caught.value)
