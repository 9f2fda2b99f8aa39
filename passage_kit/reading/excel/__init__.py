"""What a workbook says about its cells beyond their values."""
