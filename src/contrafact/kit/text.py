"""Text from files and people, made fit for one line of a page, a report or a message."""

import unicodedata


def one_line(text: str) -> str:
    """The visible part of a text, with one space for every run of whitespace and none around it.

    Control characters, direction overrides and everything else of the category C go, for they let a name pretend to be
    another, or a terminal do what it was not asked to.

    Examples
    --------
    >>> one_line(" a\\n\\tb\\x00\\u202ec ")
    'a bc'
    """
    visible = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(visible).split())


def shortened(text: str, most: int) -> str:
    """A text of at most ``most`` characters, the last of them an ellipsis where it was longer.

    Examples
    --------
    >>> shortened("vocals", 6), shortened("vocals", 4)
    ('vocals', 'voc…')
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def no_formula(cell: str) -> str:
    """A cell of a table that no spreadsheet takes for a formula: an apostrophe goes before what would begin one.

    Examples
    --------
    >>> no_formula("=1+1"), no_formula("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
