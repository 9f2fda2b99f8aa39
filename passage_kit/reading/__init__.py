"""Reading of a user list from any source, as rows of text: nothing is lost, and nothing is guessed in silence.

Other packages may use the modules named here.
"""

__all__ = [
    "csv",
    "first_lines",
    "first_look",
    "json",
    "known_layouts",
    "layout",
    "layouts_table",
    "parquet_ranges",
    "parsed_ahead",
    "readers",
    "rows_of_ranges",
    "several_files",
    "sql_ranges",
    "sql_reader",
]
