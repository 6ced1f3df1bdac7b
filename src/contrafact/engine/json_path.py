"""Where something stands in a document, in the words of whoever wrote it."""

from collections.abc import Sequence


def json_path(location: Sequence[int | str]) -> str:
    """A place in a JSON or TOML document as people write it.

    Parameters
    ----------
    location : sequence of int or str
        Keys and positions (from 0) from the outside in, as Pydantic's ``loc``; empty for the document itself.

    Returns
    -------
    str
        Empty for the document itself.

    Examples
    --------
    >>> json_path(("form", "order", 3, "section"))
    'form.order[3].section'
    >>> json_path((2, "share"))
    '[2].share'
    """
    text = ""
    for item in location:
        text += f"[{item}]" if isinstance(item, int) else f".{item}" if text else item
    return text
