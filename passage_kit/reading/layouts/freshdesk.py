"""Freshdesk: contacts by its API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="freshdesk",
    title="Freshdesk",
    link="https://developers.freshdesk.com/api/#contacts",
    signs=(("id", "active", "company_id", "email", "job_title", "mobile", "twitter_id"),),
    records=(".",),
    email=("email",),
    phone=("mobile", "phone"),
    source_key=("id",),
    order=("updated_at", "created_at"),
    account_state=("deleted", "blocked"),
    no_state=("active",),
    fields={
        "name": ("name",),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
    },
    verified=("active",),
    notes=(
        "active says that the contact has confirmed the address.",
        "other_emails are further addresses of the same person.",
    ),
)
