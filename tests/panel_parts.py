"""Panels without a browser: their parts, and files put into them."""

import pandas as pd


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
