"""Mapping of columns to targets, and the kit's suggestion for it.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "changed_columns",
    "column_counts",
    "continued_rows",
    "described_steps",
    "mapped_users",
    "mapping",
    "planned_step",
    "spellings",
    "stepped_parts",
    "suggest",
    "value_steps",
    "whole_columns",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.mapping.mapping", "passage_kit.mapping.mapped_users")
