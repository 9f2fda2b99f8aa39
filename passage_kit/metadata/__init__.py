"""Metadata: the app's fields, its Console template, and the checks of values against both.

Other packages may use the modules named here.
"""

__all__ = [
    "console_template",
    "dates",
    "failed_rows",
    "field_values",
    "fields",
    "metadata_field",
    "pandera_schema",
    "patterns",
    "proposed_fields",
    "value_evidence",
    "value_judges",
]
