"""Which separators there are, and which takes a recording apart when nobody says."""

import pytest

from contrafact.engine.errors import BadInput
from contrafact.engine.separation.separators import DEFAULT_SEPARATOR, SEPARATORS, require_separator
from contrafact.kit import settings


def test_the_engine_and_the_operators_settings_mean_the_same_default() -> None:
    assert settings.DEFAULT_SEPARATOR == DEFAULT_SEPARATOR
    assert DEFAULT_SEPARATOR in SEPARATORS


def test_the_default_needs_no_licence_to_be_accepted() -> None:
    assert DEFAULT_SEPARATOR != "demucs"


def test_all_are_named_to_who_asks_for_another() -> None:
    for name in SEPARATORS:
        require_separator(name)
    with pytest.raises(BadInput, match="name contrafact, demucs or spleeter"):
        require_separator("Contrafact")
