"""The gate: bytes from outside are let through to the XML parser only when nothing in them can do harm.

DDEX messages are UTF-8. The gate lets through nothing else, so that a parser and a checker cannot read two different
documents out of the same bytes, and it finds a document type declaration before any parser has seen one: without it
there are no entities to define, so neither entity bombs nor external entities. Everything is checked while it flows,
in constant memory.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.limits import Limits

CHUNK_BYTES = 64 << 10
_BOM = codecs.BOM_UTF8
_OTHER_BOMS = {
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']")
_VERSION = re.compile(rb"version\s*=\s*[\"']1\.0[\"']")
_SPACE = b" \t\r\n"


def chunks(source: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """The bytes of ``source`` in chunks of at most 64 KiB, without the byte order mark, each checked first.

    Raises
    ------
    BadMessage
        When it is not UTF-8, says that it is something else, holds null bytes or a document type declaration, or is
        larger than ``limits`` allow; with the line.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    size, line, since = 0, 1, 0
    head = _head(source, limits)
    _prolog(head, limits)
    chunk = head
    while chunk:
        size += len(chunk)
        if size > limits.total_bytes:
            raise BadMessage(
                f"the file is larger than {limits.total_bytes} bytes; split it into several messages", line
            )
        if b"\0" in chunk:
            raise BadMessage("there is a null byte, which no XML may hold; send the message as UTF-8 text", line)
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = line + chunk.count(b"\n", 0, error.start)
            raise BadMessage(f"the text is not UTF-8 ({error.reason}); write the message in UTF-8", at) from error
        since = _since(chunk, since, limits, line)
        line += chunk.count(b"\n")
        yield chunk
        chunk = source.read(CHUNK_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise BadMessage("the file ends in the middle of a character; fetch it again", line) from error


def _since(chunk: bytes, since: int, limits: Limits, line: int) -> int:
    """Bytes since the last ``<``; a chunk is shorter than the limit, so only runs across chunks can exceed it."""
    first = chunk.find(b"<")
    run = since + (len(chunk) if first < 0 else first)
    if run > limits.run_bytes:
        raise BadMessage(f"a tag or a text is longer than {limits.run_bytes} bytes; no message needs that", line)
    return run if first < 0 else len(chunk) - chunk.rfind(b"<")


def _head(source: BinaryIO, limits: Limits) -> bytes:
    """The first bytes, as far as the prolog may reach, without the byte order mark."""
    head = bytearray()
    while len(head) < limits.prolog_bytes:
        more = source.read(limits.prolog_bytes - len(head))
        if not more:
            break
        head += more
    if not head:
        raise BadMessage("the file is empty")
    for mark, name in _OTHER_BOMS.items():
        if head.startswith(mark):
            raise BadMessage(f"the file is {name}; write the message in UTF-8", 1)
    return bytes(head.removeprefix(_BOM))


def _prolog(head: bytes, limits: Limits) -> None:
    """Walk the declaration, comments and processing instructions up to the first element."""
    at = 0
    if head.startswith(b"<?xml") and head[5:6] in _SPACE:
        at = _end(head, b"?>", 5)
        _declaration(head[:at])
    while True:
        while head[at : at + 1] and head[at] in _SPACE:
            at += 1
        if head.startswith(b"<?", at):
            at = _end(head, b"?>", at)
        elif head.startswith(b"<!--", at):
            at = _end(head, b"-->", at + 4)
        elif head.startswith(b"<!", at):
            raise BadMessage(
                "there is a document type declaration, by which a file can make its reader do harm; leave it out",
                1 + head.count(b"\n", 0, at),
            )
        elif head.startswith(b"<", at):
            return
        elif at >= len(head):
            raise BadMessage(f"there is no element in the first {min(len(head), limits.prolog_bytes)} bytes")
        else:
            raise BadMessage("the file is not XML; it must begin with <", 1 + head.count(b"\n", 0, at))


def _end(head: bytes, mark: bytes, start: int) -> int:
    found = head.find(mark, start)
    if found < 0:
        raise BadMessage(f"a comment or instruction before the first element does not end in {len(head)} bytes", 1)
    return found + len(mark)


def _declaration(text: bytes) -> None:
    if not _VERSION.search(text):
        raise BadMessage("the XML declaration does not say version 1.0", 1)
    said = _ENCODING.search(text)
    if said is not None and said[1].upper() not in (b"UTF-8", b"UTF8", b"US-ASCII"):
        name = said[1].decode("ascii", "replace")[:40]
        raise BadMessage(f"the file says that it is {name!r}; write the message in UTF-8 and say so", 1)
