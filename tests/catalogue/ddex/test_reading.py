"""Messages are read into values, with everything that is not understood kept and put back in place."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from contrafact.catalogue.ddex.codec import strict_parser
from contrafact.catalogue.ddex.findings import line_of
from contrafact.catalogue.ddex.reading import read_message
from contrafact.catalogue.ddex.recordings import OtherResource, SoundRecording
from contrafact.catalogue.ddex.releases import Release, TrackRelease, resources_of
from contrafact.catalogue.ddex.shape import Unknown, Version
from contrafact.catalogue.ddex.values import Message
from contrafact.catalogue.ddex.writing import write_message
from tests.support.ern import RECORDING, SHARED, message, schema

VERSIONS: tuple[Version, ...] = ("4.3", "4.3.2")
SAMPLES = ("ern43-1audio.xml", "ern43-8djmix.xml")
needs_schema = pytest.mark.skipif(
    not SHARED.exists(), reason="DDEX's schemas are not in ../shared/data of this checkout"
)


def infoset(data: bytes) -> bytes:
    """The message without what carries no meaning: layout, order of attributes, the hint where a schema lies."""
    root = etree.fromstring(data, strict_parser())
    root.attrib.pop("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "")
    for node in root.iter():
        node.tail = None
        if len(node):
            node.text = None
    return etree.tostring(root, method="c14n", exclusive=True)


def recording(read: Message) -> SoundRecording:
    return next(item for item in read.resources if isinstance(item, SoundRecording))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_message_is_read_into_values(version: Version) -> None:
    read = read_message(message(version=version))
    assert read.findings == ()
    found = read.message
    assert found.envelope.version == version
    assert (found.header.message_id, found.header.sender.dpid) == ("M-1", "PADPIDA2013020802I")
    assert found.header.created == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert not found.header.is_test
    assert [(party.reference, party.names[0].full.value) for party in found.parties] == [
        ("PAda", "Ada"),
        ("PLabel", "Small Label"),
    ]
    assert found.parties[0].ids[0].isni == "000000012281955X"
    song = recording(found)
    assert song.editions[0].ids[0].isrc == "SEABC2600001"
    assert song.work_ids[0].iswc == "T0345246801"
    assert song.duration_s == 190
    assert song.titles[0].language == "en"
    assert song.contributors[0].roles[0].value.value == "Composer"
    assert song.rights_controllers[0].share is not None
    assert song.rights_controllers[0].share.value == 100
    assert song.contains_ai == (None if version == "4.3" else "None")
    single, track = found.releases
    assert isinstance(single, Release)
    assert isinstance(track, TrackRelease)
    assert single.id.icpn == "4006381333931"
    assert single.genres[0].text == "Pop"
    assert resources_of(single) == resources_of(track) == ("A1",)
    (deals,) = found.deals
    terms = deals.deals[0].terms
    assert deals.releases == ("R0", "R1")
    assert terms is not None
    assert [model.value for model in terms.models] == ["SubscriptionModel"]
    assert terms.periods[0].start is not None
    assert terms.periods[0].start.value == datetime(2026, 3, 13, tzinfo=UTC)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_read_is_written_as_it_came(version: Version) -> None:
    data = message(version=version)
    read = read_message(data).message
    again = write_message(read)
    assert infoset(again) == infoset(data)
    assert read_message(again).message == read
    assert write_message(read_message(again).message) == again


@needs_schema
@pytest.mark.parametrize("name", SAMPLES)
def test_the_official_samples_import_and_re_export(name: str) -> None:
    data = (SHARED / "samples" / name).read_bytes()
    read = read_message(data)
    assert read.findings == ()
    again = write_message(read.message)
    official = schema("4.3")
    official.assertValid(etree.fromstring(data))
    official.assertValid(etree.fromstring(again))
    assert read_message(again).message == read.message
    # The one value that is written otherwise: PT0M59S is PT59S.
    assert infoset(again) == infoset(data.replace(b"PT0M59S", b"PT59S"))


@needs_schema
@pytest.mark.parametrize("version", VERSIONS)
def test_our_own_messages_are_valid(version: Version) -> None:
    official = schema(version)
    official.assertValid(etree.fromstring(message(version=version)))
    official.assertValid(etree.fromstring(write_message(read_message(message(version=version)).message)))


STRANGE = {
    "in the message": ("<ResourceList>", "<CueSheetList><X/></CueSheetList><ResourceList>", "/CueSheetList[1]"),
    "in a list": ("</PartyList>", "<Brand><X>1</X></Brand></PartyList>", "PartyList/Brand[1]"),
    "first of a list": ("<Release>", "<ClipRelease><A/></ClipRelease><Release>", "ReleaseList/ClipRelease[1]"),
    "in a recording": ("<Duration>", "<Character><A>b</A> </Character><Duration>", "SoundRecording[1]/Character[1]"),
    "deep down": ("<Year>", "<Foo> a <B/> c </Foo><Foo/><Year>", "PLine[1]/Foo[2]"),
    "of the root": (' AvsVersionId="9"', ' AvsVersionId="9" xml:lang="en" Foo="1"', "/@Foo"),
    "an attribute": ("<Contributor ", '<Contributor Foo="a&#10;b" ', "Contributor[1]/@Foo"),
    "another namespace": (
        "<Duration>",
        '<z:A xmlns:z="urn:z" z:b="1"><z:C/></z:A><Duration>',
        "*[local-name()='A' and namespace-uri()='urn:z'][1]",
    ),
    "before everything": ("<ReleaseReference>", "<Zero/><ReleaseReference>", "Zero[1]"),
    "after everything": ("</Deal>", "<Last/></Deal>", "Last[1]"),
    "attributes of a plain value": ("<ContainsAI>", '<ContainsAI x="1">', "/ContainsAI"),
}


def kept(value: object) -> list[Unknown]:
    """Everything unknown, anywhere below a value."""
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, tuple):
        return [part for item in value for part in kept(item)]
    fields = getattr(value, "__dataclass_fields__", ())
    return [part for name in fields if name != "place" for part in kept(getattr(value, name))]


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_not_understood_is_kept_and_put_back_in_its_place(name: str) -> None:
    old, new, path = STRANGE[name]
    data = message().replace(old.encode(), new.encode(), 1)
    read = read_message(data).message
    assert any(path in part.path for part in kept(read))
    again = write_message(read)
    assert infoset(again) == infoset(data)
    assert read_message(again).message == read


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("PT3M10S", "3:10", "bad_value", "SoundRecording[1]/Duration"),
        ("PT3M10S", "P1M", "bad_value", "SoundRecording[1]/Duration"),
        ("2026-03-13</ReleaseDate>", "2026-02-30</ReleaseDate>", "bad_value", "Release[1]/ReleaseDate[1]"),
        ("<ISRC>SEABC2600001</ISRC>", "<ISRC><X/></ISRC>", "bad_value", "ResourceId[1]/ISRC"),
        ('SequenceNumber="1"', 'SequenceNumber="one"', "bad_value", "DisplayArtist[1]/@SequenceNumber"),
        ("<TitleText>Rain</TitleText>", "", "missing", "SoundRecording[1]/DisplayTitle[1]"),
        ("<Duration>", "<Duration>PT1S</Duration><Duration>", "repeated", "SoundRecording[1]/Duration[2]"),
        ("<Duration>", "hello<Duration>", "stray_text", "SoundRecording[1]/ParentalWarningType[1]"),
        ("<StartDateTime>2026-03-13T00:00:00Z", "<StartDateTime>soon", "bad_value", "ValidityPeriod[1]/StartDateTime"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_xpath_and_line(old: str, new: str, code: str, path: str) -> None:
    data = message().replace(old.encode(), new.encode(), 1)
    findings = [finding for finding in read_message(data).findings if finding.code == code]
    assert findings
    assert findings[0].severity == "error"
    assert all(finding.path.startswith("/ern:NewReleaseMessage/") for finding in findings)
    if code != "stray_text":
        assert findings[0].path.endswith(path)
    found = etree.fromstring(data, strict_parser()).xpath(
        findings[0].path, namespaces={"ern": "http://ddex.net/xml/ern/432"}
    )
    assert isinstance(found, list)
    assert len(found) == 1
    if isinstance(found[0], etree._Element) and code != "stray_text":
        assert line_of(found[0]) == findings[0].line


def test_an_order_that_the_schema_forbids_is_a_warning() -> None:
    swapped = RECORDING.replace("<ParentalWarningType>NotExplicit</ParentalWarningType>", "", 1).replace(
        "<Duration>", "<ParentalWarningType>NotExplicit</ParentalWarningType><Duration>"
    )
    (finding,) = read_message(message(resources=swapped)).findings
    assert (finding.severity, finding.code) == ("warning", "order")


def test_an_image_is_known_by_its_reference_and_the_rest_of_it_is_kept() -> None:
    image = """<Image><ResourceReference>A2</ResourceReference><Type>FrontCoverImage</Type>
      <ResourceId><ProprietaryId Namespace="PADPIDA2013020802I">cover</ProprietaryId></ResourceId></Image>"""
    read = read_message(message(resources=RECORDING + image)).message
    found = read.resources[1]
    assert isinstance(found, OtherResource)
    assert (found.element, found.reference, found.kind.value) == ("Image", "A2", "FrontCoverImage")
    assert [part.position for part in found.unknown] == [2]


def test_line_numbers_are_told_far_down_a_long_file(tmp_path: Path) -> None:
    data = (
        message()
        .replace(b"<DealList>", b"\n" * 70_000 + b"<DealList>")
        .replace(b"<UseType>OnDemandStream", b"<UseType>")
    )
    path = tmp_path / "long.xml"
    path.write_bytes(data)
    (finding,) = read_message(path).findings
    # libxml2 counts exactly up to 65,534 lines and within a few of them from there on; the XPath is always exact.
    assert abs(finding.line - 1 - data.count(b"\n", 0, data.index(b"<UseType>"))) <= 5


def test_numbers_are_exact() -> None:
    read = read_message(message(resources=RECORDING.replace("PT3M10S", "PT1H0M0.123456789S"))).message
    assert recording(read).duration_s == Decimal("3600.123456789")
