"""CSV files: their dialect, records and table."""
