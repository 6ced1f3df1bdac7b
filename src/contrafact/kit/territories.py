"""Territories: ISO 3166-1 alpha-2 codes, and ``Worldwide`` with exclusions."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

WORLDWIDE = "Worldwide"
# ISO 3166-1 alpha-2, officially assigned codes (2024).
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())


def country(code: str) -> str:
    """The upper-case ISO 3166-1 alpha-2 code.

    Raises
    ------
    ValueError
        When there is no such country code.
    """
    if code in COUNTRIES:
        return code
    found = code.strip().upper()
    if found not in COUNTRIES:
        raise ValueError(f"{code!r} is not a country code of ISO 3166; use two letters such as DE or JP")
    return found


def _area(code: str) -> str:
    if code == WORLDWIDE or code in COUNTRIES:
        return code
    return WORLDWIDE if code.strip().casefold() == WORLDWIDE.casefold() else country(code)


Country = Annotated[str, AfterValidator(country)]
Area = Annotated[str, AfterValidator(_area)]


class Territories(BaseModel):
    """A place in the world: every country of ``include`` except those of ``exclude``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    include: tuple[Area, ...] = (WORLDWIDE,)
    exclude: tuple[Country, ...] = ()

    def covers(self, code: str) -> bool:
        """Whether the country lies inside; ``code`` is an upper-case ISO 3166-1 alpha-2 code."""
        return code not in self.exclude and (WORLDWIDE in self.include or code in self.include)

    def countries(self) -> frozenset[str]:
        """All countries inside, as codes."""
        inside = COUNTRIES if WORLDWIDE in self.include else frozenset(self.include)
        return inside.difference(self.exclude)

    @classmethod
    def of(cls, countries: Iterable[str]) -> "Territories":
        """The shortest way to write a set of countries: named one by one, or the world without the others.

        Examples
        --------
        >>> str(Territories.of(COUNTRIES - {"JP"}))
        'Worldwide - {JP}'
        """
        inside = frozenset(country(code) for code in countries)
        if 2 * len(inside) > len(COUNTRIES):
            return cls(exclude=tuple(sorted(COUNTRIES - inside)))
        return cls(include=tuple(sorted(inside)))

    def __str__(self) -> str:
        text = WORLDWIDE if WORLDWIDE in self.include else " ".join(sorted(self.include)) or "nowhere"
        return f"{text} - {{{', '.join(sorted(self.exclude))}}}" if self.exclude else text
