"""The app's metadata fields, its Console template, and values checked against both.

Other packages may use the modules named here.
"""

__all__ = [
    "console_template",
    "dates",
    "field_values",
    "fields",
    "pandera_schema",
]
