"""Names of a module that are imported when they are first asked for: a command pays for what it uses."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazily(module: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module that tells what a slice can do (PEP 562).

    Parameters
    ----------
    module : str
        Its ``__name__``.
    homes : mapping of str to str
        Each name to the module that it is imported from.

    Examples
    --------
    >>> find = lazily("here", {"gcd": "math"})
    >>> find("gcd")(12, 8)
    4
    """

    def find(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return getattr(importlib.import_module(home), name)

    return find


def homes_of(modules: Mapping[str, str]) -> dict[str, str]:
    """Each of the names that stand, with spaces between, behind a module; to the module.

    Examples
    --------
    >>> homes_of({"math": "gcd lcm"})
    {'gcd': 'math', 'lcm': 'math'}
    """
    return {name: module for module, names in modules.items() for name in names.split()}
