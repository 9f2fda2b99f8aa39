"""Migrations of the record of links."""
