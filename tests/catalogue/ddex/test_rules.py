"""What the schema cannot say is said by rules of our own, for messages that are read and for those that are written."""

import dataclasses

import pytest

from contrafact.catalogue.ddex.delivery import Delivery, check_message, take_in
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.findings import Finding
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.reading import read_message
from contrafact.catalogue.ddex.rules import checked
from tests.support.ern import RECORDING, RELEASE, TRACK, deal, message

AI_HELP = (
    '<Contributor SequenceNumber="2"><SpecialContributor>GenerativeAI</SpecialContributor>'
    "<AiContribution>Partly</AiContribution></Contributor><ResourceRightsController>"
)


EXCLUDED = "</TerritoryCode><ExcludedTerritoryCode>DE</ExcludedTerritoryCode>"
ENDED = "Z</StartDateTime><EndDateTime>2025-01-01T00:00:00Z</EndDateTime>"
ITSELF = "<ResourceRelatedResourceReference>A1</ResourceRelatedResourceReference>"


def price(value: str, currency: str) -> str:
    unit = f'<WholesalePricePerUnit CurrencyCode="{currency}">{value}</WholesalePricePerUnit>'
    return f"</UseType><PriceInformation>{unit}</PriceInformation>"


def cover_of(what: str) -> str:
    kind = "<ResourceRelationshipType>IsCoverOf</ResourceRelationshipType>"
    return f"<RelatedResource>{kind}{what}</RelatedResource><ContainsAI>"


def found(data: bytes) -> list[Finding]:
    with take_in(data) as delivery:
        return list(delivery.findings)


def test_a_good_message_has_no_findings() -> None:
    assert found(message()) == found(message(version="4.3")) == []


