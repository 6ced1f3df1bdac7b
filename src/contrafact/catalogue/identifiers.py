"""Identifiers of recordings, works, parties and releases: checked and brought into one form, in one place.

Where `python-stdnum` knows a scheme, it checks it; ISWC (ISO 15707) and IPI have their own check digits here. What each
scheme promises to find:

========  ==========================  ==========================================
ISRC      none                        no check digit: only the form is checked
ISWC      weighted sum modulo 10      nearly every wrong digit [#iswc]_
ISNI      MOD 11-2 (ISO 7064)         every wrong digit, every swap of neighbours
IPI       weighted sum modulo 101     every wrong digit
DPID      MOD 37,36 (ISO 7064)        every wrong character
GRid      MOD 37,36 (ISO 7064)        every wrong character
ICPN      EAN/UPC modulo 10           every wrong digit
========  ==========================  ==========================================

.. [#iswc] the weights 2, 4, 5, 6 and 8 share a factor with 10, so that some errors of 5 (or, at the fifth digit, of an
   even amount) are not found.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from stdnum import ean
from stdnum import isni as _isni
from stdnum import isrc as _isrc
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.iso7064 import mod_37_36

from contrafact.catalogue.errors import BadIdentifier

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_ISWC = re.compile(r"T[0-9]{10}")
_DPID = re.compile(r"PADPIDA[0-9A-Z]{10}[0-9A-Z]")
_GRID = re.compile(r"A1[0-9A-Z]{15}[0-9A-Z]")
_LONGEST = 60
"""No identifier is written longer, with all its dashes; what is longer is not even looked at."""


def isrc(text: str) -> str:
    """The ISRC (ISO 3901) in its twelve-character form.

    The prefix is not compared with a list of agencies: new ones are given out, and an old list would refuse them.

    Raises
    ------
    BadIdentifier
        When it is not one.

    Examples
    --------
    >>> isrc("se-abc-26-00001")
    'SEABC2600001'
    """
    found = _isrc.compact(_plain(text)).removeprefix("ISRC")
    if not _ISRC.fullmatch(found):
        raise BadIdentifier(
            f"{_told(text)} is not an ISRC; it has two letters, three letters or digits and seven digits"
        )
    return found


def iswc(text: str) -> str:
    """The ISWC as T and ten digits, its check digit verified (ISO 15707).

    Raises
    ------
    BadIdentifier
        When it is not one or a digit is wrong.

    Examples
    --------
    >>> iswc("T-034.524.680-1")
    'T0345246801'
    """
    found = re.sub(r"[\s.-]", "", _plain(text)).upper().removeprefix("ISWC")
    if not _ISWC.fullmatch(found):
        raise BadIdentifier(f"{_told(text)} is not an ISWC; it has a T and ten digits")
    digits = [int(digit) for digit in found[1:]]
    check = (10 - (1 + sum(place * digit for place, digit in enumerate(digits[:9], start=1))) % 10) % 10
    if check != digits[9]:
        raise BadIdentifier(f"the ISWC {_told(text)} has a wrong check digit; look it up again")
    return found


def isni(text: str) -> str:
    """The ISNI (ISO 27729) as sixteen characters.

    Raises
    ------
    BadIdentifier
        When it is not one or a digit is wrong.

    Examples
    --------
    >>> isni("0000 0001 2281 955X")
    '000000012281955X'
    """
    found = _isni.compact(_plain(text)).removeprefix("ISNI").removeprefix(":")
    if not re.fullmatch(r"[0-9]{15}[0-9X]", found) or not found.strip("0"):
        raise BadIdentifier(f"{_told(text)} is not an ISNI; it has fifteen digits and a digit or X")
    try:
        return str(_isni.validate(found))
    except ValidationError as error:
        raise BadIdentifier(f"the ISNI {_told(text)} has a wrong check digit; look it up again") from error


def ipi(text: str) -> str:
    """The IPI name number as eleven digits; leading zeros may be left out.

    Its last two digits are 101 less the remainder by 101 of the nine before them, weighted 10 to 2, or 00.

    Raises
    ------
    BadIdentifier
        When it is not one or a digit is wrong.

    Examples
    --------
    >>> ipi("14107338")
    '00014107338'
    """
    found = re.sub(r"[\s.-]", "", _plain(text)).upper().removeprefix("IPI").removeprefix(":")
    if not re.fullmatch(r"[0-9]{3,11}", found):
        raise BadIdentifier(f"{_told(text)} is not an IPI name number; it has up to eleven digits")
    found = found.zfill(11)
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), found[:9], strict=True)) % 101
    if (101 - total) % 101 % 100 != int(found[9:]) or found == "0" * 11:
        raise BadIdentifier(f"the IPI name number {_told(text)} has a wrong check digit; look it up again")
    return found


def dpid(text: str) -> str:
    """The DDEX party identifier as eighteen characters, ``PADPIDA`` and ten more with a check character.

    Raises
    ------
    BadIdentifier
        When it is not one or a character is wrong.

    Examples
    --------
    >>> dpid("PA-DPIDA-2013020802-I")
    'PADPIDA2013020802I'
    """
    found = re.sub(r"[\s-]", "", _plain(text)).upper()
    if not _DPID.fullmatch(found):
        raise BadIdentifier(f"{_told(text)} is not a DPID; it has PADPIDA, ten letters or digits and a check character")
    return _checked_37_36(found, "DPID", text)


def grid(text: str) -> str:
    """The GRid of a release as eighteen characters.

    Raises
    ------
    BadIdentifier
        When it is not one or a character is wrong.

    Examples
    --------
    >>> grid("A1-2425G-ABC1234002-M")
    'A12425GABC1234002M'
    """
    found = re.sub(r"[\s-]", "", _plain(text)).upper().removeprefix("GRID").removeprefix(":")
    if not _GRID.fullmatch(found):
        raise BadIdentifier(f"{_told(text)} is not a GRid; it has A1, fifteen letters or digits and a check character")
    return _checked_37_36(found, "GRid", text)


def icpn(text: str) -> str:
    """The product number of a release (EAN-13, or UPC-A of twelve digits), as it stands there; zeros alone are none.

    Raises
    ------
    BadIdentifier
        When it is not one or a digit is wrong.

    Examples
    --------
    >>> icpn("0 602435 867229")
    '0602435867229'
    """
    found = ean.compact(_plain(text))
    if not re.fullmatch(r"[0-9]{12,14}", found) or not found.strip("0"):
        raise BadIdentifier(f"{_told(text)} is not a product number; an EAN has thirteen digits and a UPC twelve")
    try:
        return str(ean.validate(found))
    except ValidationError as error:
        raise BadIdentifier(f"the product number {_told(text)} has a wrong check digit; look it up again") from error


def _checked_37_36(found: str, scheme: str, text: str) -> str:
    try:
        return str(mod_37_36.validate(found))
    except (InvalidChecksum, ValidationError) as error:
        raise BadIdentifier(f"the {scheme} {_told(text)} has a wrong check character; look it up again") from error


def _plain(text: str) -> str:
    """Only what an identifier can be written with: digits of other scripts are not digits here."""
    return text.strip() if len(text) <= _LONGEST and text.isascii() else ""


def _told(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")


Scheme = Literal["isrc", "reference", "iswc", "isni", "ipi", "dpid"]
"""What the catalogue keeps of recordings, works and parties; a ``reference`` is the deliverer's own name."""
CHECKS: Final[Mapping[str, Callable[[str], str]]] = {"isrc": isrc, "iswc": iswc, "isni": isni, "ipi": ipi, "dpid": dpid}
