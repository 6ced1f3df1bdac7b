"""Public licences: what a listener's service may do under them, by SPDX id, and how they are recognised in tags.

Sources: the SPDX licence list (https://spdx.org/licenses/), the Creative Commons deeds and legal codes. Only what
decides about remixes is modelled: may it be changed, may it be used commercially, must changes carry the same licence,
must the author be named. Not legal advice; see ``docs/guides/rights-holder.md``.
"""

import re
from dataclasses import dataclass

PUBLIC_DOMAIN = "LicenseRef-public-domain"
DECLARED_OPEN = "LicenseRef-declared-open"


@dataclass(frozen=True, slots=True)
class Licence:
    """What a public licence says about changed versions."""

    id: str
    """SPDX id, or ``LicenseRef-…``."""
    name: str
    url: str | None
    derivatives: bool = True
    commercial: bool = True
    share_alike: bool = False
    attribution: bool = True


_CC_KINDS = ("BY", "BY-SA", "BY-NC", "BY-ND", "BY-NC-SA", "BY-NC-ND")
_CC_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_OTHERS = (
    Licence("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", attribution=False),
    Licence("CC-PDDC", "Public domain", "https://creativecommons.org/licenses/publicdomain/", attribution=False),
    Licence(PUBLIC_DOMAIN, "Public domain", None, attribution=False),
    Licence("MIT", "MIT licence", "https://spdx.org/licenses/MIT.html"),
    Licence("Zlib", "zlib licence", "https://spdx.org/licenses/Zlib.html"),
    Licence("ISC", "ISC licence", "https://spdx.org/licenses/ISC.html"),
    Licence("BSD-2-Clause", "BSD 2-clause licence", "https://spdx.org/licenses/BSD-2-Clause.html"),
    Licence("BSD-3-Clause", "BSD 3-clause licence", "https://spdx.org/licenses/BSD-3-Clause.html"),
    Licence("Artistic-2.0", "Artistic licence 2.0", "https://spdx.org/licenses/Artistic-2.0.html"),
    Licence("LAL-1.2", "Free Art licence 1.2", "https://artlibre.org/licence/lal/en/", share_alike=True),
    Licence("LAL-1.3", "Free Art licence 1.3", "https://artlibre.org/licence/lal/en/", share_alike=True),
    Licence("GPL-2.0-only", "GNU GPL 2", "https://www.gnu.org/licenses/old-licenses/gpl-2.0.html", share_alike=True),
    Licence(
        "GPL-2.0-or-later", "GNU GPL 2+", "https://www.gnu.org/licenses/old-licenses/gpl-2.0.html", share_alike=True
    ),
    Licence("GPL-3.0-only", "GNU GPL 3", "https://www.gnu.org/licenses/gpl-3.0.html", share_alike=True),
    Licence("GPL-3.0-or-later", "GNU GPL 3+", "https://www.gnu.org/licenses/gpl-3.0.html", share_alike=True),
    Licence(DECLARED_OPEN, "Open, as declared at ingest", None),
)
_CC_URL = re.compile(r"creativecommons\.org/licen[sc]es/(?P<kind>[a-z-]+)/(?P<version>\d\.\d)", re.IGNORECASE)
_CC_SHORT = re.compile(r"\bCC[ -]?(?P<kind>BY(?:[ -](?:NC|ND|SA))*)[ -]v?(?P<version>\d\.\d)", re.IGNORECASE)
_CC_LONG = re.compile(
    r"attribution(?P<rest>(?:[ -](?:non-?commercial|no-?deriv\w*|share-?alike))*)\b\D{0,30}(?P<version>\d\.\d)",
    re.IGNORECASE,
)


def licence(spdx_id: str) -> Licence | None:
    """The licence with this SPDX id (case does not matter), or None when it is not one that is known here.

    Examples
    --------
    >>> licence("cc-by-sa-3.0").share_alike
    True
    """
    wanted = spdx_id.strip().casefold()
    for known in _OTHERS:
        if known.id.casefold() == wanted:
            return known
    match = re.fullmatch(r"cc-(?P<kind>by(?:-nc)?(?:-nd|-sa)?)-(?P<version>\d\.\d)(?:-[a-z]{2,3})?", wanted)
    return _creative_commons(match["kind"], match["version"]) if match else None


def recognise(text: str) -> Licence | None:
    """Find a licence in what people write into tags: an SPDX id, a Creative Commons address or its usual names.

    Unknown wording gives None; it is never guessed to be open.

    Examples
    --------
    >>> recognise("Licensed to the public under http://creativecommons.org/licenses/by-nc-sa/3.0/ verify at …").id
    'CC-BY-NC-SA-3.0'
    """
    text = text.strip()[:2000]
    if found := licence(text):
        return found
    lowered = text.casefold()
    if "creativecommons.org/publicdomain/zero" in lowered or re.search(r"\bcc[ -]?0\b", lowered):
        return licence("CC0-1.0")
    if "creativecommons.org/publicdomain/mark" in lowered or lowered in ("public domain", "pd"):
        return licence(PUBLIC_DOMAIN)
    for pattern in (_CC_URL, _CC_SHORT):
        if match := pattern.search(text):
            return _creative_commons(match["kind"].replace(" ", "-"), match["version"])
    if match := _CC_LONG.search(text):
        rest = re.sub(r"[^a-z]", "", match["rest"].casefold())
        kind = "by" + "".join(
            part for word, part in (("noncommercial", "-nc"), ("noderiv", "-nd"), ("sharealike", "-sa")) if word in rest
        )
        return _creative_commons(kind, match["version"])
    return None


def _creative_commons(kind: str, version: str) -> Licence | None:
    parts = kind.upper().split("-")
    ordered = "-".join(part for part in ("BY", "NC", "ND", "SA") if part in parts)
    if ordered not in _CC_KINDS or version not in _CC_VERSIONS:
        return None
    return Licence(
        f"CC-{ordered}-{version}",
        f"CC {ordered} {version}",
        f"https://creativecommons.org/licenses/{ordered.lower()}/{version}/",
        derivatives="ND" not in parts,
        commercial="NC" not in parts,
        share_alike="SA" in parts,
    )
