"""How workbooks are opened, and what they say about their cells beyond the values."""
