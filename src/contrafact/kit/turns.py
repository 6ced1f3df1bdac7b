"""One after another: whoever adds to a chain of hashes needs its head, which nobody else may be adding to."""

from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

_KEY: Final = int.from_bytes(b"contraf")
_LOCK: Final = select(func.pg_advisory_xact_lock(bindparam("key")))


def wait_turn(session: Session) -> None:
    """Wait until no other transaction adds to a chain; until this one ends, no other one does.

    To be called before the head is read, and before what must be added once is looked for. In SQLite one transaction
    writes at a time anyway. In PostgreSQL a statement sees what was committed before it began: so after waiting the new
    head is seen. There is one turn for all chains: with one for each, who adds to two of them could wait for somebody
    who adds to the same two the other way round.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"key": _KEY})
