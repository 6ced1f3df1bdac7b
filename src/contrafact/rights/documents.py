"""Terms that come from outside as a document: strict, with the place of the fault."""

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from contrafact.engine.json_path import json_path
from contrafact.kit.errors import BadInputError
from contrafact.rights.extents import faults_in
from contrafact.rights.terms import Terms

Model = TypeVar("Model", bound=BaseModel)


def terms_from(data: bytes, name: str) -> Terms:
    """Terms from a JSON document.

    Raises
    ------
    BadInputError
        As :func:`document_from`, and when they cannot be meant (:func:`contrafact.rights.extents.faults_in`).
    """
    terms = document_from(data, name, Terms)
    for fault in faults_in(terms):
        raise BadInputError(f"{name}: {fault}")
    return terms


def document_from(data: bytes, name: str, model: type[Model]) -> Model:
    """Any strict value from a JSON document.

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
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = json_path(first["loc"])
        said = str(first["msg"]).removeprefix("Value error, ")
        raise BadInputError(f"{name}: {place}{': ' if place else ''}{said}") from error
