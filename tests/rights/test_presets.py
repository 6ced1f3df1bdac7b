"""What the presets grant, and what none of them ever does."""

from typing import get_args

import pytest

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.licences import licence
from contrafact.rights.presets import ALL_OPERATIONS, NEVER_PRESET, licence_terms, preset_terms
from contrafact.rights.values import DISTRIBUTION_OPERATIONS, VOICE_OPERATIONS, Terms

REMIXING: frozenset[Operation] = frozenset({"style", "arrangement", "tempo_pitch", "stems_use", "mashup", "cover"})


def _granted(terms: Terms) -> frozenset[Operation]:
    return frozenset(item.operation for item in terms.operations)


def _licensed(licence_id: str) -> Terms:
    known = licence(licence_id)
    assert known is not None
    return licence_terms(known, "credit")


def test_none_gives_nothing() -> None:
    assert preset_terms("none", "CC0-1.0", "credit") is None


@pytest.mark.parametrize("licence_id", ["CC0-1.0", "CC-BY-4.0", "MIT", "LicenseRef-public-domain", None])
def test_no_preset_trains_or_clones_or_speaks_for_a_performer(licence_id: str | None) -> None:
    opened, mine = preset_terms("open", licence_id, "credit"), preset_terms("mine", None, "credit")
    assert opened is not None
    assert mine is not None
    assert not _granted(opened[0]) & (NEVER_PRESET | VOICE_OPERATIONS)
    assert not _granted(mine[0]) & NEVER_PRESET
    assert _granted(opened[0]) >= REMIXING
    assert _granted(mine[0]) == frozenset(get_args(Operation)) - NEVER_PRESET


def test_no_derivatives_leaves_only_the_handing_on() -> None:
    assert _granted(_licensed("CC-BY-ND-4.0")) == DISTRIBUTION_OPERATIONS


def test_what_the_licences_oblige_to() -> None:
    by, nc, sa, zero = (_licensed(name) for name in ("CC-BY-3.0", "CC-BY-NC-4.0", "CC-BY-SA-3.0", "CC0-1.0"))
    assert (by.attribution, by.share_alike, by.non_commercial) == ("credit", False, False)
    assert nc.non_commercial
    assert sa.share_alike
    assert zero.attribution is None


def test_open_without_a_licence_is_the_ingesters_word_and_stays_known_as_such() -> None:
    declared, licensed = preset_terms("open", None, "credit"), preset_terms("open", "CC-BY-4.0", "credit")
    assert declared is not None
    assert licensed is not None
    assert (declared[1], declared[0].licence_id) == ("declared", "LicenseRef-declared-open")
    assert declared[0].attribution == "credit"
    assert licensed[1] == "licence"


def test_an_unknown_licence_is_not_open() -> None:
    with pytest.raises(ValueError, match="not known"):
        preset_terms("open", "LicenseRef-house", "credit")


def test_every_operation_is_thought_of() -> None:
    assert set(ALL_OPERATIONS) == REMIXING | DISTRIBUTION_OPERATIONS | VOICE_OPERATIONS | {
        "lyrics_change",
        "translate",
        "derive_again",
        "train",
    }
