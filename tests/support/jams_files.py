"""Whether a document is JAMS, by the schemas of the ``jams`` package itself."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

_SCHEMAS = Path(__file__).parent / "jams_schemas"


def require_jams(document: dict[str, Any]) -> None:
    """Raise ``jsonschema.ValidationError`` for what is no JAMS: the document, then every value in its namespace."""
    schema = json.loads((_SCHEMAS / "jams_schema.json").read_text())
    Draft4Validator(schema).validate(document)
    for annotation in document["annotations"]:
        name = annotation["namespace"]
        observation = json.loads(json.dumps(schema["definitions"]["SparseObservation"]))
        namespace = json.loads((_SCHEMAS / "namespaces" / f"{name}.json").read_text())[name]
        observation["properties"] |= {key: namespace[key] for key in ("value", "confidence") if key in namespace}
        Draft4Validator({"type": "array", "items": observation}).validate(annotation["data"])
