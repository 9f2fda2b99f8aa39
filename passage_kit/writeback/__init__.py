"""Passage ids written back into the application's own users table.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "listed_tables",
    "matching",
    "passage_ids",
    "recorded_values",
    "row_keys",
    "run_record",
    "schema_migration",
    "table_facts",
    "table_names",
    "table_rows",
    "users_database",
    "users_table",
    "writeback",
    "writeback_result",
    "writeback_undo",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.writeback.writeback")
