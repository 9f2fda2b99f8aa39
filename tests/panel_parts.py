"""Panels without a browser: their parts, files put into them, and the fields that they map."""

import pandas as pd

from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField

SCHEMA = MetadataSchema(
    [
        MetadataField("name", registration=True),
        MetadataField("city"),
        MetadataField("born", type="date"),
    ]
)
SAVED = "Saved in migration/plan.toml."
LIST = {
    "Mail": ["a@example.org", "b@example.org"],
    "Tel": ["+14155552671", None],
    "First": ["Ann", "Bo"],
    "Name": ["Lee", "<b>Ray</b>"],
    "2024": ["x", None],
}


def parts(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def upload(button, name: str, content: bytes) -> None:
    file = {
        "name": name,
        "type": "",
        "size": len(content),
        "last_modified": pd.Timestamp(0),
        "content": memoryview(content),
    }
    button.value = (file,)
