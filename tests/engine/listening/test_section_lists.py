"""Sections and moments as people write them down."""

import pytest

from contrafact.engine.listening.corrections import BadCorrections, parse_sections, parse_time


def test_a_list_has_a_section_a_line() -> None:
    found = parse_sections("# my song\n0 intro\n\n12.5 Verse A  # sung\n1:02.25\tchorus\tB\n")
    assert [(item.start_s, item.label, item.letter) for item in found] == [
        (0.0, "intro", None),
        (12.5, "verse", "A"),
        (62.25, "chorus", "B"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has 0 sections"),
        ("# nothing", "has 0 sections"),
        ("0 intro\nsoon verse", "line 2: 'soon verse' is no section"),
        ("0 intro A B", "is no section"),
        ("0", "is no section"),
        ("-1 intro", "is no section"),
        ("nan intro", "is no section"),
        ("0 refrain", "line 1: label"),
        ("0 intro <b>", "line 1: letter"),
        ("99999:0 intro", "is no section"),
        ("9999:0 intro", "line 1: start_s"),
        ("\n".join(f"{number} verse" for number in range(1001)), "1001 sections"),
    ],
)
def test_what_is_no_list_is_said(text: str, sentence: str) -> None:
    with pytest.raises(BadCorrections, match=sentence):
        parse_sections(text)


def test_a_moment_is_seconds_or_minutes_and_seconds() -> None:
    assert parse_time("0.35", "it") == 0.35
    assert parse_time(" 1:35.2 ", "it") == pytest.approx(95.2)
    for text in ("", "nan", "inf", "-1", "1e3", "1:2:3", "99999:00", "9" * 500):
        with pytest.raises(BadCorrections, match=r"it .* is not a time"):
            parse_time(text, "it")
