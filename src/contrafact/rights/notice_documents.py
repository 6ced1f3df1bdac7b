"""What a notice and a counter-notice must say, and what is missing in one that came.

Fields follow 17 U.S.C. § 512(c)(3)(A) (notice), § 512(g)(3) (counter-notice) and Regulation (EU) 2022/2065 (Digital
Services Act), art. 16(2). Every field may be missing, so that an incomplete notice can be kept and answered with what
it lacks; what is there is read strictly.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from contrafact.rights.exact import Value, since

Concern = Literal["release", "remix", "recording", "work"]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MAIL = re.compile(r"[^@\s]{1,128}@[^@\s.]{1,128}(\.[^@\s.]{1,64}){1,6}")
_IDS: Final[dict[str, Concern]] = {"rls": "release", "rmx": "remix", "rec": "recording", "wrk": "work"}
_ID = re.compile(r"\b(rls|rmx|rec|wrk)_[a-z2-7]{26}\b")


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters do not belong into a notice; take them out")
    return text.strip()


Line = Annotated[str, Field(max_length=300), AfterValidator(_plain)]
Paragraph = Annotated[str, Field(max_length=5_000), AfterValidator(_plain)]


class Claimant(Value):
    """Who serves the notice, and for whom."""

    name: Line = ""
    organisation: Line = since("")
    address: Paragraph = since("")
    email: Line = ""
    phone: Line = since("")
    on_behalf_of: Line = since("")
    """The holder of the right, where that is somebody else."""


class NoticeDocument(Value):
    """A notice as it is served."""

    basis: Literal["copyright", "voice", "personality", "trademark", "other"] = "copyright"
    claimant: Claimant = Claimant()
    work: Paragraph = ""
    """The work that is infringed, or for a voice whose it is; several may be listed."""
    location: Line = ""
    """Where it is: an address here, or the id of a release, a remix, a recording or a work."""
    explanation: Paragraph = ""
    """Why it is against the law."""
    good_faith: bool = False
    """That whoever serves it believes in good faith that the use is not authorised."""
    accuracy: bool = False
    """That it is accurate and, under penalty of perjury, that the sender may act for the holder of the right."""
    signature: Line = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = since("en")


class CounterNotice(Value):
    """What a user answers to a takedown."""

    name: Line = ""
    address: Paragraph = ""
    email: Line = ""
    statement: Paragraph = ""
    """Why it was a mistake or a misidentification."""
    good_faith: bool = False
    """Under penalty of perjury."""
    jurisdiction: bool = False
    """That the user accepts the court of the own address and service of process by whoever served the notice."""
    signature: Line = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a document must say and does not."""

    field: str
    """JSON path."""
    sentence: str
    rule: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a notice is about."""

    kind: Concern
    id: str


def target_of(location: str) -> Target | None:
    """The id that stands in a location; the first when there are several, None when there is none."""
    found = _ID.search(location)
    return None if found is None else Target(_IDS[found.group(1)], found.group(0))


def missing_in(document: NoticeDocument) -> tuple[Missing, ...]:
    """What a notice lacks; nothing when it is complete."""
    return tuple(_missing_in_notice(document))


def missing_in_counter(document: CounterNotice) -> tuple[Missing, ...]:
    """What a counter-notice lacks; nothing when it is complete."""
    return tuple(_missing_in_counter(document))


def _missing_in_notice(document: NoticeDocument) -> Iterator[Missing]:
    sender = document.claimant
    if not sender.name:
        yield Missing("claimant.name", "Say who you are.", "DSA 16(2)(c); 512(c)(3)(A)(iv)")
    if not _MAIL.fullmatch(sender.email):
        yield Missing("claimant.email", "Give an e-mail address that works.", "DSA 16(2)(c); 512(c)(3)(A)(iv)")
    if not document.work:
        yield Missing("work", "Name the work that is used (or whose voice it is).", "512(c)(3)(A)(ii)")
    if target_of(document.location) is None:
        text = "Say where it is: copy the address of the page, or its id (rls_…, rmx_…, rec_…, wrk_…)."
        yield Missing("location", text, "DSA 16(2)(b); 512(c)(3)(A)(iii)")
    if not document.explanation:
        yield Missing("explanation", "Explain why this use is against the law.", "DSA 16(2)(a)")
    if not document.good_faith:
        text = "State that you believe in good faith that the use is not authorised and that what you say is true."
        yield Missing("good_faith", text, "DSA 16(2)(d); 512(c)(3)(A)(v)")
    if not document.accuracy:
        text = "State that the notice is accurate and, under penalty of perjury, that you may act for the holder."
        yield Missing("accuracy", text, "512(c)(3)(A)(vi)")
    if not document.signature:
        yield Missing("signature", "Sign it: write your full name.", "512(c)(3)(A)(i)")


def _missing_in_counter(document: CounterNotice) -> Iterator[Missing]:
    if not document.name:
        yield Missing("name", "Say who you are.", "512(g)(3)(D)")
    if not document.address:
        yield Missing("address", "Give your address.", "512(g)(3)(D)")
    if not _MAIL.fullmatch(document.email):
        yield Missing("email", "Give an e-mail address that works.", "512(g)(3)(D)")
    if not document.statement:
        yield Missing("statement", "Explain why it was taken down by mistake.", "512(g)(3)(C)")
    if not document.good_faith:
        text = "State under penalty of perjury that you believe in good faith that it was a mistake."
        yield Missing("good_faith", text, "512(g)(3)(C)")
    if not document.jurisdiction:
        text = "Accept the court of your address, and to be served by whoever sent the notice."
        yield Missing("jurisdiction", text, "512(g)(3)(D)")
    if not document.signature:
        yield Missing("signature", "Sign it: write your full name.", "512(g)(3)(A)")
