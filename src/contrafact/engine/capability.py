"""What the installed engine can do at all, whoever is allowed to have it done.

"Not allowed" and "not possible here" are different answers; this is the second one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, get_args

from contrafact.engine.recipe.recipe import Operation

_PLAYED: Final = ("general-midi-soundfont", "sonic-pi-samples")
NEEDS: Final[Mapping[Operation, tuple[str, ...]]] = MappingProxyType(
    {
        "style": _PLAYED,
        "arrangement": _PLAYED,
        "cover": _PLAYED,
        "tempo_pitch": (),
        "mashup": (),
        "stems_use": (),
        "vocal_interpretation": (),
        "derive_again": (),
        "download": (),
        "share_in_app": (),
        "export": (),
    }
)
"""What the engine performs or the service does with a take, and the assets that it plays from."""
_NEVER: Final[Mapping[Operation, str]] = MappingProxyType(
    {
        "lyrics_change": "No singer is installed here that could sing other words.",
        "translate": "No singer is installed here that could sing in another language.",
        "voice_clone": "No voice is imitated here: the engine changes the recorded voice and makes no other.",
        "train": "No model is trained here.",
    }
)


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether an operation is possible here; ``sentence`` says why not, for listeners and owners."""

    operation: Operation
    possible: bool
    sentence: str | None = None


def capability(operation: Operation, assets_here: Collection[str]) -> Capability:
    """Whether the engine can perform an operation with what is installed.

    Parameters
    ----------
    operation : Operation
    assets_here : collection of str
        Names of the assets that have been fetched.
    """
    needs = NEEDS.get(operation)
    if needs is None:
        return Capability(operation, False, _NEVER[operation])
    missing = [name for name in needs if name not in assets_here]
    if missing:
        what = " and ".join(missing)
        return Capability(operation, False, f"The sounds for it are not installed here ({what}).")
    return Capability(operation, True)


def capabilities(assets_here: Collection[str]) -> tuple[Capability, ...]:
    """All operations in their usual order."""
    return tuple(capability(operation, assets_here) for operation in get_args(Operation))
