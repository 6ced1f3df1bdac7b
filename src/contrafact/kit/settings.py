"""What an operator chooses by environment variables."""

import os
from collections.abc import Mapping

DEFAULT_SEPARATOR = "spleeter"


def separator_name(environ: Mapping[str, str] | None = None) -> str:
    """Which separator takes recordings apart: ``CONTRAFACT_SEPARATOR``, else the one that anybody may use."""
    env = os.environ if environ is None else environ
    return env.get("CONTRAFACT_SEPARATOR", "").strip() or DEFAULT_SEPARATOR
