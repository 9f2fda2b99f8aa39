"""The files of a migration for people and for the Console: CSV files and the report.

Other packages may use the modules named here.
"""

__all__ = [
    "console_csv",
    "csv_files",
    "formula_warnings",
    "report",
    "report_facts",
    "report_page",
    "shown_findings",
    "shown_names",
]
