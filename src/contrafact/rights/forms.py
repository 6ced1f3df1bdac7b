"""How often somebody may use a public form: counted by a hash of the address and the hour, and forgotten afterwards."""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.kit.errors import ContrafactError
from contrafact.rights import store_notices as store
from contrafact.rights.models_notices import FormCounterRow


class TooOften(ContrafactError):
    """A form was used too often from one address."""

    exit_code, http_status, code = 1, 429, "too_often"


def count(session: Session, form: str, address: str, per_hour: int, clock: Clock) -> None:
    """Count one use of a form.

    Raises
    ------
    TooOften
        When there were ``per_hour`` uses from this address in this hour already; this one is not counted.
    """
    now = clock.now().astimezone(UTC)
    window = datetime(now.year, now.month, now.day, now.hour, tzinfo=UTC)
    store.forget_counters(session, window - timedelta(hours=1))
    sender = hashlib.sha256(f"{form}:{window.isoformat()}:{address}".encode()).hexdigest()
    row = store.counter(session, form, sender, window)
    if (row.count if row is not None else 0) >= per_hour:
        raise TooOften(
            f"there were {per_hour} from your address in this hour; try again in the next one, or write to us"
        )
    if row is None:
        session.add(FormCounterRow(form=form, sender=sender, window_start=window, count=1))
    else:
        row.count += 1
    session.flush()
