"""People, their plans, and the demo listener."""

import unicodedata

from sqlalchemy.orm import Session

from contrafact.accounts import store
from contrafact.accounts.errors import AmbiguousUser, BadUser, UnknownUser
from contrafact.accounts.quotas import quota_for, require_slot
from contrafact.accounts.schemas import DEMO_NAME, DEMO_TIER, TIERS, Quota, Tier, User
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id
from contrafact.kit.text import one_line, shortened

__all__ = [
    "Quota",
    "Tier",
    "User",
    "demo_user",
    "ensure_user",
    "quota_for",
    "require_slot",
    "user",
    "users",
]

_MAX_NAME = 80
_MAX_TOLD = 60
_ID_PREFIX = "usr"


def ensure_user(session: Session, name: str, tier: str, clock: Clock) -> User:
    """The person of this name on this plan; made when new, moved to the plan when it differs.

    Parameters
    ----------
    name : str
        1..80 visible characters; compared without regard to case and Unicode form.
    tier : str
        ``free`` or ``premium``.

    Raises
    ------
    BadUser
        When the name or the plan cannot be.
    """
    plan = _tier(tier)
    shown = _name(name)
    found = store.by_name(session, shown)
    if found is None:
        made = User(new_id(_ID_PREFIX), shown, plan, clock.now())
        store.add(session, made)
        return made
    if found.tier != plan:
        store.set_tier(session, found.id, plan)
        return User(found.id, found.name, plan, found.created_at)
    return found


def demo_user(session: Session, clock: Clock) -> User:
    """The demo's listener: Ada, premium. A plan that she was moved to since is kept."""
    return store.by_name(session, DEMO_NAME) or ensure_user(session, DEMO_NAME, DEMO_TIER, clock)


def user(session: Session, id_or_name: str) -> User:
    """The person with this identifier or name.

    Raises
    ------
    UnknownUser
        When there is none.
    """
    found = store.by_id(session, id_or_name) or store.by_name(session, id_or_name)
    if found is None:
        raise UnknownUser(
            f"Nobody here is called “{_shorten(id_or_name)}”: give the name or id of a person of this installation."
        )
    return found


def users(session: Session) -> tuple[User, ...]:
    """Everybody, oldest first."""
    return store.everybody(session)


def _tier(tier: str) -> Tier:
    for known in TIERS:
        if tier == known:
            return known
    raise BadUser(f"There is no plan “{_shorten(tier)}”: choose one of {', '.join(TIERS)}.")


def _name(name: str) -> str:
    shown = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(shown) <= _MAX_NAME or any(unicodedata.category(c)[0] == "C" for c in shown):
        raise BadUser(f"A person's name needs 1 to {_MAX_NAME} visible characters; give another.")
    if shown.casefold().startswith(f"{_ID_PREFIX}_"):
        raise AmbiguousUser(
            f"“{_shorten(shown)}” looks like an identifier; give a name that does not begin with {_ID_PREFIX}_."
        )
    return shown


def _shorten(text: str) -> str:
    return shortened(one_line(text), _MAX_TOLD)
