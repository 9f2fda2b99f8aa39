"""Preparation: the whole run from the user list to the outputs, and previews of it.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "accounts",
    "applied_fixes",
    "downloads",
    "exported",
    "found_rows",
    "mapping_preview",
    "options_preview",
    "out_of_date",
    "outputs",
    "prepared",
    "rules",
    "run",
    "since",
    "since_counts",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.preparation.run", ReadAhead="ParsedAhead")
