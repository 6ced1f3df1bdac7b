"""Licences are recognised, never guessed."""

import pytest

from contrafact.kit.licences import licence, recognise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc-by-sa-3.0", "CC-BY-SA-3.0"),
        ("CC-BY 3.0", "CC-BY-3.0"),
        ("CC BY-NC-SA 2.5", "CC-BY-NC-SA-2.5"),
        ("CC BY NC ND 4.0", "CC-BY-NC-ND-4.0"),
        ("http://creativecommons.org/licenses/by-sa/3.0/", "CC-BY-SA-3.0"),
        (
            "Licensed to the public under http://creativecommons.org/licenses/by-nc-sa/3.0/ verify at …",
            "CC-BY-NC-SA-3.0",
        ),
        ("https://creativecommons.org/licenses/by-sa/2.0/de/", "CC-BY-SA-2.0"),
        ("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International", "CC-BY-NC-ND-4.0"),
        ("Attribution 3.0", "CC-BY-3.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("CC0", "CC0-1.0"),
        ("Public Domain", "LicenseRef-public-domain"),
        ("MIT", "MIT"),
        ("zlib", "Zlib"),
    ],
)
def test_what_people_write_is_recognised(text: str, expected: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "© 2020 Big Label",
        "All rights reserved",
        "free download!",
        "CC BY-XX 3.0",
        "CC-BY-9.9",
        "permitted",
        "\x00" * 9,
    ],
)
def test_everything_else_is_not_a_licence(text: str) -> None:
    assert recognise(text) is None


def test_what_the_parts_of_creative_commons_mean() -> None:
    everything = licence("CC-BY-NC-ND-4.0")
    assert everything is not None
    assert (everything.derivatives, everything.commercial, everything.share_alike) == (False, False, False)
    alike = licence("CC-BY-NC-SA-3.0")
    assert alike is not None
    assert (alike.derivatives, alike.commercial, alike.share_alike, alike.attribution) == (True, False, True, True)
    zero = licence("CC0-1.0")
    assert zero is not None
    assert not zero.attribution
