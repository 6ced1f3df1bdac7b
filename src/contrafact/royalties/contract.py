"""A contract: what a use costs and how that is split, as exact, versioned data."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Any, Literal

from contrafact.royalties.errors import BadContract
from contrafact.royalties.schemas import Kind

SplitName = Literal["generation", "play", "own_play"]
SPLIT_NAMES: tuple[SplitName, ...] = ("generation", "play", "own_play")
_FRACTION = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?", re.ASCII)
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Split:
    """What becomes of a fee; sums to 1."""

    platform: Fraction
    engine: Fraction
    remixer: Fraction
    rights: Fraction


@dataclass(frozen=True, slots=True)
class PlayRules:
    """When a listening is a play, and how many plays a day are paid."""

    counted_after_ms: int
    whole_take_tolerance_ms: int
    first_report_grace_ms: int
    per_user_remix_day: int
    per_user_day: int


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of a contract."""

    name: str
    version: int
    currency: str
    fees_micros: Mapping[Kind, int]
    splits: Mapping[SplitName, Split]
    master: Fraction
    """Of what the rights get, the part of the recording's owners and performers; the rest is the work's."""
    work: Fraction
    plays: PlayRules

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"


def load_contract(contract_id: str = "default@1") -> Contract:
    """A packaged contract by its id (``name@version``).

    Raises
    ------
    BadContract
        When there is none, or its data do not make sense.
    """
    name, _, version = contract_id.partition("@")
    if not _SLUG.fullmatch(name) or not version.isascii() or not version.isdigit():
        raise BadContract(f"“{contract_id[:60]}” is not the name of a contract; one looks like default@1.")
    file = resources.files("contrafact.royalties") / "contracts" / f"{name}-{int(version)}.toml"
    if not file.is_file():
        raise BadContract(f"There is no contract {contract_id} in this version of Contrafact: install a newer one.")
    contract = parse_contract(file.read_text("utf-8"))
    if contract.id != f"{name}@{int(version)}":
        raise BadContract(f"The contract file of {contract_id} calls itself {contract.id}.")
    return contract


def parse_contract(toml: str) -> Contract:
    """A contract from its TOML text.

    Raises
    ------
    BadContract
        When something is missing, not exact, or does not sum to one.
    """
    try:
        data = tomllib.loads(toml)
        fees: dict[Kind, int] = {
            "generation": _positive(data["fees_micros"], "generation"),
            "play": _positive(data["fees_micros"], "play"),
        }
        plays = data["plays"]
        contract = Contract(
            name=str(data["name"]),
            version=_positive(data, "version"),
            currency=str(data["currency"]),
            fees_micros=fees,
            splits={name: _split(data["splits"][name], name) for name in SPLIT_NAMES},
            master=_fraction(data["rights"], "master"),
            work=_fraction(data["rights"], "work"),
            plays=PlayRules(
                counted_after_ms=_positive(plays, "counted_after_s") * 1000,
                whole_take_tolerance_ms=_positive(plays, "whole_take_tolerance_ms"),
                first_report_grace_ms=_positive(plays, "first_report_grace_s") * 1000,
                per_user_remix_day=_positive(plays, "per_user_remix_day"),
                per_user_day=_positive(plays, "per_user_day"),
            ),
        )
    except tomllib.TOMLDecodeError as error:
        raise BadContract(f"The contract is not TOML: {error}.") from error
    except (KeyError, TypeError) as error:
        raise BadContract(f"The contract lacks {error}: add it.") from error
    if not _CURRENCY.fullmatch(contract.currency):
        raise BadContract("The contract's currency must be three capital letters of ISO 4217.")
    if not _SLUG.fullmatch(contract.name):
        raise BadContract("The contract's name must be lower-case letters, digits and dashes.")
    if contract.master + contract.work != 1:
        raise BadContract(f"The shares of master and work sum to {contract.master + contract.work}, not to 1.")
    return contract


def _split(data: Mapping[str, Any], name: str) -> Split:
    split = Split(*(_fraction(data, key) for key in ("platform", "engine", "remixer", "rights")))
    total = split.platform + split.engine + split.remixer + split.rights
    if total != 1:
        raise BadContract(f"The shares of the split “{name}” sum to {total}, not to 1.")
    return split


def _fraction(data: Mapping[str, Any], key: str) -> Fraction:
    value = data[key]
    if not isinstance(value, str) or not _FRACTION.fullmatch(value):
        raise BadContract(f'“{key}” must be an exact fraction in quotes, such as "3/5".')
    return Fraction(value)


def _positive(data: Mapping[str, Any], key: str) -> int:
    value = data[key]
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 10**12:
        raise BadContract(f"“{key}” must be a whole number of at least 1.")
    return value
