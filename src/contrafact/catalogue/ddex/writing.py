"""Write a message: what was read goes out as it came, what was built goes out in the order of the schema."""

from lxml import etree

from contrafact.catalogue.ddex.codec import encode, lay_out, put_back
from contrafact.catalogue.ddex.shape import Element, Unknown
from contrafact.catalogue.ddex.values import NAMESPACES, Message


def write_message(message: Message) -> bytes:
    """The message as UTF-8 XML, indented; the same value gives the same bytes.

    Raises
    ------
    BadMessage
        When a value cannot be written as XML.
    """
    version = message.envelope.version
    namespace = next(name for name, known in NAMESPACES.items() if known == version)
    root = etree.Element(f"{{{namespace}}}NewReleaseMessage", nsmap={"ern": namespace})
    told = {
        "ReleaseProfileVersionId": message.envelope.profile,
        "ReleaseProfileVariantVersionId": message.envelope.variant,
        "AvsVersionId": message.envelope.avs_version,
        "LanguageAndScriptCode": message.envelope.language,
    }
    for name, value in told.items():
        if value is not None:
            root.set(name, value)
    put_back(root, message.envelope.unknown)
    root.append(encode(message.header, "MessageHeader", version))
    lists: dict[str, tuple[Element, ...]] = {
        "PartyList": message.parties,
        "ResourceList": message.resources,
        "ReleaseList": message.releases,
        "DealList": message.deals,
    }
    for name, values in lists.items():
        kept = _kept(message.unknown, f"/{name}")
        if values or kept or name != "DealList":
            node = etree.SubElement(root, name)
            node.extend([encode(value, type(value).__name__, version) for value in values])
            put_back(node, kept)
    put_back(root, _kept(message.unknown, ""))
    lay_out(root, "\n")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _kept(unknown: tuple[Unknown, ...], parent: str) -> tuple[Unknown, ...]:
    return tuple(part for part in unknown if part.path.rpartition("/")[0] == f"/ern:NewReleaseMessage{parent}")
