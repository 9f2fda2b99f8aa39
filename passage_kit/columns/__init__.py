"""Columns of text: the users frame, work on whole columns, and what columns and their values look like.

Other packages may use the modules named here.
"""

__all__ = [
    "account_codes",
    "account_state",
    "arrays",
    "characters",
    "column_names",
    "fingerprints",
    "given_frame",
    "masks",
    "nested",
    "null_words",
    "parallel",
    "placeholders",
    "plain_text",
    "plain_words",
    "profile",
    "secrets",
    "shapes",
    "spool",
    "spooled_frames",
    "spreadsheet_cells",
    "text_parts",
    "users_frame",
]
