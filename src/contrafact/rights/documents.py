"""Terms that come from outside as a document: strict, with the place of the fault."""

import json

from pydantic import ValidationError

from contrafact.engine.json_path import json_path
from contrafact.kit.errors import BadInputError
from contrafact.rights.terms import Terms


def terms_from(data: bytes, name: str) -> Terms:
    """Terms from a JSON document.

    Raises
    ------
    BadInputError
        When it is not JSON, or cannot be meant; with the JSON path of the fault.
    """
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name} is not a JSON document in UTF-8: {error}") from error
    try:
        return Terms.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = json_path(first["loc"])
        said = str(first["msg"]).removeprefix("Value error, ")
        raise BadInputError(f"{name}: {place}{': ' if place else ''}{said}") from error
