"""Rollout: the operator switches an operation on by territory, tier, part of the listeners and date, or off at once.

What the operator holds back is not what an owner forbids; the decision gives it reasons of its own.
"""

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import Clock
from contrafact.kit.errors import WrongCall
from contrafact.kit.ids import new_id
from contrafact.rights.models_switches import SwitchRow
from contrafact.rights.values import Switch

# Every decision asks for them: the query is put together once.
_switches = SwitchRow.__table__
_newer = _switches.alias("newer")
_superseded = select(_newer.c.id).where(
    _newer.c.operation == _switches.c.operation, _newer.c.version > _switches.c.version
)
_SWITCHES = select(_switches.c.switch).where(~_superseded.exists()).order_by(_switches.c.operation)


def switches(session: Session) -> tuple[Switch, ...]:
    """The switch of every operation that has one, by operation; an operation without one is on for everybody."""
    return tuple(Switch.model_validate_json(text) for text in session.scalars(_SWITCHES))


def set_switch(session: Session, switch: Switch, *, reason: str, by: str, clock: Clock) -> Switch:
    """Set how an operation is rolled out from now on; the same again writes nothing.

    Raises
    ------
    WrongCall
        When no reason is given, or it is longer than 300 characters.
    """
    told = reason.strip()
    if not 1 <= len(told) <= 300:
        raise WrongCall("give a reason of 1 to 300 characters; it stands in the log of all switches")
    text = canonical_json(switch.model_dump(mode="json")).decode()
    last = session.scalars(
        select(SwitchRow).where(SwitchRow.operation == switch.operation).order_by(SwitchRow.version.desc()).limit(1)
    ).first()
    if last is not None and last.switch == text:
        return switch
    session.add(
        SwitchRow(
            id=new_id("swt"),
            operation=switch.operation,
            version=1 if last is None else last.version + 1,
            switch=text,
            reason=told,
            created_at=clock.now(),
            created_by=by,
        )
    )
    session.flush()
    return switch


def switch_from(document: object) -> Switch:
    """A switch from outside.

    Raises
    ------
    WrongCall
        With the place of the fault.
    """
    try:
        return Switch.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WrongCall(f"{where or 'the switch'}: {first['msg'].removeprefix('Value error, ')}") from error
