"""Discourse: the list of users that an admin exports as CSV or reads by the API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="discourse",
    title="Discourse",
    link="https://meta.discourse.org/t/export-user-list/19370",
    signs=(
        ("username", "email", "trust_level", "last_posted_at"),
        ("username", "email", "trust_level", "silenced_till", "staged"),
        ("id", "username", "email", "trust_level", "staged"),
    ),
    records=(".",),
    email=("email",),
    phone=("phone (custom user field)", "mobile (custom user field)"),
    source_key=("id",),
    order=("last_seen_at", "created_at"),
    account_state=("suspended_till", "active"),
    no_state=("suspended_at", "silenced_till"),
    fields={
        "name": ("name",),
        "username": ("username",),
        "created at": ("created_at",),
        "last login": ("last_seen_at",),
        "active": ("active",),
        "city": ("city (custom user field)",),
    },
    notes=(
        "secondary_emails and external_email are further addresses, and never the one of the account.",
        "A row of somebody in no group lacks the last cell.",
        "An account is suspended until suspended_till; suspended_at stays when that is over.",
        "A staged user was made from an email and has never signed up.",
    ),
)  # fmt: skip
