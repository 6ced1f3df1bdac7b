"""Hostile XML is refused as a whole, in bounded time and memory, before anything is done with it."""

import io
import socket
import tracemalloc
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.gate import chunks
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.parts import read_parts
from contrafact.catalogue.ddex.reading import read_message
from tests.support.ern import HEADER, NAMESPACE, RECORDING, message

GOOD = message()
BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
TITLE = "<TitleText>Rain</TitleText>"


def with_prolog(text: str) -> bytes:
    return message(prolog=f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def with_title(text: str) -> bytes:
    return GOOD.replace(TITLE.encode(), text.encode())


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "only white space": (b"  \n ", "no element"),
    "no XML": (b"PK\x03\x04zip", "not XML"),
    "JSON": (b'{"a": 1}', "not XML"),
    "entity bomb": (with_prolog(f'<!DOCTYPE r [<!ENTITY a0 "ha">{BOMB}]>'), "document type"),
    "quadratic entity": (with_prolog(f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>'), "document type"),
    "external entity": (with_prolog('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "document type"),
    "parameter entity": (with_prolog('<!DOCTYPE r [<!ENTITY % x SYSTEM "http://[::1]/x"> %x;]>'), "document type"),
    "external subset": (with_prolog('<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">'), "document type"),
    "public subset": (with_prolog('<!DOCTYPE r PUBLIC "a" "http://127.0.0.1:9/x.dtd">'), "document type"),
    "DTD behind comments": (with_prolog("<!-- <a> --><?b <c>?>\n<!-- -> --><!DOCTYPE r>"), "document type"),
    "undeclared entity": (with_title("<TitleText>&xxe;</TitleText>"), "broken"),
    "DTD after the root began": (with_title("<!DOCTYPE r><TitleText>a</TitleText>"), "broken"),
    "XInclude": (
        with_title('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
        "another file",
    ),
    "a relative namespace": (with_title('<z:A xmlns:z="z"/>'), "no absolute URI"),
    "a namespace of odd letters": (with_title('<z:A xmlns:z="urn:\u202e&#10;"/>'), "no absolute URI"),
    "deep": (with_title("<a>" * 200 + "</a>" * 200), "deep"),
    "very deep": (with_title("<a>" * 5_000 + "</a>" * 5_000), "deep"),
    "unclosed deep": (with_title("<a>" * 5_000), "deep"),
    "many attributes": (with_title("<a " + " ".join(f"b{n}='1'" for n in range(5_000)) + "/>"), "attributes"),
    "the same attribute twice": (with_title('<a b="1" b="2"/>'), "broken"),
    "a large attribute": (with_title(f'<a b="{"x" * 120_000}"/>'), "attribute is longer"),
    "a larger attribute": (with_title(f'<a b="{"x" * 400_000}"/>'), "tag or a text is longer"),
    "a long name": (with_title(f"<{'a' * 300}/>"), "name is longer"),
    "a large text": (with_title(f"<TitleText>{'x' * 120_000}</TitleText>"), "text is longer"),
    "a larger text": (with_title(f"<TitleText>{'x' * 400_000}</TitleText>"), "tag or a text is longer"),
    "text in many CDATA pieces": (with_title(f"<TitleText>{'<![CDATA[xxxxxxxxx]]>' * 12_000}</TitleText>"), "text is"),
    "a part of many elements": (with_title("<a/>" * 50_100), "elements; split"),
    "null byte": (GOOD.replace(b"Rain", b"Ra\0in", 1), "null byte"),
    "control character": (GOOD.replace(b"Rain", b"Ra\x01in", 1), "broken"),
    "written control character": (GOOD.replace(b"Rain", b"Ra&#1;in", 1), "broken"),
    "UTF-16 with mark": (GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "UTF-16"),
    "UTF-16 big-endian with mark": (b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), "UTF-16"),
    "UTF-16 without mark": (GOOD.decode().encode("utf-16-le"), "null byte"),
    "UTF-32": (GOOD.decode().encode("utf-32"), "UTF-32"),
    "says UTF-16, is UTF-8": (GOOD.replace(b'"UTF-8"', b'"UTF-16"'), "says that it is 'UTF-16'"),
    "says UTF-7": (GOOD.replace(b'"UTF-8"', b'"UTF-7"'), "says that it is 'UTF-7'"),
    "says Latin-1": (GOOD.replace(b'"UTF-8"', b'"ISO-8859-1"'), "says that it is"),
    "says EBCDIC": (GOOD.replace(b'"UTF-8"', b'"cp037"'), "says that it is"),
    "says UTF-8, is Latin-1": (GOOD.replace(b"Rain", "Räin".encode("latin-1")), "not UTF-8"),
    "overlong form of <": (GOOD.replace(b"Rain", b"\xc0\xbcRain", 1), "not UTF-8"),
    "surrogate": (GOOD.replace(b"Rain", b"\xed\xa0\x80Rain", 1), "not UTF-8"),
    "ends in a character": (b"<a>" + "ä".encode()[:1], "middle of a character"),
    "XML 1.1": (GOOD.replace(b'version="1.0"', b'version="1.1"'), "version 1.0"),
    "two messages": (GOOD + message(prolog=""), "broken"),
    "text after the message": (GOOD + b"and more", "broken"),
    "a prolog without end": (b"<?xml version='1.0'?><!-- " + b"x" * 100_000, "does not end"),
    "comments without end": (b"<!-- x -->" * 10_000 + GOOD[39:], "before the first"),
    "another namespace": (GOOD.replace(NAMESPACE["4.3.2"].encode(), b"http://ddex.net/xml/ern/382"), "4.3.2 are read"),
    "no namespace": (b"<NewReleaseMessage/>", "no namespace"),
    "a purge": (GOOD.replace(b"NewReleaseMessage", b"PurgeReleaseMessage"), "PurgeReleaseMessage"),
    "another message": (GOOD.replace(b"NewReleaseMessage", b"CatalogTransferMessage"), "only a NewReleaseMessage"),
    "HTML": (b"<html><body>404</body></html>", "ERN 4.3"),
    "no header": (message(header=""), "MessageHeader"),
    "header without id": (message(header=HEADER.replace("<MessageId>M-1</MessageId>", "")), "MessageId"),
    "two headers": (message(header=HEADER * 2), "second time"),
    "two resource lists": (message(parties="<ResourceList/>"), "second time"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_or_broken_files_are_refused_in_little_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, told = REFUSED[name]
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
    tracemalloc.start()
    try:
        with pytest.raises(BadMessage) as caught:
            read_message(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20, "the memory is not bounded"
    sentence = str(caught.value)
    assert told in sentence
    assert len(sentence) < 400
    assert "\n" not in sentence
    assert caught.value.exit_code == 4


def test_the_good_message_that_the_hostile_ones_are_made_of_is_read_without_a_finding() -> None:
    assert read_message(GOOD).findings == ()


def test_a_refusal_says_on_which_line() -> None:
    data = GOOD.replace(b"<Duration>", b"<Duratio>")
    with pytest.raises(BadMessage) as caught:
        read_message(data)
    assert caught.value.line == 1 + data.count(b"\n", 0, data.index(b"</Duration>"))


@pytest.mark.parametrize("kept", range(0, len(GOOD), 97))
def test_a_file_cut_short_anywhere_is_refused(kept: int) -> None:
    with pytest.raises(BadMessage):
        read_message(GOOD[:kept])


def test_a_byte_order_mark_of_utf_8_and_comments_and_instructions_do_not_matter() -> None:
    told = GOOD.replace(b"<TitleText>", b"<!-- x --><?run this?><TitleText>").replace(b">Rain<", b"><![CDATA[Rain]]><")
    assert read_message(b"\xef\xbb\xbf" + told).message == read_message(GOOD).message


def test_the_schema_that_a_message_names_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("the network was asked"))
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
    where = (
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:schemaLocation="http://ddex.net/xml/ern/432 http://127.0.0.1:9/x.xsd" AvsVersionId='
    )
    assert read_message(GOOD.replace(b" AvsVersionId=", where)).message == read_message(GOOD).message


def test_a_message_larger_than_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    with large.open("wb") as stream:
        stream.write(GOOD)
        stream.truncate(3 << 30)
    with pytest.raises(BadMessage, match="larger than"):
        read_message(large)
    with pytest.raises(BadMessage, match="larger than 1000 bytes"):
        read_message(GOOD, Limits(total_bytes=1000))


class Endless(io.RawIOBase):
    """A file that begins like a message and never ends; counts what is taken from it."""

    def __init__(self, begin: bytes, more: bytes) -> None:
        self.begin, self.more, self.taken = begin, more, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        given = (self.begin + self.more * (1 + size // len(self.more)))[:size] if not self.taken else b""
        given = given or (self.more * (1 + size // len(self.more)))[: size // len(self.more) * len(self.more)]
        self.taken += len(given)
        return given


BEGIN = GOOD[: GOOD.index(TITLE.encode())]
ENDLESS = {
    "text": (BEGIN, b"x"),
    "elements": (BEGIN, b"<a/>"),
    "depth": (BEGIN, b"<a>"),
    "comments": (BEGIN, b"<!-- a -->"),
    "instructions": (BEGIN, b"<?a b?>"),
    "an attribute": (BEGIN + b'<a b="', b"x"),
    "attributes": (BEGIN + b"<a ", b'b="" '),
    "a name": (BEGIN + b"<a", b"a"),
    "a comment": (BEGIN + b"<!-- ", b"x"),
    "CDATA": (BEGIN + b"<TitleText>", b"<![CDATA[x]]>"),
    "entities": (BEGIN + b"<TitleText>", b"&lt;"),
    "space": (b"", b" "),
    "comments first": (b"", b"<!-- a -->"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ENDLESS)
def test_a_file_that_never_ends_is_refused_after_a_bounded_number_of_bytes(name: str) -> None:
    source = Endless(*ENDLESS[name])
    limits = Limits(part_bytes=1 << 20)
    with pytest.raises(BadMessage):
        list(read_parts(cast("BinaryIO", source), limits))
    assert source.taken <= limits.part_bytes + 3 * (64 << 10)


def test_a_folder_is_no_message(tmp_path: Path) -> None:
    with pytest.raises(BadMessage, match="not a file"):
        read_message(tmp_path)


def test_a_part_larger_than_the_limit_is_refused() -> None:
    data = message(resources=RECORDING.replace(TITLE, TITLE + "<Foo>bar</Foo>" * 20_000))
    with pytest.raises(BadMessage, match="one part is larger"):
        read_message(data, Limits(part_bytes=100_000))


def test_what_is_not_understood_is_bounded() -> None:
    data = with_title(TITLE + "<Foo>bar</Foo>" * 200)
    with pytest.raises(BadMessage, match="too large to be kept"):
        read_message(data.replace(b"<Foo>bar</Foo>" * 200, b"<Foos>" + b"<Foo>bar</Foo>" * 200 + b"</Foos>"),
                     Limits(fragment_bytes=1000))  # fmt: skip


def test_a_file_name_that_the_message_holds_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = (
        "<TechnicalDetails><TechnicalResourceDetailsReference>T1</TechnicalResourceDetailsReference>"
        "<DeliveryFile><Type>AudioFile</Type><File><URI>../../../../etc/passwd</URI></File></DeliveryFile>"
        "</TechnicalDetails></SoundRecordingEdition>"
    )
    data = message(resources=RECORDING.replace("</SoundRecordingEdition>", file))
    opened: list[object] = []
    monkeypatch.setattr(Path, "open", lambda path, *_: opened.append(path))
    (recording,) = read_message(data).message.resources
    assert opened == []
    assert "etc/passwd" in repr(recording)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    with pytest.raises(BadMessage):
        read_message(data)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_damage_to_a_message_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    gone = data.draw(st.integers(0, 40))
    put = data.draw(
        st.sampled_from([b"", b"<", b">", b"&", b"\0", b"\xff", b"<!DOCTYPE a>", b"]]>", b"<a>", b"&#0;", b'"'])
    )
    try:
        read_message(GOOD[:at] + put + GOOD[at + gone :])
    except BadMessage as refused:
        told = str(refused)
    else:
        told = "read"
    assert told


@given(st.integers(1, 50), st.integers(0, 200))
def test_the_gate_gives_the_same_bytes_however_they_arrive(step: int, seed: int) -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(step + seed, size or 0) if size and size > 0 else size)

    assert b"".join(chunks(Trickle(GOOD), Limits(prolog_bytes=200 + seed))) == GOOD


def test_faults_without_number_are_bounded() -> None:
    many = "".join(f'<DisplayTitle IsDefault="{n}x"><TitleText>a</TitleText></DisplayTitle>' for n in range(11_000))
    with pytest.raises(BadMessage, match="more than 10000 faults"):
        read_message(with_title(TITLE + "</DisplayTitle>" + many + "<DisplayTitle>" + TITLE))
