"""Words of Cedar's language, and values as it has them: whole numbers, sets of strings."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def place_and_time(item: Any) -> str:
    """The condition that something with territories and a window holds there and then."""
    found = []
    if "Worldwide" not in item.territories.include:
        found.append(contains(item.territories.include, "principal.territory"))
    if item.territories.exclude:
        found.append(f"!{set_of(item.territories.exclude)}.contains(principal.territory)")
    if getattr(item, "valid_from", None) is not None:
        found.append(f"principal.at >= {micros(item.valid_from)}")
    if item.valid_to is not None:
        found.append(f"principal.at < {micros(item.valid_to)}")
    return every_of(found)


def every_of(parts: Iterable[str]) -> str:
    kept = [part for part in parts if part != "true"]
    return f"({' && '.join(kept)})" if kept else "true"


def one_of(parts: Iterable[str]) -> str:
    kept = [part for part in parts if part != "false"]
    if "true" in kept:
        return "true"
    return f"({' || '.join(kept)})" if kept else "false"


def set_of(items: Iterable[str]) -> str:
    return f"[{', '.join(json.dumps(item, ensure_ascii=False) for item in sorted(items))}]"


def contains(items: Iterable[str], what: str) -> str:
    found = sorted(items)
    return f"{set_of(found)}.contains({what})" if found else "false"


def plain(name: str) -> str:
    """A name without regard to case, spacing and Unicode form."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def billionths(value: float | None) -> int:
    """Cedar has whole numbers: measures are compared to nine decimals."""
    return round((value or 0.0) * 10**9)


def cohort(salt: str, user_id: str) -> int:
    return int(hashlib.sha256(f"{salt}:{user_id}".encode()).hexdigest(), 16) % 10_000


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