CASES = {
    "ISRC": ("SEABC2600001", "SEABC260000", "warning", "unverified"),
    "ISWC": ("T0345246801", "T0345246802", "warning", "unverified"),
    "ISNI": ("000000012281955X", "0000000122819551", "warning", "unverified"),
    "DPID": ("<DPID>PADPIDA2013020802I", "<DPID>PADPIDA2013020802J", "warning", "unverified"),
    "sender": ("<PartyId>PADPIDA2013020802I", "<PartyId>PADPIDA1", "warning", "unverified"),
    "ICPN": ("4006381333931", "4006381333932", "warning", "unverified"),
    "ICPN of zeros, which the schema accepts": ("4006381333931", "0000000000000", "warning", "unverified"),
    "GRid": ("<ICPN>4006381333931</ICPN>", "<GRid>A12425GABC1234002N</GRid>", "warning", "unverified"),
    "empty message id": ("<MessageId>M-1", "<MessageId>", "warning", "no_message_id"),
    "no zone": ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00", "warning", "no_zone"),
    "control": ("LiveMessage", "SoSoMessage", "error", "control"),
    "zero duration": ("PT3M10S", "PT0S", "error", "duration"),
    "AI said to be none beside an AI": ("<ResourceRightsController>", AI_HELP, "error", "ai_contradiction"),
    "AI unsaid": ("<ContainsAI>None</ContainsAI>", "", None, None),
    "AI a little": ("<ContainsAI>None", "<ContainsAI>ABit", "error", "ai"),
    "nobody contributed": ("<ContributorPartyReference>PAda</ContributorPartyReference>", "", "error", "who"),
    "nobody is the artist": ("<ArtistPartyReference>PAda</ArtistPartyReference>", "", "error", "who"),
    "a share above all": ("<RightSharePercentage>100", "<RightSharePercentage>101", "error", "share"),
    "year": ("<Year>2026", "<Year>26", "warning", "year"),
    "no title": ("<TitleText>Rain", "<TitleText> ", "warning", "no_title"),
    "no such country": ("<TerritoryCode>Worldwide", "<TerritoryCode>UK", "error", "territory"),
    "a country of the past": ("<TerritoryCode>Worldwide", "<TerritoryCode>AN", "warning", "territory_unused"),
    "a TIS number": ("<TerritoryCode>Worldwide", "<TerritoryCode>2136", "warning", "territory_unused"),
    "no territory": ("<TerritoryCode>Worldwide</TerritoryCode>", "", "warning", "no_territories"),
    "two kinds of territory": ("</TerritoryCode>", EXCLUDED, "error", "territories"),
    "ends before it begins": ("Z</StartDateTime>", ENDED, "error", "period"),
    "no beginning": ("<StartDateTime>2026-03-13T00:00:00Z</StartDateTime>", "", "error", "no_start"),
    "no price": ("</UseType>", price("-1", "EUR"), "error", "price"),
    "no currency": ("</UseType>", price("1", "Euro"), "error", "currency"),
    "territory of a title": ('LanguageAndScriptCode="en"><T', 'ApplicableTerritoryCode="Q9"><T', "error", "territory"),
    "no such party": ("<ArtistPartyReference>PAda", "<ArtistPartyReference>PBob", "error", "unresolved"),
    "no such label": ("<ReleaseLabelReference>PLabel", "<ReleaseLabelReference>PNone", "error", "unresolved"),
    "no such resource": ("<ReleaseResourceReference>A1", "<ReleaseResourceReference>A9", "error", "unresolved"),
    "no such release": ("<DealReleaseReference>R1", "<DealReleaseReference>R9", "error", "unresolved"),
    "the same reference twice": ("<PartyReference>PLabel", "<PartyReference>PAda", "error", "taken"),
    "the same release twice": ("<ReleaseReference>R1", "<ReleaseReference>R0", "error", "taken"),
    "a release named twice": ("<DealReleaseReference>R1", "<DealReleaseReference>R0", "warning", "repeated"),
    "related to itself": ("<ContainsAI>", cover_of(ITSELF), "error", "related_to_itself"),
    "related to nothing": ("<ContainsAI>", cover_of(""), "warning", "related_to_what"),
    "a deal without terms": ("<Deal>", "<Deal><DealReference>x</DealReference></Deal><Deal>", "warning", "no_terms"),
    "a use counted below zero": ("</UseType>", "</UseType><NumberOfUsages>-1</NumberOfUsages>", "error", "usages"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_rule_finds_what_it_forbids(name: str) -> None:
    old, new, severity, code = CASES[name]
    data = message()
    assert old.encode() in data
    findings = found(data.replace(old.encode(), new.encode(), 1))
    told = [finding for finding in findings if finding.code == code]
    assert bool(told) == (code is not None)
    for finding in told:
        assert finding.severity == severity
        assert finding.path.startswith("/ern:NewReleaseMessage/")
        assert finding.line > 1
    assert check_message(read_message(data.replace(old.encode(), new.encode(), 1)).message) == tuple(
        finding for finding in findings if finding.code not in ("bad_value", "missing")
    )


def test_a_release_without_ai_must_not_hold_a_recording_with_it() -> None:
    with_ai = RECORDING.replace("<ContainsAI>None", "<ContainsAI>Partly")
    release = RELEASE.replace(
        "</ResourceGroup>\n    </Release>", "</ResourceGroup><ContainsAI>None</ContainsAI></Release>"
    )
    codes = [finding.code for finding in found(message(resources=with_ai, releases=release + TRACK))]
    assert codes == ["ai_contradiction"]


def test_ai_contributions_without_a_word_on_the_recording_are_noticed() -> None:
    song = RECORDING.replace("<ResourceRightsController>", AI_HELP).replace("<ContainsAI>None</ContainsAI>", "")
    assert [finding.code for finding in found(message(resources=song))] == ["ai_unsaid"]


def test_resources_that_are_in_no_release_and_isrcs_that_are_there_twice_are_told() -> None:
    second = RECORDING.replace("<ResourceReference>A1", "<ResourceReference>A2")
    assert {finding.code for finding in found(message(resources=RECORDING + second))} == {"in_no_release", "isrc_twice"}
    supplemental = second.replace("<SoundRecording>", '<SoundRecording IsSupplemental="true">')
    assert [f.code for f in found(message(resources=RECORDING + supplemental))] == ["isrc_twice"]


def test_a_release_without_a_deal_is_told() -> None:
    assert [finding.code for finding in found(message(deals=deal(releases="R0")))] == ["no_deal"]


def test_an_order_that_contradicts_the_numbers_is_told() -> None:
    item = (
        "<ResourceGroupContentItem><SequenceNumber>{}</SequenceNumber>"
        "<ReleaseResourceReference>A1</ReleaseResourceReference></ResourceGroupContentItem>"
    )
    for numbers in ((2, 1), (1, 1)):
        group = "<ResourceGroup>" + "".join(item.format(number) for number in numbers) + "</ResourceGroup>"
        release = RELEASE[: RELEASE.index("<ResourceGroup>")] + group + "</Release>"
        assert [finding.code for finding in found(message(releases=release + TRACK))] == ["sequence"]


def test_an_error_blocks_the_release_that_it_touches_and_no_other() -> None:
    second = RECORDING.replace("A1<", "A2<").replace("PT3M10S", "PT0S").replace("SEABC2600001", "SEABC2600002")
    track = TRACK.replace("A1<", "A2<").replace("R1<", "R2<")
    data = message(resources=RECORDING + second, releases=RELEASE + TRACK + track, deals=deal(releases="R0 R1 R2"))
    with take_in(data) as delivery:
        assert [(one.release.reference, one.blocked) for one in delivery.releases()] == [
            ("R0", False), ("R1", False), ("R2", True),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "blocked"),
    [
        ("<Duration>PT3M10S</Duration>", "", ["R0", "R1"]),
        ("LiveMessage", "SoSoMessage", ["R0", "R1"]),
        ("<TerritoryCode>Worldwide", "<TerritoryCode>UK", ["R0", "R1"]),
        ("<ReleaseDate>2026-03-13", "<ReleaseDate>soon", ["R0"]),
        ("<ISNI>", '<ProprietaryId>x</ProprietaryId><ISNI>', ["R0", "R1"]),
        ("SEABC2600001", "SEABC260000", []),
    ],
)  # fmt: skip
def test_what_a_release_rests_on_blocks_it(old: str, new: str, blocked: list[str]) -> None:
    with take_in(message().replace(old.encode(), new.encode(), 1)) as delivery:
        assert [one.release.reference for one in delivery.releases() if one.blocked] == blocked


def test_a_bundle_holds_what_its_release_rests_on() -> None:
    with take_in(message()) as delivery:
        first, second = delivery.releases()
        for bundle in (first, second):
            assert [resource.reference for resource in bundle.resources()] == ["A1"]
            assert [len(deals.deals) for deals in bundle.deals()] == [1]
        ada = first.party("PAda")
        assert ada is not None
        assert ada.names[0].full.value == "Ada"
        assert first.party("PBob") is None
        assert first.party(None) is None


def test_deals_for_very_many_releases_are_bounded() -> None:
    deals = deal(releases=" ".join(f"R{n}" for n in range(100))).replace("</Deal>", "</Deal>" + "<Deal></Deal>" * 99)
    with pytest.raises(BadMessage, match="pairs of deal and release"):
        take_in(message(deals=deals), Limits(links=9_999))
    with take_in(message(deals=deals), Limits(links=10_000)) as delivery:
        assert delivery.header.message_id == "M-1"


def test_releases_that_share_a_large_resource_are_bounded() -> None:
    large = RECORDING.replace("<Duration>", f"<Character><A>{'x' * 90_000}</A></Character>" * 10 + "<Duration>")
    tracks = "".join(TRACK.replace("R1<", f"R{n}<") for n in range(1, 200))
    data = message(resources=large, releases=RELEASE + tracks)

    def read(delivery: Delivery) -> None:
        for bundle in delivery.releases():
            list(bundle.resources())

    with take_in(data, Limits(reread_factor=2)) as delivery, pytest.raises(BadMessage, match="share their resources"):
        read(delivery)


@pytest.mark.parametrize(
    ("scheme", "written", "normal"),
    [
        ("isrc", "SE-ABC-26-00001", "SEABC2600001"),
        ("iswc", "T-034.524.680-1", "T0345246801"),
        ("isni", "0000 0001 2281 955X", "000000012281955X"),
        ("ipi", "14107338", "00014107338"),
        ("dpid", "PADPIDA2013020802I", "PADPIDA2013020802I"),
        ("grid", "A1-2425G-ABC1234002-M", "A12425GABC1234002M"),
        ("icpn", "4006381333931", "4006381333931"),
        ("icpn", "4006381333930", None),
        ("ipn", "anything", "anything"),
    ],
)
def test_identifiers_are_verified_or_kept_as_they_are(scheme: str, written: str, normal: str | None) -> None:
    found = checked(scheme, written)
    assert (found.written, found.normal, found.verified) == (written, normal, normal is not None)


def test_findings_can_be_told_in_one_line() -> None:
    (finding,) = found(message().replace(b"PT3M10S", b"PT0S"))
    assert "\n" not in str(finding)
    assert str(finding).startswith("error: line ")
    assert dataclasses.asdict(finding)["code"] == "duration"


def test_references_that_are_taken_many_times_multiply_nothing() -> None:
    songs = RECORDING + RECORDING.replace("<ContainsAI>None", "<ContainsAI>Partly") * 300
    release = RELEASE.replace(
        "</ResourceGroup>\n    </Release>", "</ResourceGroup><ContainsAI>None</ContainsAI></Release>"
    )
    with take_in(message(resources=songs, releases=release + TRACK * 300)) as delivery:
        bundles = list(delivery.releases())
        assert [one.blocked for one in bundles] == [False, False, *[True] * 299]
        assert [len(list(one.resources())) for one in bundles[:2]] == [1, 1]
