"""phpMyAdmin: any table, exported as JSON."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="phpmyadmin",
    title="phpMyAdmin",
    link="https://docs.phpmyadmin.net/en/latest/import_export.html",
    signs=(),
    mark="Export to JSON plugin for PHPMyAdmin",
    records=("users", "user", "members", "customers"),
    notes=(
        "What the columns mean is up to the app.",
        "Several tables may be in one file; the list of the users is chosen by what it holds.",
        "Before version 4.8 the file had comments, which are not JSON.",
    ),
)  # fmt: skip
