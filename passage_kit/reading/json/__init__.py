"""JSON and NDJSON as rows of text: a row is a person, wherever the people stand in the file."""
