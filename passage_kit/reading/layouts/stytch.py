"""Stytch: users, or members of organizations, by the search API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="stytch",
    title="Stytch",
    link="https://stytch.com/docs/api/search-users",
    signs=(
        ("user_id", "emails.primary email", "name.first_name"),
        ("user_id", "name.first_name", "phone_numbers.primary phone"),
        ("user_id", "emails.primary email", "providers"),
        ("user_id", "emails.primary email", "created_at", "status"),
        ("organization_id", "member_id", "email_address"),
    ),
    records=("results", "members"),
    email=("emails.primary email", "email_address"),
    phone=("phone_numbers.primary phone", "mfa_phone_number"),
    source_key=("user_id", "member_id"),
    order=("updated_at", "created_at"),
    account_state=("status",),
    fields={
        "first name": ("name.first_name",),
        "last name": ("name.last_name",),
        "name": ("name",),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
        "email verified": ("email_address_verified",),
        "phone verified": ("mfa_phone_number_verified",),
    },
    verified=("email_address_verified", "mfa_phone_number_verified"),
    notes=(
        "A user has a list of emails, and none of them is the primary one: several stand in one cell.",
        "Verification is said of each address, not of the user.",
        "A pending user has not signed in yet.",
    ),
)  # fmt: skip
