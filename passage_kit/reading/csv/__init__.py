"""CSV: how a file is written, its records, its table."""
