"""Ready-made terms: ``none``, ``mine`` and ``open``.

No preset grants ``train`` or ``voice_clone``, and no public licence grants anything of a performer's voice: those need
a grant of their own by whom it concerns. ``mine`` agrees to another rendering of the vocal performance for the master,
the work and the voice of a singer who holds the song; a singer who holds no part of it has to agree too.
"""

from typing import Literal, get_args

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.licences import DECLARED_OPEN, Licence, licence
from contrafact.rights.values import DISTRIBUTION_OPERATIONS, VOICE_OPERATIONS, Allowed, Authority, Terms

Preset = Literal["none", "mine", "open"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
NEVER_PRESET: frozenset[Operation] = frozenset({"train", "voice_clone"})
ALL_OPERATIONS: tuple[Operation, ...] = get_args(Operation)


def preset_terms(preset: Preset, licence_id: str | None, attribution: str) -> tuple[Terms, Authority] | None:
    """The terms of a preset, and with what authority they are given; None for ``none``.

    Parameters
    ----------
    preset : Preset
    licence_id : str or None
        The recording's public licence (SPDX id), for ``open``. When it is None, ``open`` means that the person who
        ingests declares the recording open to changes with credit (``LicenseRef-declared-open``); the grant then keeps
        the authority ``declared``, so that it can be told from a published licence for ever.
    attribution : str
        The credit that is due when the licence demands one.

    Raises
    ------
    ValueError
        When ``open`` comes with a licence that is not known here.
    """
    if preset == "none":
        return None
    if preset == "mine":
        allowed = tuple(Allowed(operation=item) for item in ALL_OPERATIONS if item not in NEVER_PRESET)
        return Terms(operations=allowed, attribution=attribution), "owner"
    known = licence(licence_id or DECLARED_OPEN)
    if known is None:
        raise ValueError(
            f"the licence {licence_id!r} is not known; name an SPDX id such as CC-BY-4.0, or use the preset 'mine'"
        )
    return licence_terms(known, attribution), "declared" if known.id == DECLARED_OPEN else "licence"


def licence_terms(known: Licence, attribution: str) -> Terms:
    """What a public licence grants: no changed versions under ND, no paid tier under NC, the same licence under SA."""
    excluded = NEVER_PRESET | VOICE_OPERATIONS
    operations = [
        item
        for item in ALL_OPERATIONS
        if item not in excluded and (known.derivatives or item in DISTRIBUTION_OPERATIONS)
    ]
    return Terms(
        operations=tuple(Allowed(operation=item) for item in operations),
        licence_id=known.id,
        non_commercial=not known.commercial,
        share_alike=known.share_alike,
        attribution=attribution if known.attribution else None,
    )
